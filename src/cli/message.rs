//! A notification as its reader would see it, on a terminal.

use crate::core::notification::Notification;

use super::output::{Style, harmless, pad, wrap};
use super::words;

/// All of it: who, what, when, and the words in every language of the audience.
pub(super) fn whole(message: &Notification, style: Style) -> String {
    let mut out = vec![rule(&headline(message), style)];
    for content in &message.contents {
        let language = pad(&content.language, 4);
        out.push(format!("{}{}", style.dim(&language), style.bold(&harmless(&content.subject))));
        out.push(wrap(&content.text, style.width, "    "));
        out.push(String::new());
    }
    if let Some(by) = &message.next_update_by {
        out.push(style.dim(&format!("    next update by {by}")));
    }
    if message.template.fallback {
        out.push(style.yellow("    built-in words: the template could not be used"));
    }
    for item in &message.about {
        let addressees = if item.addressees.is_empty() {
            String::new()
        } else {
            format!(" ({})", item.addressees.join(", "))
        };
        out.push(style.dim(&format!("    about {}{addressees}", item.audience)));
    }
    out.join("\n").trim_end().to_owned()
}

/// Its audience, and which reader of it.
pub(super) fn reader(message: &Notification) -> String {
    match &message.addressee {
        Some(addressee) => format!("{}/{}", message.audience, addressee.id),
        None => message.audience.clone(),
    }
}

/// `audience · kind · incident · time`.
fn headline(message: &Notification) -> String {
    let mut parts = vec![reader(message), message.kind.as_str().to_owned()];
    for field in ["key", "public_reference"] {
        if let Some(value) = message.incident.fields.get(field).and_then(|value| value.as_str()) {
            parts.push(harmless(value));
            break;
        }
    }
    if message.drill {
        parts.push("DRILL".to_owned());
    }
    parts.push(message.decided_at.strftime("%H:%M:%SZ").to_string());
    parts.push(words::kind(message.kind).to_owned());
    parts.join(" · ")
}

fn rule(text: &str, style: Style) -> String {
    let rest = style.width.saturating_sub(super::output::columns(text) + 4);
    format!("{} {} {}", style.dim("──"), style.cyan(text), style.dim(&"─".repeat(rest)))
}

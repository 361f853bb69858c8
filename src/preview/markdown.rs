//! The pack as Markdown: one page for each audience and language.

use super::changes::{Line, lines};
use super::{Message, Pack, Page, Standing, Text};

/// One page, with the name of the file that it may stand in.
pub fn markdown(pack: &Pack, page: &Page) -> (String, String) {
    let mut out = vec![
        format!("# {} · `{}` · {}", plain(&page.title), page.audience, page.language),
        String::new(),
        format!("Policy {}; spoken by {}.", pack.policy, plain(&page.sender)),
    ];
    out.extend(pack.before.as_ref().map(|before| format!("What changed is shown against {before}.")));
    for message in &page.messages {
        out.extend(of_message(message));
    }
    if !page.texts.is_empty() {
        out.extend([String::new(), "## Words of the service catalogue".to_owned()]);
        out.extend(page.texts.iter().flat_map(of_text));
    }
    (format!("{}.{}.md", page.audience, page.language), format!("{}\n", out.join("\n")))
}

fn of_message(message: &Message) -> Vec<String> {
    let content = &message.content;
    let template =
        message.template.as_ref().map_or_else(|| "the built-in text".to_owned(), |at| format!("`{at}`"));
    let mut out = vec![
        String::new(),
        format!("## {} ({})", message.heading, message.at),
        String::new(),
        format!("- Words: {template}; {}", standings(&message.standings)),
        format!("- Subject: {}", span(&content.subject)),
        format!("- Short: {} ({} SMS)", span(&content.short), content.sms.segments),
        String::new(),
    ];
    out.extend(content.body.lines().map(|line| format!("> {line}").trim_end().to_owned()));
    if let Some(before) = &message.before {
        let old = format!("{}\n\n{}", before.subject, before.body);
        out.extend(changed(&old, &format!("{}\n\n{}", content.subject, content.body)));
    }
    out
}

fn of_text(text: &Text) -> Vec<String> {
    let mut out = vec![
        String::new(),
        format!("- `{}`: {}; {}", text.address, span(&text.words), standings(&text.standings)),
    ];
    if let Some(before) = &text.before {
        out.extend(changed(before, &text.words));
    }
    out
}

fn changed(old: &str, new: &str) -> Vec<String> {
    let fence = "`".repeat(longest_run(old).max(longest_run(new)).max(2) + 1);
    let mut out = vec![String::new(), "Changed:".to_owned(), String::new(), format!("{fence}diff")];
    out.extend(lines(old, new).into_iter().map(|line| match line {
        Line::Same(text) => format!("  {text}").trim_end().to_owned(),
        Line::Gone(text) => format!("- {text}"),
        Line::New(text) => format!("+ {text}"),
    }));
    out.push(fence);
    out
}

pub(super) fn standings(standings: &[Standing]) -> String {
    if standings.is_empty() {
        return "no approval is asked for".to_owned();
    }
    let one = |standing: &Standing| match &standing.approved {
        Some((by, at)) if standing.is_current => {
            format!("approved by {} ({}, {})", standing.role, plain(by), at.strftime("%Y-%m-%d"))
        }
        Some((by, at)) => {
            format!("edited since {} approved it ({}, {})", standing.role, plain(by), at.strftime("%Y-%m-%d"))
        }
        None => format!("not approved by {}", standing.role),
    };
    standings.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// Names from the policy, without what Markdown reads.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() && !"`*_[]<>#|\\".contains(*c)).collect()
}

/// A code span that its text can't leave.
fn span(text: &str) -> String {
    let fence = "`".repeat(longest_run(text) + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    let line: String = text.chars().map(|c| if c == '\n' { ' ' } else { c }).collect();
    format!("{fence}{pad}{line}{pad}{fence}")
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

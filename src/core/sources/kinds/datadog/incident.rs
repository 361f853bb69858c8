//! Datadog's incident product: `$INCIDENT_…`.

use super::Shape;
use crate::core::event::{Event, NativeImpact, TextFormat};
use crate::core::limits::{NAME_CHARS_MAX, TITLE_CHARS_MAX};
use crate::core::sources::reader::{Fields, Warnings};
use crate::core::sources::{build, fill, json};
use crate::core::text::clean_line;
use crate::core::tree::Tree;
use crate::core::vocabulary::{Impact, StageWord};

/// The incident, where the body is about one.
pub(super) fn shape(fields: &Fields<'_>) -> Option<Shape> {
    let id = fields.word(&["incident_uuid", "incident_id", "incident_public_id"])?;
    let native_type = fields.word(&["event_type", "type"]).or_else(|| fields.word(&["incident_status"]));
    Some(Shape {
        native_id: id.into_owned(),
        native_type: native_type.unwrap_or_default().into_owned(),
        version: "incident",
        is_test: false,
    })
}

pub(super) fn fill(event: &mut Event, fields: &Fields<'_>, w: &mut Warnings) {
    let line = |wanted: &[&str], chars_max: usize| {
        fields.word(wanted).map(|word| clean_line(&word, chars_max)).filter(|word| !word.is_empty())
    };
    event.title = line(&["incident_title", "title", "event_title"], TITLE_CHARS_MAX);
    event.incident.display_id = line(&["incident_public_id"], NAME_CHARS_MAX).map(|id| format!("IR-{id}"));
    if let Some(words) = fields.word(&["incident_msg", "body", "event_msg", "text_only_msg"]) {
        event.description = build::text(&words, TextFormat::Markdown, false);
    }
    if let Some(name) = fields.named(&["incident_url"]) {
        fill::link(event, "incident", fields, name, w);
    }
    if let Some(native) = line(&["incident_severity"], NAME_CHARS_MAX).filter(|word| word != "UNKNOWN") {
        fill::priority_word(event, native, &fields.pointer("incident_severity"), w);
    }
    match fields.named(&["incident_status", "incident_state"]).or_else(|| fields.named(&["status", "state"]))
    {
        Some(name) => {
            let word = fields.word(&[name]).unwrap_or_default();
            fill::stage(event, &word, stage(&word), &fields.pointer(name), w);
        }
        None => w.add("unknown_state", &fields.pointer("incident_status")),
    }
    fill_impact(event, fields, w);
    fill_fields(event, fields);
}

/// The words of the product, and those that customers of it make themselves.
fn stage(word: &str) -> Option<StageWord> {
    match word.trim().to_ascii_lowercase().as_str() {
        "active" | "declared" => Some(StageWord::Triggered),
        "stable" => Some(StageWord::Monitoring),
        "completed" => Some(StageWord::Closed),
        word => crate::core::sources::words::stage(word),
    }
}

/// `{"customer_impacted", "customer_impact_duration", "customer_impact_scope"}`, as an object or as
/// the text of one.
fn fill_impact(event: &mut Event, fields: &Fields<'_>, w: &mut Warnings) {
    let Some(name) = fields.named(&["incident_customer_impact", "customer_impact"]) else { return };
    with_object(fields, name, |impact| {
        let scope = impact.word(&["customer_impact_scope", "scope"]);
        let named = impact.named(&["customer_impacted", "impacted"]);
        let is_impacted = named.map(|name| impact.flag(name, w));
        event.impact = Some(NativeImpact {
            // That there is some is all that is said.
            level: is_impacted.map(|is| if is { Impact::Unknown } else { Impact::None }),
            native: is_impacted.map(|is| is.to_string()),
            summary: scope.map(|scope| clean_line(&scope, TITLE_CHARS_MAX)).filter(|scope| !scope.is_empty()),
            ..NativeImpact::default()
        });
    });
}

/// The incident's own fields, as labels.
fn fill_fields(event: &mut Event, fields: &Fields<'_>) {
    if let Some(name) = fields.named(&["incident_fields"]) {
        with_object(fields, name, |own| fill::labels(event, own, ""));
    }
}

/// An object, or the text of one: a variable in quotation marks is its text.
fn with_object(fields: &Fields<'_>, name: &str, mut then: impl FnMut(&Fields<'_>)) {
    match fields.get(name) {
        Some(Tree::Text(text)) => {
            if let Ok(tree) = json::parse(text.as_bytes())
                && let Some(object) = Fields::of(&tree, fields.pointer(name))
            {
                then(&object);
            }
        }
        Some(value) => {
            if let Some(object) = Fields::of(value, fields.pointer(name)) {
                then(&object);
            }
        }
        None => {}
    }
}

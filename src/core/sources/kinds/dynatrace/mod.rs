//! Dynatrace problem notifications: a template of the user's with `{PID}`, `{State}` and the like;
//! and problems as the API writes them, whole or in `ProblemDetailsJSON`.

mod details;
mod page;
#[cfg(test)]
mod tests;

use crate::core::event::{Event, NativeSeverity, TextFormat};
use crate::core::limits::{LIST_ITEMS_MAX, NAME_CHARS_MAX, TITLE_CHARS_MAX};
use crate::core::sources::about::{About, Ends};
use crate::core::sources::body;
use crate::core::sources::build::{self, Head};
use crate::core::sources::reader::{Fields, Warnings};
use crate::core::sources::templated;
use crate::core::sources::{Delivery, Read, SourceKind, fill, words};
use crate::core::text::clean_line;
use crate::core::tree::Tree;
use crate::core::vocabulary::{EventType, Severity, StageWord};

/// See [`About`].
pub(super) static ABOUT: About = About {
    name: "dynatrace",
    title: "Dynatrace",
    schema: include_str!("../../../../../schemas/dynatrace.json"),
    parse: body::templated,
    read,
    headers: &[],
    media_types: &[],
    waits_ms: None,
    punishes_refusal: false,
    ends: Ends::Sender,
    page: page::PAGE,
};

const PID: &[&str] = &["PID", "ProblemPID"];
const DISPLAY: &[&str] = &["ProblemID", "displayId", "displayName"];
const TITLE: &[&str] = &["ProblemTitle", "title"];
const STATE: &[&str] = &["State", "ProblemState", "status"];
const ADDRESS: &[&str] = &["ProblemURL", "ProblemLink", "url"];

/// Reads a body that its schema accepts.
fn read(delivery: &Delivery<'_>, body: &Tree<'_>) -> Read {
    // Where no variable was put in, its name still says that this is Dynatrace's.
    let is_known = |fields: &Fields<'_>| {
        let names = ["PID", "ProblemID", "ProblemTitle", "problemId", "displayId"];
        fields.iter().any(|(name, _)| names.iter().any(|known| name.eq_ignore_ascii_case(known)))
    };
    let Some(fields) = templated::opened(body, is_known) else {
        return build::no_identity("/PID");
    };
    let mut warnings = Warnings::default();
    let w = &mut warnings;
    fields.warn_of_placeholders(w);
    let event = details::with(&fields, |details| {
        let mut event = begun(delivery, &fields, details);
        fill_stage(&mut event, &fields, details, w);
        fill_words(&mut event, &fields, details);
        fill_gravity(&mut event, &fields, details, w);
        fill_entities(&mut event, &fields);
        fill_links(&mut event, &fields, w);
        if let Some(details) = details {
            details::fill(&mut event, details, w);
        }
        fill::from_labels(&mut event);
        event
    });
    Read::Events(vec![build::finished(event, warnings)])
}

/// The first of these in the template, else in the details.
fn word(fields: &Fields<'_>, details: Option<&Fields<'_>>, wanted: &[&str]) -> Option<String> {
    let found = fields.word(wanted).or_else(|| details?.word(wanted))?;
    Some(found.into_owned())
}

/// The problem's id; where the template lacks it, the details, its address or its number have one.
fn begun(delivery: &Delivery<'_>, fields: &Fields<'_>, details: Option<&Fields<'_>>) -> Event {
    let by_address = || {
        let address = fields.word(ADDRESS)?;
        let (_, rest) = address.split_once("pid=")?;
        rest.split(['&', ';', '#']).next().filter(|id| !id.is_empty()).map(str::to_owned)
    };
    let in_details = || details?.word(&["problemId", "id", "PID"]).map(std::borrow::Cow::into_owned);
    let found = fields
        .word(PID)
        .map(std::borrow::Cow::into_owned)
        .or_else(in_details)
        .or_else(|| fields.word(&["problemId"]).map(std::borrow::Cow::into_owned))
        .or_else(by_address)
        .or_else(|| word(fields, details, DISPLAY))
        .or_else(|| word(fields, details, TITLE));
    let state = word(fields, details, STATE).unwrap_or_default();
    // The test of the settings page has numbers of its own.
    let is_test = found.as_deref() == Some("99999") && fields.word(DISPLAY).as_deref() == Some("999");
    // It posts each state of a problem once, and again only where it was not answered.
    let delivery_id = found.as_ref().filter(|_| !state.is_empty()).map(|id| format!("{id}/{state}"));
    let head = Head {
        kind: SourceKind::Dynatrace,
        native_id: found.as_deref().unwrap_or("unresolved"),
        delivery_id: delivery_id.as_deref(),
        part: 0,
        event_type: EventType::Other,
        native_type: &state,
        version: Some(if details.is_some() { "details" } else { "template" }),
        is_test,
    };
    let mut event = build::event(delivery, &head);
    event.partial = found.is_none();
    event.incident.display_id = word(fields, details, DISPLAY).map(|id| clean_line(&id, NAME_CHARS_MAX));
    event
}

fn fill_stage(event: &mut Event, fields: &Fields<'_>, details: Option<&Fields<'_>>, w: &mut Warnings) {
    let word = word(fields, details, STATE).unwrap_or_default();
    let stage = match word.to_ascii_uppercase().as_str() {
        "OPEN" | "UPDATED" => Some(StageWord::Triggered),
        "RESOLVED" | "CLOSED" => Some(StageWord::Resolved),
        // It does not say into which: its readers are told the end.
        "MERGED" => Some(StageWord::Merged),
        _ => None,
    };
    fill::stage(event, &word, stage, &fields.pointer("State"), w);
}

fn fill_words(event: &mut Event, fields: &Fields<'_>, details: Option<&Fields<'_>>) {
    let title = word(fields, details, TITLE);
    event.title = title.map(|title| clean_line(&title, TITLE_CHARS_MAX)).filter(|title| !title.is_empty());
    for (wanted, format) in [
        (&["ProblemDetailsText"] as &[&str], TextFormat::Plain),
        (&["ProblemDetailsMarkdown"], TextFormat::Markdown),
        (&["ProblemDetailsHTML"], TextFormat::Html),
        (&["ProblemDetails", "ImpactedEntity"], TextFormat::Plain),
    ] {
        if event.description.is_none()
            && let Some(words) = fields.word(wanted).filter(|words| !words.trim_start().starts_with('{'))
        {
            event.description = build::text(&words, format, false);
        }
    }
}

/// The severity is one of kinds of problem; the impact says whom it reaches.
fn fill_gravity(event: &mut Event, fields: &Fields<'_>, details: Option<&Fields<'_>>, w: &mut Warnings) {
    if let Some(native) = word(fields, details, &["ProblemSeverity", "severityLevel"]) {
        let level = match native.to_ascii_uppercase().as_str() {
            "AVAILABILITY" => Severity::Critical,
            "ERROR" | "ERRORS" => Severity::Error,
            "PERFORMANCE"
            | "SLOWDOWN"
            | "RESOURCE_CONTENTION"
            | "RESOURCE"
            | "CUSTOM_ALERT"
            | "MONITORING_UNAVAILABLE" => Severity::Warning,
            _ => words::severity(&native),
        };
        event.severity = Some(NativeSeverity { level, native: clean_line(&native, NAME_CHARS_MAX) });
    }
    if let Some(native) = word(fields, details, &["ProblemImpact", "impactLevel"]) {
        let native = clean_line(&native, NAME_CHARS_MAX);
        build::add_label(&mut event.labels, "impact", &native);
        // Of an application users notice something; how much, nobody says.
        if native.starts_with("APPLICATION") {
            let impact = event.impact.get_or_insert_default();
            impact.level = Some(crate::core::vocabulary::Impact::Unknown);
            impact.native = Some(native);
        }
    }
    // A custom field of whoever wrote the template.
    if let Some(native) = fields.word(&["priority"]) {
        fill::priority_word(event, clean_line(&native, NAME_CHARS_MAX), &fields.pointer("priority"), w);
    }
}

fn fill_entities(event: &mut Event, fields: &Fields<'_>) {
    let name = fields.named(&["ImpactedEntities"]);
    for entity in
        name.map(|name| fields.objects(name, &mut Warnings::default())).iter().flatten().take(LIST_ITEMS_MAX)
    {
        details::entity(event, entity);
    }
    if let Some(names) = fields.word(&["ImpactedEntityNames", "NamesOfImpactedEntities"]) {
        for name in names.split(',').take(LIST_ITEMS_MAX) {
            build::add_label(&mut event.labels, "entity", name.trim());
        }
    }
    if let Some(name) = fields.named(&["Tags"]) {
        fill::tags(event, fields, name);
    }
    for (label, wanted) in
        [("service", "KeptnService"), ("environment", "KeptnStage"), ("project", "KeptnProject")]
    {
        if let Some(word) = fields.word(&[wanted]) {
            build::add_label(&mut event.labels, label, &word);
        }
    }
}

fn fill_links(event: &mut Event, fields: &Fields<'_>, w: &mut Warnings) {
    if let Some(name) = fields.named(ADDRESS) {
        fill::link(event, "incident", fields, name, w);
    }
}

//! AppDynamics HTTP request actions: a template of the user's, of one event or of a batch.

mod page;
#[cfg(test)]
mod tests;

use crate::core::event::{Event, TextFormat};
use crate::core::limits::{NAME_CHARS_MAX, TITLE_CHARS_MAX};
use crate::core::sources::about::{About, Ends};
use crate::core::sources::body;
use crate::core::sources::build::{self, Head};
use crate::core::sources::reader::{Fields, Warnings};
use crate::core::sources::templated;
use crate::core::sources::{Delivery, Read, SourceKind, fill, words};
use crate::core::text::clean_line;
use crate::core::tree::Tree;
use crate::core::vocabulary::{EventType, StageWord};

/// See [`About`].
pub(super) static ABOUT: About = About {
    name: "appdynamics",
    title: "AppDynamics",
    schema: include_str!("../../../../../schemas/appdynamics.json"),
    parse: body::templated,
    read,
    headers: &[],
    media_types: &[],
    waits_ms: None,
    punishes_refusal: false,
    ends: Ends::Both,
    page: page::PAGE,
};

const TYPE: &[&str] = &["event_type", "eventType", "eventTypeKey", "type"];
const NAME: &[&str] = &["event_name", "displayName", "name", "title"];
const EVENT: &[&str] = &["event_guid", "guid", "event_id", "eventId", "id"];
const WORDS: &[&str] =
    &["summary", "summaryMessage", "description", "event_message", "eventMessage", "message"];
const RULE: &[&str] = &["health_rule_name", "healthRuleName", "health_rule"];
const APPLICATION: &[&str] = &["app_name", "application_name", "applicationName", "application"];

/// Reads a body that its schema accepts: one event, or those of `events`.
fn read(delivery: &Delivery<'_>, body: &Tree<'_>) -> Read {
    let is_known =
        |fields: &Fields<'_>| fields.get("events").is_some_and(Tree::is_list) || identity(fields).is_some();
    let Some(outer) = templated::opened(body, is_known) else { return build::no_identity("/event_id") };
    let batch = outer.get("events").is_some_and(Tree::is_list);
    let parts = if batch { outer.objects("events", &mut Warnings::default()) } else { vec![outer.clone()] };
    let events: Vec<Event> =
        parts.iter().enumerate().filter_map(|(part, fields)| event(delivery, &outer, fields, part)).collect();
    if events.is_empty() { build::no_identity("/events/0") } else { Read::Events(events) }
}

/// The violation's id; else its rule and what it is about; else the event's own id.
fn identity(fields: &Fields<'_>) -> Option<String> {
    let nested = |object: &str| fields.deep(&[object]).and_then(|inner| inner.word(&["id"]));
    if let Some(id) = fields.word(&["incident_id", "incidentId"]).or_else(|| nested("incident")) {
        return Some(id.into_owned());
    }
    let rule = fields.word(RULE).or_else(|| fields.word(&["health_rule_id"]));
    if let Some(rule) = rule {
        let entity = fields.word(&["affected_entity", "affected_entity_name", "tier_name", "node_name"]);
        let parts = [fields.word(APPLICATION), Some(rule), entity];
        return Some(parts.iter().flatten().map(|part| &**part).collect::<Vec<_>>().join("/"));
    }
    fields.word(EVENT).or_else(|| fields.word(NAME)).map(std::borrow::Cow::into_owned)
}

fn event(delivery: &Delivery<'_>, outer: &Fields<'_>, fields: &Fields<'_>, part: usize) -> Option<Event> {
    let mut warnings = Warnings::default();
    let w = &mut warnings;
    fields.warn_of_placeholders(w);
    let native_id = identity(fields)?;
    let (kind, name) = (fields.word(TYPE), fields.word(NAME));
    // The events of a batch share one delivery, which has no id.
    let guid = fields.word(&["event_guid", "guid"]).filter(|_| outer.get("events").is_none());
    let head = Head {
        kind: SourceKind::AppDynamics,
        native_id: &native_id,
        delivery_id: guid.as_deref(),
        part,
        event_type: EventType::Other,
        native_type: kind.as_deref().or(name.as_deref()).unwrap_or_default(),
        version: Some(if outer.get("events").is_some() { "batch" } else { "event" }),
        is_test: false,
    };
    let mut event = build::event(delivery, &head);
    let severity = fields.word(&["severity", "event_severity"]);
    if let Some(native) = &severity {
        fill::severity_word(&mut event, clean_line(native, NAME_CHARS_MAX));
    }
    fill_stage(
        &mut event,
        kind.as_deref(),
        name.as_deref(),
        severity.as_deref(),
        &fields.pointer("event_type"),
        w,
    );
    let title = fields.word(RULE).or_else(|| fields.word(&["incident_name"])).or(name);
    event.title = title.map(|title| clean_line(&title, TITLE_CHARS_MAX)).filter(|title| !title.is_empty());
    if let Some(text) = fields.word(WORDS) {
        let format =
            if text.contains("<b") || text.contains("<br") { TextFormat::Html } else { TextFormat::Plain };
        event.description = build::text(&text, format, false);
    }
    if let Some(name) = fields.named(&["event_time", "eventTime", "lastReceived", "time", "timestamp"]) {
        fill::occurred(&mut event, fields, &[name], w);
    }
    for (rel, wanted) in [
        ("incident", &["event_deep_link", "deepLink", "link", "url"] as &[&str]),
        ("source", &["controller_url"]),
    ] {
        let place = if fields.named(wanted).is_some() { fields } else { outer };
        if let Some(name) = place.named(wanted) {
            fill::link(&mut event, rel, place, name, w);
        }
    }
    fill_names(&mut event, outer, fields);
    Some(build::finished(event, warnings))
}

/// The type of the event, or its name, which says the same in words.
fn fill_stage(
    event: &mut Event,
    kind: Option<&str>,
    name: Option<&str>,
    severity: Option<&str>,
    pointer: &str,
    w: &mut Warnings,
) {
    let known = [kind, name].into_iter().flatten().find_map(|word| Some((word, meaning(word)?)));
    if let Some((word, (stage, event_type))) = known {
        fill::stage(event, word, Some(stage), pointer, w);
        event.event_type = event_type;
        return;
    }
    let word = kind.or(name).unwrap_or_default();
    // Errors and slow transactions are told as they come; deployments and restarts are none.
    let is_grave = severity.is_some_and(|word| {
        matches!(
            words::severity(word),
            crate::core::vocabulary::Severity::Error
                | crate::core::vocabulary::Severity::Critical
                | crate::core::vocabulary::Severity::Warning
        )
    });
    if is_grave {
        fill::stage(event, word, Some(StageWord::Triggered), pointer, w);
    } else {
        w.add("unknown_type", pointer);
    }
}

/// `POLICY_OPEN_CRITICAL`, or `New Critical Health Rule Violation`.
fn meaning(word: &str) -> Option<(StageWord, EventType)> {
    let word = word.to_ascii_lowercase().replace('_', " ");
    let is_violation =
        word.starts_with("policy ") || word.contains("violation") || word.starts_with("health rule ");
    if !is_violation {
        return None;
    }
    let has = |parts: &[&str]| parts.iter().any(|part| word.contains(part));
    Some(if has(&["cancel"]) {
        (StageWord::Cancelled, EventType::Resolved)
    } else if has(&["close", "ended", "end ", "resolved"]) {
        (StageWord::Resolved, EventType::Resolved)
    } else if has(&["upgrade", "downgrade"]) {
        (StageWord::Triggered, EventType::Updated)
    } else if has(&["open", "new", "started", "continue", "ongoing", "still", "violation"]) {
        (StageWord::Triggered, EventType::Triggered)
    } else {
        return None;
    })
}

fn fill_names(event: &mut Event, outer: &Fields<'_>, fields: &Fields<'_>) {
    for (label, wanted) in [
        ("application", APPLICATION),
        ("tier", &["tier_name", "tier"] as &[&str]),
        ("node", &["node_name", "node"]),
        ("policy", &["policy_name", "policy"]),
        ("health_rule", RULE),
        ("event_type", TYPE),
    ] {
        if let Some(word) = fields.word(wanted).or_else(|| outer.word(wanted)) {
            build::add_label(&mut event.labels, label, &word);
        }
    }
    for key in ["tier_name", "app_name", "application_name"] {
        if let Some(name) = fields.word(&[key]) {
            fill::service(event, &name);
        }
    }
    if let Some(priority) = fields.word(&["priority"]) {
        build::add_label(&mut event.labels, "priority", &priority);
    }
    let account = outer.word(&["account_name", "account"]).or_else(|| fields.word(&["account_name"]));
    event.source.account =
        account.map(|name| clean_line(&name, NAME_CHARS_MAX)).filter(|name| !name.is_empty());
    fill::from_labels(event);
}

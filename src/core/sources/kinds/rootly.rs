//! Rootly webhooks: incidents and scheduled maintenance, their timeline and retrospectives, alerts
//! and pulses. One for each delivery, or several below `events`.

use std::borrow::Cow;

use crate::core::event::{AudienceHint, Event, TextFormat};
use crate::core::limits::{LIST_ITEMS_MAX, NAME_CHARS_MAX};
use crate::core::sources::about::{About, Ends, Page};
use crate::core::sources::body;
use crate::core::sources::build::{self, Head};
use crate::core::sources::reader::{Fields, Warnings, opaque};
use crate::core::sources::{Delivery, Read, SourceKind, fill, words};
use crate::core::text::clean_line;
use crate::core::tree::Tree;
use crate::core::vocabulary::{EventType, StageWord};

/// See [`About`].
pub(super) static ABOUT: About = About {
    name: "rootly",
    title: "Rootly",
    schema: include_str!("../../../../schemas/rootly.json"),
    parse: body::json,
    read,
    headers: &[],
    media_types: &[],
    waits_ms: None,
    punishes_refusal: false,
    ends: Ends::Sender,
    page: Page {
        intro: "Webhooks of Rootly: incidents, scheduled maintenance, timeline events, retrospectives, alerts and pulses.",
        setup: &[
            "Open *Configuration → Webhooks → New Webhook* and enter `{url}`.",
            "Choose `incident.*`, and `incident_event.*` if notes are wanted; `alert.*` only where no other source brings those alerts.",
            "Copy the webhook's secret into the source's secret file.",
        ],
        auth: "{ scheme: rootly, secret_file: /run/secrets/rootly }",
        reads: &[
            ("data.id; data.incident_id or data.incident.id of a detail", "the incident"),
            ("event.type, data.status", "what changed, and the stage"),
            ("data.title; data.summary", "the title; the description, for engineers"),
            ("data.severity, data.urgency", "severity, urgency"),
            (
                "data.services, teams or groups, environments, functionalities",
                "services, teams, environment, labels",
            ),
            (
                "data.started_at, acknowledged_at, mitigated_at, resolved_at",
                "when it began, was taken and ended",
            ),
            ("data.private, data.kind", "private; a test, planned work"),
            ("incident_event.*: data.event or data.body", "a note; public where its visibility is external"),
            ("event.id, event_id", "the delivery"),
        ],
        means: &[
            ("in_triage, started, detected; an alert: open, triggered", "triggered"),
            ("acknowledged", "acknowledged"),
            ("mitigated", "monitoring"),
            ("resolved, closed", "the same"),
            ("cancelled; incident.deleted", "cancelled"),
            ("incident.scheduled.*", "planned work: it opens nothing"),
            ("pulse.*", "of the catalogue: no incident"),
        ],
        not_said: &[
            "A priority: map the severities in the policy.",
            "Customer impact: derive it in the policy.",
        ],
    },
};

/// Reads a body that its schema accepts.
fn read(delivery: &Delivery<'_>, body: &Tree<'_>) -> Read {
    let batch = body.get("events").and_then(Tree::as_list);
    let items = batch.unwrap_or(std::slice::from_ref(body));
    let mut events = Vec::with_capacity(items.len().min(delivery.parts_max));
    for (part, item) in items.iter().take(delivery.parts_max.saturating_add(1)).enumerate() {
        let at = if batch.is_some() { format!("/events/{part}") } else { String::new() };
        let Some(item) = Fields::of(item, at) else {
            return build::rejected("schema", format!("/events/{part}"), "an object is expected");
        };
        match event(delivery, &item, part) {
            Some(event) => events.push(event),
            None => return build::no_identity(item.pointer("data")),
        }
    }
    Read::Events(events)
}

/// One event's envelope, in any of its forms.
struct Envelope<'v> {
    native_type: Cow<'v, str>,
    id: Option<Cow<'v, str>>,
    data: Fields<'v>,
    outer: Fields<'v>,
    event: Option<Fields<'v>>,
}

fn envelope<'v>(item: &Fields<'v>, w: &mut Warnings) -> Option<Envelope<'v>> {
    let event = item.deep(&["event"]);
    let data = item.deep(&["data"]).unwrap_or_else(|| item.clone());
    // A timeline's own `event` is its text; only a word with a dot in it is a type.
    let typed = |word: Cow<'v, str>| Some(word).filter(|word| word.contains('.') && !word.contains(' '));
    let native_type = event
        .as_ref()
        .and_then(|event| event.opaque("type", w))
        .or_else(|| item.opaque("event_type", w))
        .or_else(|| data.opaque("event_type", w))
        .or_else(|| data.get("event").and_then(opaque).and_then(typed))
        .or_else(|| item.opaque("type", w))?;
    let id = event.as_ref().and_then(|event| event.opaque("id", w));
    let id = id.or_else(|| item.opaque("event_id", w)).or_else(|| data.opaque("event_id", w));
    let id = id.or_else(|| item.opaque("id", w).filter(|_| item.get("data").is_some()));
    let whole = data.deep(&["incident"]).filter(|_| native_type.starts_with("incident."));
    let data = whole.unwrap_or(data);
    Some(Envelope { native_type, id, data, outer: item.clone(), event })
}

fn event(delivery: &Delivery<'_>, item: &Fields<'_>, part: usize) -> Option<Event> {
    let mut warnings = Warnings::default();
    let w = &mut warnings;
    let envelope = envelope(item, w)?;
    let native_type = &*envelope.native_type;
    let data = &envelope.data;
    let native_id = identity(&envelope, w)?;
    let kind = data.opaque("kind", w).unwrap_or_default();
    let incident = native_type.starts_with("incident.");
    let head = Head {
        kind: SourceKind::Rootly,
        native_id: &native_id,
        delivery_id: envelope.id.as_deref(),
        part,
        event_type: event_type(native_type),
        native_type,
        version: Some(if envelope.event.is_some() { "event" } else { "flat" }),
        is_test: incident && (kind.starts_with("test") || kind.starts_with("example")),
    };
    let mut event = build::event(delivery, &head);
    event.is_private = data.flag("private", w);
    if native_type.ends_with("action_triggered") {
        fill_action(&mut event, &envelope, w);
    } else if incident || native_type.starts_with("alert") {
        fill_incident(&mut event, native_type, data, w);
        if native_type.starts_with("incident.scheduled") || kind.starts_with("scheduled") {
            planned_work(&mut event);
        }
    } else {
        fill_detail(&mut event, native_type, data, w);
    }
    if let Some(event_fields) = &envelope.event {
        fill::occurred(&mut event, event_fields, &["issued_at"], w);
    }
    fill::occurred(&mut event, &envelope.outer, &["timestamp"], w);
    if let Some(passed_on) = envelope.outer.deep(&["data"]) {
        fill::occurred(&mut event, &passed_on, &["issued_at"], w);
    }
    fill::occurred(&mut event, data, &["issued_at", "updated_at", "occurred_at", "created_at"], w);
    if event.event_type == EventType::Other {
        w.add("unknown_type", &item.pointer("event_type"));
    }
    Some(build::finished(event, warnings))
}

fn event_type(native_type: &str) -> EventType {
    let family = native_type.split('.').next().unwrap_or_default();
    match family {
        "incident_event" => EventType::NoteAdded,
        "incident_status_page_event" => EventType::StatusUpdate,
        "incident"
        | "alert"
        | "incident_post_mortem"
        | "retrospective"
        | "action_item"
        | "incident_action_item"
        | "incident_feedback"
        | "incident_form_field_selection" => EventType::Updated,
        "incident_role_assignment" => EventType::ResponderChanged,
        "pulse" | "service" | "functionality" | "team" | "environment" => EventType::Catalogue,
        _ => EventType::Other,
    }
}

/// The incident's or alert's own id, or that which a detail names. A detail without one, or an event
/// without data, gets an id of its own kind.
fn identity(envelope: &Envelope<'_>, w: &mut Warnings) -> Option<String> {
    let Envelope { native_type, data, .. } = envelope;
    let family = native_type.split('.').next().unwrap_or_default();
    let own = data.opaque("id", w);
    if matches!(family, "incident" | "alert")
        && let Some(id) =
            own.clone().or_else(|| data.opaque("entity_id", w)).or_else(|| data.opaque("slug", w))
    {
        return Some(id.into());
    }
    let named = data.opaque("incident_id", w).or_else(|| data.deep(&["incident"])?.opaque("id", w));
    if let Some(id) = named.or_else(|| data.opaque("entity_id", w)) {
        return Some(id.into());
    }
    let id = own.or_else(|| envelope.id.clone())?;
    Some(format!("{family}/{id}"))
}

fn fill_incident(event: &mut Event, native_type: &str, data: &Fields<'_>, w: &mut Warnings) {
    event.partial =
        data.get("title").is_none() && data.get("summary").is_none() && data.get("status").is_none();
    let said = said(native_type.rsplit('.').next().unwrap_or_default());
    match data.line("status", NAME_CHARS_MAX, w) {
        // A deleted incident keeps the status that it had.
        Some(status) if said == Some(StageWord::Cancelled) => {
            fill::stage(event, &status, said, &data.pointer("status"), w);
        }
        Some(status) => fill::stage(event, &status, stage(&status).or(said), &data.pointer("status"), w),
        None if event.partial && said == Some(StageWord::Triggered) => {}
        None => {
            event.stage = said;
            if let Some(stage) = said.filter(|_| !event.is_test) {
                event.event_type = words::event_type(stage);
            }
        }
    }
    if native_type.ends_with(".updated") && !event.is_test && event.stage.is_some_and(|word| !is_end(word)) {
        event.event_type = EventType::Updated;
    }
    let alert = native_type.starts_with("alert");
    fill::title(event, data, if alert { &["summary", "title"] } else { &["title", "summary", "slug"] }, w);
    fill::description(event, data, if alert { &["description"] } else { &["summary"] }, TextFormat::Plain, w);
    event.incident.display_id =
        data.opaque("sequential_id", w).map(|n| clean_line(&format!("#{n}"), NAME_CHARS_MAX));
    let labelled = data.deep(&["labels"]).and_then(|labels| labels.opaque("severity", w));
    let severity = data.get("severity").and_then(word_of).or(labelled);
    if let Some(severity) = severity {
        fill::severity_word(event, clean_line(&severity, NAME_CHARS_MAX));
    }
    let urgency = ["alert_urgency", "urgency"].iter().find_map(|key| data.get(key).and_then(word_of));
    event.urgency = urgency.and_then(|word| words::urgency(&word));
    fill_names(event, data, w);
    event.started_at = data.instant("started_at", w).or_else(|| data.instant("created_at", w));
    event.acknowledged_at = data.instant("acknowledged_at", w);
    event.resolved_at = data.instant("resolved_at", w).or_else(|| data.instant("ended_at", w));
    for (rel, key) in [
        ("incident", "url"),
        ("incident", "short_url"),
        ("source", "external_url"),
        ("bridge", "zoom_meeting_join_url"),
        ("bridge", "google_meeting_url"),
    ] {
        fill::link(event, rel, data, key, w);
    }
}

/// What the last word of a type says of the stage, where there is no status.
fn said(word: &str) -> Option<StageWord> {
    match word {
        "created" | "in_triage" => Some(StageWord::Triggered),
        "acknowledged" => Some(StageWord::Acknowledged),
        "mitigated" => Some(StageWord::Monitoring),
        "resolved" => Some(StageWord::Resolved),
        "cancelled" | "canceled" | "deleted" => Some(StageWord::Cancelled),
        _ => None,
    }
}

fn stage(status: &str) -> Option<StageWord> {
    match status.to_ascii_lowercase().as_str() {
        "in_triage" | "triage" | "detected" | "deferred" => Some(StageWord::Triggered),
        "completed" => Some(StageWord::Resolved),
        // Of planned work, which says nothing of a stage until it is over.
        "scheduled" | "planning" | "in_progress" | "verifying" => None,
        other => words::stage(other),
    }
}

const fn is_end(word: StageWord) -> bool {
    matches!(word, StageWord::Resolved | StageWord::Closed | StageWord::Cancelled)
}

fn planned_work(event: &mut Event) {
    event.is_maintenance = true;
    event.stage = event.stage.filter(|word| is_end(*word));
    if !event.is_test {
        event.event_type = EventType::Maintenance;
    }
}

/// Services and the like: words, objects with a name, or resources of JSON:API.
fn fill_names(event: &mut Event, data: &Fields<'_>, w: &mut Warnings) {
    let words_of =
        |key: &str| data.list(key).iter().take(LIST_ITEMS_MAX).filter_map(word_of).collect::<Vec<_>>();
    words_of("services").iter().for_each(|name| fill::service(event, name));
    ["groups", "teams"].iter().flat_map(|key| words_of(key)).for_each(|name| fill::team(event, &name));
    event.environment = words_of("environments").first().map(|name| clean_line(name, NAME_CHARS_MAX));
    for key in ["functionalities", "incident_types", "causes", "environments"] {
        words_of(key).iter().for_each(|word| build::add_label(&mut event.labels, key, word));
    }
    for key in ["kind", "source"] {
        fill::label(event, key, data, key, w);
    }
    match data.get("labels") {
        Some(Tree::Object(_)) => {
            if let Some(labels) = data.object("labels", w) {
                fill::labels(event, &labels, "");
            }
        }
        Some(Tree::List(pairs)) => {
            for pair in pairs.iter().take(LIST_ITEMS_MAX) {
                let part = |key: &str| pair.get(key).and_then(opaque);
                match (part("key"), part("value")) {
                    (Some(key), Some(value)) => build::add_label(&mut event.labels, &key, &value),
                    _ => opaque(pair).iter().for_each(|word| fill::tag(event, word)),
                }
            }
        }
        _ => {}
    }
    if let Some(inner) = data.deep(&["data"]) {
        fill::tags(event, &inner, "tags");
        let host = ["host", "hostname"].iter().find_map(|key| inner.opaque(key, w));
        host.iter().for_each(|host| build::add_word(&mut event.hosts, host));
    }
    fill::from_labels(event);
}

/// A word, or the name of an object, however deep JSON:API puts it.
fn word_of<'v>(value: &'v Tree<'v>) -> Option<Cow<'v, str>> {
    let object = [Some(value), value.get("data"), value.get("attributes")];
    let deepest = value.get("data").and_then(|data| data.get("attributes"));
    let named = object.into_iter().chain([deepest]).flatten();
    let word =
        named.flat_map(|at| ["name", "slug"].iter().filter_map(|key| at.get(key).and_then(opaque))).next();
    opaque(value).or(word).filter(|word| !word.trim().is_empty())
}

fn fill_action(event: &mut Event, envelope: &Envelope<'_>, w: &mut Warnings) {
    event.partial = true;
    event.actor = envelope.data.get("triggered_by").and_then(build::named);
    if let Some(name) = envelope.outer.deep(&["action"]).and_then(|action| action.text("name", w)) {
        let author = event.actor.as_ref().and_then(|actor| actor.name.clone());
        fill::message(event, &name, TextFormat::Plain, AudienceHint::Internal, author);
    }
}

/// A timeline's event, a retrospective, an action item, a pulse: its words are a note.
fn fill_detail(event: &mut Event, native_type: &str, data: &Fields<'_>, w: &mut Warnings) {
    event.partial = true;
    let public = event.event_type == EventType::StatusUpdate
        || data.opaque("visibility", w).is_some_and(|word| word == "external" || word == "public");
    let words = ["event_raw", "event", "body", "summary", "title"].iter().find_map(|key| data.text(key, w));
    let author = data.line("user_display_name", NAME_CHARS_MAX, w);
    let author = author.or_else(|| data.get("user").and_then(build::named)?.name);
    if event.event_type == EventType::Catalogue {
        fill::title(event, data, &["summary", "title", "name"], w);
        fill_names(event, data, w);
    } else if native_type.ends_with(".deleted") {
        event.event_type = EventType::Updated;
    } else if let Some(words) = words {
        let hint = if public { AudienceHint::Public } else { AudienceHint::Internal };
        fill::message(event, &words, TextFormat::Plain, hint, author);
    }
    let Some(incident) = data.deep(&["incident"]) else { return };
    fill::title(event, &incident, &["title", "summary"], w);
    if let Some(status) = incident.line("status", NAME_CHARS_MAX, w) {
        event.stage = stage(&status);
        event.native_status = Some(status);
    }
    if let Some(severity) = incident.get("severity").and_then(word_of) {
        fill::severity_word(event, clean_line(&severity, NAME_CHARS_MAX));
    }
    event.is_private |= incident.flag("private", w);
    fill_names(event, &incident, w);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::core::sources::tests::one;

    #[test]
    fn types_and_statuses() {
        let cases = [
            ("incident.created", "started", "triggered", Some("triggered")),
            ("incident.created", "in_triage", "triggered", Some("triggered")),
            ("incident.updated", "started", "updated", Some("triggered")),
            ("incident.mitigated", "mitigated", "updated", Some("monitoring")),
            ("incident.resolved", "resolved", "resolved", Some("resolved")),
            ("incident.cancelled", "cancelled", "resolved", Some("cancelled")),
            ("incident.deleted", "started", "resolved", Some("cancelled")),
            ("incident.scheduled.created", "scheduled", "maintenance", None),
            ("incident.scheduled.in_progress", "in_progress", "maintenance", None),
            ("incident.scheduled.completed", "completed", "maintenance", Some("resolved")),
            ("alert.created", "open", "triggered", Some("triggered")),
            ("alert.updated", "acknowledged", "updated", Some("acknowledged")),
            ("alert.updated", "resolved", "resolved", Some("resolved")),
            ("genius_workflow_run.started", "x", "other", None),
        ];
        for (native_type, status, event_type, stage) in cases {
            let body = json!({"event": {"type": native_type, "id": "e"}, "data": {"id": "a", "title": "t", "status": status}});
            let event = one(SourceKind::Rootly, &body);
            let found = (event.event_type.as_str(), event.stage.map(StageWord::as_str));
            assert_eq!(found, (event_type, stage), "{native_type} {status}");
        }
    }
}

//! V1 and V2: `messages`, each an event of its own with the whole incident in it.

use crate::core::event::{AudienceHint, Event, TextFormat};
use crate::core::limits::{LIST_ITEMS_MAX, NAME_CHARS_MAX, TITLE_CHARS_MAX};
use crate::core::sources::build::{self, Head};
use crate::core::sources::fill;
use crate::core::sources::reader::{Fields, Warnings};
use crate::core::sources::words;
use crate::core::sources::{Delivery, Read, SourceKind};
use crate::core::text::clean_line;
use crate::core::tree::Tree;
use crate::core::vocabulary::EventType;

use super::incident::{fill_page, fill_status, fill_times};
use super::meaning::meaning;

/// Reads all messages. One that names no incident is left out, and said so on the others.
pub(super) fn read(delivery: &Delivery<'_>, body: &Tree<'_>) -> Read {
    let Some(body) = Fields::of(body, "") else {
        return build::rejected("schema", "", "an object is expected");
    };
    let mut lost = Warnings::default();
    let messages = body.objects("messages", &mut lost);
    let first_id = messages.iter().find_map(|message| message.opaque("id", &mut lost));
    let mut events: Vec<Event> = Vec::with_capacity(messages.len());
    for message in &messages {
        match event(delivery, message, first_id.as_deref(), events.len()) {
            Some(event) => events.push(event),
            None => lost.add("no_identity", &message.pointer("incident")),
        }
    }
    let Some(first) = events.first_mut() else {
        return build::no_identity("/messages/0/incident/id");
    };
    first.warnings.extend(lost.into_list());
    Read::Events(events)
}

fn event(
    delivery: &Delivery<'_>,
    message: &Fields<'_>,
    delivery_id: Option<&str>,
    part: usize,
) -> Option<Event> {
    let mut warnings = Warnings::default();
    let w = &mut warnings;
    let (version, incident) = match message.deep(&["incident"]) {
        Some(incident) => ("v2", incident),
        None => ("v1", message.deep(&["data", "incident"])?),
    };
    let native_id = incident.opaque("id", w)?;
    let key = if message.get("event").is_some() { "event" } else { "type" };
    let native_type = message.opaque(key, w).unwrap_or_default();
    let (event_type, stage) = meaning(&native_type, &incident, &message.pointer(key), w);
    let head = Head {
        kind: SourceKind::PagerDuty,
        native_id: &native_id,
        delivery_id,
        part,
        event_type,
        native_type: &native_type,
        version: Some(version),
        is_test: false,
    };
    let mut event = build::event(delivery, &head);
    event.stage = stage;
    fill_status(&mut event, &incident, w);
    fill::occurred(&mut event, message, &["created_on"], w);
    fill_incident(&mut event, &incident, w);
    fill_note(&mut event, message, w);
    fill_times(&mut event);
    Some(build::finished(event, warnings))
}

fn fill_incident(event: &mut Event, incident: &Fields<'_>, w: &mut Warnings) {
    fill::title(event, incident, &["title", "description", "summary"], w);
    // V1 has what triggered it instead: an e-mail's subject, an alert's description, or nothing.
    if let Some(trigger) = incident.object("trigger_summary_data", w) {
        fill::title(event, &trigger, &["subject", "description", "summary", "SERVICEDESC"], w);
    }
    event.incident.dedup_key = incident.opaque("incident_key", w).map(|key| clean_line(&key, NAME_CHARS_MAX));
    if event.title.is_none() {
        event.title = event.incident.dedup_key.as_deref().map(|key| clean_line(key, TITLE_CHARS_MAX));
    }
    let number = incident.opaque("incident_number", w);
    event.incident.display_id = number.map(|number| clean_line(&format!("#{number}"), NAME_CHARS_MAX));
    event.started_at = ["created_at", "created_on"].iter().find_map(|key| incident.instant(key, w));
    event.urgency = incident.text("urgency", w).and_then(|word| words::urgency(&word));
    event.services = build::named_list(incident, "service", w);
    event.teams = build::named_list(incident, "teams", w);
    fill::priority(event, incident, "priority", w);
    fill_page(event, incident, w);
    for (list, person) in [("assignments", "assignee"), ("assigned_to", "object")] {
        let assigned = incident.objects(list, w).into_iter().take(LIST_ITEMS_MAX);
        event.assignees.extend(assigned.filter_map(|entry| build::named(entry.get(person)?)));
    }
    if event.assignees.is_empty() {
        event.assignees.extend(incident.get("assigned_to_user").and_then(build::named));
    }
    let policy = incident.get("escalation_policy").and_then(build::named).and_then(|policy| policy.name);
    if let Some(policy) = policy {
        build::add_label(&mut event.labels, "escalation_policy", &policy);
    }
}

/// Who did it, and what was noted: V2 has a log entry of it, V1 who changed the state last.
fn fill_note(event: &mut Event, message: &Fields<'_>, w: &mut Warnings) {
    let entry = message.objects("log_entries", w).into_iter().next();
    let person = entry.as_ref().and_then(|entry| entry.get("agent")).and_then(build::named);
    let changed = || {
        let incident = message.deep(&["data", "incident"])?;
        build::named(incident.get("last_status_change_by").filter(|person| person.is_object())?)
    };
    event.actor = person.or_else(changed);
    if event.event_type == EventType::NoteAdded
        && let Some(channel) = entry.as_ref().and_then(|entry| entry.deep(&["channel"]))
        && let Some(words) = ["content", "summary"].iter().find_map(|key| channel.text(key, w))
    {
        let author = event.actor.as_ref().and_then(|actor| actor.name.clone());
        fill::message(event, &words, TextFormat::Plain, AudienceHint::Internal, author);
    }
}

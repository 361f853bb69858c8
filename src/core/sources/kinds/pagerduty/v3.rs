//! V3: one event of one incident, or of something about it.

use crate::core::event::{AudienceHint, Event, Message, TextFormat};
use crate::core::limits::{LIST_ITEMS_MAX, NAME_CHARS_MAX, TEXT_CHARS_MAX, TITLE_CHARS_MAX};
use crate::core::sources::build::{self, Head};
use crate::core::sources::reader::{Fields, Warnings};
use crate::core::sources::relay::Opened;
use crate::core::sources::words;
use crate::core::sources::{Delivery, Handshake, Read, SourceKind};
use crate::core::text::clean_text;
use crate::core::tree::Tree;
use crate::core::vocabulary::EventType;

use super::incident::{self, fill_bridge, fill_page};
use super::meaning::meaning;
use super::people;

/// What stands for the type of event where only the incident is there.
const BY_ITSELF: &str = "incident";

/// One event, taken apart.
struct Said<'v> {
    native_type: String,
    /// Who, when and through which client.
    envelope: Fields<'v>,
    data: Fields<'v>,
    /// The whole incident, where it is in it.
    incident: Option<Fields<'v>>,
    version: &'static str,
}

/// Reads `event` of a delivery.
pub(super) fn read(delivery: &Delivery<'_>, envelope: &Fields<'_>, mut warnings: Warnings) -> Read {
    let w = &mut warnings;
    let Some(data) = envelope.get("data").and_then(|data| Fields::of(data, "/event/data")) else {
        return build::rejected("schema", "/event/data", "an object is expected");
    };
    let native_type = envelope.opaque("event_type", w).unwrap_or_default().into_owned();
    if native_type == "pagey.ping" {
        return Read::Handshake(Handshake::Answered);
    }
    let incident = whole_incident(&data);
    let said = Said { native_type, envelope: envelope.clone(), data, incident, version: "v3" };
    match event(delivery, &said, w) {
        Ok(event) => Read::Events(vec![build::finished(event, warnings)]),
        Err(rejected) => rejected,
    }
}

/// Reads an event that an automation passed on, where `agent` and `incident` stand beside each other,
/// or an incident by itself, of which nothing says what happened but its state.
pub(super) fn read_passed_on(delivery: &Delivery<'_>, opened: &Opened<'_>, mut warnings: Warnings) -> Read {
    let word = opened.word.as_deref().unwrap_or(BY_ITSELF);
    let said = Said {
        native_type: word.strip_prefix("pagerduty.").unwrap_or(word).to_owned(),
        envelope: opened.fields.clone(),
        data: opened.fields.clone(),
        incident: whole_incident(&opened.fields),
        version: "passed_on",
    };
    if opened.word.is_none() && said.incident.is_none() {
        return build::no_identity("/incident/id");
    }
    match event(delivery, &said, &mut warnings) {
        Ok(mut event) => {
            opened.date(&mut event);
            incident::fill_times(&mut event);
            Read::Events(vec![build::finished(event, warnings)])
        }
        Err(rejected) => rejected,
    }
}

/// `data` is the incident, or has it inside. A reference to one has neither state nor title.
fn whole_incident<'v>(data: &Fields<'v>) -> Option<Fields<'v>> {
    let is_whole = |fields: &Fields<'v>| match fields.get("type").and_then(Tree::as_str) {
        Some(kind) => kind == "incident",
        None => ["status", "title", "urgency", "number"].iter().any(|key| fields.get(key).is_some()),
    };
    let inside = data.deep(&["incident"]);
    match inside {
        Some(inside) => Some(inside).filter(is_whole),
        None => Some(data.clone()).filter(is_whole),
    }
}

fn event(delivery: &Delivery<'_>, said: &Said<'_>, w: &mut Warnings) -> Result<Event, Read> {
    let Said { native_type, envelope, data, incident, version } = said;
    let full = incident.is_some();
    let about = incident.as_ref().unwrap_or(data);
    let (event_type, stage) = meaning(native_type, about, &envelope.pointer("event_type"), w);
    let Some(native_id) = identity(said, w) else {
        let named = || format!("{}/id", data.pointer("incident"));
        return Err(build::no_identity(incident.as_ref().map_or_else(named, |it| it.pointer("id"))));
    };
    // The event's own id comes first: it is signed with the body, and two subscriptions that
    // deliver one event share it, which the header's id does not.
    let event_id = envelope.opaque("id", w);
    let delivery_id = event_id.as_deref().or_else(|| delivery.header("x-webhook-id"));
    let head = Head {
        kind: SourceKind::PagerDuty,
        native_id: &native_id,
        delivery_id,
        part: 0,
        event_type,
        native_type,
        version: Some(version),
        is_test: false,
    };
    let mut event = build::event(delivery, &head);
    event.partial = !full;
    event.stage = stage;
    fill_envelope(&mut event, envelope, w);
    if let Some(incident) = incident {
        incident::fill(&mut event, incident, w);
        if native_type == BY_ITSELF {
            event.event_type = event.stage.map_or(event.event_type, words::event_type);
        }
    }
    fill_detail(&mut event, data, full, w);
    incident::fill_custom_fields(&mut event, about, w);
    people::fill_leads(&mut event, data, w);
    incident::fill_times(&mut event);
    Ok(event)
}

/// The incident's id, wherever this type of event has it. What is about no incident at all gets an
/// id of its own kind, so that it never meets one.
fn identity(said: &Said<'_>, w: &mut Warnings) -> Option<String> {
    let Said { native_type, envelope, data, incident, .. } = said;
    if let Some(incident) = incident {
        return incident.opaque("id", w).map(Into::into);
    }
    let own = data.opaque("id", w);
    let named = data.object("incident", w).and_then(|incident| incident.opaque("id", w));
    let assigned = || {
        let first = data.list("incident_role_assignments").first()?;
        let incident =
            Fields::of(first.get("incident")?, "/event/data/incident_role_assignments/0/incident")?;
        incident.opaque("id", &mut Warnings::default())
    };
    if let Some(id) = named.or_else(assigned) {
        return Some(id.into());
    }
    if native_type.starts_with("incident.") {
        return None;
    }
    let resource = envelope.opaque("resource_type", w).unwrap_or("other".into());
    let id = own.or_else(|| envelope.opaque("id", w))?;
    Some(format!("{resource}/{id}"))
}

fn fill_envelope(event: &mut Event, envelope: &Fields<'_>, w: &mut Warnings) {
    if let Some((at, quality)) = envelope.time("occurred_at", w) {
        event.occurred_at = Some(at);
        event.occurred_at_quality = quality;
    }
    event.actor = envelope.get("agent").and_then(build::named);
    if let Some(client) = envelope.object("client", w) {
        let name = client.line("name", NAME_CHARS_MAX, w);
        if let Some(url) = client.text("url", w) {
            build::add_link(&mut event.links, build::link("source", &url, name.as_deref()));
        }
    }
}

/// The incident's reference, and what the event says of it.
fn fill_detail(event: &mut Event, data: &Fields<'_>, full: bool, w: &mut Warnings) {
    if !full {
        if let Some(incident) = data.object("incident", w) {
            event.title = incident.line("summary", TITLE_CHARS_MAX, w);
            fill_page(event, &incident, w);
        } else if event.event_type == EventType::Catalogue {
            event.title = data.line("summary", TITLE_CHARS_MAX, w);
            fill_page(event, data, w);
        }
        event.services = build::named_list(data, "service", w);
        for value in data.list("user").iter().take(LIST_ITEMS_MAX) {
            event.assignees.extend(build::named(value));
        }
        if event.event_type == EventType::ResponderChanged {
            event.native_status = data.line("state", NAME_CHARS_MAX, w);
        }
    }
    fill_bridge(event, Some(data), w);
    fill_message(event, data, w);
}

/// A note, a published status update, or what a responder was asked or has answered.
fn fill_message(event: &mut Event, data: &Fields<'_>, w: &mut Warnings) {
    let inside = ["annotation", "note", "status_update"].iter().find_map(|key| data.deep(&[key]));
    let detail = inside.as_ref().unwrap_or(data);
    let (key, audience_hint) = match event.event_type {
        EventType::StatusUpdate => ("message", AudienceHint::Stakeholder),
        EventType::NoteAdded => ("content", AudienceHint::Internal),
        _ => ("message", AudienceHint::Internal),
    };
    let trimmed = detail.flag("trimmed", w);
    event.message = detail.text(key, w).and_then(|words| {
        let (text, cut) = clean_text(&words, TEXT_CHARS_MAX);
        let author = event.actor.as_ref().and_then(|actor| actor.name.clone());
        let message =
            Message { text, format: TextFormat::Plain, audience_hint, author, truncated: cut || trimmed };
        (!message.text.is_empty()).then_some(message)
    });
}

//! An event of an alert group, and the alert that began it.

use crate::core::event::{Event, Named, TextFormat};
use crate::core::limits::NAME_CHARS_MAX;
use crate::core::sources::build::{self, Head};
use crate::core::sources::fill;
use crate::core::sources::reader::{Fields, Warnings};
use crate::core::sources::words;
use crate::core::sources::{Delivery, SourceKind};
use crate::core::text::clean_line;
use crate::core::vocabulary::{EventType, StageWord};

/// What an event of an alert group says.
fn meaning(event_type: &str) -> Option<(EventType, Option<StageWord>)> {
    Some(match event_type.trim().to_ascii_lowercase().replace([' ', '-'], "_").as_str() {
        "alert_group_created" | "created" | "firing" => (EventType::Triggered, Some(StageWord::Triggered)),
        "acknowledge" | "acknowledged" => (EventType::Acknowledged, Some(StageWord::Acknowledged)),
        "unacknowledge" | "unacknowledged" => (EventType::Unacknowledged, Some(StageWord::Triggered)),
        "resolve" | "resolved" => (EventType::Resolved, Some(StageWord::Resolved)),
        "unresolve" | "unresolved" => (EventType::Reopened, Some(StageWord::Reopened)),
        "escalation" | "escalation_step" | "personal_notification" => (EventType::Escalated, None),
        "silence"
        | "silenced"
        | "unsilence"
        | "unsilenced"
        | "status_change"
        | "manual"
        | "alert_group_status_change" => (EventType::Updated, None),
        "resolution_note_added" | "note_added" => (EventType::NoteAdded, None),
        _ => return None,
    })
}

/// The event; none without an identity.
pub(super) fn event(delivery: &Delivery<'_>, body: &Fields<'_>, w: &mut Warnings) -> Option<Event> {
    let group = body.object("alert_group", w);
    let native_id = body.opaque("alert_group_id", w).or_else(|| group.as_ref()?.opaque("id", w))?;
    let happened = body.object("event", w);
    let native_type = happened.as_ref().and_then(|event| event.opaque("type", w)).unwrap_or_default();
    let known = meaning(&native_type);
    if known.is_none() && !native_type.is_empty() {
        w.add("unknown_event_type", &body.pointer("event"));
    }
    let (mut event_type, mut stage) = known.unwrap_or((EventType::Other, None));
    let state = group.as_ref().and_then(|group| group.opaque("state", w));
    if let Some(state) = &state
        && stage != Some(StageWord::Reopened)
    {
        // `silenced` is no stage: its alerts are kept from people for a while, and it has not ended.
        let by_state = words::stage(state);
        stage = by_state.or(stage);
        if matches!(event_type, EventType::Other | EventType::Updated) {
            event_type = by_state.map_or(event_type, words::event_type);
        }
    }
    let head = Head {
        kind: SourceKind::GrafanaOncall,
        native_id: &native_id,
        delivery_id: None,
        part: 0,
        event_type,
        native_type: &native_type,
        version: Some("alert_group"),
        is_test: false,
    };
    let mut event = build::event(delivery, &head);
    event.stage = stage;
    event.native_status = state.map(|state| clean_line(&state, NAME_CHARS_MAX));
    event.partial = group.is_none();
    if let Some(group) = &group {
        fill::title(&mut event, group, &["title"], w);
        event.started_at = group.instant("created_at", w);
        event.acknowledged_at = group.instant("acknowledged_at", w);
        event.resolved_at = group.instant("resolved_at", w);
        if let Some(links) = group.object("permalinks", w) {
            fill::link(&mut event, "incident", &links, "web", w);
        }
        if let Some(labels) = group.object("labels", w) {
            fill::labels(&mut event, &labels, "");
        }
    }
    if let Some(happened) = &happened {
        fill::occurred(&mut event, happened, &["time"], w);
    }
    event.actor = body.deep(&["user"]).and_then(|user| {
        let name = user.opaque("username", w).filter(|name| !name.contains('@'))?;
        Some(Named::name(clean_line(&name, NAME_CHARS_MAX)))
    });
    fill_integration(&mut event, body, w);
    fill_payload(&mut event, body, w);
    Some(event)
}

fn fill_integration(event: &mut Event, body: &Fields<'_>, w: &mut Warnings) {
    let Some(integration) = body.object("integration", w) else { return };
    fill::label(event, "integration", &integration, "name", w);
    if let Some(team) = integration.opaque("team", w) {
        fill::team(event, &team);
    }
    if let Some(labels) = integration.object("labels", w) {
        fill::labels(event, &labels, "");
    }
}

/// The alert that began the group, as its own sender wrote it: mostly as an Alertmanager does.
fn fill_payload(event: &mut Event, body: &Fields<'_>, w: &mut Warnings) {
    let Some(payload) = body.deep(&["alert_payload"]) else { return };
    let nothing = &mut Warnings::default();
    for key in ["labels", "commonLabels"] {
        if let Some(labels) = payload.deep(&[key]) {
            fill::labels(event, &labels, "");
            fill::severity(event, &labels, &["severity"], nothing);
            fill::priority(event, &labels, "priority", w);
            if let Some(word) = labels.opaque("impact", nothing) {
                fill::impact(event, &word, &labels.pointer("impact"), w);
            }
            fill::title(event, &labels, &["alertname"], nothing);
        }
    }
    for key in ["annotations", "commonAnnotations"] {
        if let Some(annotations) = payload.deep(&[key]) {
            fill::description(event, &annotations, &["description", "summary"], TextFormat::Plain, nothing);
            fill::link(event, "runbook", &annotations, "runbook_url", nothing);
        }
    }
    fill::description(event, &payload, &["message"], TextFormat::Plain, nothing);
    fill::title(event, &payload, &["title"], nothing);
    fill::link(event, "source", &payload, "generatorURL", nothing);
    fill::from_labels(event);
}

//! `Grafana OnCall`'s outgoing webhooks: an event of an alert group. Grafana's incidents, which are
//! of the same product, are read too.

use crate::core::event::{Event, TextFormat};
use crate::core::limits::NAME_CHARS_MAX;
use crate::core::sources::about::{About, Ends, Page};
use crate::core::sources::body;
use crate::core::sources::build::{self, Head};
use crate::core::sources::fill;
use crate::core::sources::reader::{Fields, Warnings};
use crate::core::sources::relay;
use crate::core::sources::words;
use crate::core::sources::{Delivery, Read, SourceKind};
use crate::core::text::clean_line;
use crate::core::tree::Tree;
use crate::core::vocabulary::{EventType, StageWord};

/// See [`About`].
pub(super) static ABOUT: About = About {
    name: "grafana_oncall",
    title: "Grafana OnCall",
    schema: include_str!("../../../../schemas/grafana_oncall.json"),
    parse: body::templated,
    read,
    headers: &[],
    media_types: &[],
    waits_ms: Some(4_000),
    punishes_refusal: false,
    ends: Ends::Sender,
    page: Page {
        intro: "Grafana OnCall's outgoing webhooks: one event of one alert group in each delivery. The webhooks of Grafana's incidents are read as well.",
        setup: &[
            "In Grafana OnCall open **Outgoing webhooks → New outgoing webhook**, preset **Advanced**.",
            "Webhook URL: `{url}`, HTTP method POST, trigger type **Status change**: then taking it over and its end come too.",
            "Authorization header: `Bearer` and the source's secret.",
            "Leave **Forward whole payload** on, so that no template of your own is needed.",
        ],
        auth: "{ scheme: bearer, secret_file: /run/secrets/grafana-oncall }",
        reads: &[
            ("alert_group_id, alert_group.id; incident.incidentID", "the incident"),
            ("alert_group.state; incident.status", "the stage"),
            ("event.type", "what happened, and the stage where there is no state"),
            ("alert_group.title; incident.title", "the title, for engineers"),
            ("alert_payload.labels, annotations", "labels, severity, service, team and description"),
            ("alert_group.permalinks.web", "link"),
            ("integration.name, integration.team", "label and team"),
            ("incident.isDrill", "an exercise"),
            ("event.time", "when it changed"),
        ],
        means: &[
            ("firing, new; alert group created, unresolve", "triggered"),
            ("acknowledged; acknowledge", "acknowledged"),
            ("resolved; resolve", "resolved"),
            ("silenced; silence, unsilence, escalation", "recorded; it has neither begun nor ended"),
            ("active of an incident", "investigating"),
        ],
        not_said: &["Priority and customer impact: put them on the alert as labels `priority` and `impact`."],
    },
};

/// Reads a body that its schema accepts.
fn read(delivery: &Delivery<'_>, body: &Tree<'_>) -> Read {
    let mut warnings = Warnings::default();
    let w = &mut warnings;
    let Some(opened) = relay::open(body, w) else {
        return build::rejected("schema", "", "an object is expected");
    };
    let body = &opened.fields;
    let event = match body.deep(&["incident"]) {
        Some(incident) => grafana_incident(delivery, body, &incident, w),
        None => alert_group(delivery, body, w),
    };
    let Some(mut event) = event else {
        return build::no_identity(body.pointer("alert_group_id"));
    };
    opened.date(&mut event);
    Read::Events(vec![build::finished(event, warnings)])
}

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

fn alert_group(delivery: &Delivery<'_>, body: &Fields<'_>, w: &mut Warnings) -> Option<Event> {
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
        Some(crate::core::event::Named::name(clean_line(&name, NAME_CHARS_MAX)))
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

/// `{event, incident{incidentID, title, status, severity, isDrill …}}`
fn grafana_incident(
    delivery: &Delivery<'_>,
    body: &Fields<'_>,
    incident: &Fields<'_>,
    w: &mut Warnings,
) -> Option<Event> {
    let native_id = ["incidentID", "incidentId", "id"].iter().find_map(|key| incident.opaque(key, w))?;
    let native_type = ["event", "type"].iter().find_map(|key| body.opaque(key, w)).unwrap_or_default();
    let status = incident.opaque("status", w).unwrap_or_default();
    let begins = native_type.ends_with("created");
    let stage = match status.to_ascii_lowercase().as_str() {
        "active" if begins => Some(StageWord::Triggered),
        "active" => Some(StageWord::Investigating),
        _ => words::stage(&status),
    };
    if stage.is_none() {
        w.add("unknown_state", &incident.pointer("status"));
    }
    let delivery_id = body.opaque("id", w);
    let head = Head {
        kind: SourceKind::GrafanaOncall,
        native_id: &native_id,
        delivery_id: delivery_id.as_deref(),
        part: 0,
        event_type: stage.map_or(EventType::Other, words::event_type),
        native_type: &native_type,
        version: Some("incident"),
        is_test: false,
    };
    let mut event = build::event(delivery, &head);
    event.stage = stage;
    event.native_status = Some(clean_line(&status, NAME_CHARS_MAX)).filter(|status| !status.is_empty());
    event.is_drill = incident.flag("isDrill", w);
    event.is_private = incident.flag("isPrivate", w);
    fill::title(&mut event, incident, &["title"], w);
    fill::description(&mut event, incident, &["description", "summary"], TextFormat::Plain, w);
    fill::severity(&mut event, incident, &["severity", "severityLabel"], w);
    fill::occurred(&mut event, body, &["time"], w);
    fill::occurred(&mut event, incident, &["modifiedTime", "createdTime"], w);
    event.started_at = ["incidentStart", "createdTime"].iter().find_map(|key| incident.instant(key, w));
    event.resolved_at = ["incidentEnd", "closedTime"].iter().find_map(|key| incident.instant(key, w));
    for label in incident.objects("labels", w) {
        let key = label.opaque("key", w).unwrap_or("tag".into());
        let value = ["label", "value"].iter().find_map(|name| label.opaque(name, w));
        if let Some(value) = value {
            build::add_label(&mut event.labels, &key, &value);
        }
    }
    fill::link(&mut event, "incident", incident, "overviewURL", w);
    fill::from_labels(&mut event);
    Some(event)
}

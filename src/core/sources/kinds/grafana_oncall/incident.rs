//! Grafana's own incidents.

use crate::core::event::{Event, TextFormat};
use crate::core::limits::NAME_CHARS_MAX;
use crate::core::sources::build::{self, Head};
use crate::core::sources::fill;
use crate::core::sources::reader::{Fields, Warnings};
use crate::core::sources::words;
use crate::core::sources::{Delivery, SourceKind};
use crate::core::text::clean_line;
use crate::core::vocabulary::{EventType, StageWord};

/// `{event, incident{incidentID, title, status, severity, isDrill …}}`
pub(super) fn event(
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

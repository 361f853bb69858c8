//! The incident log.

use crate::core::event::{Event, TextFormat};
use crate::core::limits::NAME_CHARS_MAX;
use crate::core::sources::Delivery;
use crate::core::sources::build;
use crate::core::sources::fill;
use crate::core::sources::reader::{Fields, Warnings};
use crate::core::sources::words;
use crate::core::text::clean_line;
use crate::core::vocabulary::EventType;

use super::{head, stage_of_event};

/// A line of the incident log: flat members beside the event's name.
pub(super) fn event(delivery: &Delivery<'_>, body: &Fields<'_>, w: &mut Warnings) -> Option<Event> {
    let native_type = body.opaque("event", w)?;
    let incident = body.opaque("incident_id", w);
    let native_id = match &incident {
        Some(id) => id.clone().into_owned(),
        None => format!(
            "monitor/{}",
            ["monitor_id", "heartbeat_id", "id"].iter().find_map(|key| body.opaque(key, w))?
        ),
    };
    let stage = stage_of_event(&native_type).filter(|_| incident.is_some());
    let event_type = match stage {
        Some(stage) => words::event_type(stage),
        None if incident.is_some() => EventType::Updated,
        None => EventType::Catalogue,
    };
    let mut event = build::event(delivery, &head(&native_id, &native_type, event_type, "log"));
    event.stage = stage;
    event.partial = stage.is_none();
    fill::title(&mut event, body, &["incident_name", "name", "monitor_name", "message"], w);
    fill::description(&mut event, body, &["message", "cause"], TextFormat::Plain, w);
    fill::occurred(&mut event, body, &["dt"], w);
    event.source.account = body.opaque("organization_id", w).map(|id| clean_line(&id, NAME_CHARS_MAX));
    for key in ["monitor_id", "region", "cause"] {
        fill::label(&mut event, key, body, key, w);
    }
    fill::link(&mut event, "source", body, "monitor_url", w);
    Some(event)
}

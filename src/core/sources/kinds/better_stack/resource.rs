//! A resource of JSON:API: an incident, or a monitor or contact.

use crate::core::event::{Event, TextFormat};
use crate::core::limits::{NAME_CHARS_MAX, TITLE_CHARS_MAX};
use crate::core::sources::Delivery;
use crate::core::sources::build;
use crate::core::sources::fill;
use crate::core::sources::reader::{Fields, Warnings};
use crate::core::sources::words;
use crate::core::text::clean_line;
use crate::core::vocabulary::{EventType, StageWord, TimeQuality};

use super::{head, stage_of_event};

/// A resource of JSON:API: an incident, or something that is none.
pub(super) fn event(
    delivery: &Delivery<'_>,
    body: &Fields<'_>,
    data: &Fields<'_>,
    w: &mut Warnings,
) -> Option<Event> {
    let id = data.opaque("id", w)?;
    let kind = data.opaque("type", w).unwrap_or("incident".into());
    let attributes = data.object("attributes", w).unwrap_or_else(|| data.clone());
    let native_type = body.opaque("event", w).unwrap_or_default();
    if kind != "incident" {
        let native_id = format!("{kind}/{id}");
        let mut event =
            build::event(delivery, &head(&native_id, &native_type, EventType::Catalogue, "resource"));
        event.partial = true;
        fill::title(&mut event, &attributes, &["pronounceable_name", "name", "url"], w);
        fill::occurred(&mut event, &attributes, &["updated_at"], w);
        return Some(event);
    }
    let status = attributes.opaque("status", w);
    let times =
        |key: &str| attributes.get(key).is_some_and(|time| time.as_str().is_some_and(|t| !t.is_empty()));
    let by_time = || {
        Some(match () {
            () if times("resolved_at") => StageWord::Resolved,
            () if times("acknowledged_at") => StageWord::Acknowledged,
            () if times("started_at") => StageWord::Triggered,
            () => return None,
        })
    };
    let stage =
        stage_of_event(&native_type).or_else(|| status.as_deref().and_then(stage_of_event)).or_else(by_time);
    if stage.is_none() {
        w.add("unknown_state", &attributes.pointer("status"));
    }
    let event_type = stage.map_or(EventType::Other, words::event_type);
    let mut event = build::event(delivery, &head(&id, &native_type, event_type, "incident"));
    event.stage = stage;
    event.native_status = status.map(|status| clean_line(&status, NAME_CHARS_MAX));
    fill_attributes(&mut event, &attributes, w);
    if let Some(monitor) = data.deep(&["relationships", "monitor", "data"]).and_then(|it| it.opaque("id", w))
    {
        build::add_label(&mut event.labels, "monitor_id", &monitor);
    }
    Some(event)
}

fn fill_attributes(event: &mut Event, attributes: &Fields<'_>, w: &mut Warnings) {
    let name = attributes.line("name", TITLE_CHARS_MAX, w);
    let cause = attributes.line("cause", TITLE_CHARS_MAX, w);
    event.title = match (name, cause) {
        (Some(name), Some(cause)) => Some(clean_line(&format!("{name}: {cause}"), TITLE_CHARS_MAX)),
        (name, cause) => name.or(cause),
    };
    fill::description(event, attributes, &["response_content"], TextFormat::Plain, w);
    event.started_at = attributes.instant("started_at", w);
    event.acknowledged_at = attributes.instant("acknowledged_at", w);
    event.resolved_at = attributes.instant("resolved_at", w);
    event.occurred_at = match event.stage {
        Some(StageWord::Resolved) => event.resolved_at,
        Some(StageWord::Acknowledged) => event.acknowledged_at,
        Some(StageWord::Triggered) => event.started_at,
        _ => None,
    };
    if event.occurred_at.is_some() {
        event.occurred_at_quality = TimeQuality::Derived;
    }
    if let Some(team) = attributes.opaque("team_name", w) {
        fill::team(event, &team);
    }
    for region in build::word_list(attributes, "regions", w) {
        build::add_label(&mut event.labels, "region", &region);
    }
    for key in ["http_method", "monitor_type"] {
        fill::label(event, key, attributes, key, w);
    }
    for (rel, key) in [("incident", "origin_url"), ("source", "url"), ("dashboard", "screenshot_url")] {
        fill::link(event, rel, attributes, key, w);
    }
    if let Some(details) = attributes.deep(&["metadata"]) {
        fill::labels(event, &details, "cf.");
    }
}

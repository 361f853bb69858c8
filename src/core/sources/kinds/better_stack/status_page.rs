//! Updates of a status page.

use crate::core::event::{AudienceHint, Event, NativeImpact, TextFormat};
use crate::core::limits::{NAME_CHARS_MAX, TITLE_CHARS_MAX};
use crate::core::sources::Delivery;
use crate::core::sources::build;
use crate::core::sources::fill;
use crate::core::sources::reader::{Fields, Warnings};
use crate::core::text::clean_line;
use crate::core::vocabulary::EventType;

use super::{head, stage_of_event};

/// What a status page tells its subscribers: words for everybody.
pub(super) fn event(
    delivery: &Delivery<'_>,
    body: &Fields<'_>,
    incident: &Fields<'_>,
    w: &mut Warnings,
) -> Option<Event> {
    let native_id = format!("status_page/{}", incident.opaque("id", w)?);
    let native_type = body.opaque("event_type", w).unwrap_or_default();
    let is_maintenance = native_type == "maintenance" || body.get("maintenance").is_some();
    let latest = incident.objects("incident_updates", w).into_iter().next();
    let status = incident.opaque("status", w).or_else(|| latest.as_ref()?.opaque("status", w));
    let stage = status.as_deref().and_then(stage_of_event).filter(|_| !is_maintenance);
    let event_type = if is_maintenance { EventType::Maintenance } else { EventType::StatusUpdate };
    let mut event = build::event(delivery, &head(&native_id, &native_type, event_type, "status_page"));
    event.is_maintenance = is_maintenance;
    event.stage = stage;
    event.native_status = status.map(|status| clean_line(&status, NAME_CHARS_MAX));
    fill::title(&mut event, incident, &["name", "title"], w);
    fill::link(&mut event, "public", incident, "shortlink", w);
    event.started_at = incident.instant("created_at", w);
    if let Some(latest) = &latest {
        fill::occurred(&mut event, latest, &["created_at"], w);
        if let Some(words) = latest.text("body", w) {
            fill::message(&mut event, &words, TextFormat::Plain, AudienceHint::Public, None);
        }
    }
    fill::occurred(&mut event, incident, &["updated_at"], w);
    if let Some(summary) =
        body.deep(&["page"]).and_then(|page| page.line("status_description", TITLE_CHARS_MAX, w))
    {
        event.impact = Some(NativeImpact { summary: Some(summary), ..NativeImpact::default() });
    }
    Some(event)
}

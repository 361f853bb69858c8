//! What the types of PagerDuty's events mean.

use crate::core::sources::reader::{Fields, Warnings};
use crate::core::vocabulary::{EventType, StageWord};

/// What changed, and the stage that the type of event alone says.
pub(super) fn meaning(
    native_type: &str,
    data: &Fields<'_>,
    pointer: &str,
    w: &mut Warnings,
) -> (EventType, Option<StageWord>) {
    match native_type {
        "incident.triggered" | "incident.trigger" => (EventType::Triggered, Some(StageWord::Triggered)),
        "incident.acknowledged" | "incident.acknowledge" => {
            (EventType::Acknowledged, Some(StageWord::Acknowledged))
        }
        // Nothing had ended, so nothing reopens.
        "incident.unacknowledged" | "incident.unacknowledge" => {
            (EventType::Unacknowledged, Some(StageWord::Triggered))
        }
        "incident.reopened" | "incident.reopen" => (EventType::Reopened, Some(StageWord::Reopened)),
        "incident.resolved" | "incident.resolve" if merged_into(data, w).is_some() => {
            (EventType::Merged, Some(StageWord::Merged))
        }
        "incident.resolved" | "incident.resolve" => (EventType::Resolved, Some(StageWord::Resolved)),
        "incident.priority_updated" => (EventType::PriorityChanged, None),
        "incident.escalated" | "incident.escalate" => (EventType::Escalated, None),
        "incident.reassigned" | "incident.delegated" | "incident.assign" | "incident.delegate" => {
            (EventType::Reassigned, None)
        }
        "incident.annotated" | "incident.annotate" => (EventType::NoteAdded, None),
        "incident.status_update_published" => (EventType::StatusUpdate, None),
        other if starts_with_any(other, &["incident.responder.", "incident.role."]) => {
            (EventType::ResponderChanged, None)
        }
        "incident" | "incident.service_updated" => (EventType::Updated, None),
        other
            if starts_with_any(
                other,
                &[
                    "incident.task.",
                    "incident.workflow.",
                    "incident.action_invocation.",
                    "incident.custom_field_values.",
                    "incident.conference_bridge.",
                    "incident.incident_type.",
                ],
            ) =>
        {
            (EventType::Updated, None)
        }
        other if other.starts_with("service.") => (EventType::Catalogue, None),
        _ => {
            w.add("unknown_event_type", pointer);
            (EventType::Other, None)
        }
    }
}

fn starts_with_any(word: &str, prefixes: &[&str]) -> bool {
    prefixes.iter().any(|prefix| word.starts_with(prefix))
}

/// Which incident this one was merged into, by PagerDuty's id.
pub(super) fn merged_into(data: &Fields<'_>, w: &mut Warnings) -> Option<String> {
    let reason = data.object("resolve_reason", w)?;
    if reason.opaque("type", w)? != "merge_resolve_reason" {
        return None;
    }
    reason.object("incident", w)?.opaque("id", w).map(Into::into)
}

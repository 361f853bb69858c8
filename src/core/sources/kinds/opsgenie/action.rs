//! What the actions of Opsgenie mean.

use crate::core::vocabulary::{EventType, StageWord};

/// What an action says: what changed, and the stage. None for one that people made themselves. The
/// words come as `Create`, `created`, `AddNote`, `add-note`.
pub(super) fn meaning(action: &str) -> Option<(EventType, Option<StageWord>)> {
    let word: String = action.chars().filter(char::is_ascii_alphanumeric).collect();
    Some(match word.to_ascii_lowercase().as_str() {
        "create" | "created" => (EventType::Triggered, Some(StageWord::Triggered)),
        "acknowledge" | "acknowledged" | "ack" => (EventType::Acknowledged, Some(StageWord::Acknowledged)),
        // Nothing had ended, so nothing reopens.
        "unacknowledge" | "unacknowledged" | "unack" => {
            (EventType::Unacknowledged, Some(StageWord::Triggered))
        }
        "close" | "closed" | "delete" | "deleted" | "resolve" | "resolved" => {
            (EventType::Resolved, Some(StageWord::Resolved))
        }
        "reopen" | "reopened" => (EventType::Reopened, Some(StageWord::Reopened)),
        "escalate" | "escalated" | "escalatenext" | "escalatetonext" => (EventType::Escalated, None),
        "addnote" | "noteadded" | "note" => (EventType::NoteAdded, None),
        "updatepriority" | "priorityupdated" => (EventType::PriorityChanged, None),
        "assign" | "assigned" | "assignownership" | "takeownership" => (EventType::Reassigned, None),
        "addteam" | "removeteam" | "addrecipient" | "addresponder" | "removeresponder"
        | "updateresponders" | "addstakeholder" => (EventType::ResponderChanged, None),
        "addtags" | "removetags" | "adddetails" | "removedetails" | "updatemessage" | "updatedescription"
        | "updateentity" | "snooze" | "snoozed" | "snoozeended" | "unsnooze" | "addattachment"
        | "removeattachment" | "update" | "updated" | "seen" | "markasseen" | "markasunseen" => {
            (EventType::Updated, None)
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_of_the_integration() {
        let cases = [
            ("Create", "triggered triggered"),
            ("Acknowledge", "acknowledged acknowledged"),
            ("UnAcknowledge", "unacknowledged triggered"),
            ("Close", "resolved resolved"),
            ("Delete", "resolved resolved"),
            ("closed", "resolved resolved"),
            ("Escalate", "escalated -"),
            ("EscalateToNext", "escalated -"),
            ("AddNote", "note_added -"),
            ("AddTags", "updated -"),
            ("RemoveTags", "updated -"),
            ("UpdateMessage", "updated -"),
            ("Snooze", "updated -"),
            ("SnoozeEnded", "updated -"),
            ("UpdatePriority", "priority_changed -"),
            ("AssignOwnership", "reassigned -"),
            ("TakeOwnership", "reassigned -"),
            ("AddTeam", "responder_changed -"),
            ("AddRecipient", "responder_changed -"),
            ("AddResponder", "responder_changed -"),
        ];
        for (action, expected) in cases {
            let (event_type, stage) = meaning(action).expect(action);
            assert_eq!(
                format!("{event_type} {}", stage.map_or("-", StageWord::as_str)),
                expected,
                "{action}"
            );
        }
        assert_eq!(meaning("Call the plumber"), None);
    }
}

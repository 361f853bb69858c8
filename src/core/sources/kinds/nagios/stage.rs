//! What a notification says of the state: its type where there is one, else the state itself.

use crate::core::event::NativeSeverity;
use crate::core::limits::NAME_CHARS_MAX;
use crate::core::sources::loose::Loose;
use crate::core::sources::words;
use crate::core::vocabulary::{EventType, Severity, StageWord};

/// Where the type of a notification stands.
pub(super) const TYPE: &[&str] =
    &["notificationtype", "type", "eventtype", "notification", "alerttype", "action"];
const SERVICE_STATE: &[&str] = &[
    "servicestate",
    "servicestateid",
    "state",
    "status",
    "currentstate",
    "severity",
    "eventseverity",
    "incidentseverity",
    "checkresultstate",
];
const HOST_STATE: &[&str] = &[
    "hoststate",
    "hoststateid",
    "state",
    "status",
    "currentstate",
    "severity",
    "eventseverity",
    "incidentseverity",
    "checkresultstate",
];

/// What was found.
pub(super) struct Found {
    pub(super) native_type: Option<String>,
    pub(super) event_type: EventType,
    pub(super) stage: Option<StageWord>,
    /// By its name, in upper case.
    pub(super) state: Option<String>,
    pub(super) severity: Option<NativeSeverity>,
}

/// Reads type and state of a host's or a service's notification.
pub(super) fn found(said: &Loose<'_>, of_service: bool) -> Found {
    let native_type = said.line(TYPE, NAME_CHARS_MAX);
    let state = said.line(if of_service { SERVICE_STATE } else { HOST_STATE }, NAME_CHARS_MAX);
    let state = state.map(|state| name(&state, of_service));
    let ok = state.as_deref().map(is_ok);
    let soft = said.word(&["servicestatetype", "hoststatetype", "statetype"]);
    let soft = soft.is_some_and(|word| word.eq_ignore_ascii_case("soft") || word == "0");
    let (event_type, stage) = meaning(native_type.as_deref().unwrap_or_default(), ok);
    // A soft state is checked again before anybody is told of it.
    let unsure = soft && stage == Some(StageWord::Triggered);
    let (event_type, stage) = if unsure { (EventType::Updated, None) } else { (event_type, stage) };
    let severity =
        state.as_deref().map(|state| NativeSeverity { level: severity(state), native: state.to_owned() });
    Found { native_type, event_type, stage, state, severity }
}

/// The type's words are compared without case, blanks and dashes: `DowntimeStart`, `downtime-start`.
fn meaning(native_type: &str, ok: Option<bool>) -> (EventType, Option<StageWord>) {
    let word: String = native_type.chars().filter(char::is_ascii_alphabetic).collect();
    let by_state = match ok {
        Some(true) => (EventType::Resolved, Some(StageWord::Resolved)),
        Some(false) => (EventType::Triggered, Some(StageWord::Triggered)),
        None => (EventType::Other, None),
    };
    match word.to_ascii_lowercase().as_str() {
        "problem" if ok == Some(true) => by_state,
        "recovery" => (EventType::Resolved, Some(StageWord::Resolved)),
        "acknowledgement" | "acknowledgment" | "acknowledgementset" | "acknowledged" => {
            (EventType::Acknowledged, Some(StageWord::Acknowledged))
        }
        "acknowledgementcleared" => (EventType::Unacknowledged, by_state.1),
        "flappingstart" if ok == Some(true) => (EventType::Updated, None),
        "problem" | "flappingstart" => (EventType::Triggered, Some(StageWord::Triggered)),
        // Nothing was said of what changed while it flapped.
        "flappingstop" | "flappingend" | "flappingdisabled" if ok.is_some() => by_state,
        "flappingstop" | "flappingend" | "flappingdisabled" => (EventType::Updated, None),
        word if word.starts_with("downtime") => (EventType::Maintenance, None),
        "custom" | "commentadded" | "comment" => (EventType::NoteAdded, None),
        "mute" | "unmute" | "incidentage" => (EventType::Updated, None),
        _ => by_state,
    }
}

/// A state's number is its name's, and hosts count otherwise than services.
fn name(state: &str, of_service: bool) -> String {
    let names: &[&str] =
        if of_service { &["OK", "WARNING", "CRITICAL", "UNKNOWN"] } else { &["UP", "DOWN", "UNREACHABLE"] };
    let number = state.strip_suffix(".0").unwrap_or(state).parse::<usize>().ok();
    let named = number.and_then(|number| names.get(number));
    named.map_or_else(|| state.to_ascii_uppercase(), |name| (*name).to_owned())
}

fn is_ok(state: &str) -> bool {
    matches!(state, "OK" | "UP" | "RECOVERY" | "RESOLVED")
}

fn severity(state: &str) -> Severity {
    match state {
        "DOWN" => Severity::Critical,
        "UNREACHABLE" => Severity::Error,
        "UP" => Severity::Info,
        word => words::severity(word),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_and_states() {
        let (up, down) = (Some(true), Some(false));
        let cases = [
            ("PROBLEM", down, EventType::Triggered, Some(StageWord::Triggered)),
            ("RECOVERY", up, EventType::Resolved, Some(StageWord::Resolved)),
            ("Acknowledgement", down, EventType::Acknowledged, Some(StageWord::Acknowledged)),
            ("acknowledgement-set", down, EventType::Acknowledged, Some(StageWord::Acknowledged)),
            ("acknowledgement-cleared", down, EventType::Unacknowledged, Some(StageWord::Triggered)),
            ("FLAPPINGSTART", down, EventType::Triggered, Some(StageWord::Triggered)),
            ("FLAPPINGSTART", up, EventType::Updated, None),
            ("FLAPPINGSTOP", up, EventType::Resolved, Some(StageWord::Resolved)),
            ("FlappingEnd", down, EventType::Triggered, Some(StageWord::Triggered)),
            ("FLAPPINGDISABLED", None, EventType::Updated, None),
            ("DOWNTIMESTART", down, EventType::Maintenance, None),
            ("DowntimeRemoved", up, EventType::Maintenance, None),
            ("downtime-end", up, EventType::Maintenance, None),
            ("CUSTOM", down, EventType::NoteAdded, None),
            ("state", down, EventType::Triggered, Some(StageWord::Triggered)),
            ("StateChange", up, EventType::Resolved, Some(StageWord::Resolved)),
            ("", up, EventType::Resolved, Some(StageWord::Resolved)),
            ("", None, EventType::Other, None),
        ];
        for (native_type, ok, event_type, stage) in cases {
            assert_eq!(meaning(native_type, ok), (event_type, stage), "{native_type} {ok:?}");
        }
    }

    #[test]
    fn numbers_are_names() {
        let cases = [
            ("0", true, "OK"),
            ("2", true, "CRITICAL"),
            ("1.0", false, "DOWN"),
            ("crit", true, "CRIT"),
            ("7", true, "7"),
        ];
        for (state, of_service, expected) in cases {
            assert_eq!(name(state, of_service), expected);
        }
    }
}

//! Events whose type says what happened (CloudEvents, Standard Webhooks): `com.example.incident.resolved`,
//! with data by the simple names of `schemas/herald.json`, or by the usual names of others.

use super::loose::{Habits, Loose};
use super::reader::Warnings;
use super::{plain, words};
use crate::core::event::Event;
use crate::core::limits::{NAME_CHARS_MAX, TITLE_CHARS_MAX};
use crate::core::sources::reader::Fields;
use crate::core::tree::Tree;
use crate::core::vocabulary::StageWord;

/// Last words that mean a stage only where the type speaks of trouble: a contact is `created` too.
const EVERYDAY: &[&str] = &[
    "created", "started", "new", "active", "open", "opened", "close", "closed", "done", "ended", "up",
    "fixed",
];
/// Parts of a type's name that speak of trouble.
const TROUBLE: &[&str] = &[
    "incident",
    "alert",
    "alarm",
    "problem",
    "outage",
    "issue",
    "monitor",
    "check",
    "remediation",
    "disruption",
    "downtime",
    "failure",
];
/// Members of the data that only trouble has.
const MARKS: &[&str] = &["stage", "severity", "priority", "impact"];

const HABITS: Habits = Habits {
    wrappers: &["problem", "incident", "alert", "event", "object", "attributes", "data"],
    prefixes: &[],
};

/// `com.example.incident.resolved` → `resolved`.
pub(super) fn last_word(native_type: &str) -> &str {
    native_type.rsplit(['.', '/', ':']).next().unwrap_or(native_type)
}

/// What the type's last word says of the stage.
pub(super) fn stage(native_type: &str, data: Option<&Fields<'_>>) -> Option<StageWord> {
    let word = last_word(native_type);
    let lower = native_type.to_ascii_lowercase();
    let everyday = EVERYDAY.contains(&word.to_ascii_lowercase().as_str());
    let of_trouble = TROUBLE.iter().any(|part| lower.contains(part))
        || data.is_some_and(|data| MARKS.iter().any(|mark| data.get(mark).is_some()));
    words::stage(word).filter(|_| !everyday || of_trouble)
}

/// The incident's id, where the data has one.
pub(super) fn key(data: &Tree<'_>) -> Option<String> {
    let said = Loose::of(data, "", &HABITS, &mut Warnings::default());
    said.line(&["key", "incidentid", "id", "pid", "problemid", "alertid", "uuid", "subject"], NAME_CHARS_MAX)
}

/// Reads the data: by simple names first, then by those that others use.
pub(super) fn fill(event: &mut Event, data: &Fields<'_>, tree: &Tree<'_>, w: &mut Warnings) {
    plain::fill(event, data, w);
    let said = Loose::of(tree, "", &HABITS, &mut Warnings::default());
    if event.title.is_none() {
        event.title = said
            .line(&["title", "summary", "problemtitle", "name", "subject", "displayname"], TITLE_CHARS_MAX);
    }
    // A `stage` may be one of delivery, and the state stand elsewhere.
    let states = ["state", "status", "stage"].iter().filter_map(|name| said.line(&[name], NAME_CHARS_MAX));
    let mut known = states.filter_map(|word| Some((words::stage(&word)?, word)));
    let state = known.find(|(stage, _)| *stage != StageWord::Merged);
    if let Some((stage, word)) = state.filter(|_| event.stage.is_none()) {
        event.stage = Some(stage);
        event.native_status = Some(word);
        if !event.is_test && !event.is_maintenance {
            event.event_type = words::event_type(stage);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn everyday_words_count_only_of_trouble() {
        let cases = [
            ("com.example.incident.triggered", json!({}), Some(StageWord::Triggered)),
            ("monitor.down", json!({}), Some(StageWord::Triggered)),
            ("service.down", json!({}), Some(StageWord::Triggered)),
            ("incident.created", json!({}), Some(StageWord::Triggered)),
            ("contact.created", json!({}), None),
            ("contact.created", json!({"severity": "high"}), Some(StageWord::Triggered)),
            ("invoice.closed", json!({}), None),
            ("alert/closed", json!({}), Some(StageWord::Closed)),
            ("order.resolved", json!({}), Some(StageWord::Resolved)),
            ("example.event", json!({}), None),
        ];
        for (native_type, data, expected) in cases {
            let tree = Tree::from(&data);
            assert_eq!(stage(native_type, Fields::of(&tree, "").as_ref()), expected, "{native_type} {data}");
        }
    }
}

//! What a status of Jira means: its category is fixed, its name is everybody's own.

use crate::core::sources::reader::{Fields, Warnings};
use crate::core::sources::words;
use crate::core::vocabulary::StageWord;

/// Where an issue of this status stands.
pub(super) fn stage(status: &Fields<'_>, w: &mut Warnings) -> Option<StageWord> {
    let name = status.opaque("name", w).unwrap_or_default();
    let category = status.object("statusCategory", w);
    let category =
        category.and_then(|category| category.opaque("key", w).or_else(|| category.opaque("name", w)));
    by_category(category.as_deref().unwrap_or_default(), &name).or_else(|| {
        w.add("unknown_state", &status.pointer("name"));
        None
    })
}

fn by_category(category: &str, name: &str) -> Option<StageWord> {
    let named = by_name(name);
    match category.to_ascii_lowercase().as_str() {
        "new" | "to do" | "undefined" => Some(StageWord::Triggered),
        "indeterminate" | "in progress" => {
            Some(named.filter(|stage| is_under_way(*stage)).unwrap_or(StageWord::Acknowledged))
        }
        "done" | "complete" => Some(named.filter(|stage| is_end(*stage)).unwrap_or(StageWord::Resolved)),
        // Old servers name no category.
        _ => named,
    }
}

/// Where a status of this name stands, of the names that Jira's own workflows have and the usual ones.
pub(super) fn by_name(name: &str) -> Option<StageWord> {
    let plain = name.trim().to_ascii_lowercase();
    Some(match plain.as_str() {
        "to do"
        | "todo"
        | "backlog"
        | "selected for development"
        | "waiting for support"
        | "waiting"
        | "escalated"
        | "awaiting triage"
        | "triage"
        | "reopened" => StageWord::Triggered,
        "in review" | "pending" | "waiting for customer" | "on hold" | "work in progress" | "assigned" => {
            StageWord::Acknowledged
        }
        "under investigation" | "investigate" => StageWord::Investigating,
        "completed" | "complete" | "done" | "implemented" => StageWord::Resolved,
        "won't do" | "wont do" | "won't fix" | "duplicate" | "rejected" | "invalid" | "abandoned" => {
            StageWord::Cancelled
        }
        _ => words::stage(name)?,
    })
}

/// One of the stages between begin and end.
const fn is_under_way(stage: StageWord) -> bool {
    matches!(
        stage,
        StageWord::Acknowledged
            | StageWord::Investigating
            | StageWord::Identified
            | StageWord::Mitigating
            | StageWord::Monitoring
    )
}

/// One of the three ends.
pub(super) const fn is_end(stage: StageWord) -> bool {
    matches!(stage, StageWord::Resolved | StageWord::Closed | StageWord::Cancelled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_category_decides_and_the_name_refines() {
        let cases = [
            ("new", "To Do", Some("triggered")),
            ("new", "Closed", Some("triggered")),
            ("indeterminate", "In Progress", Some("acknowledged")),
            ("indeterminate", "Under investigation", Some("investigating")),
            ("indeterminate", "Mitigated", Some("monitoring")),
            ("indeterminate", "Done?", Some("acknowledged")),
            ("done", "Done", Some("resolved")),
            ("done", "Closed", Some("closed")),
            ("done", "Canceled", Some("cancelled")),
            ("done", "Won't do", Some("cancelled")),
            ("done", "In Progress", Some("resolved")),
            ("", "Open", Some("triggered")),
            ("", "Reopened", Some("triggered")),
            ("", "Resolved", Some("resolved")),
            ("", "In the fridge", None),
        ];
        for (category, name, expected) in cases {
            assert_eq!(by_category(category, name).map(StageWord::as_str), expected, "{category} {name}");
        }
    }
}

//! What an event by itself comes to: tests, duplicates, what is stale or over; and that nothing
//! which is merely missing drops an event (invariants 5, 7 and 8).

use crate::core::vocabulary::{Reason, StageWord, TimeQuality};
use jiff::SignedDuration;

use super::scene::Scene;
use super::{Case, Judge};

impl Judge {
    pub(super) fn exit(&mut self, case: &Case<'_>, before: &Scene) {
        let (Some(event), Some(record)) = (case.event, case.record) else { return };
        if event.adopt.is_some() {
            return;
        }
        let reason = record.reason;
        if event.is_test {
            let silent = case.messages.is_empty() && case.out.events.is_empty() && !case.out.state_written;
            if !silent {
                self.broken(7, format!("the test delivery {} told somebody, or touched the state", event.id));
            }
            if reason != Some(Reason::Test) {
                self.broken(7, format!("the test delivery {} is decided as {reason:?}", event.id));
            }
            return;
        }
        let known = before.is_known(event);
        let is_person = event.update.as_ref().is_some_and(|update| update.by.is_some());
        // The order of checks: test, duplicate, stale, already closed.
        let expected = if known {
            Some(Reason::Duplicate)
        } else if before.ended_at.is_some() && !is_person && before.is_older_stage(event) {
            Some(Reason::Stale)
        } else {
            None
        };
        if expected.is_some() && reason != expected {
            self.broken(5, format!("{} is decided as {reason:?}, though it is {expected:?} first", event.id));
        }
        if !known && matches!(reason, Some(Reason::Duplicate | Reason::Test)) {
            self.broken(5, format!("{} is decided as {reason:?}, and is neither", event.id));
        }
        if reason.is_some() && !case.messages.is_empty() {
            self.broken(
                5,
                format!(
                    "{} is decided as {reason:?}, and yet {} is said",
                    event.id,
                    case.messages[0].words()
                ),
            );
        }
        if expected.is_none() && must_count(case, before) && reason.is_some() {
            self.broken(8, format!("{} is dropped as {reason:?}", event.id));
        }
    }
}

/// Does it begin an incident, or go on with one, whatever it does not say?
fn must_count(case: &Case<'_>, before: &Scene) -> bool {
    let Some(event) = case.event else { return false };
    if before.is_open() {
        return !before.is_older(event);
    }
    let begins = event.stage.and_then(StageWord::stage).is_some_and(|stage| !stage.is_end());
    let dated = event.occurred_at.filter(|_| event.occurred_at_quality != TimeQuality::Missing);
    let age = dated.map_or(SignedDuration::ZERO, |at| event.received_at.duration_since(at));
    before.episode.is_none() && begins && !event.partial && age < SignedDuration::from_hours(24)
}

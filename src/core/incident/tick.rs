//! Time itself: openings that waited for now, and incidents whose time of being remembered has
//! passed. Timers are derived from the persisted state, never persisted themselves.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::audiences::{addressees, name_of, not_told, said};
use super::decide::in_order;
use super::gates::{Moment, Verdict};
use super::records::{self, Reasons};
use super::state::IncidentState;
use super::tell::{Saying, Teller};
use super::{Decision, StateChange};
use crate::core::decision::{InputPlace, Outcome};
use crate::core::ledger::{Entry, Held};
use crate::core::notification::Cause;
use crate::core::policy::Policy;
use crate::core::vocabulary::{Kind, Reason};

/// The name of the timer of a held opening, in causes and ids.
const OPENING: &str = "opening";

/// When the incident's earliest timer is due.
pub(super) fn next_due(state: &IncidentState) -> Option<Timestamp> {
    let openings = state.ledger.iter().filter_map(|entry| entry.held.as_ref()?.until);
    let forgetting = state.episode.ended.as_ref().map(|ended| ended.forget_at);
    openings.chain(forgetting).min()
}

/// Folds the timers that are due at `now`.
pub(super) fn tick(state: &IncidentState, policy: &Policy, place: InputPlace, now: Timestamp) -> Decision {
    if state.episode.ended.as_ref().is_some_and(|ended| ended.forget_at <= now) {
        return Decision {
            state: StateChange::Forget,
            notices: Vec::new(),
            record: None,
            events: Vec::new(),
        };
    }
    let mut next = state.clone();
    next.changed_at = now;
    let mut ledger = std::mem::take(&mut next.ledger);
    let cause = Cause::Timer { timer: OPENING.to_owned(), due: now };
    let (outcomes, notices) = {
        let moment = Moment::new(&next, policy, now);
        let mut teller = Teller::new(&next, &ledger, &moment, cause.clone());
        let outcomes = open_due(&mut ledger, &mut teller);
        (outcomes, in_order(teller.notices, policy))
    };
    if outcomes.is_empty() {
        return Decision { state: StateChange::Unchanged, notices, record: None, events: Vec::new() };
    }
    next.ledger = ledger;
    let reasons = Reasons { event: None, cause: &cause, policy, place, now };
    let record = reasons.record(Some(state), &next, outcomes);
    Decision { state: StateChange::Put(Arc::new(next)), notices, record: Some(record), events: Vec::new() }
}

/// Every held opening that is due is judged anew: it goes out, waits for something else, or is
/// dropped with its reason.
fn open_due(ledger: &mut Vec<Entry>, teller: &mut Teller<'_>) -> BTreeMap<String, Outcome> {
    let now = teller.moment.now;
    let is_due =
        |entry: &Entry| entry.held.as_ref().and_then(|held| held.until).is_some_and(|until| until <= now);
    let due: Vec<(String, Option<crate::core::notification::Addressee>)> = ledger
        .iter()
        .filter(|entry| is_due(entry))
        .map(|entry| (entry.audience.clone(), entry.addressee.clone()))
        .collect();
    let mut outcomes = BTreeMap::new();
    for (audience, addressee) in due {
        let Some(at) = ledger.iter().position(|e| e.audience == audience && e.addressee == addressee) else {
            continue;
        };
        let mut entry = ledger.remove(at);
        let outcome = open_one(&mut entry, ledger, teller);
        // What neither was told nor waits any longer leaves the ledger.
        if entry.told.is_some() || entry.held.is_some() {
            ledger.insert(at, entry);
        }
        outcomes.insert(name_of(&audience, addressee.as_ref()), outcome);
    }
    outcomes
}

fn open_one(entry: &mut Entry, others: &[Entry], teller: &mut Teller<'_>) -> Outcome {
    let policy = teller.moment.policy;
    let held = entry.held.take();
    let since = held.as_ref().map_or(teller.moment.now, |held| held.since);
    let Some(audience) = records::audience(policy, &entry.audience) else {
        return not_told(Reason::NotMatched, None);
    };
    let place = policy.audience(&audience.name).map_or(0, |(place, _)| place);
    if !addressees(audience, teller.moment).contains(&entry.addressee) {
        return not_told(Reason::NotAffected, None);
    }
    // The hold is over; whether another one begins is judged with when this one began.
    entry.held = held;
    let verdict = teller.moment.judge(place, audience, Some(entry), others);
    entry.held = None;
    match verdict {
        Verdict::Tell => said(teller.say(entry, Some(audience), Saying::plain(Kind::Opening))),
        Verdict::Hold { reason, until, by } => {
            entry.held =
                Some(Held { reason, until: until.filter(|until| *until > teller.moment.now), since });
            not_told(reason, by)
        }
        Verdict::Silent { reason, by } => not_told(reason, by),
    }
}

//! The fold: one event, or time itself, to one decision.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::audiences::{
    self, Case, addressees, decide_one, find, name_of, no_longer_affected, not_told, said,
};
use super::gates::Moment;
use super::lifecycle::{self, Step};
use super::records::{self, Reasons};
use super::state::IncidentState;
use super::tell::{Saying, Teller};
use super::update::{self, Updated};
use super::{Decision, StateChange};
use crate::core::decision::{InputPlace, Outcome};
use crate::core::event::Event;
use crate::core::ledger::Entry;
use crate::core::notification::{Cause, Notice};
use crate::core::policy::Policy;
use crate::core::vocabulary::{Kind, Reason, Stage};

/// Folds one event.
pub(super) fn event(
    state: Option<&IncidentState>,
    event: &Event,
    policy: &Policy,
    place: InputPlace,
    now: Timestamp,
) -> Decision {
    let (step, fresh) = lifecycle::step(state, event, policy, now);
    let cause = Cause::Event { event: event.id.clone() };
    let reasons = Reasons { event: Some(event), cause: &cause, policy, place, now };
    if let Step::Exit(reason) = step {
        return update::remembered(state, event, reason, now).map_or_else(
            || Decision {
                state: StateChange::Unchanged,
                notices: Vec::new(),
                events: Vec::new(),
                record: Some(reasons.exit(state, reason)),
            },
            |next| Decision {
                record: Some(reasons.exit(Some(&next), reason)),
                state: StateChange::Put(Arc::new(next)),
                notices: Vec::new(),
                events: Vec::new(),
            },
        );
    }
    let Updated { mut next, changed } = update::update(state, event, step, fresh, policy, now);
    let mut ledger = std::mem::take(&mut next.ledger);
    let before = state.filter(|_| step != Step::Begin);
    let (outcomes, notices) = {
        let moment = Moment::new(&next, policy, now);
        let mut teller = Teller::new(&next, &ledger, &moment, cause.clone());
        let outcomes = match step {
            Step::End(stage) => end(&mut ledger, stage, &mut teller),
            Step::Reopen(_) => reopen(&mut ledger, before, &mut teller),
            _ => go_on(&mut ledger, before, changed, &mut teller),
        };
        (outcomes, in_order(teller.notices, policy))
    };
    next.ledger = ledger;
    let record = reasons.record(before, &next, outcomes);
    Decision { state: StateChange::Put(Arc::new(next)), notices, record: Some(record), events: Vec::new() }
}

/// Everyone who was told it began is told it ended, from the ledger alone; nobody else is.
fn end(ledger: &mut Vec<Entry>, stage: Stage, teller: &mut Teller<'_>) -> BTreeMap<String, Outcome> {
    let kind = if stage == Stage::Cancelled { Kind::Cancelled } else { Kind::Resolved };
    let mut outcomes = BTreeMap::new();
    let policy = teller.moment.policy;
    for entry in ledger.iter_mut() {
        let name = name_of(&entry.audience, entry.addressee.as_ref());
        let outcome = if entry.told.as_ref().is_some_and(|told| told.open) {
            said(teller.say(entry, records::audience(policy, &entry.audience.clone()), Saying::plain(kind)))
        } else if entry.held.take().is_some() {
            not_told(Reason::EndedBeforeTold, None)
        } else {
            not_told(Reason::NotToldBefore, None)
        };
        outcomes.insert(name, outcome);
    }
    ledger.retain(|entry| entry.told.is_some());
    for audience in &policy.audiences {
        for addressee in audiences::everyone(audience, teller.moment) {
            let name = name_of(&audience.name, addressee.as_ref());
            outcomes.entry(name).or_insert_with(|| not_told(Reason::NotToldBefore, None));
        }
    }
    outcomes
}

/// Back within the window: all who were told are told, in the same thread; then the others are
/// judged as ever.
fn reopen(
    ledger: &mut Vec<Entry>,
    before: Option<&IncidentState>,
    teller: &mut Teller<'_>,
) -> BTreeMap<String, Outcome> {
    let mut reopened = BTreeMap::new();
    let policy = teller.moment.policy;
    for entry in ledger.iter_mut().filter(|entry| entry.told.is_some()) {
        let name = name_of(&entry.audience, entry.addressee.as_ref());
        let forbidden = policy.audience(&entry.audience).and_then(|(place, audience)| {
            teller.moment.forbidden(place).or_else(|| teller.moment.without_impact(audience))
        });
        let outcome = match forbidden {
            Some(super::gates::Verdict::Silent { reason, by }) => not_told(reason, by),
            _ => {
                let audience = records::audience(policy, &entry.audience.clone());
                said(teller.say(entry, audience, Saying::plain(Kind::Reopened)))
            }
        };
        reopened.insert(name, outcome);
    }
    let mut outcomes = go_on_with(ledger, before, true, teller, &reopened);
    outcomes.extend(reopened);
    outcomes
}

fn go_on(
    ledger: &mut Vec<Entry>,
    before: Option<&IncidentState>,
    changed: bool,
    teller: &mut Teller<'_>,
) -> BTreeMap<String, Outcome> {
    go_on_with(ledger, before, changed, teller, &BTreeMap::new())
}

/// Judges every audience and addressee of the policy, but those already decided.
fn go_on_with(
    ledger: &mut Vec<Entry>,
    before: Option<&IncidentState>,
    changed: bool,
    teller: &mut Teller<'_>,
    decided: &BTreeMap<String, Outcome>,
) -> BTreeMap<String, Outcome> {
    let policy = teller.moment.policy;
    // What this same policy would have said just before, to tell an event's doing from a reload's.
    // While it was over nobody would have been told.
    let before = before.filter(|state| state.episode.ended.is_none());
    let earlier = before.map(|state| Moment::new(state, policy, state.changed_at));
    let mut outcomes = BTreeMap::new();
    for place in audiences::order(&policy.audiences) {
        let audience = &policy.audiences[place];
        let affected = addressees(audience, teller.moment);
        let earlier_addressees =
            earlier.as_ref().map(|moment| addressees(audience, moment)).unwrap_or_default();
        for addressee in &affected {
            let name = name_of(&audience.name, addressee.as_ref());
            if decided.contains_key(&name) {
                continue;
            }
            let was_affected = earlier_addressees.contains(addressee);
            let earlier = earlier.as_ref().filter(|_| was_affected);
            let entry = find(ledger, audience, addressee.as_ref()).map(|at| &ledger[at]);
            let case = Case {
                place,
                audience,
                addressee: addressee.clone(),
                before: earlier.is_some_and(|moment| moment.judge(place, audience, entry, ledger).passes()),
                routed_before: earlier.is_some_and(|moment| moment.unrouted(place).is_none()),
                changed,
            };
            outcomes.insert(name, decide_one(&case, ledger, teller));
        }
        for addressee in audiences::everyone(audience, teller.moment) {
            let name = name_of(&audience.name, addressee.as_ref());
            if affected.contains(&addressee) || decided.contains_key(&name) {
                continue;
            }
            let outcome = match find(ledger, audience, addressee.as_ref()) {
                Some(at) => no_longer_affected(&mut ledger[at], audience, changed, teller),
                None => not_told(Reason::NotAffected, None),
            };
            outcomes.insert(name, outcome);
        }
    }
    outcomes
}

/// Notices in the policy's order of audiences, whatever order they were decided in.
pub(super) fn in_order(mut notices: Vec<Notice>, policy: &Policy) -> Vec<Notice> {
    let place = |notice: &Notice| policy.audience(&notice.audience).map_or(usize::MAX, |(place, _)| place);
    notices.sort_by_key(place);
    notices
}

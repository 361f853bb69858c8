//! The fold: one event, or time itself, to one decision.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::audiences::{
    self, Case, addressees, decide_one, find, name_of, no_longer_affected, not_told, said,
};
use super::earlier::Earlier;
use super::gates::Moment;
use super::lifecycle::{self, Step};
use super::records::{self, Reasons};
use super::state::IncidentState;
use super::tell::{Finished, Saying, Teller};
use super::update::{self, Updated};
use super::{At, Decision, StateChange, merge, spoken};
use crate::core::decision::Outcome;
use crate::core::event::Event;
use crate::core::ledger::Entry;
use crate::core::notification::{Cause, Notice};
use crate::core::policy::Policy;
use crate::core::vocabulary::{Kind, Reason, Stage};

/// Folds one event.
pub(super) fn event(state: Option<&IncidentState>, event: &Event, policy: &Policy, at: At) -> Decision {
    let (place, now) = (at.place, at.now);
    if let Some(adopt) = &event.adopt {
        return merge::adopt(state, event, adopt, policy, at);
    }
    let (step, fresh) = lifecycle::step(state, event, policy, now);
    let cause = Cause::of(event);
    let reasons = Reasons { event: Some(event), cause: &cause, policy, place, now };
    if let Step::Exit(reason) = step {
        let heard = match reason {
            Reason::Duplicate => update::still_heard(state, policy, now),
            reason => update::remembered(state, event, reason, now),
        };
        let record = Some(reasons.exit(heard.as_ref().or(state), reason));
        let state = heard.map_or(StateChange::Unchanged, |next| StateChange::Put(Arc::new(next)));
        return Decision { state, record, ..Decision::NOTHING };
    }
    // A new episode never leaves a reader of the last one behind.
    let mut notices = match state {
        Some(state) if step == Step::Begin => end_before(state, &cause, policy, now),
        _ => Vec::new(),
    };
    let Updated { mut next, changed } = update::update(state, event, &step, fresh, policy, now);
    let mut ledger = std::mem::take(&mut next.ledger);
    let before = state.filter(|_| step != Step::Begin);
    let (outcomes, finished) = {
        let moment = Moment::new(&next, policy, now);
        let mut teller = Teller::new(&next, &ledger, &moment, cause.clone(), at.hold_until);
        teller.by_hand(event.update.as_deref());
        let outcomes = tell(&step, &mut ledger, before, changed, event, &mut teller);
        (outcomes, teller.finish())
    };
    let events = match &step {
        Step::HandOver(into) => merge::hand_over(&next, &ledger, into, now).into_iter().collect(),
        _ => Vec::new(),
    };
    withhold_until(&mut next, &ledger, at.hold_until);
    next.ledger = ledger;
    let record = reasons.record(before, &next, outcomes);
    notices.extend(settle(&mut next, finished, policy));
    Decision { state: StateChange::Put(Arc::new(next)), notices, record: Some(record), events }
}

/// Who hears what because of this step.
fn tell(
    step: &Step,
    ledger: &mut Vec<Entry>,
    before: Option<&IncidentState>,
    changed: bool,
    event: &Event,
    teller: &mut Teller<'_>,
) -> BTreeMap<String, Outcome> {
    match step {
        Step::End(stage) => {
            let mut outcomes = end(ledger, *stage, teller);
            // The end, and after it the final report.
            spoken::add(&mut outcomes, spoken::deliver(ledger, teller));
            outcomes
        }
        Step::HandOver(_) => handed_over(ledger, teller),
        Step::Afterwards => {
            let mut outcomes = spoken::deliver(ledger, teller);
            for entry in ledger.iter() {
                let name = name_of(&entry.audience, entry.addressee.as_ref());
                outcomes.entry(name).or_insert_with(|| not_told(Reason::NoChangeForAudience, None));
            }
            outcomes
        }
        Step::Reopen(_) => reopen(ledger, before, teller),
        _ => {
            let delivered = spoken::deliver(ledger, teller);
            let is_told = |(_, outcome): &(&String, &Outcome)| matches!(outcome, Outcome::Told { .. });
            let told =
                delivered.iter().filter(is_told).map(|(name, outcome)| (name.clone(), outcome.clone()));
            let told: BTreeMap<String, Outcome> = told.collect();
            let mut outcomes = go_on_with(ledger, before, changed, renews(event, changed), teller, &told);
            spoken::add(&mut outcomes, delivered);
            outcomes
        }
    }
}

/// Does it say that nothing has changed, or only when the next news comes?
fn renews(event: &Event, changed: bool) -> bool {
    event.update.as_deref().is_some_and(|update| {
        update.no_change || (update.next_update_by.is_some() && !update.has_words() && !changed)
    })
}

/// What a decision's telling leaves in the state; the notices, in the policy's order of audiences.
pub(super) fn settle(next: &mut IncidentState, finished: Finished, policy: &Policy) -> Vec<Notice> {
    next.episode.lead_threads.extend(finished.lead_threads);
    next.episode.noted.extend(finished.noted);
    in_order(finished.notices, policy)
}

/// While a backlog is folded, what is withheld is judged when its hold ends.
fn withhold_until(next: &mut IncidentState, ledger: &[Entry], hold_until: Option<Timestamp>) {
    let withheld = |entry: &Entry| entry.told.as_ref().is_some_and(|told| told.withheld.is_some());
    let words = hold_until.is_some_and(|until| next.changed_at < until)
        && next.episode.words.iter().any(spoken::is_delivered);
    if words || ledger.iter().any(withheld) {
        next.episode.timers.withheld_until = hold_until.or(next.episode.timers.withheld_until);
    }
}

/// Ends what is still owed of an episode that another one follows: after a hold, its ends wait.
fn end_before(state: &IncidentState, cause: &Cause, policy: &Policy, now: Timestamp) -> Vec<Notice> {
    let owed = |entry: &Entry| entry.told.as_ref().is_some_and(|told| told.open);
    if state.episode.merged_into.is_some() || !state.ledger.iter().any(owed) {
        return Vec::new();
    }
    let mut ledger = state.ledger.clone();
    let moment = Moment::new(state, policy, now);
    let mut teller = Teller::new(state, &ledger, &moment, cause.clone(), None);
    end(&mut ledger, state.episode.stage, &mut teller);
    in_order(teller.finish().notices, policy)
}

/// Everyone who was told it began is told it ended, from the ledger alone; nobody else is.
pub(super) fn end(
    ledger: &mut Vec<Entry>,
    stage: Stage,
    teller: &mut Teller<'_>,
) -> BTreeMap<String, Outcome> {
    let kind = if stage == Stage::Cancelled { Kind::Cancelled } else { Kind::Resolved };
    let mut outcomes = BTreeMap::new();
    let policy = teller.moment.policy;
    for entry in ledger.iter_mut() {
        let name = name_of(&entry.audience, entry.addressee.as_ref());
        let outcome = if entry.told.as_ref().is_some_and(|told| told.open) {
            said(teller.say(entry, records::audience(policy, &entry.audience.clone()), &Saying::plain(kind)))
        } else if entry.held.take().is_some() {
            not_told(Reason::EndedBeforeTold, None)
        } else {
            not_told(Reason::NotToldBefore, None)
        };
        outcomes.insert(name, outcome);
    }
    ledger.retain(|entry| entry.told.is_some());
    others(&mut outcomes, teller);
    outcomes
}

/// Its readers are another incident's from now on, which tells them so; what waited here is
/// judged there.
fn handed_over(ledger: &mut Vec<Entry>, teller: &mut Teller<'_>) -> BTreeMap<String, Outcome> {
    let mut outcomes = BTreeMap::new();
    for entry in ledger.iter_mut() {
        let reason = match (&mut entry.told, entry.held.take()) {
            (Some(told), _) if told.open => {
                (told.promised, told.withheld) = (None, None);
                Reason::NoChangeForAudience
            }
            (_, Some(_)) => Reason::EndedBeforeTold,
            _ => Reason::NotToldBefore,
        };
        outcomes.insert(name_of(&entry.audience, entry.addressee.as_ref()), not_told(reason, None));
    }
    ledger.retain(|entry| entry.told.is_some());
    others(&mut outcomes, teller);
    outcomes
}

/// All others of the policy were not told, and so hear nothing of the end.
fn others(outcomes: &mut BTreeMap<String, Outcome>, teller: &Teller<'_>) {
    for audience in &teller.moment.policy.audiences {
        for addressee in audiences::everyone(audience, teller.moment) {
            let name = name_of(&audience.name, addressee.as_ref());
            outcomes.entry(name).or_insert_with(|| not_told(Reason::NotToldBefore, None));
        }
    }
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
    // Whose end was withheld never heard of it: for them it goes on.
    let was_told = |entry: &&mut Entry| entry.told.as_ref().is_some_and(|told| !told.open);
    for entry in ledger.iter_mut().filter(was_told) {
        let name = name_of(&entry.audience, entry.addressee.as_ref());
        let audience = records::audience(policy, &entry.audience);
        let outcome = match teller.moment.closed_to(entry, audience) {
            Some(super::gates::Verdict::Silent { reason, by }) => not_told(reason, by),
            _ => said(teller.say(entry, audience, &Saying::plain(Kind::Reopened))),
        };
        reopened.insert(name, outcome);
    }
    let mut outcomes = go_on_with(ledger, before, true, false, teller, &reopened);
    outcomes.extend(reopened);
    outcomes
}

/// Judges every audience and addressee of the policy, but those already decided.
fn go_on_with(
    ledger: &mut Vec<Entry>,
    before: Option<&IncidentState>,
    changed: bool,
    renews: bool,
    teller: &mut Teller<'_>,
    decided: &BTreeMap<String, Outcome>,
) -> BTreeMap<String, Outcome> {
    let policy = teller.moment.policy;
    // What this same policy would say now without this event, to tell its doing from a reload's
    // and from that of time, which `tick` sees to. While it was over nobody would have been told.
    let before = before.filter(|state| state.episode.ended.is_none());
    let earlier = Earlier::new(before, policy, teller.moment.now);
    let priority = teller.moment.episode.priority.current;
    let reprioritised = before.is_some_and(|state| state.episode.priority.current != priority);
    let mut outcomes = BTreeMap::new();
    for place in audiences::order(&policy.audiences) {
        let audience = &policy.audiences[place];
        let affected = addressees(audience, teller.moment);
        for addressee in &affected {
            let name = name_of(&audience.name, addressee.as_ref());
            if decided.contains_key(&name) {
                continue;
            }
            let case = Case {
                place,
                audience,
                addressee: addressee.clone(),
                earlier: &earlier,
                changed,
                reprioritised,
                renews,
            };
            outcomes.insert(name, decide_one(&case, ledger, teller));
        }
        if audience.per.is_none() {
            // It is one reader, and decided.
            continue;
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

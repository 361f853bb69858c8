//! Time itself: openings that waited for now, promises that are due, silence, and incidents whose
//! time of being remembered has passed. Timers are derived from the persisted state, never
//! persisted themselves.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::audiences::{self, Case, addressees, decide_one, find, name_of, not_told, said};
use super::earlier::Earlier;
use super::gates::{Moment, Verdict};
use super::records::{self, Reasons};
use super::state::{Ended, IncidentState};
use super::tell::{Saying, Teller};
use super::{At, Decision, StateChange, cadence, decide, leads, spoken};
use crate::core::decision::Outcome;
use crate::core::ledger::{Entry, Held, Withheld};
use crate::core::notification::{Addressee, Cause};
use crate::core::policy::Policy;
use crate::core::vocabulary::{Kind, Reason, Stage};

/// An open incident of which nothing is heard is told of daily.
const SILENT_AGAIN: SignedDuration = SignedDuration::from_hours(24);
/// Who ended an incident that nobody reported of any more.
const SILENCE: &str = "silence";

/// When the incident's earliest timer is due.
pub(super) fn next_due(state: &IncidentState) -> Option<Timestamp> {
    let openings = state.ledger.iter().filter_map(|entry| entry.held.as_ref()?.until);
    let promises =
        state.ledger.iter().filter_map(|entry| cadence::next_due(entry.told.as_ref()?.promised.as_ref()?));
    let timers = &state.episode.timers;
    let own = [timers.silent_at, timers.lead_missing_at, timers.withheld_until, timers.close_at];
    let forgetting = state.episode.ended.as_ref().map(|ended| ended.forget_at);
    openings.chain(promises).chain(own.into_iter().flatten()).chain(forgetting).min()
}

/// Folds the timers that are due. `look` is the time that a route names, if that is what has come.
pub(super) fn tick(state: &IncidentState, look: Option<Timestamp>, policy: &Policy, at: At) -> Decision {
    let now = at.now;
    if state.episode.ended.as_ref().is_some_and(|ended| ended.forget_at <= now) {
        return Decision { state: StateChange::Forget, ..Decision::NOTHING };
    }
    let mut next = state.clone();
    next.changed_at = now;
    let mut ledger = std::mem::take(&mut next.ledger);
    let cause = Cause::Timer { timer: name(state, now).to_owned(), due: now };
    let closes = closes(&mut next, policy, now);
    let due = take_timers(&mut next, now);
    let (outcomes, finished) = {
        let moment = Moment::new(&next, policy, now);
        let mut teller = Teller::new(&next, &ledger, &moment, cause.clone(), at.hold_until);
        let outcomes = if closes {
            teller.reports_stopped = true;
            decide::end(&mut ledger, Stage::Resolved, &mut teller)
        } else {
            fold(&mut ledger, &due, look, &mut teller)
        };
        (outcomes, teller.finish())
    };
    next.ledger = ledger;
    let told = !finished.notices.is_empty() || !finished.lead_threads.is_empty();
    let notices = decide::settle(&mut next, finished, policy);
    if outcomes.is_empty() && !told && same_but_time(&next, state) {
        return Decision { notices, ..Decision::NOTHING };
    }
    let reasons = Reasons { event: None, cause: &cause, policy, place: at.place, now };
    let record = Some(reasons.record(Some(state), &next, outcomes));
    Decision { state: StateChange::Put(Arc::new(next)), notices, record, events: Vec::new() }
}

/// Did nothing change but the time of the last change?
fn same_but_time(next: &IncidentState, state: &IncidentState) -> bool {
    next.ledger == state.ledger && next.episode == state.episode
}

/// What of the incident's own timers was due.
struct Due {
    silent: bool,
    lead_missing: bool,
    withheld: bool,
    last_heard: Timestamp,
}

fn take_timers(next: &mut IncidentState, now: Timestamp) -> Due {
    let is_due = |at: &Option<Timestamp>| at.is_some_and(|at| at <= now);
    let timers = &mut next.episode.timers;
    let due = Due {
        silent: is_due(&timers.silent_at),
        lead_missing: is_due(&timers.lead_missing_at),
        withheld: is_due(&timers.withheld_until),
        last_heard: next.changed_at,
    };
    if due.silent {
        timers.silent_at = now.checked_add(SILENT_AGAIN).ok();
    }
    if due.lead_missing {
        timers.lead_missing_at = None;
    }
    if due.withheld {
        timers.withheld_until = None;
    }
    due
}

/// The name of what is due, for causes and ids; of several, the first.
fn name(state: &IncidentState, now: Timestamp) -> &'static str {
    let is_due = |at: Option<Timestamp>| at.is_some_and(|at| at <= now);
    let timers = &state.episode.timers;
    let promised =
        |entry: &Entry| entry.told.as_ref().and_then(|told| cadence::next_due(told.promised.as_ref()?));
    if is_due(timers.close_at) {
        "close"
    } else if is_due(timers.withheld_until) {
        "hold"
    } else if state.ledger.iter().any(|entry| is_due(entry.held.as_ref().and_then(|held| held.until))) {
        "opening"
    } else if state.ledger.iter().any(|entry| is_due(promised(entry))) {
        "update"
    } else if is_due(timers.lead_missing_at) {
        "lead"
    } else if is_due(timers.silent_at) {
        "silence"
    } else {
        "route"
    }
}

/// Closing a silent incident is opted for by the policy, and its words say that reports stopped.
fn closes(next: &mut IncidentState, policy: &Policy, now: Timestamp) -> bool {
    let due = next.episode.timers.close_at.is_some_and(|at| at <= now);
    if !due || next.episode.ended.is_some() {
        return false;
    }
    let heard_at = next.episode.timers.heard_at;
    next.episode.stage = Stage::Resolved;
    next.episode.timers = super::state::EpisodeTimers::default();
    next.episode.ended = Some(Ended {
        // Nobody knows when it ended: what readers learn is when it was last heard of.
        at: heard_at.unwrap_or(now).max(next.episode.started_at),
        decided_at: now,
        by: SILENCE.to_owned(),
        forget_at: now.checked_add(policy.windows.keep_ended).unwrap_or(Timestamp::MAX),
    });
    true
}

fn fold(
    ledger: &mut Vec<Entry>,
    due: &Due,
    look: Option<Timestamp>,
    teller: &mut Teller<'_>,
) -> BTreeMap<String, Outcome> {
    let mut outcomes = BTreeMap::new();
    if due.withheld {
        outcomes.extend(say_withheld(ledger, teller));
        spoken::add(&mut outcomes, spoken::deliver(ledger, teller));
    }
    outcomes.extend(open_due(ledger, teller));
    if let Some(look) = look {
        outcomes.extend(look_again(ledger, look, teller));
    }
    outcomes.extend(keep_promises(ledger, teller));
    if due.lead_missing {
        leads::lead_missing(teller);
    }
    if due.silent {
        leads::incident_silent(due.last_heard, ledger, teller);
    }
    outcomes
}

/// What was withheld while a backlog was folded: the end, that it is back, or what is new by now.
fn say_withheld(ledger: &mut [Entry], teller: &mut Teller<'_>) -> BTreeMap<String, Outcome> {
    let mut outcomes = BTreeMap::new();
    let ended = teller.moment.episode.ended.is_some();
    // What was handed over is another incident's to say.
    let is_elsewhere = teller.moment.episode.merged_into.is_some();
    let end = if teller.moment.episode.stage == Stage::Cancelled { Kind::Cancelled } else { Kind::Resolved };
    for entry in ledger.iter_mut() {
        let Some(told) = &mut entry.told else { continue };
        let Some(withheld) = told.withheld.take() else { continue };
        let (is_open, stood_down) = (told.open, told.stood_down);
        let audience = records::audience(teller.moment.policy, &entry.audience);
        let place = audience.and_then(|audience| teller.moment.policy.audience(&audience.name));
        let cut_off = teller.moment.closed_to(entry, audience);
        let unrouted = place.is_some_and(|(place, _)| teller.moment.unrouted(place).is_some());
        let saying = match (ended, is_open, cut_off.is_some()) {
            (true, true, _) => (!is_elsewhere).then(|| Saying::plain(end)),
            (true, false, _) | (false, _, true) => None,
            (false, false, false) => Some(Saying::plain(Kind::Reopened)),
            (false, true, false) if unrouted => {
                (withheld == Withheld::StandDown && !stood_down).then(|| Saying::plain(Kind::StandDown))
            }
            (false, true, false) if stood_down => Some(Saying::plain(Kind::Upgraded)),
            (false, true, false) => audiences::fresh(entry, audience, teller)
                .0
                .map(|news| Saying { changes: news.changes, ..Saying::plain(news.kind) }),
        };
        let outcome = match (saying, cut_off) {
            (Some(saying), _) => said(teller.say(entry, audience, &saying)),
            (None, Some(Verdict::Silent { reason, by })) => not_told(reason, by),
            (None, _) => not_told(Reason::NoChangeForAudience, None),
        };
        outcomes.insert(name_of(&entry.audience, entry.addressee.as_ref()), outcome);
    }
    outcomes
}

/// Every held opening that is due is judged anew: it goes out, waits for something else, or is
/// dropped with its reason.
fn open_due(ledger: &mut Vec<Entry>, teller: &mut Teller<'_>) -> BTreeMap<String, Outcome> {
    let now = teller.moment.now;
    let is_due =
        |entry: &Entry| entry.held.as_ref().and_then(|held| held.until).is_some_and(|until| until <= now);
    let due: Vec<(String, Option<Addressee>)> = ledger
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
    if teller.moment.episode.ended.is_some() {
        return not_told(Reason::EndedBeforeTold, None);
    }
    let Some(audience) = records::audience(policy, &entry.audience) else {
        return not_told(Reason::NotMatched, None);
    };
    let place = policy.audience(&audience.name).map_or(0, |(place, _)| place);
    if !addressees(audience, teller.moment).contains(&entry.addressee) {
        return not_told(Reason::NotAffected, None);
    }
    // Two names that are one audience's by now: under one of them it was told.
    let is_same = |other: &&Entry| {
        audiences::is_of(other, audience)
            && other.addressee.as_ref().map(|a| &a.id) == entry.addressee.as_ref().map(|a| &a.id)
    };
    if others.iter().filter(is_same).any(|other| other.told.is_some()) {
        return not_told(Reason::NoChangeForAudience, None);
    }
    // The hold is over; whether another one begins is judged with when this one began.
    let was = held.as_ref().map(|held| held.reason);
    entry.held = held;
    let verdict = teller.moment.judge(place, audience, Some(entry), others);
    entry.held = None;
    match verdict {
        Verdict::Tell => {
            audiences::called_now(entry, audience);
            let begins = Saying::plain(audiences::begins(entry));
            said(teller.say(entry, Some(audience), &begins))
        }
        Verdict::Hold { reason, until, by } => {
            if reason == Reason::AwaitingRelease && was != Some(reason) {
                leads::release_wanted(entry, audience, teller);
            }
            entry.held =
                Some(Held { reason, until: until.filter(|until| *until > teller.moment.now), since });
            not_told(reason, by)
        }
        Verdict::Silent { reason, by } => not_told(reason, by),
    }
}

/// A time that a route names has come: whom it newly matches is told, or waits. Nobody is stood
/// down by time alone, and nobody is told whom this policy would have told a moment before.
fn look_again(
    ledger: &mut Vec<Entry>,
    look: Timestamp,
    teller: &mut Teller<'_>,
) -> BTreeMap<String, Outcome> {
    let mut outcomes = BTreeMap::new();
    let (policy, state) = (teller.moment.policy, teller.state);
    let just_before = look.checked_sub(SignedDuration::from_nanos(1)).unwrap_or(look);
    let earlier = Moment::new(state, policy, just_before);
    let nothing = Earlier::new(None, policy, look);
    for place in audiences::order(&policy.audiences) {
        let audience = &policy.audiences[place];
        for addressee in addressees(audience, teller.moment) {
            let entry = find(ledger, audience, addressee.as_ref()).map(|at| &ledger[at]);
            if entry.is_some_and(|entry| entry.held.is_some() || entry.told.is_some()) {
                continue;
            }
            let before = earlier.judge(place, audience, entry, ledger).passes();
            if before || !teller.moment.judge(place, audience, entry, ledger).passes() {
                continue;
            }
            let case = Case {
                place,
                audience,
                addressee: addressee.clone(),
                earlier: &nothing,
                changed: true,
                reprioritised: false,
                renews: false,
            };
            outcomes.insert(name_of(&audience.name, addressee.as_ref()), decide_one(&case, ledger, teller));
        }
    }
    outcomes
}

/// Promises that are due: what is new goes out; nothing new, and the owning lead is told, five
/// minutes before and when the time has passed, once for each promise.
fn keep_promises(ledger: &mut [Entry], teller: &mut Teller<'_>) -> BTreeMap<String, Outcome> {
    let now = teller.moment.now;
    let mut outcomes = BTreeMap::new();
    for entry in ledger.iter_mut() {
        let promise = entry.told.as_ref().and_then(|told| told.promised.clone());
        let Some(promise) = promise.filter(|promise| cadence::next_due(promise).is_some_and(|at| at <= now))
        else {
            continue;
        };
        let audience = records::audience(teller.moment.policy, &entry.audience);
        if let Some(Verdict::Silent { reason, by }) = teller.moment.closed_to(entry, audience) {
            // Not by an event, or it would wait for nothing: a policy that was loaded since says so.
            if let Some(told) = &mut entry.told {
                told.promised = None;
            }
            outcomes.insert(name_of(&entry.audience, entry.addressee.as_ref()), not_told(reason, by));
            continue;
        }
        let (news, besides) = audiences::fresh(entry, audience, teller);
        let has_news = news.is_some() || besides;
        if promise.due > now {
            set_promise(entry, |promise| promise.remind_at = None);
            if !has_news {
                leads::update_due(Kind::UpdateDue, promise.due, entry, audience, teller);
            }
            continue;
        }
        let holds = audience.is_some_and(|audience| audience.holding_text);
        if has_news || holds {
            let (kind, changes) = news.map_or((Kind::Update, Vec::new()), |news| (news.kind, news.changes));
            let saying = Saying { changes, new_information: has_news, ..Saying::plain(kind) };
            let outcome = said(teller.say(entry, audience, &saying));
            outcomes.insert(name_of(&entry.audience, entry.addressee.as_ref()), outcome);
        } else {
            set_promise(entry, |promise| (promise.broken, promise.remind_at) = (true, None));
            leads::update_due(Kind::UpdateOverdue, promise.due, entry, audience, teller);
        }
    }
    outcomes
}

fn set_promise(entry: &mut Entry, set: impl FnOnce(&mut crate::core::ledger::Promise)) {
    if let Some(promise) = entry.told.as_mut().and_then(|told| told.promised.as_mut()) {
        set(promise);
    }
}

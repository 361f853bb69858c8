//! Merges (domain.md section 8): `merged` is a hand-over, not an end. The fold of the merged
//! incident writes an event of Herald's own, keyed by the one that takes over, with the entries of
//! everyone who is owed an end; that one's fold takes them over. Where it can't, because it has
//! ended, is not known, or the way there goes in a circle or is too long, it hands them back, and
//! they are told the end at once.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::audiences::{self, name_of, not_told, said};
use super::gates::Moment;
use super::records::{self, Reasons};
use super::state::IncidentState;
use super::tell::{Saying, Teller};
use super::{At, Decision, StateChange, update};
use crate::core::decision::Outcome;
use crate::core::event::{Adopt, Event, EventSource, IncidentRef, Ingest};
use crate::core::ids;
use crate::core::ledger::{Adopted, Entry};
use crate::core::limits::MERGE_HOPS_MAX;
use crate::core::notification::Cause;
use crate::core::policy::Policy;
use crate::core::vocabulary::{AuthKind, EventType, Kind, Reason};

/// The source of Herald's own events.
const HERALD: &str = "herald-router";

/// The event that hands over everyone who is owed an end; none where nobody is.
pub(super) fn hand_over(
    state: &IncidentState,
    ledger: &[Entry],
    into: &str,
    now: jiff::Timestamp,
) -> Option<Event> {
    let owed = |entry: &&Entry| entry.told.as_ref().is_some_and(|told| told.open);
    let entries: Vec<Entry> = ledger.iter().filter(owed).cloned().collect();
    let adopt = Adopt {
        incident: state.id.clone(),
        episode: state.episode.id.clone(),
        public_reference: state.episode.public_reference.clone(),
        entries,
        path: vec![state.id.clone()],
        refused: false,
    };
    (!adopt.entries.is_empty()).then(|| own_event(into, adopt, now))
}

/// Folds a hand-over, or one that came back.
pub(super) fn adopt(
    state: Option<&IncidentState>,
    event: &Event,
    adopt: &Adopt,
    policy: &Policy,
    at: At,
) -> Decision {
    let cause = Cause::of(event);
    let reasons = Reasons { event: Some(event), cause: &cause, policy, place: at.place, now: at.now };
    let exit = |reason, events| Decision {
        state: StateChange::Unchanged,
        notices: Vec::new(),
        record: Some(reasons.exit(state, reason)),
        events,
    };
    let pass_on = |to: &str, refused: bool| {
        let mut path = adopt.path.clone();
        if !refused {
            path.push(event.incident.id.clone());
        }
        own_event(to, Adopt { path, refused, ..adopt.clone() }, at.now)
    };
    let Some(state) = state else {
        // Not known here, or known no more. What came back to nobody has nobody left to tell it.
        let back = adopt.path.first().filter(|_| !adopt.refused);
        return exit(Reason::UnknownIncident, back.map(|first| pass_on(first, true)).into_iter().collect());
    };
    if super::age::is_duplicate(state, event) {
        return exit(Reason::Duplicate, Vec::new());
    }
    if adopt.refused {
        return take(state, event, policy, at, &reasons, |ledger, teller| end(ledger, adopt, teller));
    }
    let is_circle = adopt.path.contains(&state.id) || adopt.path.len() > MERGE_HOPS_MAX;
    match (&state.episode.ended, &state.episode.merged_into, adopt.path.first()) {
        (Some(_), Some(next), _) if !is_circle => exit(Reason::AlreadyClosed, vec![pass_on(next, false)]),
        (Some(_), _, Some(first)) => exit(Reason::AlreadyClosed, vec![pass_on(first, true)]),
        (None, _, Some(first)) if is_circle => exit(Reason::AlreadyClosed, vec![pass_on(first, true)]),
        _ => take(state, event, policy, at, &reasons, |ledger, teller| welcome(ledger, adopt, teller)),
    }
}

/// Changes the ledger of a state that stays as it is otherwise.
fn take(
    state: &IncidentState,
    event: &Event,
    policy: &Policy,
    at: At,
    reasons: &Reasons<'_>,
    tell: impl FnOnce(&mut Vec<Entry>, &mut Teller<'_>) -> BTreeMap<String, Outcome>,
) -> Decision {
    let mut next = update::heard(state, event, policy, at.now);
    let mut ledger = std::mem::take(&mut next.ledger);
    let (outcomes, finished) = {
        let moment = Moment::new(&next, policy, at.now);
        // Herald's own events are no backlog: whoever is owed an end may wait for one already.
        let mut teller = Teller::new(&next, &ledger, &moment, reasons.cause.clone(), None);
        let outcomes = tell(&mut ledger, &mut teller);
        (outcomes, teller.finish())
    };
    next.ledger = ledger;
    let record = reasons.record(Some(state), &next, outcomes);
    let notices = super::decide::settle(&mut next, finished, policy);
    Decision { state: StateChange::Put(Arc::new(next)), notices, record: Some(record), events: Vec::new() }
}

/// Takes readers over: each is told, in the thread that it knows, what its incident is handled
/// with now. Who has a thread here already hears of the end in that one.
fn welcome(ledger: &mut Vec<Entry>, adopt: &Adopt, teller: &mut Teller<'_>) -> BTreeMap<String, Outcome> {
    let mut outcomes = BTreeMap::new();
    for entry in &adopt.entries {
        let mut entry = entry.clone();
        let name = name_of(&entry.audience, entry.addressee.as_ref());
        let known_as = entry.adopted.as_ref().map_or(&adopt.public_reference, |from| &from.public_reference);
        let known_as = known_as.clone();
        entry.adopted.get_or_insert_with(|| Adopted {
            incident: adopt.incident.clone(),
            public_reference: adopt.public_reference.clone(),
        });
        let audience = records::audience(teller.moment.policy, &entry.audience);
        let outcome = match teller.moment.closed_to(&entry, audience) {
            Some(super::gates::Verdict::Silent { reason, by }) => not_told(reason, by),
            _ => {
                let saying = Saying { merged_from: Some(known_as), ..Saying::plain(Kind::Merged) };
                said(teller.say(&mut entry, audience, &saying))
            }
        };
        let here = ledger.iter().position(|own| {
            own.addressee.as_ref().map(|a| &a.id) == entry.addressee.as_ref().map(|a| &a.id)
                && (own.audience == entry.audience
                    || audience.is_some_and(|audience| audiences::is_of(own, audience)))
        });
        match here.map(|at| (at, ledger[at].told.as_ref().is_some_and(|told| told.open))) {
            Some((_, true)) => {}
            Some((at, false)) => ledger[at] = entry,
            None => ledger.push(entry),
        }
        outcomes.insert(name, outcome);
    }
    outcomes
}

/// Handed back: everyone who was handed over is told the end here.
fn end(ledger: &mut [Entry], adopt: &Adopt, teller: &mut Teller<'_>) -> BTreeMap<String, Outcome> {
    let mut outcomes = BTreeMap::new();
    for handed in &adopt.entries {
        let mut entry = handed.clone();
        let audience = records::audience(teller.moment.policy, &entry.audience);
        let outcome = said(teller.say(&mut entry, audience, &Saying::plain(Kind::Resolved)));
        outcomes.insert(name_of(&entry.audience, entry.addressee.as_ref()), outcome);
        let thread = |entry: &Entry| entry.told.as_ref().map(|told| told.thread_id.clone());
        if let Some(own) = ledger.iter_mut().find(|own| thread(own) == thread(&entry)) {
            *own = entry;
        }
    }
    outcomes
}

/// An event of Herald's own. Its id follows from what it hands over, so that a fold that is done
/// again writes the same.
fn own_event(to: &str, adopt: Adopt, now: jiff::Timestamp) -> Event {
    let delivery = format!("{}/{}/{}/{}", adopt.incident, adopt.episode, adopt.path.len(), adopt.refused);
    let sha = ids::body_sha256(delivery.as_bytes());
    let source =
        EventSource { kind: HERALD.to_owned(), name: HERALD.to_owned(), account: None, version: None };
    let incident = IncidentRef {
        id: to.to_owned(),
        key: to.to_owned(),
        native_id: to.to_owned(),
        display_id: None,
        dedup_key: None,
        merged_into: None,
        owner: None,
    };
    let id = ids::event(HERALD, Some(&delivery), &sha, 0);
    let ingest =
        Ingest { delivery_id: Some(delivery), body_sha256: sha, part: 0, auth: AuthKind::None, key_id: None };
    Event {
        id,
        event_type: EventType::Adopt,
        native_type: if adopt.refused { "handed_back" } else { "handed_over" }.to_owned(),
        adopt: Some(Box::new(adopt)),
        ..Event::empty(now, source, ingest, incident)
    }
}

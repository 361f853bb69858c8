//! The heart: what the events of one incident add up to, and who is told what because of it.
//!
//! | file | decides |
//! |---|---|
//! | `lifecycle` | duplicate, stale, already closed; begin, go on, end, reopen, hand over |
//! | `age` | what is seen before, what is older than what its source said |
//! | `apply` | what a source really changes |
//! | `affected` | services, business services and customers touched; the facts of matchers |
//! | `update` | the new state, with priority and impact classified |
//! | `gates` | may this audience be told now: the checks in their fixed order |
//! | `audiences` | what becomes of each audience and addressee at an event |
//! | `news` | what is new for a reader since its last message |
//! | `people` | who leads, what is released, held, confidential, cleared |
//! | `spoken` | a person's words: approvals, corrections, final reports |
//! | `cadence` | what is promised, and when it is due |
//! | `tell` | the notice, and its entry in the ledger |
//! | `leads` | what leads are told |
//! | `merge` | readers handed over from one incident to another |
//! | `decide`, `tick` | the fold of an event, and of time itself |
//! | `watch` | when a route that names a time is to be looked at again |

mod affected;
mod age;
mod apply;
mod audiences;
mod cadence;
mod decide;
mod earlier;
mod gates;
mod leads;
mod lifecycle;
mod merge;
mod news;
mod people;
mod records;
mod sla;
mod spoken;
mod state;
mod tell;
mod tick;
mod update;
mod view;
mod watch;

pub use super::ledger::{Entry, Held, Promise, Reader, Told};
pub use leads::lead_may_see;
pub use state::{
    Ended, Episode, EpisodeTimers, IncidentState, Known, LeadThread, PersonsWords, SCHEMA as STATE_SCHEMA,
    SourceMemory, Valued,
};
pub use view::UNDETERMINED;

use std::sync::Arc;

use jiff::Timestamp;

use super::decision::{DecisionRecord, InputPlace};
use super::event::Event;
use super::notification::Notice;
use super::policy::Policy;
use super::vocabulary::Reason;

/// What the fold is given.
#[derive(Debug, Clone, Copy)]
pub enum Input<'a> {
    /// An event from the log.
    Event(&'a Event),
    /// Time itself: timers of this incident are due.
    Tick {
        /// The time that a route names and that has come, if it is that.
        look: Option<Timestamp>,
    },
}

/// Where in the log something is folded, and when.
#[derive(Debug, Clone, Copy)]
pub struct At {
    /// Where the input stands; for a tick, the offset that follows.
    pub place: InputPlace,
    /// The record's time stamp, or the due time of the timer.
    pub now: Timestamp,
    /// Up to when a backlog is folded under hold: until then nothing goes out.
    pub hold_until: Option<Timestamp>,
}

/// What becomes of the state.
#[derive(Debug, Clone, PartialEq)]
pub enum StateChange {
    /// As it was.
    Unchanged,
    /// A new value of it.
    Put(Arc<IncidentState>),
    /// Its time has passed: forgotten.
    Forget,
}

/// What the fold decided.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// What becomes of the state.
    pub state: StateChange,
    /// Who is told what, in the policy's order of audiences.
    pub notices: Vec<Notice>,
    /// Why, for every audience; none for a tick that changed nothing.
    pub record: Option<DecisionRecord>,
    /// Events of Herald's own, for the log: readers handed over to other incidents.
    pub events: Vec<Event>,
}

impl Decision {
    /// Nothing at all.
    pub const NOTHING: Self =
        Self { state: StateChange::Unchanged, notices: Vec::new(), record: None, events: Vec::new() };
}

/// The fold. Pure: the same state, input, policy, place and now give the same decision, always.
pub fn decide(state: Option<&IncidentState>, input: Input<'_>, policy: &Policy, at: At) -> Decision {
    match (input, state) {
        (Input::Event(event), state) => decide::event(state, event, policy, at),
        (Input::Tick { look }, Some(state)) => tick::tick(state, look, policy, at),
        (Input::Tick { .. }, None) => Decision::NOTHING,
    }
}

/// The route that tells an audience of the incident as it is, with its file: of who was told, a
/// decision says no more than that.
pub fn route_that_tells(
    state: &IncidentState,
    policy: &Policy,
    now: Timestamp,
    audience: &str,
) -> Option<String> {
    let (place, _) = policy.audience(audience)?;
    gates::Moment::new(state, policy, now).route_that_tells(place)
}

/// Why an audience is not told of the incident as it is, by which route or entry: the same as a
/// decision would say, where none is made. None where nothing forbids it.
pub fn silenced(
    state: &IncidentState,
    policy: &Policy,
    now: Timestamp,
    audience: &str,
) -> Option<(Reason, Option<String>)> {
    let (place, audience) = policy.audience(audience)?;
    match gates::Moment::new(state, policy, now).judge(place, audience, None, &state.ledger) {
        gates::Verdict::Silent { reason, by } => Some((reason, by)),
        gates::Verdict::Tell | gates::Verdict::Hold { .. } => None,
    }
}

/// When the incident's earliest timer is due; derived from the state alone, so that a restart, a
/// rebalance or a reload neither loses nor repeats one.
pub fn next_due(state: &IncidentState) -> Option<Timestamp> {
    tick::next_due(state)
}

/// Audiences that wait for an update longer than they were promised, once for each such reader.
pub fn overdue(state: &IncidentState) -> impl Iterator<Item = &str> {
    let waits = |told: &Told| told.open && told.promised.as_ref().is_some_and(|promise| promise.broken);
    let waiting = state.ledger.iter().filter(move |entry| entry.told.as_ref().is_some_and(waits));
    waiting.map(|entry| entry.audience.as_str())
}

/// The next time after `after` at which a route that names times could come to match an incident
/// that is open since then; derived from the state and the policy of the day. None: it is over.
pub fn next_look(open_since: Option<Timestamp>, policy: &Policy, after: Timestamp) -> Option<Timestamp> {
    watch::next_look(open_since, policy, after)
}

//! The heart: what the events of one incident add up to, and who is told what because of it.

mod ledger;
mod state;

pub use ledger::{Entry, Held, Promise, Reader, Told};
pub use state::{Ended, Episode, IncidentState, Known, SCHEMA as STATE_SCHEMA, SourceMemory, Valued};

use jiff::Timestamp;

use super::decision::{DecisionRecord, InputPlace};
use super::event::Event;
use super::notification::Notice;
use super::policy::Policy;

/// What the fold is given.
#[derive(Debug, Clone, Copy)]
pub enum Input<'a> {
    /// An event from the log.
    Event(&'a Event),
    /// Time itself: timers of this incident are due.
    Tick,
}

/// What becomes of the state.
#[derive(Debug, Clone, PartialEq)]
pub enum StateChange {
    /// As it was.
    Unchanged,
    /// A new value of it.
    Put(Box<IncidentState>),
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
}

/// The fold. Pure: the same state, input, policy, place and now give the same decision, always.
/// `now` is the record's time stamp, or the due time of the timer.
pub fn decide(
    _state: Option<&IncidentState>,
    _input: Input<'_>,
    _policy: &Policy,
    _place: InputPlace,
    _now: Timestamp,
) -> Decision {
    unimplemented!()
}

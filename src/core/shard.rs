//! One partition's incidents: the fold over a log, with its timers, and nothing else. The
//! router's shell feeds it records and commits or drops what it staged; tests feed it histories.

use jiff::Timestamp;

use super::decision::InputPlace;
use super::event::Event;
use super::incident::{Decision, IncidentState};
use super::policy::Policy;

/// One decision with the incident it is about.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The incident.
    pub incident: String,
    /// What was decided.
    pub decision: Decision,
}

/// The incidents of one partition. Changes are staged until [`Shard::commit`]; [`Shard::abort`]
/// drops them.
#[derive(Debug, Default)]
pub struct Shard {}

impl Shard {
    /// An empty partition.
    pub fn new(_partition: i32) -> Self {
        unimplemented!()
    }
    /// Takes over a state read from `incident.state` (a restore, not a change).
    pub fn restore(&mut self, _state: IncidentState) {
        unimplemented!()
    }
    /// Forgets a state for which `incident.state` holds a tombstone (a restore, not a change).
    pub fn restore_forgotten(&mut self, _incident: &str) {
        unimplemented!()
    }
    /// Takes over the partition's clock from its progress record.
    pub fn restore_clock(&mut self, _clock: Timestamp) {
        unimplemented!()
    }
    /// The latest now of this partition; it never goes back. Goes into the progress record.
    pub fn clock(&self) -> Timestamp {
        unimplemented!()
    }
    /// Folds one event. Timers due at or before its time fold first, each with now = its due time.
    pub fn event(
        &mut self,
        _event: &Event,
        _record_time: Timestamp,
        _place: InputPlace,
        _policy: &Policy,
    ) -> Vec<Step> {
        unimplemented!()
    }
    /// Folds the timers due up to `until`, at most `steps_max` of them, the earliest first.
    pub fn due(
        &mut self,
        _until: Timestamp,
        _place: InputPlace,
        _policy: &Policy,
        _steps_max: usize,
    ) -> Vec<Step> {
        unimplemented!()
    }
    /// When the earliest timer is due.
    pub fn next_due(&self) -> Option<Timestamp> {
        unimplemented!()
    }
    /// Makes staged changes the state.
    pub fn commit(&mut self) {
        unimplemented!()
    }
    /// Drops staged changes (and the clock's staged steps).
    pub fn abort(&mut self) {
        unimplemented!()
    }
    /// All committed states, in the order of their ids.
    pub fn states(&self) -> Vec<&IncidentState> {
        unimplemented!()
    }
}

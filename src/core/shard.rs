//! One partition's incidents: the fold over a log, with its timers, and nothing else. The
//! router's shell feeds it records and commits or drops what it staged; tests feed it histories.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use jiff::Timestamp;

use super::decision::InputPlace;
use super::event::Event;
use super::incident::{self, Decision, IncidentState, Input, StateChange};
use super::policy::Policy;
use super::vocabulary::Priority;

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
#[derive(Debug)]
pub struct Shard {
    partition: i32,
    states: HashMap<String, Arc<IncidentState>, foldhash::fast::RandomState>,
    /// When each incident's earliest timer is due; derived from `states`.
    timers: BTreeSet<(Timestamp, String)>,
    /// The latest now; it never goes back.
    clock: Timestamp,
    /// What staged changes replaced, as it was at the last commit.
    undo: HashMap<String, Option<Arc<IncidentState>>, foldhash::fast::RandomState>,
    clock_committed: Timestamp,
    /// How many incidents are open, by priority.
    open: [usize; Priority::ALL.len()],
}

impl Shard {
    /// An empty partition.
    pub fn new(partition: i32) -> Self {
        Self {
            partition,
            states: HashMap::default(),
            timers: BTreeSet::new(),
            clock: Timestamp::MIN,
            undo: HashMap::default(),
            clock_committed: Timestamp::MIN,
            open: [0; Priority::ALL.len()],
        }
    }

    /// Which partition it is.
    pub const fn partition(&self) -> i32 {
        self.partition
    }

    /// Takes over a state read from `incident.state` (a restore, not a change).
    pub fn restore(&mut self, state: IncidentState) {
        let id = state.id.clone();
        self.replace(&id, Some(Arc::new(state)));
    }

    /// Forgets a state for which `incident.state` holds a tombstone (a restore, not a change).
    pub fn restore_forgotten(&mut self, incident: &str) {
        self.replace(incident, None);
    }

    /// Takes over the partition's clock from its progress record.
    pub fn restore_clock(&mut self, clock: Timestamp) {
        self.clock = clock;
        self.clock_committed = clock;
    }

    /// The latest now of this partition; it never goes back. Goes into the progress record.
    pub const fn clock(&self) -> Timestamp {
        self.clock
    }

    /// Folds one event. Timers due before its time fold first, each with now = its due time.
    pub fn event(
        &mut self,
        event: &Event,
        record_time: Timestamp,
        place: InputPlace,
        policy: &Policy,
    ) -> Vec<Step> {
        let now = record_time.max(self.clock);
        let mut steps = Vec::new();
        while let Some((due, incident)) = self.timers.first().filter(|(due, _)| *due < now).cloned() {
            steps.push(self.fold(&incident, Input::Tick, due.max(self.clock), place, policy));
        }
        steps.push(self.fold(&event.incident.id, Input::Event(event), now, place, policy));
        steps
    }

    /// Folds the timers due up to `until`, at most `steps_max` of them, the earliest first.
    pub fn due(
        &mut self,
        until: Timestamp,
        place: InputPlace,
        policy: &Policy,
        steps_max: usize,
    ) -> Vec<Step> {
        let mut steps = Vec::new();
        while steps.len() < steps_max {
            let Some((due, incident)) = self.timers.first().filter(|(due, _)| *due <= until).cloned() else {
                break;
            };
            steps.push(self.fold(&incident, Input::Tick, due.max(self.clock), place, policy));
        }
        steps
    }

    /// When the earliest timer is due.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.timers.first().map(|(due, _)| *due)
    }

    /// Makes staged changes the state.
    pub fn commit(&mut self) {
        self.undo.clear();
        self.clock_committed = self.clock;
    }

    /// Drops staged changes, and what they moved of the clock.
    pub fn abort(&mut self) {
        for (incident, state) in std::mem::take(&mut self.undo) {
            self.replace(&incident, state);
        }
        self.clock = self.clock_committed;
    }

    /// Number of incidents remembered.
    pub fn len(&self) -> usize {
        self.states.len()
    }

    /// Nothing remembered.
    pub fn is_empty(&self) -> bool {
        self.states.is_empty()
    }

    /// How many incidents are open, by priority in the order of [`Priority::ALL`]. Kept along, for
    /// counting a million states takes longer than a batch.
    pub const fn open_by_priority(&self) -> &[usize; Priority::ALL.len()] {
        &self.open
    }

    /// The state of one incident.
    pub fn state(&self, incident: &str) -> Option<&IncidentState> {
        self.states.get(incident).map(Arc::as_ref)
    }

    /// All states, in no order.
    pub fn states(&self) -> impl Iterator<Item = &IncidentState> {
        self.states.values().map(Arc::as_ref)
    }

    fn fold(
        &mut self,
        id: &str,
        input: Input<'_>,
        now: Timestamp,
        place: InputPlace,
        policy: &Policy,
    ) -> Step {
        self.clock = now;
        let decision = incident::decide(self.states.get(id).map(Arc::as_ref), input, policy, place, now);
        let next = match &decision.state {
            StateChange::Unchanged => None,
            StateChange::Put(state) => Some(Some(Arc::clone(state))),
            StateChange::Forget => Some(None),
        };
        if let Some(next) = next {
            let before = self.replace(id, next);
            self.undo.entry(id.to_owned()).or_insert(before);
        } else if matches!(input, Input::Tick) {
            // A tick that changes nothing would be due for ever.
            self.timers.retain(|(due, incident)| incident != id || *due > now);
        }
        Step { incident: id.to_owned(), decision }
    }

    /// Puts or removes a state, and keeps its timer.
    fn replace(&mut self, id: &str, next: Option<Arc<IncidentState>>) -> Option<Arc<IncidentState>> {
        let due = next.as_deref().and_then(incident::next_due);
        if let Some(priority) = next.as_deref().and_then(open_priority) {
            self.open[priority as usize] += 1;
        }
        let before = match next {
            Some(state) => self.states.insert(id.to_owned(), state),
            None => self.states.remove(id),
        };
        if let Some(priority) = before.as_deref().and_then(open_priority) {
            self.open[priority as usize] -= 1;
        }
        if let Some(due) = before.as_deref().and_then(incident::next_due) {
            self.timers.remove(&(due, id.to_owned()));
        }
        if let Some(due) = due {
            self.timers.insert((due, id.to_owned()));
        }
        before
    }
}

/// The priority of an incident that has not ended.
fn open_priority(state: &IncidentState) -> Option<Priority> {
    state.episode.ended.is_none().then_some(state.episode.priority.current)
}

//! One partition's incidents: the fold over a log, with its timers, and nothing else. The
//! router's shell feeds it records and commits or drops what it staged; tests feed it histories.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::decision::InputPlace;
use super::event::Event;
use super::incident::{self, At, Decision, IncidentState, Input, StateChange};
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

/// A policy, and since when it is followed: an `open_for` that was crossed before then never counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadedPolicy {
    /// Its version.
    pub version: String,
    /// Since when.
    pub at: Timestamp,
}

/// When an incident is to be folded by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Due {
    /// After any hold.
    at: Timestamp,
    /// The time that a route names, where that is due first or at the same time.
    look: Option<Timestamp>,
}

/// The incidents of one partition. Changes are staged until [`Shard::commit`]; [`Shard::abort`]
/// drops them.
#[derive(Debug)]
pub struct Shard {
    partition: i32,
    states: HashMap<String, Arc<IncidentState>, foldhash::fast::RandomState>,
    /// When each incident is to be folded by itself; derived from `states`, and from the policy
    /// where a route names a time.
    timers: BTreeSet<(Timestamp, String)>,
    /// The same by incident.
    dues: HashMap<String, Due, foldhash::fast::RandomState>,
    /// The policy that `timers` reckons with; none before the first.
    loaded: Option<LoadedPolicy>,
    /// All timers are to be reckoned anew.
    is_stale: bool,
    /// Incidents whose state was read since.
    stale: Vec<String>,
    /// A backlog is folded under hold up to then: nothing goes out before.
    hold_until: Option<Timestamp>,
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
            dues: HashMap::default(),
            loaded: None,
            is_stale: true,
            stale: Vec::new(),
            hold_until: None,
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
        self.note_stale(id);
    }

    /// Forgets a state for which `incident.state` holds a tombstone (a restore, not a change).
    pub fn restore_forgotten(&mut self, incident: &str) {
        self.replace(incident, None);
        self.note_stale(incident.to_owned());
    }

    /// Takes over the partition's clock from its progress record.
    pub fn restore_clock(&mut self, clock: Timestamp) {
        self.clock = clock;
        self.clock_committed = clock;
    }

    /// Folds a backlog under hold: nothing goes out for what was appended, or fell due, before then;
    /// what still is so when the hold ends is told once.
    pub fn hold_until(&mut self, until: Option<Timestamp>) {
        if self.hold_until != until {
            self.hold_until = until;
            // All that is due is due at another time now.
            self.is_stale = true;
        }
    }

    /// Up to when a backlog is folded under hold, while that is to come.
    pub fn held_until(&self) -> Option<Timestamp> {
        self.hold_until.filter(|until| self.clock < *until)
    }

    /// Takes over from a progress record which policy was followed, and since when.
    pub fn restore_policy(&mut self, loaded: Option<LoadedPolicy>) {
        self.loaded = loaded;
        self.is_stale = true;
    }

    /// Which policy is followed, and since when. Goes into the progress record.
    pub const fn loaded(&self) -> Option<&LoadedPolicy> {
        self.loaded.as_ref()
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
        self.reckon(policy, now);
        let mut steps = Vec::new();
        while let Some((due, incident)) = self.timers.first().filter(|(due, _)| *due < now).cloned() {
            steps.push(self.tick(&incident, due.max(self.clock), place, policy));
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
        self.reckon(policy, until);
        let mut steps = Vec::new();
        while steps.len() < steps_max {
            let Some((due, incident)) = self.timers.first().filter(|(due, _)| *due <= until).cloned() else {
                break;
            };
            steps.push(self.tick(&incident, due.max(self.clock), place, policy));
        }
        steps
    }

    /// When the earliest timer is due, under this policy, as it is now.
    pub fn next_due(&mut self, policy: &Policy, now: Timestamp) -> Option<Timestamp> {
        self.reckon(policy, now);
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
        // A timer that changed nothing is due again, too.
        self.is_stale = true;
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

    /// Brings the timers in line with the policy, with a hold, and with states that were read.
    /// `as_of` is the present: what of time a policy names counts from its load on.
    fn reckon(&mut self, policy: &Policy, as_of: Timestamp) {
        if self.loaded.as_ref().is_none_or(|loaded| loaded.version != policy.version) {
            // The first one may have been loaded before a restart: nothing of it is left out.
            let at = self.loaded.as_ref().map_or(Timestamp::UNIX_EPOCH, |_| as_of.max(self.clock));
            self.loaded = Some(LoadedPolicy { version: policy.version.clone(), at });
            self.is_stale = true;
        }
        let ids = if std::mem::take(&mut self.is_stale) {
            self.timers.clear();
            self.dues.clear();
            self.stale.clear();
            self.states.keys().cloned().collect()
        } else {
            std::mem::take(&mut self.stale)
        };
        for id in ids {
            self.set_timer(&id, policy, None);
        }
    }

    fn tick(&mut self, id: &str, now: Timestamp, place: InputPlace, policy: &Policy) -> Step {
        let look = self.dues.get(id).and_then(|due| due.look);
        self.fold(id, Input::Tick { look }, now, place, policy)
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
        let at = At { place, now, hold_until: self.hold_until };
        let decision = incident::decide(self.states.get(id).map(Arc::as_ref), input, policy, at);
        let next = match &decision.state {
            StateChange::Unchanged => None,
            StateChange::Put(state) => Some(Some(Arc::clone(state))),
            StateChange::Forget => Some(None),
        };
        let is_changed = next.is_some();
        if let Some(next) = next {
            let before = self.replace(id, next);
            self.undo.entry(id.to_owned()).or_insert(before);
        }
        match input {
            // What was due and is not done would be due for ever.
            Input::Tick { .. } => self.set_timer(id, policy, Some(now)),
            Input::Event(_) if is_changed => self.set_timer(id, policy, None),
            Input::Event(_) => {}
        }
        Step { incident: id.to_owned(), decision }
    }

    /// Sets an incident's timer by its state: to what is due after `done`, where that is said, else
    /// to whatever is due, the present included.
    fn set_timer(&mut self, id: &str, policy: &Policy, done: Option<Timestamp>) {
        if let Some(due) = self.dues.remove(id) {
            self.timers.remove(&(due.at, id.to_owned()));
        }
        let Some(state) = self.states.get(id) else { return };
        let hold = self.held_until();
        let held = |at: Timestamp| hold.map_or(at, |until| at.max(until));
        let due = incident::next_due(state).map(held).filter(|at| done.is_none_or(|done| *at > done));
        // A time that came while its incident was under hold is looked at when the hold ends.
        let from = if hold.is_some() { state.changed_at } else { self.clock };
        let after = done.or_else(|| from.checked_sub(SignedDuration::from_nanos(1)).ok());
        let loaded_at = self.loaded.as_ref().map_or(Timestamp::UNIX_EPOCH, |loaded| loaded.at);
        let look = incident::next_look(state, policy, after.unwrap_or(from).max(loaded_at));
        let at = match (due, look.map(held)) {
            (Some(due), Some(look)) => due.min(look),
            (Some(at), None) | (None, Some(at)) => at,
            (None, None) => return,
        };
        self.timers.insert((at, id.to_owned()));
        self.dues.insert(id.to_owned(), Due { at, look: look.filter(|look| held(*look) <= at) });
    }

    fn note_stale(&mut self, incident: String) {
        if !self.is_stale {
            self.stale.push(incident);
        }
    }

    /// Puts or removes a state; its timer is set by who calls this.
    fn replace(&mut self, id: &str, next: Option<Arc<IncidentState>>) -> Option<Arc<IncidentState>> {
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
        before
    }
}

/// The priority of an incident that has not ended.
fn open_priority(state: &IncidentState) -> Option<Priority> {
    state.episode.ended.is_none().then_some(state.episode.priority.current)
}

//! One partition's incidents: the fold over a log, with its timers, and nothing else. The
//! router's shell feeds it records and commits or drops what it staged; tests feed it histories.

mod kept;
mod pack;
mod store;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use self::kept::{Kept, Outline, Timer};
use self::store::Store;
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

/// The incidents of one partition. Changes are staged until [`Shard::commit`]; [`Shard::abort`]
/// drops them.
#[derive(Debug)]
pub struct Shard {
    partition: i32,
    store: Store,
    /// The policy that timers reckon with; none before the first.
    loaded: Option<LoadedPolicy>,
    /// Does a timer wait for a time that this policy's routes name?
    looks: bool,
    /// All timers are to be reckoned anew.
    is_stale: bool,
    /// Incidents whose state was read, or put back, since.
    stale: Vec<String>,
    /// A backlog is folded under hold up to then: nothing goes out before.
    hold_until: Option<Timestamp>,
    /// The latest now; it never goes back.
    clock: Timestamp,
    /// What was folded since the last commit, as it was then.
    undo: HashMap<String, Option<Kept>, foldhash::fast::RandomState>,
    clock_committed: Timestamp,
}

impl Shard {
    /// An empty partition.
    pub fn new(partition: i32) -> Self {
        Self {
            partition,
            store: Store::default(),
            loaded: None,
            looks: false,
            is_stale: true,
            stale: Vec::new(),
            hold_until: None,
            clock: Timestamp::MIN,
            undo: HashMap::default(),
            clock_committed: Timestamp::MIN,
        }
    }

    /// Keeps so many states at hand instead of a few hundred: more memory, and less packing.
    #[must_use]
    pub fn with_states_at_hand_max(mut self, states_max: usize) -> Self {
        self.store.keep_at_hand(states_max);
        self
    }

    /// Which partition it is.
    pub const fn partition(&self) -> i32 {
        self.partition
    }

    /// Takes over a state read from `incident.state` (a restore, not a change).
    pub fn restore(&mut self, state: IncidentState) {
        let id = state.id.clone();
        self.store.put(&id, Arc::new(state));
        self.note_stale(id);
    }

    /// Forgets a state for which `incident.state` holds a tombstone (a restore, not a change).
    pub fn restore_forgotten(&mut self, incident: &str) {
        self.store.put_back(incident, None);
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

    /// Up to when a backlog is folded under hold, while that is to come. At that very moment it still
    /// is: events of it stand before the timers that waited, also where these are reckoned anew.
    pub fn held_until(&self) -> Option<Timestamp> {
        self.hold_until.filter(|until| self.clock <= *until)
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
        while let Some((due, incident)) = self.store.first_timer().filter(|(due, _)| *due < now).cloned() {
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
            let first = self.store.first_timer().filter(|(due, _)| *due <= until);
            let Some((due, incident)) = first.cloned() else { break };
            steps.push(self.tick(&incident, due.max(self.clock), place, policy));
        }
        steps
    }

    /// When the earliest timer is due, under this policy, as it is now.
    pub fn next_due(&mut self, policy: &Policy, now: Timestamp) -> Option<Timestamp> {
        self.reckon(policy, now);
        self.store.first_timer().map(|(due, _)| *due)
    }

    /// Makes staged changes the state.
    pub fn commit(&mut self) {
        self.undo.clear();
        self.clock_committed = self.clock;
    }

    /// Drops staged changes, and what they moved of the clock.
    pub fn abort(&mut self) {
        for (incident, kept) in std::mem::take(&mut self.undo) {
            self.store.put_back(&incident, kept);
            // The policy may be another one than when its timer was set.
            self.note_stale(incident);
        }
        self.clock = self.clock_committed;
    }

    /// Number of incidents remembered.
    pub fn len(&self) -> usize {
        self.store.len()
    }

    /// Nothing remembered.
    pub fn is_empty(&self) -> bool {
        self.store.len() == 0
    }

    /// How many incidents are open, by priority in the order of [`Priority::ALL`].
    pub const fn open_by_priority(&self) -> &[usize; Priority::ALL.len()] {
        self.store.open()
    }

    /// How many promised updates are overdue, by audience.
    pub const fn overdue_by_audience(&self) -> &BTreeMap<String, usize> {
        self.store.overdue()
    }

    /// The state of one incident.
    pub fn state(&self, incident: &str) -> Option<Arc<IncidentState>> {
        self.store.get(incident).map(Kept::state)
    }

    /// All states, in no order.
    pub fn states(&self) -> impl Iterator<Item = Arc<IncidentState>> {
        self.store.states()
    }

    /// Brings the timers in line with the policy, with a hold, and with states that were read.
    /// `as_of` is the present: what of time a policy names counts from its load on.
    fn reckon(&mut self, policy: &Policy, as_of: Timestamp) {
        if self.loaded.as_ref().is_none_or(|loaded| loaded.version != policy.version) {
            // The first one may have been loaded before a restart: nothing of it is left out.
            let at = self.loaded.as_ref().map_or(Timestamp::UNIX_EPOCH, |_| as_of.max(self.clock));
            self.loaded = Some(LoadedPolicy { version: policy.version.clone(), at });
            let looks = !policy.routes.looks.is_empty();
            // Without a time that routes name, timers are the states' alone.
            self.is_stale |= looks || self.looks;
            self.looks = looks;
        }
        if std::mem::take(&mut self.is_stale) {
            self.stale.clear();
            let reckoning = self.reckoning(policy);
            self.store.set_timers(|outline| reckoning.timer(outline, None));
        } else {
            for id in std::mem::take(&mut self.stale) {
                self.set_timer(&id, policy, None);
            }
        }
    }

    fn tick(&mut self, id: &str, now: Timestamp, place: InputPlace, policy: &Policy) -> Step {
        let look = self.store.get(id).and_then(|kept| kept.timer?.look);
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
        let decision = incident::decide(self.store.want(id).as_deref(), input, policy, at);
        if !self.undo.contains_key(id) {
            self.undo.insert(id.to_owned(), self.store.get(id).cloned());
        }
        let is_changed = decision.state != StateChange::Unchanged;
        match &decision.state {
            StateChange::Unchanged => {}
            StateChange::Put(state) => self.store.put(id, Arc::clone(state)),
            StateChange::Forget => self.store.put_back(id, None),
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
        let Some(outline) = self.store.get(id).map(|kept| &kept.outline) else { return };
        let timer = self.reckoning(policy).timer(outline, done);
        self.store.set_timer(id, timer);
    }

    fn reckoning<'p>(&self, policy: &'p Policy) -> Reckoning<'p> {
        Reckoning {
            policy,
            hold: self.held_until(),
            clock: self.clock,
            loaded_at: self.loaded.as_ref().map_or(Timestamp::UNIX_EPOCH, |loaded| loaded.at),
        }
    }

    fn note_stale(&mut self, incident: String) {
        if !self.is_stale {
            self.stale.push(incident);
        }
    }
}

/// What timers are reckoned with.
struct Reckoning<'p> {
    policy: &'p Policy,
    hold: Option<Timestamp>,
    clock: Timestamp,
    loaded_at: Timestamp,
}

impl Reckoning<'_> {
    /// See [`Shard::set_timer`].
    fn timer(&self, outline: &Outline, done: Option<Timestamp>) -> Option<Timer> {
        let held = |at: Timestamp| self.hold.map_or(at, |until| at.max(until));
        let due = outline.due.map(held).filter(|at| done.is_none_or(|done| *at > done));
        // A time that came while its incident was under hold is looked at when the hold ends.
        let from = if self.hold.is_some() { outline.changed_at } else { self.clock };
        let after = done.or_else(|| from.checked_sub(SignedDuration::from_nanos(1)).ok());
        let after = after.unwrap_or(from).max(self.loaded_at);
        let look = incident::next_look(outline.open_since, self.policy, after);
        let at = due.into_iter().chain(look.map(held)).min();
        at.map(|at| Timer { at, look: look.filter(|look| held(*look) <= at) })
    }
}

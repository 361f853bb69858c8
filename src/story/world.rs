//! A partition with a clock of its own, folded as a router folds it, without Kafka.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::core::decision::InputPlace;
use crate::core::event::Event;
use crate::core::incident::IncidentState;
use crate::core::limits::BACKLOG_AGE_SECONDS_MIN;
use crate::core::policy::Policy;
use crate::core::record::{self, Progress, StateRecord};
use crate::core::shard::{Shard, Step};

/// Most decisions in one step of a story: one that needs more never comes to an end.
const DECISIONS_MAX: usize = 10_000;
/// Timers are folded so many at a time, as a router does it.
const TIMERS_MAX: usize = 100;

/// A partition and the policy in force.
#[derive(Debug)]
pub struct World {
    /// In force.
    pub policy: Arc<Policy>,
    shard: Shard,
    next_offset: i64,
    decisions_max: usize,
    /// Does what its decisions append to the log have to be folded? On a real log it stands already.
    appends: bool,
    /// While no router runs: what is appended to the log meanwhile, and when.
    unread: Option<Vec<(Event, Timestamp)>>,
}

impl World {
    /// Nothing has happened yet.
    pub fn new(policy: Arc<Policy>) -> Self {
        Self {
            policy,
            shard: Shard::new(0),
            next_offset: 0,
            decisions_max: DECISIONS_MAX,
            appends: true,
            unread: None,
        }
    }

    /// The same for a partition of a real log: what Herald itself has appended is folded where it
    /// stands, perhaps in another partition, and never made anew.
    pub fn of_partition(policy: Arc<Policy>, partition: i32) -> Self {
        Self { shard: Shard::new(partition), appends: false, ..Self::new(policy) }
    }

    /// The same for a log with more incidents than a story has: at the hour that a policy names, all
    /// that are open are looked at in one step.
    #[must_use]
    pub const fn with_decisions_max(mut self, decisions_max: usize) -> Self {
        self.decisions_max = decisions_max;
        self
    }

    /// The same with so many states at hand: for a log that is folded in one go, where each is looked at
    /// again when it is forgotten.
    #[must_use]
    pub fn with_states_at_hand_max(self, states_max: usize) -> Self {
        Self { shard: self.shard.with_states_at_hand_max(states_max), ..self }
    }

    /// The next event stands at this offset.
    pub fn seek(&mut self, offset: i64) {
        self.next_offset = offset;
    }

    /// Another policy is followed from now on: what of time it names counts from here.
    pub fn load(&mut self, policy: Arc<Policy>, now: Timestamp) {
        self.policy = policy;
        self.shard.next_due(&self.policy, now);
    }

    /// When its earliest timer is due, `now` being the present.
    pub fn next_due(&mut self, now: Timestamp) -> Option<Timestamp> {
        self.shard.next_due(&self.policy, now)
    }

    /// What is known of an incident.
    pub fn state(&self, incident: &str) -> Option<Arc<IncidentState>> {
        self.shard.state(incident)
    }

    /// Lets time pass: all timers due up to then fold, each at its own time.
    pub fn pass(&mut self, until: Timestamp) -> Result<Vec<Step>, String> {
        let mut decided = Vec::new();
        if self.unread.is_some() {
            return Ok(decided);
        }
        while let Some(due) = self.shard.next_due(&self.policy, until).filter(|due| *due <= until) {
            let place = InputPlace { partition: self.shard.partition(), offset: self.next_offset };
            let steps = self.shard.due(due, place, &self.policy, TIMERS_MAX);
            self.take(steps, &mut decided)?;
        }
        Ok(decided)
    }

    /// Folds an event that was appended to the log at `now`, and what Herald itself appends
    /// because of it.
    pub fn event(&mut self, event: &Event, now: Timestamp) -> Result<Vec<Step>, String> {
        if let Some(unread) = &mut self.unread {
            unread.push((event.clone(), now));
            return Ok(Vec::new());
        }
        // Timers due before it have folded by then, and what they append stands before it.
        let before = now.checked_sub(SignedDuration::from_nanos(1)).unwrap_or(now);
        let mut decided = self.pass(before)?;
        let place = self.place();
        let steps = self.shard.event(event, now, place, &self.policy);
        self.take(steps, &mut decided)?;
        Ok(decided)
    }

    /// Commits; then folds the events that the decisions made, at the time at which they made them.
    fn take(&mut self, steps: Vec<Step>, decided: &mut Vec<Step>) -> Result<(), String> {
        let mut waiting = vec![steps];
        while let Some(steps) = waiting.pop() {
            self.shard.commit();
            let appended = steps.iter().filter(|_| self.appends).flat_map(|step| &step.decision.events);
            let events: Vec<Event> = appended.cloned().collect();
            decided.extend(steps);
            if decided.len() > self.decisions_max {
                return Err(format!("one step makes more than {} decisions", self.decisions_max));
            }
            for event in events {
                let (place, now) = (self.place(), self.shard.clock());
                waiting.push(self.shard.event(&event, now, place, &self.policy));
            }
        }
        Ok(())
    }

    /// No router runs from now on: what comes in waits on the log, and no timer is seen to.
    pub fn stop(&mut self) {
        self.unread.get_or_insert_default();
    }

    /// Another router takes over: all that it has is what stands on `incident.state`, and the log.
    /// What has waited there for long is folded under hold.
    pub fn restart(&mut self, now: Timestamp) -> Result<Vec<Step>, String> {
        self.restore()?;
        let unread = self.unread.take().unwrap_or_default();
        let age = unread.first().map(|(_, appended)| now.duration_since(*appended));
        if age.is_some_and(|age| age >= SignedDuration::from_secs(BACKLOG_AGE_SECONDS_MIN)) {
            self.shard.hold_until(Some(now));
        }
        let mut decided = Vec::new();
        for (event, appended) in unread {
            decided.extend(self.event(&event, appended)?);
        }
        decided.extend(self.pass(now)?);
        Ok(decided)
    }

    /// Reads back what is written.
    fn restore(&mut self) -> Result<(), String> {
        let mut records = Vec::new();
        for state in self.shard.states() {
            records.push(record::state(&state, 0).map_err(|error| error.to_string())?);
        }
        let progress = Progress {
            schema: record::PROGRESS_SCHEMA.to_owned(),
            partition: 0,
            cluster_id: "story".to_owned(),
            partitions: 1,
            next_offset: self.next_offset,
            // Before the first event the clock shows no time that a record could carry.
            clock: self.shard.clock().max(Timestamp::UNIX_EPOCH),
            hold_until: self.shard.held_until(),
            policy: self.shard.loaded().cloned(),
            extra: serde_json::Map::new(),
        };
        records.push(record::progress(&progress).map_err(|error| error.to_string())?);
        let mut shard = Shard::new(0);
        for written in records {
            let key = written.key.as_deref().map(str::as_bytes);
            match StateRecord::read(key, written.payload.as_deref()).map_err(|error| error.to_string())? {
                StateRecord::State(state) => shard.restore(*state),
                StateRecord::Forgotten(incident) => shard.restore_forgotten(&incident),
                StateRecord::Progress(progress) => {
                    shard.restore_clock(progress.clock);
                    shard.hold_until(progress.hold_until);
                    shard.restore_policy(progress.policy);
                }
            }
        }
        self.shard = shard;
        Ok(())
    }

    fn place(&mut self) -> InputPlace {
        self.next_offset += 1;
        InputPlace { partition: self.shard.partition(), offset: self.next_offset - 1 }
    }
}

//! What goes into one transaction. It ends at a number of events, of records or of bytes, or after
//! a while, whichever is first, and never within one event.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use indexmap::IndexMap;

use super::effects::Effects;
use super::input::Input;
use super::observe::Tally;
use crate::core::decision::InputPlace;
use crate::core::record::OutRecord;

/// Most records in one transaction.
const RECORDS_MAX: usize = 10_000;
/// Most bytes in one transaction.
const BYTES_MAX: usize = 8 * 1024 * 1024;
/// Longest time that a batch is filled for.
const FILL_MAX: Duration = Duration::from_secs(1);

/// What goes into one transaction.
#[derive(Debug)]
pub(super) struct Batch {
    /// What was folded, in order, in case all of it must be folded again.
    pub(super) inputs: Vec<Input>,
    /// For the metrics, once committed.
    pub(super) tallies: Vec<Tally>,
    /// Partitions that moved.
    pub(super) partitions: BTreeSet<i32>,
    records: Vec<OutRecord>,
    /// The last state of each incident: what stood between is nobody's business.
    states: IndexMap<String, OutRecord, foldhash::fast::RandomState>,
    bytes: usize,
    events_max: usize,
    steps: usize,
    began: Option<Instant>,
}

impl Batch {
    /// An empty one.
    pub(super) fn new(events_max: usize) -> Self {
        Self {
            inputs: Vec::new(),
            tallies: Vec::new(),
            partitions: BTreeSet::new(),
            records: Vec::new(),
            states: IndexMap::default(),
            bytes: 0,
            events_max,
            steps: 0,
            began: None,
        }
    }

    /// Adds what follows from one event, or from one timer.
    pub(super) fn add(&mut self, partition: i32, effects: Effects) {
        self.began.get_or_insert_with(Instant::now);
        self.steps += 1;
        self.partitions.insert(partition);
        self.bytes += effects.records.iter().map(OutRecord::bytes).sum::<usize>();
        self.records.extend(effects.records);
        self.tallies.extend(effects.tallies);
        for state in effects.states {
            self.bytes += state.bytes();
            let key = state.key.clone().unwrap_or_default();
            if let Some(before) = self.states.insert(key, state) {
                self.bytes -= before.bytes();
            }
        }
    }

    /// Nothing was folded.
    pub(super) const fn is_empty(&self) -> bool {
        self.steps == 0
    }

    /// The place of the only input, where nothing else was folded.
    pub(super) fn only_input(&self) -> Option<InputPlace> {
        match self.inputs.as_slice() {
            [one] if self.steps == 1 => Some(one.place),
            _ => None,
        }
    }

    /// Enough for one transaction.
    pub(super) fn is_full(&self) -> bool {
        self.steps >= self.events_max
            || self.records.len() + self.states.len() >= RECORDS_MAX
            || self.bytes >= BYTES_MAX
            || self.began.is_some_and(|began| began.elapsed() >= FILL_MAX)
    }

    /// How much longer it may wait for more.
    pub(super) fn patience(&self, wait: Duration) -> Duration {
        self.began.map_or(wait, |began| wait.saturating_sub(began.elapsed()))
    }

    /// All records, without those of progress.
    pub(super) fn records(&self) -> impl Iterator<Item = &OutRecord> {
        self.records.iter().chain(self.states.values())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::record::forget;

    fn effects(incident: &str, bytes: usize) -> Effects {
        let mut record = forget(incident, 0, jiff::Timestamp::UNIX_EPOCH);
        record.payload = Some(vec![0; bytes]);
        Effects { states: vec![record], ..Effects::default() }
    }

    #[test]
    fn it_is_full_by_events_or_by_bytes() {
        let mut batch = Batch::new(3);
        assert!(batch.is_empty());
        for incident in ["i-1", "i-2", "i-3"] {
            assert!(!batch.is_full());
            batch.add(0, effects(incident, 10));
        }
        assert!(batch.is_full());
        let mut batch = Batch::new(3);
        batch.add(0, effects("i-1", BYTES_MAX));
        assert!(batch.is_full());
    }

    #[test]
    fn of_one_incident_only_the_last_state_is_written() {
        let mut batch = Batch::new(10);
        batch.add(0, effects("i-1", 9_000_000));
        batch.add(0, effects("i-2", 10));
        batch.add(1, effects("i-1", 10));
        assert_eq!(batch.records().count(), 2);
        assert!(!batch.is_full(), "the large one is not counted any more");
        assert_eq!(batch.partitions, BTreeSet::from([0, 1]));
    }
}

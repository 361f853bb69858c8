//! What should be there: the event topic folded anew, in one go, by nothing but the core.

use std::collections::BTreeMap;

use herald::core::decision::{DecisionRecord, InputPlace};
use herald::core::notification::render;
use herald::core::policy::Policy;
use herald::core::shard::{Shard, Step};
use jiff::Timestamp;
use serde_json::Value;

use super::log::{Heard, Logged};

/// Rendering is the dearest part of it: the words are compared of one incident in so many.
const RENDERED_OF: u32 = 5;

/// See the module's text.
#[derive(Debug, Default)]
pub(crate) struct Replay {
    /// In the order of each partition.
    pub(crate) decisions: Vec<DecisionRecord>,
    pub(crate) heard: Vec<Heard>,
    /// Notification id → its whole value, for some.
    pub(crate) said: BTreeMap<String, Value>,
    pub(crate) states: BTreeMap<(i32, String), Value>,
    /// Partition → the offset after its last record.
    pub(crate) ends: BTreeMap<i32, i64>,
}

/// Folds the events; then the timers due up to each partition's clock.
pub(crate) fn replay(events: &[Logged], clocks: &BTreeMap<i32, Timestamp>, policy: &Policy) -> Replay {
    let mut shards: BTreeMap<i32, Shard> = BTreeMap::new();
    let mut replay = Replay::default();
    for logged in events {
        let place = logged.place;
        replay.ends.insert(place.partition, place.offset + 1);
        let shard = shards.entry(place.partition).or_insert_with(|| Shard::new(place.partition));
        if let Some(event) = &logged.event {
            let steps = shard.event(event, logged.at, place, policy);
            shard.commit();
            replay.take(steps, policy);
        }
    }
    for (partition, shard) in &mut shards {
        let place = InputPlace { partition: *partition, offset: replay.ends[partition] };
        if let Some(clock) = clocks.get(partition) {
            let steps = shard.due(*clock, place, policy, usize::MAX);
            shard.commit();
            replay.take(steps, policy);
        }
        for state in shard.states() {
            replay.states.insert((*partition, state.id.clone()), serde_json::to_value(state).unwrap());
        }
    }
    replay
}

impl Replay {
    fn take(&mut self, steps: Vec<Step>, policy: &Policy) {
        for step in steps {
            for notice in &step.decision.notices {
                if step.incident.bytes().map(u32::from).sum::<u32>() % RENDERED_OF == 0 {
                    let value = serde_json::to_value(render(notice, policy).notification).unwrap();
                    self.said.insert(notice.id.clone(), value);
                }
                self.heard.push(Heard::of(notice));
            }
            self.decisions.extend(step.decision.record);
        }
    }
}

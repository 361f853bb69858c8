//! Time. A timer due at D folds before any event that was appended after D, and after every event
//! that was appended before it. While events come, their own times drive the timers, in the fold;
//! here only where a partition is folded to its end.

use std::time::Duration;

use jiff::Timestamp;

use super::batch::Batch;
use super::effects;
use super::session::{Ended, Session, poison_state};
use super::tail::Folded;
use crate::core::policy::Policy;

/// For clocks that differ between brokers and this process, and for an append on its way.
const GRACE: Duration = Duration::from_secs(1);

impl Session<'_> {
    /// Folds what is due in partitions that are folded to their end.
    pub(super) fn fold_timers(&mut self, policy: &Policy, batch: &mut Batch) -> Result<(), Ended> {
        let until = self.parts.clock.before(GRACE);
        let record_bytes_max = self.parts.kafka.record_bytes_max;
        for number in self.live.clone() {
            if !self.is_time_for(number, policy, until) {
                continue;
            }
            let Some(partition) = self.partitions.get_mut(&number) else { continue };
            while !batch.is_full() {
                let folded = effects::of_timer(partition, until, policy, record_bytes_max)
                    .map_err(|why| poison_state(number, &why))?;
                let Some(effects) = folded else { break };
                batch.add(number, effects);
            }
        }
        Ok(())
    }

    /// Is something due in this partition, and every event folded that stands before it?
    fn is_time_for(&mut self, number: i32, policy: &Policy, until: Timestamp) -> bool {
        // An input left behind stands before any timer that is due now.
        let waits = self.inputs.iter().any(|input| input.place.partition == number);
        let Some(partition) = self.partitions.get_mut(&number) else { return false };
        let is_due =
            partition.at_end && partition.shard.next_due(policy, until).is_some_and(|due| due <= until);
        if waits || !is_due {
            return false;
        }
        let (logs, events, next) = (&self.states.logs, &self.events, partition.next);
        // Asked after the due time and its grace: what was appended before it stands below.
        let asked = logs.end(events, number).and_then(|end| match partition.tail.judge(next, end) {
            Folded::Yes => Ok(true),
            Folded::No => Ok(false),
            Folded::Look => {
                let void = logs.is_void(events, number, next, end)?;
                if void {
                    partition.tail.found_void(next, end);
                } else {
                    partition.tail.found_event(next);
                }
                Ok(void)
            }
        });
        asked.unwrap_or_else(|error| {
            tracing::debug!(partition = number, %error, "time waits until the log's end is known");
            false
        })
    }
}

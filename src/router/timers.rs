//! Time. A timer due at D folds before any event that was appended after D, and after every event
//! that was appended before it. While events come, their own times drive the timers, in the fold;
//! here only where a partition is folded to its end.

use std::time::Duration;

use rdkafka::consumer::Consumer;

use super::batch::Batch;
use super::effects;
use super::session::{Ended, Session, poison_state};
use crate::core::policy::Policy;

/// For clocks that differ between brokers and this process, and for an append on its way.
const GRACE: Duration = Duration::from_secs(1);
const ASK_TIMEOUT: Duration = Duration::from_secs(1);

impl Session<'_> {
    /// Folds what is due in partitions that are folded to their end.
    pub(super) fn fold_timers(&mut self, policy: &Policy, batch: &mut Batch) -> Result<(), Ended> {
        let until = self.parts.clock.before(GRACE);
        let record_bytes_max = self.parts.kafka.record_bytes_max;
        for number in self.live.clone() {
            // An input left behind stands before any timer that is due now.
            let waits = self.inputs.iter().any(|input| input.place.partition == number);
            let Some(partition) = self.partitions.get_mut(&number) else { continue };
            let is_due =
                partition.at_end && partition.shard.next_due(policy, until).is_some_and(|due| due <= until);
            if waits || !is_due {
                continue;
            }
            // Asked after the due time and its grace: what was appended before it stands below.
            let end = match self.consumer.fetch_watermarks(&self.events, number, ASK_TIMEOUT) {
                Ok((_, end)) => end,
                Err(error) => {
                    tracing::debug!(partition = number, %error, "time waits until the log's end is known");
                    continue;
                }
            };
            if !partition.is_folded_up_to(end, GRACE) {
                continue;
            }
            while !batch.is_full() {
                let folded = effects::of_timer(partition, until, policy, record_bytes_max)
                    .map_err(|why| poison_state(number, &why))?;
                let Some(effects) = folded else { break };
                batch.add(number, effects);
            }
        }
        Ok(())
    }
}

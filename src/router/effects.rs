//! What follows from one event, or from a timer, as records: folded, rendered, serialised and
//! sized before any transaction is open.

use std::panic::{AssertUnwindSafe, catch_unwind};

use jiff::Timestamp;

use super::input::{Body, Input};
use super::observe::Tally;
use super::partition::Partition;
use crate::core::decision::InputPlace;
use crate::core::incident::StateChange;
use crate::core::notification::{render, rendering_failed};
use crate::core::policy::Policy;
use crate::core::record::{self, OutRecord};
use crate::core::shard::Step;

/// What follows.
#[derive(Debug, Default)]
pub(super) struct Effects {
    /// Notifications, decisions and what was rejected, in order.
    pub(super) records: Vec<OutRecord>,
    /// States and tombstones, in order; of several of one incident the last counts.
    pub(super) states: Vec<OutRecord>,
    /// For the metrics, once committed.
    pub(super) tallies: Vec<Tally>,
}

/// Folds one input. An error means that nothing of it may be used, nor of what the shard has
/// staged: the input is poison, or what stands in the state is.
pub(super) fn of_input(
    partition: &mut Partition,
    input: &Input,
    policy: &Policy,
    record_bytes_max: usize,
) -> Result<Effects, String> {
    let effects = match &input.body {
        Body::Unusable { .. } => rejected(input, None, record_bytes_max)?,
        Body::Event(event) => guarded(|| {
            let steps = partition.shard.event(event, input.time, input.place, policy);
            let mut effects = Effects::default();
            let last = steps.len().saturating_sub(1);
            for (at, step) in steps.into_iter().enumerate() {
                // What timers cause is not of this event's trace.
                let traceparent = input.traceparent.as_deref().filter(|_| at == last);
                effects.add(step, partition, policy, traceparent)?;
            }
            effects.tallies.push(Tally::Event { received_at: event.received_at });
            effects.sized(record_bytes_max)
        })?,
    };
    partition.next = input.place.offset + 1;
    Ok(effects)
}

/// Folds the earliest timer that is due up to `until`; none where none is.
pub(super) fn of_timer(
    partition: &mut Partition,
    until: Timestamp,
    policy: &Policy,
    record_bytes_max: usize,
) -> Result<Option<Effects>, String> {
    guarded(|| {
        let place = InputPlace { partition: partition.shard.partition(), offset: partition.next };
        let steps = partition.shard.due(until, place, policy, 1);
        if steps.is_empty() {
            return Ok(None);
        }
        let mut effects = Effects::default();
        for step in steps {
            effects.add(step, partition, policy, None)?;
        }
        effects.sized(record_bytes_max).map(Some)
    })
}

/// What is left of an input that can't be folded.
pub(super) fn rejected(
    input: &Input,
    poison: Option<&str>,
    record_bytes_max: usize,
) -> Result<Effects, String> {
    let mut rejected = input.rejected(poison);
    let reason = rejected.reason.clone();
    let mut record = record::rejected(&rejected, input.traceparent.as_deref()).map_err(|e| e.to_string())?;
    if record.bytes() > record_bytes_max {
        // Its place on the log remains, where the whole of it stands.
        rejected.raw.bytes.clear();
        rejected.raw.truncated = true;
        record = record::rejected(&rejected, input.traceparent.as_deref()).map_err(|e| e.to_string())?;
    }
    let tallies = vec![Tally::Rejected { reason }];
    Ok(Effects { records: vec![record], states: Vec::new(), tallies })
}

impl Effects {
    fn add(
        &mut self,
        step: Step,
        partition: &Partition,
        policy: &Policy,
        traceparent: Option<&str>,
    ) -> Result<(), String> {
        let number = partition.shard.partition();
        let mut failed = Vec::new();
        for notice in &step.decision.notices {
            let rendered = render(notice, policy);
            if !rendered.fallbacks.is_empty() {
                tracing::warn!(audience = notice.audience, kind = %notice.kind, why = ?rendered.fallbacks, "the built-in text goes out");
                failed.push(notice);
            }
            let record = record::notification(&rendered.notification, &notice.topic, traceparent);
            self.records.push(record.map_err(|error| error.to_string())?);
            self.tallies.push(Tally::Notification {
                audience: notice.audience.clone(),
                kind: notice.kind,
                fallback: !rendered.fallbacks.is_empty(),
            });
        }
        for notice in rendering_failed(&failed) {
            let record =
                record::notification(&render(&notice, policy).notification, &notice.topic, traceparent);
            self.records.push(record.map_err(|error| error.to_string())?);
            self.tallies.push(Tally::Notification {
                audience: notice.audience.clone(),
                kind: notice.kind,
                fallback: false,
            });
        }
        // In the same transaction: what hands readers over is done, or nothing is.
        for event in &step.decision.events {
            self.records.push(record::event(event, traceparent).map_err(|error| error.to_string())?);
        }
        match &step.decision.state {
            StateChange::Unchanged => {}
            StateChange::Put(state) => {
                self.states.push(record::state(state, number).map_err(|error| error.to_string())?);
            }
            StateChange::Forget => {
                self.states.push(record::forget(&step.incident, number, partition.shard.clock()));
            }
        }
        if let Some(decision) = step.decision.record {
            self.records.push(record::decision(&decision, traceparent).map_err(|error| error.to_string())?);
            self.tallies.push(Tally::Decision(decision.audiences));
        }
        Ok(())
    }

    /// A record that no topic takes would hold up its partition for ever.
    fn sized(self, record_bytes_max: usize) -> Result<Self, String> {
        match self.records.iter().chain(&self.states).find(|record| record.bytes() > record_bytes_max) {
            None => Ok(self),
            Some(record) => {
                Err(format!("a record of {} bytes for {} would follow", record.bytes(), record.topic))
            }
        }
    }
}

/// A panic in the fold or in a template's rendering is an error of this input, not of the router.
fn guarded<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    // The shard may be torn in the middle of its staged changes: the caller drops all of them.
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let words = panic
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| panic.downcast_ref::<String>().cloned());
        Err(format!("it makes the fold panic: {}", words.unwrap_or_else(|| "without a word".to_owned())))
    })
}

//! One session: from new clients to the first trouble that new clients must solve. Its loop is
//! poll and fold → one transaction → the staged changes become the state. See `recover` for what
//! follows an assignment or an abort, `timers` for time.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::{Message, Offset, TopicPartitionList};

use super::batch::Batch;
use super::effects;
use super::group::Membership;
use super::input::{Body, Input};
use super::observe;
use super::partition::{Cluster, Partition};
use super::restore::StateReader;
use super::writer::{Consumed, Trouble, Writer};
use super::{Mode, Parts, RouterState};
use crate::core::decision::InputPlace;
use crate::core::policy::Policy;
use crate::core::record::{self, OutRecord, Progress};
use crate::kafka::reader::is_passing;

/// How long an idle router waits for an event before it looks at the time and at its orders.
const IDLE_WAIT: Duration = Duration::from_millis(50);

/// What ended a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ended {
    /// It was asked to.
    Stopped,
    /// Somebody has to act: the process should end with this reason.
    Refused(String),
    /// Another router has this slot's name.
    Fenced(String),
    /// New clients may do better.
    Broken(String),
}

impl Ended {
    /// The label of `herald_router_sessions_total`.
    pub(super) const fn word(&self) -> &'static str {
        match self {
            Self::Stopped => "stopped",
            Self::Refused(_) => "refused",
            Self::Fenced(_) => "fenced",
            Self::Broken(_) => "kafka",
        }
    }
}

/// What the consumer had.
#[derive(Debug)]
enum Polled<T> {
    /// A record to fold.
    Input(T),
    /// A partition's end, an error that passes, a record that is not wanted. Records may stand
    /// right behind it: several partitions end all the time, and a batch must not end with each.
    Aside,
    /// Nothing, for the whole of the wait.
    Nothing,
}

/// One session.
pub(super) struct Session<'a> {
    pub(super) parts: &'a Parts,
    pub(super) stop: &'a AtomicBool,
    pub(super) state: &'a tokio::sync::watch::Sender<RouterState>,
    pub(super) consumer: BaseConsumer<Membership>,
    pub(super) writer: Writer,
    pub(super) states: StateReader,
    pub(super) cluster: Cluster,
    /// `incident.events` with its prefix.
    pub(super) events: String,
    /// The assignment that `live` is about.
    pub(super) turn: u64,
    /// Partitions that are folded now.
    pub(super) live: Vec<i32>,
    /// All partitions in memory: those that are folded, and between a revocation and the next
    /// assignment those that were.
    pub(super) partitions: BTreeMap<i32, Partition>,
    /// Read and not folded: what a failed batch left behind.
    pub(super) inputs: VecDeque<Input>,
    /// The input that made a batch fail: folded alone next time, and rejected if it fails again.
    pub(super) suspect: Option<InputPlace>,
    /// So many inputs go alone, for the broker refused a record of their batch.
    pub(super) alone: usize,
    /// The input that went alone and whose records were refused again, with the broker's words.
    pub(super) refused: Option<(InputPlace, String)>,
}

impl Session<'_> {
    /// Works until something ends it.
    pub(super) fn run(&mut self) -> Ended {
        loop {
            if self.stop.load(Ordering::Relaxed) {
                return Ended::Stopped;
            }
            let done = if self.consumer.context().turn() == self.turn {
                self.round()
            } else {
                self.take_over_assignment()
            };
            if let Err(ended) = done {
                return ended;
            }
        }
    }

    /// One batch, or a look at the time where nothing has come.
    fn round(&mut self) -> Result<(), Ended> {
        let policy = self.parts.policy.load_full();
        let mut batch = Batch::new(self.parts.settings.batch_events_max);
        self.fold_timers(&policy, &mut batch)?;
        if batch.is_empty() || self.alone == 0 {
            self.fill(&mut batch)?;
        }
        if self.consumer.context().turn() != self.turn {
            // What was folded belongs to somebody else now.
            return Ok(());
        }
        if batch.is_empty() {
            return Ok(());
        }
        match self.write(&batch) {
            Ok((state_ends, progress)) => {
                self.apply(&batch, &state_ends, progress);
                Ok(())
            }
            Err(Trouble::Abort(why)) => self.recover_from(&why),
            Err(Trouble::Refused(why)) => {
                self.find_refused(&batch, &why)?;
                self.recover_from(&why)
            }
            Err(other) => Err(other.into()),
        }
    }

    /// The broker refuses a record of this batch and always will. Whose it is shows when each goes
    /// alone.
    fn find_refused(&mut self, batch: &Batch, why: &str) -> Result<(), Ended> {
        if batch.inputs.is_empty() {
            return Err(Ended::Refused(format!("what follows from a timer can't be written: {why}")));
        }
        match batch.only_input() {
            Some(place) => self.refused = Some((place, why.to_owned())),
            None => self.alone = batch.inputs.len(),
        }
        Ok(())
    }

    /// Polls and folds until the batch is full or nothing more comes.
    fn fill(&mut self, batch: &mut Batch) -> Result<(), Ended> {
        while !batch.is_full() {
            let Some(input) = self.next_input(batch)? else { break };
            // Only now: what is posted once a reload was answered is decided by the policy loaded, also
            // where it is waited for since before.
            let policy = &self.parts.policy.load_full();
            let is_suspect = self.suspect == Some(input.place);
            let is_refused = self.refused.as_ref().is_some_and(|(place, _)| *place == input.place);
            if (is_suspect || is_refused) && !batch.is_empty() {
                self.inputs.push_front(input);
                break;
            }
            if is_refused && let Some((_, why)) = self.refused.take() {
                let effects = self.reject(&input, &why, policy)?;
                batch.add(input.place.partition, effects);
                break;
            }
            let record_bytes_max = self.parts.kafka.record_bytes_max;
            let Some(partition) = self.partitions.get_mut(&input.place.partition) else { continue };
            let number = input.place.partition;
            partition.hold_backlog(input.time, self.parts.clock.now());
            match effects::of_input(partition, &input, policy, record_bytes_max) {
                Ok(effects) => {
                    batch.add(number, effects);
                    batch.inputs.push(input);
                }
                Err(why) if is_suspect => {
                    let effects = self.reject(&input, &why, policy)?;
                    batch.add(number, effects);
                }
                Err(why) => {
                    tracing::warn!(place = ?input.place, %why, "an event could not be folded; it is tried once more, alone");
                    self.fold_again(std::mem::replace(batch, Batch::new(0)), input);
                    break;
                }
            }
            let goes_alone = self.alone > 0;
            self.alone = self.alone.saturating_sub(1);
            if is_suspect {
                self.suspect = None;
            }
            if is_suspect || goes_alone {
                break;
            }
        }
        Ok(())
    }

    /// The next input: one left behind, else one polled for.
    fn next_input(&mut self, batch: &Batch) -> Result<Option<Input>, Ended> {
        if let Some(input) = self.inputs.pop_front() {
            return Ok(Some(input));
        }
        let (begun, wait) = (!batch.is_empty(), self.parts.settings.batch_wait);
        next_polled(begun, || self.poll(if begun { batch.patience(wait) } else { IDLE_WAIT }))
    }

    /// Drops what was staged; all of the batch is to be folded again, the suspect alone.
    fn fold_again(&mut self, batch: Batch, suspect: Input) {
        self.suspect = Some(suspect.place);
        self.inputs.push_front(suspect);
        for input in batch.inputs.into_iter().rev() {
            self.inputs.push_front(input);
        }
        self.abort_staged();
    }

    /// An input that failed alone, too. Unless it is the state that is poison: then every later
    /// input would be rejected, and nobody told.
    fn reject(&mut self, input: &Input, why: &str, policy: &Policy) -> Result<effects::Effects, Ended> {
        self.abort_staged();
        let record_bytes_max = self.parts.kafka.record_bytes_max;
        let number = input.place.partition;
        let Some(partition) = self.partitions.get_mut(&number) else {
            return Ok(effects::Effects::default());
        };
        if let Body::Event(_) = &input.body {
            while partition.shard.next_due(policy, input.time).is_some_and(|due| due < input.time) {
                effects::of_timer(partition, input.time, policy, record_bytes_max)
                    .map_err(|why| poison_state(number, &why))?;
            }
            partition.abort();
        }
        tracing::error!(place = ?input.place, %why, "an event can't be folded; it goes to incident.rejected");
        let effects = effects::rejected(input, Some(why), record_bytes_max).map_err(Ended::Refused)?;
        partition.next = input.place.offset + 1;
        Ok(effects)
    }

    /// One record, or the news that there is none for now.
    fn poll(&mut self, wait: Duration) -> Result<Polled<Input>, Ended> {
        match self.consumer.poll(wait) {
            None => Ok(Polled::Nothing),
            Some(Ok(message)) => {
                let partition = self.partitions.get_mut(&message.partition());
                let Some(partition) = partition.filter(|_| self.live.contains(&message.partition())) else {
                    return Ok(Polled::Aside);
                };
                partition.at_end = false;
                if message.offset() < partition.next {
                    return Ok(Polled::Aside);
                }
                Ok(Polled::Input(Input::read(&message)))
            }
            Some(Err(KafkaError::PartitionEOF(number))) => {
                if let Some(partition) = self.partitions.get_mut(&number) {
                    partition.at_end = true;
                }
                Ok(Polled::Aside)
            }
            Some(Err(error)) => consumer_trouble(&error).map(|()| Polled::Aside),
        }
    }

    /// One transaction with all that the batch holds, progress and offsets.
    fn write(&mut self, batch: &Batch) -> Result<(BTreeMap<i32, i64>, Vec<Progress>), Trouble> {
        let moved = batch.partitions.iter().filter_map(|number| self.partitions.get(number));
        let progress: Vec<Progress> = moved.map(|partition| partition.progress_now(&self.cluster)).collect();
        let made: Result<Vec<OutRecord>, _> = progress.iter().map(record::progress).collect();
        let progress_records = made.map_err(|error| Trouble::Broken(error.to_string()))?;
        let records = batch.records().chain(&progress_records);
        let consumer = &self.consumer;
        let metadata = || consumer.group_metadata();
        let consumed = match self.parts.mode {
            Mode::Group => {
                let mut offsets = TopicPartitionList::new();
                for progress in &progress {
                    offsets
                        .add_partition_offset(
                            &self.events,
                            progress.partition,
                            Offset::Offset(progress.next_offset),
                        )
                        .map_err(|error| Trouble::Broken(error.to_string()))?;
                }
                Some(Consumed { offsets, metadata: &metadata })
            }
            Mode::Direct => None,
        };
        let state_ends = self.writer.commit(records, consumed.as_ref())?;
        Ok((state_ends, progress))
    }

    /// The transaction is on the log: what was staged is the state.
    fn apply(&mut self, batch: &Batch, state_ends: &BTreeMap<i32, i64>, progress: Vec<Progress>) {
        for progress in progress {
            if let Some(partition) = self.partitions.get_mut(&progress.partition) {
                partition.commit(state_ends.get(&progress.partition).copied(), progress);
            }
        }
        let metrics = &self.parts.metrics;
        observe::committed(metrics, &batch.tallies, self.parts.clock.now());
        observe::open(metrics, self.live.iter().filter_map(|number| self.partitions.get(number)));
    }

    /// Drops what was staged in every partition.
    pub(super) fn abort_staged(&mut self) {
        self.partitions.values_mut().for_each(Partition::abort);
    }
}

/// The next record: an empty batch looks at its orders after whatever was polled, a begun one at
/// what stands behind it.
fn next_polled<T, E>(begun: bool, mut poll: impl FnMut() -> Result<Polled<T>, E>) -> Result<Option<T>, E> {
    loop {
        match poll()? {
            Polled::Input(input) => return Ok(Some(input)),
            Polled::Aside if begun => {}
            Polled::Aside | Polled::Nothing => return Ok(None),
        }
    }
}

/// Forgetting who was told is worse than stopping.
pub(super) fn poison_state(partition: i32, why: &str) -> Ended {
    Ended::Refused(format!("a timer of partition {partition} of incident.state can't be folded: {why}"))
}

/// What an error of the consumer means; fine where librdkafka lives through it.
pub(super) fn consumer_trouble(error: &KafkaError) -> Result<(), Ended> {
    match error.rdkafka_error_code() {
        Some(RDKafkaErrorCode::FencedInstanceId) => Err(Ended::Fenced(error.to_string())),
        // Where to begin is judged anew by the next session, which says what is wrong.
        Some(RDKafkaErrorCode::AutoOffsetReset) => Err(Ended::Broken(error.to_string())),
        _ if is_passing(error) => Ok(()),
        _ => Err(Ended::Broken(error.to_string())),
    }
}

impl From<Trouble> for Ended {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Fenced(why) => Self::Fenced(why),
            Trouble::Abort(why) | Trouble::Refused(why) | Trouble::Broken(why) => Self::Broken(why),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_partition_does_not_end_a_batch_that_has_begun() {
        let polled = || vec![Polled::Aside, Polled::Aside, Polled::Input(7), Polled::Nothing].into_iter();
        let next = |begun, mut polled: std::vec::IntoIter<Polled<i32>>| {
            next_polled(begun, || polled.next().ok_or(())).map(|input| (input, polled.len()))
        };
        assert_eq!(next(true, polled()), Ok((Some(7), 1)));
        assert_eq!(next(false, polled()), Ok((None, 3)));
    }
}

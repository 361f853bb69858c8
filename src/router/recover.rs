//! The one way back: after a start, an assignment, an abort or a fence. What was staged is dropped,
//! and the state is read from where memory is a copy of it, up to its end. Meanwhile nothing is
//! consumed, and the consumer is polled, so that the group sees it alive.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::{Offset, TopicPartitionList};

use super::group::Membership;
use super::observe;
use super::partition::Partition;
use super::place::{self, Log};
use super::restore::Unrestored;
use super::session::{Ended, Session, consumer_trouble};
use super::{Mode, RouterState};
use crate::core::record::StateRecord;

const ASK_TIMEOUT: Duration = Duration::from_secs(5);
/// Offsets of a transaction in doubt are waited for; it is decided after 10 s and a sweep.
const PENDING_FOR_MAX: Duration = Duration::from_mins(1);

impl Session<'_> {
    /// Partitions came or went.
    pub(super) fn take_over_assignment(&mut self) -> Result<(), Ended> {
        let assigned = self.consumer.context().assigned();
        self.turn = assigned.turn;
        self.inputs.clear();
        self.suspect = None;
        self.abort_staged();
        let Some(partitions) = assigned.partitions else {
            // Between a revocation and the next assignment: keep the copies, fold nothing.
            self.live.clear();
            return Ok(());
        };
        self.partitions.retain(|number, _| partitions.contains(number));
        for number in &partitions {
            self.partitions.entry(*number).or_insert_with(|| Partition::new(*number));
        }
        self.live = partitions;
        if let Some(assignment) = self.restore()? {
            // A rebalance in this moment is seen at the next poll; what was fetched is then dropped.
            self.consumer.assign(&assignment).map_err(|error| broken("assign", &error))?;
            self.running();
        }
        Ok(())
    }

    /// A transaction did not commit, or nobody knows.
    pub(super) fn recover_from(&mut self, why: &str) -> Result<(), Ended> {
        tracing::warn!(why, "a transaction is aborted; its events are folded again");
        self.writer.abort()?;
        self.inputs.clear();
        self.suspect = None;
        self.abort_staged();
        let Some(places) = self.restore()? else { return Ok(()) };
        // Not assigned anew: librdkafka 2.12 aborts the process where that happens while the
        // partitions are still being stopped. What was fetched meanwhile has been dropped.
        let sought =
            self.consumer.seek_partitions(places, ASK_TIMEOUT).map_err(|error| broken("seek", &error))?;
        for element in sought.elements() {
            element.error().map_err(|error| broken("seek", &error))?;
        }
        self.running();
        Ok(())
    }

    /// Reads the state of all live partitions to its end, and says where to consume from; none where
    /// something else has come in between.
    fn restore(&mut self) -> Result<Option<TopicPartitionList>, Ended> {
        let began = Instant::now();
        if self.live.is_empty() {
            return Ok(Some(TopicPartitionList::new()));
        }
        if self.parts.mode == Mode::Group && !self.wait_for_pending_offsets()? {
            return Ok(None);
        }
        if !self.read_states()? {
            return Ok(None);
        }
        let incidents: usize = self.partitions.values().map(|partition| partition.shard.len()).sum();
        tracing::info!(incidents, ms = began.elapsed().as_millis(), "the state is read");
        self.places().map(Some)
    }

    fn running(&self) {
        tracing::info!(partitions = ?self.live, "folding");
        // What is remembered is open before anything new comes.
        observe::open(&self.parts.metrics, self.live.iter().filter_map(|number| self.partitions.get(number)));
        self.state.send_replace(RouterState::Running);
    }

    /// The group answers only once no transaction with offsets of these partitions is in doubt.
    /// False where something else has come in between.
    fn wait_for_pending_offsets(&mut self) -> Result<bool, Ended> {
        let deadline = Instant::now() + PENDING_FOR_MAX;
        loop {
            let mut asked = TopicPartitionList::new();
            for number in &self.live {
                asked.add_partition(&self.events, *number);
            }
            match self.consumer.committed_offsets(asked, Duration::from_secs(2)) {
                Ok(_) => return Ok(true),
                Err(error) if Instant::now() > deadline => return Err(broken("committed offsets", &error)),
                Err(_) => {}
            }
            if !goes_on(&self.consumer, self.turn, self.stop)? {
                return Ok(false);
            }
        }
    }

    /// Brings memory to the end of the state; false where something else has come in between.
    fn read_states(&mut self) -> Result<bool, Ended> {
        let from: BTreeMap<i32, Option<i64>> = self
            .live
            .iter()
            .map(|number| (*number, self.partitions.get(number).and_then(|partition| partition.state_next)))
            .collect();
        let (consumer, turn, stop) = (&self.consumer, self.turn, self.stop);
        let mut ended = None;
        let mut go_on = || match goes_on(consumer, turn, stop) {
            Ok(go_on) => go_on,
            Err(why) => {
                ended = Some(why);
                false
            }
        };
        let partitions = &mut self.partitions;
        let mut take = |number, record| take(partitions, number, record);
        let ends = match self.states.read(&from, &mut go_on, &mut take) {
            Ok(ends) => ends,
            Err(Unrestored::Interrupted) => return ended.map_or(Ok(false), Err),
            Err(Unrestored::Kafka(why)) => return Err(Ended::Broken(why)),
            Err(Unrestored::Poison(why)) => return Err(Ended::Refused(why)),
        };
        for (number, end) in ends {
            if let Some(partition) = self.partitions.get_mut(&number) {
                partition.state_next = Some(end);
            }
        }
        Ok(true)
    }

    /// Judges where each partition begins, by its progress record.
    fn places(&mut self) -> Result<TopicPartitionList, Ended> {
        let mut places = TopicPartitionList::new();
        for number in &self.live {
            let Some(partition) = self.partitions.get_mut(number) else { continue };
            let (first, end) = self
                .consumer
                .fetch_watermarks(&self.events, *number, ASK_TIMEOUT)
                .map_err(|error| broken("where the events begin and end", &error))?;
            let progress = partition.progress.as_ref();
            let log = Log { first, end };
            let next = place::begin(*number, progress, partition.shard.len(), &self.cluster, log)
                .map_err(Ended::Refused)?;
            if let Some(progress) = progress {
                partition.shard.restore_clock(progress.clock);
                partition.shard.hold_until(progress.hold_until);
                partition.shard.restore_policy(progress.policy.clone());
            }
            partition.begin_at(next);
            places
                .add_partition_offset(&self.events, *number, Offset::Offset(next))
                .map_err(|error| broken("assign", &error))?;
        }
        Ok(places)
    }
}

/// Keeps the group served; false where the restore has lost its purpose.
fn goes_on(
    consumer: &BaseConsumer<Membership>,
    turn: u64,
    stop: &std::sync::atomic::AtomicBool,
) -> Result<bool, Ended> {
    match consumer.poll(Duration::ZERO) {
        Some(Err(KafkaError::PartitionEOF(_)) | Ok(_)) | None => {}
        Some(Err(error)) => consumer_trouble(&error)?,
    }
    Ok(consumer.context().turn() == turn && !stop.load(Ordering::Relaxed))
}

/// Takes one record of the state into memory.
fn take(partitions: &mut BTreeMap<i32, Partition>, number: i32, record: Option<StateRecord>) {
    let Some(partition) = partitions.get_mut(&number) else { return };
    match record {
        None => *partition = Partition::new(number),
        Some(StateRecord::State(state)) => partition.shard.restore(*state),
        Some(StateRecord::Forgotten(incident)) => partition.shard.restore_forgotten(&incident),
        Some(StateRecord::Progress(progress)) => partition.progress = Some(progress),
    }
}

fn broken(what: &str, error: &KafkaError) -> Ended {
    Ended::Broken(format!("{what}: {error}"))
}

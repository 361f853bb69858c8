//! Reads `incident.state` up to its end as it must be: past every transaction that could still
//! commit. The order was tested: the group's committed offsets first, for they wait for those of
//! transactions in doubt; then the end including what is open; then until nothing is open below it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rdkafka::consumer::Consumer;
use rdkafka::error::KafkaError;
use rdkafka::{Message, Offset, TopicPartitionList};

use super::logs::Logs;
use crate::core::record::{StateRecord, topics};
use crate::kafka::reader::is_passing;
use crate::kafka::settings::KafkaSettings;

/// A transaction left open by a dead router ends by itself after 10 s and the broker's sweep.
const SETTLE_FOR_MAX: Duration = Duration::from_mins(1);
/// No state takes longer than that without a single record coming in.
const SILENT_FOR_MAX: Duration = Duration::from_secs(30);

/// Why a restore did not come to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unrestored {
    /// Asked to stop, or the assignment has changed: begin anew.
    Interrupted,
    /// Kafka did not answer.
    Kafka(String),
    /// The state can't be read: the router must stop.
    Poison(String),
}

/// Up to where a partition is to be read.
#[derive(Debug, Clone, Copy)]
struct Span {
    from: i64,
    end: i64,
}

/// Reads the state of partitions.
pub(super) struct StateReader {
    pub(super) logs: Logs,
    topic: String,
}

impl StateReader {
    /// Opens it.
    pub(super) fn open(settings: &KafkaSettings) -> Result<Self, String> {
        Ok(Self { logs: Logs::open(settings)?, topic: settings.topic(topics::STATE) })
    }

    /// Reads each partition from the given offset (none: the beginning) to its end. `go_on` is
    /// asked all the while. Says up to where each partition was read.
    pub(super) fn read(
        &self,
        from: &BTreeMap<i32, Option<i64>>,
        go_on: &mut dyn FnMut() -> bool,
        take: &mut dyn FnMut(i32, Option<StateRecord>),
    ) -> Result<BTreeMap<i32, i64>, Unrestored> {
        let mut spans = BTreeMap::new();
        for (partition, from) in from {
            let (first, end) = self.settled(*partition, go_on)?;
            let from = match from {
                Some(from) if (first..=end).contains(from) => *from,
                Some(_) => {
                    // The log was cut or made anew: what is remembered is of another one.
                    take(*partition, None);
                    first
                }
                None => first,
            };
            spans.insert(*partition, Span { from, end });
        }
        self.read_spans(&spans, go_on, take)?;
        Ok(spans.into_iter().map(|(partition, span)| (partition, span.end)).collect())
    }

    /// Where a partition begins, and its end once no transaction is open below it.
    fn settled(&self, partition: i32, go_on: &mut dyn FnMut() -> bool) -> Result<(i64, i64), Unrestored> {
        let kafka =
            |error: KafkaError| Unrestored::Kafka(format!("{}/{partition}: its end: {error}", self.topic));
        let wanted = self.logs.end(&self.topic, partition).map_err(kafka)?;
        let deadline = Instant::now() + SETTLE_FOR_MAX;
        loop {
            let (first, stable) = self.logs.decided(&self.topic, partition).map_err(kafka)?;
            if stable >= wanted {
                return Ok((first, stable));
            }
            if Instant::now() > deadline {
                let why = format!("{}/{partition}: a transaction stays open at offset {stable}", self.topic);
                return Err(Unrestored::Kafka(why));
            }
            if !go_on() {
                return Err(Unrestored::Interrupted);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn read_spans(
        &self,
        spans: &BTreeMap<i32, Span>,
        go_on: &mut dyn FnMut() -> bool,
        take: &mut dyn FnMut(i32, Option<StateRecord>),
    ) -> Result<(), Unrestored> {
        let kafka = |error: KafkaError| Unrestored::Kafka(format!("reading {}: {error}", self.topic));
        let committed = &self.logs.committed;
        let mut waiting: Vec<i32> =
            spans.iter().filter(|(_, span)| span.from < span.end).map(|(partition, _)| *partition).collect();
        let mut assignment = TopicPartitionList::new();
        for partition in &waiting {
            let from = spans.get(partition).map_or(0, |span| span.from);
            assignment.add_partition_offset(&self.topic, *partition, Offset::Offset(from)).map_err(kafka)?;
        }
        committed.assign(&assignment).map_err(kafka)?;
        let mut heard = Instant::now();
        let mut asked = Instant::now();
        while !waiting.is_empty() {
            match committed.poll(Duration::from_millis(50)) {
                Some(Ok(message)) => {
                    heard = Instant::now();
                    let record = StateRecord::read(message.key(), message.payload()).map_err(|error| {
                        let place =
                            format!("{}/{} offset {}", self.topic, message.partition(), message.offset());
                        Unrestored::Poison(format!("{place}: {error}"))
                    })?;
                    take(message.partition(), Some(record));
                }
                Some(Err(KafkaError::PartitionEOF(partition))) => {
                    heard = Instant::now();
                    waiting.retain(|waiting| *waiting != partition);
                }
                Some(Err(error)) if !is_passing(&error) => return Err(kafka(error)),
                Some(Err(_)) | None => {}
            }
            if heard.elapsed() > SILENT_FOR_MAX {
                return Err(Unrestored::Kafka(format!("reading {}: nothing comes", self.topic)));
            }
            // Asked rarely: it serves the group, and costs more than a record.
            if asked.elapsed() > Duration::from_millis(50) {
                asked = Instant::now();
                if !go_on() {
                    return Err(Unrestored::Interrupted);
                }
            }
        }
        committed.unassign().map_err(kafka)
    }
}

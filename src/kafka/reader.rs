//! Reads committed records, joins no group and leaves no trace: for tools and tests.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rdkafka::config::FromClientConfigAndContext;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{BorrowedMessage, Headers};
use rdkafka::metadata::{MetadataPartition, MetadataTopic};
use rdkafka::{ClientConfig, Message, Offset, TopicPartitionList};

use super::ClientError;
use super::context::Logged;
use super::properties::{self, Role};
use super::settings::KafkaSettings;

const ASK_TIMEOUT: Duration = Duration::from_secs(10);

/// Where to begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// With the oldest record there is.
    Beginning,
    /// With the next record to be written.
    End,
}

/// A record as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadRecord {
    /// Without the prefix.
    pub topic: String,
    /// Partition.
    pub partition: i32,
    /// Offset.
    pub offset: i64,
    /// Time of its log or of its producer, as the topic says.
    pub timestamp: Timestamp,
    /// Key, where it is text.
    pub key: Option<String>,
    /// Headers whose values are text, in order.
    pub headers: Vec<(String, String)>,
    /// Value; none for a tombstone.
    pub payload: Option<Vec<u8>>,
}

impl ReadRecord {
    /// The value of one header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Reads some topics, all their partitions.
pub struct Reader {
    config: ClientConfig,
    prefix: String,
    /// Topic with prefix, and partition → the next offset to read.
    places: BTreeMap<(String, i32), i64>,
    /// Reads on in all topics, for [`Reader::next`].
    following: Option<BaseConsumer<Logged>>,
}

impl Reader {
    /// Opens these topics, named without their prefix, as a tool of people.
    pub fn open(settings: &KafkaSettings, topics: &[&str], from: From) -> Result<Self, ClientError> {
        Self::open_as("herald-reader", settings, topics, from)
    }

    /// The same under a group's name of its own. No group is joined; but librdkafka asks for its
    /// coordinator, and access lists may know only this name.
    pub fn open_as(
        group: &str,
        settings: &KafkaSettings,
        topics: &[&str],
        from: From,
    ) -> Result<Self, ClientError> {
        let config = config(group, settings)?;
        let consumer = consumer(&config)?;
        let mut places = BTreeMap::new();
        for name in topics {
            let topic = settings.topic(name);
            for partition in partitions(&consumer, &topic)? {
                // Asked for now, so that "the end" is the end at this call.
                let (low, high) =
                    consumer.fetch_watermarks(&topic, partition, ASK_TIMEOUT).map_err(|error| {
                        ClientError::kafka(format!("{topic}/{partition}: its offsets"), &error)
                    })?;
                let next = if from == From::Beginning { low } else { high };
                places.insert((topic.clone(), partition), next);
            }
        }
        Ok(Self { config, prefix: settings.topic_prefix.clone(), places, following: None })
    }

    /// Opens one partition at one offset.
    pub fn open_at(
        settings: &KafkaSettings,
        topic: &str,
        partition: i32,
        offset: i64,
    ) -> Result<Self, ClientError> {
        let config = config("herald-reader", settings)?;
        let places = BTreeMap::from([((settings.topic(topic), partition), offset)]);
        Ok(Self { config, prefix: settings.topic_prefix.clone(), places, following: None })
    }

    /// The next offset to be read in a partition of a topic, named without its prefix.
    pub fn next_offset(&self, topic: &str, partition: i32) -> Option<i64> {
        self.places.get(&(format!("{}{topic}", self.prefix), partition)).copied()
    }

    /// The next record; none where none came in this time.
    pub fn next(&mut self, timeout: Duration) -> Result<Option<ReadRecord>, ClientError> {
        let deadline = Instant::now() + timeout;
        let consumer = match self.following.take() {
            Some(consumer) => consumer,
            None => self.assigned(None)?.0,
        };
        let found = loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.poll(&consumer, left)? {
                Polled::Record(record) => break Some(record),
                Polled::End(_) | Polled::Nothing if left.is_zero() => break None,
                Polled::End(_) | Polled::Nothing => {}
            }
        };
        self.following = Some(consumer);
        Ok(found)
    }

    /// The partitions of a topic, named without its prefix, each with the next offset to be read.
    pub fn partitions(&self, topic: &str) -> Vec<(i32, i64)> {
        let topic = format!("{}{topic}", self.prefix);
        let of_it = self.places.iter().filter(|((known, _), _)| *known == topic);
        of_it.map(|((_, partition), next)| (*partition, *next)).collect()
    }

    /// The first offset whose record was written at this time or later; the end where none was.
    pub fn offset_at(&self, topic: &str, partition: i32, at: Timestamp) -> Result<i64, ClientError> {
        let topic = format!("{}{topic}", self.prefix);
        let wrong =
            |error: KafkaError| ClientError::kafka(format!("{topic}/{partition}: its offsets"), &error);
        let mut wanted = TopicPartitionList::new();
        let millis = Offset::Offset(at.as_millisecond().max(0));
        wanted.add_partition_offset(&topic, partition, millis).map_err(wrong)?;
        let consumer = consumer(&self.config)?;
        let found = consumer.offsets_for_times(wanted, ASK_TIMEOUT).map_err(wrong)?;
        match found.find_partition(&topic, partition).map(|found| found.offset()) {
            Some(Offset::Offset(offset)) => Ok(offset),
            _ => {
                consumer.fetch_watermarks(&topic, partition, ASK_TIMEOUT).map(|(_, high)| high).map_err(wrong)
            }
        }
    }

    /// The next record of a reader of one partition; none at its end. Gives up where nothing comes
    /// in this time.
    pub fn next_to_end(&mut self, timeout: Duration) -> Result<Option<ReadRecord>, ClientError> {
        let deadline = Instant::now() + timeout;
        let consumer = match self.following.take() {
            Some(consumer) => consumer,
            None => self.assigned(None)?.0,
        };
        let found = loop {
            match self.poll(&consumer, Duration::from_millis(100))? {
                Polled::Record(record) => break Some(record),
                Polled::End(_) => break None,
                Polled::Nothing if Instant::now() > deadline => {
                    let why = "its end was not reached in time".to_owned();
                    return Err(ClientError::Kafka { what: "reading".to_owned(), why });
                }
                Polled::Nothing => {}
            }
        };
        self.following = Some(consumer);
        Ok(found)
    }

    /// All records from where it has read up to where the topics end now; one topic after the other.
    pub fn read_to_end(&mut self, timeout: Duration) -> Result<Vec<ReadRecord>, ClientError> {
        let mut records = Vec::new();
        self.each_to_end(timeout, &mut |record| records.push(record))?;
        Ok(records)
    }

    /// The same, each record by itself, for more of them than one wants to keep. Gives up where
    /// nothing comes in this time.
    pub fn each_to_end(
        &mut self,
        timeout: Duration,
        take: &mut dyn FnMut(ReadRecord),
    ) -> Result<(), ClientError> {
        let mut deadline = Instant::now() + timeout;
        self.following = None;
        let topics: BTreeSet<String> = self.places.keys().map(|(topic, _)| topic.clone()).collect();
        for topic in topics {
            // A consumer of its own, so that every partition's end is reported once. The end carries
            // no topic, hence one at a time; offsets alone would not do, for the last may be a
            // transaction's marker, which is never delivered. And librdkafka 2.12 aborts the process
            // where one consumer is assigned anew while partitions are still being stopped.
            let (consumer, mut waiting) = self.assigned(Some(&topic))?;
            while !waiting.is_empty() {
                match self.poll(&consumer, Duration::from_millis(100))? {
                    Polled::Record(record) => {
                        deadline = Instant::now() + timeout;
                        take(record);
                    }
                    Polled::End(partition) => _ = waiting.remove(&partition),
                    Polled::Nothing if Instant::now() > deadline => {
                        let why = format!("the end of {topic} was not reached in time");
                        return Err(ClientError::Kafka { what: "reading".to_owned(), why });
                    }
                    Polled::Nothing => {}
                }
            }
        }
        Ok(())
    }

    fn poll(&mut self, consumer: &BaseConsumer<Logged>, timeout: Duration) -> Result<Polled, ClientError> {
        match consumer.poll(timeout) {
            Some(Ok(message)) => {
                let record = record(&message, &self.prefix);
                self.places.insert((message.topic().to_owned(), message.partition()), message.offset() + 1);
                Ok(Polled::Record(record))
            }
            Some(Err(KafkaError::PartitionEOF(partition))) => Ok(Polled::End(partition)),
            Some(Err(error)) if is_passing(&error) => Ok(Polled::Nothing),
            Some(Err(error)) => Err(ClientError::kafka("reading", &error)),
            None => Ok(Polled::Nothing),
        }
    }

    /// A consumer that reads on in one topic, or in all; and which partitions these are.
    fn assigned(&self, only: Option<&str>) -> Result<(BaseConsumer<Logged>, BTreeSet<i32>), ClientError> {
        let mut assignment = TopicPartitionList::new();
        let mut partitions = BTreeSet::new();
        for ((topic, partition), next) in &self.places {
            if only.is_none_or(|only| only == topic) {
                assignment
                    .add_partition_offset(topic, *partition, Offset::Offset(*next))
                    .map_err(|error| ClientError::kafka(topic.clone(), &error))?;
                partitions.insert(*partition);
            }
        }
        let consumer = consumer(&self.config)?;
        consumer.assign(&assignment).map_err(|error| ClientError::kafka("reading", &error))?;
        Ok((consumer, partitions))
    }
}

fn config(group: &str, settings: &KafkaSettings) -> Result<ClientConfig, ClientError> {
    let mut config = properties::config(settings, Role::Reader)?;
    config.set("group.id", group).set("isolation.level", "read_committed");
    Ok(config)
}

fn consumer(config: &ClientConfig) -> Result<BaseConsumer<Logged>, ClientError> {
    BaseConsumer::from_config_and_context(config, Logged("reader"))
        .map_err(|error| ClientError::kafka("the reader can't be made", &error))
}

enum Polled {
    Record(ReadRecord),
    End(i32),
    Nothing,
}

/// The partitions of a topic.
fn partitions(consumer: &BaseConsumer<Logged>, topic: &str) -> Result<Vec<i32>, ClientError> {
    let what = || format!("topic {topic}");
    let metadata = consumer
        .fetch_metadata(Some(topic), ASK_TIMEOUT)
        .map_err(|error| ClientError::kafka(what(), &error))?;
    let ids: Vec<i32> =
        metadata.topics().iter().flat_map(MetadataTopic::partitions).map(MetadataPartition::id).collect();
    if ids.is_empty() {
        return Err(ClientError::Kafka { what: what(), why: "there is none".to_owned() });
    }
    Ok(ids)
}

/// Is it an error that librdkafka lives through?
pub(crate) fn is_passing(error: &KafkaError) -> bool {
    matches!(
        error.rdkafka_error_code(),
        Some(
            RDKafkaErrorCode::BrokerTransportFailure
                | RDKafkaErrorCode::AllBrokersDown
                | RDKafkaErrorCode::Resolve
                | RDKafkaErrorCode::OperationTimedOut
                | RDKafkaErrorCode::NotCoordinator
                | RDKafkaErrorCode::CoordinatorNotAvailable
                | RDKafkaErrorCode::CoordinatorLoadInProgress
                | RDKafkaErrorCode::LeaderNotAvailable
                | RDKafkaErrorCode::NotLeaderForPartition
                | RDKafkaErrorCode::ReplicaNotAvailable
                | RDKafkaErrorCode::UnknownLeaderEpoch
                | RDKafkaErrorCode::FencedLeaderEpoch
                | RDKafkaErrorCode::PollExceeded
        )
    )
}

fn record(message: &BorrowedMessage<'_>, prefix: &str) -> ReadRecord {
    let text = |bytes: &[u8]| std::str::from_utf8(bytes).map(str::to_owned).ok();
    let headers = message.headers().map_or_else(Vec::new, |headers| {
        headers.iter().filter_map(|h| Some((h.key.to_owned(), text(h.value?)?))).collect()
    });
    let millis = message.timestamp().to_millis().unwrap_or_default();
    ReadRecord {
        topic: message.topic().strip_prefix(prefix).unwrap_or(message.topic()).to_owned(),
        partition: message.partition(),
        offset: message.offset(),
        timestamp: Timestamp::from_millisecond(millis).unwrap_or_default(),
        key: message.key().and_then(text),
        headers,
        payload: message.payload().map(<[u8]>::to_vec),
    }
}

//! Reads topics as a subscriber would: committed records only, no group, nothing stored.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::message::Message as _;
use rdkafka::{ClientConfig, Offset, TopicPartitionList};

/// How long a question to the cluster may take.
const ASK_WAIT: Duration = Duration::from_secs(10);
/// How often new topics are looked for: a reload may bring an audience.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// One record.
#[derive(Debug, Clone)]
pub(super) struct Record {
    /// With its prefix.
    pub(super) topic: String,
    /// Its value; tombstones are left out.
    pub(super) value: Vec<u8>,
}

/// Follows every topic that `wanted` names.
pub(super) struct Follower {
    consumer: BaseConsumer,
    wanted: Box<dyn Fn(&str) -> bool + Send>,
    assigned: TopicPartitionList,
    known: BTreeSet<(String, i32)>,
    looked_at: Instant,
}

impl Follower {
    /// Begins at the end of each topic, or at its beginning.
    pub(super) fn open(
        mut config: ClientConfig,
        from_beginning: bool,
        wanted: impl Fn(&str) -> bool + Send + 'static,
    ) -> anyhow::Result<Self> {
        config
            // Nothing is committed; librdkafka wants a name all the same.
            .set("group.id", "herald-tail")
            .set("enable.auto.commit", "false")
            .set("enable.auto.offset.store", "false")
            .set("auto.offset.reset", "earliest")
            .set("isolation.level", "read_committed")
            .set("fetch.wait.max.ms", "100");
        let consumer: BaseConsumer = config.create().context("can't make a Kafka consumer")?;
        let mut follower = Self {
            consumer,
            wanted: Box::new(wanted),
            assigned: TopicPartitionList::new(),
            known: BTreeSet::new(),
            looked_at: Instant::now(),
        };
        follower.look(if from_beginning { Offset::Beginning } else { Offset::End })?;
        Ok(follower)
    }

    /// Topics that are followed.
    pub(super) fn topics(&self) -> BTreeSet<&str> {
        self.known.iter().map(|(topic, _)| topic.as_str()).collect()
    }

    /// The next record, if one comes in time.
    pub(super) fn next(&mut self, wait: Duration) -> anyhow::Result<Option<Record>> {
        if self.looked_at.elapsed() > LOOK_EVERY {
            // Whatever is new since has been written since.
            self.look(Offset::Beginning)?;
        }
        match self.consumer.poll(wait) {
            None => Ok(None),
            Some(Err(error)) => match error.rdkafka_error_code() {
                // Passing states of a cluster; librdkafka goes on by itself.
                Some(code) if passing(code) => Ok(None),
                _ => Err(error).context("can't read from Kafka"),
            },
            Some(Ok(message)) => Ok(message
                .payload()
                .map(|value| Record { topic: message.topic().to_owned(), value: value.to_vec() })),
        }
    }

    /// Takes in partitions that are new; those it has stay where they are.
    fn look(&mut self, from: Offset) -> anyhow::Result<()> {
        self.looked_at = Instant::now();
        let metadata = self.consumer.fetch_metadata(None, ASK_WAIT).context("can't reach Kafka")?;
        let mut grown = false;
        for topic in metadata.topics().iter().filter(|topic| (self.wanted)(topic.name())) {
            for partition in topic.partitions() {
                if self.known.insert((topic.name().to_owned(), partition.id())) {
                    let from = self.fixed(topic.name(), partition.id(), from)?;
                    self.assigned.add_partition_offset(topic.name(), partition.id(), from)?;
                    grown = true;
                }
            }
        }
        if !grown {
            return Ok(());
        }
        let positions = self.consumer.position().unwrap_or_default();
        for element in positions.elements() {
            if let Offset::Offset(_) = element.offset() {
                self.assigned.set_partition_offset(element.topic(), element.partition(), element.offset())?;
            }
        }
        self.consumer.assign(&self.assigned).context("can't follow the topics")
    }

    /// The end as a number, asked now: what is written from here on is not missed, however late
    /// the first fetch is.
    fn fixed(&self, topic: &str, partition: i32, from: Offset) -> anyhow::Result<Offset> {
        if from != Offset::End {
            return Ok(from);
        }
        let (_, end) = self
            .consumer
            .fetch_watermarks(topic, partition, ASK_WAIT)
            .with_context(|| format!("can't ask for the end of {topic}"))?;
        Ok(Offset::Offset(end))
    }
}

fn passing(code: rdkafka::types::RDKafkaErrorCode) -> bool {
    use rdkafka::types::RDKafkaErrorCode as Code;
    matches!(
        code,
        Code::BrokerTransportFailure
            | Code::AllBrokersDown
            | Code::OperationTimedOut
            | Code::NotLeaderForPartition
            | Code::LeaderNotAvailable
            | Code::UnknownTopicOrPartition
            | Code::NoOffset
    )
}

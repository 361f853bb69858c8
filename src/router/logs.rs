//! How far the partitions of a topic reach, and whether anything stands before their end: asked by
//! clients that are in no group, so that what the router's own consumer has queued plays no part.

use std::time::{Duration, Instant};

use rdkafka::config::FromClientConfigAndContext;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::{Message, Offset, TopicPartitionList};

use crate::kafka::context::Logged;
use crate::kafka::properties::{self, Role};
use crate::kafka::reader::is_passing;
use crate::kafka::settings::KafkaSettings;

const ASK_TIMEOUT: Duration = Duration::from_secs(5);

/// See the module's text.
pub(super) struct Logs {
    /// Reads what is committed, in order; by whoever needs it, one at a time.
    pub(super) committed: BaseConsumer<Logged>,
    uncommitted: BaseConsumer<Logged>,
}

impl Logs {
    /// Opens it.
    pub(super) fn open(settings: &KafkaSettings) -> Result<Self, String> {
        let consumer = |isolation: &str| {
            let mut config = properties::config(settings, Role::Reader).map_err(|error| error.to_string())?;
            config.set("group.id", "herald-restore").set("isolation.level", isolation);
            BaseConsumer::from_config_and_context(&config, Logged("restore")).map_err(|e| e.to_string())
        };
        Ok(Self { committed: consumer("read_committed")?, uncommitted: consumer("read_uncommitted")? })
    }

    /// The offset after the last record, decided or not.
    pub(super) fn end(&self, topic: &str, partition: i32) -> Result<i64, KafkaError> {
        self.uncommitted.fetch_watermarks(topic, partition, ASK_TIMEOUT).map(|(_, end)| end)
    }

    /// The first offset, and the one before which no transaction is open.
    pub(super) fn decided(&self, topic: &str, partition: i32) -> Result<(i64, i64), KafkaError> {
        self.committed.fetch_watermarks(topic, partition, ASK_TIMEOUT)
    }

    /// Is it certain that no committed record stands from `from` up to `end`, nor will? Offsets may
    /// also hold markers and what was aborted, which nobody is ever given; so it is read.
    pub(super) fn is_void(
        &self,
        topic: &str,
        partition: i32,
        from: i64,
        end: i64,
    ) -> Result<bool, KafkaError> {
        if self.decided(topic, partition)?.1 < end {
            return Ok(false);
        }
        let mut assignment = TopicPartitionList::new();
        assignment.add_partition_offset(topic, partition, Offset::Offset(from))?;
        self.committed.assign(&assignment)?;
        let void = self.reads_nothing_before(end);
        self.committed.unassign()?;
        void
    }

    fn reads_nothing_before(&self, end: i64) -> Result<bool, KafkaError> {
        let asked = Instant::now();
        while asked.elapsed() < ASK_TIMEOUT {
            match self.committed.poll(Duration::from_millis(50)) {
                Some(Ok(message)) => return Ok(message.offset() >= end),
                Some(Err(KafkaError::PartitionEOF(_))) => return Ok(true),
                Some(Err(error)) if !is_passing(&error) => return Err(error),
                Some(Err(_)) | None => {}
            }
        }
        Ok(false)
    }
}

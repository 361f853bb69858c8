//! One Kafka transaction, in the order that was tested by killing it: begin → produce → wait for
//! every delivery → the group's metadata, taken now → offsets → commit.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

use rdkafka::TopicPartitionList;
use rdkafka::config::FromClientConfigAndContext;
use rdkafka::consumer::ConsumerGroupMetadata;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::{Producer, ThreadedProducer};

use super::delivery::{Deliveries, OTHER, STATE};
use crate::core::record::{OutRecord, topics};
use crate::kafka::properties::{self, Role};
use crate::kafka::send::base_record;
use crate::kafka::settings::KafkaSettings;

/// Longer than `message.timeout.ms`, after which librdkafka itself gives up.
const DELIVERY_WAIT_MAX: Duration = Duration::from_secs(10);
const CALL_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a call that may be repeated is repeated.
const RETRY_FOR_MAX: Duration = Duration::from_secs(30);

/// Why a transaction did not commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    /// It must be aborted; then this producer can go on.
    Abort(String),
    /// It must be aborted, and would fail again: the broker refuses one of its records.
    Refused(String),
    /// Another router has this slot's name.
    Fenced(String),
    /// This producer can't go on.
    Broken(String),
}

/// Offsets, and who says so: taken at the last moment, for the group may have moved on.
pub(super) struct Consumed<'a> {
    pub(super) offsets: TopicPartitionList,
    pub(super) metadata: &'a dyn Fn() -> Option<ConsumerGroupMetadata>,
}

/// Writes transactions.
pub(super) struct Writer {
    producer: ThreadedProducer<Deliveries>,
    prefix: String,
    /// Topics' names with their prefix: made once, not for every record.
    names: HashMap<String, String>,
}

impl Writer {
    /// Starts it, and ends what a predecessor of this slot left open.
    pub(super) fn open(settings: &KafkaSettings, transactional_id: &str) -> Result<Self, Trouble> {
        let broken = |why: String| Trouble::Broken(why);
        let mut config =
            properties::config(settings, Role::RouterProducer).map_err(|error| broken(error.to_string()))?;
        config.set("transactional.id", transactional_id);
        let producer = ThreadedProducer::from_config_and_context(&config, Deliveries::default())
            .map_err(|error| broken(error.to_string()))?;
        retried("init_transactions", || producer.init_transactions(CALL_TIMEOUT))?;
        Ok(Self { producer, prefix: settings.topic_prefix.clone(), names: HashMap::new() })
    }

    /// The cluster's id.
    pub(super) fn cluster_id(&self) -> Option<String> {
        self.producer.client().fetch_cluster_id(CALL_TIMEOUT)
    }

    /// Writes all of this, or nothing. Says up to which offset each partition of the state reaches.
    pub(super) fn commit<'a>(
        &mut self,
        records: impl Iterator<Item = &'a OutRecord>,
        consumed: Option<&Consumed<'_>>,
    ) -> Result<BTreeMap<i32, i64>, Trouble> {
        retried("begin_transaction", || self.producer.begin_transaction())?;
        self.deliveries().begin();
        for record in records {
            self.send(record)?;
        }
        let state_ends = self.deliveries().wait(DELIVERY_WAIT_MAX).map_err(|undelivered| {
            let trouble = if undelivered.refused { Trouble::Refused } else { Trouble::Abort };
            trouble(undelivered.why)
        })?;
        self.wait_until_nothing_is_in_flight();
        if let Some(consumed) = consumed {
            let metadata = (consumed.metadata)()
                .ok_or_else(|| Trouble::Abort("the consumer is in no group".to_owned()))?;
            retried("send_offsets_to_transaction", || {
                self.producer.send_offsets_to_transaction(&consumed.offsets, &metadata, CALL_TIMEOUT)
            })?;
        }
        retried("commit_transaction", || self.producer.commit_transaction(CALL_TIMEOUT))?;
        Ok(state_ends)
    }

    /// Gives up the transaction that is open, if one is.
    pub(super) fn abort(&self) -> Result<(), Trouble> {
        match retried("abort_transaction", || self.producer.abort_transaction(CALL_TIMEOUT)) {
            // What can't even be aborted is over with this producer; its successor ends it.
            Err(Trouble::Abort(why)) => Err(Trouble::Broken(why)),
            other => other,
        }
    }

    fn send(&mut self, record: &OutRecord) -> Result<(), Trouble> {
        if !self.names.contains_key(&record.topic) {
            self.names.insert(record.topic.clone(), format!("{}{}", self.prefix, record.topic));
        }
        let topic = self.names.get(&record.topic).map_or(record.topic.as_str(), String::as_str);
        let what = if record.topic == topics::STATE { STATE } else { OTHER };
        self.deliveries().expect();
        // The queue's limits are far above a batch's, so a full queue is an error like any other.
        self.producer.send(base_record(record, topic, what)).map_err(|(error, _)| {
            self.deliveries().never_sent();
            trouble("produce", &error)
        })
    }

    /// The last report is counted a moment before librdkafka forgets its record; a commit in that
    /// moment would wait 100 ms.
    fn wait_until_nothing_is_in_flight(&self) {
        let deadline = Instant::now() + Duration::from_millis(100);
        while self.producer.in_flight_count() > 0 && Instant::now() < deadline {
            std::thread::sleep(Duration::from_micros(20));
        }
    }

    fn deliveries(&self) -> &Deliveries {
        self.producer.client().context()
    }
}

/// Calls again what may be called again.
fn retried(what: &str, mut call: impl FnMut() -> Result<(), KafkaError>) -> Result<(), Trouble> {
    let deadline = Instant::now() + RETRY_FOR_MAX;
    loop {
        match call() {
            Ok(()) => return Ok(()),
            Err(KafkaError::Transaction(error)) if error.is_retriable() && Instant::now() < deadline => {
                tracing::debug!(what, error = %error, "called again");
            }
            Err(error) => return Err(trouble(what, &error)),
        }
    }
}

/// What an error of the producer means.
fn trouble(what: &str, error: &KafkaError) -> Trouble {
    let why = format!("{what}: {error}");
    let code = error.rdkafka_error_code();
    let fenced = matches!(
        code,
        Some(
            RDKafkaErrorCode::Fenced
                | RDKafkaErrorCode::ProducerFenced
                | RDKafkaErrorCode::InvalidProducerEpoch
                | RDKafkaErrorCode::FencedInstanceId
        )
    );
    match error {
        KafkaError::Transaction(error) if error.is_fatal() && fenced => Trouble::Fenced(why),
        KafkaError::Transaction(error) if error.is_fatal() => Trouble::Broken(why),
        KafkaError::Transaction(error) if error.txn_requires_abort() => Trouble::Abort(why),
        KafkaError::Transaction(_) => Trouble::Broken(why),
        _ if fenced => Trouble::Fenced(why),
        _ => Trouble::Abort(why),
    }
}

//! Which partitions are this router's. librdkafka is told to fetch nothing at a rebalance: where to
//! begin is known only after the restore, and then exactly.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::error::KafkaError;
use rdkafka::topic_partition_list::TopicPartitionListElem;
use rdkafka::types::RDKafkaRespErr;
use rdkafka::{ClientContext, Statistics, TopicPartitionList};

use super::observe::Lag;
use crate::kafka::context;
use crate::telemetry::metrics::Metrics;

const CLIENT: &str = "router consumer";

/// What the consumer was assigned.
pub(super) struct Membership {
    assigned: Mutex<Assigned>,
    lag: Mutex<Lag>,
}

/// An assignment. Every change has a new turn.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Assigned {
    /// Counts changes; 0 before the first.
    pub(super) turn: u64,
    /// None between a revocation and the next assignment.
    pub(super) partitions: Option<Vec<i32>>,
}

impl Membership {
    /// Nothing assigned yet.
    pub(super) fn new(metrics: Metrics) -> Self {
        Self { assigned: Mutex::default(), lag: Mutex::new(Lag::new(metrics)) }
    }

    /// What is assigned now.
    pub(super) fn assigned(&self) -> Assigned {
        lock(&self.assigned).clone()
    }

    /// The count of changes, alone.
    pub(super) fn turn(&self) -> u64 {
        lock(&self.assigned).turn
    }

    /// Takes over an assignment, or a revocation.
    pub(super) fn assign(&self, partitions: Option<Vec<i32>>) {
        let mut assigned = lock(&self.assigned);
        assigned.turn += 1;
        assigned.partitions = partitions;
    }
}

// Nothing that is held across a lock can panic half way.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl ClientContext for Membership {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        context::log(CLIENT, level, facility, message);
    }
    fn error(&self, error: KafkaError, reason: &str) {
        // The end of a partition comes this way too.
        if !matches!(error.rdkafka_error_code(), Some(rdkafka::error::RDKafkaErrorCode::PartitionEOF)) {
            context::warn(CLIENT, &error, reason);
        }
    }
    fn stats(&self, statistics: Statistics) {
        let lags: BTreeMap<i32, i64> = statistics
            .topics
            .values()
            .flat_map(|topic| topic.partitions.values())
            .filter(|partition| partition.partition >= 0 && partition.consumer_lag >= 0)
            .map(|partition| (partition.partition, partition.consumer_lag))
            .collect();
        lock(&self.lag).show(&lags);
    }
}

impl ConsumerContext for Membership {
    fn rebalance(
        &self,
        consumer: &BaseConsumer<Self>,
        what: RDKafkaRespErr,
        partitions: &mut TopicPartitionList,
    ) {
        let assigned = matches!(what, RDKafkaRespErr::RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS)
            .then(|| partitions.elements().iter().map(TopicPartitionListElem::partition).collect::<Vec<_>>());
        tracing::info!(partitions = ?assigned, "the group was rebalanced");
        // An empty assignment answers the group; what to fetch follows once the state is read.
        let answered = match &assigned {
            Some(_) => consumer.assign(&TopicPartitionList::new()),
            None => consumer.unassign(),
        };
        if let Err(error) = answered {
            tracing::warn!(%error, "a rebalance could not be answered");
        }
        self.assign(assigned);
    }
}

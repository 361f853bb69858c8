//! Waits for the delivery reports of one transaction. `flush` and `commit_transaction` would do
//! that too, but with anything in flight they cost 100 ms.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::DeliveryResult;
use rdkafka::producer::ProducerContext;
use rdkafka::{ClientContext, Message};

use crate::kafka::context;

const CLIENT: &str = "router producer";

/// What a record is, for its delivery report.
pub(super) const STATE: usize = 1;
/// Anything else.
pub(super) const OTHER: usize = 0;

/// Counts the delivery reports of one transaction.
#[derive(Debug, Default)]
pub(super) struct Deliveries {
    open: Mutex<Open>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Open {
    waiting: usize,
    failed: Option<KafkaError>,
    state_ends: BTreeMap<i32, i64>,
}

/// Why not all records were delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Undelivered {
    /// In words.
    pub(super) why: String,
    /// The broker does not take one of these records, and never will.
    pub(super) refused: bool,
}

impl Undelivered {
    fn of(error: &KafkaError) -> Self {
        let refused = matches!(
            error.rdkafka_error_code(),
            Some(
                RDKafkaErrorCode::MessageSizeTooLarge
                    | RDKafkaErrorCode::InvalidMessage
                    | RDKafkaErrorCode::InvalidMessageSize
                    | RDKafkaErrorCode::InvalidRecord
                    | RDKafkaErrorCode::InvalidTimestamp
            )
        );
        Self { why: format!("a record was not delivered: {error}"), refused }
    }
}

impl Deliveries {
    /// A new transaction: nothing is waited for.
    pub(super) fn begin(&self) {
        *self.lock() = Open::default();
    }

    /// One more is to come.
    pub(super) fn expect(&self) {
        self.lock().waiting += 1;
    }

    /// One that was expected could not even be handed over.
    pub(super) fn never_sent(&self) {
        self.lock().waiting -= 1;
    }

    /// Waits for all; says up to which offset each partition of the state has been written.
    pub(super) fn wait(&self, timeout: Duration) -> Result<BTreeMap<i32, i64>, Undelivered> {
        let deadline = Instant::now() + timeout;
        let mut open = self.lock();
        loop {
            if let Some(error) = &open.failed {
                return Err(Undelivered::of(error));
            }
            if open.waiting == 0 {
                return Ok(std::mem::take(&mut open.state_ends));
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let why = format!("{} records were not delivered in time", open.waiting);
                return Err(Undelivered { why, refused: false });
            }
            open = self.changed.wait_timeout(open, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    // A panic while it is held is not possible; were it, the counts would still be right.
    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ClientContext for Deliveries {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        context::log(CLIENT, level, facility, message);
    }
    fn error(&self, error: KafkaError, reason: &str) {
        context::warn(CLIENT, &error, reason);
    }
}

impl ProducerContext for Deliveries {
    type DeliveryOpaque = usize;

    fn delivery(&self, result: &DeliveryResult<'_>, what: usize) {
        let mut open = self.lock();
        // Reports of a transaction that was given up come late.
        open.waiting = open.waiting.saturating_sub(1);
        match result {
            Ok(message) if what == STATE => {
                let end = open.state_ends.entry(message.partition()).or_default();
                *end = (*end).max(message.offset() + 1);
            }
            Ok(_) => {}
            Err((error, _)) => open.failed = Some(error.clone()),
        }
        if open.waiting == 0 || open.failed.is_some() {
            self.changed.notify_all();
        }
    }
}

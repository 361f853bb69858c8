//! The intake's way into the log: a record is acknowledged when every in-sync replica has it,
//! and not before.
//!
//! rdkafka's `FutureProducer` sleeps 100 ms on a full queue; this one answers at once, so that
//! the webhook port can.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use prometheus::Histogram;
use rdkafka::config::{FromClientConfigAndContext, RDKafkaLogLevel};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::DeliveryResult;
use rdkafka::producer::{Producer, ProducerContext, ThreadedProducer};
use rdkafka::{ClientContext, Message};
use tokio::sync::{oneshot, watch};

use super::properties::{self, Role};
use super::settings::KafkaSettings;
use super::{ClientError, context, send, watchdog};
use crate::core::record::OutRecord;
use crate::http::publish::{Publish, PublishError};
use crate::telemetry::metrics::Metrics;

const CLIENT: &str = "intake producer";

/// Writes what was received. Clones share one producer.
#[derive(Clone)]
pub struct IntakeProducer {
    inner: Arc<Inner>,
}

struct Inner {
    producer: ThreadedProducer<Deliveries>,
    settings: KafkaSettings,
    flow: Arc<Flow>,
    wedged: watch::Receiver<Option<String>>,
    draining: AtomicBool,
}

impl IntakeProducer {
    /// Starts it, with its watchdog. Kafka need not be there yet.
    pub fn start(settings: &KafkaSettings, metrics: &Metrics) -> Result<Self, ClientError> {
        let config = properties::config(settings, Role::IntakeProducer)?;
        let flow = Arc::new(Flow::new());
        let deliveries = Deliveries { flow: Arc::clone(&flow), latency: metrics.kafka_ack_duration.clone() };
        let producer = ThreadedProducer::from_config_and_context(&config, deliveries)
            .map_err(|error| ClientError::kafka("the intake producer can't be made", &error))?;
        let wedged = watchdog::start(settings.clone(), Arc::downgrade(&flow), Duration::from_secs(5));
        let settings = settings.clone();
        let draining = AtomicBool::new(false);
        Ok(Self { inner: Arc::new(Inner { producer, settings, flow, wedged, draining }) })
    }

    /// Records handed over and neither acknowledged nor given up.
    pub fn in_flight(&self) -> usize {
        self.inner.flow.in_flight()
    }

    /// Says, once, why this producer can't recover: then the process should end.
    pub fn wedged(&self) -> watch::Receiver<Option<String>> {
        self.inner.wedged.clone()
    }

    /// From now on it is not ready; what is in flight goes on.
    pub fn drain(&self) {
        self.inner.draining.store(true, Ordering::Relaxed);
    }

    /// Waits until nothing is in flight. Blocks. A producer dropped without this loses its queue.
    pub fn flush(&self, timeout: Duration) -> bool {
        self.inner.producer.flush(timeout).is_ok()
    }

    fn send(&self, record: &OutRecord) -> Result<oneshot::Receiver<Outcome>, PublishError> {
        let (answer, wait) = oneshot::channel();
        let topic = self.inner.settings.topic(&record.topic);
        let ack = Box::new(Ack { answer, sent: Instant::now() });
        self.inner.flow.sent();
        match self.inner.producer.send(send::base_record(record, &topic, ack)) {
            Ok(()) => Ok(wait),
            Err((error, _)) => {
                self.inner.flow.given_up();
                if is_fatal(&error) {
                    self.inner.flow.fatal(&error);
                }
                Err(publish_error(&error))
            }
        }
    }
}

impl Publish for IntakeProducer {
    async fn publish(&self, records: Vec<OutRecord>) -> Result<(), PublishError> {
        let mut waits = Vec::with_capacity(records.len());
        for record in &records {
            waits.push(self.send(record)?);
        }
        for wait in waits {
            match wait.await {
                Ok(outcome) => outcome.map_err(|error| publish_error(&error))?,
                // The producer was dropped with the record in its queue.
                Err(_) => return Err(PublishError::Unacknowledged("the producer has stopped".to_owned())),
            }
        }
        Ok(())
    }

    fn ready(&self) -> bool {
        !self.inner.draining.load(Ordering::Relaxed) && self.inner.wedged.borrow().is_none()
    }
}

type Outcome = Result<(), KafkaError>;

/// Waits for one record's acknowledgement.
pub struct Ack {
    answer: oneshot::Sender<Outcome>,
    sent: Instant,
}

fn publish_error(error: &KafkaError) -> PublishError {
    match error.rdkafka_error_code() {
        Some(RDKafkaErrorCode::QueueFull) => PublishError::QueueFull,
        Some(RDKafkaErrorCode::MessageSizeTooLarge) => PublishError::TooLarge,
        Some(code) => PublishError::Unacknowledged(code.to_string()),
        None => PublishError::Unacknowledged(error.to_string()),
    }
}

fn is_fatal(error: &KafkaError) -> bool {
    error.rdkafka_error_code() == Some(RDKafkaErrorCode::Fatal)
}

/// What becomes of the records, as the watchdog sees it.
pub(super) struct Flow {
    began: Instant,
    in_flight: AtomicUsize,
    /// Milliseconds since `began` of the last acknowledgement, or of the first record after a
    /// time with none in flight: since then there is something to wait for.
    moved_ms: AtomicU64,
    fatal: std::sync::OnceLock<String>,
}

impl Flow {
    pub(super) fn new() -> Self {
        Self {
            began: Instant::now(),
            in_flight: AtomicUsize::new(0),
            moved_ms: AtomicU64::new(0),
            fatal: std::sync::OnceLock::new(),
        }
    }

    fn moved(&self) {
        let now = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.moved_ms.store(now, Ordering::Relaxed);
    }

    pub(super) fn sent(&self) {
        if self.in_flight.fetch_add(1, Ordering::Relaxed) == 0 {
            self.moved();
        }
    }

    fn given_up(&self) {
        self.in_flight.fetch_sub(1, Ordering::Relaxed);
    }

    pub(super) fn acknowledged(&self) {
        self.given_up();
        self.moved();
    }

    pub(super) fn fatal(&self, error: &KafkaError) {
        self.fatal.get_or_init(|| error.to_string());
    }

    pub(super) fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::Relaxed)
    }

    /// How long records have been in flight without any acknowledgement; none where there are none.
    pub(super) fn stuck_for(&self) -> Option<Duration> {
        (self.in_flight() > 0).then(|| {
            let moved = Duration::from_millis(self.moved_ms.load(Ordering::Relaxed));
            self.began.elapsed().saturating_sub(moved)
        })
    }

    /// An error after which librdkafka's producer never sends again.
    pub(super) fn fatal_error(&self) -> Option<&str> {
        self.fatal.get().map(String::as_str)
    }
}

/// Takes delivery reports.
struct Deliveries {
    flow: Arc<Flow>,
    latency: Histogram,
}

impl ClientContext for Deliveries {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        context::log(CLIENT, level, facility, message);
    }
    fn error(&self, error: KafkaError, reason: &str) {
        context::warn(CLIENT, &error, reason);
        if is_fatal(&error) {
            self.flow.fatal(&error);
        }
    }
}

impl ProducerContext for Deliveries {
    type DeliveryOpaque = Box<Ack>;

    fn delivery(&self, result: &DeliveryResult<'_>, ack: Box<Ack>) {
        let outcome = match result {
            Ok(_) => {
                self.flow.acknowledged();
                self.latency.observe(ack.sent.elapsed().as_secs_f64());
                Ok(())
            }
            Err((error, message)) => {
                self.flow.given_up();
                if is_fatal(error) {
                    self.flow.fatal(error);
                }
                tracing::warn!(topic = message.topic(), %error, "a record was not stored");
                Err(error.clone())
            }
        };
        // Nobody waits any more where the sender's time-out has passed.
        let _ = ack.answer.send(outcome);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_idle_time_is_not_a_stuck_one() {
        let flow = Flow::new();
        std::thread::sleep(Duration::from_millis(30));
        assert_eq!(flow.stuck_for(), None);
        flow.sent();
        assert!(flow.stuck_for().unwrap() < Duration::from_millis(20));
        flow.sent();
        std::thread::sleep(Duration::from_millis(30));
        assert!(flow.stuck_for().unwrap() >= Duration::from_millis(30));
        flow.given_up();
        assert!(flow.stuck_for().unwrap() >= Duration::from_millis(30), "giving up is no acknowledgement");
        flow.sent();
        flow.acknowledged();
        assert!(flow.stuck_for().unwrap() < Duration::from_millis(20));
        flow.acknowledged();
        assert_eq!(flow.stuck_for(), None);
    }
}

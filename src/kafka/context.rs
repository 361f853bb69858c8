//! librdkafka's logs into ours: without this they vanish.

use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::ConsumerContext;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};

/// A client that only logs.
#[derive(Debug, Clone, Copy)]
pub struct Logged(
    /// What the client is for, in the logs.
    pub &'static str,
);

impl ClientContext for Logged {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        log(self.0, level, facility, message);
    }
    fn error(&self, error: KafkaError, reason: &str) {
        // The end of a partition comes as an error, and is none.
        if error.rdkafka_error_code() != Some(RDKafkaErrorCode::PartitionEOF) {
            warn(self.0, &error, reason);
        }
    }
}

impl ConsumerContext for Logged {}

/// One line of librdkafka's.
pub fn log(client: &'static str, level: RDKafkaLogLevel, facility: &str, message: &str) {
    match level {
        RDKafkaLogLevel::Emerg
        | RDKafkaLogLevel::Alert
        | RDKafkaLogLevel::Critical
        | RDKafkaLogLevel::Error => tracing::warn!(target: "librdkafka", client, facility, "{message}"),
        RDKafkaLogLevel::Warning | RDKafkaLogLevel::Notice => {
            tracing::info!(target: "librdkafka", client, facility, "{message}");
        }
        RDKafkaLogLevel::Info | RDKafkaLogLevel::Debug => {
            tracing::debug!(target: "librdkafka", client, facility, "{message}");
        }
    }
}

/// An error that librdkafka lives through: it connects again by itself.
pub fn warn(client: &'static str, error: &KafkaError, reason: &str) {
    tracing::warn!(target: "librdkafka", client, %error, "{reason}");
}

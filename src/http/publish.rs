//! What the webhook port needs of the log: records in, an acknowledgement out. `kafka` implements
//! it; tests of the port use their own.

use std::future::Future;

use crate::core::record::OutRecord;

/// A log that acknowledges.
pub trait Publish: Send + Sync + 'static {
    /// Writes the records and answers when every in-sync replica has them all. The future may be
    /// dropped: the records then may or may not be stored, and the sender's retry has the same ids.
    fn publish(&self, records: Vec<OutRecord>) -> impl Future<Output = Result<(), PublishError>>;
    /// Is it able to take records at all? False only while starting, draining or wedged; an outage
    /// of Kafka is not that.
    fn ready(&self) -> bool;
}

/// Why the records are not known to be stored. Always our fault: 503 with Retry-After.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PublishError {
    /// The producer's queue is full.
    #[error("the queue towards Kafka is full")]
    QueueFull,
    /// Kafka did not acknowledge in time, or refused for now.
    #[error("Kafka has not acknowledged: {0}")]
    Unacknowledged(String),
    /// One record is larger than the topic takes.
    #[error("the record is larger than the topic takes")]
    TooLarge,
}

/// A mistake in Herald, and so ours: the sender tries again.
impl From<crate::core::record::BuildError> for PublishError {
    fn from(error: crate::core::record::BuildError) -> Self {
        Self::Unacknowledged(error.to_string())
    }
}

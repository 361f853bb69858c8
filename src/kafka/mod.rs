//! Everything that speaks to Kafka. Knows records (`core::record`), not incidents.
//!
//! | file | does |
//! |---|---|
//! | `properties` | every librdkafka key that is set, and why |
//! | `context` | librdkafka's logs and statistics into ours |
//! | `producer`, `watchdog` | the intake's way into the log, and what notices that it is stuck |
//! | `topics` | makes or checks the topics, and says what differs |
//! | `reader` | reads committed records, for tools and tests |
//! | `embedded` | a broker in this process, for trials |

pub mod context;
pub mod embedded;
pub mod producer;
pub mod properties;
pub mod reader;
pub mod send;
pub mod settings;
pub mod topics;
mod watchdog;

use rdkafka::error::KafkaError;

/// Why a client could not be made, or could not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// The settings are wrong.
    #[error(transparent)]
    Properties(#[from] properties::PropertyError),
    /// Kafka, or librdkafka, said no.
    #[error("{what}: {why}")]
    Kafka {
        /// What was being done.
        what: String,
        /// The error.
        why: String,
    },
}

impl ClientError {
    /// An error of Kafka, with what was being done.
    pub fn kafka(what: impl Into<String>, error: &KafkaError) -> Self {
        Self::Kafka { what: what.into(), why: error.to_string() }
    }
}

//! Records as they stand on Kafka: `CloudEvents` 1.0 Kafka binding, binary mode, key = incident id.
//!
//! | file | holds |
//! |---|---|
//! | `build` | every record that Herald writes |
//! | `state` | what stands on `incident.state`, and how it is read back |

mod build;
mod state;
#[cfg(test)]
mod tests;

use jiff::Timestamp;

pub use build::{BuildError, decision, event, forget, notification, progress, rejected, state};
pub use state::{PROGRESS_SCHEMA, Progress, StateRecord, Unreadable, progress_key};

/// One record to be produced.
#[derive(Debug, Clone, PartialEq)]
pub struct OutRecord {
    /// Without the configured prefix: `incident.events`, `notify.executives` …
    pub topic: String,
    /// Explicit where state must stand beside its events; else by the key's murmur2 hash.
    pub partition: Option<i32>,
    /// The incident's id; `progress/<partition>` for progress records.
    pub key: Option<String>,
    /// The record's time stamp.
    pub timestamp: Timestamp,
    /// In order.
    pub headers: Vec<(&'static str, String)>,
    /// JSON; none is a tombstone.
    pub payload: Option<Vec<u8>>,
}

impl OutRecord {
    /// Bytes of key, headers and payload: what limits on records and transactions count.
    pub fn bytes(&self) -> usize {
        let headers: usize = self.headers.iter().map(|(name, value)| name.len() + value.len()).sum();
        headers
            + self.key.as_ref().map_or(0, String::len)
            + self.payload.as_ref().map_or(0, Vec::len)
            + self.topic.len()
    }

    /// The value of one header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }
}

/// Topic names, without prefix.
pub mod topics {
    /// One record for each observed change.
    pub const EVENTS: &str = "incident.events";
    /// Compacted state and progress.
    pub const STATE: &str = "incident.state";
    /// Why each audience was, or was not, told.
    pub const DECISIONS: &str = "incident.decisions";
    /// What could not be used.
    pub const REJECTED: &str = "incident.rejected";
    /// `notify.<audience>`.
    pub const NOTIFY_PREFIX: &str = "notify.";
    /// `leads.<lead>`.
    pub const LEADS_PREFIX: &str = "leads.";
    /// `drill.<audience>`.
    pub const DRILL_PREFIX: &str = "drill.";
}

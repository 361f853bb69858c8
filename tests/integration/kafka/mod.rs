//! What Herald needs of Kafka, on a real one: acknowledgement, security, topics, reading.

mod embedded;
mod producer;
mod topics;

use herald::core::record::OutRecord;

/// A record that nothing is known of but its place.
pub(crate) fn a_record(topic: &str, key: Option<&str>, payload: &str) -> OutRecord {
    OutRecord {
        topic: topic.to_owned(),
        partition: None,
        key: key.map(str::to_owned),
        timestamp: "2026-03-01T10:00:00Z".parse().unwrap(),
        headers: vec![("ce_id", "e-1".to_owned())],
        payload: Some(payload.as_bytes().to_vec()),
    }
}

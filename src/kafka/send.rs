//! From our record to librdkafka's.

use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::BaseRecord;
use rdkafka::util::IntoOpaque;

use crate::core::record::OutRecord;

/// A record for the producer. `topic` is its name with the prefix.
pub fn base_record<'a, O: IntoOpaque>(
    record: &'a OutRecord,
    topic: &'a str,
    opaque: O,
) -> BaseRecord<'a, str, [u8], O> {
    let mut to_send = BaseRecord::with_opaque_to(topic, opaque)
        // Zero would mean: now.
        .timestamp(record.timestamp.as_millisecond().max(1));
    to_send.partition = record.partition;
    to_send.key = record.key.as_deref();
    to_send.payload = record.payload.as_deref();
    if !record.headers.is_empty() {
        let mut headers = OwnedHeaders::new_with_capacity(record.headers.len());
        for (key, value) in &record.headers {
            headers = headers.insert(Header { key, value: Some(value.as_str()) });
        }
        to_send.headers = Some(headers);
    }
    to_send
}

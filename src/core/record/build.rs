//! Every record that Herald writes. One shape for all that others read: the attributes of a
//! `CloudEvent` in headers, JSON in the value. State and progress are Herald's own memory, not
//! messages: they carry no attributes, so that a restore reads nothing that it does not need.

use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use super::state::{Progress, progress_key};
use super::{OutRecord, topics};
use crate::core::decision::{self, DecisionRecord};
use crate::core::event::{self, Event};
use crate::core::incident::IncidentState;
use crate::core::notification::{self, Notification};
use crate::core::rejected::{self, Rejected};

/// Why a record can't be made: a value that has no JSON form. It would be a mistake in Herald.
#[derive(Debug, thiserror::Error)]
#[error("no JSON form: {0}")]
pub struct BuildError(#[from] serde_json::Error);

type Built = Result<OutRecord, BuildError>;

/// What an event takes without its body and its alerts.
const EVENT_BYTES: usize = 2_048;
/// What a grouped alert takes, with ten labels.
const SUB_ALERT_BYTES: usize = 512;

/// What may stand in a `ce_source` as it is.
const SOURCE_SAFE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// An observed change, for `incident.events`.
pub fn event(event: &Event, traceparent: Option<&str>) -> Built {
    let source = format!("herald/{}", utf8_percent_encode(&event.source.name, SOURCE_SAFE));
    let attributes = Attributes {
        id: &event.id,
        event_type: format!("herald.incident.{}", event.event_type),
        source,
        subject: Some(&event.incident.id),
        time: event.received_at,
        schema: event::SCHEMA,
    };
    Ok(OutRecord {
        topic: topics::EVENTS.to_owned(),
        partition: None,
        key: Some(event.incident.id.clone()),
        timestamp: event.received_at,
        headers: attributes.headers(traceparent, 0),
        payload: Some(json_of_about(event, event_bytes(event))?),
    })
}

/// About how long an event's JSON becomes: most of it is the body, with its quotes escaped.
fn event_bytes(event: &Event) -> usize {
    let body = event.raw.as_ref().map_or(0, |raw| raw.bytes.len());
    EVENT_BYTES + body + body / 8 + event.sub_alerts.len() * SUB_ALERT_BYTES
}

/// A body or record that could not be used, for `incident.rejected`. It has no key: whose incident
/// it is about is just what could not be read.
pub fn rejected(rejected: &Rejected, traceparent: Option<&str>) -> Built {
    let source = rejected.source.as_deref().map_or_else(
        || "herald/router".to_owned(),
        |source| format!("herald/{}", utf8_percent_encode(source, SOURCE_SAFE)),
    );
    let attributes = Attributes {
        id: &rejected.id,
        event_type: "herald.rejected".to_owned(),
        source,
        subject: None,
        time: rejected.received_at,
        schema: rejected::SCHEMA,
    };
    Ok(OutRecord {
        topic: topics::REJECTED.to_owned(),
        partition: None,
        key: None,
        timestamp: rejected.received_at,
        headers: attributes.headers(traceparent, 0),
        payload: Some(json(rejected)?),
    })
}

/// What one reader reads, for the topic that its notice names.
pub fn notification(notification: &Notification, topic: &str, traceparent: Option<&str>) -> Built {
    let attributes = Attributes {
        id: &notification.id,
        event_type: format!("herald.notification.{}", notification.kind),
        source: "herald/router".to_owned(),
        subject: Some(&notification.incident.id),
        time: notification.decided_at,
        schema: notification::SCHEMA,
    };
    let mut headers = attributes.headers(traceparent, 5);
    let languages: Vec<&str> =
        notification.contents.iter().map(|content| content.language.as_str()).collect();
    headers.push(("herald-audience", notification.audience.clone()));
    headers.push(("herald-kind", notification.kind.to_string()));
    headers.push(("herald-lifecycle", notification.lifecycle.to_string()));
    headers.push(("herald-languages", languages.join(",")));
    headers.push(("herald-attention", notification.attention.to_string()));
    Ok(OutRecord {
        topic: topic.to_owned(),
        partition: None,
        key: Some(notification.incident.id.clone()),
        timestamp: notification.decided_at,
        headers,
        payload: Some(json(notification)?),
    })
}

/// Why each audience was, or was not, told, for `incident.decisions`.
pub fn decision(decision: &DecisionRecord, traceparent: Option<&str>) -> Built {
    let attributes = Attributes {
        id: &decision.id,
        event_type: "herald.decision".to_owned(),
        source: "herald/router".to_owned(),
        subject: Some(&decision.incident),
        time: decision.at,
        schema: decision::SCHEMA,
    };
    Ok(OutRecord {
        topic: topics::DECISIONS.to_owned(),
        partition: None,
        key: Some(decision.incident.clone()),
        timestamp: decision.at,
        headers: attributes.headers(traceparent, 0),
        payload: Some(json(decision)?),
    })
}

/// The state of one incident, for the partition of `incident.state` that its events stand in.
pub fn state(state: &IncidentState, partition: i32) -> Built {
    Ok(memory(state.id.clone(), partition, state.changed_at, Some(json(state)?)))
}

/// The tombstone of an incident whose time has passed. `at` is the fold's now.
pub fn forget(incident: &str, partition: i32, at: Timestamp) -> OutRecord {
    memory(incident.to_owned(), partition, at, None)
}

/// How far a partition has been folded.
pub fn progress(progress: &Progress) -> Built {
    let partition = progress.partition;
    Ok(memory(progress_key(partition), partition, progress.clock, Some(json(progress)?)))
}

/// A record of Herald's own memory, on `incident.state`.
fn memory(key: String, partition: i32, timestamp: Timestamp, payload: Option<Vec<u8>>) -> OutRecord {
    OutRecord {
        topic: topics::STATE.to_owned(),
        partition: Some(partition),
        key: Some(key),
        timestamp,
        headers: Vec::new(),
        payload,
    }
}

/// Attributes of one `CloudEvent`.
struct Attributes<'a> {
    id: &'a str,
    event_type: String,
    source: String,
    subject: Option<&'a str>,
    time: Timestamp,
    schema: &'a str,
}

impl Attributes<'_> {
    /// The headers of the Kafka binding's binary mode, with room for `more`.
    fn headers(self, traceparent: Option<&str>, more: usize) -> Vec<(&'static str, String)> {
        let mut headers = Vec::with_capacity(9 + more);
        headers.push(("ce_specversion", "1.0".to_owned()));
        headers.push(("ce_id", self.id.to_owned()));
        headers.push(("ce_type", self.event_type));
        headers.push(("ce_source", self.source));
        if let Some(subject) = self.subject {
            headers.push(("ce_subject", subject.to_owned()));
        }
        headers.push(("ce_time", self.time.to_string()));
        // Absolute, as CloudEvents asks, and the same for every installation.
        headers.push(("ce_dataschema", format!("urn:herald:schema:{}", self.schema.replace('/', "-"))));
        headers.push(("content-type", "application/json".to_owned()));
        if let Some(traceparent) = traceparent {
            headers.push(("traceparent", traceparent.to_owned()));
        }
        headers
    }
}

fn json(value: &impl Serialize) -> Result<Vec<u8>, BuildError> {
    Ok(serde_json::to_vec(value)?)
}

/// The same, where its length can be guessed: a text that outgrows its room is copied each time.
fn json_of_about(value: &impl Serialize, bytes: usize) -> Result<Vec<u8>, BuildError> {
    let mut json = Vec::with_capacity(bytes);
    serde_json::to_writer(&mut json, value)?;
    Ok(json)
}

//! One record of `incident.events`, read or found unusable.

use jiff::Timestamp;
use rdkafka::Message;
use rdkafka::message::{BorrowedMessage, Headers};
use serde::Deserialize;

use crate::core::decision::InputPlace;
use crate::core::event::{self, Event, Raw};
use crate::core::ids;
use crate::core::rejected::{self, Problem, Rejected};

/// One record of `incident.events`.
#[derive(Debug, Clone)]
pub(super) struct Input {
    /// Where it stands.
    pub(super) place: InputPlace,
    /// Its time: of the log on a real cluster, of its producer on the embedded broker.
    pub(super) time: Timestamp,
    /// The trace that it belongs to.
    pub(super) traceparent: Option<String>,
    /// What it says.
    pub(super) body: Body,
}

/// What a record says.
#[derive(Debug, Clone)]
pub(super) enum Body {
    /// An event that can be folded.
    Event(Box<Event>),
    /// Nothing that can be folded.
    Unusable {
        /// A closed word.
        reason: &'static str,
        /// What is wrong with it.
        problem: String,
        /// Its value, exactly.
        value: Vec<u8>,
    },
}

/// The reasons that the router rejects with; closed.
pub(super) const UNREADABLE: &str = "unreadable_record";
/// It was folded twice, the second time alone, and failed twice.
pub(super) const POISON: &str = "poison";

impl Input {
    /// Reads a record.
    pub(super) fn read(message: &BorrowedMessage<'_>) -> Self {
        let millis = message.timestamp().to_millis().unwrap_or_default();
        let value = message.payload().unwrap_or_default();
        let body = match body(message.key(), message.payload()) {
            Ok(event) => Body::Event(Box::new(event)),
            Err(problem) => Body::Unusable { reason: UNREADABLE, problem, value: value.to_vec() },
        };
        Self {
            place: InputPlace { partition: message.partition(), offset: message.offset() },
            time: Timestamp::from_millisecond(millis).unwrap_or_default(),
            traceparent: traceparent(message),
            body,
        }
    }

    /// The record of what can't be used. The value of an event that can't be folded is its JSON.
    pub(super) fn rejected(&self, poison: Option<&str>) -> Rejected {
        let (reason, problem, value) = match &self.body {
            Body::Unusable { reason, problem, value } => (*reason, problem.as_str(), value.clone()),
            Body::Event(event) => {
                let value = serde_json::to_vec(event).unwrap_or_default();
                (POISON, poison.unwrap_or_default(), value)
            }
        };
        let place = format!("{}/{}", self.place.partition, self.place.offset);
        let source = match &self.body {
            Body::Event(event) => Some((event.source.name.clone(), event.source.kind.clone())),
            Body::Unusable { .. } => None,
        };
        let (source, source_kind) = source.unzip();
        Rejected {
            schema: rejected::SCHEMA.to_owned(),
            id: ids::rejected("incident.events", &place, &ids::body_sha256(&value)),
            source,
            source_kind,
            input: Some(self.place),
            received_at: self.time,
            reason: reason.to_owned(),
            needed: rejected::needed(reason).to_owned(),
            problems: vec![Problem { pointer: String::new(), message: problem.to_owned() }],
            headers: Vec::new(),
            raw: Raw::of("application/json", &value),
        }
    }
}

fn body(key: Option<&[u8]>, value: Option<&[u8]>) -> Result<Event, String> {
    let key = key.ok_or("it has no key")?;
    let value = value.ok_or("it has no value")?;
    let event = match serde_json::from_slice::<Event>(value) {
        Ok(event) => event,
        Err(error) => return Err(why_unreadable(value, &error)),
    };
    if event.schema != event::SCHEMA {
        return Err(format!("its schema is '{}', not {}", event.schema, event::SCHEMA));
    }
    if event.incident.id.as_bytes() != key {
        return Err("its key is not the id of its incident".to_owned());
    }
    Ok(event)
}

/// What a newer version wrote may not have our shape: its schema is the better reason.
fn why_unreadable(value: &[u8], error: &serde_json::Error) -> String {
    #[derive(Deserialize)]
    struct Schema {
        schema: String,
    }
    match serde_json::from_slice::<Schema>(value) {
        Ok(found) if found.schema != event::SCHEMA => {
            format!("its schema is '{}', not {}", found.schema, event::SCHEMA)
        }
        _ => format!("it is not an event: {error}"),
    }
}

fn traceparent(message: &BorrowedMessage<'_>) -> Option<String> {
    let headers = message.headers()?;
    let header = headers.iter().find(|header| header.key == "traceparent")?;
    Some(std::str::from_utf8(header.value?).ok()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_not_be_read_says_why() {
        let why = |key: Option<&str>, value: Option<&str>| {
            body(key.map(str::as_bytes), value.map(str::as_bytes)).unwrap_err()
        };
        assert_eq!(why(None, Some("{}")), "it has no key");
        assert_eq!(why(Some("i-1"), None), "it has no value");
        assert!(why(Some("i-1"), Some("{")).starts_with("it is not an event: "));
        let newer = r#"{"schema":"incident-event/2"}"#;
        assert_eq!(why(Some("i-1"), Some(newer)), "its schema is 'incident-event/2', not incident-event/1");
        let ours = r#"{"schema":"incident-event/1"}"#;
        assert!(why(Some("i-1"), Some(ours)).contains("missing field"));
    }

    #[test]
    fn a_rejected_record_keeps_its_place_and_its_exact_value() {
        let input = Input {
            place: InputPlace { partition: 2, offset: 9 },
            time: Timestamp::UNIX_EPOCH,
            traceparent: None,
            body: Body::Unusable { reason: UNREADABLE, problem: "odd".into(), value: vec![b'{', 0xff] },
        };
        let rejected = input.rejected(None);
        assert_eq!(rejected.input, Some(input.place));
        assert_eq!(
            (rejected.reason.as_str(), rejected.raw.encoding.as_str()),
            ("unreadable_record", "base64")
        );
        assert_eq!(rejected.id, input.rejected(None).id, "the same on every replica");
    }
}

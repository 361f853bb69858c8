//! What the adapters make of bodies: the hand-written examples in full, and anything at all
//! without a panic. Everybody's real bodies are in tests/corpus.

mod alerting;
mod datadog;
mod examples;
mod hostile;
mod identity;
mod jira;
mod meaning;
mod pagerduty;
mod pagerduty_events;
mod paging;

use jiff::Timestamp;

use super::{Delivery, Read, SourceKind, read};
use crate::core::event::{Event, Raw};
use crate::core::ids;
use crate::core::tree::Tree;
use crate::core::vocabulary::AuthKind;

/// Reads a body as it comes without any header of interest.
pub(super) fn read_body(kind: SourceKind, body: &[u8]) -> Read {
    read_with(kind, body, "application/json", &[])
}

pub(super) fn read_with(kind: SourceKind, body: &[u8], content_type: &str, headers: &[(&str, &str)]) -> Read {
    with_delivery(body, content_type, headers, |delivery| read(kind, delivery))
}

/// Reads what was taken apart before.
pub(super) fn read_tree_of(kind: SourceKind, tree: &Tree<'_>) -> Read {
    with_delivery(b"", "application/json", &[], |delivery| super::read_tree(kind, delivery, tree))
}

fn with_delivery(
    body: &[u8],
    content_type: &str,
    headers: &[(&str, &str)],
    read: impl Fn(&Delivery<'_>) -> Read,
) -> Read {
    let headers: Vec<_> =
        headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let body_sha256 = ids::body_sha256(body);
    read(&Delivery {
        source: "tool",
        headers: &headers,
        content_type,
        body,
        body_sha256: &body_sha256,
        received_at: Timestamp::from_second(1_775_026_800).expect("a time"),
        auth: AuthKind::Signature,
        key_id: Some("0"),
        parts_max: 10,
    })
}

#[track_caller]
pub(super) fn events(read: Read) -> Vec<Event> {
    match read {
        Read::Events(events) => events,
        other => panic!("events expected, not {other:?}"),
    }
}

#[track_caller]
pub(super) fn one(kind: SourceKind, body: &serde_json::Value) -> Event {
    let mut events = events(read_body(kind, body.to_string().as_bytes()));
    assert_eq!(events.len(), 1);
    events.remove(0)
}

/// Reason, and the pointers of what is wrong.
#[track_caller]
pub(super) fn refusal(read: Read) -> (&'static str, Vec<String>) {
    match read {
        Read::Rejected { reason, problems } => (reason, problems.into_iter().map(|p| p.pointer).collect()),
        other => panic!("a refusal expected, not {other:?}"),
    }
}

/// Every event must meet the published schema of events.
#[track_caller]
pub(super) fn meets_schema(events: &[Event]) {
    static VALIDATOR: std::sync::OnceLock<jsonschema::Validator> = std::sync::OnceLock::new();
    let validator =
        VALIDATOR.get_or_init(|| crate::core::schema::compile("incident-event-1").expect("compiles"));
    for event in events {
        let value = serde_json::to_value(event).expect("serialises");
        let wrong: Vec<_> =
            validator.iter_errors(&value).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(wrong.is_empty(), "{wrong:#?}\n{value:#}");
        let back: Event = serde_json::from_value(value).expect("reads back");
        assert_eq!(&back, event);
    }
}

/// Type, stage, incident and title of the one event that comes of a body.
#[track_caller]
pub(super) fn outline(kind: SourceKind, body: &serde_json::Value) -> String {
    let event = one(kind, body);
    meets_schema(std::slice::from_ref(&event));
    let stage = event.stage.map_or("-", |stage| stage.as_str());
    let title = event.title.as_deref().unwrap_or("-");
    format!("{} {stage} {} {title:?}", event.event_type, event.incident.native_id)
}

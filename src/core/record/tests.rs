//! Records are what their schemas and the notification contract say, and come back as they went.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::*;
use crate::core::decision::DecisionRecord;
use crate::core::event::Event;
use crate::core::incident::IncidentState;
use crate::core::notification::Notification;
use crate::core::rejected::Rejected;

const AT: &str = "2026-03-01T10:00:00Z";

fn from<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

fn an_event() -> Event {
    from(json!({
        "schema": "incident-event/1", "id": "e-1", "type": "triggered", "native_type": "incident.triggered",
        "occurred_at_quality": "missing", "received_at": AT,
        "source": {"kind": "pagerduty", "name": "pager duty/eu"},
        "ingest": {"body_sha256": "00", "part": 0, "auth": "signature"},
        "incident": {"id": "i-aaaa", "key": "pd/1", "native_id": "1"}
    }))
}

fn a_state() -> IncidentState {
    from(json!({
        "schema": "incident-state/1", "id": "i-aaaa", "key": "pd/1", "recent_events": ["e-1"],
        "sources": {"pd": {"kind": "pagerduty", "last_event": "e-1", "times": {"stage": AT}}},
        "episode": {
            "id": "p-1", "public_reference": "ABCDEFGH", "started_at": AT, "began_at": AT, "stage": "triggered",
            "priority": {"current": "P1", "peak": "P1", "provenance": "given"},
            "impact": {"current": "unknown", "peak": "unknown", "provenance": "default"},
            "known": {"title": "down", "services": [{"name": "pay"}], "sender_symptom": ["pd", "slow"]}
        },
        "ledger": [{
            "audience": "executives",
            "held": {"reason": "damped", "since": AT, "until": AT},
            "added_in_1_7": true
        }],
        "changed_at": AT, "added_in_1_8": {"kept": 1}
    }))
}

fn a_decision() -> DecisionRecord {
    from(json!({
        "schema": "decision/1", "id": "d-abcdefghijklmnopqrstuvwxyz", "incident": "i-aaaa", "key": "pd/1",
        "episode": "p-1", "caused_by": {"timer": "damping", "due": AT}, "at": AT,
        "input": {"partition": 3, "offset": 41},
        "stage": {"before": "triggered", "after": "identified"},
        "priority": {"after": "P1", "provenance": "derived", "rule": "payments"},
        "impact": {"before": "unknown", "after": "major", "provenance": "given"},
        "audiences": {
            "executives": {"told": ["n-1"]},
            "customers-strategic/acme": {"not_told": "opens_later", "by": "audiences.yaml:3 x"}
        },
        "warnings": ["odd"], "policy": "shop@000000000000"
    }))
}

fn a_notification() -> Notification {
    let content = |language: &str| {
        json!({
            "language": language, "time_zone": "Asia/Tokyo", "subject": "s", "thread_subject": "s",
            "short": "s", "text": "t", "body": "b", "sms": {"encoding": "gsm-7", "segments": 1}
        })
    };
    from(json!({
        "schema": "notification/1", "id": "n-1", "audience": "executives", "kind": "opening", "lifecycle": "begin",
        "incident": {"id": "i-aaaa", "episode": "p-1", "priority": "P1"}, "thread_id": "t-1", "sequence": 1,
        "contents": [content("ja"), content("en")], "expires_at": "2026-03-01T14:00:00+09:00",
        "attention": "interrupt", "new_information": true,
        "template": {"name": "executives/opening.md", "version": "v", "fallback": false},
        "drill": false, "caused_by": {"event": "e-1"}, "decided_at": AT, "policy": "shop@000000000000"
    }))
}

fn a_progress() -> Progress {
    from(json!({
        "schema": "progress/1", "partition": 3, "cluster_id": "c", "partitions": 12, "next_offset": 42,
        "clock": AT
    }))
}

fn assert_valid(schema: &str, payload: Option<&Vec<u8>>) {
    let schema: Value = serde_json::from_str(schema).unwrap();
    let validator = jsonschema::draft202012::options().should_validate_formats(true).build(&schema).unwrap();
    let value: Value = serde_json::from_slice(payload.unwrap()).unwrap();
    let problems: Vec<String> =
        validator.iter_errors(&value).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(problems.is_empty(), "{problems:#?}");
}

#[test]
fn an_event_is_a_cloud_event_in_headers() {
    let record = event(&an_event(), Some("00-aa-bb-01")).unwrap();
    assert_eq!(record.key.as_deref(), Some("i-aaaa"));
    let headers: BTreeMap<_, _> = record.headers.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let expected = [
        ("ce_dataschema", "urn:herald:schema:incident-event-1"),
        ("ce_id", "e-1"),
        ("ce_source", "herald/pager%20duty%2Feu"),
        ("ce_specversion", "1.0"),
        ("ce_subject", "i-aaaa"),
        ("ce_time", AT),
        ("ce_type", "herald.incident.triggered"),
        ("content-type", "application/json"),
        ("traceparent", "00-aa-bb-01"),
    ];
    assert_eq!(headers, BTreeMap::from(expected));
    assert_eq!(serde_json::from_slice::<Event>(&record.payload.unwrap()).unwrap(), an_event());
}

#[test]
fn a_notification_can_be_filtered_without_parsing() {
    let record = notification(&a_notification(), "drill.executives", None).unwrap();
    assert_eq!(record.topic, "drill.executives");
    assert_eq!(record.partition, None);
    for (name, value) in [
        ("ce_id", "n-1"),
        ("ce_type", "herald.notification.opening"),
        ("ce_subject", "i-aaaa"),
        ("ce_time", AT),
        ("herald-audience", "executives"),
        ("herald-kind", "opening"),
        ("herald-lifecycle", "begin"),
        ("herald-languages", "ja,en"),
        ("herald-attention", "interrupt"),
    ] {
        assert_eq!(record.header(name), Some(value), "{name}");
    }
    assert_eq!(record.header("traceparent"), None);
    assert_eq!(record.timestamp, a_notification().decided_at);
}

#[test]
fn a_rejected_record_has_no_key_and_says_who_rejected_it() {
    let rejected: Rejected = from(json!({
        "schema": "rejected/1", "id": "r-1", "received_at": AT, "reason": "poison", "problems": [],
        "input": {"partition": 0, "offset": 7},
        "raw": {"content_type": "application/json", "bytes": "{", "encoding": "utf-8"}
    }));
    let record = super::rejected(&rejected, None).unwrap();
    assert_eq!((record.key.as_deref(), record.header("ce_source")), (None, Some("herald/router")));
    assert_eq!(record.header("ce_subject"), None);
}

#[test]
fn decisions_states_and_progress_are_what_their_schemas_say() {
    let decision = decision(&a_decision(), None).unwrap();
    assert_valid(include_str!("../../../schemas/decision-1.json"), decision.payload.as_ref());
    let state = state(&a_state(), 3).unwrap();
    assert_valid(include_str!("../../../schemas/incident-state-1.json"), state.payload.as_ref());
    let progress = progress(&a_progress()).unwrap();
    assert_valid(include_str!("../../../schemas/progress-1.json"), progress.payload.as_ref());
    assert_eq!((state.partition, progress.key.as_deref()), (Some(3), Some("progress/3")));
}

#[test]
fn state_comes_back_as_it_went_with_what_a_later_minor_version_added() {
    let record = state(&a_state(), 3).unwrap();
    let text = String::from_utf8(record.payload.clone().unwrap()).unwrap();
    assert!(text.contains("added_in_1_7") && text.contains("added_in_1_8"), "{text}");
    let read = StateRecord::read(Some(b"i-aaaa"), record.payload.as_deref()).unwrap();
    assert_eq!(read, StateRecord::State(Box::new(a_state())));
    let tombstone = forget("i-aaaa", 3, a_state().changed_at);
    assert_eq!(
        StateRecord::read(Some(b"i-aaaa"), tombstone.payload.as_deref()).unwrap(),
        StateRecord::Forgotten("i-aaaa".to_owned())
    );
    let record = progress(&a_progress()).unwrap();
    let read = StateRecord::read(record.key.as_deref().map(str::as_bytes), record.payload.as_deref());
    assert_eq!(read.unwrap(), StateRecord::Progress(a_progress()));
}

#[test]
fn a_state_that_can_not_be_read_says_why() {
    let read = |key: &str, payload: &str| {
        StateRecord::read(Some(key.as_bytes()), Some(payload.as_bytes())).unwrap_err().to_string()
    };
    assert_eq!(
        read("i-1", r#"{"schema":"incident-state/2","all":"new"}"#),
        "i-1 is of schema incident-state/2, which a newer Herald wrote: run that version, or newer"
    );
    assert!(read("progress/0", r#"{"schema":"progress/2"}"#).contains("newer Herald"));
    assert!(read("i-1", "{").starts_with("i-1 can't be read: "));
    assert!(read("i-1", r#"{"schema":"progress/1"}"#).starts_with("i-1 can't be read: "));
    let other = String::from_utf8(state(&a_state(), 0).unwrap().payload.unwrap()).unwrap();
    assert_eq!(read("i-1", &other), "i-1 can't be read: it is of incident i-aaaa");
    assert_eq!(StateRecord::read(None, Some(b"{}")), Err(Unreadable::NoKey));
}

//! Renamed sources, and several tools that speak of one incident.

use serde_json::{Value, json};

use super::*;
use crate::core::sources::identity::{IdPlace, Identity, SharedId, read_as};

fn read_by(identity: &Identity, body: &Value) -> Event {
    let body = body.to_string();
    let delivery = Delivery {
        source: "not looked at",
        headers: &[],
        content_type: "application/json",
        body: body.as_bytes(),
        body_sha256: &ids::body_sha256(body.as_bytes()),
        received_at: Timestamp::from_second(1_775_026_800).expect("a time"),
        auth: AuthKind::None,
        key_id: None,
        parts_max: 10,
    };
    let mut events = events(read_as(&SourceKind::Herald.into(), &delivery, identity));
    meets_schema(&events);
    events.remove(0)
}

fn snow(place: &str) -> Identity {
    let shared = SharedId {
        source: "pagerduty".to_owned(),
        names_ids: "pd-old".to_owned(),
        place: IdPlace::parse(place).expect("a place"),
    };
    Identity { same_incident_as: Some(shared), ..Identity::plain("snow") }
}

#[test]
fn a_renamed_source_keeps_its_ids() {
    let body = json!({"key": "A", "stage": "merged", "merged_into": "B"});
    let before = read_by(&Identity::plain("snow-old"), &body);
    let formerly = vec!["snow-old".to_owned(), "snow-older".to_owned()];
    let after = read_by(&Identity { formerly, ..Identity::plain("snow") }, &body);
    assert_eq!(after.source.name, "snow");
    assert_eq!((&after.id, &after.incident), (&before.id, &before.incident));
    assert_eq!(after.incident.merged_into, Some(ids::incident("snow-old", "B")));
    assert_ne!(read_by(&Identity::plain("snow"), &body).incident.id, before.incident.id);
}

#[test]
fn an_event_that_names_anothers_incident_is_about_it() {
    let body = json!({"key": "INC1", "stage": "triggered", "labels": {"cf.pd_id": ["PGR0VU2", "other"]}, "reference": "R1"});
    let event = read_by(&snow("label.cf.pd_id"), &body);
    assert_eq!(event.incident.id, ids::incident("pd-old", "PGR0VU2"));
    assert_eq!(event.incident.key, "pd-old/PGR0VU2");
    assert_eq!(event.incident.owner.as_deref(), Some("pagerduty"));
    assert_eq!((event.incident.native_id.as_str(), event.source.name.as_str()), ("INC1", "snow"));
    for (place, id) in [("reference", "R1"), ("native_id", "INC1")] {
        assert_eq!(read_by(&snow(place), &body).incident.id, ids::incident("pd-old", id));
    }
}

#[test]
fn an_event_that_names_none_is_about_its_own() {
    for labels in [json!({}), json!({"cf.pd_id": ""}), json!({"cf.pd": "X"})] {
        let event = read_by(&snow("label.cf.pd_id"), &json!({"key": "INC1", "labels": labels}));
        assert_eq!(event.incident.id, ids::incident("snow", "INC1"));
        assert_eq!(event.incident.owner, None);
    }
    let test = json!({"key": "INC1", "is_test": true, "labels": {"cf.pd_id": "PGR0VU2"}});
    assert_eq!(read_by(&snow("label.cf.pd_id"), &test).incident.id, ids::test_incident("snow", "INC1"));
    assert_eq!((IdPlace::parse("label."), IdPlace::parse("title")), (None, None));
}

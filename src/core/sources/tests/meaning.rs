//! What single fields mean, by tables.

use serde_json::{Value, json};

use super::*;
use crate::core::vocabulary::{EventType, Impact, Lead, Priority, Severity, StageWord, TimeQuality};

fn pagerduty(event_type: &str, data: &Value) -> Value {
    json!({"event": {"id": "E1", "event_type": event_type, "resource_type": "incident",
        "occurred_at": "2026-04-01T05:20:00.123Z", "agent": null, "data": data}})
}

#[test]
fn pagerduty_types() {
    let full = |status: &str| json!({"id": "Q1", "type": "incident", "status": status});
    let part = || json!({"type": "x", "id": "N1", "incident": {"id": "Q1"}});
    let roles = || json!({"type": "x", "incident_role_assignments": [{"incident": {"id": "Q1"}}]});
    let cases = [
        ("incident.triggered", full("triggered"), "triggered triggered"),
        ("incident.acknowledged", full("acknowledged"), "acknowledged acknowledged"),
        ("incident.unacknowledged", full("triggered"), "unacknowledged triggered"),
        ("incident.reopened", full("triggered"), "reopened reopened"),
        ("incident.resolved", full("resolved"), "resolved resolved"),
        ("incident.escalated", full("acknowledged"), "escalated acknowledged"),
        ("incident.delegated", full("triggered"), "reassigned triggered"),
        ("incident.reassigned", full("triggered"), "reassigned triggered"),
        ("incident.priority_updated", full("resolved"), "priority_changed resolved"),
        ("incident.service_updated", full("triggered"), "updated triggered"),
        ("incident.incident_type.changed", full("triggered"), "updated triggered"),
        ("incident.annotated", part(), "note_added -"),
        ("incident.status_update_published", part(), "status_update -"),
        ("incident.responder.added", part(), "responder_changed -"),
        ("incident.responder.replied", part(), "responder_changed -"),
        ("incident.role.assigned", roles(), "responder_changed -"),
        ("incident.conference_bridge.updated", part(), "updated -"),
        ("incident.custom_field_values.updated", part(), "updated -"),
        ("incident.task.created", part(), "updated -"),
        ("incident.workflow.started", part(), "updated -"),
        ("incident.action_invocation.created", part(), "updated -"),
        ("incident.brand_new", full("odd"), "other -"),
    ];
    for (native, data, expected) in cases {
        let event = one(SourceKind::PagerDuty, &pagerduty(native, &data));
        let stage = event.stage.map_or("-", StageWord::as_str);
        assert_eq!(format!("{} {stage}", event.event_type), expected, "{native}");
        assert_eq!(event.incident.id, ids::incident("tool", "Q1"), "{native}");
        assert_eq!(event.native_type, native);
        assert_eq!(event.ingest.delivery_id.as_deref(), Some("E1"));
        assert_eq!(event.partial, data["type"] != "incident", "{native}");
    }
}

#[test]
fn pagerduty_roles_that_are_leads() {
    let assigned = |role: &str, holder: Value| {
        let assignment =
            json!({"incident": {"id": "Q1"}, "role": {"id": "PR1", "summary": role}, "assignee": holder});
        let data = json!({"type": "incident_role_assignment", "incident_role_assignments": [assignment]});
        let event = one(SourceKind::PagerDuty, &pagerduty("incident.role.assigned", &data));
        meets_schema(std::slice::from_ref(&event));
        let update = event.update.map(|update| *update).unwrap_or_default();
        assert_eq!(update.by, None, "a tool is no person");
        update.leads.into_iter().next()
    };
    let kim = || json!({"id": "PU1", "type": "user_reference", "summary": "Kim"});
    let cases = [
        ("Communications Lead", Some(Lead::Communications)),
        ("Customer Communications", Some(Lead::Communications)),
        ("Business response", Some(Lead::BusinessResponse)),
        ("EXECUTIVE LIAISON", Some(Lead::BusinessResponse)),
        ("customer-liaison", Some(Lead::BusinessResponse)),
        ("Incident Commander", None),
    ];
    for (role, lead) in cases {
        assert_eq!(assigned(role, kim()), lead.map(|lead| (lead, "Kim".to_owned())), "{role}");
    }
    // Given back: nobody is named, so nothing is said of who leads.
    assert_eq!(assigned("Communications Lead", Value::Null), None);
    assert_eq!(
        assigned("Communications Lead", json!({"id": "PU2"})),
        Some((Lead::Communications, "PU2".to_owned()))
    );
    let roles = json!({"type": "x", "incident": {"id": "Q1"}, "roles": [{"name": "Business Lead", "user": {"name": "Sato"}}, 5]});
    let event = one(SourceKind::PagerDuty, &pagerduty("incident.role.assigned", &roles));
    assert_eq!(
        event.update.map(|update| update.leads[&Lead::BusinessResponse].clone()).as_deref(),
        Some("Sato")
    );
    assert_eq!(event.warnings, ["type_drift /event/data/roles"]);
}

#[test]
fn pagerduty_without_an_incident() {
    let body = pagerduty("service.updated", &json!({"id": "PS1", "type": "service", "summary": "Shop"}));
    let event = one(SourceKind::PagerDuty, &body);
    assert_eq!((event.event_type, event.stage, event.partial), (EventType::Catalogue, None, true));
    assert_ne!(event.incident.id, ids::incident("tool", "PS1"));

    let refused = |native, data| {
        refusal(read_body(SourceKind::PagerDuty, pagerduty(native, &data).to_string().as_bytes()))
    };
    let missing = |pointer: &str| ("no_identity", vec![pointer.to_owned()]);
    assert_eq!(refused("incident.triggered", json!({"type": "incident"})), missing("/event/data/id"));
    assert_eq!(
        refused("incident.triggered", json!({"type": "incident", "id": ""})),
        missing("/event/data/id")
    );
    assert_eq!(
        refused("incident.triggered", json!({"type": "incident", "id": {}})),
        missing("/event/data/id")
    );
    assert_eq!(refused("incident.annotated", json!({"id": "N1"})), missing("/event/data/incident/id"));
}

#[test]
fn ids_are_opaque_also_as_numbers() {
    let with_id = |id: &str| {
        let body = format!(
            r#"{{"event":{{"event_type":"incident.triggered","data":{{"type":"incident","id":{id}}}}}}}"#
        );
        events(read_body(SourceKind::PagerDuty, body.as_bytes())).remove(0)
    };
    assert_eq!(with_id("17").incident.native_id, "17");
    assert_eq!(with_id("17").incident.id, with_id("\"17\"").incident.id);
    assert_eq!(with_id("0").incident.native_id, "0");
    assert_eq!(with_id("14.0").incident.native_id, "14");
    // Both round to the same floating-point number.
    let (one, two) = ("32743191412443541367815146404898342710", "32743191412443541367815146404898342711");
    assert_eq!(with_id(one).incident.native_id, one);
    assert_ne!(with_id(one).incident.id, with_id(two).incident.id);
}

#[test]
fn a_wrong_optional_field_is_a_warning() {
    let data = json!({"type": "incident", "id": "Q1", "status": 7, "title": 42, "number": {}, "service": [1, {}],
        "teams": "ops", "priority": {"summary": "Whatever"}, "urgency": [], "created_at": "soon",
        "html_url": 9, "conference_bridge": "x", "resolve_reason": 3, "assignees": {"a": 1}, "custom_fields": 5});
    let mut body = pagerduty("incident.triggered", &data);
    body["event"]["occurred_at"] = json!("2030-01-01T00:00:00Z");
    let event = one(SourceKind::PagerDuty, &body);
    assert_eq!(event.title.as_deref(), Some("42"));
    assert_eq!(event.teams[0].name.as_deref(), Some("ops"));
    assert_eq!(event.priority.as_ref().map(|priority| priority.rank), Some(None));
    let expected = [
        "type_drift /event/data/status",
        "type_drift /event/data/title",
        "type_drift /event/data/number",
        "bad_timestamp /event/data/created_at",
        "type_drift /event/data/urgency",
        "type_drift /event/data/service",
        "type_drift /event/data/assignees",
        "unmapped_priority /event/data/priority",
        "type_drift /event/data/html_url",
        "type_drift /event/data/conference_bridge",
        "type_drift /event/data/custom_fields",
        "future_time /occurred_at",
    ];
    for warning in expected {
        assert!(event.warnings.iter().any(|found| found == warning), "{warning}: {:#?}", event.warnings);
    }
    meets_schema(&[event]);
}

fn group(alerts: &Value) -> Value {
    json!({"version": "4", "groupKey": "{}:{}", "status": "firing", "receiver": "herald", "alerts": alerts})
}

#[test]
fn alertmanager_times_and_gravity() {
    let event = one(
        SourceKind::Alertmanager,
        &group(&json!([
            {"status": "firing", "startsAt": "2026-04-01T05:00:00Z", "endsAt": "2026-04-01T09:00:00Z",
             "labels": {"severity": "warning", "instance": "db-1:9100", "service": "db", "priority": "P3"}},
            {"status": "firing", "startsAt": "2026-04-01T05:10:00Z", "endsAt": "0001-01-01T00:00:00Z",
             "labels": {"severity": "critical", "instance": "db-2:9100", "service": "db", "priority": "P2"}},
            {"status": "resolved", "startsAt": "2026-04-01T04:00:00Z", "endsAt": "2026-04-01T05:15:00Z",
             "labels": {"severity": "emergency", "instance": "db-3:9100", "priority": "P1"}},
        ])),
    );
    assert_eq!(event.occurred_at.map(|at| at.to_string()).as_deref(), Some("2026-04-01T05:15:00Z"));
    assert_eq!(event.occurred_at_quality, TimeQuality::Derived);
    assert_eq!(event.started_at.map(|at| at.to_string()).as_deref(), Some("2026-04-01T04:00:00Z"));
    assert_eq!(event.severity.map(|severity| severity.level), Some(Severity::Critical));
    assert_eq!(event.priority.and_then(|priority| priority.rank), Some(Priority::P2));
    assert_eq!(event.hosts, ["db-1", "db-2"]);
    assert_eq!(event.services.len(), 1);
    assert_eq!(event.sub_alerts.len(), 3);
    assert_eq!(event.sub_alerts[1].ended_at, None);
    assert_eq!(event.warnings, [""; 0]);
}

#[test]
fn alertmanager_without_a_group_key() {
    let keyless = |change: &Value| {
        let mut body = group(&json!([{"labels": {"b": "2", "a": "1"}}, {"fingerprint": "f00"}]));
        body["groupKey"] = Value::Null;
        for (key, value) in change.as_object().expect("an object") {
            body[key] = value.clone();
        }
        body
    };
    let key = |change: Value| one(SourceKind::Alertmanager, &keyless(&change)).incident.native_id;
    assert_eq!(key(json!({"groupLabels": {"a": "1"}})), r#"herald:{a="1"}"#);
    assert_eq!(key(json!({"commonLabels": {"c": "x\"y"}})), r#"herald:{c="x\"y"}"#);
    assert_eq!(key(json!({})), r#"herald:f00,{a="1",b="2"}"#);
    let nothing = keyless(&json!({"alerts": []})).to_string();
    let refused = refusal(read_body(SourceKind::Alertmanager, nothing.as_bytes()));
    assert_eq!(refused, ("no_identity", vec!["/groupKey".to_owned()]));
}

#[test]
fn alertmanager_counts_what_it_cuts() {
    let alerts: Vec<_> =
        (0..130).map(|n| json!({"status": "firing", "fingerprint": n.to_string()})).collect();
    let mut body = group(&json!(alerts));
    body["truncatedAlerts"] = json!(7.0);
    let event = one(SourceKind::Alertmanager, &body);
    assert_eq!((event.sub_alerts.len(), event.sub_alerts_truncated), (100, Some(37)));
}

#[test]
fn cloudevents_binary() {
    let headers = [
        ("ce-specversion", "1.0"),
        ("ce-id", "1"),
        ("ce-source", "/shop"),
        ("ce-type", "com.example.incident.resolved"),
        ("ce-subject", "caf%C3%A9"),
        ("ce-time", "2026-04-01T05:20:00Z"),
        ("ce-region", "eu"),
    ];
    let read =
        |body: &[u8], media| events(read_with(SourceKind::CloudEvents, body, media, &headers)).remove(0);
    let event = read(br#"{"title":"T"}"#, "application/json");
    assert_eq!((event.event_type, event.stage), (EventType::Resolved, Some(StageWord::Resolved)));
    assert_eq!(event.incident.native_id, "/shop café");
    assert_eq!(event.title.as_deref(), Some("T"));
    assert_eq!(event.labels["ce.region"], ["eu"]);
    assert_eq!(event.ingest.delivery_id.as_deref(), Some("/shop 1"));
    assert_eq!(read(b"", "application/json").incident, event.incident);
    let text = read(b"<xml/>", "application/xml").description.map(|text| text.text);
    assert_eq!(text.as_deref(), Some("<xml/>"));
    let broken = read_with(SourceKind::CloudEvents, b"{", "application/json", &headers);
    assert_eq!(refusal(broken).0, "not_json");
    let without_id = read_with(SourceKind::CloudEvents, b"{}", "application/json", &headers[..1]);
    assert_eq!(refusal(without_id), ("schema", ["/id", "/source", "/type"].map(str::to_owned).to_vec()));
}

#[test]
fn a_test_lives_in_a_space_of_its_own() {
    let test = one(SourceKind::Herald, &json!({"key": "A", "stage": "triggered", "is_test": true}));
    let real = one(SourceKind::Herald, &json!({"key": "A", "stage": "triggered"}));
    assert_eq!((test.event_type, test.is_test), (EventType::Test, true));
    assert_ne!(test.incident.id, real.incident.id);
    let body = json!({"specversion": "1.0", "id": "1", "source": "s", "type": "a.test", "subject": "A"});
    assert!(one(SourceKind::CloudEvents, &body).is_test);
}

#[test]
fn herald_words() {
    let event = one(
        SourceKind::Herald,
        &json!({"key": 7, "symptom": "ご購入手続きができません", "action": {"en": "We roll back.", "ja": "戻します。"},
            "text": {"customers-general": "Checkout fails."}, "eta": "2026-04-01T06:00:00Z", "impact": "Major",
            "affected_percent": "12.5%", "affected_count": 300, "note": "n", "priority": 2}),
    );
    let update = event.update.clone().expect("words");
    assert_eq!(update.symptom.get("ja"), Some("ご購入手続きができません"));
    assert_eq!(update.action.get("en"), Some("We roll back."));
    assert_eq!(update.text["customers-general"].get("en"), Some("Checkout fails."));
    assert!(update.eta.is_some_and(|eta| !eta.quotable));
    let impact = event.impact.clone().expect("impact");
    assert_eq!(impact.level, Some(Impact::Major));
    assert_eq!((impact.affected_percent, impact.affected_count), (Some(12.5), Some(300)));
    assert_eq!(event.priority.as_ref().and_then(|priority| priority.rank), Some(Priority::P2));
    assert_eq!((event.event_type, event.partial), (EventType::NoteAdded, true));
    assert_eq!(event.warnings, [""; 0]);
}

#[test]
fn a_retry_has_the_same_ids() {
    let body = pagerduty("incident.triggered", &json!({"type": "incident", "id": "Q1"})).to_string();
    let read = |webhook: &str| {
        let headers = [("x-webhook-id", webhook)];
        events(read_with(SourceKind::PagerDuty, body.as_bytes(), "application/json", &headers)).remove(0)
    };
    // Two subscriptions deliver one event under two ids of their own.
    assert_eq!(read("a").id, read("b").id);
}

#[test]
fn pagerduty_also_gets_bodies_for_its_events_api() {
    let body = json!({"routing_key": "a-credential", "event_action": "trigger", "dedup_key": "srv/HTTP",
        "payload": {"summary": "Disk full", "severity": "critical", "source": "srv"}});
    let event = one(SourceKind::PagerDuty, &body);
    assert_eq!((event.stage, event.title.as_deref()), (Some(StageWord::Triggered), Some("Disk full")));
    assert_eq!(event.source.kind, "pagerduty");
    assert!(event.incident.native_id.ends_with("/srv/HTTP"));
    let whole = serde_json::to_string(&event).expect("JSON");
    assert!(!whole.contains("a-credential"), "{whole}");
    let kept = super::super::Reader::from(SourceKind::PagerDuty)
        .without_secrets(b"{\"routing_key\":\"a-credential\"}")
        .into_owned();
    assert!(!String::from_utf8_lossy(&kept).contains("a-credential"));
}

//! Words of paging tools and uptime checks, by tables.

use serde_json::{Value, json};

use super::*;
use crate::core::vocabulary::StageWord;

#[track_caller]
fn means(kind: SourceKind, body: &Value, expected: &str, native_id: &str) {
    let event = one(kind, body);
    meets_schema(std::slice::from_ref(&event));
    let stage = event.stage.map_or("-", StageWord::as_str);
    assert_eq!(
        format!("{} {stage} {}", event.event_type, event.incident.native_id),
        format!("{expected} {native_id}"),
        "{body}"
    );
}

#[test]
fn grafana_oncall_events() {
    let body = |word: &str, state: Value| json!({"event": {"type": word}, "alert_group_id": "G", "alert_group": {"id": "G", "state": state}});
    let cases = [
        (body("alert group created", json!("firing")), "triggered triggered"),
        (body("escalation", json!("firing")), "escalated triggered"),
        (body("acknowledge", json!("acknowledged")), "acknowledged acknowledged"),
        (body("unacknowledge", json!("firing")), "unacknowledged triggered"),
        (body("resolve", json!("resolved")), "resolved resolved"),
        (body("unresolve", json!("firing")), "reopened reopened"),
        (body("silence", json!("silenced")), "updated -"),
        (body("unsilence", json!("firing")), "triggered triggered"),
        (body("status change", json!("resolved")), "resolved resolved"),
        (body("resolve", Value::Null), "resolved resolved"),
        (body("brand new", json!("resolved")), "resolved resolved"),
        (json!({"event": {"type": "resolve"}, "alert_group_id": "G"}), "resolved resolved"),
    ];
    for (body, expected) in cases {
        means(SourceKind::GrafanaOncall, &body, expected, "G");
    }
    let incident = |event: &str, status: &str| json!({"event": event, "incident": {"incidentID": 7, "status": status, "title": "T"}});
    means(
        SourceKind::GrafanaOncall,
        &incident("grafana.incident.created", "active"),
        "triggered triggered",
        "7",
    );
    means(
        SourceKind::GrafanaOncall,
        &incident("grafana.incident.updated", "active"),
        "updated investigating",
        "7",
    );
    means(
        SourceKind::GrafanaOncall,
        &incident("grafana.incident.closed", "resolved"),
        "resolved resolved",
        "7",
    );
}

#[test]
fn splunk_oncall_phases() {
    let outgoing = |phase: &str| json!({"INCIDENT.INCIDENT_ID": "9", "INCIDENT.CURRENT_PHASE": phase, "INCIDENT.ENTITY_STATE": "OK"});
    let cases = [
        (outgoing("UNACKED"), "triggered triggered", "9"),
        (outgoing("ACKED"), "acknowledged acknowledged", "9"),
        (outgoing("RESOLVED"), "resolved resolved", "9"),
        (outgoing("ODD"), "other -", "9"),
        (json!({"incident": 31, "message_type": "\"RECOVERY\""}), "resolved resolved", "31"),
        (json!({"message_type": "INFO", "entity_id": "a/b"}), "other -", "a/b"),
        (json!({"STATE.INCIDENT_NAME": "#12", "ALERT.message_type": "WARNING"}), "triggered triggered", "12"),
    ];
    for (body, expected, native_id) in cases {
        means(SourceKind::SplunkOncall, &body, expected, native_id);
    }
    assert_eq!(refusal(read_body(SourceKind::SplunkOncall, br#"{"a":1}"#)).0, "no_identity");
}

#[test]
fn better_stack_events() {
    let body = |event: Value, attributes: Value| json!({"event": event, "data": {"id": "5", "type": "incident", "attributes": attributes}});
    let at = "2026-04-01T05:20:00Z";
    let cases = [
        (body(json!("started"), json!({})), "triggered triggered", "5"),
        (body(json!("incident.acknowledged"), json!({})), "acknowledged acknowledged", "5"),
        (body(json!("incident.reopened"), json!({})), "reopened reopened", "5"),
        (body(json!("incident_unresolved"), json!({})), "reopened reopened", "5"),
        (body(Value::Null, json!({"status": "Validating"})), "triggered triggered", "5"),
        (
            body(json!("incident.escalated"), json!({"status": "Acknowledged"})),
            "acknowledged acknowledged",
            "5",
        ),
        (body(Value::Null, json!({"status": "Resolved"})), "resolved resolved", "5"),
        (body(Value::Null, json!({"started_at": at, "resolved_at": at})), "resolved resolved", "5"),
        (
            body(Value::Null, json!({"started_at": at, "acknowledged_at": at, "resolved_at": ""})),
            "acknowledged acknowledged",
            "5",
        ),
        (body(Value::Null, json!({})), "other -", "5"),
        (json!({"event": "created", "data": [{"id": 4, "type": "on_call"}]}), "catalogue -", "on_call/4"),
        (json!({"event": "incident.resolved", "incident_id": 5}), "resolved resolved", "5"),
        (json!({"event": "incident.commented", "incident_id": 5}), "updated -", "5"),
        (json!({"event": "monitor.checked", "monitor_id": 789}), "catalogue -", "monitor/789"),
    ];
    for (body, expected, native_id) in cases {
        means(SourceKind::BetterStack, &body, expected, native_id);
    }
}

#[test]
fn honeycomb_alerts() {
    let cases = [
        (json!({"id": "a", "name": "T", "status": "TRIGGERED"}), "triggered triggered", "a"),
        (json!({"id": "a", "instance_id": "b", "name": "T", "status": "ok"}), "resolved resolved", "a/b"),
        (json!({"name": "T", "status": "OK"}), "resolved resolved", "T"),
        (json!({"alert": {"name": "T"}, "status": "firing"}), "triggered triggered", "T"),
        (json!({"id": 0, "status": "PENDING"}), "other -", "0"),
        (json!({"id": "a", "status": "TRIGGERED", "is_test": true}), "test triggered", "a"),
    ];
    for (body, expected, native_id) in cases {
        means(SourceKind::Honeycomb, &body, expected, native_id);
    }
}

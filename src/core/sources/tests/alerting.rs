//! Alertmanager and what speaks like it: alerts outside a group, and Grafana old and new.

use serde_json::{Value, json};

use super::*;
use crate::core::vocabulary::{EventType, StageWord};

fn stage(event: &Event) -> String {
    format!("{} {}", event.event_type, event.stage.map_or("-", StageWord::as_str))
}

#[test]
fn alerts_outside_a_group() {
    let labels = json!({"alertname": "Slow", "severity": "critical"});
    let cases = [
        (
            json!({"labels": labels, "endsAt": "2026-04-01T09:00:00Z"}),
            "triggered triggered",
            r#"{alertname="Slow",severity="critical"}"#,
        ),
        (
            json!({"labels": labels, "endsAt": "2026-04-01T06:00:00Z"}),
            "resolved resolved",
            r#"{alertname="Slow",severity="critical"}"#,
        ),
        (
            json!({"labels": labels, "status": "resolved"}),
            "resolved resolved",
            r#"{alertname="Slow",severity="critical"}"#,
        ),
        (
            json!({"labels": {"a": "1"}, "summary": "Queue is full"}),
            "triggered triggered",
            r#"Queue is full{a="1"}"#,
        ),
        (
            json!({"status": "firing", "fingerprint": "f00", "title": "Own words"}),
            "triggered triggered",
            "f00",
        ),
        (json!({"status": "suppressed", "title": "Own words"}), "other -", "Own words"),
        (
            json!({"status": "firing", "receiver": "r", "alerts": [{"status": "firing"}]}),
            "triggered triggered",
            "r:{}",
        ),
        (
            json!({"receiver": "r", "alerts": [{"status": "resolved", "labels": {"a": "1"}}]}),
            "resolved resolved",
            r#"r:{a="1"}"#,
        ),
        (json!({"status": "resolved", "groupKey": "g", "alerts": null}), "resolved resolved", "g"),
        (
            json!({"status": "firing", "groupKey": "g", "labels": labels, "fingerprint": "f00"}),
            "triggered triggered",
            "f00",
        ),
        (
            json!({"version": "1", "status": "firing", "alert": [{"labels": {"a": "1"}, "summary": "Old"}]}),
            "triggered triggered",
            r#":{a="1"}"#,
        ),
        (
            json!([{"version": "1", "status": "resolved", "alert": [{"labels": {"a": "1"}}]}]),
            "resolved resolved",
            r#":{a="1"}"#,
        ),
    ];
    for (body, expected, native_id) in cases {
        let event = one(SourceKind::Alertmanager, &body);
        assert_eq!(
            (stage(&event).as_str(), event.incident.native_id.as_str()),
            (expected, native_id),
            "{body}"
        );
    }
    let refused = refusal(read_body(SourceKind::Alertmanager, br#"{"status":"firing"}"#));
    assert_eq!(refused, ("no_identity", vec!["/groupKey".to_owned()]));
    assert_eq!(refusal(read_body(SourceKind::Alertmanager, b"[]")).0, "schema");
}

#[test]
fn what_fires_names_the_group() {
    let body = json!({"status": "firing", "groupKey": "g", "alerts": [
        {"status": "resolved", "annotations": {"summary": "Over"}},
        {"status": "firing", "annotations": {"summary": "Burns"}}]});
    assert_eq!(one(SourceKind::Alertmanager, &body).title.as_deref(), Some("Burns"));
}

fn legacy(change: &Value) -> Event {
    let mut body =
        json!({"orgId": 1, "ruleId": 7, "ruleName": "Slow", "title": "[Alerting] Slow", "state": "alerting"});
    for (key, value) in change.as_object().expect("an object") {
        body[key] = value.clone();
    }
    one(SourceKind::Grafana, &body)
}

#[test]
fn states_of_legacy_grafana() {
    let cases = [
        ("alerting", "triggered triggered"),
        ("ok", "resolved resolved"),
        ("no_data", "triggered triggered"),
        ("pending", "updated -"),
        ("paused", "updated -"),
        ("whatever", "other -"),
    ];
    for (state, expected) in cases {
        let event = legacy(&json!({"state": state}));
        assert_eq!((stage(&event).as_str(), event.incident.native_id.as_str()), (expected, "1/7"), "{state}");
        assert_eq!((event.title.as_deref(), event.is_test), (Some("Slow"), false));
    }
    assert_eq!(legacy(&json!({"ruleId": 14.0})).incident.native_id, "1/14");
    assert_eq!(legacy(&json!({"ruleId": null, "dashboardId": 2, "panelId": 3})).incident.native_id, "1/2/3");
    let test = legacy(&json!({"orgId": 0, "ruleId": 0}));
    assert_eq!((test.event_type, test.incident.native_id.as_str()), (EventType::Test, "0/0"));
}

#[test]
fn tests_and_words_of_unified_grafana() {
    let body = |name: &str| {
        json!({"status": "firing", "title": "[FIRING:1] words", "message": "more words", "orgId": 3, "groupKey": "g",
            "alerts": [{"status": "firing", "ruleUID": "u", "labels": {"alertname": name}, "values": null}]})
    };
    let event = one(SourceKind::Grafana, &body("Slow"));
    assert_eq!(
        (event.title.as_deref(), event.source.account.as_deref()),
        (Some("[FIRING:1] words"), Some("3"))
    );
    assert_eq!(event.description.map(|text| text.text).as_deref(), Some("more words"));
    assert_eq!(event.labels["rule_uid"], ["u"]);
    assert!(one(SourceKind::Grafana, &body("TestAlert")).is_test);
    let relayed =
        json!({"type": "grafana.alert.firing", "timestamp": "2026-04-01T05:20:00Z", "data": body("Slow")});
    let relayed = one(SourceKind::Grafana, &relayed);
    assert_eq!((relayed.incident, relayed.warnings), (event.incident, vec!["relayed /data".to_owned()]));
    assert_eq!(relayed.occurred_at.map(|at| at.to_string()).as_deref(), Some("2026-04-01T05:20:00Z"));
}

//! Templates of Datadog's users, and what comes of them.

use serde_json::json;

use super::*;

#[test]
fn whatever_the_template_calls_its_variables() {
    let cases = [
        // Upper case, camel case and dots; a cycle beats the monitor.
        (
            json!({"ALERT_CYCLE_KEY": "77", "ALERT_ID": "5", "ALERT_TITLE": "Disk", "ALERT_TRANSITION": "Re-Warn"}),
            r#"triggered triggered 77 "Disk""#,
        ),
        (
            json!({"alertId": 5, "alertScope": "host:a", "alertTransition": "Recovered", "title": "[Recovered] Disk"}),
            r#"resolved resolved 5:host:a "Disk""#,
        ),
        (
            json!({"monitor": {"id": 5, "name": "x"}, "alert.transition": "No Data", "name": "Disk"}),
            r#"triggered triggered 5 "Disk""#,
        ),
        // Variables that Datadog does not know stay as they are.
        (
            json!({"alert_cycle_key": "$ALERT_CYCLE", "alert_id": "5", "alert_transition": "Triggered", "title": "Disk"}),
            r#"triggered triggered 5 "Disk""#,
        ),
        // Its own default body: the state is in the title, and the id is that of the event.
        (
            json!({"id": "1", "title": "[Triggered on {host:a}] Disk", "event_type": "service_check", "body": "x"}),
            r#"triggered triggered Disk {host:a} "Disk""#,
        ),
        (
            json!({"id": "2", "title": "[P3] [Recovered on {host:a}] Disk", "event_type": "service_check", "body": "x"}),
            r#"resolved resolved Disk {host:a} "Disk""#,
        ),
        (json!({"id": "3", "title": "[TEST] [Triggered] Disk", "alert_id": 5}), r#"test triggered 5 "Disk""#),
        (
            json!({"title": "Disk", "alert_id": 5, "alert_type": "success", "alert_status": "load over host:a was > 0"}),
            r#"resolved resolved 5 "Disk""#,
        ),
        // An event that somebody posted is no alert.
        (json!({"id": "4", "title": "Deployed", "event_type": ""}), r#"other - Deployed "Deployed""#),
        (json!({"alert_id": 5, "alert_transition": "Bewildered", "title": "Disk"}), r#"other - 5 "Disk""#),
        (
            json!({"security_signal_id": "S1", "security_signal_title": "Odd login", "security_signal_severity": "high"}),
            r#"triggered triggered S1 "Odd login""#,
        ),
        (
            json!({"incident_public_id": 12, "incident_title": "Cards", "incident_status": "active"}),
            r#"triggered triggered 12 "Cards""#,
        ),
        (
            json!({"incident_uuid": "u", "incident_title": "Cards", "incident_status": "resolved"}),
            r#"resolved resolved u "Cards""#,
        ),
    ];
    for (body, expected) in cases {
        assert_eq!(outline(SourceKind::Datadog, &body), expected, "{body}");
    }
}

#[test]
fn priorities_impact_and_what_stands_unresolved() {
    let event =
        one(SourceKind::Datadog, &json!({"alert_id": 1, "title": "[P2] x", "alert_type": "$ALERT_TYPES"}));
    assert_eq!(event.priority.map(|p| p.native).as_deref(), Some("P2"));
    assert!(event.warnings.iter().any(|warning| warning == "unresolved_placeholder /alert_type"));
    let quoted = r#"{"customer_impacted": false, "customer_impact_scope": ""}"#;
    let event = one(SourceKind::Datadog, &json!({"incident_uuid": "u", "incident_customer_impact": quoted}));
    assert_eq!(event.impact.and_then(|i| i.level), Some(crate::core::vocabulary::Impact::None));
    let read = read_body(SourceKind::Datadog, br#"{"org": {"id": 1}}"#);
    assert_eq!(refusal(read), ("no_identity", vec![String::new()]));
}

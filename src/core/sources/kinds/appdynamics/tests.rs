//! Types of event of AppDynamics, in capitals and in words.

use serde_json::json;

use crate::core::sources::SourceKind;
use crate::core::sources::tests::{events, outline, read_body};

#[test]
fn types_of_event() {
    let cases = [
        ("POLICY_OPEN_WARNING", "", "triggered triggered"),
        ("POLICY_OPEN_CRITICAL", "", "triggered triggered"),
        ("POLICY_CONTINUES_CRITICAL", "", "triggered triggered"),
        ("POLICY_UPGRADED", "", "updated triggered"),
        ("POLICY_DOWNGRADED", "", "updated triggered"),
        ("POLICY_CLOSE_WARNING", "", "resolved resolved"),
        ("POLICY_CLOSE_CRITICAL", "", "resolved resolved"),
        ("POLICY_CANCELED_CRITICAL", "", "resolved cancelled"),
        ("Health Rule", "New Critical Health Rule Violation", "triggered triggered"),
        ("Health Rule", "Ongoing Critical Health Rule Violation", "triggered triggered"),
        ("", "Health Rule Violation Upgraded from Warning to Critical", "updated triggered"),
        ("", "Critical Health Rule Violation Ended", "resolved resolved"),
        ("", "Warning Health Rule Violation Canceled", "resolved cancelled"),
        ("APPLICATION_DEPLOYMENT", "", "other -"),
        ("ERROR", "", "other -"),
    ];
    for (kind, name, expected) in cases {
        let body =
            json!({"incident_id": 7, "health_rule_name": "CPU", "event_type": kind, "event_name": name});
        assert_eq!(outline(SourceKind::AppDynamics, &body), format!("{expected} 7 \"CPU\""), "{kind} {name}");
    }
}

#[test]
fn identities() {
    let cases = [
        (
            json!({"event_type": "POLICY_OPEN_WARNING", "app_name": "shop", "health_rule_name": "CPU", "tier_name": "web"}),
            r#"triggered triggered shop/CPU/web "CPU""#,
        ),
        (
            json!({"event_type": "POLICY_OPEN_WARNING", "incident_id": "${latestEvent.incident.id}", "health_rule_name": "CPU"}),
            r#"triggered triggered CPU "CPU""#,
        ),
        (
            json!({"id": "12", "name": "Slow transactions", "severity": "ERROR", "event_id": "g"}),
            r#"triggered triggered g "Slow transactions""#,
        ),
    ];
    for (body, expected) in cases {
        assert_eq!(outline(SourceKind::AppDynamics, &body), expected, "{body}");
    }
    let batch = json!({"events": [{"guid": "a", "displayName": "New Critical Health Rule Violation", "eventTime": "Wed Apr 01 05:20:00 UTC 2026"}, {"guid": "b"}]});
    let read = events(read_body(SourceKind::AppDynamics, batch.to_string().as_bytes()));
    assert_eq!(read.iter().map(|event| event.incident.native_id.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(read[0].occurred_at.map(jiff::Timestamp::as_second), Some(1_775_020_800));
}

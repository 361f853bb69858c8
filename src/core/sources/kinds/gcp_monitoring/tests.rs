//! Versions and wrappings of Cloud Monitoring.

use data_encoding::BASE64;
use serde_json::{Value, json};

use crate::core::sources::SourceKind;
use crate::core::sources::tests::{one, outline, read_body, refusal};

fn incident(state: &str) -> Value {
    json!({"incident_id": "0.a", "state": state, "policy_name": "Shop", "condition_name": "Errors",
        "started_at": 1_775_020_800, "ended_at": if state == "closed" { json!(1_775_024_400) } else { Value::Null }})
}

#[test]
fn versions_and_wrappings() {
    let whole = |state: &str| json!({"version": "1.2", "incident": incident(state)});
    let pushed = |value: &Value| json!({"message": {"data": BASE64.encode(value.to_string().as_bytes()), "messageId": "77"}, "subscription": "s"});
    let cases = [
        (whole("open"), r#"triggered triggered 0.a "Shop: Errors""#),
        (whole("OPEN"), r#"triggered triggered 0.a "Shop: Errors""#),
        (whole("closed"), r#"resolved resolved 0.a "Shop: Errors""#),
        (whole("acknowledged"), r#"acknowledged acknowledged 0.a "Shop: Errors""#),
        (whole("odd"), r#"other - 0.a "Shop: Errors""#),
        (json!({"incident": incident("open")}), r#"triggered triggered 0.a "Shop: Errors""#),
        (json!({"version": "test", "incident": incident("OPEN")}), r#"test triggered 0.a "Shop: Errors""#),
        (pushed(&whole("closed")), r#"resolved resolved 0.a "Shop: Errors""#),
        (
            json!({"type": "relayed", "data": {"incidentId": "0.a", "state": "open", "conditionName": "Errors", "policyName": "projects/p/alertPolicies/1"}}),
            r#"triggered triggered 0.a "Errors""#,
        ),
        (
            json!({"incident": {"incident_id": "0.a", "state": "open", "policy_name": "projects/p/alertPolicies/1"}}),
            r#"triggered triggered 0.a "projects/p/alertPolicies/1""#,
        ),
        (pushed(&json!({"budgetDisplayName": "All", "costAmount": 9})), r#"other - All "All""#),
        (
            json!({"version": "1.0", "subject": "New error in shop", "group_info": {"project_id": "p", "detail_link": "https://example.com/errors/Cx?time=1"}}),
            r#"triggered triggered https://example.com/errors/Cx "New error in shop""#,
        ),
    ];
    for (body, expected) in cases {
        assert_eq!(outline(SourceKind::GcpMonitoring, &body), expected, "{body}");
    }
    assert_eq!(
        one(SourceKind::GcpMonitoring, &pushed(&whole("open"))).ingest.delivery_id.as_deref(),
        Some("77")
    );
    let odd = read_body(SourceKind::GcpMonitoring, br#"{"message": {"data": "%%"}}"#);
    assert_eq!(refusal(odd), ("schema", vec!["/message/data".to_owned()]));
}

#[test]
fn severity_is_the_incidents_own_or_a_label() {
    let severity = |own: &str, label: &str| {
        let body = json!({"incident": {"incident_id": 1, "state": "open", "severity": own, "policy_user_labels": {"severity": label}}});
        one(SourceKind::GcpMonitoring, &body).severity.map(|severity| severity.native)
    };
    assert_eq!(severity("Critical", "low").as_deref(), Some("Critical"));
    assert_eq!(severity("No severity", "low").as_deref(), Some("low"));
    assert_eq!(severity("No severity", ""), None);
}

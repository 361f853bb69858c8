//! Templates and channels of New Relic, and what comes of them.

use serde_json::json;

use crate::core::sources::SourceKind;
use crate::core::sources::tests::{one, outline};

#[test]
fn issues_incidents_and_deployments() {
    let cases = [
        (
            json!({"id": "i1", "title": "CPU", "state": "CREATED", "owner": "Kim"}),
            r#"triggered triggered i1 "CPU""#,
        ),
        (json!({"issueId": "i1", "title": "CPU", "state": "ACTIVATED"}), r#"triggered triggered i1 "CPU""#),
        (
            json!({"issue_id": "i1", "issue_title": ["CPU"], "state": "ACTIVATED", "owner": "Kim"}),
            r#"acknowledged acknowledged i1 "CPU""#,
        ),
        (
            json!({"id": "i1", "title": "CPU", "state": "ACTIVATED", "trigger": "USER_ACTION"}),
            r#"acknowledged acknowledged i1 "CPU""#,
        ),
        (
            json!({"id": "i1", "title": "CPU", "state": "ACTIVATED", "owner": "N/A", "trigger": "STATE_CHANGE"}),
            r#"triggered triggered i1 "CPU""#,
        ),
        (
            json!({"id": "i1", "annotations": {"title": ["CPU"]}, "state": "closed"}),
            r#"resolved resolved i1 "CPU""#,
        ),
        (json!([{"id": "i1", "title": "CPU", "issueState": "CLOSED"}]), r#"resolved resolved i1 "CPU""#),
        // Not put in by the template: then the address knows.
        (
            json!({"id": "{{issueId}}", "issueUrl": "https://example.com/accounts/1/issues/i1?a=b", "title": "CPU", "state": "CREATED"}),
            r#"triggered triggered i1 "CPU""#,
        ),
        (
            json!({"alertPolicyNames": ["Shop"], "alertConditionNames": ["CPU"], "state": "activated"}),
            r#"triggered triggered Shop: CPU "CPU""#,
        ),
        (
            json!({"incident_id": 12, "condition_name": "CPU", "current_state": "open"}),
            r#"triggered triggered 12 "CPU""#,
        ),
        (
            json!({"incident_id": 12, "condition_name": "CPU", "event_type": "INCIDENT_RESOLVED"}),
            r#"resolved resolved 12 "CPU""#,
        ),
        (json!({"incident_id": 12, "condition_name": "CPU", "current_state": "odd"}), r#"other - 12 "CPU""#),
        (json!({"incident_id": 12, "condition_name": "CPU"}), r#"other - 12 "CPU""#),
        (
            json!({"incident_id": 0, "condition_name": "CPU", "current_state": "open", "targets": [{"product": "TESTING"}]}),
            r#"test triggered 0 "CPU""#,
        ),
        (
            json!({"message": "Apdex fell", "application_name": "shop", "short_description": "[shop] alert opened"}),
            r#"triggered triggered shop: Apdex fell "Apdex fell""#,
        ),
        (
            json!({"revision": "r7", "deployed_by": "kim", "application_name": "shop"}),
            r#"other - deployment/r7 "shop was deployed""#,
        ),
        (
            json!({"type": "relayed", "data": {"issueId": "i1", "title": "CPU", "state": "ACTIVATED"}}),
            r#"triggered triggered i1 "CPU""#,
        ),
    ];
    for (body, expected) in cases {
        assert_eq!(outline(SourceKind::NewRelic, &body), expected, "{body}");
    }
}

#[test]
fn an_absurd_time_is_none_and_keeps_nothing_from_beginning() {
    let event = one(
        SourceKind::NewRelic,
        &json!({"id": 1, "state": "open", "timestamp": 160_513_393_115_100_000_u64}),
    );
    assert_eq!(event.occurred_at, None);
    assert!(event.warnings.contains(&"bad_timestamp /timestamp".to_owned()), "{:?}", event.warnings);
}

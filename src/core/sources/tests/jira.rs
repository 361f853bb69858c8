//! What Jira says happened, and what is made of it.

use serde_json::{Value, json};

use super::*;
use crate::core::vocabulary::StageWord;

fn delivery(change: &Value) -> Value {
    let mut body = json!({"webhookEvent": "jira:issue_updated", "timestamp": 1_775_020_800_000_u64, "issue": {
        "id": "100", "key": "OPS-1", "self": "https://shop.atlassian.net/rest/api/2/issue/100",
        "fields": {"summary": "T", "status": {"name": "In Progress", "statusCategory": {"key": "indeterminate"}}}}});
    for (key, value) in change.as_object().expect("an object") {
        body[key] = value.clone();
    }
    body
}

#[test]
fn what_happened() {
    let log =
        |field: &str, old: &str| json!({"items": [{"field": field, "fromString": old, "toString": "x"}]});
    let cases = [
        (json!({"webhookEvent": "jira:issue_created"}), "triggered acknowledged"),
        (json!({"changelog": log("status", "To Do")}), "acknowledged acknowledged"),
        (json!({"changelog": log("status", "Done")}), "reopened reopened"),
        (json!({"changelog": log("priority", "Low")}), "priority_changed acknowledged"),
        (json!({"changelog": log("assignee", "Kim")}), "reassigned acknowledged"),
        (json!({"changelog": log("summary", "S")}), "updated acknowledged"),
        (json!({"comment": {"body": "words"}}), "note_added acknowledged"),
        (json!({"webhookEvent": "comment_updated", "comment": {"body": "words"}}), "note_added acknowledged"),
        (json!({"webhookEvent": "comment_deleted", "comment": {"body": "w"}}), "updated acknowledged"),
        (
            json!({"issue_event_type_name": "issue_comment_deleted", "comment": {"body": "w"}}),
            "updated acknowledged",
        ),
        (
            json!({"webhookEvent": null, "action": "deleted", "comment": {"body": "w"}}),
            "updated acknowledged",
        ),
        (json!({"webhookEvent": null, "action": "deleted"}), "resolved cancelled"),
        (json!({"webhookEvent": "jira:issue_deleted"}), "resolved cancelled"),
        (json!({"webhookEvent": "worklog_created"}), "updated acknowledged"),
        (json!({"webhookEvent": "jira:issue_unknown"}), "other acknowledged"),
        (json!({"webhookEvent": null, "action": "created"}), "triggered acknowledged"),
    ];
    for (change, expected) in cases {
        let event = one(SourceKind::Jira, &delivery(&change));
        let stage = event.stage.map_or("-", StageWord::as_str);
        assert_eq!(format!("{} {stage}", event.event_type), expected, "{change}");
        assert_eq!((event.incident.native_id.as_str(), event.title.as_deref()), ("100", Some("T")));
        assert_eq!(event.message.is_some(), expected.starts_with("note_added"), "{change}");
    }
}

#[test]
fn whose_issue_it_is() {
    let place = "https://shop.example.com/rest/api/2/issue/100/comment/7";
    let cases = [
        (json!({"webhookEvent": "comment_created", "comment": {"self": place, "body": "w"}}), "100"),
        (json!({"webhookEvent": "worklog_created", "worklog": {"issueId": "100"}}), "100"),
        (json!({"id": "100", "key": "OPS-1", "fields": {"summary": "T"}}), "100"),
        (json!({"issue": {"key": "OPS-1", "fields": {}}}), "OPS-1"),
        (json!({"webhookEvent": "sprint_closed", "sprint": {"id": 4}}), "sprint/4"),
        (
            json!({"type": "jira.issue", "timestamp": "2026-04-01T05:20:00Z", "data": delivery(&json!({}))}),
            "100",
        ),
    ];
    for (body, native_id) in cases {
        for kind in [SourceKind::Jira, SourceKind::JiraServiceManagement] {
            assert_eq!(one(kind, &body).incident.native_id, native_id, "{body}");
        }
    }
    assert_eq!(refusal(read_body(SourceKind::Jira, br#"{"webhookEvent":"x"}"#)).0, "no_identity");
}

#[test]
fn a_security_level_makes_it_private_and_addresses_are_not_kept() {
    let mut body = delivery(&json!({"user": {"name": "kim@example.com", "displayName": "Kim"}}));
    body["issue"]["fields"]["security"] = json!({"name": "some"});
    let event = Event { raw: None, ..one(SourceKind::Jira, &body) };
    assert!(event.is_private);
    assert!(!serde_json::to_string(&event).expect("serialises").contains("kim@"));
    assert_eq!(event.actor.and_then(|actor| actor.name).as_deref(), Some("Kim"));
}

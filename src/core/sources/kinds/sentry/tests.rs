//! Resources and actions of Sentry, and that nothing of a user leaves an event.

use serde_json::{Value, json};

use crate::core::sources::tests::{events, one, outline, read_with};
use crate::core::sources::{Handshake, Read, SourceKind};

fn issue(action: &str, status: &str) -> Value {
    json!({"action": action, "data": {"issue": {"id": "7", "title": "Boom", "status": status}}})
}

#[test]
fn resources_and_actions() {
    let metric =
        |action: &str| json!({"action": action, "data": {"metric_alert": {"id": "3", "title": "Slow"}}});
    let cases = [
        (issue("created", "unresolved"), r#"triggered triggered 7 "Boom""#),
        (issue("resolved", "resolved"), r#"resolved resolved 7 "Boom""#),
        (issue("assigned", "unresolved"), r#"reassigned triggered 7 "Boom""#),
        (issue("assigned", "resolved"), r#"reassigned resolved 7 "Boom""#),
        (issue("archived", "ignored"), r#"closed closed 7 "Boom""#),
        (issue("ignored", "ignored"), r#"closed closed 7 "Boom""#),
        (issue("unresolved", "unresolved"), r#"reopened reopened 7 "Boom""#),
        (issue("blessed", "unresolved"), r#"other triggered 7 "Boom""#),
        (metric("critical"), r#"triggered triggered metric_alert/3 "Slow""#),
        (metric("warning"), r#"triggered triggered metric_alert/3 "Slow""#),
        (metric("resolved"), r#"resolved resolved metric_alert/3 "Slow""#),
        (metric("odd"), r#"other - metric_alert/3 "Slow""#),
        (
            json!({"action": "triggered", "data": {"event": {"issue_id": 7, "metadata": {"type": "Boom", "value": "x"}}}}),
            r#"triggered triggered 7 "Boom: x""#,
        ),
        (
            json!({"action": "triggered", "data": {"event": {"title": "Boom", "issue_url": "https://example.com/api/0/issues/7/"}}}),
            r#"triggered triggered 7 "Boom""#,
        ),
        (
            json!({"action": "created", "data": {"error": {"issue_id": "7", "title": "Boom"}}}),
            r#"triggered triggered 7 "Boom""#,
        ),
        (
            json!({"action": "created", "data": {"comment_id": "5", "comment": "Mine", "issue_id": 7}}),
            r#"note_added - 7 "-""#,
        ),
        (
            json!({"id": "7", "message": "Boom", "event": {}, "project_slug": "shop"}),
            r#"triggered triggered 7 "Boom""#,
        ),
        (
            json!({"type": "relayed", "data": issue("created", "unresolved")}),
            r#"triggered triggered 7 "Boom""#,
        ),
        (
            json!({"action": "x", "data": {"seer": {}}, "installation": {"uuid": "u"}}),
            r#"other - other/u "-""#,
        ),
    ];
    for (body, expected) in cases {
        assert_eq!(outline(SourceKind::Sentry, &body), expected, "{body}");
    }
}

#[test]
fn the_header_says_the_resource_and_the_delivery() {
    let body =
        json!({"action": "created", "data": {"installation": {"uuid": "u"}}, "installation": {"uuid": "u"}});
    for body in [String::new(), "  ".to_owned(), body.to_string()] {
        let read = read_with(SourceKind::Sentry, body.as_bytes(), "application/json", &[]);
        assert_eq!(read, Read::Handshake(Handshake::Answered), "{body}");
    }
    let headers =
        [("sentry-hook-resource", "issue"), ("request-id", "R1"), ("sentry-hook-timestamp", "1775020800")];
    let body = issue("created", "unresolved").to_string();
    let event =
        events(read_with(SourceKind::Sentry, body.as_bytes(), "application/json", &headers)).remove(0);
    assert_eq!(event.native_type, "issue.created");
    assert_eq!(event.ingest.delivery_id.as_deref(), Some("R1"));
    assert_eq!(event.occurred_at.map(jiff::Timestamp::as_second), Some(1_775_020_800));
}

#[test]
fn nothing_of_a_user_is_read() {
    let secret = "someone@example.com";
    let event = json!({"issue_id": 7, "title": "Boom", "user": {"email": secret}, "request": {"url": secret},
        "tags": [["user", secret], ["url", secret], {"key": "ip", "value": secret}, ["environment", "prod"]],
        "extra": {"a": secret}, "contexts": {"b": secret}, "breadcrumbs": secret, "exception": {"values": [{"value": secret}]}});
    let bodies = [
        json!({"action": "triggered", "actor": {"type": "user", "name": secret}, "data": {"event": event.clone()}}),
        json!({"id": "7", "message": "Boom", "event": event}),
        json!({"action": "assigned", "data": {"issue": {"id": 7, "title": "Boom", "assignedTo": {"type": "user", "id": 1, "email": secret, "name": secret}}}}),
    ];
    for body in bodies {
        let mut event = one(SourceKind::Sentry, &body);
        event.raw = None;
        let text = serde_json::to_string(&event).expect("serialises");
        assert!(!text.contains(secret), "{text}");
    }
}

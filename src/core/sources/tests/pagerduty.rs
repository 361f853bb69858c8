//! PagerDuty's older webhooks, and its incidents in wrappings of others.

use serde_json::{Value, json};

use super::*;
use crate::core::vocabulary::StageWord;

fn incident() -> Value {
    json!({"id": "Q1", "type": "incident", "status": "acknowledged", "title": "T"})
}

/// Type, stage, and whether the whole incident is in it.
#[track_caller]
fn outline(body: &Value) -> String {
    let event = one(SourceKind::PagerDuty, body);
    assert_eq!((event.incident.native_id.as_str(), event.title.as_deref()), ("Q1", Some("T")), "{body}");
    let noted = ["annotated", "published"].iter().any(|word| event.native_type.ends_with(word));
    assert_eq!(event.message.is_some(), noted, "{body}");
    let whole = if event.partial { "partial" } else { "full" };
    format!("{} {} {whole}", event.event_type, event.stage.map_or("-", StageWord::as_str))
}

#[test]
fn words_of_the_older_versions() {
    let cases = [
        ("incident.trigger", "triggered triggered full"),
        ("incident.acknowledge", "acknowledged acknowledged full"),
        ("incident.unacknowledge", "unacknowledged triggered full"),
        ("incident.resolve", "resolved resolved full"),
        ("incident.assign", "reassigned acknowledged full"),
        ("incident.delegate", "reassigned acknowledged full"),
        ("incident.escalate", "escalated acknowledged full"),
        ("incident.annotate", "note_added acknowledged full"),
        ("incident.custom", "other acknowledged full"),
    ];
    for (word, expected) in cases {
        let v2 = json!({"messages": [{"event": word, "incident": incident()}]});
        let v1 = json!({"messages": [{"type": word, "data": {"incident": incident()}}]});
        assert_eq!([outline(&v2).as_str(), outline(&v1).as_str()], [expected; 2], "{word}");
    }
}

#[test]
fn v1_takes_its_title_from_what_triggered_it() {
    let title = |summary: Value| {
        let incident = json!({"id": "Q1", "incident_key": "key", "trigger_summary_data": summary});
        let body = json!({"messages": [{"type": "incident.trigger", "data": {"incident": incident}}, {}]});
        let event = one(SourceKind::PagerDuty, &body);
        assert!(
            event.warnings.contains(&"no_identity /messages/1/incident".to_owned()),
            "{:?}",
            event.warnings
        );
        event.title
    };
    assert_eq!(title(json!({"subject": "S", "description": "D"})).as_deref(), Some("S"));
    assert_eq!(title(json!({"description": "D"})).as_deref(), Some("D"));
    assert_eq!(title(Value::Null).as_deref(), Some("key"));
}

#[test]
fn wrappings_of_others() {
    let reference = || json!({"id": "Q1", "type": "incident_reference", "summary": "T"});
    let v3 = |word: &str, data: Value| json!({"event": {"event_type": word, "data": data}});
    let relayed =
        |word: &str, data: Value| json!({"type": word, "timestamp": "2026-04-01T05:20:00Z", "data": data});
    let note = json!({"incident": incident(), "annotation": {"content": "n"}});
    let update = json!({"incident": reference(), "status_update": {"message": "n"}});
    let cases = [
        (
            relayed("pagerduty.incident.triggered", json!({"incident": incident()})),
            "triggered triggered full",
        ),
        (relayed("pagerduty.incident.annotated", note), "note_added acknowledged full"),
        (relayed("pagerduty.incident.status_update_published", update), "status_update - partial"),
        (relayed("pagerduty.incident", json!({"incident": incident()})), "acknowledged acknowledged full"),
        (json!({"incident": incident()}), "acknowledged acknowledged full"),
        (incident(), "acknowledged acknowledged full"),
        (v3("incident.resolved", json!({"id": "Q1", "title": "T"})), "resolved resolved full"),
        (
            v3("incident.annotated", json!({"incident": incident(), "content": "n"})),
            "note_added acknowledged full",
        ),
    ];
    for (body, expected) in cases {
        assert_eq!(outline(&body), expected, "{body}");
    }
    for odd in [r#"{"messages":[{"type":"x"}]}"#, r#"{"type":"user","id":"PU1"}"#] {
        assert_eq!(refusal(read_body(SourceKind::PagerDuty, odd.as_bytes())).0, "no_identity", "{odd}");
    }
}

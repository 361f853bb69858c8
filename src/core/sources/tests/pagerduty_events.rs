//! The dialect of PagerDuty's Events API: whose key it is, and that the key is not kept.

use serde_json::{Value, json};

use super::*;
use crate::core::vocabulary::StageWord;

const KEY: &str = "R0000000000000000000000000000000";

fn v2(action: &str, change: &Value) -> Value {
    let mut body = json!({"routing_key": KEY, "event_action": action, "dedup_key": "a/b"});
    for (key, value) in change.as_object().expect("an object") {
        body[key] = value.clone();
    }
    body
}

#[test]
fn actions_of_both_versions() {
    let v1 = |word: &str| json!({"service_key": KEY, "event_type": word, "incident_key": "a/b", "description": "T"});
    let payload = json!({"payload": {"summary": "T"}});
    let cases = [
        (v2("trigger", &payload), "triggered triggered full"),
        (v2("acknowledge", &json!({})), "acknowledged acknowledged partial"),
        (v2("resolve", &json!({})), "resolved resolved partial"),
        (v2("Resolve", &payload), "resolved resolved full"),
        (v2("snooze", &json!({})), "other - partial"),
        (v1("trigger"), "triggered triggered full"),
        (v1("resolve"), "resolved resolved full"),
    ];
    let same = one(SourceKind::PagerDutyEvents, &v1("trigger")).incident.id;
    for (body, expected) in cases {
        let event = one(SourceKind::PagerDutyEvents, &body);
        let stage = event.stage.map_or("-", StageWord::as_str);
        let whole = if event.partial { "partial" } else { "full" };
        assert_eq!(format!("{} {stage} {whole}", event.event_type), expected, "{body}");
        assert_eq!(event.incident.id, same);
    }
    let change =
        one(SourceKind::PagerDutyEvents, &json!({"routing_key": KEY, "payload": {"summary": "deployed"}}));
    assert!(change.incident.native_id.starts_with("change/"));
    assert_eq!((change.stage, change.partial, change.incident.dedup_key), (None, true, None));
}

#[test]
fn a_key_that_was_made_can_be_used() {
    let mut begun = v2("trigger", &json!({"payload": {"summary": "T"}}));
    begun.as_object_mut().expect("an object").remove("dedup_key");
    let begun = one(SourceKind::PagerDutyEvents, &begun);
    let key = begun.incident.dedup_key.expect("a key");
    let ended = one(SourceKind::PagerDutyEvents, &v2("resolve", &json!({"dedup_key": key})));
    assert_eq!(begun.incident.id, ended.incident.id);
    let elsewhere = json!({"routing_key": "another", "dedup_key": key});
    assert_ne!(one(SourceKind::PagerDutyEvents, &v2("resolve", &elsewhere)).incident.id, ended.incident.id);
}

#[test]
fn the_routing_key_is_nowhere_in_the_event() {
    for odd in [json!({}), json!({"routing_key": [KEY]}), json!({"service_key": KEY, "links": KEY})] {
        let event = one(SourceKind::PagerDutyEvents, &v2("trigger", &odd));
        let mut text = serde_json::to_string(&event).expect("serialises");
        if odd.get("routing_key").is_some() || odd.get("links").is_some() {
            // Where no credential belongs, the body is what it is.
            text = serde_json::to_string(&Event { raw: None, ..event }).expect("serialises");
        }
        assert!(!text.contains(KEY), "{text}");
    }
}

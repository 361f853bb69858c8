//! What a body of the API becomes, and what each mistake is told.

use serde_json::json;

use super::*;
use crate::core::limits::PERSONS_TEXT_CHARS_MAX;
use crate::core::vocabulary::{AuthKind, Impact, Priority};

const INCIDENT: &str = "i-6m7mxq42txt2oorh";
const WORDS: &str = "e-abcdefghijklmnopqrstuvwxyz";

fn person() -> Person {
    Person { name: "comms-desk".to_owned(), roles: vec!["communications-lead".to_owned()] }
}

fn read(statement: Statement<'_>, body: &Value) -> Event {
    let problems = validate(statement.part(), body);
    assert_eq!(problems, [], "{body}");
    let bytes = body.to_string().into_bytes();
    let delivery = Delivery {
        source: SOURCE,
        headers: &[],
        content_type: "application/json",
        body: &bytes,
        body_sha256: &ids::body_sha256(&bytes),
        received_at: "2026-04-01T05:20:00Z".parse().unwrap(),
        auth: AuthKind::SharedSecret,
        key_id: None,
        parts_max: 1,
    };
    let event = event(&delivery, "d-1", statement, person(), body, &["executives", "sales"]);
    crate::core::sources::tests::meets_schema(std::slice::from_ref(&event));
    event
}

fn update(body: &Value) -> Event {
    read(Statement::Update { incident: INCIDENT }, body)
}

#[test]
fn a_declaration_begins_an_incident_of_its_key() {
    let event = read(
        Statement::Declaration { key: "desk-17" },
        &json!({"title": "Checkout fails", "priority": "P1", "impact": "major", "services": ["checkout-api"],
            "labels": {"security": "yes"}, "is_drill": true}),
    );
    assert_eq!(event.incident.id, declared("desk-17"));
    assert_eq!(event.incident.key, "api/desk-17");
    assert_eq!((event.source.kind.as_str(), event.source.name.as_str()), ("api", "api"));
    assert_eq!((event.stage, event.event_type), (Some(StageWord::Triggered), EventType::Triggered));
    assert!(!event.partial && event.is_drill);
    assert_eq!(event.priority.and_then(|priority| priority.rank), Some(Priority::P1));
    assert_eq!(event.impact.and_then(|impact| impact.level), Some(Impact::Major));
    assert_eq!(event.labels["security"], ["yes"]);
    assert_eq!(event.occurred_at, Some(event.received_at));
    assert_eq!(event.ingest.delivery_id.as_deref(), Some("d-1"));
    assert_eq!(event.update.and_then(|update| update.by), Some(person()));
}

#[test]
fn an_update_can_say_everything_and_begins_nothing() {
    let event = update(&json!({
        "stage": "merged", "merged_into": "i-aaaaaaaaaaaaaaaa", "symptom": {"en": "Slow.", "ja": "遅い"},
        "language": "en", "action": "We roll back.",
        "text": {"executives": {"ja": "経営層へ"}, "all": {"en": "Everybody."}},
        "help_wanted": {"sales": {}, "executives": {"ja": "判断を"}},
        "eta": {"at": "2026-04-01T06:00:00Z", "confidence": "low", "quotable": true},
        "next_update_by": "2026-04-01T05:50:00Z", "no_change": true,
        "leads": {"communications": "Kim", "business-response": "Sato"},
        "release": ["customers-general"], "hold": ["customers-strategic"], "confidential": false,
        "data_cleared": true, "data_loss": "none", "corrects": {"notification": "n-abcdefghijklmnopqrstuvwxyz"},
        "follow_up": true, "approves": {"update": WORDS, "role": "Legal".to_lowercase()},
        "affected_count": 12, "affected_percent": 3.5, "regions": ["eu"], "cause": "A bad deploy",
    }));
    assert_eq!((event.incident.id.as_str(), event.partial), (INCIDENT, true));
    assert_eq!(event.incident.merged_into.as_deref(), Some("i-aaaaaaaaaaaaaaaa"));
    assert_eq!((event.stage, event.event_type), (Some(StageWord::Merged), EventType::Merged));
    let update = event.update.expect("an update");
    assert_eq!(update.action.get("en"), Some("We roll back."));
    assert_eq!(update.text["executives"].get("ja"), Some("経営層へ"));
    assert_eq!(update.text["executives"].get("en"), None);
    assert_eq!(update.text["sales"].get("en"), Some("Everybody."));
    assert!(!update.text.contains_key(ALL_AUDIENCES));
    assert!(update.help_wanted["sales"].is_empty());
    assert_eq!(update.help_wanted["executives"].get("ja"), Some("判断を"));
    assert!(update.eta.is_some_and(|eta| eta.quotable && eta.confidence.as_deref() == Some("low")));
    assert!(update.next_update_by.is_some() && update.no_change && update.follow_up);
    assert_eq!(update.leads[&Lead::BusinessResponse], "Sato");
    assert_eq!((update.confidential, update.data_cleared), (Some(false), Some(true)));
    assert_eq!(update.release, ["customers-general"]);
    assert_eq!(update.hold, ["customers-strategic"]);
    assert!(update.corrects.is_some_and(|of| of.notification.is_some()));
    assert_eq!(update.approves, Some(Approves { update: WORDS.to_owned(), role: "legal".to_owned() }));
    assert_eq!(event.warnings, [""; 0]);
}

#[test]
fn an_approval_names_words_and_role() {
    let statement = Statement::Approval { incident: INCIDENT, update: WORDS };
    let event = read(statement, &json!({"role": "executive_sponsor"}));
    let approves = event.update.and_then(|update| update.approves).expect("an approval");
    assert_eq!((approves.update.as_str(), approves.role.as_str()), (WORDS, "executive-sponsor"));
    assert_eq!((event.stage, event.partial), (None, true));
}

#[test]
fn what_changed_is_said_by_the_type() {
    let type_of = |body: Value| update(&body).event_type;
    assert_eq!(type_of(json!({"priority": "P2"})), EventType::PriorityChanged);
    assert_eq!(type_of(json!({"symptom": {"en": "x"}})), EventType::StatusUpdate);
    assert_eq!(type_of(json!({"hold": ["sales"]})), EventType::Updated);
    assert_eq!(type_of(json!({"stage": "cancelled"})), EventType::Resolved);
    assert_eq!(update(&json!({"corrects": false})).update.and_then(|update| update.corrects), None);
}

#[test]
fn every_mistake_has_its_place_and_a_hint() {
    let long = "x".repeat(PERSONS_TEXT_CHARS_MAX + 1);
    let cases = [
        (Part::Update, json!({"symtom": {"en": "x"}}), "/symtom", "did you mean symptom?"),
        (
            Part::Update,
            json!({"eta": {"att": 1, "at": "2026-04-01T06:00:00Z"}}),
            "/eta/att",
            "did you mean at?",
        ),
        (
            Part::Update,
            json!({"links": [{"hreff": "x", "href": "https://x"}]}),
            "/links/0/hreff",
            "mean href?",
        ),
        (Part::Update, json!({"stage": "resovled"}), "/stage", "did you mean resolved?"),
        (Part::Update, json!({"priority": "P7"}), "/priority", "one of P1, P2"),
        (Part::Update, json!({"symptom": {"en": long}}), "/symptom/en", "2000"),
        (Part::Update, json!({"text": {"executives": {"ja": ""}}}), "/text/executives/ja", "shorter"),
        (Part::Update, json!({"symptom": {"en-": "x"}}), "/symptom", "keys"),
        (Part::Update, json!({"next_update_by": "soon"}), "/next_update_by", "date-time"),
        (Part::Update, json!({"merged_into": "pd/Q1"}), "/merged_into", "i-"),
        (Part::Update, json!({"affected_percent": 101}), "/affected_percent", "100"),
        (Part::Update, json!([]), "", "object"),
        (Part::Declaration, json!({"stage": "triggered"}), "", "title or symptom"),
        (Part::Approval, json!({}), "/role", "required"),
        (Part::Approval, json!({"rle": "legal", "role": "legal"}), "/rle", "did you mean role?"),
    ];
    for (part, body, pointer, words) in cases {
        let problems = validate(part, &body);
        let [problem] = problems.as_slice() else { panic!("{body}: {problems:?}") };
        assert_eq!(problem.pointer, pointer, "{body}: {}", problem.message);
        assert!(problem.message.contains(words), "{body}: {}", problem.message);
        assert!(!problem.message.contains("xxx"), "{}", problem.message);
    }
}

#[test]
fn the_schema_keeps_the_cores_limits() {
    let text = crate::core::schema::text("incidents-api").expect("is there");
    let schema: Value = serde_json::from_str(text).expect("JSON");
    let words = &schema["$defs"]["words"];
    for limit in [&words["maxLength"], &words["additionalProperties"]["maxLength"]] {
        assert_eq!(limit.as_u64(), Some(PERSONS_TEXT_CHARS_MAX as u64));
    }
    let title = &schema["$defs"]["update"]["properties"]["title"]["maxLength"];
    assert_eq!(title.as_u64(), Some(crate::core::limits::TITLE_CHARS_MAX as u64));
}

#[test]
fn ids_have_a_form() {
    assert!(is_incident_id(&declared("x")) && is_event_id(&ids::event("s", None, "b", 0)));
    for word in ["", "i-", "api/x", "i-6m7mxq42txt2oor1", "i-6m7mxq42txt2oorhh", "e-6m7mxq42txt2oorh"] {
        assert!(!is_incident_id(word), "{word}");
    }
}

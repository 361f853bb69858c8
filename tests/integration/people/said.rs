//! What is accepted, and how it stands on the log.

use herald::core::sources::api;
use herald::core::vocabulary::StageWord;
use herald::core::{ids, role};

use super::*;

#[tokio::test]
async fn a_declaration_is_202_and_its_key_names_the_incident() {
    let people = People::start();
    let body =
        json!({"title": "Checkout fails", "priority": "P1", "impact": "major", "services": ["checkout-api"]});
    let response = people.declare("responder", "desk-17", &body).await;
    assert_eq!(response.status, 202, "{response:?}");
    let answer = response.json();
    assert_eq!(answer["events"][0]["incident"], api::declared("desk-17"));
    assert_eq!(answer["events"][0].get("warnings"), None);
    let events = people.events();
    let [event] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(answer["events"][0]["id"], event.id);
    assert_eq!(
        event.id,
        ids::event("api", Some("desk-17"), &ids::body_sha256(body.to_string().as_bytes()), 0)
    );
    let by = event.update.as_ref().and_then(|update| update.by.clone()).expect("a person");
    assert_eq!(
        (by.name.as_str(), by.roles.as_slice()),
        ("responder", [role::RESPONDER.to_owned()].as_slice())
    );
    assert_eq!((event.stage, event.partial), (Some(StageWord::Triggered), false));
    assert_eq!(people.port.log.stored()[0].key, Some(api::declared("desk-17")));
    assert_eq!(people.port.counted("api", "accepted"), 1);
    let text = serde_json::to_string(&events).expect("JSON");
    assert!(!text.contains("Bearer"), "{text}");

    // The same again is the same.
    let again = people.declare("responder", "desk-17", &body).await;
    assert_eq!(again.json(), answer);
}

#[tokio::test]
async fn updates_differ_unless_their_sender_says_that_they_are_one() {
    let people = People::start();
    for headers in [[].as_slice(), &[], &[("Idempotency-Key", "u-1")], &[("Idempotency-Key", "u-1")]] {
        assert_eq!(people.post("responder", UPDATES, headers, &fact()).await.status, 202);
    }
    let ids: Vec<String> = people.events().into_iter().map(|event| event.id).collect();
    assert_ne!(ids[0], ids[1]);
    assert_eq!(ids[2], ids[3]);
    assert!(people.events().iter().all(|event| event.incident.id == INCIDENT && event.partial));
}

#[tokio::test]
async fn an_approval_names_the_words_it_approves() {
    let people = People::start();
    let path = format!("{UPDATES}/{WORDS}/approvals");
    assert_eq!(people.post("legal", &path, &[], &json!({"role": "legal"})).await.status, 202);
    let approves = people.events()[0].update.as_ref().and_then(|update| update.approves.clone());
    let approves = approves.expect("an approval");
    assert_eq!((approves.update.as_str(), approves.role.as_str()), (WORDS, "legal"));
}

#[tokio::test]
async fn words_for_all_are_words_for_each() {
    let people = People::start();
    let body = json!({"text": {"all": {"en": "To all."}, "executives": {"en": "To executives."}}});
    assert_eq!(people.update("both", &body).await.status, 202);
    let event = people.events().remove(0);
    let text = event.update.expect("words").text;
    assert_eq!(text.len(), people.policy.load().audiences.len());
    assert_eq!(text["executives"].get("en"), Some("To executives."));
    assert_eq!(text["customers-general"].get("en"), Some("To all."));
}

#[tokio::test]
async fn a_service_that_nobody_knows_is_said_at_once() {
    let people = People::start();
    let response = people.update("responder", &json!({"services": ["checkout-api", "chekout-api"]})).await;
    assert_eq!(response.json()["events"][0]["warnings"], json!(["unknown_service /services/1"]));
}

#[tokio::test]
async fn the_policy_of_now_decides() {
    let people = People::start();
    let body = json!({"hold": ["partners"]});
    assert_eq!(people.update("business", &body).await.status, 422);
    let mut changed = herald::policy::built_in().expect("sound").policy;
    "partners".clone_into(&mut changed.audiences[0].name);
    changed.audiences[0].lead = herald::core::vocabulary::Lead::BusinessResponse;
    people.policy.store(Arc::new(changed));
    assert_eq!(people.update("business", &body).await.status, 202);
}

//! Every answer of the table that is no success, one by one.

use herald::http::publish::PublishError;
use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::webhooks::fake::Mood;

/// A request: method, token, path, headers, body.
type Asked<'a> = (&'a str, &'a str, &'a str, &'a [(&'a str, &'a str)], &'a str);
/// Its answer: status, last part of the type, and whether the connection ends with it.
type Answered = (u16, &'static str, bool);

const SOUND: &str = r#"{"priority":"P2"}"#;
const DECLARATION: &str = r#"{"title":"x"}"#;
const ROLE: &str = r#"{"role":"legal"}"#;
const DECLARE: &str = "/v1/incidents";

#[tokio::test]
#[rustfmt::skip] // a table is read by its columns
async fn each_row_of_the_table() {
    const METHOD: Answered = (405, "method", true);
    const STRANGER: Answered = (401, "unauthenticated", true);
    const NO_KEY: Answered = (400, "idempotency-key", false);
    const UNREADABLE: Answered = (400, "unreadable", false);
    const INVALID: Answered = (422, "invalid", false);
    const UNKNOWN: Answered = (404, "unknown-incident", false);
    let long_key = "k".repeat(129);
    let approvals = format!("{UPDATES}/{WORDS}/approvals");
    let no_approvals = format!("{UPDATES}/x/approvals");
    let waits = ["soon", "31s", "1s&wiat=1s"].map(|wait| format!("{UPDATES}?wait={wait}"));
    let rows: &[(Asked<'_>, Answered)] = &[
        (("GET", "all", DECLARE, &[], ""), METHOD),
        (("PUT", "all", UPDATES, &[], SOUND), METHOD),
        (("POST", "all", UPDATES, &[("Content-Type", "text/html")], SOUND), (415, "media-type", true)),
        (("POST", "all", UPDATES, &[("Content-Encoding", "br")], SOUND), (415, "content-encoding", true)),
        (("POST", "", UPDATES, &[], SOUND), STRANGER),
        (("POST", "nobody", DECLARE, &[("Idempotency-Key", "k")], DECLARATION), STRANGER),
        (("POST", "all", DECLARE, &[], DECLARATION), NO_KEY),
        (("POST", "all", DECLARE, &[("Idempotency-Key", "a b")], DECLARATION), NO_KEY),
        (("POST", "all", DECLARE, &[("Idempotency-Key", &long_key)], DECLARATION), NO_KEY),
        (("POST", "all", UPDATES, &[], "{"), UNREADABLE),
        (("POST", "all", UPDATES, &[], r#"{"cause":"a","cause":"b"}"#), UNREADABLE),
        (("POST", "all", UPDATES, &[("Content-Encoding", "gzip")], SOUND), UNREADABLE),
        (("POST", "all", UPDATES, &[], "[]"), INVALID),
        (("POST", "all", "/v1/incidents/Q1/updates", &[], SOUND), UNKNOWN),
        (("POST", "all", &no_approvals, &[], ROLE), UNKNOWN),
        (("POST", "responder", &approvals, &[], ROLE), (403, "role", false)),
        (("POST", "all", "/v1/incidents/i-6m7mxq42txt2oorh", &[], SOUND), (404, "unknown-source", true)),
        (("POST", "all", &waits[0], &[], SOUND), INVALID),
        (("POST", "all", &waits[1], &[], SOUND), INVALID),
        (("POST", "all", &waits[2], &[], SOUND), INVALID),
    ];
    let people = People::start();
    for ((method, token, path, headers, body), (status, slug, closes)) in rows {
        println!("{method} {path} {headers:?} {body} by {token:?}");
        let response = people.port.raw(request(method, token, path, headers, body.as_bytes())).await;
        response.is_problem(*status, slug, *closes);
        let allow = (*status == 405).then_some("POST");
        assert_eq!(response.header("allow"), allow);
    }
    assert_eq!(people.port.log.stored().len(), 0, "nothing of it is stored anywhere");
    for (outcome, count) in [("unauthenticated", 2), ("forbidden", 1), ("accepted", 0)] {
        assert_eq!(people.port.counted("api", outcome), count, "{outcome}");
    }
}

#[tokio::test]
async fn a_body_that_is_too_large_or_has_no_room_is_refused_as_a_webhook_is() {
    let people = People::start();
    let large = json!({"title": "x", "description": "y".repeat(300 * 1024)});
    people.declare("all", "k", &large).await.is_problem(413, "too-large", true);
    for (mood, slug) in [
        (Mood::Failing(PublishError::QueueFull), "queue-full"),
        (Mood::Failing(PublishError::Unacknowledged("down".to_owned())), "kafka"),
    ] {
        people.port.log.is(mood);
        people.update("all", &fact()).await.is_problem(503, slug, false);
    }
    people.port.log.is(Mood::Silent);
    people.update("all", &fact()).await.is_problem(503, "deadline", false);
    people.port.log.is(Mood::Sound);
    people.port.running.drain();
    people.update("all", &fact()).await.is_problem(503, "draining", true);
    assert_eq!(people.port.counted("api", "unavailable"), 4);
}

#[tokio::test]
async fn without_tokens_nobody_speaks() {
    let log = Arc::new(Fake::default());
    let metrics = Metrics::new("0", "test").expect("metrics");
    let running =
        webhooks::start(&settings(), Vec::new(), None, Arc::clone(&log), &metrics, 1).expect("binds");
    let port = Port { running, log, metrics };
    let bytes = request("POST", "all", UPDATES, &[], b"{}");
    port.raw(bytes).await.is_problem(401, "unauthenticated", true);
}

/// Bodies that can't be said, with the pointer of what is wrong, and words of the message.
#[tokio::test]
async fn what_cannot_be_said_is_422_with_its_place() {
    let people = People::start();
    let past = (Timestamp::now() - SignedDuration::from_secs(1)).to_string();
    let ahead = (Timestamp::now() + SignedDuration::from_mins(30)).to_string();
    let long = "x".repeat(2_001);
    let rows = [
        (json!({}), "", "says nothing"),
        (json!({"language": "en", "follow_up": false}), "", "says nothing"),
        (json!({"symtom": {"en": "x"}}), "/symtom", "did you mean symptom?"),
        (json!({"stage": "resovled"}), "/stage", "did you mean resolved?"),
        (json!({"symptom": {"en": long}}), "/symptom/en", "2000"),
        (json!({"text": {"executives": long}}), "/text/executives", "2000"),
        (json!({"text": {"exekutives": {"en": "x"}}}), "/text/exekutives", "did you mean executives?"),
        (json!({"text": {"nobody-at-all": {"en": "x"}}}), "/text/nobody-at-all", "known: executives"),
        (json!({"help_wanted": {"salse": {"en": "x"}}}), "/help_wanted/salse", "did you mean sales?"),
        (json!({"release": ["sales", "customer-general"]}), "/release/1", "did you mean customers-general?"),
        (json!({"hold": ["all"]}), "/hold/0", "no such audience"),
        (json!({"symptom": {"de": "x"}}), "/symptom/de", "known: en, ja"),
        (json!({"action": "x", "language": "fr"}), "/language", "known: en, ja"),
        (json!({"action": "x"}), "/action", "in which language?"),
        (json!({"workaround": {"en": " \n "}}), "/workaround/en", "no words"),
        (json!({"eta": past}), "/eta", "has passed"),
        (json!({"eta": {"at": past, "confidence": "low"}}), "/eta/at", "has passed"),
        (json!({"eta": {"at": ahead, "confidence": "sure"}}), "/eta/confidence", "one of low, medium, high"),
        (json!({"next_update_by": past}), "/next_update_by", "has passed"),
        (json!({"next_update_by": "14:30"}), "/next_update_by", "date-time"),
        (json!({"started_at": ahead}), "/started_at", "not come yet"),
        (json!({"stage": "merged"}), "/merged_into", "which incident takes over?"),
        (json!({"stage": "merged", "merged_into": INCIDENT}), "/merged_into", "into itself"),
        (json!({"merged_into": "i-aaaaaaaaaaaaaaaa"}), "/merged_into", "stage merged only"),
        (json!({"corrects": true}), "/corrects", "what is right?"),
        (json!({"follow_up": true}), "/follow_up", "where is the report?"),
        (
            json!({"follow_up": true, "corrects": true, "symptom": {"en": "x"}}),
            "/follow_up",
            "send two updates",
        ),
        (json!({"hold": ["sales"], "release": ["sales"]}), "/hold/0", "released in the same update"),
        (json!({"approves": {"update": "e-1", "role": "legal"}}), "/approves/update", ""),
    ];
    for (body, pointer, words) in rows {
        let response = people.update("all", &body).await;
        response.is_problem(422, "invalid", false);
        let found = problems(&response);
        let [(at, message)] = found.as_slice() else { panic!("{body}: {found:?}") };
        assert_eq!(at, pointer, "{body}: {message}");
        assert!(message.contains(words), "{body}: {message}");
    }
    let declarations = [
        (json!({"priority": "P1"}), "", "title or symptom"),
        (json!({"title": "x", "stage": "resolved"}), "/stage", "begins an incident"),
        (json!({"title": "x", "stage": "reopened"}), "/stage", "begins an incident"),
        (json!({"title": "x", "no_change": true}), "/no_change", "nothing yet"),
    ];
    for (body, pointer, words) in declarations {
        let response = people.declare("all", "k", &body).await;
        response.is_problem(422, "invalid", false);
        let found = problems(&response);
        assert!(found.len() == 1 && found[0].0 == pointer && found[0].1.contains(words), "{body}: {found:?}");
    }
    assert_eq!(people.port.log.stored().len(), 0);
    assert_eq!(people.port.counted("api", "rejected"), 33);
}

#[tokio::test]
async fn everything_that_is_wrong_is_told_at_once() {
    let people = People::start();
    let body = json!({"symptom": {"de": "x"}, "release": ["nobody"], "corrects": true, "eta": "2020-01-01T00:00:00Z"});
    let found = problems(&people.update("all", &body).await);
    let pointers: Vec<&str> = found.iter().map(|(pointer, _)| pointer.as_str()).collect();
    assert_eq!(pointers, ["/symptom/de", "/release/0", "/eta"]);
}

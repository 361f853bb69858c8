//! `?wait=`: the fold's own verdict, by a fold that says what it is told to.

use std::time::Duration;

use herald::core::decision::DecisionRecord;
use herald::core::event::Event;

use super::*;
use crate::webhooks::PATIENCE;

fn decision(event: &Event, reason: Option<&str>) -> DecisionRecord {
    let mut value = json!({
        "schema": "decision/1", "id": "d-1", "incident": event.incident.id, "caused_by": {"event": event.id},
        "at": "2026-04-01T00:00:00Z", "input": {"partition": 0, "offset": 1}, "policy": "p@1",
    });
    if let Some(reason) = reason {
        value["reason"] = json!(reason);
    }
    serde_json::from_value(value).expect("a decision")
}

impl People {
    /// Posts, and decides for this reason as soon as the event is on the log.
    async fn judged(&self, reason: Option<&str>) -> Response {
        let path = format!("{UPDATES}?wait=20s");
        let stored = self.port.log.stored().len();
        let fold = async {
            while self.port.log.stored().len() == stored {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            self.verdicts.decided(&decision(self.events().last().expect("an event"), reason));
        };
        let body = fact();
        let both = async { tokio::join!(self.post("all", &path, &[], &body), fold).0 };
        tokio::time::timeout(PATIENCE, both).await.expect("a verdict in time")
    }
}

#[tokio::test]
async fn the_folds_verdict_is_the_answer() {
    let people = People::start();
    for reason in [None, Some("duplicate")] {
        let response = people.judged(reason).await;
        assert_eq!(response.status, 200, "{response:?}");
        let body = response.json();
        assert_eq!(body["decision"]["reason"], json!(reason));
        assert_eq!(body["events"][0]["incident"], INCIDENT);
    }
    let rows = [
        ("unknown_incident", 404, "unknown-incident", "herald incident list"),
        ("already_closed", 409, "incident-ended", "follow_up"),
        ("too_old", 422, "not-taken", "changed nothing"),
        ("maintenance", 422, "not-taken", "changed nothing"),
    ];
    for (reason, status, slug, words) in rows {
        let response = people.judged(Some(reason)).await;
        response.is_problem(status, slug, false);
        let body = response.json();
        assert_eq!(body["decision"]["reason"], reason);
        assert!(body["detail"].as_str().is_some_and(|detail| detail.contains(words)), "{body}");
        assert!(body["events"][0]["id"].is_string(), "it was stored all the same: {body}");
    }
    // Whatever the verdict, it was taken.
    assert_eq!(people.port.counted("api", "accepted"), 6);
}

#[tokio::test]
async fn without_a_verdict_in_time_it_is_202() {
    let people = People::start();
    let response = people.post("all", &format!("{UPDATES}?wait=10ms"), &[], &fact()).await;
    assert_eq!(response.status, 202, "{response:?}");
    assert_eq!(people.port.log.stored().len(), 1);
}

#[tokio::test]
async fn whoever_waits_is_let_go_when_the_process_stops() {
    let people = People::start();
    let path = format!("{UPDATES}?wait=30s");
    let body = fact();
    let stop = async {
        while people.port.log.stored().is_empty() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        people.port.running.drain();
    };
    let both = async { tokio::join!(people.post("all", &path, &[], &body), stop).0 };
    let response = tokio::time::timeout(PATIENCE, both).await.expect("it does not wait for 30 s");
    assert_eq!(response.status, 202, "{response:?}");
}

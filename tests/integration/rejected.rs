//! `herald rejected` on a real Kafka: what could not be used is found, read, mended and replayed,
//! with the ids and the time of receipt that it had.

use std::process::Output;

use herald::core::ids;
use herald::core::record::topics;
use serde_json::Value;

use crate::command::{err, herald, out};
use crate::fixture::herald::{Herald, Role};
use crate::fixture::http::Connection;
use crate::fixture::pagerduty::signature;
use crate::fixture::read::Record;
use crate::fixture::site::Site;

/// Of PagerDuty in every way, but for the incident's id.
const BODY: &str = r#"{"event":{"id":"E1","event_type":"incident.triggered","data":{"type":"incident","title":"Checkout fails"}}}"#;

struct Terminal<'a> {
    process: &'a Herald,
    home: tempfile::TempDir,
}

impl Terminal<'_> {
    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = herald(self.home.path());
        command.arg("rejected").args(arguments).arg("--config").arg(self.process.config_file());
        command.output().unwrap()
    }

    #[track_caller]
    fn succeeds(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(0), "{}\n{}", out(&output), err(&output));
        out(&output)
    }
}

/// Posts a body as PagerDuty does; the answer's `rejected.id`.
fn post(site: &Site, process: &Herald, body: &str) -> String {
    let signature = signature(&site.secret, body.as_bytes());
    let headers = [("content-type", "application/json"), ("x-pagerduty-signature", signature.as_str())];
    let mut connection = Connection::open(process.webhooks()).unwrap();
    let answer = connection.send("POST", "/webhooks/pagerduty", &headers, body.as_bytes()).unwrap();
    assert_eq!(answer.status, 202, "{}", answer.text());
    let answer: Value = serde_json::from_slice(&answer.body).unwrap();
    answer["rejected"]["id"].as_str().unwrap().to_owned()
}

fn values(site: &Site, topic: &str) -> Vec<Value> {
    let records: Vec<Record> = site.reader().read(&[topic.to_owned()]);
    records.iter().filter_map(|record| serde_json::from_slice(record.payload.as_deref()?).ok()).collect()
}

#[test]
fn what_was_rejected_is_mended_and_replayed_once() {
    let site = Site::shared("rejected");
    let mut process = site.herald("one", Role::Intake);
    process.start_ready();
    let id = post(&site, &process, BODY);
    assert_eq!(post(&site, &process, BODY), id, "a retry of the same delivery");

    let terminal = Terminal { process: &process, home: tempfile::tempdir().unwrap() };
    let list = terminal.succeeds(&["list", "--source", "pagerduty"]);
    assert!(list.contains(&id) && list.contains("no_identity, 2 times"), "{list}");
    assert!(list.contains("/event/data/id: "), "{list}");
    assert!(terminal.succeeds(&["list", "--reason", "schema"]).contains("nothing that fits"));
    let show = terminal.succeeds(&["show", &id]);
    assert!(show.contains("an id that stays the same"), "{show}");
    assert!(!show.contains("x-pagerduty-signature"), "{show}");
    assert_eq!(terminal.succeeds(&["show", &id, "--body"]), BODY);

    let untouched = terminal.run(&["replay", &id]);
    assert_eq!(untouched.status.code(), Some(1), "it still can't be used: {}", out(&untouched));
    assert!(out(&untouched).contains("0 events published, 1 can't be used"), "{}", out(&untouched));

    mended_and_replayed(&site, &terminal, &id);
}

fn mended_and_replayed(site: &Site, terminal: &Terminal<'_>, id: &str) {
    let body = terminal.home.path().join("body.json");
    std::fs::write(&body, BODY.replace("{\"type\"", "{\"id\":\"Q1\",\"type\"")).unwrap();
    let replay = |dry: bool| {
        let body = body.to_str().unwrap();
        let mut arguments = vec!["replay", id, "--body", body];
        arguments.extend(dry.then_some("--dry-run"));
        terminal.succeeds(&arguments)
    };
    assert!(replay(true).contains("1 events would be published"));
    assert_eq!(values(site, topics::EVENTS).len(), 0, "a dry run publishes nothing");
    assert!(replay(false).contains("1 events published"));
    replay(false);
    let events = values(site, topics::EVENTS);
    let rejected = values(site, topics::REJECTED);
    assert_eq!(events.len(), 2);
    for event in &events {
        // As the sender's own retry would have it, though the body was mended: the fold drops the second.
        let sha256 = ids::body_sha256(BODY.as_bytes());
        assert_eq!(event["id"], ids::event("pagerduty", Some("E1"), &sha256, 0));
        assert_eq!(event["incident"]["key"], "pagerduty/Q1");
        assert_eq!(event["received_at"], rejected[0]["received_at"]);
        assert_eq!(event["ingest"]["delivery_id"], "E1");
    }
}

#[test]
fn a_replay_wants_to_know_which() {
    let home = tempfile::tempdir().unwrap();
    for arguments in [["replay"].as_slice(), &["replay", "r-1", "r-2", "--body", "b.json"]] {
        let output = herald(home.path()).arg("rejected").args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{}", err(&output));
    }
}

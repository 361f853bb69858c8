//! `herald explain` says what the running service did: a thousand random webhooks, under several
//! policies, posted to a real port and folded by a real router; then the recorded events are
//! explained, and bodies read, by the command. Decisions are equal in every field, messages in every
//! word.
//!
//! Time is the only thing that can differ, and it doesn't here: a recorded event is explained at the
//! time at which it was appended. Where bodies are read, what says when and by whom they were
//! received is left aside; nothing else is.

mod random;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use herald::core::record::topics;
use serde_json::{Value, json};

use crate::command::{err, herald, out};
use crate::fixture::await_that::await_that;
use crate::fixture::herald::{Herald, Role};
use crate::fixture::http::Connection;
use crate::fixture::site::Site;
use random::Random;

/// Of each policy.
const WEBHOOKS: usize = 250;
/// So many decisions take a while on a busy machine.
const DECIDES_IN: Duration = Duration::from_mins(3);

/// A policy that differs from the one that ships: file, from, to.
type Edits = &'static [(&'static str, &'static str, &'static str)];

const POLICIES: [(&str, Edits); 4] = [
    ("agree-shipped", &[]),
    (
        "agree-noisy",
        &[
            ("routes.yaml", "when: { priority: { at_least: P3 } }", "when: { priority: { at_least: P5 } }"),
            (
                "audiences.yaml",
                "updates_every: { P1: 30m, P2: 60m }",
                "updates_every: { P1: 5m, P2: 10m, P3: 20m }",
            ),
        ],
    ),
    (
        "agree-quiet",
        &[
            ("routes.yaml", "    tell: [executives]\n", "    tell: [executives]\n    shadow: true\n"),
            ("audiences.yaml", "release: known_impact", "release: lead"),
        ],
    ),
    (
        "agree-graver",
        &[
            (
                "classify.yaml",
                "priority:                              # first",
                "adjust:\n  - { name: graver, when: { label.tenant: initech }, raise_priority: 1 }\n\npriority:                              # first",
            ),
            ("quiet.yaml", "tell_only: [executives, legal]", "tell_only: [executives]"),
        ],
    ),
];

#[test]
fn explain_says_what_the_service_did() {
    let mut decisions = 0;
    for (seed, (name, edits)) in (1..).zip(POLICIES) {
        let site = Site::shared(name).with_source("probe: { kind: herald, auth: none }");
        for (file, from, to) in edits {
            site.edit_policy(file, from, to);
        }
        let mut process = site.herald("one", Role::All);
        process.start_ready();
        let bodies = random::bodies(&mut Random::new(seed), WEBHOOKS);
        post(&process, &bodies);
        let recorded = Recorded::await_decided(&site, bodies.len());
        reads_alike(&process, &bodies, &recorded);
        decisions += decides_alike(&process, &recorded);
        backtests_alike(&site, &process, &recorded);
    }
    assert!(decisions > 900, "{decisions} decisions compared");
}

fn post(process: &Herald, bodies: &[Value]) {
    let mut connection = Connection::open(process.webhooks()).unwrap();
    for body in bodies {
        let headers = [("content-type", "application/json")];
        let answer =
            connection.send("POST", "/webhooks/probe", &headers, body.to_string().as_bytes()).unwrap();
        assert_eq!(answer.status, 202, "{} {body}", answer.text());
    }
}

/// What the service wrote.
struct Recorded {
    /// In the order of each partition.
    events: Vec<Value>,
    decisions: BTreeMap<String, Value>,
    /// By id and time: an end that is told again after a reopening, by the very same bytes without a
    /// delivery id, has the id of the first one.
    messages: BTreeMap<String, Value>,
}

/// See [`Recorded::messages`].
fn key(message: &Value) -> String {
    format!("{} {}", message["id"], message["decided_at"])
}

impl Recorded {
    fn await_decided(site: &Site, events: usize) -> Self {
        let values = |topics: &[String]| -> Vec<Value> {
            let records = site.reader().read(topics);
            records.iter().filter_map(|one| serde_json::from_slice(one.payload.as_deref()?).ok()).collect()
        };
        let decisions = await_that("every event is decided on", DECIDES_IN, || {
            let decisions = values(&[topics::DECISIONS.to_owned()]);
            let of_events = decisions.iter().filter(|one| one["caused_by"]["event"].is_string()).count();
            (of_events >= events).then_some(decisions)
        });
        let names = site.reader().topics();
        let of_messages: Vec<String> = names
            .into_keys()
            .filter(|name| ["notify.", "leads.", "drill."].iter().any(|kind| name.starts_with(kind)))
            .collect();
        let id = |one: &Value| one["id"].as_str().unwrap().to_owned();
        let messages = values(&of_messages);
        Self {
            events: values(&[topics::EVENTS.to_owned()]),
            decisions: decisions.into_iter().map(|one| (id(&one), one)).collect(),
            messages: messages.into_iter().map(|one| (key(&one), one)).collect(),
        }
    }
}

/// The lines that `herald explain --json` prints.
fn explained(process: &Herald, arguments: &[String]) -> Vec<Value> {
    let home = tempfile::tempdir().unwrap();
    let mut command = herald(home.path());
    command.args(["explain", "--json", "--config"]).arg(process.config_file()).args(arguments);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", err(&output));
    out(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Bodies are read as the port read them.
fn reads_alike(process: &Herald, bodies: &[Value], recorded: &Recorded) {
    let home = tempfile::tempdir().unwrap();
    let mut arguments = vec!["--source".to_owned(), "probe".to_owned()];
    for (place, body) in bodies.iter().enumerate() {
        let file = home.path().join(format!("{place}.json"));
        std::fs::write(&file, body.to_string()).unwrap();
        arguments.push(file.to_str().unwrap().to_owned());
    }
    let timeless = |event: &Value| {
        let mut event = event.clone();
        event["received_at"] = Value::Null;
        event
    };
    let posted: BTreeSet<String> = recorded.events.iter().map(|event| timeless(event).to_string()).collect();
    let lines = explained(process, &arguments);
    let read: BTreeSet<String> = lines
        .iter()
        .filter(|line| line["event"].is_object())
        .map(|line| timeless(&line["event"]).to_string())
        .collect();
    assert!(posted == read, "the command reads otherwise: {:?}", posted.symmetric_difference(&read).next());
}

/// Recorded events are decided on as the router decided; how many were compared.
fn decides_alike(process: &Herald, recorded: &Recorded) -> usize {
    let mut ids: Vec<&str> = Vec::new();
    for event in &recorded.events {
        let id = event["id"].as_str().unwrap();
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    let arguments: Vec<String> = ids.iter().flat_map(|id| ["--event".to_owned(), (*id).to_owned()]).collect();
    let lines = explained(process, &arguments);
    let mut compared = BTreeSet::new();
    for line in lines.iter().filter(|line| line["decision"]["caused_by"]["event"].is_string()) {
        let decision = &line["decision"];
        let id = decision["id"].as_str().unwrap();
        let written =
            recorded.decisions.get(id).unwrap_or_else(|| panic!("no such decision was made: {decision:#}"));
        assert_eq!(written, decision, "{}", decision["caused_by"]);
        for message in line["notifications"].as_array().unwrap() {
            assert_eq!(recorded.messages.get(&key(message)), Some(message), "{}", key(message));
        }
        compared.insert(decision["caused_by"]["event"].as_str().unwrap().to_owned());
    }
    let missing: Vec<&&str> = ids.iter().filter(|id| !compared.contains(**id)).collect();
    assert!(missing.is_empty(), "{} events were not explained: {}", missing.len(), json!(missing));
    compared.len()
}

/// The same log, through the policy and itself, is read from Kafka whole, or in part.
fn backtests_alike(site: &Site, process: &Herald, recorded: &Recorded) {
    let home = tempfile::tempdir().unwrap();
    let policy = site.policy_dir();
    let backtest = |arguments: &[&str]| {
        let mut command = herald(home.path());
        command.args(["backtest", "--format", "json", "--against"]).arg(&policy);
        command.arg("--config").arg(process.config_file()).args(arguments).output().unwrap()
    };
    let events = |arguments: &[&str]| {
        let output = backtest(arguments);
        assert_eq!(output.status.code(), Some(0), "{}{}", err(&output), out(&output));
        let document: Value = serde_json::from_str(&out(&output)).unwrap();
        assert_eq!((&document["same"], &document["unusable"]), (&json!(true), &json!(0)));
        document["events"].as_u64().unwrap()
    };
    let all = recorded.events.iter().filter(|event| event["adopt"].is_null()).count() as u64;
    assert_eq!(events(&[]), all);
    assert_eq!(events(&["--since", "1h"]), all);
    assert_eq!(events(&["--offsets", "0:0-9"]), 10);
    let nothing = backtest(&["--until", "1h"]);
    assert_eq!(nothing.status.code(), Some(2), "a test of nothing: {}", err(&nothing));
    let none = backtest(&["--offsets", "99:0-1"]);
    assert!(err(&none).contains("no partition 99"), "{}", err(&none));
}

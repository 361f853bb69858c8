//! One service that is given policy after policy, and webhooks under each.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use herald::core::record::topics;
use herald_judge::chance::Chance;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::WEBHOOKS;
use super::bodies::{self, Posted, Secrets};
use super::compare::{self, Explained, Told};
use super::policies::Generated;
use crate::command::{err, herald, out};
use crate::fixture::await_that::await_that;
use crate::fixture::herald::{Herald, Role};
use crate::fixture::http::Connection;
use crate::fixture::read::Reader;
use crate::fixture::site::Site;

/// So many decisions take a while on a busy machine.
const DECIDES_IN: Duration = Duration::from_mins(3);
/// What waits this long after the last event of an incident is waited for, under some policies.
const WAITS: SignedDuration = SignedDuration::from_secs(3);
/// Under every so many of them: waiting takes its time.
const WAITS_EVERY: usize = 5;

/// Somebody who may say anything.
const PERSON: &str = "kim";
const ROLES: &str = "[communications-lead, business-response-lead, legal, executive-sponsor, responder]";

pub struct Lane {
    site: Site,
    herald: Herald,
    reader: Reader,
    number: usize,
    /// Events that are explained.
    known: BTreeSet<(i32, i64)>,
    posted: usize,
    explained: Vec<Explained>,
    told: Told,
}

/// An event on the log.
#[derive(Debug, Clone)]
pub struct Appended {
    pub place: (i32, i64),
    pub at: Timestamp,
    pub event: Value,
}

impl Appended {
    pub fn id(&self) -> &str {
        self.event["id"].as_str().unwrap()
    }
    fn incident(&self) -> &str {
        self.event["incident"]["id"].as_str().unwrap()
    }
    /// Did somebody post it? Else it is Herald's own.
    pub fn is_posted(&self) -> bool {
        self.event["adopt"].is_null()
    }
}

impl Lane {
    pub fn start(number: usize, policies: &[Generated]) -> Self {
        let site = Site::shared(&format!("agree-{number}"))
            .with_source("probe: { kind: herald, auth: none }")
            .with_source("alerts: { kind: alertmanager, auth: none }")
            .with_people(&[(PERSON, ROLES)]);
        site.set_policy(&policies[0].files);
        let mut herald = site.herald("one", Role::All);
        herald.start_ready();
        let reader = site.reader();
        Self {
            site,
            herald,
            reader,
            number,
            known: BTreeSet::new(),
            posted: 0,
            explained: Vec::new(),
            told: Told::default(),
        }
    }

    pub fn run(mut self, policies: &[Generated]) -> Told {
        for (place, policy) in policies.iter().enumerate() {
            self.load(policy);
            let dice = &mut Chance::new(policy.seed);
            let bodies = bodies::bodies(dice, policy, WEBHOOKS, &self.secrets());
            self.post(&bodies);
            let events = self.decided();
            let mut explained = self.explain(policy, &events);
            if place % WAITS_EVERY == 0 {
                self.wait(&mut explained, &events);
            }
            if place == self.number {
                self.reads_alike(&bodies, &events);
            }
            self.explained.push(explained);
        }
        self.backtests_alike();
        compare::with_recorded(&self.reader, &self.explained, &mut self.told);
        self.told
    }

    fn secrets(&self) -> Secrets {
        let token = std::fs::read_to_string(self.site.token_file(PERSON)).unwrap();
        Secrets { pagerduty: self.site.secret.clone(), person: token.trim().to_owned() }
    }

    fn load(&self, policy: &Generated) {
        self.site.set_policy(&policy.files);
        let (status, said) = self.herald.reload();
        assert_eq!(status, 202, "the policy of seed {} is refused: {said}", policy.seed);
        assert!(said.contains(&policy.version), "{said}, not {}", policy.version);
    }

    fn post(&mut self, bodies: &[Posted]) {
        let mut connection = Connection::open(self.herald.webhooks()).unwrap();
        for posted in bodies {
            let headers: Vec<_> =
                posted.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let answer = connection.send("POST", &posted.path, &headers, &posted.body).unwrap();
            let body = String::from_utf8_lossy(&posted.body);
            assert_eq!(answer.status, 202, "{} {} {body}", answer.text(), posted.path);
            self.posted += posted.events;
            self.told.webhooks += usize::from(posted.source.is_some());
        }
    }

    /// Waits until all is decided on; the events that are new since it was last asked, in the order of
    /// each partition.
    fn decided(&mut self) -> Vec<Appended> {
        let follow = self.reader.follow(topics::DECISIONS);
        let mut decided = BTreeSet::new();
        let all = await_that("every event is decided on", DECIDES_IN, || {
            for record in follow.more() {
                let decision: Value = serde_json::from_slice(&record.payload?).unwrap();
                if decision["caused_by"]["event"].is_string() {
                    let input = &decision["input"];
                    let place = (input["partition"].as_i64().unwrap(), input["offset"].as_i64().unwrap());
                    decided.insert((i32::try_from(place.0).unwrap(), place.1));
                }
            }
            // What a decision appends to the log is there with it.
            (decided.len() >= self.posted)
                .then(|| self.appended())?
                .and_then(|all| all.iter().all(|one| decided.contains(&one.place)).then_some(all))
        });
        all.into_iter().filter(|one| self.known.insert(one.place)).collect()
    }

    /// All events of the log; none where not all that was posted is there.
    fn appended(&self) -> Option<Vec<Appended>> {
        let records = self.reader.read(&[topics::EVENTS.to_owned()]);
        let all: Vec<Appended> = records
            .into_iter()
            .map(|record| Appended {
                place: (record.partition, record.offset),
                at: record.at,
                event: serde_json::from_slice(&record.payload.unwrap()).unwrap(),
            })
            .collect();
        (all.iter().filter(|one| one.is_posted()).count() == self.posted).then_some(all)
    }

    /// The lines that `herald explain --json` prints.
    fn lines(&self, arguments: &[String]) -> Vec<Value> {
        let home = tempfile::tempdir().unwrap();
        let mut command = herald(home.path());
        command.args(["explain", "--json", "--config"]).arg(self.herald.config_file()).args(arguments);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", err(&output));
        out(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn explain(&self, policy: &Generated, events: &[Appended]) -> Explained {
        let ids: BTreeSet<&str> = events.iter().map(Appended::id).collect();
        let arguments: Vec<String> =
            ids.iter().flat_map(|id| ["--event".to_owned(), (*id).to_owned()]).collect();
        let mut explained = Explained::new(policy, events);
        for line in self.lines(&arguments) {
            explained.add(&line);
        }
        explained
    }

    /// What waits when the last event of an incident has come is explained too, and waited for.
    fn wait(&self, explained: &mut Explained, events: &[Appended]) {
        let last: BTreeMap<&str, &Appended> = events.iter().map(|one| (one.incident(), one)).collect();
        let mut arguments = vec!["--wait".to_owned(), format!("{}s", WAITS.as_secs())];
        for one in last.values() {
            arguments.extend(["--event".to_owned(), one.id().to_owned()]);
        }
        // What came twice is explained twice: what follows the last time is what follows.
        let mut following: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        let mut id = String::new();
        for line in self.lines(&arguments) {
            if let Some(next) = line["event"]["id"].as_str() {
                next.clone_into(&mut id);
                following.insert(id.clone(), Vec::new());
            } else {
                following.entry(id.clone()).or_default().push(line);
            }
        }
        following.values().flatten().for_each(|line| explained.add_timer(line));
        for (incident, one) in last {
            explained.waited.insert(incident.to_owned(), (one.at, one.at + WAITS));
        }
        let follow = self.reader.follow(topics::DECISIONS);
        let mut fired = BTreeSet::new();
        await_that("what waits is said", DECIDES_IN, || {
            for record in follow.more() {
                let decision: Value = serde_json::from_slice(&record.payload?).unwrap();
                fired.insert(compare::timer(&decision));
            }
            explained.timers.keys().all(|timer| fired.contains(timer)).then_some(())
        });
    }

    /// Bodies are read as the port read them.
    fn reads_alike(&self, bodies: &[Posted], events: &[Appended]) {
        let timeless = |event: &Value| {
            let mut event = event.clone();
            event["received_at"] = Value::Null;
            for by in ["auth", "key_id"] {
                event["ingest"][by] = Value::Null;
            }
            event.to_string()
        };
        let of_webhook = |one: &&Appended| one.is_posted() && one.event["source"]["name"] != "api";
        let posted: BTreeSet<String> =
            events.iter().filter(of_webhook).map(|one| timeless(&one.event)).collect();
        let mut read = BTreeSet::new();
        // Headers are those of all files, so what comes with others is another call.
        let mut calls: BTreeMap<(&str, Vec<String>), Vec<&Posted>> = BTreeMap::new();
        for (one, source) in bodies.iter().filter_map(|one| Some((one, one.source?))) {
            let headers = one
                .headers
                .iter()
                .flat_map(|(name, value)| ["--header".to_owned(), format!("{name}: {value}")]);
            calls.entry((source, headers.collect())).or_default().push(one);
        }
        for ((source, headers), posted) in calls {
            let home = tempfile::tempdir().unwrap();
            let mut arguments = vec!["--source".to_owned(), source.to_owned()];
            arguments.extend(headers);
            for (place, one) in posted.iter().enumerate() {
                let file = home.path().join(format!("{place}.json"));
                std::fs::write(&file, &one.body).unwrap();
                arguments.push(file.to_str().unwrap().to_owned());
            }
            let lines = self.lines(&arguments);
            read.extend(
                lines.iter().filter(|line| line["event"].is_object()).map(|line| timeless(&line["event"])),
            );
        }
        assert!(
            posted == read,
            "the command reads otherwise: {:?}",
            posted.symmetric_difference(&read).next()
        );
    }

    /// The same log, through the policy and itself, is read from Kafka whole, or in part.
    fn backtests_alike(&self) {
        let home = tempfile::tempdir().unwrap();
        let backtest = |arguments: &[&str]| {
            let mut command = herald(home.path());
            command.args(["backtest", "--format", "json", "--against"]).arg(self.site.policy_dir());
            command.arg("--config").arg(self.herald.config_file()).args(arguments).output().unwrap()
        };
        let events = |arguments: &[&str]| {
            let output = backtest(arguments);
            assert_eq!(output.status.code(), Some(0), "{}{}", err(&output), out(&output));
            let document: Value = serde_json::from_str(&out(&output)).unwrap();
            assert_eq!((&document["same"], &document["unusable"]), (&json!(true), &json!(0)));
            usize::try_from(document["events"].as_u64().unwrap()).unwrap()
        };
        let all = self.appended().unwrap();
        let first = |one: &&Appended| one.is_posted() && one.place.0 == 0 && one.place.1 < 10;
        assert_eq!(events(&[]), self.posted);
        assert_eq!(events(&["--since", "1h"]), self.posted);
        assert_eq!(events(&["--offsets", "0:0-9"]), all.iter().filter(first).count());
        let nothing = backtest(&["--until", "1h"]);
        assert_eq!(nothing.status.code(), Some(2), "a test of nothing: {}", err(&nothing));
        let none = backtest(&["--offsets", "99:0-1"]);
        assert!(err(&none).contains("no partition 99"), "{}", err(&none));
    }
}

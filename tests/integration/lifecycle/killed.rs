//! One incident's story, told twice at once: by a router that is left alone, and by one that is
//! killed, with -9, at five points of it. What people read is the same to the byte.

use std::time::Duration;

use herald::core::ids;
use herald::core::record::{OutRecord, topics};
use jiff::{SignedDuration, Timestamp};
use rdkafka::admin::AdminOptions;

use super::alike::{same, told};
use super::{await_folded, heard, read_by_people};
use crate::fixture::await_that::await_that;
use crate::fixture::given::{Given, graded, now, records, tick};
use crate::fixture::herald::{Herald, Role, signal};
use crate::fixture::kafka::runtime;
use crate::fixture::read::{Reader, admin};
use crate::fixture::site::Site;
use crate::oracle::heavy;
use crate::oracle::log::Log;

const KEY: &str = "checkout-slow";
const SEEN_IN: Duration = Duration::from_mins(2);

/// What each reader hears; everybody else hears nothing.
const STORY: [(&str, &str); 12] = [
    ("customer-service", "opening upgraded downgraded resolved reopened resolved"),
    ("customers-general", "opening stand_down resolved reopened resolved"),
    ("customers-strategic/acme", "opening upgraded stand_down resolved reopened resolved"),
    ("customers-strategic/hinode", "opening upgraded stand_down resolved reopened resolved"),
    ("executives", "opening stand_down resolved reopened resolved"),
    ("finance", "opening stand_down resolved reopened resolved"),
    // Strategic customers are promised an update after 20 minutes, the others after 30.
    ("leads.business-response", "update_due update_overdue update_due update_overdue"),
    ("leads.communications", "update_due update_overdue"),
    ("legal", "opening stand_down resolved reopened resolved"),
    ("marketing", "opening stand_down resolved reopened resolved"),
    ("sales", "opening stand_down resolved reopened resolved"),
    ("technical-teams", "opening upgraded downgraded resolved reopened resolved"),
];

#[test]
fn a_story_with_five_kills_is_told_as_one_without() {
    let _one = heavy();
    let mut tale = Tale::begin();
    // In real time at first: an opening is due while nobody routes.
    tale.killed_before_anything(&step(now(), Some("triggered"), "P2", "minor"));
    tale.await_told("customers-strategic", 2);

    // From here on by the times of the events alone.
    let p1 = now() + SignedDuration::from_mins(2);
    let minute = |minutes: i64| p1 + SignedDuration::from_mins(minutes);
    tale.killed_in_a_transaction("notify.finance", &step(p1, None, "P1", "major"));
    tale.killed_while_an_opening_waits();
    tale.post(&tick(minute(6)));
    tale.killed_in_a_transaction("leads.business-response", &tick(minute(28)));
    tale.killed_after_a_commit(&step(minute(31), None, "P3", "minor"));
    tale.post(&step(minute(35), Some("resolved"), "P3", "minor"));
    tale.post(&step(minute(40), Some("reopened"), "P3", "minor"));
    tale.post(&step(minute(45), Some("resolved"), "P3", "minor"));
    tale.compare();
}

fn step(at: Timestamp, stage: Option<&str>, priority: &str, impact: &str) -> Vec<OutRecord> {
    records(&[graded(KEY, at, (stage, priority, impact))])
}

/// One installation with its only router.
struct Run {
    site: Site,
    given: Given,
    reader: Reader,
    herald: Herald,
}

impl Run {
    fn start(name: &str) -> Self {
        let site = Site::shared(name).with_times_given().with_shipped_policy();
        // Due while a killed router is away.
        site.edit_policy("audiences.yaml", "customer-service: 3m", "customer-service: 2s");
        // Waits from the second step on.
        site.edit_policy("audiences.yaml", "customer-service: 5m", "executives: 5m");
        let given = Given::new(&site, &site.policy());
        let mut herald = site.herald("router-1", Role::Router);
        herald.start_ready();
        Self { given, reader: site.reader(), herald, site }
    }

    fn folded(&self, what: &str) -> Log {
        await_folded(what, &self.reader, |_| true)
    }

    /// Takes a topic away that nothing stands on.
    fn lacks(&self, topic: &str) {
        assert_eq!(self.reader.written(topic), 0, "{topic} has been written to");
        let name = format!("{}{topic}", self.site.prefix);
        let gone = admin(&self.site.servers).delete_topics(&[&name], &AdminOptions::new());
        let gone = runtime().block_on(gone).unwrap();
        assert!(gone.iter().all(Result::is_ok), "{gone:?}");
        await_that("the topic is gone", SEEN_IN, || {
            (!self.reader.topics().contains_key(topic)).then_some(())
        });
    }
}

/// Both.
struct Tale {
    alone: Run,
    killed: Run,
    kills: Vec<&'static str>,
}

impl Tale {
    fn begin() -> Self {
        Self { alone: Run::start("left-alone"), killed: Run::start("killed-often"), kills: Vec::new() }
    }

    fn put(&self, events: &[OutRecord]) {
        self.alone.given.post(events);
        self.killed.given.post(events);
    }

    /// Puts events on both logs, and waits until both have told all of it.
    fn post(&self, events: &[OutRecord]) {
        self.put(events);
        self.folded();
    }

    fn folded(&self) {
        self.alone.folded("the router that is left alone");
        self.killed.folded("the router that is killed");
    }

    fn await_told(&self, audience: &str, count: usize) {
        let topic = [format!("notify.{audience}")];
        for run in [&self.alone, &self.killed] {
            await_that(&format!("{audience} is told"), SEEN_IN, || {
                (run.reader.read(&topic).len() == count).then_some(())
            });
        }
    }

    fn kill(&mut self, point: &'static str) {
        self.killed.herald.kill();
        self.kills.push(point);
    }

    fn goes_on(&mut self) {
        self.killed.herald.start_ready();
        self.folded();
    }

    /// The event is on the log, and nothing was done about it.
    fn killed_before_anything(&mut self, events: &[OutRecord]) {
        signal("STOP", self.killed.herald.pid());
        self.put(events);
        self.kill("before anything");
        self.goes_on();
    }

    /// All that follows from the events is written but for what goes to one topic, which was never
    /// written to and is missing; so that nothing is committed. Its next start makes the topic again.
    fn killed_in_a_transaction(&mut self, topic: &str, events: &[OutRecord]) {
        self.killed.lacks(topic);
        self.put(events);
        await_that("a transaction is open", SEEN_IN, || {
            self.killed.reader.is_open(topics::DECISIONS).then_some(())
        });
        self.kill("in a transaction");
        assert!(
            self.killed.reader.is_open(topics::DECISIONS),
            "it was killed too late: nothing waited for {topic}"
        );
        self.goes_on();
    }

    fn killed_while_an_opening_waits(&mut self) {
        let states = self.killed.folded("before the kill").states;
        let state = states.values().find(|state| state["key"] == format!("pagerduty/{KEY}")).unwrap();
        let waits = state["ledger"].as_array().unwrap().iter().any(|entry| !entry["held"]["until"].is_null());
        assert!(waits, "nothing waits in {state:#}");
        self.kill("while an opening waits");
        self.goes_on();
    }

    /// As soon as anybody can see what was decided.
    fn killed_after_a_commit(&mut self, events: &[OutRecord]) {
        let reader = self.killed.site.reader();
        let decisions = reader.follow(topics::DECISIONS);
        let mut known = reader.read(&[topics::DECISIONS.to_owned()]).len();
        self.put(events);
        await_that("it is decided", SEEN_IN, || {
            let more = decisions.more().len();
            if more > known {
                return Some(());
            }
            known -= more;
            None
        });
        self.kill("after a commit");
        self.goes_on();
    }

    fn compare(self) {
        let (alone, killed) = (told(&self.alone.reader), told(&self.killed.reader));
        assert_eq!(alone.keys().collect::<Vec<_>>(), killed.keys().collect::<Vec<_>>());
        for (place, records) in &alone {
            same(place, records, &killed[place]);
        }
        let (states, others) =
            (self.alone.folded("at the end").states, self.killed.folded("at the end").states);
        assert_eq!(states, others, "what is remembered");

        let messages = heard::all(&self.alone.reader);
        let heard = heard::kinds(&messages).remove(&ids::incident("pagerduty", KEY)).unwrap();
        let expected = STORY.iter().map(|(who, kinds)| ((*who).to_owned(), (*kinds).to_owned())).collect();
        assert_eq!(heard, expected);
        for message in messages.iter().filter(|message| message.said.addressee.is_none()) {
            let languages: Vec<_> = message.said.contents.iter().map(|content| &content.language).collect();
            assert_eq!(languages, ["ja", "en"], "{}", message.whose());
        }
        let people = read_by_people(&self.killed.reader);
        let tried = self.killed.reader.read_aborted_too(&people).len() - messages.len();
        assert!(tried > 0, "no kill left a message behind that nobody may read");
        assert_eq!(self.kills.len(), 5);
        println!(
            "killed: {} messages and {} decisions alike to the byte; kills {:?}; {tried} messages of theirs aborted",
            messages.len(),
            alone
                .iter()
                .filter(|((topic, _), _)| topic == topics::DECISIONS)
                .map(|(_, all)| all.len())
                .sum::<usize>(),
            self.kills,
        );
    }
}

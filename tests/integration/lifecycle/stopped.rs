//! No router runs for six hours, and ten thousand incidents wait. Afterwards each reader hears once
//! what is still so, and each message has its reason.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use arc_swap::ArcSwap;
use herald::core::decision::{DecisionRecord, Outcome};
use herald::core::event::Event;
use herald::core::ids;
use herald::core::vocabulary::{Kind, Reason};
use herald::router::settings::RouterSettings;
use herald::router::{Clock, Mode, Parts, Router};
use herald::telemetry::metrics::Metrics;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::await_folded;
use super::courses::{Course, TOLD, WAITING};
use super::heard::{self, Kinds, Message};
use crate::fixture::given::{Given, now, records, tick};
use crate::fixture::herald::Role;
use crate::fixture::read::Reader;
use crate::fixture::site::Site;
use crate::oracle::heavy;
use crate::oracle::log::Log;

/// Waiting.
const INCIDENTS: usize = 10_000;
const STOP: SignedDuration = SignedDuration::from_hours(6);
const SLOT: &str = "router-1";

#[test]
fn after_six_hours_each_reader_hears_once_what_is_still_so() {
    let _one = heavy();
    let site = Site::shared("stopped").with_times_given();
    let given = Given::new(&site, &site.policy());
    let reader = site.reader();
    let stopped_at = now() - STOP;

    told_before(&site, &given, &reader, stopped_at);
    let before = heard::all(&reader);
    let backlog = backlog(stopped_at);
    given.post(&records(&backlog));

    let (started_at, began) = (now(), Instant::now());
    let mut herald = site.herald(SLOT, Role::Router);
    herald.start_ready();
    await_folded("the backlog", &reader, nothing_waits);
    let took = began.elapsed();
    given.post(&tick(now()));
    await_folded("what comes after it", &reader, nothing_waits);

    let known: BTreeSet<&str> = before.iter().map(|message| message.said.id.as_str()).collect();
    let mut after = heard::all(&reader);
    after.retain(|message| !known.contains(message.said.id.as_str()));
    let heard = heard::kinds(&after);
    for (course, count) in courses() {
        judge(course, count, &heard);
    }
    say_why(&Log::read(&reader));
    are_of_now(&after, started_at);
    are_once_for_each_promise(&after);
    println!("stopped: {INCIDENTS} incidents waited with {} events, folded in {took:.1?}", backlog.len());
    print_table(&heard);
}

/// Every course, with how many incidents took it.
fn courses() -> impl Iterator<Item = (&'static Course, usize)> {
    let waiting = WAITING.iter().map(|course| (course, waiting(course)));
    TOLD.iter().map(|course| (course, course.share)).chain(waiting)
}

/// How many of those that wait took this course.
const fn waiting(course: &Course) -> usize {
    course.share * INCIDENTS / 1_000
}

/// A router tells of some incidents, and stops. Its clock shows the time of the stop.
fn told_before(site: &Site, given: &Given, reader: &Reader, stopped_at: Timestamp) {
    let begun: Vec<Event> = TOLD
        .iter()
        .flat_map(|course| (0..course.share).filter_map(|n| course.events(n, began(stopped_at)).next()))
        .collect();
    given.post(&records(&begun));
    given.post(&tick(stopped_at - SignedDuration::from_mins(1)));
    let router = Router::start(Parts {
        settings: RouterSettings {
            group: site.group.clone(),
            instance: SLOT.to_owned(),
            ..RouterSettings::default()
        },
        kafka: site.kafka(),
        mode: Mode::Group,
        policy: Arc::new(ArcSwap::from_pointee(site.policy())),
        metrics: Metrics::new("0", "0").unwrap(),
        clock: Clock::scaled(stopped_at, 1),
    })
    .unwrap();
    await_folded("what came before the stop", reader, nothing_waits);
    router.stop();
    router.join();
    let told = heard::all(reader);
    assert!(told.iter().all(|message| message.said.kind == Kind::Opening));
}

/// When those begin that are told before the stop: so shortly before that it is no backlog.
fn began(stopped_at: Timestamp) -> Timestamp {
    stopped_at - SignedDuration::from_mins(4)
}

/// What waits, in the order of time: of those told, what comes after their beginning.
fn backlog(stopped_at: Timestamp) -> Vec<Event> {
    let mut events: Vec<Event> = Vec::new();
    for course in &TOLD {
        for number in 0..course.share {
            events.extend(course.events(number, began(stopped_at)).skip(1));
        }
    }
    for course in &WAITING {
        let count = waiting(course);
        let last = STOP - SignedDuration::from_mins(course.minutes() + 1);
        for number in 0..count {
            let is_recent = course.minutes() < 0;
            let part = last.as_secs() * i64::try_from(number).unwrap() / i64::try_from(count).unwrap();
            let after = if is_recent { STOP } else { SignedDuration::from_secs(part) };
            events.extend(course.events(number, stopped_at + after));
        }
    }
    events.sort_by_key(|event| event.received_at);
    events
}

/// No opening waits for its time, and nothing for the end of a hold.
fn nothing_waits(log: &Log) -> bool {
    log.states.values().all(|state| {
        let entries = state["ledger"].as_array().map(Vec::as_slice).unwrap_or_default();
        let is_set = |value: &Value| !value.is_null();
        !entries.iter().any(|entry| is_set(&entry["held"]["until"]))
            && !is_set(&state["episode"]["timers"]["withheld_until"])
    })
}

/// Everybody hears of each incident just what its course says.
fn judge(course: &Course, count: usize, heard: &BTreeMap<String, Kinds>) {
    let expected: Kinds = course.heard().collect();
    for number in 0..count {
        let found = heard.get(&id(course, number)).cloned().unwrap_or_default();
        assert_eq!(found, expected, "of '{}', number {number}", course.name);
    }
}

fn id(course: &Course, number: usize) -> String {
    ids::incident("pagerduty", &course.key(number))
}

/// Of what was over before anybody was told, its end says so.
fn say_why(log: &Log) {
    let says = |decision: &&DecisionRecord| {
        let outcomes = decision.audiences.values();
        let mut reasons = outcomes.filter_map(|outcome| match outcome {
            Outcome::NotTold { not_told, .. } => Some(*not_told),
            Outcome::Told { .. } => None,
        });
        reasons.any(|reason| reason == Reason::EndedBeforeTold)
    };
    let said: BTreeSet<&str> =
        log.decisions.iter().filter(says).map(|decision| decision.incident.as_str()).collect();
    for course in WAITING.iter().filter(|course| course.is_over()) {
        for number in 0..waiting(course) {
            assert!(said.contains(id(course, number).as_str()), "of '{}', number {number}", course.name);
        }
    }
}

/// Nothing was said as of a time that is over; and an opening says how things stand by now.
fn are_of_now(messages: &[Message], started_at: Timestamp) {
    for message in messages {
        assert!(message.said.decided_at >= started_at, "{message:#?}");
    }
    for course in WAITING.iter().filter(|course| !course.stage.is_empty()) {
        let id = id(course, 0);
        let opening = messages.iter().find(|m| m.said.incident.id == id && m.whose() == "technical-teams");
        let said = &opening.unwrap().said.incident.fields;
        let (.., priority, impact) = course.steps.last().unwrap();
        assert_eq!(
            (&said["stage"], &said["priority"], &said["impact"]),
            (&course.stage.into(), &(*priority).into(), &(*impact).into()),
            "of '{}'",
            course.name
        );
    }
}

/// Of each promise that was broken its lead hears once, however many there are in one message.
fn are_once_for_each_promise(messages: &[Message]) {
    let mut told = BTreeSet::new();
    for message in messages.iter().filter(|message| message.said.kind == Kind::UpdateOverdue) {
        for item in &message.said.about {
            let promise = (&message.said.incident.id, &item.audience, &item.due_at);
            assert!(told.insert(promise), "{message:#?}");
        }
    }
}

/// How many messages there are, and why each.
fn print_table(heard: &BTreeMap<String, Kinds>) {
    println!("| incidents | course | messages | why |\n|--:|---|---|---|");
    let (mut all, mut all_incidents) = (BTreeMap::<String, usize>::new(), 0);
    for (course, count) in courses() {
        let mut kinds = BTreeMap::<String, usize>::new();
        let whose = (0..count).filter_map(|number| heard.get(&id(course, number)));
        for kind in whose.flat_map(BTreeMap::values).flat_map(|kinds| kinds.split(' ')) {
            *kinds.entry(kind.to_owned()).or_default() += 1;
        }
        println!("| {count} | {} | {} | {} |", course.name, listed(&kinds), course.why);
        all_incidents += count;
        kinds.into_iter().for_each(|(kind, count)| *all.entry(kind).or_default() += count);
    }
    println!("| {all_incidents} | all | {}: {} | |", all.values().sum::<usize>(), listed(&all));
    let mut readers = BTreeMap::<String, usize>::new();
    for (who, kinds) in heard.values().flatten() {
        *readers.entry(who.clone()).or_default() += kinds.split(' ').count();
    }
    println!("by reader: {}", listed(&readers));
}

fn listed(counts: &BTreeMap<String, usize>) -> String {
    if counts.is_empty() {
        return "none".to_owned();
    }
    counts.iter().map(|(what, count)| format!("{count} {what}")).collect::<Vec<_>>().join(", ")
}

//! A policy is loaded in the middle of a thousand open incidents: one audience is gone, one has
//! another name, one a language less, one may see a field less. Nobody hears anything of that, every
//! promise stays due when it was, and whoever was told that it began is told that it ended.

use std::collections::{BTreeMap, BTreeSet};

use herald::core::event::Event;
use herald::core::ids;
use herald::core::record::topics;
use herald::core::vocabulary::Kind;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::heard::{self, Kinds, Message};
use super::{await_folded, read_by_people};
use crate::fixture::given::{Given, event, graded, now, records, tick};
use crate::fixture::herald::{Herald, Role};
use crate::fixture::read::Reader;
use crate::fixture::site::Site;
use crate::oracle::heavy;
use crate::oracle::log::Log;

const INCIDENTS: usize = 1_000;
/// Of those, begun so late that openings still wait when the policy is loaded.
const LATE: usize = 100;

/// File, what it says, and what it says from the reload on.
const CHANGES: [(&str, &str, &str); 6] = [
    // Gone.
    ("audiences.yaml", "  finance:\n", "  gone:\n"),
    ("routes.yaml", "[marketing, sales, legal, finance]", "[growth, sales, legal]"),
    (
        "routes.yaml",
        "customer-service, marketing, sales, legal, finance,",
        "customer-service, growth, sales, legal,",
    ),
    // Renamed.
    ("audiences.yaml", "  marketing:\n", "  growth:\n    formerly: [marketing]\n"),
    // In one language less.
    (
        "audiences.yaml",
        "カスタマーサービス }\n    readers: internal\n    lead: business-response\n    languages: [ja, en]",
        "カスタマーサービス }\n    readers: internal\n    lead: business-response\n    languages: [en]",
    ),
    // A field denied.
    ("audiences.yaml", "hosts, labels, links", "hosts, links"),
];

#[test]
fn a_reload_among_a_thousand_open_incidents_tells_nobody_anything() {
    let _one = heavy();
    let mut tale = Tale::begin();
    tale.open_all();
    let (ends, dues) = (tale.ends(), dues(&tale.folded()));

    let version = tale.reload();
    tale.post(&tick(tale.minute(8)));
    tale.is_followed(&version);
    let again: Vec<Event> = keys().map(|key| said_again(&key, tale.minute(9))).collect();
    tale.post(&records(&again));
    let states = tale.folded();
    assert_eq!(tale.ends(), ends, "somebody heard of the reload");
    assert_eq!(tale.reader.written("notify.growth"), 0, "the new name was told what the old one knows");
    assert_eq!(self::dues(&states), dues, "something is due at another time");

    tale.held_openings_go_out_when_they_were_due(&dues);
    tale.promises_are_due_when_they_were();
    tale.goes_on_in_the_threads_that_began();
    tale.everybody_hears_the_end();
    tale.is_heard_by_the_new_rules(&version);
}

fn keys() -> impl Iterator<Item = String> {
    (0..INCIDENTS).map(|n| format!("k{n}"))
}

/// Every tenth is a P1 that nine audiences hear of; so are the late ones.
fn grade(n: usize) -> (&'static str, &'static str) {
    match n % 10 {
        _ if n >= INCIDENTS - LATE => ("P1", "major"),
        0 => ("P1", "major"),
        1..=3 => ("P2", "minor"),
        _ => ("P3", "minor"),
    }
}

/// Who hears that it begins.
fn audiences(n: usize) -> &'static [&'static str] {
    const ALL: [&str; 10] = [
        "customer-service",
        "customers-general",
        "customers-strategic/acme",
        "customers-strategic/hinode",
        "executives",
        "finance",
        "legal",
        "marketing",
        "sales",
        "technical-teams",
    ];
    match grade(n).0 {
        "P1" => &ALL,
        "P2" => {
            &["customer-service", "customers-strategic/acme", "customers-strategic/hinode", "technical-teams"]
        }
        _ => &["customer-service", "technical-teams"],
    }
}

fn begins(n: usize, at: Timestamp) -> Event {
    let (priority, impact) = grade(n);
    let mut begins = graded(&format!("k{n}"), at, (Some("triggered"), priority, impact));
    begins.labels = serde_json::from_value(json!({"cluster": ["eu-1"]})).unwrap();
    begins
}

/// Something that nobody sees, and that routes ask for: they are matched anew, under the new policy.
fn said_again(key: &str, at: Timestamp) -> Event {
    event(key, at, &json!({"environment": "production"}))
}

/// What falls due for an incident: for each reader, and for itself. When it is to be called silent
/// counts from the last that was heard of it, and is no promise to anybody.
fn dues(log: &Log) -> BTreeMap<String, Value> {
    let due = |state: &Value| {
        let entries = state["ledger"].as_array().into_iter().flatten();
        let entries = entries.map(|entry| {
            json!([entry["audience"], entry["addressee"]["id"], entry["told"]["promised"], entry["held"]])
        });
        json!([entries.collect::<Vec<_>>(), state["episode"]["timers"]["lead_missing_at"]])
    };
    let ours = log.states.values().filter(|state| !state["key"].as_str().unwrap().contains("tick"));
    ours.map(|state| (state["id"].as_str().unwrap().to_owned(), due(state))).collect()
}

struct Tale {
    site: Site,
    given: Given,
    reader: Reader,
    herald: Herald,
    began: Timestamp,
}

impl Tale {
    fn begin() -> Self {
        let site = Site::shared("reloaded").with_times_given().with_shipped_policy();
        let given = Given::new(&site, &site.policy());
        let mut herald = site.herald("router-1", Role::Router);
        herald.start_ready();
        Self { given, reader: site.reader(), herald, site, began: now() }
    }

    fn minute(&self, minutes: i64) -> Timestamp {
        self.began + SignedDuration::from_mins(minutes)
    }

    fn post(&self, records: &[herald::core::record::OutRecord]) {
        self.given.post(records);
    }

    fn folded(&self) -> Log {
        await_folded("the reloaded router", &self.reader, |_| true)
    }

    /// Where everything ends that people read; a committed transaction takes an offset, too.
    fn ends(&self) -> BTreeMap<String, BTreeMap<i32, i64>> {
        read_by_people(&self.reader)
            .into_iter()
            .filter(|topic| !topic.ends_with(".growth"))
            .map(|topic| (topic.clone(), self.reader.ends(&topic)))
            .collect()
    }

    /// All are told; of the late ones customers are not, yet.
    fn open_all(&mut self) {
        let early = INCIDENTS - LATE;
        self.post(&records(&(0..early).map(|n| begins(n, self.minute(0))).collect::<Vec<_>>()));
        self.post(&tick(self.minute(6)));
        let late: Vec<Event> = (early..INCIDENTS).map(|n| begins(n, self.minute(7))).collect();
        self.post(&records(&late));
        self.folded();
        let heard = heard::kinds(&heard::all(&self.reader));
        for n in 0..INCIDENTS {
            let told = audiences(n).iter().filter(|who| n < early || !who.starts_with("customers-"));
            let expected: Kinds = told.map(|who| ((*who).to_owned(), "opening".to_owned())).collect();
            assert_eq!(heard[&id(n)], expected, "of k{n}");
        }
    }

    /// Changes the policy; says its new version.
    fn reload(&self) -> String {
        let before = self.site.policy().version;
        for (file, from, to) in CHANGES {
            self.site.edit_policy(file, from, to);
        }
        let audiences = self.site.policy_dir().join("audiences.yaml");
        let text = std::fs::read_to_string(&audiences).unwrap();
        let (head, rest) = text.split_once("  gone:\n").unwrap();
        let (_, tail) = rest.split_once("\n\n").unwrap();
        std::fs::write(&audiences, format!("{head}{tail}")).unwrap();
        let (status, answer) = self.herald.reload();
        assert_eq!(status, 202, "{answer}");
        let version = self.site.policy().version;
        assert!(version != before && answer.contains(&version), "{answer}");
        version
    }

    /// Each partition has folded something under this policy.
    fn is_followed(&self, version: &str) {
        self.folded();
        let decisions = Log::read(&self.reader).decisions;
        let by_new = decisions.iter().filter(|decision| decision.policy == version);
        let partitions: BTreeSet<i32> = by_new.map(|decision| decision.input.partition).collect();
        assert_eq!(partitions.len(), self.reader.ends(topics::EVENTS).len());
    }

    fn held_openings_go_out_when_they_were_due(&self, dues: &BTreeMap<String, Value>) {
        let known: BTreeSet<String> =
            heard::all(&self.reader).into_iter().map(|message| message.said.id).collect();
        self.post(&tick(self.minute(13)));
        self.folded();
        let mut opened = BTreeSet::new();
        for message in heard::all(&self.reader) {
            if !known.contains(&message.said.id) {
                assert_eq!(message.said.kind, Kind::Opening, "{message:?}");
                opened.insert((
                    message.said.incident.id.clone(),
                    message.whose(),
                    message.said.decided_at.to_string(),
                ));
            }
        }
        let held = dues.iter().flat_map(|(incident, due)| {
            let held = due[0].as_array().unwrap().iter().filter(|entry| !entry[3].is_null());
            held.map(|entry| {
                let whose = entry[1].as_str().map(|id| format!("/{id}")).unwrap_or_default();
                let whose = format!("{}{whose}", entry[0].as_str().unwrap());
                (incident.clone(), whose, entry[3]["until"].as_str().unwrap().to_owned())
            })
        });
        assert_eq!(opened, held.collect());
        assert_eq!(opened.len(), LATE * 3);
    }

    /// Nothing new comes, so that leads hear of each promise, five minutes before and when it is due.
    fn promises_are_due_when_they_were(&self) {
        let until = self.minute(31);
        let mut promised = BTreeSet::new();
        for (incident, due) in dues(&self.folded()) {
            for entry in due[0].as_array().unwrap() {
                let Some(at) = entry[2]["due"].as_str() else { continue };
                if at.parse::<Timestamp>().unwrap() <= until {
                    promised.insert((incident.clone(), entry[0].as_str().unwrap().to_owned(), at.to_owned()));
                }
            }
        }
        self.post(&tick(until));
        self.folded();
        let messages = heard::all(&self.reader);
        for (kind, early) in [(Kind::UpdateDue, 5), (Kind::UpdateOverdue, 0)] {
            let mut told = BTreeSet::new();
            for message in messages.iter().filter(|message| message.said.kind == kind) {
                for item in &message.said.about {
                    let at: Timestamp = item.due_at.as_ref().unwrap().to_string().parse().unwrap();
                    let decided = message.said.decided_at + SignedDuration::from_mins(early);
                    if at <= until {
                        assert_eq!(decided, at, "{kind} of {}", message.said.incident.id);
                        told.insert((
                            message.said.incident.id.clone(),
                            item.audience.clone(),
                            at.to_string(),
                        ));
                    }
                }
            }
            assert_eq!(told, promised, "{kind}");
        }
        println!("reloaded: {} promises kept their time", promised.len());
    }

    /// The cause of each P1 is found. By its new name nobody begins anew; who is gone hears the end only.
    fn goes_on_in_the_threads_that_began(&self) {
        let p1 = (0..INCIDENTS).filter(|n| grade(*n).0 == "P1");
        let found = |n: usize| event(&format!("k{n}"), self.minute(32), &json!({"stage": "identified"}));
        self.post(&records(&p1.map(found).collect::<Vec<_>>()));
        self.folded();
    }

    /// Each thread that began ends once, by the name and in the languages that its reader was told by.
    fn everybody_hears_the_end(&self) {
        let ends: Vec<Event> =
            keys().map(|key| event(&key, self.minute(33), &json!({"stage": "resolved"}))).collect();
        self.post(&records(&ends));
        self.folded();
        let messages = heard::all(&self.reader);
        let mut ended = BTreeMap::<String, usize>::new();
        for n in 0..INCIDENTS {
            let of: Vec<&Message> =
                messages.iter().filter(|message| message.said.incident.id == id(n)).collect();
            for who in audiences(n) {
                let thread: Vec<&&Message> = of.iter().filter(|message| message.whose() == *who).collect();
                is_whole(&thread, hears_of_the_cause(n, who));
                *ended.entry((*who).to_owned()).or_default() += 1;
            }
            let others = of.iter().filter(|message| !audiences(n).contains(&message.whose().as_str()));
            let others: BTreeSet<String> = others.map(|message| message.whose()).collect();
            assert!(others.iter().all(|who| who.starts_with("leads.")), "of k{n}: {others:?}");
        }
        println!("reloaded: ended {ended:?}");
    }

    /// What begins now is told by the policy as it is now.
    fn is_heard_by_the_new_rules(&self, version: &str) {
        let mut new = begins(0, self.minute(34));
        new.incident.id = ids::incident("pagerduty", "new");
        new.incident.key = "pagerduty/new".to_owned();
        self.post(&records(&[new.clone()]));
        self.post(&tick(self.minute(40)));
        self.folded();
        let messages = heard::all(&self.reader);
        let of: Vec<_> = messages.iter().filter(|m| m.said.incident.id == new.incident.id).collect();
        let told: BTreeSet<String> = of.iter().map(|message| message.whose()).collect();
        assert!(
            told.contains("growth") && !told.contains("marketing") && !told.contains("finance"),
            "{told:?}"
        );
        for message in of {
            assert_eq!(message.said.policy, version);
            match message.whose().as_str() {
                "customer-service" => assert_eq!(languages(message), ["en"]),
                "technical-teams" => assert!(!message.said.incident.fields.contains_key("labels")),
                _ => {}
            }
        }
    }
}

fn id(n: usize) -> String {
    ids::incident("pagerduty", &format!("k{n}"))
}

fn languages(message: &Message) -> Vec<&str> {
    message.said.contents.iter().map(|content| content.language.as_str()).collect()
}

/// Of a P1, all but those who are gone, and those who hear of the beginning and the end only.
fn hears_of_the_cause(n: usize, who: &str) -> bool {
    grade(n).0 == "P1" && who != "finance" && who != "customers-general"
}

/// An opening, the cause and an end, in one thread and in the same languages; and no field that is
/// denied by now.
fn is_whole(thread: &[&&Message], with_cause: bool) {
    let kinds: Vec<Kind> = thread.iter().map(|message| message.said.kind).collect();
    let expected = [Kind::Opening, Kind::Update, Kind::Resolved];
    let expected = expected.into_iter().filter(|kind| with_cause || *kind != Kind::Update);
    assert_eq!(kinds, expected.collect::<Vec<_>>(), "{thread:#?}");
    let [opening, later @ ..] = thread else { unreachable!() };
    for (one, before) in later.iter().zip(thread) {
        let (one, before, opening) = (&one.said, &before.said, &opening.said);
        assert_eq!((&one.thread_id, &one.audience), (&opening.thread_id, &opening.audience));
        assert_eq!((one.sequence, &one.previous_id), (before.sequence + 1, &Some(before.id.clone())));
    }
    for message in later {
        assert_eq!(languages(message), languages(opening));
        let may_see = message.said.audience != "technical-teams";
        assert!(may_see || !message.said.incident.fields.contains_key("labels"), "{message:#?}");
    }
    let saw = opening.said.audience == "technical-teams";
    assert_eq!(opening.said.incident.fields.contains_key("labels"), saw);
}

//! A policy is loaded in the middle of a thousand open incidents: one audience is gone, one has
//! another name, one a language less, one may see a field less, one is to hear of more. Nobody hears
//! anything of that, every promise stays due when it was, and whoever was told that it began is told
//! that it ended.

mod dues;
mod incidents;
mod threads;

use std::collections::{BTreeMap, BTreeSet};

use herald::core::event::Event;
use herald::core::record::{OutRecord, topics};
use jiff::{SignedDuration, Timestamp};

use super::heard::{self, Kinds};
use super::{await_folded, read_by_people};
use crate::fixture::given::{Given, now, records, tick};
use crate::fixture::herald::{Herald, Role};
use crate::fixture::read::Reader;
use crate::fixture::site::Site;
use crate::oracle::heavy;
use crate::oracle::log::Log;
use dues::dues;
use incidents::{INCIDENTS, LATE, audiences, begins, id, keys, said_again};

/// File, what it says, and what it says from the reload on.
const CHANGES: [(&str, &str, &str); 7] = [
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
    // Told of more: of what is open already they are not.
    ("routes.yaml", "tell: [customer-service]", "tell: [customer-service, sales]"),
    // A field denied.
    ("audiences.yaml", "hosts, labels, links", "hosts, links"),
];

#[test]
fn a_reload_among_a_thousand_open_incidents_tells_nobody_anything() {
    let _one = heavy();
    let mut tale = Tale::begin();
    tale.open_all();
    let (ends, due) = (tale.ends(), dues(&tale.folded()));

    let version = tale.reload();
    tale.post(&tick(tale.minute(8)));
    tale.is_followed(&version);
    let again: Vec<Event> = keys().map(|key| said_again(&key, tale.minute(9))).collect();
    tale.post(&records(&again));
    let states = tale.folded();
    assert_eq!(tale.ends(), ends, "somebody heard of the reload");
    assert_eq!(tale.reader.written("notify.growth"), 0, "the new name was told what the old one knows");
    assert_eq!(dues(&states), due, "something is due at another time");

    tale.held_openings_go_out_when_they_were_due(&due);
    tale.promises_are_due_when_they_were();
    tale.goes_on_in_the_threads_that_began();
    tale.everybody_hears_the_end();
    tale.is_heard_by_the_new_rules(&version);
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

    fn post(&self, records: &[OutRecord]) {
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
}

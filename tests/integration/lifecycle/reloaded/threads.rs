//! What is told under the new policy: on in the threads that began, and by its own rules what begins.

use std::collections::{BTreeMap, BTreeSet};

use herald::core::event::Event;
use herald::core::ids;
use herald::core::vocabulary::Kind;
use serde_json::json;

use super::Tale;
use super::incidents::{INCIDENTS, audiences, begins, grade, id, keys};
use crate::fixture::given::{event, records, tick};
use crate::lifecycle::heard::{self, Message};

impl Tale {
    /// The cause of each P1 is found. By its new name nobody begins anew; who is gone hears the end only.
    pub(super) fn goes_on_in_the_threads_that_began(&self) {
        let p1 = (0..INCIDENTS).filter(|n| grade(*n).0 == "P1");
        let found = |n: usize| event(&format!("k{n}"), self.minute(32), &json!({"stage": "identified"}));
        self.post(&records(&p1.map(found).collect::<Vec<_>>()));
        self.folded();
    }

    /// Each thread that began ends once, by the name and in the languages that its reader was told by.
    pub(super) fn everybody_hears_the_end(&self) {
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
    pub(super) fn is_heard_by_the_new_rules(&self, version: &str) {
        let mut new = begins(0, self.minute(34));
        new.incident.id = ids::incident("pagerduty", "new");
        "pagerduty/new".clone_into(&mut new.incident.key);
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

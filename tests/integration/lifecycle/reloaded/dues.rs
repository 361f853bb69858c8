//! What falls due, and that it falls due when it was to.

use std::collections::{BTreeMap, BTreeSet};

use herald::core::vocabulary::Kind;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::Tale;
use super::incidents::LATE;
use crate::fixture::given::tick;
use crate::lifecycle::heard;
use crate::oracle::log::Log;

/// What falls due for an incident: for each reader, and for itself. When it is to be called silent
/// counts from the last that was heard of it, and is no promise to anybody.
pub(super) fn dues(log: &Log) -> BTreeMap<String, Value> {
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

impl Tale {
    pub(super) fn held_openings_go_out_when_they_were_due(&self, dues: &BTreeMap<String, Value>) {
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
    pub(super) fn promises_are_due_when_they_were(&self) {
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
}

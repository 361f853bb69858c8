//! A small world to fold in: one partition, the default policy, and a clock in minutes.

use std::collections::{BTreeMap, VecDeque};

use herald::core::decision::{DecisionRecord, InputPlace, Outcome};
use herald::core::event::Event;
use herald::core::incident::IncidentState;
use herald::core::policy::Policy;
use herald::core::shard::{Shard, Step};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// Minute 0 of every story.
pub fn start() -> Timestamp {
    "2026-04-01T00:00:00Z".parse().unwrap()
}

pub fn minute(minute: i64) -> Timestamp {
    start() + SignedDuration::from_mins(minute)
}

/// The default policy, as it ships.
pub fn policy() -> Policy {
    herald::policy::built_in().unwrap().policy
}

/// An event of incident `key` at a minute, with the fields of `extra` on top.
pub fn event(key: &str, delivery: &str, at: i64, extra: Value) -> Event {
    let source = extra.get("source_name").and_then(Value::as_str).unwrap_or("pagerduty").to_owned();
    let body_sha256 = herald::core::ids::body_sha256(format!("{key}{delivery}{extra}").as_bytes());
    let mut event = json!({
        "schema": "incident-event/1",
        "id": herald::core::ids::event(&source, Some(delivery), &body_sha256, 0),
        "type": "updated",
        "native_type": "incident.updated",
        "occurred_at": minute(at).to_string(),
        "occurred_at_quality": "exact",
        "received_at": minute(at).to_string(),
        "source": {"kind": "pagerduty", "name": source},
        "ingest": {"delivery_id": delivery, "body_sha256": body_sha256, "part": 0, "auth": "signature"},
        "incident": {"id": herald::core::ids::incident("pagerduty", key), "key": format!("pagerduty/{key}"), "native_id": key},
        "services": [{"name": "checkout-api"}],
    });
    for (field, value) in extra.as_object().unwrap() {
        if field != "source_name" {
            event[field] = value.clone();
        }
    }
    serde_json::from_value(event).unwrap()
}

pub fn priority(native: &str) -> Value {
    json!({"rank": native, "native": native})
}

/// What became of each audience since the step before: kinds in order, or a reason.
pub type Heard = BTreeMap<String, String>;

pub struct World {
    pub shard: Shard,
    pub policy: Policy,
    pub offset: i64,
    pub notices: Vec<herald::core::notification::Notice>,
    pub records: Vec<DecisionRecord>,
    /// Events of Herald's own that are still to be folded.
    pub own_events: VecDeque<Event>,
}

impl World {
    pub fn new() -> Self {
        Self::with(policy())
    }
    pub fn with(policy: Policy) -> Self {
        Self {
            shard: Shard::new(0),
            policy,
            offset: 0,
            notices: Vec::new(),
            records: Vec::new(),
            own_events: VecDeque::new(),
        }
    }
    /// Folds an event that was appended at a minute.
    pub fn post(&mut self, at: i64, event: &Event) -> Heard {
        let place = InputPlace { partition: 0, offset: self.offset };
        self.offset += 1;
        let steps = self.shard.event(event, minute(at), place, &self.policy);
        self.take(steps)
    }
    /// Lets time pass up to a minute.
    pub fn wait(&mut self, until: i64) -> Heard {
        let place = InputPlace { partition: 0, offset: self.offset };
        let steps = self.shard.due(minute(until), place, &self.policy, usize::MAX);
        self.take(steps)
    }
    /// Another process takes over: it has what stands on `incident.state`.
    pub fn restart(&mut self) {
        let mut shard = Shard::new(0);
        for state in self.shard.states() {
            shard.restore(IncidentState::clone(&state));
        }
        shard.restore_clock(self.shard.clock());
        shard.hold_until(self.shard.held_until());
        shard.restore_policy(self.shard.loaded().cloned());
        self.shard = shard;
    }
    fn take(&mut self, steps: Vec<Step>) -> Heard {
        self.shard.commit();
        let mut heard = Heard::new();
        for step in steps {
            for notice in &step.decision.notices {
                let addressee = notice.addressee.as_ref().map(|a| format!("/{}", a.id)).unwrap_or_default();
                let entry = heard.entry(format!("{}{addressee}", notice.audience)).or_default();
                *entry = if entry.is_empty() {
                    notice.kind.to_string()
                } else {
                    format!("{entry} {}", notice.kind)
                };
            }
            self.notices.extend(step.decision.notices);
            self.own_events.extend(step.decision.events);
            if let Some(record) = step.decision.record {
                if let Some(reason) = record.reason {
                    heard.insert("*".to_owned(), reason.to_string());
                }
                for (audience, outcome) in &record.audiences {
                    if let Outcome::NotTold { not_told, .. } = outcome {
                        heard.entry(audience.clone()).or_insert_with(|| not_told.to_string());
                    }
                }
                self.records.push(record);
            }
        }
        heard
    }
}

/// Compares what some audiences heard; those not named are not looked at.
#[track_caller]
pub fn expect(heard: &Heard, expected: &[(&str, &str)]) {
    let actual: Vec<(&str, &str)> = expected
        .iter()
        .map(|(audience, _)| (*audience, heard.get(*audience).map_or("(nothing)", String::as_str)))
        .collect();
    assert_eq!(actual, expected, "all that was heard: {heard:#?}");
}

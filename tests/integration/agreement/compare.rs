//! What was explained, held against what stands on Kafka.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use herald::core::record::topics;
use jiff::Timestamp;
use serde_json::Value;

use super::lane::Appended;
use super::policies::Generated;
use crate::fixture::read::Reader;

/// What the command said of the events of one policy.
#[derive(Debug, Default)]
pub struct Explained {
    seed: u64,
    version: String,
    /// Where they stand.
    events: BTreeSet<(i32, i64)>,
    /// By id.
    decisions: BTreeMap<String, Value>,
    messages: BTreeMap<String, Value>,
    /// What waited: by incident, cause and time.
    pub timers: BTreeMap<Timer, (Value, Vec<Value>)>,
    /// Incidents whose timers were waited for, and from when to when.
    pub waited: BTreeMap<String, (Timestamp, Timestamp)>,
}

/// Incident, cause, and when.
pub type Timer = (String, String, String);

/// See [`Timer`].
pub fn timer(decision: &Value) -> Timer {
    (text(&decision["incident"]), decision["caused_by"].to_string(), text(&decision["at"]))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn is_of_event(decision: &Value) -> bool {
    decision["caused_by"]["event"].is_string()
}

impl Explained {
    /// Nothing of it, yet.
    pub fn new(policy: &Generated, events: &[Appended]) -> Self {
        let (seed, version) = (policy.seed, policy.version.clone());
        Self { seed, version, events: events.iter().map(|one| one.place).collect(), ..Self::default() }
    }

    /// One line of what is explained of events.
    pub fn add(&mut self, line: &Value) {
        let decision = &line["decision"];
        if !is_of_event(decision) {
            return;
        }
        for message in line["notifications"].as_array().unwrap() {
            self.messages.insert(text(&message["id"]), message.clone());
        }
        self.decisions.insert(text(&decision["id"]), decision.clone());
    }

    /// The same of the time after an event.
    pub fn add_timer(&mut self, line: &Value) {
        let decision = &line["decision"];
        if decision.is_object() && !is_of_event(decision) {
            let messages = line["notifications"].as_array().unwrap().clone();
            self.timers.insert(timer(decision), (decision.clone(), messages));
        }
    }

    /// Is it the decision of a timer that was waited for?
    fn has_waited(&self, decision: &Value) -> bool {
        let at: Timestamp = text(&decision["at"]).parse().unwrap();
        !is_of_event(decision)
            && self.waited.get(&text(&decision["incident"])).is_some_and(|(from, to)| at > *from && at <= *to)
    }
}

/// How much was compared, and of what.
#[derive(Debug, Default)]
pub struct Told {
    pub webhooks: usize,
    pub decisions: usize,
    pub timers: usize,
    pub messages: usize,
    pub kinds: BTreeSet<String>,
    pub reasons: BTreeSet<String>,
}

impl Told {
    pub fn and(mut self, other: Self) -> Self {
        self.webhooks += other.webhooks;
        self.decisions += other.decisions;
        self.timers += other.timers;
        self.messages += other.messages;
        self.kinds.extend(other.kinds);
        self.reasons.extend(other.reasons);
        self
    }

    fn decision(&mut self, decision: &Value) {
        let outcomes = decision["audiences"].as_object().into_iter().flat_map(|all| all.values());
        let reasons = outcomes.map(|outcome| &outcome["not_told"]).chain([&decision["reason"]]);
        self.reasons.extend(reasons.filter_map(Value::as_str).map(str::to_owned));
    }

    fn message(&mut self, message: &Value) {
        self.messages += 1;
        self.kinds.insert(text(&message["kind"]));
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { webhooks, decisions, timers, messages, kinds, reasons } = self;
        write!(
            f,
            "{webhooks} webhooks: {decisions} decisions on events and {timers} of timers for {} reasons, {messages} messages of {} kinds",
            reasons.len(),
            kinds.len()
        )
    }
}

/// Everything that was explained stands on Kafka, and nothing else does.
pub fn with_recorded(reader: &Reader, explained: &[Explained], told: &mut Told) {
    let recorded = Recorded::read(reader);
    for policy in explained {
        policy_alike(policy, &recorded, told);
    }
    let said: usize = explained.iter().map(|policy| policy.messages.len()).sum();
    let of_events = recorded.messages.values().filter(|message| message["caused_by"]["event"].is_string());
    let said_nowhere = |message: &&Value| {
        !explained.iter().any(|policy| policy.messages.contains_key(&text(&message["id"])))
    };
    let unsaid: Vec<String> =
        of_events.clone().filter(said_nowhere).map(|message| format!("{message:#}")).collect();
    assert!(unsaid.is_empty(), "{} messages were not explained, of {said}: {}", unsaid.len(), unsaid[0]);
}

/// What the service wrote.
struct Recorded {
    decisions: Vec<Value>,
    messages: BTreeMap<String, Value>,
}

impl Recorded {
    fn read(reader: &Reader) -> Self {
        let values = |topics: &[String]| -> Vec<Value> {
            let records = reader.read(topics);
            records.iter().filter_map(|one| serde_json::from_slice(one.payload.as_deref()?).ok()).collect()
        };
        let is_message =
            |name: &String| ["notify.", "leads.", "drill."].iter().any(|kind| name.starts_with(kind));
        let names: Vec<String> = reader.topics().into_keys().filter(is_message).collect();
        let said = values(&names);
        let written = said.len();
        let messages: BTreeMap<_, _> = said.into_iter().map(|one| (text(&one["id"]), one)).collect();
        assert_eq!(messages.len(), written, "messages share an id");
        Self { decisions: values(&[topics::DECISIONS.to_owned()]), messages }
    }

    /// Each message of these stands there, word by word.
    fn says(&self, seed: u64, messages: &[Value], told: &mut Told) {
        for message in messages {
            assert_eq!(
                self.messages.get(&text(&message["id"])),
                Some(message),
                "seed {seed}: {}",
                text(&message["id"])
            );
            told.message(message);
        }
    }
}

fn policy_alike(policy: &Explained, recorded: &Recorded, told: &mut Told) {
    let seed = policy.seed;
    let mut compared = 0;
    for decision in &recorded.decisions {
        if is_of_event(decision) && policy.events.contains(&place(decision)) {
            let id = text(&decision["id"]);
            assert_eq!(decision["policy"], policy.version.as_str(), "seed {seed}");
            let explained = policy.decisions.get(&id);
            assert_eq!(explained, Some(decision), "seed {seed}: {}", decision["caused_by"]);
            told.decision(decision);
            compared += 1;
        } else if policy.has_waited(decision) {
            let (explained, messages) = policy
                .timers
                .get(&timer(decision))
                .unwrap_or_else(|| panic!("seed {seed}: no timer was explained: {decision:#}"));
            assert_eq!(timeless(explained), timeless(decision), "seed {seed}");
            recorded.says(seed, messages, told);
            told.decision(decision);
            told.timers += 1;
        }
    }
    assert_eq!(compared, policy.events.len(), "seed {seed}: decisions on events");
    assert_eq!(compared, policy.decisions.len(), "seed {seed}: decisions explained");
    told.decisions += compared;
    let messages: Vec<Value> = policy.messages.values().cloned().collect();
    recorded.says(seed, &messages, told);
}

fn place(decision: &Value) -> (i32, i64) {
    let input = &decision["input"];
    let partition = i32::try_from(input["partition"].as_i64().unwrap()).unwrap();
    (partition, input["offset"].as_i64().unwrap())
}

/// Without where a timer stands: behind all that the log had by then.
fn timeless(decision: &Value) -> Value {
    let mut decision = decision.clone();
    decision["id"] = Value::Null;
    decision["input"]["offset"] = Value::Null;
    decision
}

//! All that stands on Kafka of one installation, as its readers get it.

use std::collections::BTreeMap;

use herald::core::decision::{DecisionRecord, InputPlace};
use herald::core::event::Event;
use herald::core::notification::Notice;
use herald::core::record::topics;
use herald::core::rejected::Rejected;
use herald::core::vocabulary::{Kind, Lifecycle};
use jiff::Timestamp;
use serde_json::Value;

use crate::fixture::read::{Reader, Record};

/// See the module's text. Each list is in the order of its partitions.
#[derive(Debug, Clone, Default)]
pub(crate) struct Log {
    pub(crate) events: Vec<Logged>,
    pub(crate) decisions: Vec<DecisionRecord>,
    pub(crate) heard: Vec<Heard>,
    /// Notification id → its whole value.
    pub(crate) said: BTreeMap<String, Value>,
    /// Partition and incident → the last state that is no tombstone.
    pub(crate) states: BTreeMap<(i32, String), Value>,
    pub(crate) progress: BTreeMap<i32, Progress>,
    pub(crate) rejected: Vec<Rejected>,
    /// What can't be read, or contradicts itself.
    pub(crate) oddities: Vec<String>,
    /// Topic and key → partition: whatever hears of one incident stands in one.
    partitions: BTreeMap<(String, String), i32>,
}

/// One record of `incident.events`.
#[derive(Debug, Clone)]
pub(crate) struct Logged {
    pub(crate) place: InputPlace,
    pub(crate) at: Timestamp,
    /// None: no Herald can read it.
    pub(crate) event: Option<Event>,
}

/// The last progress record of a partition.
#[derive(Debug, Clone)]
pub(crate) struct Progress {
    pub(crate) next_offset: i64,
    pub(crate) clock: Timestamp,
}

/// What somebody was told, without the words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Heard {
    pub(crate) topic: String,
    pub(crate) id: String,
    pub(crate) kind: Kind,
    pub(crate) incident: String,
    pub(crate) thread: String,
    pub(crate) sequence: u32,
    pub(crate) previous: Option<String>,
}

impl Heard {
    pub(crate) fn of(notice: &Notice) -> Self {
        Self {
            topic: notice.topic.clone(),
            id: notice.id.clone(),
            kind: notice.kind,
            incident: notice.incident_id.clone(),
            thread: notice.thread_id.clone(),
            sequence: notice.sequence,
            previous: notice.previous_id.clone(),
        }
    }

    fn read(topic: &str, value: &Value) -> Option<Self> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        Some(Self {
            topic: topic.to_owned(),
            id: text(&value["id"])?,
            kind: Kind::parse(value["kind"].as_str()?)?,
            incident: text(&value["incident"]["id"])?,
            thread: text(&value["thread_id"])?,
            sequence: u32::try_from(value["sequence"].as_u64()?).ok()?,
            previous: text(&value["previous_id"]),
        })
    }

    pub(crate) fn lifecycle(&self) -> Lifecycle {
        self.kind.lifecycle()
    }

    /// For people who read a verdict.
    pub(crate) fn name(&self) -> String {
        format!("{} {} {} no. {} of {}", self.id, self.topic, self.kind, self.sequence, self.incident)
    }
}

impl Log {
    /// Reads everything to its end.
    pub(crate) fn read(reader: &Reader) -> Self {
        let topics: Vec<String> = reader.topics().into_keys().collect();
        let mut log = Self::default();
        log.add(reader.read(&topics));
        log
    }

    /// Takes what was read.
    pub(crate) fn add(&mut self, records: Vec<Record>) {
        for record in records {
            if let Some(key) = &record.key {
                let whose = (record.topic.clone(), key.clone());
                if *self.partitions.entry(whose).or_insert(record.partition) != record.partition {
                    self.oddities.push(format!("{key} stands in two partitions of {}", record.topic));
                }
            }
            if let Err(odd) = self.take(&record) {
                let (topic, partition, offset) = (&record.topic, record.partition, record.offset);
                self.oddities.push(format!("{topic}/{partition} at {offset}: {odd}"));
            }
        }
    }

    fn take(&mut self, record: &Record) -> Result<(), String> {
        match record.topic.as_str() {
            topics::EVENTS => self.events.push(logged(record)),
            topics::DECISIONS => {
                let decision: DecisionRecord = parse(record)?;
                same("key", record.key.as_deref(), &decision.incident)?;
                same("ce_id", record.headers.get("ce_id").map(String::as_str), &decision.id)?;
                self.decisions.push(decision);
            }
            topics::REJECTED => self.rejected.push(parse(record)?),
            topics::STATE => self.state(record)?,
            topic => {
                let value: Value = parse(record)?;
                let heard = Heard::read(topic, &value).ok_or("it is no notification")?;
                same("key", record.key.as_deref(), &heard.incident)?;
                same("ce_id", record.headers.get("ce_id").map(String::as_str), &heard.id)?;
                self.said.insert(heard.id.clone(), value);
                self.heard.push(heard);
            }
        }
        Ok(())
    }

    fn state(&mut self, record: &Record) -> Result<(), String> {
        let key = record.key.clone().ok_or("it has no key")?;
        if let Some(partition) = key.strip_prefix("progress/") {
            same("key", Some(partition), &record.partition.to_string())?;
            let value: Value = parse(record)?;
            let progress = Progress {
                next_offset: value["next_offset"].as_i64().ok_or("it has no next_offset")?,
                clock: value["clock"].as_str().and_then(|at| at.parse().ok()).ok_or("it has no clock")?,
            };
            self.progress.insert(record.partition, progress);
        } else if record.payload.is_none() {
            self.states.remove(&(record.partition, key));
        } else {
            self.states.insert((record.partition, key), parse(record)?);
        }
        Ok(())
    }
}

fn logged(record: &Record) -> Logged {
    let place = InputPlace { partition: record.partition, offset: record.offset };
    let event = parse::<Event>(record).ok();
    let event = event.filter(|event| {
        event.schema == herald::core::event::SCHEMA && record.key.as_deref() == Some(&event.incident.id)
    });
    Logged { place, at: record.at, event }
}

fn parse<T: serde::de::DeserializeOwned>(record: &Record) -> Result<T, String> {
    let payload = record.payload.as_deref().ok_or("it is a tombstone")?;
    serde_json::from_slice(payload).map_err(|error| error.to_string())
}

fn same(what: &str, found: Option<&str>, expected: &str) -> Result<(), String> {
    if found == Some(expected) { Ok(()) } else { Err(format!("its {what} is {found:?}, not {expected:?}")) }
}

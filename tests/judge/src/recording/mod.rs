//! What stands on Kafka after a history, as a `read_committed` reader gets it: from these records to
//! what the judge reads (`heard`), and to what the fold alone writes on the same log, byte by byte
//! (`alone`).

mod alone;
mod heard;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::de::DeserializeOwned;

use crate::core::record::{self, OutRecord, topics};
use crate::judge::{Verdict, judge_published};
use crate::message::Message;
use crate::play::{Op, Played, replay};
use crate::tale::Tale;

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Without the prefix.
    pub topic: String,
    pub offset: i64,
    pub key: Option<String>,
    pub at: Timestamp,
    pub headers: BTreeMap<String, String>,
    pub value: Option<Vec<u8>>,
}

/// The records of one installation whose topics have one partition, in the order of each topic. Of
/// `incident.state` only the last ones of incidents that are remembered.
#[derive(Debug, Clone, Default)]
pub struct Recording {
    pub records: Vec<Record>,
}

impl Recording {
    /// What the fold writes of a history that was played on this log, where only events and loads
    /// make its operations.
    pub fn of(tale: &Tale, ops: &[Op], played: &Played) -> Self {
        let mut made: Vec<(i64, Result<OutRecord, record::BuildError>)> = Vec::new();
        for op in ops {
            if let Op::Fold { event, at, offset } = op {
                let made_of = record::event(event, None);
                made.push((*offset, made_of.map(|record| OutRecord { timestamp: *at, ..record })));
            }
        }
        for out in &played.outs {
            let messages = Message::all(&out.notices, &tale.policies[out.policy].policy);
            let notifications =
                messages.iter().map(|message| record::notification(&message.says, &message.topic, None));
            let decision = out.record.iter().map(|decision| record::decision(decision, None));
            made.extend(notifications.chain(decision).map(|made| (0, made)));
        }
        made.extend(played.states.values().map(|state| (0, record::state(state, 0))));
        let mut records: Vec<Record> =
            made.into_iter().filter_map(|(offset, made)| Some(Record::of(offset, made.ok()?))).collect();
        records.sort_by(|a, b| a.topic.cmp(&b.topic));
        Self { records }
    }

    /// All that is wrong with it: what the judge finds, and the first byte that the fold alone would
    /// not have written on this log.
    pub fn verdicts(&self, tale: &Tale) -> Result<Vec<Verdict>, String> {
        let heard = self.heard(tale)?;
        let published = heard.decided.iter().map(|(out, messages)| (out, messages.clone()));
        let mut found = judge_published(tale, &heard.ops, published);
        found.extend(heard.strays.iter().map(|message| Verdict {
            invariant: 5,
            words: format!("{} follows from no decision", message.words()),
        }));
        let alone = replay(&Tale { troubles: Vec::new(), ..tale.clone() }, &heard.ops);
        let differs = alone::own_differ(&heard.ops, &alone);
        let differs = differs.or_else(|| self.differs(&Self::of(tale, &heard.ops, &alone)));
        found.extend(differs.map(|words| Verdict { invariant: 13, words }));
        Ok(found)
    }

    fn on<'r>(&'r self, topic: &'r str) -> impl Iterator<Item = &'r Record> {
        self.records.iter().filter(move |record| record.topic == topic)
    }
}

impl Record {
    fn of(offset: i64, made: OutRecord) -> Self {
        let headers = made.headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let OutRecord { topic, key, timestamp: at, payload: value, .. } = made;
        Self { topic, offset, key, at, headers, value }
    }

    fn read<T: DeserializeOwned>(&self) -> Result<T, String> {
        let value = self.value.as_deref().unwrap_or_default();
        serde_json::from_slice(value).map_err(|e| format!("{} at {}: {e}", self.topic, self.offset))
    }
}

/// Of an audience or of a lead.
pub fn is_read_by_people(topic: &str) -> bool {
    [topics::NOTIFY_PREFIX, topics::DRILL_PREFIX, topics::LEADS_PREFIX]
        .iter()
        .any(|prefix| topic.starts_with(prefix))
}

//! Two recordings of the same log, byte by byte.

use std::collections::BTreeMap;

use super::{Record, Recording};
use crate::core::event::Event;
use crate::core::record::topics;
use crate::play::{Op, Played};

impl Recording {
    /// Each topic against what the fold alone writes on it. Only offsets may differ, for a
    /// transaction's end and what was aborted take some.
    pub(super) fn differs(&self, alone: &Self) -> Option<String> {
        let (here, there) = (self.by_topic(), alone.by_topic());
        let topics = here.keys().chain(there.keys());
        topics.into_iter().find_map(|topic| {
            let here = here.get(topic).map_or(&[][..], Vec::as_slice);
            let there = there.get(topic).map_or(&[][..], Vec::as_slice);
            let pairs = here.iter().zip(there);
            let differ = pairs.into_iter().find(|(one, other)| !one.is_like(other));
            match differ {
                Some((one, other)) => {
                    Some(format!("{topic} has {}\n and the fold alone {}", one.words(), other.words()))
                }
                None if here.len() != there.len() => {
                    Some(format!("{topic} has {} records, and by the fold alone {}", here.len(), there.len()))
                }
                None => None,
            }
        })
    }

    /// States by their keys: they were written at other times.
    fn by_topic(&self) -> BTreeMap<&str, Vec<&Record>> {
        let mut topics = BTreeMap::<&str, Vec<&Record>>::new();
        for record in &self.records {
            topics.entry(&record.topic).or_default().push(record);
        }
        if let Some(states) = topics.get_mut(topics::STATE) {
            states.sort_by(|a, b| a.key.cmp(&b.key));
        }
        topics
    }
}

impl Record {
    fn is_like(&self, other: &Self) -> bool {
        (&self.key, self.at, &self.headers, &self.value)
            == (&other.key, other.at, &other.headers, &other.value)
    }

    fn words(&self) -> String {
        let value = String::from_utf8_lossy(self.value.as_deref().unwrap_or_default());
        format!("{:?} at {} {:?} {value}", self.key, self.at, self.headers)
    }
}

/// The events of Herald's own on the log against those that the fold alone appends.
pub(super) fn own_differ(ops: &[Op], alone: &Played) -> Option<String> {
    let events =
        ops.iter().filter_map(|op| if let Op::Fold { event, .. } = op { Some(&**event) } else { None });
    let own: Vec<&Event> = events.filter(|event| event.adopt.is_some()).collect();
    let by_fold: Vec<&Event> = alone.outs.iter().flat_map(|out| &out.events).collect();
    (own != by_fold)
        .then(|| format!("{} hands over {own:?}\n and the fold alone {by_fold:?}", topics::EVENTS))
}

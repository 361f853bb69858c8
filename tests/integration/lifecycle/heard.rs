//! Who heard what, by topic.

use std::collections::BTreeMap;

use herald::core::notification::Notification;

use super::read_by_people;
use crate::fixture::read::{Reader, Record};

/// One message as its reader gets it.
#[derive(Debug, Clone)]
pub(super) struct Message {
    pub(super) record: Record,
    pub(super) said: Notification,
}

impl Message {
    /// `executives`, `customers-strategic/acme`, `leads.communications`.
    pub(super) fn whose(&self) -> String {
        let topic = self.record.topic.strip_prefix("notify.").unwrap_or(&self.record.topic);
        match &self.said.addressee {
            Some(addressee) => format!("{topic}/{}", addressee.id),
            None => topic.to_owned(),
        }
    }
}

/// All that people were told, each reader's messages of one incident in their order.
pub(super) fn all(reader: &Reader) -> Vec<Message> {
    let records = reader.read(&read_by_people(reader));
    let read = |record: Record| {
        let said = serde_json::from_slice(record.payload.as_deref().unwrap()).unwrap();
        Message { record, said }
    };
    records.into_iter().map(read).collect()
}

/// Each reader with the kinds that it heard, in order.
pub(super) type Kinds = BTreeMap<String, String>;

/// Of each incident: who heard what.
pub(super) fn kinds(messages: &[Message]) -> BTreeMap<String, Kinds> {
    let mut kinds = BTreeMap::<String, Kinds>::new();
    for message in messages {
        let heard = kinds.entry(message.said.incident.id.clone()).or_default();
        let heard = heard.entry(message.whose()).or_default();
        if !heard.is_empty() {
            heard.push(' ');
        }
        heard.push_str(message.said.kind.as_str());
    }
    kinds
}

//! What each reader heard, and why it heard nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::core::decision::{DecisionRecord, Outcome};
use crate::core::notification::{Notice, Notification};
use crate::core::record::topics;
use crate::core::vocabulary::{Kind, Reason};

/// One message that a reader got.
#[derive(Debug, Clone)]
pub struct Message {
    /// The story's clock.
    pub at: Timestamp,
    /// As stories name readers: [`reader_of`].
    pub reader: String,
    /// What it says.
    pub kind: Kind,
    /// With its words.
    pub notification: Arc<Notification>,
}

impl Message {
    /// Subject, short and text in every language: what `says` looks at.
    pub fn words(&self) -> String {
        let mut words = String::new();
        for content in &self.notification.contents {
            for part in [&content.subject, &content.short, &content.text] {
                words.push_str(part);
                words.push('\n');
            }
        }
        words
    }
}

/// How stories name who reads a message: `executives`, `customers-strategic/acme`,
/// `drill.customer-service`, `leads.business-response`.
pub fn reader_of(notice: &Notice) -> String {
    let topic = notice.topic.strip_prefix(topics::NOTIFY_PREFIX).unwrap_or(&notice.topic);
    match &notice.addressee {
        Some(addressee) => format!("{topic}/{}", addressee.id),
        None => topic.to_owned(),
    }
}

/// The last reasons that decisions gave for telling nothing.
#[derive(Debug, Default)]
pub(super) struct Reasons {
    /// None: it was told.
    by_reader: BTreeMap<String, Option<Reason>>,
    /// Of an event that was itself the reason; older than what stands in `by_reader`.
    all: Option<Reason>,
}

impl Reasons {
    /// Takes a decision in.
    pub(super) fn note(&mut self, record: &DecisionRecord) {
        if let Some(reason) = record.reason {
            self.by_reader.clear();
            self.all = Some(reason);
        }
        for (reader, outcome) in &record.audiences {
            let reason = match outcome {
                Outcome::NotTold { not_told, .. } => Some(*not_told),
                Outcome::Told { .. } => None,
            };
            self.by_reader.insert(reader.clone(), reason);
        }
    }

    /// The last reason for one reader; for an audience that is split, those of all its readers.
    pub(super) fn of(&self, reader: &str) -> Vec<Reason> {
        // Decisions name audiences, whatever topic they are told on.
        let reader = reader.strip_prefix(topics::DRILL_PREFIX).unwrap_or(reader);
        let is_of = |known: &str| {
            known.strip_prefix(reader).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let mut known = self.by_reader.iter().filter(|(known, _)| is_of(known)).peekable();
        if known.peek().is_none() {
            return self.all.into_iter().collect();
        }
        let mut reasons: Vec<Reason> = known.filter_map(|(_, reason)| *reason).collect();
        reasons.sort_unstable();
        reasons.dedup();
        reasons
    }
}

//! A published message, as its subscribers read it.

use crate::core::notification::{LeadItem, Notice, Notification, render, rendering_failed};
use crate::core::policy::Policy;
use crate::core::vocabulary::{Kind, Lifecycle};
use jiff::Timestamp;

/// A notification with the topic that it stands on.
#[derive(Debug, Clone)]
pub struct Message {
    pub topic: String,
    pub says: Notification,
    /// What is promised.
    pub due: Option<Timestamp>,
}

impl Message {
    /// As it stands on this topic.
    pub fn new(topic: &str, says: Notification) -> Self {
        let due = says.next_update_by.as_ref().and_then(|at| at.parse().ok());
        Self { topic: topic.to_owned(), due, says }
    }

    fn of(notice: &Notice, policy: &Policy) -> (Self, bool) {
        let rendered = render(notice, policy);
        (Self::new(&notice.topic, rendered.notification), !rendered.fallbacks.is_empty())
    }

    /// All that one decision publishes, with what leads are told of words that failed.
    pub fn all(notices: &[Notice], policy: &Policy) -> Vec<Self> {
        let mut messages = Vec::with_capacity(notices.len());
        let mut failed = Vec::new();
        for notice in notices {
            let (message, fell_back) = Self::of(notice, policy);
            messages.push(message);
            if fell_back {
                failed.push(notice);
            }
        }
        messages.extend(rendering_failed(&failed).iter().map(|notice| Self::of(notice, policy).0));
        messages
    }

    pub fn kind(&self) -> Kind {
        self.says.kind
    }

    pub fn lifecycle(&self) -> Lifecycle {
        self.says.lifecycle
    }

    pub fn is_to_lead(&self) -> bool {
        self.says.lifecycle == Lifecycle::Lead
    }

    /// `audience`, or `audience/addressee`.
    pub fn reader(&self) -> String {
        match &self.says.addressee {
            Some(addressee) => format!("{}/{}", self.says.audience, addressee.id),
            None => self.says.audience.clone(),
        }
    }

    /// In a few words.
    pub fn words(&self) -> String {
        format!(
            "{} to {} of {} (no. {}, {}, by {})",
            self.says.kind,
            self.reader(),
            self.says.incident.id,
            self.says.sequence,
            self.says.decided_at,
            self.says.caused_by.word()
        )
    }

    /// Is it about this reader? Of one audience all addressees stand in one item.
    pub fn is_about(&self, audience: &str, addressee: Option<&str>) -> Option<&LeadItem> {
        self.says.about.iter().find(|item| {
            item.audience == audience
                && addressee.is_none_or(|name| item.addressees.iter().any(|other| other == name))
        })
    }
}

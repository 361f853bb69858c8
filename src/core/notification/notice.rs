//! What the fold decided for one audience and addressee, before it has words.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::record::{Approval, LeadItem};
use super::view::View;
use crate::core::event::Event;
use crate::core::fields::FieldSet;
use crate::core::ids;
use crate::core::vocabulary::{Attention, Impact, Kind, Lead, Priority, Readers, Stage};

/// One message that somebody will read, without its words yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    /// [`crate::core::ids::notification`].
    pub id: String,
    /// What it says.
    pub kind: Kind,
    /// For whom; for leads' kinds the lead's name.
    pub audience: String,
    /// For whom among them.
    pub addressee: Option<Addressee>,
    /// Who they are.
    pub readers: Readers,
    /// Topic without prefix: `notify.executives`, `drill.sales`, `leads.communications`.
    pub topic: String,
    /// Same for all messages of one reader and episode.
    pub thread_id: String,
    /// 1 for the first of its thread.
    pub sequence: u32,
    /// The one before.
    pub previous_id: Option<String>,
    /// What a correction corrects.
    pub corrects: Option<String>,
    /// The incident's id: the Kafka key.
    pub incident_id: String,
    /// The episode's id.
    pub episode_id: String,
    /// Everything known; cut by `may_see` before anything is rendered.
    pub view: Arc<View>,
    /// What this reader may see.
    pub may_see: FieldSet,
    /// What changed since this reader's last message, of what it may see.
    pub changes: Vec<Change>,
    /// The first is primary.
    pub languages: Vec<String>,
    /// IANA name.
    pub time_zone: String,
    /// Who owns this message.
    pub lead: Lead,
    /// What is promised.
    pub next_update_by: Option<Timestamp>,
    /// Later than that it should not be sent.
    pub expires_at: Timestamp,
    /// Phone or e-mail.
    pub attention: Attention,
    /// False where an update only renews the promise.
    pub new_information: bool,
    /// An exercise.
    pub drill: bool,
    /// What caused it.
    pub caused_by: Cause,
    /// The fold's now.
    pub decided_at: Timestamp,
    /// A person's words for exactly this audience, by language; stand in place of the symptom.
    pub words: crate::core::text::LocalText,
    /// Who approved those words, where they needed it.
    pub words_approved: Vec<Approval>,
    /// Reference that this reader knows the incident by, where it is now handled with another one.
    pub merged_from: Option<String>,
    /// An end that nobody reported: reports stopped. The view's `resolved_at` is then the time of
    /// the last one.
    pub reports_stopped: bool,
    /// To leads: which audiences it is about. Empty for readers.
    pub about: Vec<About>,
}

impl Notice {
    /// Is it known when the incident ended? Of one that was closed for want of reports, only where
    /// the time of the last report is given: the time of the closing says nothing.
    pub(crate) fn end_is_known(&self) -> bool {
        !self.reports_stopped || self.view.resolved_at.is_some_and(|at| at < self.decided_at)
    }
}

/// What a lead is told about one audience, before it has words.
#[derive(Debug, Clone, PartialEq)]
pub struct About {
    /// The part that needs no words.
    pub item: LeadItem,
    /// What its readers were told last.
    pub last: Option<LastSaid>,
    /// What would go out; its words are the draft.
    pub draft: Option<Box<Notice>>,
    /// The update whose words wait for approval.
    pub update: Option<String>,
}

/// What was said last, as the ledger remembers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastSaid {
    /// Which message.
    pub kind: Kind,
    /// When.
    pub at: Timestamp,
    /// The stage in the words of those readers.
    pub stage: Stage,
    /// The priority then; none where they do not see it.
    pub priority: Option<Priority>,
    /// The impact then; none where they do not see it.
    pub impact: Option<Impact>,
}

/// One reader of an audience that is split.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addressee {
    /// `customer` or `team`.
    #[serde(rename = "type")]
    pub addressee_type: String,
    /// Its id in the policy.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Who looks after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub liaison: Option<String>,
    /// Copied verbatim from the policy, for the sender's use.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub delivery: Value,
}

/// What caused a message: an event, or a timer that fell due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Cause {
    /// The event.
    Event {
        /// Its id.
        event: String,
        /// When it was received, where its sender gave no delivery id: the same body again has the
        /// same id.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        received_at: Option<Timestamp>,
    },
    /// The timer and its due time.
    Timer {
        /// Its name.
        timer: String,
        /// When it was due.
        due: Timestamp,
    },
}

impl Cause {
    /// This event.
    pub fn of(event: &Event) -> Self {
        let received_at = event.ingest.delivery_id.is_none().then_some(event.received_at);
        Self::Event { event: event.id.clone(), received_at }
    }

    /// The cause as one word, as ids take it.
    pub fn word(&self) -> String {
        match self {
            Self::Event { event, received_at } => ids::receipt(event, *received_at),
            Self::Timer { timer, due } => format!("{timer}@{due}"),
        }
    }
}

/// A change that a reader may see.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// A name of the closed table.
    pub field: String,
    /// Before; absent where there was none.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub from: Value,
    /// After.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub to: Value,
}

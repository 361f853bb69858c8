//! The state of one incident, as it stands on `incident.state`. Unknown fields survive
//! rewriting (`extra`); a record of a newer major version stops the router.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Not;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::core::event::{Corrects, Eta, Labels, Link, Named};
use crate::core::ledger::Entry;
use crate::core::notification::Approval;
use crate::core::text::LocalText;
use crate::core::vocabulary::{
    DataState, Impact, Lead, Priority, Provenance, ServiceState, Severity, Stage, Urgency,
};

/// The only value of [`IncidentState::schema`] that this version writes; it reads any `incident-state/1`.
pub const SCHEMA: &str = "incident-state/1";

/// Everything that is remembered of one incident.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IncidentState {
    /// [`SCHEMA`].
    pub schema: String,
    /// The incident's id.
    pub id: String,
    /// `source name/native id`.
    pub key: String,
    /// The sender's own number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Receipts of the last events ([`crate::core::ids::receipt`]), oldest first.
    pub recent_events: Vec<String>,
    /// What each source said last, by source name.
    pub sources: BTreeMap<String, SourceMemory>,
    /// The current or last episode.
    pub episode: Episode,
    /// Who was told what, and what waits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ledger: Vec<Entry>,
    /// The fold's now at the last change.
    pub changed_at: Timestamp,
    /// Fields of a later minor version.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// One run from beginning to end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Episode {
    /// [`crate::core::ids::episode`].
    pub id: String,
    /// What customers read.
    pub public_reference: String,
    /// When it began, in the senders' words; else when it was received.
    pub started_at: Timestamp,
    /// The fold's now when it began.
    pub began_at: Timestamp,
    /// Where it stands.
    pub stage: Stage,
    /// Current and gravest priority.
    pub priority: Valued<Priority>,
    /// Current and gravest impact.
    pub impact: Valued<Impact>,
    /// Its end, while it is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ended>,
    /// Marked private by its sender.
    #[serde(default)]
    pub private: bool,
    /// A person's word on whether it is confidential.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidential: Option<bool>,
    /// Legal agrees that data loss and exposure are told outside.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub data_cleared: bool,
    /// Audiences that a person released.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub released: BTreeSet<String>,
    /// Audiences that a person holds.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub held_back: BTreeSet<String>,
    /// Who leads, where somebody said so.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub leads: BTreeMap<Lead, String>,
    /// Threads of messages to leads.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub lead_threads: BTreeMap<Lead, LeadThread>,
    /// What leads were told once and are not told again.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub noted: BTreeSet<String>,
    /// Persons' words that may need approval, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<PersonsWords>,
    /// The incident that it was handed over to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<String>,
    /// When what the incident itself waits for falls due.
    #[serde(default)]
    pub timers: EpisodeTimers,
    /// An exercise.
    #[serde(default)]
    pub drill: bool,
    /// What is known of it.
    pub known: Known,
    /// Fields of a later minor version.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A graded value with its peak and where it came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Valued<T> {
    /// Now.
    pub current: T,
    /// The gravest of this episode.
    pub peak: T,
    /// How the current value came to be.
    pub provenance: Provenance,
    /// The classification rule that derived or adjusted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
}

/// When what an incident itself waits for falls due; each none where it waits for nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct EpisodeTimers {
    /// The fold's now when it was last heard of; of mere repetitions not every one is noted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heard_at: Option<Timestamp>,
    /// Nothing was heard for so long that a lead should look.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub silent_at: Option<Timestamp>,
    /// A grave incident should have leads by then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lead_missing_at: Option<Timestamp>,
    /// What was withheld while a backlog was folded is judged then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withheld_until: Option<Timestamp>,
    /// With silence as its end, opted for by the policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub close_at: Option<Timestamp>,
}

/// The last message to a lead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeadThread {
    /// Its number in the thread.
    pub sequence: u32,
    /// Its id.
    pub last_id: String,
}

/// What a person wrote in one update, with who approved it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PersonsWords {
    /// Id of the event that brought them.
    pub event: String,
    /// Who wrote them.
    pub by: String,
    /// What is noticed.
    #[serde(default, skip_serializing_if = "LocalText::is_empty")]
    pub symptom: LocalText,
    /// What readers can do meanwhile.
    #[serde(default, skip_serializing_if = "LocalText::is_empty")]
    pub workaround: LocalText,
    /// What is being done.
    #[serde(default, skip_serializing_if = "LocalText::is_empty")]
    pub action: LocalText,
    /// For one audience, by its name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub text: BTreeMap<String, LocalText>,
    /// They correct something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<Corrects>,
    /// They are the final report.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub follow_up: bool,
    /// Who approved them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approved: Vec<Approval>,
}

/// How an episode ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// In the sender's words; else when it was received.
    pub at: Timestamp,
    /// The fold's now then: windows count from it.
    pub decided_at: Timestamp,
    /// Which source ended it.
    pub by: String,
    /// When all of it is forgotten; set at the end, so that a reload moves nothing.
    pub forget_at: Timestamp,
}

/// What is known of an episode: the latest real change of each field, whoever made it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct Known {
    /// Given priority, as read by the policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_priority: Option<Priority>,
    /// Given impact, as read by the policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_impact: Option<Impact>,
    /// For engineers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// For engineers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// For engineers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// As senders name them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<Named>,
    /// As senders name them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub teams: Vec<Named>,
    /// Who works on it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<Named>,
    /// production, staging …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// Host names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<String>,
    /// Labels.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: Labels,
    /// Links.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    /// Where.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<String>,
    /// Technical severity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// The sender's urgency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub urgency: Option<Urgency>,
    /// Customers affected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub affected_count: Option<u64>,
    /// Share of customers affected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub affected_percent: Option<f64>,
    /// State of components, by catalogue or sender's name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub components: BTreeMap<String, ServiceState>,
    /// What a person wrote is noticed.
    #[serde(skip_serializing_if = "LocalText::is_empty")]
    pub symptom: LocalText,
    /// What the sender says customers notice; by its source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender_symptom: Option<(String, String)>,
    /// What a person wrote readers can do.
    #[serde(skip_serializing_if = "LocalText::is_empty")]
    pub workaround: LocalText,
    /// What a person wrote is being done.
    #[serde(skip_serializing_if = "LocalText::is_empty")]
    pub action: LocalText,
    /// A person's words for one audience.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub audience_text: BTreeMap<String, LocalText>,
    /// What is asked of whom, by audience.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub help_wanted: BTreeMap<String, LocalText>,
    /// Estimate of the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eta: Option<Eta>,
    /// Lost data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_loss: Option<DataState>,
    /// Exposed data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_exposure: Option<DataState>,
    /// Fields of a later minor version.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// What one source said last: age and real changes are judged within one source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct SourceMemory {
    /// Its kind.
    pub kind: String,
    /// Its last accepted event: without delivery ids, the only duplicate is its repetition.
    pub last_event: String,
    /// The sender's time of the latest word, by group of fields: stage, priority, impact, text, leads.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub times: BTreeMap<String, Timestamp>,
    /// The sender's time of its latest trigger or reopening.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub triggered_at: Option<Timestamp>,
    /// Hash of what it last said of each field: only a different word is a change.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub said: BTreeMap<String, String>,
    /// Fields of a later minor version.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

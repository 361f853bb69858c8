//! The state of one incident, as it stands on `incident.state`. Unknown fields survive
//! rewriting (`extra`); a record of a newer major version stops the router.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::ledger::Entry;
use crate::core::event::{Eta, Labels, Link, Named};
use crate::core::text::LocalText;
use crate::core::vocabulary::{
    DataState, Impact, Priority, Provenance, ServiceState, Severity, Stage, Urgency,
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
    /// Ids of the last events, oldest first.
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

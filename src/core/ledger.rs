//! The ledger: for each audience and addressee, what it was told and what waits. Ends come from
//! here, never from the rules of the day.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::core::fields::FieldSet;
use crate::core::notification::Addressee;
use crate::core::vocabulary::{Impact, Kind, Lead, Priority, Readers, Reason, Stage};

/// One audience (and addressee) of one incident.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its name when it was entered.
    pub audience: String,
    /// Which of its readers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub addressee: Option<Addressee>,
    /// How it is reached, and what it may see: enough to tell it the end, whatever becomes of
    /// the policy. None until it is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reader: Option<Reader>,
    /// What it was told; none while its opening waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<Told>,
    /// An opening that waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<Held>,
    /// Where it was taken over from, where it was: its thread is of that incident.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adopted: Option<Adopted>,
    /// Fields of a later minor version.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// How a reader is reached, as it was when told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reader {
    /// Topic without prefix.
    pub topic: String,
    /// Who they are.
    pub readers: Readers,
    /// The first is primary.
    pub languages: Vec<String>,
    /// IANA name.
    pub time_zone: String,
    /// Who owns its messages.
    pub lead: Lead,
    /// What it may see.
    pub may_see: FieldSet,
}

/// What a reader was told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// Its thread.
    pub thread_id: String,
    /// Number of its last message.
    pub sequence: u32,
    /// Id of its last message.
    pub last_id: String,
    /// Kind of its last message.
    pub last_kind: Kind,
    /// The fold's now of its opening.
    pub opened_at: Timestamp,
    /// The fold's now of its last message.
    pub last_at: Timestamp,
    /// Began and not ended: an end is owed.
    pub open: bool,
    /// It was told that it is no longer affected; the end is still owed.
    #[serde(default)]
    pub stood_down: bool,
    /// The stage that it was told, as the fold knows it.
    pub stage: Stage,
    /// The priority then.
    pub priority: Priority,
    /// The impact then.
    pub impact: Impact,
    /// Hash of the words that it saw and whose change goes out at once.
    pub seen: String,
    /// Hash of what it saw besides, whose change waits until an update is due.
    #[serde(default)]
    pub seen_besides: String,
    /// Regions that it was told, for `changes`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<String>,
    /// Business services that it was told, each `id=state`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub business_services: Vec<String>,
    /// What is promised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised: Option<Promise>,
    /// What would have been said while a backlog was folded under hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withheld: Option<Withheld>,
    /// Fields of a later minor version.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// An update that was promised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promise {
    /// Until when.
    pub due: Timestamp,
    /// When the owning lead is reminded; none: it was, or need not be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remind_at: Option<Timestamp>,
    /// The time passed without news, and the lead was told.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub broken: bool,
}

/// What is said to a told reader when the hold ends, if it is still so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Withheld {
    /// Whatever is new by then.
    News,
    /// That it is no longer affected.
    StandDown,
}

/// Where an entry was taken over from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adopted {
    /// The incident.
    pub incident: String,
    /// What its readers know it by.
    pub public_reference: String,
}

/// An opening that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Why.
    pub reason: Reason,
    /// Until when; none: until an event changes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Since when.
    pub since: Timestamp,
}

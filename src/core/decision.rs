//! The record of why each audience was, or was not, told (`incident.decisions`).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::notification::Cause;
use super::vocabulary::{Impact, Priority, Provenance, Reason, Stage};

/// The only value of [`DecisionRecord::schema`].
pub const SCHEMA: &str = "decision/1";

/// One for every event, and for every tick that changed something.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DecisionRecord {
    /// [`SCHEMA`].
    pub schema: String,
    /// [`super::ids::decision`].
    pub id: String,
    /// The incident.
    pub incident: String,
    /// For internal readers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The episode, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub episode: Option<String>,
    /// What was decided on.
    pub caused_by: Cause,
    /// The fold's now.
    pub at: Timestamp,
    /// Where in the log.
    pub input: InputPlace,
    /// Stage before and after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<BeforeAfter<Stage>>,
    /// Priority before and after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<Graded<Priority>>,
    /// Impact before and after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub impact: Option<Graded<Impact>>,
    /// One reason for all, where the event itself was the reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Audience, or `audience/addressee` → what became of it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub audiences: BTreeMap<String, Outcome>,
    /// What was odd.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// Version of the policy.
    pub policy: String,
}

/// Where in `incident.events` the input stands; for a tick: the offset that follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputPlace {
    /// Partition.
    pub partition: i32,
    /// Offset.
    pub offset: i64,
}

/// A value before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BeforeAfter<T> {
    /// Before; absent where there was none.
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    pub before: Option<T>,
    /// After.
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    pub after: Option<T>,
}

fn none<T>() -> Option<T> {
    None
}

/// A graded value before and after, with where it came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Graded<T> {
    /// Before and after.
    #[serde(flatten, bound(deserialize = "T: Deserialize<'de>"))]
    pub values: BeforeAfter<T>,
    /// How the value after came to be.
    pub provenance: Provenance,
    /// The classification rule, where one derived or adjusted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
}

/// What became of one audience.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Outcome {
    /// Ids of what it was told.
    Told {
        /// The ids.
        told: Vec<String>,
    },
    /// Why not.
    NotTold {
        /// The reason.
        not_told: Reason,
        /// Route or entry, with its file: `routes.yaml:12 executives-hear-of-what-customers-feel`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
    },
}

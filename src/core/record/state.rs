//! What stands on `incident.state`: states, tombstones and progress, and how they are read back.
//! State is never skipped as poison: what can't be read stops the router, for forgetting who was
//! told is worse than stopping.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::core::incident::{IncidentState, STATE_SCHEMA};
use crate::core::shard::LoadedPolicy;

/// The only value of [`Progress::schema`] that this version writes.
pub const PROGRESS_SCHEMA: &str = "progress/1";

const PROGRESS_KEY: &str = "progress/";

/// How far a partition of `incident.events` has been folded: where a router begins, whatever the
/// consumer group remembers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// [`PROGRESS_SCHEMA`].
    pub schema: String,
    /// The partition, of `incident.events` and of `incident.state`.
    pub partition: i32,
    /// Offsets mean nothing in another cluster.
    pub cluster_id: String,
    /// Partitions of `incident.events`: with another count, keys stand elsewhere.
    pub partitions: i32,
    /// The first offset that has not been folded.
    pub next_offset: i64,
    /// The partition's latest now; it never goes back.
    pub clock: Timestamp,
    /// A backlog is folded under hold up to then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold_until: Option<Timestamp>,
    /// The policy that is followed, and since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<LoadedPolicy>,
    /// Fields of a later minor version.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// The key of a partition's progress record. No incident id contains a slash.
pub fn progress_key(partition: i32) -> String {
    format!("{PROGRESS_KEY}{partition}")
}

/// One record of `incident.state`.
#[derive(Debug, Clone, PartialEq)]
pub enum StateRecord {
    /// An incident's state.
    State(Box<IncidentState>),
    /// A tombstone: the incident is forgotten.
    Forgotten(String),
    /// How far the partition has been folded.
    Progress(Progress),
}

/// Why a record of `incident.state` can't be read. It stops the router.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// There is no key, or it is not text.
    #[error("it has no readable key")]
    NoKey,
    /// A newer Herald wrote it.
    #[error("{key} is of schema {schema}, which a newer Herald wrote: run that version, or newer")]
    Newer {
        /// The record's key.
        key: String,
        /// Its schema.
        schema: String,
    },
    /// It does not say what it should.
    #[error("{key} can't be read: {why}")]
    Malformed {
        /// The record's key.
        key: String,
        /// What is wrong.
        why: String,
    },
}

impl StateRecord {
    /// Reads one record.
    pub fn read(key: Option<&[u8]>, payload: Option<&[u8]>) -> Result<Self, Unreadable> {
        let key = key.and_then(|key| std::str::from_utf8(key).ok()).filter(|key| !key.is_empty());
        let key = key.ok_or(Unreadable::NoKey)?;
        let Some(payload) = payload else { return Ok(Self::Forgotten(key.to_owned())) };
        if key.starts_with(PROGRESS_KEY) {
            return parse(key, payload, PROGRESS_SCHEMA, |found: &Progress| &found.schema)
                .map(Self::Progress);
        }
        let state = parse(key, payload, STATE_SCHEMA, |found: &IncidentState| &found.schema)?;
        if state.id != key {
            return Err(malformed(key, format!("it is of incident {}", state.id)));
        }
        Ok(Self::State(Box::new(state)))
    }
}

/// Reads a record whose schema must be of the major version of `ours`.
fn parse<T: for<'de> Deserialize<'de>>(
    key: &str,
    payload: &[u8],
    ours: &str,
    schema_of: fn(&T) -> &String,
) -> Result<T, Unreadable> {
    let read = serde_json::from_slice::<T>(payload);
    // What a newer version wrote may not even have our shape: its schema is the better reason.
    let schema = match &read {
        Ok(found) => schema_of(found).clone(),
        Err(_) => serde_json::from_slice::<Schema>(payload).map(|found| found.schema).unwrap_or_default(),
    };
    if is_newer(&schema, ours) {
        return Err(Unreadable::Newer { key: key.to_owned(), schema });
    }
    let found = read.map_err(|error| malformed(key, error.to_string()))?;
    if !is_same_major(&schema, ours) {
        return Err(malformed(key, format!("its schema is '{schema}', not {ours}")));
    }
    Ok(found)
}

#[derive(Deserialize)]
struct Schema {
    schema: String,
}

fn malformed(key: &str, why: String) -> Unreadable {
    Unreadable::Malformed { key: key.to_owned(), why }
}

/// Name and major version of `name/major` or `name/major.minor`.
fn split(schema: &str) -> Option<(&str, u32)> {
    let (name, version) = schema.rsplit_once('/')?;
    let major = version.split('.').next()?.parse().ok()?;
    Some((name, major))
}

fn is_same_major(schema: &str, ours: &str) -> bool {
    split(schema).is_some() && split(schema) == split(ours)
}

fn is_newer(schema: &str, ours: &str) -> bool {
    matches!((split(schema), split(ours)), (Some((name, major)), Some((our_name, our_major)))
        if name == our_name && major > our_major)
}

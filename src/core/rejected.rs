//! What was authentic and could not be used, or stood on `incident.events` and could not be read:
//! nothing authenticated is ever lost (`incident.rejected`).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::decision::InputPlace;
use super::event::Raw;

/// The only value of [`Rejected::schema`].
pub const SCHEMA: &str = "rejected/1";

/// A body or record that could not be used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rejected {
    /// [`SCHEMA`].
    pub schema: String,
    /// [`super::ids::rejected`].
    pub id: String,
    /// The configured source, where intake rejected it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Its kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_kind: Option<String>,
    /// Place on `incident.events`, where the router rejected it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<InputPlace>,
    /// When it was received, or appended.
    pub received_at: Timestamp,
    /// A closed word: `not_json`, `schema`, `too_many_parts`, `unreadable_record`, `poison` …
    pub reason: String,
    /// What is wrong, and where.
    pub problems: Vec<Problem>,
    /// What would be needed, in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub needed: String,
    /// Headers, less secrets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, String)>,
    /// The exact body.
    pub raw: Raw,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// JSON pointer to it; empty for the whole body.
    pub pointer: String,
    /// What is wrong, in words, without the value itself.
    pub message: String,
}

/// What would be needed to use it, by its reason.
pub fn needed(reason: &str) -> &'static str {
    match reason {
        "not_json" => {
            "the body as JSON: its sender, or the template that makes it, is to be mended; or mend the body and replay it"
        }
        "bad_encoding" => "a body that is packed as its Content-Encoding says",
        "schema" => {
            "the parts that the problems name: `herald source show KIND` says what is read; another tool's body wants its own source, or a custom one"
        }
        "no_identity" => "an id that stays the same from the incident's begin to its end",
        "too_many_parts" => "fewer events in one delivery, or a larger webhooks.parts_max",
        "too_large" => "a smaller body: the event is larger than a record may be",
        "poison" | "unreadable_record" => {
            "a version of Herald, or a policy, that can fold it; then replay it"
        }
        _ => "a body of the source's kind",
    }
}

//! The notification record: the contract with subscribers (`schemas/notification-1.json`).
//! A field that the audience may not see, or that is not known, is absent, never null.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::notice::{Addressee, Cause};
use crate::core::vocabulary::{Attention, Kind, Lifecycle};

/// The only value of [`Notification::schema`].
pub const SCHEMA: &str = "notification/1";

/// What subscribers read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Notification {
    /// [`SCHEMA`].
    pub schema: String,
    /// Equal to `ce_id`.
    pub id: String,
    /// Who it is for.
    pub audience: String,
    /// Who among them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub addressee: Option<Addressee>,
    /// What it says.
    pub kind: Kind,
    /// What an unknown kind is treated by.
    pub lifecycle: Lifecycle,
    /// The incident, cut to what this audience may see.
    pub incident: IncidentPart,
    /// Same for all messages of one reader and episode.
    pub thread_id: String,
    /// 1 for the first of its thread.
    pub sequence: u32,
    /// The one before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_id: Option<String>,
    /// What a correction corrects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<String>,
    /// One for each language; the first is primary.
    pub contents: Vec<Content>,
    /// What is promised, RFC 3339 with offset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_update_by: Option<String>,
    /// Later than that it should not be sent, RFC 3339 with offset.
    pub expires_at: String,
    /// Phone or e-mail.
    pub attention: Attention,
    /// False where an update only renews the promise.
    pub new_information: bool,
    /// Where the words came from.
    pub template: TemplateUsed,
    /// Who approved a person's words in it, where they needed it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub text_approved: Vec<Approval>,
    /// To leads.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub about: Vec<LeadItem>,
    /// True only on drill topics.
    pub drill: bool,
    /// What caused it.
    pub caused_by: Cause,
    /// UTC.
    pub decided_at: Timestamp,
    /// Version of the policy.
    pub policy: String,
}

/// The incident, cut to what this audience may see.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IncidentPart {
    /// The incident's id.
    pub id: String,
    /// The episode's id.
    pub episode: String,
    /// Fields of the closed table, by name.
    #[serde(flatten)]
    pub fields: Map<String, Value>,
}

/// The words in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// Language tag.
    pub language: String,
    /// IANA name of the zone that its times are in.
    pub time_zone: String,
    /// One line.
    pub subject: String,
    /// One line, the same for the whole thread.
    pub thread_subject: String,
    /// Plain, for SMS and phones' lock screens.
    pub short: String,
    /// Plain.
    pub text: String,
    /// `CommonMark`.
    pub body: String,
    /// What `short` takes as SMS.
    pub sms: Sms,
}

/// What a text takes as SMS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sms {
    /// `gsm-7` or `ucs-2`.
    pub encoding: String,
    /// How many messages.
    pub segments: u32,
}

/// Where the words came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateUsed {
    /// Its path below `templates/<language>/`, or `built-in`.
    pub name: String,
    /// Hash of exactly what was used.
    pub version: String,
    /// Who approved it.
    #[serde(default)]
    pub approved: Vec<Approval>,
    /// Was it the safe built-in text, because something was wrong?
    pub fallback: bool,
}

/// An approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// In which role.
    pub role: String,
    /// When.
    pub at: Timestamp,
}

/// What a lead is told about one audience.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeadItem {
    /// Which audience.
    pub audience: String,
    /// Which of its readers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addressees: Vec<String>,
    /// Since or until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    /// The last message to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_id: Option<String>,
    /// What it said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_said: Option<String>,
    /// A proposal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draft: Option<String>,
}

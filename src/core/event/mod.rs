//! The canonical incident event: one record for each observed change, immutable, whatever tool
//! it came from. Its JSON form is `schemas/incident-event-1.json`; changes within version 1 are
//! additive, and a reader ignores what it does not know.
//!
//! A tolerant reader makes it: a missing or malformed optional field is a warning, never a
//! rejection. Absent fields are left out of the JSON, never null.

mod update;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
pub use update::{Adopt, Approves, Corrects, Eta, Person, PlainUpdate};

use super::ids;
use super::label_set::LabelSet;
use super::vocabulary::{
    AuthKind, EventType, Impact, Priority, ServiceState, Severity, StageWord, TimeQuality, Urgency,
};

/// The only value of [`Event::schema`] that this version writes and reads.
pub const SCHEMA: &str = "incident-event/1";

/// Labels, tags, custom fields (prefix `cf.`) and dimensions; values as text, several allowed.
pub type Labels = BTreeMap<String, Vec<String>>;

#[allow(clippy::trivially_copy_pass_by_ref)] // the form that serde calls
fn is_false(value: &bool) -> bool {
    !*value
}

/// See the module's text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// [`SCHEMA`].
    pub schema: String,
    /// Ours, deterministic: [`super::ids::event`].
    pub id: String,
    /// What changed.
    #[serde(rename = "type")]
    pub event_type: EventType,
    /// The sender's own word for it, never dropped.
    pub native_type: String,
    /// The sender's time of this change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Timestamp>,
    /// How far that time can be trusted.
    pub occurred_at_quality: TimeQuality,
    /// When Herald received it; a replay keeps the original.
    pub received_at: Timestamp,
    /// Where it came from.
    pub source: EventSource,
    /// How it came.
    pub ingest: Ingest,
    /// Which incident it is about.
    pub incident: IncidentRef,
    /// The stage that this event says the incident is in now; none where it says nothing of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<StageWord>,
    /// The sender's own word for the stage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub native_status: Option<String>,
    /// For engineers: plain text, no control characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// For engineers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Text>,
    /// A note or a stakeholder's text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Message>,
    /// What the sender wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<NativePriority>,
    /// Technical severity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<NativeSeverity>,
    /// The sender's urgency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgency: Option<Urgency>,
    /// Customer impact, where the sender says anything of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub impact: Option<NativeImpact>,
    /// What the sender named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<Named>,
    /// Who the sender named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub teams: Vec<Named>,
    /// production, staging …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// Host names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<String>,
    /// Who works on it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assignees: Vec<Named>,
    /// Who made this change; none for automation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<Named>,
    /// Labels, tags and custom fields.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: Labels,
    /// What the sender says changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<NativeChange>,
    /// http and https only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    /// When it began, in the sender's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// When it was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged_at: Option<Timestamp>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_at: Option<Timestamp>,
    /// When the sender expects it to end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_resolution_at: Option<Timestamp>,
    /// Grouped alerts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sub_alerts: Vec<SubAlert>,
    /// How many more there were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub_alerts_truncated: Option<u64>,
    /// A person's or another tool's plain words and figures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub update: Option<Box<PlainUpdate>>,
    /// Readers handed over from another incident, or handed back; of Herald's own events only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adopt: Option<Box<Adopt>>,
    /// A test delivery: accepted, never told, never in the state.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_test: bool,
    /// An exercise.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_drill: bool,
    /// Planned work.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_maintenance: bool,
    /// Marked private by its sender.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_private: bool,
    /// Without a full incident in it: it can't begin one.
    #[serde(default, skip_serializing_if = "is_false")]
    pub partial: bool,
    /// The exact body, in part 0 of a delivery only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<Raw>,
    /// What was odd about it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

impl Event {
    /// What tells this receipt from another one ([`ids::receipt`]).
    pub fn receipt(&self) -> String {
        ids::receipt(&self.id, self.ingest.delivery_id.is_none().then_some(self.received_at))
    }

    /// An event that says nothing yet, of type `other`, its id still to be given.
    pub fn empty(received_at: Timestamp, source: EventSource, ingest: Ingest, incident: IncidentRef) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            id: String::new(),
            event_type: EventType::Other,
            native_type: String::new(),
            occurred_at: None,
            occurred_at_quality: TimeQuality::Missing,
            received_at,
            source,
            ingest,
            incident,
            stage: None,
            native_status: None,
            title: None,
            description: None,
            message: None,
            priority: None,
            severity: None,
            urgency: None,
            impact: None,
            services: Vec::new(),
            teams: Vec::new(),
            environment: None,
            hosts: Vec::new(),
            assignees: Vec::new(),
            actor: None,
            labels: Labels::new(),
            changed: Vec::new(),
            links: Vec::new(),
            started_at: None,
            acknowledged_at: None,
            resolved_at: None,
            expected_resolution_at: None,
            sub_alerts: Vec::new(),
            sub_alerts_truncated: None,
            update: None,
            adopt: None,
            is_test: false,
            is_drill: false,
            is_maintenance: false,
            is_private: false,
            partial: false,
            raw: None,
            warnings: Vec::new(),
        }
    }
}

/// Where an event came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventSource {
    /// The sender it speaks for: `pagerduty`, `alertmanager` …
    pub kind: String,
    /// The configured source: the boundary between tenants.
    pub name: String,
    /// The sender's account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Payload version or detected shape.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// How an event came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ingest {
    /// The sender's id of this delivery.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery_id: Option<String>,
    /// SHA-256 of the body, hexadecimal.
    pub body_sha256: String,
    /// Place in a batch, from 0.
    pub part: u32,
    /// How its sender was authenticated.
    pub auth: AuthKind,
    /// Which of several secrets matched, by its place in the configuration, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_id: Option<String>,
}

/// Which incident an event is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentRef {
    /// Opaque: [`super::ids::incident`]. The Kafka key.
    pub id: String,
    /// `source name/native id`; for internal readers only.
    pub key: String,
    /// The sender's id.
    pub native_id: String,
    /// The sender's number that people use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_id: Option<String>,
    /// May be reused by later incidents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dedup_key: Option<String>,
    /// Where it was handed over to (an incident id of ours).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<String>,
    /// The source whose id of the incident this is, where it is another than the event's own
    /// (`same_incident_as`): only that source or a person ends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
}

/// How a text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum TextFormat {
    /// As it stands.
    #[default]
    Plain,
    /// Markdown of the sender's kind.
    Markdown,
    /// HTML.
    Html,
}

/// A sender's text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// The words.
    pub text: String,
    /// How they are written.
    #[serde(default)]
    pub format: TextFormat,
    /// Cut, by the sender or by Herald.
    #[serde(default, skip_serializing_if = "is_false")]
    pub truncated: bool,
}

/// Whom a sender's message is meant for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AudienceHint {
    /// Engineers.
    Internal,
    /// Stakeholders inside.
    Stakeholder,
    /// Everybody.
    Public,
}

/// A note, or a text for stakeholders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The words.
    pub text: String,
    /// How they are written.
    #[serde(default)]
    pub format: TextFormat,
    /// Whom they are meant for.
    pub audience_hint: AudienceHint,
    /// Who wrote them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// Cut, by the sender or by Herald.
    #[serde(default, skip_serializing_if = "is_false")]
    pub truncated: bool,
}

/// What the sender wrote of priority. The policy's `given` map reads `native`, then `name`;
/// `rank` is the built-in reading of that kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NativePriority {
    /// Built-in reading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rank: Option<Priority>,
    /// The sender's word.
    pub native: String,
}

/// What the sender wrote of severity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NativeSeverity {
    /// The reading of it.
    pub level: Severity,
    /// The sender's word.
    pub native: String,
}

/// What the sender says of customer impact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct NativeImpact {
    /// Built-in reading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<Impact>,
    /// The sender's word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub native: Option<String>,
    /// Customers affected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub affected_count: Option<u64>,
    /// Share of customers affected, 0 to 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub affected_percent: Option<f64>,
    /// The sender's customer-impact text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// State of components, as the sender names them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<Component>,
    /// Regions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<String>,
}

/// A component and its state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Component {
    /// Its name.
    pub name: String,
    /// Its state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<ServiceState>,
}

/// Something the sender names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Named {
    /// Its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// http or https only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

impl Named {
    /// Something known by its name only.
    pub fn name(name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..Self::default() }
    }
    /// Its id and name, as far as there are any.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.id.as_deref().into_iter().chain(self.name.as_deref())
    }
}

/// A change, as the sender tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NativeChange {
    /// The sender's field.
    pub field: String,
    /// Before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old: Option<String>,
    /// After.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new: Option<String>,
}

/// A link; http and https only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// incident, source, runbook, dashboard, silence, bridge, public.
    pub rel: String,
    /// The address.
    pub href: String,
    /// What to call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// One of several grouped alerts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubAlert {
    /// The sender's key of it.
    pub key: String,
    /// The sender's word for its state.
    pub status: String,
    /// Its labels.
    #[serde(default, skip_serializing_if = "LabelSet::is_empty")]
    pub labels: LabelSet,
    /// When it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
}

/// The exact body of a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Raw {
    /// As the sender declared it.
    pub content_type: String,
    /// The body: as it is where it is UTF-8, else base64.
    pub bytes: String,
    /// `utf-8` or `base64`.
    pub encoding: String,
    /// Left out because the record would be too large.
    #[serde(default, skip_serializing_if = "is_false")]
    pub truncated: bool,
}

impl Raw {
    /// The exact body, as text where it is UTF-8.
    pub fn of(content_type: &str, body: &[u8]) -> Self {
        let (bytes, encoding) = match std::str::from_utf8(body) {
            Ok(text) => (text.to_owned(), "utf-8"),
            Err(_) => (data_encoding::BASE64.encode(body), "base64"),
        };
        Self { content_type: content_type.to_owned(), bytes, encoding: encoding.to_owned(), truncated: false }
    }
}

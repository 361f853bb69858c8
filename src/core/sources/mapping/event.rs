//! What a mapping says of an event's fields.

use super::condition::Condition;
use super::reading::Reading;
use super::times::TimeReading;
use crate::core::event::{AudienceHint, TextFormat};

/// What an event says, field by field.
#[derive(Debug, Default)]
pub struct EventMap {
    /// The incident's identity. The only one that must be there in every body.
    pub id: Reading,
    /// The sender's own id of the delivery.
    pub delivery_id: Option<Reading>,
    /// What changed.
    pub event_type: Option<Reading>,
    /// The stage.
    pub stage: Option<Reading>,
    /// For engineers, in a line.
    pub title: Option<Reading>,
    /// For engineers, at length.
    pub description: Option<(Reading, TextFormat)>,
    /// A note, or words for stakeholders.
    pub message: Option<MessageMap>,
    /// The sender's priority.
    pub priority: Option<Reading>,
    /// Technical severity.
    pub severity: Option<Reading>,
    /// The sender's urgency.
    pub urgency: Option<Reading>,
    /// Customer impact.
    pub impact: Option<Box<ImpactMap>>,
    /// Services named.
    pub services: Option<Reading>,
    /// Teams named.
    pub teams: Option<Reading>,
    /// Who works on it.
    pub assignees: Option<Reading>,
    /// Who made this change.
    pub actor: Option<Reading>,
    /// production, staging …
    pub environment: Option<Reading>,
    /// Host names.
    pub hosts: Option<Reading>,
    /// Labels by name.
    pub labels: Vec<(String, Reading)>,
    /// Places that hold many labels.
    pub labels_from: Vec<LabelSet>,
    /// Links by what they lead to.
    pub links: Vec<(String, Reading)>,
    /// When this change was.
    pub occurred_at: Option<TimeReading>,
    /// When it began.
    pub started_at: Option<TimeReading>,
    /// When it was taken.
    pub acknowledged_at: Option<TimeReading>,
    /// When it ended.
    pub resolved_at: Option<TimeReading>,
    /// When it is expected to end.
    pub expected_resolution_at: Option<TimeReading>,
    /// The number that people use.
    pub reference: Option<Reading>,
    /// The sender's key for duplicates.
    pub dedup_key: Option<Reading>,
    /// The id of the incident that took this one over.
    pub merged_into: Option<Reading>,
    /// The sender's account.
    pub account: Option<Reading>,
    /// Is it a test delivery?
    pub is_test: Option<Flag>,
    /// An exercise?
    pub is_drill: Option<Flag>,
    /// Planned work?
    pub is_maintenance: Option<Flag>,
    /// For few eyes?
    pub is_private: Option<Flag>,
    /// Too little to begin an incident with?
    pub partial: Option<Flag>,
}

/// Yes or no.
#[derive(Debug)]
pub enum Flag {
    /// Always.
    Always,
    /// Where there is a true value: `true`, `1`, `yes`, `on`.
    Value(Reading),
    /// Where this holds.
    When(Condition),
}

/// A note, or words for stakeholders.
#[derive(Debug)]
pub struct MessageMap {
    /// The words.
    pub text: Reading,
    /// How they are written.
    pub format: TextFormat,
    /// Whom they are meant for.
    pub audience: AudienceHint,
    /// Who wrote them.
    pub author: Option<Reading>,
}

/// Customer impact.
#[derive(Debug, Default)]
pub struct ImpactMap {
    /// none, minor, major, critical.
    pub level: Option<Reading>,
    /// In words.
    pub summary: Option<Reading>,
    /// Customers affected.
    pub affected_count: Option<Reading>,
    /// Share of customers affected.
    pub affected_percent: Option<Reading>,
    /// Regions.
    pub regions: Option<Reading>,
    /// Components with their states.
    pub components: Option<Components>,
}

/// Components with their states.
#[derive(Debug)]
pub struct Components {
    /// Each of them.
    pub from: Reading,
    /// Its name, below it.
    pub name: super::path::Path,
    /// Its state, below it.
    pub state: Option<super::path::Path>,
}

/// A place that holds many labels: an object, a list of pairs, or words as `key:value`.
#[derive(Debug)]
pub struct LabelSet {
    /// Where.
    pub from: Reading,
    /// Of a list of objects: where the label's name stands in each, and where its value.
    pub pair: Option<(super::path::Path, super::path::Path)>,
    /// What stands before each name.
    pub prefix: String,
    /// Names that are left out.
    pub except: Vec<String>,
}

//! The fields that may stand in a matcher, their names and the shape of their values.

use crate::core::vocabulary::{DataState, Impact, Priority, Severity, Stage, Urgency};

/// A field that may stand in a matcher.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MatchField {
    /// The incident's stage.
    Stage,
    /// P1 to P5.
    Priority,
    /// Customer impact.
    Impact,
    /// Ids of business services affected.
    BusinessServices,
    /// Regions.
    Regions,
    /// Customers affected.
    AffectedCount,
    /// Share of customers affected.
    AffectedPercent,
    /// How many strategic customers are affected.
    StrategicCustomers,
    /// State of the SLA: none, `at_risk`, breached.
    Sla,
    /// The sender's title.
    Title,
    /// The sender's description.
    Description,
    /// The cause, as engineers write it.
    Cause,
    /// Host names.
    Hosts,
    /// Links.
    Links,
    /// unknown, none, suspected, confirmed.
    DataLoss,
    /// unknown, none, suspected, confirmed.
    DataExposure,
    /// Technical severity.
    Severity,
    /// high, low.
    Urgency,
    /// Name of the source.
    Source,
    /// Kind of the source.
    SourceKind,
    /// What the sender named: its own words and the catalogue's name for it.
    Service,
    /// The same, and all that depends on it.
    AffectedService,
    /// Teams named, or owning a named service.
    Team,
    /// 1 is the gravest.
    Tier,
    /// Does a named service face customers?
    CustomerFacing,
    /// production, staging …
    Environment,
    /// A label's values.
    Label(String),
    /// Does an entry of quiet.yaml name it confidential?
    Confidential,
    /// Is it an exercise?
    Drill,
    /// Seconds since it began.
    OpenFor,
    /// Named times of the policy that are now.
    During,
}

/// What values a field has, so that a condition can be read and checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// Any text.
    Text,
    /// One of a closed list of words.
    Words(Vec<&'static str>),
    /// One of an ordered list of words, each with its gravity.
    Grades(Vec<(&'static str, u8)>),
    /// A small whole number; 1 is the gravest.
    Tier,
    /// A number.
    Number,
    /// A length of time, compared in seconds.
    Duration,
    /// true or false.
    Bool,
}

/// Prefix of a label's field: `label.<name>`.
pub const LABEL_PREFIX: &str = "label.";

/// Every field but labels, by name.
const FIELDS: [(&str, MatchField); 30] = [
    ("stage", MatchField::Stage),
    ("priority", MatchField::Priority),
    ("impact", MatchField::Impact),
    ("business_services", MatchField::BusinessServices),
    ("regions", MatchField::Regions),
    ("affected_count", MatchField::AffectedCount),
    ("affected_percent", MatchField::AffectedPercent),
    ("strategic_customers", MatchField::StrategicCustomers),
    ("sla", MatchField::Sla),
    ("title", MatchField::Title),
    ("description", MatchField::Description),
    ("cause", MatchField::Cause),
    ("hosts", MatchField::Hosts),
    ("links", MatchField::Links),
    ("data_loss", MatchField::DataLoss),
    ("data_exposure", MatchField::DataExposure),
    ("severity", MatchField::Severity),
    ("urgency", MatchField::Urgency),
    ("source", MatchField::Source),
    ("source_kind", MatchField::SourceKind),
    ("service", MatchField::Service),
    ("affected_service", MatchField::AffectedService),
    ("team", MatchField::Team),
    ("tier", MatchField::Tier),
    ("customer_facing", MatchField::CustomerFacing),
    ("environment", MatchField::Environment),
    ("confidential", MatchField::Confidential),
    ("drill", MatchField::Drill),
    ("open_for", MatchField::OpenFor),
    ("during", MatchField::During),
];

impl MatchField {
    /// The field of exactly this name.
    pub fn parse(name: &str) -> Option<Self> {
        match name.strip_prefix(LABEL_PREFIX) {
            Some("") => None,
            Some(label) => Some(Self::Label(label.to_owned())),
            None => FIELDS.iter().find(|(known, _)| *known == name).map(|(_, field)| field.clone()),
        }
    }

    /// Its name in the policy.
    pub fn name(&self) -> String {
        match self {
            Self::Label(label) => format!("{LABEL_PREFIX}{label}"),
            field => FIELDS.iter().find(|(_, known)| known == field).map_or("", |(name, _)| name).to_owned(),
        }
    }

    /// The names of all fields but labels.
    pub fn names() -> impl Iterator<Item = &'static str> {
        FIELDS.iter().map(|(name, _)| *name)
    }

    /// What values it has.
    pub fn shape(&self) -> Shape {
        fn words<T: Copy>(all: &[T], word: fn(T) -> &'static str) -> Shape {
            Shape::Words(all.iter().map(|value| word(*value)).collect())
        }
        fn grades<T: Copy>(all: &[T], word: fn(T) -> &'static str, gravity: fn(T) -> u8) -> Shape {
            Shape::Grades(all.iter().map(|value| (word(*value), gravity(*value))).collect())
        }
        match self {
            Self::Stage => words(Stage::ALL, Stage::as_str),
            Self::Sla => Shape::Words(vec!["none", "at_risk", "breached"]),
            Self::DataLoss | Self::DataExposure => words(DataState::ALL, DataState::as_str),
            Self::Urgency => words(Urgency::ALL, Urgency::as_str),
            Self::Priority => grades(Priority::ALL, Priority::as_str, Priority::gravity),
            Self::Impact => grades(Impact::ALL, Impact::as_str, impact_gravity),
            Self::Severity => grades(Severity::ALL, Severity::as_str, severity_gravity),
            Self::Tier => Shape::Tier,
            Self::AffectedCount | Self::AffectedPercent | Self::StrategicCustomers => Shape::Number,
            Self::OpenFor => Shape::Duration,
            Self::CustomerFacing | Self::Confidential | Self::Drill => Shape::Bool,
            Self::BusinessServices
            | Self::Regions
            | Self::Title
            | Self::Description
            | Self::Cause
            | Self::Hosts
            | Self::Links
            | Self::Source
            | Self::SourceKind
            | Self::Service
            | Self::AffectedService
            | Self::Team
            | Self::Environment
            | Self::Label(_)
            | Self::During => Shape::Text,
        }
    }
}

/// More is graver; `unknown` is the least of all.
pub const fn impact_gravity(impact: Impact) -> u8 {
    impact as u8
}

/// More is graver; `unknown` is the least of all.
pub const fn severity_gravity(severity: Severity) -> u8 {
    severity as u8
}

/// More is graver: 1 is the gravest tier.
pub const fn tier_gravity(tier: u8) -> u8 {
    u8::MAX - tier
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_known_by_its_name() {
        for (name, field) in FIELDS {
            assert_eq!(MatchField::parse(name), Some(field.clone()), "{name}");
            assert_eq!(field.name(), name);
        }
        assert_eq!(MatchField::parse("label.team"), Some(MatchField::Label("team".to_owned())));
        assert_eq!(MatchField::Label("team".to_owned()).name(), "label.team");
        assert_eq!(MatchField::parse("label."), None);
        assert_eq!(MatchField::parse("prioritty"), None);
    }

    #[test]
    fn graver_is_more() {
        assert!(impact_gravity(Impact::Critical) > impact_gravity(Impact::Major));
        assert!(impact_gravity(Impact::None) > impact_gravity(Impact::Unknown));
        assert!(severity_gravity(Severity::Critical) > severity_gravity(Severity::Error));
        assert!(tier_gravity(1) > tier_gravity(2));
    }
}

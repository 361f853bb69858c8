//! Does a condition hold?

use super::field::{impact_gravity, severity_gravity, tier_gravity};
use super::{MatchField, MatchValue, Test, When};
use crate::core::facts::Facts;
use crate::core::vocabulary::{DataState, Impact, Priority, Severity};

/// A value that a field has now, borrowed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Fact<'a> {
    Text(&'a str),
    Number(f64),
    Bool(bool),
    Grade(u8),
}

impl When {
    /// Does it hold for these facts?
    pub fn holds(&self, facts: &Facts<'_>) -> bool {
        match self {
            Self::All(all) => all.iter().all(|when| when.holds(facts)),
            Self::Any(any) => any.iter().any(|when| when.holds(facts)),
            Self::Not(not) => !not.holds(facts),
            Self::Is(field, test) => test.passes(field, facts),
        }
    }
}

impl Test {
    fn passes(&self, field: &MatchField, facts: &Facts<'_>) -> bool {
        match self {
            Self::AnyOf(wanted) => facts.any(field, |fact| wanted.iter().any(|value| equal(value, fact))),
            Self::AtLeast(bound) => {
                facts.any_compared(field, |fact| compare(fact, bound).is_some_and(std::cmp::Ordering::is_ge))
            }
            Self::AtMost(bound) => {
                facts.any_compared(field, |fact| compare(fact, bound).is_some_and(std::cmp::Ordering::is_le))
            }
            Self::Matches(regex) => {
                facts.any(field, |fact| matches!(fact, Fact::Text(text) if regex.is_match(text)))
            }
            Self::Present(wanted) => facts.is_present(field) == *wanted,
            Self::Not(test) => !test.passes(field, facts),
        }
    }
}

fn equal(value: &MatchValue, fact: Fact<'_>) -> bool {
    match (value, fact) {
        (MatchValue::Text(value), Fact::Text(fact)) => value == fact,
        (MatchValue::Number(value), Fact::Number(fact)) => value.total_cmp(&fact).is_eq(),
        (MatchValue::Bool(value), Fact::Bool(fact)) => *value == fact,
        (MatchValue::Grade(value), Fact::Grade(fact)) => *value == fact,
        _ => false,
    }
}

fn compare(fact: Fact<'_>, bound: &MatchValue) -> Option<std::cmp::Ordering> {
    match (fact, bound) {
        (Fact::Number(fact), MatchValue::Number(bound)) => fact.partial_cmp(bound),
        (Fact::Grade(fact), MatchValue::Grade(bound)) => Some(fact.cmp(bound)),
        _ => None,
    }
}

impl Facts<'_> {
    /// As [`Facts::any`], but with what `at_least` and `at_most` compare.
    fn any_compared(&self, field: &MatchField, mut ask: impl FnMut(Fact<'_>) -> bool) -> bool {
        match field {
            MatchField::Impact => ask(Fact::Grade(impact_gravity(self.effective_impact))),
            // Nobody has said how grave it is: neither at least nor at most anything.
            MatchField::Severity if self.severity == Some(Severity::Unknown) => false,
            _ => self.any(field, ask),
        }
    }

    /// Does any value of a field pass? On an absent field none does.
    pub(super) fn any(&self, field: &MatchField, mut ask: impl FnMut(Fact<'_>) -> bool) -> bool {
        let mut text = |value: &str| ask(Fact::Text(value));
        match field {
            MatchField::Stage => self.stage.is_some_and(|stage| text(stage.as_str())),
            MatchField::BusinessServices => self.business_services.iter().any(|value| text(value)),
            MatchField::Regions => self.regions.iter().any(|value| text(value)),
            MatchField::Sla => self.sla.is_some_and(text),
            MatchField::Title => self.title.is_some_and(text),
            MatchField::Description => self.description.is_some_and(text),
            MatchField::Cause => self.cause.is_some_and(text),
            MatchField::Hosts => self.hosts.iter().any(|value| text(value)),
            MatchField::Links => self.links.iter().any(|value| text(value)),
            MatchField::DataLoss => text(self.data_loss.as_str()),
            MatchField::DataExposure => text(self.data_exposure.as_str()),
            MatchField::Urgency => self.urgency.is_some_and(|urgency| text(urgency.as_str())),
            MatchField::Source => self.sources.iter().any(|value| text(value)),
            MatchField::SourceKind => self.source_kinds.iter().any(|value| text(value)),
            MatchField::Service => self.services.iter().any(|value| text(value)),
            MatchField::AffectedService => self.affected_services.iter().any(|value| text(value)),
            MatchField::Team => self.teams.iter().any(|value| text(value)),
            MatchField::Environment => self.environment.is_some_and(text),
            MatchField::Label(name) => self
                .labels
                .and_then(|labels| labels.get(name))
                .is_some_and(|values| values.iter().any(|value| text(value))),
            MatchField::During => self.during.iter().any(|value| text(value)),
            _ => self.measure(field).is_some_and(ask),
        }
    }

    /// The value of a field that has at most one and is no text.
    fn measure(&self, field: &MatchField) -> Option<Fact<'static>> {
        Some(match field {
            MatchField::Priority => Fact::Grade(Priority::gravity(self.priority?)),
            MatchField::Impact => Fact::Grade(impact_gravity(self.impact)),
            MatchField::Severity => Fact::Grade(severity_gravity(self.severity?)),
            MatchField::Tier => Fact::Grade(tier_gravity(self.tier?)),
            // Counts of customers are far below 2^53, where f64 ends to be exact.
            #[allow(clippy::cast_precision_loss)]
            MatchField::AffectedCount => Fact::Number(self.affected_count? as f64),
            MatchField::AffectedPercent => Fact::Number(self.affected_percent?),
            #[allow(clippy::cast_precision_loss)]
            MatchField::StrategicCustomers => Fact::Number(self.strategic_customers? as f64),
            #[allow(clippy::cast_precision_loss)]
            MatchField::OpenFor => Fact::Number(self.open_for_seconds? as f64),
            MatchField::CustomerFacing => Fact::Bool(self.customer_facing?),
            MatchField::Confidential => Fact::Bool(self.confidential),
            MatchField::Drill => Fact::Bool(self.drill),
            _ => return None,
        })
    }

    /// Is there a value? What nobody knows (`unknown`) is not there.
    fn is_present(&self, field: &MatchField) -> bool {
        match field {
            MatchField::Impact => self.impact != Impact::Unknown,
            MatchField::DataLoss => self.data_loss != DataState::Unknown,
            MatchField::DataExposure => self.data_exposure != DataState::Unknown,
            MatchField::Severity => self.severity.is_some_and(|severity| severity != Severity::Unknown),
            _ => self.any(field, |_| true),
        }
    }
}

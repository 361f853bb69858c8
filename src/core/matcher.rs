//! Matchers: what a `when` of the policy means. A tree of conditions over the closed table of
//! matchable fields; no expressions, so it is read aloud as it stands and can be proved.
//!
//! A condition on an absent field is false, so `not` of it is true. On several values any
//! suffices, and `not` needs none. `at_least` means at least as grave, or at least as many.

use regex::Regex;

use super::facts::Facts;

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

/// A value in a condition, of the field's own kind.
#[derive(Debug, Clone, PartialEq)]
pub enum MatchValue {
    /// Words are compared as they are.
    Text(String),
    /// Counts, percents; seconds of a duration.
    Number(f64),
    /// true or false.
    Bool(bool),
    /// A word of an ordered list, with its gravity: more is graver.
    Grade(u8),
}

/// A test on one field.
#[derive(Debug, Clone)]
pub enum Test {
    /// Any of these.
    AnyOf(Vec<MatchValue>),
    /// At least as grave, or as many.
    AtLeast(MatchValue),
    /// At most as grave, or as many.
    AtMost(MatchValue),
    /// The whole value, by a linear-time regular expression (compiled with `^(?:…)$`).
    Matches(Regex),
    /// Is there any value?
    Present(bool),
    /// None of the values passes.
    Not(Box<Test>),
}

/// A condition on an incident.
#[derive(Debug, Clone)]
pub enum When {
    /// Every one; an empty list always holds.
    All(Vec<When>),
    /// At least one.
    Any(Vec<When>),
    /// Not this.
    Not(Box<When>),
    /// A field passes a test.
    Is(MatchField, Test),
}

impl When {
    /// Holds always.
    pub const ALWAYS: Self = Self::All(Vec::new());

    /// Does it hold for these facts?
    pub fn holds(&self, _facts: &Facts<'_>) -> bool {
        unimplemented!()
    }
}

/// Many conditions, indexed so that the cost of asking which hold does not grow with their number.
#[derive(Debug, Clone, Default)]
pub struct RuleSet {
    rules: Vec<When>,
}

impl RuleSet {
    /// Indexes the conditions; a rule is known by its place in the list.
    pub fn new(rules: Vec<When>) -> Self {
        Self { rules }
    }
    /// The places of all that hold, ascending, appended to `found` (cleared first).
    pub fn matching(&self, _facts: &Facts<'_>, _found: &mut Vec<usize>) {
        unimplemented!()
    }
    /// The place of the first that holds.
    pub fn first(&self, _facts: &Facts<'_>) -> Option<usize> {
        unimplemented!()
    }
    /// How many rules there are.
    pub fn len(&self) -> usize {
        self.rules.len()
    }
    /// None at all.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }
}

//! How priority and customer impact are read, derived and adjusted.

use std::collections::HashMap;

use crate::core::matcher::RuleSet;
use crate::core::vocabulary::{Impact, Priority};

/// classify.yaml, compiled.
#[derive(Debug, Default)]
pub struct Classify {
    /// By source name, else by source kind.
    pub given: HashMap<String, SourceReading>,
    /// First match wins.
    pub impact: Vec<ImpactRule>,
    /// Their `when`s.
    pub impact_rules: RuleSet,
    /// First match wins.
    pub priority: Vec<PriorityRule>,
    /// Their `when`s.
    pub priority_rules: RuleSet,
    /// All that match, after given and derived.
    pub adjust: Vec<Adjustment>,
    /// Their `when`s.
    pub adjust_rules: RuleSet,
}

/// How one source's words are read.
#[derive(Debug, Clone, Default)]
pub struct SourceReading {
    /// Its words for priority.
    pub priority: Given<Priority>,
    /// Its words for impact.
    pub impact: Given<Impact>,
    /// May its impact or stakeholder text be shown to customers?
    pub words_for_customers: bool,
}

/// How a source's words for one value are read.
#[derive(Debug, Clone)]
pub enum Given<T> {
    /// Not at all.
    Ignore,
    /// By this map of the sender's words, then by the kind's built-in reading.
    Map(HashMap<String, T>),
}

impl<T> Default for Given<T> {
    fn default() -> Self {
        Self::Map(HashMap::new())
    }
}

/// Derives impact.
#[derive(Debug, Clone)]
pub struct ImpactRule {
    /// Its name.
    pub name: String,
    /// What it sets.
    pub set: Impact,
}

/// Derives priority.
#[derive(Debug, Clone)]
pub struct PriorityRule {
    /// Its name.
    pub name: String,
    /// What it sets.
    pub set: Priority,
}

/// Raises priority.
#[derive(Debug, Clone)]
pub struct Adjustment {
    /// Its name.
    pub name: String,
    /// Steps towards P1.
    pub raise_priority: u8,
}

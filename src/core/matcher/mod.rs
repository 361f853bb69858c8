//! Matchers: what a `when` of the policy means. A tree of conditions over the closed table of
//! matchable fields; no expressions, so it is read aloud as it stands and can be proved.
//!
//! A condition on an absent field is false, so `not` of it is true. On several values any
//! suffices, and `not` needs none. `at_least` means at least as grave, or at least as many. On
//! impact equality is literal, while `at_least` and `at_most` compare the effective value. A value
//! `unknown` can be asked for by its name, but is not `present`.

mod field;
mod holds;
mod imply;
mod index;
#[cfg(test)]
mod tests;
mod worlds;

use regex::Regex;

pub use field::{LABEL_PREFIX, MatchField, Shape, impact_gravity, severity_gravity, tier_gravity};
pub use imply::{implies, impossible};
pub use index::RuleSet;
pub use worlds::{Verdict, World, held_against};

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

    /// Every field that is asked for, with its test, in no promised order.
    pub fn visit(&self, visitor: &mut impl FnMut(&MatchField, &Test)) {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.visit(visitor)),
            Self::Not(part) => part.visit(visitor),
            Self::Is(field, test) => visitor(field, test),
        }
    }
}

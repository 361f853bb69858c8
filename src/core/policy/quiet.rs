//! Who may not hear, and what waits: confidential, maintenance, damping, drills.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::core::matcher::When;
use crate::core::vocabulary::Priority;

/// quiet.yaml, compiled.
#[derive(Debug, Default)]
pub struct Quiet {
    /// Cuts, never tells; several that match intersect.
    pub confidential: Vec<ConfidentialEntry>,
    /// Holds openings, never ends.
    pub maintenance: Vec<Maintenance>,
    /// Holds first messages.
    pub damping: DampingHold,
    /// Exercises.
    pub drills: Vec<DrillEntry>,
}

/// Names incidents that only few may hear of.
#[derive(Debug, Clone)]
pub struct ConfidentialEntry {
    /// Its name.
    pub name: String,
    /// Where it stands: `quiet.yaml:3`.
    pub place: String,
    /// Which incidents.
    pub when: When,
    /// Places of the audiences that may hear.
    pub tell_only: Vec<usize>,
}

/// Planned work.
#[derive(Debug, Clone)]
pub struct Maintenance {
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub place: String,
    /// Begins.
    pub from: Timestamp,
    /// Ends.
    pub to: Timestamp,
    /// Which incidents.
    pub when: When,
    /// Catalogue names that `when` covers, where it names services: every named service of the
    /// incident must be among them. Empty: `when` alone decides.
    pub services: Vec<String>,
}

/// How long a first message is held, by priority.
#[derive(Debug, Clone, Default)]
pub struct DampingHold {
    /// Not listed: not held.
    pub hold_first_message: BTreeMap<Priority, SignedDuration>,
}

/// An exercise.
#[derive(Debug, Clone)]
pub struct DrillEntry {
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub place: String,
    /// Which incidents.
    pub when: When,
    /// Places of the audiences told on purpose.
    pub tell_only: Vec<usize>,
}

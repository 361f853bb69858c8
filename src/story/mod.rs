//! Stories: incidents acted out against a policy and a clock of their own, with what everyone must
//! hear. `deploy/policy/stories/README.md` is their format.
//!
//! A story is read as a policy file is (every mistake at once, with its place), its webhooks by the
//! senders' real adapters, and played on the real fold: one partition, several incidents, no Kafka.
//!
//! | file | does |
//! |---|---|
//! | `library` | finds the stories of a policy, and reads them all |
//! | `format`, `clock`, `expect` | one story file: its steps, its times, what it expects |
//! | `happening`, `post`, `plain`, `person` | what happens in a step, read into events |
//! | `world` | a partition with a clock; reload and restart |
//! | `play` | plays a story |
//! | `heard` | what each reader heard, or why nothing |
//! | `compare` | where that differs from what was expected |
//! | `accept` | what was heard, written into the story |
//! | `reach`, `coverage` | what of the policy the stories reached |

mod accept;
mod clock;
mod compare;
mod coverage;
mod expect;
mod format;
mod happening;
mod heard;
mod library;
mod person;
mod plain;
mod play;
mod post;
mod reach;
mod world;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

pub use accept::{Accepted, accept};
pub use clock::span;
pub use compare::Difference;
pub use coverage::Coverage;
pub use expect::{Expectation, Expected};
pub use happening::Happening;
pub use heard::{Message, reader_of};
pub use library::{Library, load};
pub use play::{Moment, Outcome, play};
pub use reach::Reached;
pub use world::World;

use crate::core::policy::Policy;
use crate::policy::{Diagnostics, Proofs, Source};

/// One story, checked and ready to be played.
#[derive(Debug)]
pub struct Story {
    /// Its path within the policy.
    pub file: String,
    /// What it shows, in one line.
    pub title: String,
    /// Its minute 0.
    pub starts: Timestamp,
    /// In the order of time.
    pub steps: Vec<Step>,
}

/// One step of a story.
#[derive(Debug)]
pub struct Step {
    /// Its line in the file.
    pub line: usize,
    /// Since the story's beginning; never before the step before.
    pub at: SignedDuration,
    /// What happens then, after the time up to it has passed.
    pub happening: Happening,
    /// What everyone must hear since the step before.
    pub expectation: Expectation,
}

/// A policy twice: as it is, and as [`reach`] asks it. Policies can't be copied.
#[derive(Debug, Clone)]
pub struct Twin {
    /// As it is.
    pub policy: Arc<Policy>,
    /// With an audience for each route.
    probe: Arc<Policy>,
    /// What was proved of it, for policies that differ from it.
    proofs: Arc<Proofs>,
}

impl Twin {
    /// Loads a policy from its files.
    pub fn load(source: &Source) -> Result<Self, Diagnostics> {
        Self::load_knowing(source, &Arc::default())
    }

    /// The same, where much of it was proved before.
    pub fn load_knowing(source: &Source, proofs: &Arc<Proofs>) -> Result<Self, Diagnostics> {
        Self::of(source, crate::policy::load_knowing(source, proofs)?.policy, proofs)
    }

    /// Of a policy that is loaded already, from these files.
    pub fn of(source: &Source, policy: Policy, proofs: &Arc<Proofs>) -> Result<Self, Diagnostics> {
        let probe = reach::probe(crate::policy::rules(source)?);
        Ok(Self { policy: Arc::new(policy), probe: Arc::new(probe), proofs: Arc::clone(proofs) })
    }
}

/// Policies that stories reload, by their folder within the policy's directory.
pub type Variants = BTreeMap<String, Twin>;

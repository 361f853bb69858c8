//! Audiences: groups of readers, with what they may see and how often they are promised news.

use std::collections::BTreeMap;

use jiff::{SignedDuration, tz::TimeZone};

use crate::core::fields::FieldSet;
use crate::core::text::LocalText;
use crate::core::vocabulary::{Attention, Lead, Priority, Readers};

/// A named group of readers.
#[derive(Debug, Clone)]
pub struct Audience {
    /// `[a-z0-9-]{1,40}`; its topic is `notify.<name>`.
    pub name: String,
    /// What people call it.
    pub title: LocalText,
    /// Names it had before.
    pub formerly: Vec<String>,
    /// Who reads.
    pub readers: Readers,
    /// One message for each customer or team, instead of one for all.
    pub per: Option<Per>,
    /// Who owns its messages.
    pub lead: Lead,
    /// The first is primary.
    pub languages: Vec<String>,
    /// Zone of its readers.
    pub time_zone: TimeZone,
    /// What it may see; all else is cut.
    pub may_see: FieldSet,
    /// How often news is promised.
    pub cadence: Cadence,
    /// Phone or e-mail, by priority; normal where not said.
    pub attention: BTreeMap<Priority, Attention>,
    /// Folders of templates searched after its own.
    pub template_folders: Vec<String>,
    /// Roles that approve its templates.
    pub template_approval: Vec<String>,
    /// Roles that approve a person's words to it.
    pub text_approval: Vec<String>,
    /// When a customer audience may open.
    pub release: Release,
    /// Where nothing is new when an update is due, a text that says so goes out by itself.
    pub holding_text: bool,
    /// Opens this long after those.
    pub opens_after: Vec<OpensAfter>,
}

/// How an audience is split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Per {
    /// One message for each strategic customer affected.
    Customer,
    /// One message for each team affected.
    Team,
}

/// When a customer audience may open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Release {
    /// As soon as a route matches (internal audiences).
    Auto,
    /// As soon as impact is given or derived.
    KnownImpact,
    /// When a person releases it.
    Lead,
}

/// An opening that waits for another audience's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpensAfter {
    /// The place of the audience that is told first.
    pub audience: usize,
    /// How long after its opening.
    pub delay: SignedDuration,
}

/// Intervals of promised updates.
#[derive(Debug, Clone, Default)]
pub struct Cadence {
    /// The first row whose `during` is now decides.
    pub rows: Vec<CadenceRow>,
}

/// Intervals while a named time is now.
#[derive(Debug, Clone, Default)]
pub struct CadenceRow {
    /// Name of the time; none: always.
    pub during: Option<String>,
    /// Phases by priority; a priority not listed is told on change only.
    pub phases: BTreeMap<Priority, Vec<CadencePhase>>,
}

/// An interval, for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CadencePhase {
    /// The interval.
    pub every: SignedDuration,
    /// How long it holds, from the end of the phase before (the first: from the audience's opening);
    /// none: from then on.
    pub lasts: Option<SignedDuration>,
}

//! What a backtest came to: counts, and a few examples of each difference.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use crate::core::vocabulary::Kind;

/// The same of both policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Pair<T> {
    /// Under the policy of now.
    pub current: T,
    /// Under the other one.
    pub proposed: T,
}

impl Pair<u64> {
    pub(super) fn add(&mut self, side: usize, count: u64) {
        *(if side == 0 { &mut self.current } else { &mut self.proposed }) += count;
    }

    /// Is it the same under both?
    pub const fn is_same(&self) -> bool {
        self.current == self.proposed
    }
}

/// All of it.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Their versions.
    pub policies: Pair<String>,
    /// The first event's time; none: there was no event.
    pub from: Option<Timestamp>,
    /// Up to when time went on.
    pub until: Option<Timestamp>,
    /// How many were folded.
    pub events: u64,
    /// The policies held against each other.
    #[serde(flatten)]
    pub compared: Compared,
    /// The proposed policy held against itself with its shadow routes live: what those would have
    /// told is `proposed` here. None: it has none, or they would have told nobody.
    #[serde(rename = "shadow_routes", skip_serializing_if = "Option::is_none")]
    pub shadows: Option<Compared>,
}

impl Report {
    /// Would everyone have heard exactly the same?
    pub fn is_same(&self) -> bool {
        self.compared.audiences.values().all(AudienceReport::is_same)
    }
}

/// Two policies held against each other.
#[derive(Debug, Default, Serialize)]
pub struct Compared {
    /// Incidents that began.
    pub incidents: Pair<u64>,
    /// Incidents that somebody was told of. The others were silence.
    pub told: Pair<u64>,
    /// By audience; leads as `leads.<lead>`.
    pub audiences: BTreeMap<String, AudienceReport>,
}

impl Compared {
    /// Without the audiences that would have heard the same.
    #[must_use]
    pub(super) fn differing(mut self) -> Self {
        self.audiences.retain(|_, audience| !audience.is_same());
        self
    }
}

/// One audience.
#[derive(Debug, Default, Serialize)]
pub struct AudienceReport {
    /// Messages.
    pub messages: Pair<u64>,
    /// Those of them that may wake somebody (`attention: interrupt`).
    pub interrupting: Pair<u64>,
    /// Incidents that a reader would newly be told of.
    pub newly_told: u64,
    /// Incidents that a reader would be told of no longer.
    pub no_longer_told: u64,
    /// Incidents that a reader is told of under both, by other messages or at other times.
    pub told_otherwise: u64,
    /// Messages that read otherwise.
    pub other_words: u64,
    /// Messages in the same words, with other fields, promises or attention.
    pub other_details: u64,
    /// Messages by day, in the zone of the proposed policy.
    pub days: BTreeMap<Date, Pair<u64>>,
    /// What made the differences, and how many of them.
    pub causes: BTreeMap<String, u64>,
    /// A few of each kind.
    pub examples: Vec<Example>,
}

impl AudienceReport {
    /// Would it have heard exactly the same?
    pub const fn is_same(&self) -> bool {
        self.newly_told == 0
            && self.no_longer_told == 0
            && self.told_otherwise == 0
            && self.other_words == 0
            && self.other_details == 0
    }

    /// The day on which it would get, or got, the most.
    pub fn busiest_day(&self) -> Option<(Date, Pair<u64>)> {
        let most = |(_, count): &(&Date, &Pair<u64>)| count.current.max(count.proposed);
        self.days.iter().max_by_key(most).map(|(day, count)| (*day, *count))
    }
}

/// What differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Told under the proposed policy only.
    NewlyTold,
    /// Told under the policy of now only.
    NoLongerTold,
    /// Told under both, by other messages or at other times.
    ToldOtherwise,
    /// The same message, other words.
    OtherWords,
    /// The same words, other fields, promise or attention.
    OtherDetails,
}

impl Change {
    /// In the order in which they matter.
    pub const ALL: [Self; 5] =
        [Self::NewlyTold, Self::NoLongerTold, Self::ToldOtherwise, Self::OtherWords, Self::OtherDetails];
}

/// One difference, to be looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Example {
    /// What differs.
    pub change: Change,
    /// `executives`, or `customers-strategic/acme`.
    pub reader: String,
    /// The incident as people know it.
    pub incident: String,
    /// The event that made it, for `herald explain --event`; none: time itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// When.
    pub at: Timestamp,
    /// Which message.
    pub kind: Kind,
    /// The rule, route or reason that made the difference.
    pub why: String,
    /// What it says under the policy of now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current: Option<Said>,
    /// What it says under the proposed one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposed: Option<Said>,
}

/// Words of one message, in the first language in which they differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Said {
    /// Language tag.
    pub language: String,
    /// Subject.
    pub subject: String,
    /// Plain text.
    pub text: String,
}

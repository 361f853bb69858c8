//! Duplicates and age (domain.md section 8, Identity and Age). Age is compared only within one
//! source, per group of fields, by the sender's exact times; equal is not older.

use jiff::{SignedDuration, Timestamp};

use super::state::{IncidentState, SourceMemory};
use crate::core::event::Event;
use crate::core::limits::FUTURE_TIME_SECONDS_MAX;
use crate::core::vocabulary::{StageWord, TimeQuality};

/// Groups of fields whose age is judged apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    Stage,
    Priority,
    Impact,
    Text,
}

impl Group {
    pub(super) const ALL: [Self; 4] = [Self::Stage, Self::Priority, Self::Impact, Self::Text];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Stage => "stage",
            Self::Priority => "priority",
            Self::Impact => "impact",
            Self::Text => "text",
        }
    }
}

/// Which groups of an event are said, and are not older than what its source said before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fresh {
    pub(super) stage: bool,
    pub(super) priority: bool,
    pub(super) impact: bool,
    pub(super) text: bool,
}

impl Fresh {
    pub(super) const fn any(self) -> bool {
        self.stage || self.priority || self.impact || self.text
    }
    pub(super) const fn of(self, group: Group) -> bool {
        match group {
            Group::Stage => self.stage,
            Group::Priority => self.priority,
            Group::Impact => self.impact,
            Group::Text => self.text,
        }
    }
}

/// Seen before? Its receipt is among the incident's last ones. Without a delivery id the same body
/// received again is another receipt, so that fire, resolve, fire, resolve with identical bytes is
/// two episodes; there it is a duplicate where it repeats its source's last accepted event.
pub(super) fn is_duplicate(state: &IncidentState, event: &Event) -> bool {
    let repeats = |source: &SourceMemory| source.last_event == event.id;
    state.recent_events.contains(&event.receipt())
        || (event.ingest.delivery_id.is_none() && state.sources.get(&event.source.name).is_some_and(repeats))
}

/// The sender's time, where it can be compared: exact, and not from a clock that runs ahead.
pub(super) fn comparable_time(event: &Event) -> Option<Timestamp> {
    if event.occurred_at_quality != TimeQuality::Exact {
        return None;
    }
    event.occurred_at.filter(|at| !is_future(*at, event.received_at))
}

/// More than five minutes after the receipt: a wrong clock, not the future.
pub(super) fn is_future(at: Timestamp, received_at: Timestamp) -> bool {
    at.duration_since(received_at) > SignedDuration::from_secs(FUTURE_TIME_SECONDS_MAX)
}

/// Judges each group that the event says anything of.
pub(super) fn fresh(source: Option<&SourceMemory>, event: &Event) -> Fresh {
    let time = comparable_time(event);
    let not_older = |than: Option<&Timestamp>| match (time, than) {
        (Some(time), Some(than)) => time >= *than,
        _ => true,
    };
    let group = |group: Group| not_older(source.and_then(|source| source.times.get(group.as_str())));
    let stage = match event.stage {
        None => false,
        // An end is stale only against a later trigger or reopening of its own source.
        Some(word) if is_end(word) => not_older(source.and_then(|source| source.triggered_at.as_ref())),
        Some(_) => group(Group::Stage),
    };
    Fresh {
        stage,
        priority: event.priority.is_some() && group(Group::Priority),
        impact: event.impact.is_some() && group(Group::Impact),
        text: group(Group::Text),
    }
}

/// Remembers the times of what was accepted.
pub(super) fn remember(source: &mut SourceMemory, event: &Event, fresh: Fresh) {
    let Some(time) = comparable_time(event) else { return };
    for group in Group::ALL.into_iter().filter(|group| fresh.of(*group)) {
        let latest = source.times.entry(group.as_str().to_owned()).or_insert(time);
        *latest = (*latest).max(time);
    }
    if fresh.stage && matches!(event.stage, Some(StageWord::Triggered | StageWord::Reopened)) {
        source.triggered_at = Some(source.triggered_at.map_or(time, |before| before.max(time)));
    }
}

/// Resolved, closed, cancelled; and merged, until readers are handed over.
pub(super) fn is_end(word: StageWord) -> bool {
    word.stage().is_none_or(crate::core::vocabulary::Stage::is_end)
}

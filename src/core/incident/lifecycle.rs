//! What an event does to an incident's life: begin, go on, end, reopen; and the exits of those
//! that do nothing (domain.md section 8: Late, Age).

use jiff::SignedDuration;

use super::age::{self, Fresh};
use super::apply;
use super::state::{IncidentState, SourceMemory};
use crate::core::event::{Event, PlainUpdate};
use crate::core::limits::BEGIN_AGE_SECONDS_MAX;
use crate::core::policy::Policy;
use crate::core::vocabulary::{EventType, Reason, Stage, StageWord, TimeQuality};

/// What an event does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// A new episode.
    Begin,
    /// Back within the reopen window.
    Reopen(Stage),
    /// Over.
    End(Stage),
    /// Handled with another incident from now on.
    HandOver(String),
    /// After the end: a correction, a final report, an approval of either.
    Afterwards,
    /// Anything else; the stage where the source really changed it.
    GoOn(Option<Stage>),
    /// Nothing, for this reason.
    Exit(Reason),
}

/// The checks of invariant 5 that concern the event itself, and what it does where it passes.
pub(super) fn step(
    state: Option<&IncidentState>,
    event: &Event,
    policy: &Policy,
    now: jiff::Timestamp,
) -> (Step, Fresh) {
    let source = state.and_then(|state| state.sources.get(&event.source.name));
    let is_person = apply::is_person(event);
    // Between sources and people the order of the log decides: a person's word is never old.
    let fresh = age::fresh(source.filter(|_| !is_person), event);
    if event.is_test || event.event_type == EventType::Test {
        return (Step::Exit(Reason::Test), fresh);
    }
    let Some(state) = state else { return (begin(event, policy), fresh) };
    if age::is_duplicate(state, event) {
        return (Step::Exit(Reason::Duplicate), fresh);
    }
    let says_old_stage = event.stage.is_some() && !fresh.stage;
    if !fresh.any() || (says_old_stage && state.episode.ended.is_some()) {
        return (Step::Exit(Reason::Stale), fresh);
    }
    let word = event.stage.filter(|word| fresh.stage && (is_person || differs(source, *word)));
    (with_state(state, word, event, policy, now), fresh)
}

fn with_state(
    state: &IncidentState,
    word: Option<StageWord>,
    event: &Event,
    policy: &Policy,
    now: jiff::Timestamp,
) -> Step {
    let Some(ended) = &state.episode.ended else { return while_open(state, word, event) };
    if afterwards(event) {
        return Step::Afterwards;
    }
    if state.episode.merged_into.is_some() {
        // Its readers are another incident's now; only a new beginning is its own.
        return match begin(event, policy) {
            Step::Begin if word.is_some() && now.duration_since(ended.decided_at) > policy.windows.reopen => {
                Step::Begin
            }
            _ => Step::Exit(Reason::AlreadyClosed),
        };
    }
    match word.and_then(StageWord::stage) {
        Some(stage) if !stage.is_end() => {
            if now.duration_since(ended.decided_at) <= policy.windows.reopen {
                Step::Reopen(stage)
            } else {
                match begin(event, policy) {
                    Step::Exit(Reason::UnknownIncident) => Step::Exit(Reason::AlreadyClosed),
                    step => step,
                }
            }
        }
        _ => Step::Exit(Reason::AlreadyClosed),
    }
}

fn while_open(state: &IncidentState, word: Option<StageWord>, event: &Event) -> Step {
    // It ends when the source whose incident it is, or a person, ends it; others' ends are progress.
    let may_end = apply::is_person(event)
        || event.incident.owner.as_ref().is_none_or(|owner| *owner == event.source.name);
    match word {
        Some(word) if age::is_end(word) && !may_end => Step::GoOn(None),
        Some(StageWord::Merged) => match &event.incident.merged_into {
            Some(into) if *into != state.id => Step::HandOver(into.clone()),
            // Nobody says with what: its readers are told the end.
            _ => Step::End(Stage::Resolved),
        },
        Some(word) => match word.stage() {
            Some(stage) if stage.is_end() => Step::End(stage),
            stage => Step::GoOn(stage),
        },
        None => Step::GoOn(None),
    }
}

/// What may be said of an incident that is over, without opening it again.
fn afterwards(event: &Event) -> bool {
    let says =
        |update: &PlainUpdate| update.corrects.is_some() || update.follow_up || update.approves.is_some();
    event.stage.is_none() && event.update.as_deref().is_some_and(says)
}

/// Only an event that states a stage before the end, and occurred under 24 hours ago or is
/// undated, can begin an incident; partial events never do, nor does planned work.
fn begin(event: &Event, policy: &Policy) -> Step {
    let states_stage = event.stage.is_some_and(|word| !age::is_end(word));
    if !states_stage || event.partial || event.event_type == EventType::Catalogue {
        return Step::Exit(Reason::UnknownIncident);
    }
    if event.is_maintenance {
        return Step::Exit(Reason::Maintenance);
    }
    let dated = event.occurred_at.filter(|_| event.occurred_at_quality != TimeQuality::Missing);
    let age = dated.map_or(SignedDuration::ZERO, |at| event.received_at.duration_since(at));
    if age >= SignedDuration::from_secs(BEGIN_AGE_SECONDS_MAX) && !policy.old_events_begin {
        return Step::Exit(Reason::TooOld);
    }
    Step::Begin
}

/// A source changes the stage only when its word differs from its own previous one.
fn differs(source: Option<&SourceMemory>, word: StageWord) -> bool {
    source.and_then(|source| source.said.get("stage")).is_none_or(|said| said != word.as_str())
}

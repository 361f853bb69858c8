//! The new state after an event, before anybody is told: memory of sources, what is known, the
//! episode's stage, priority and impact.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::Map;

use super::age::{self, Fresh};
use super::gates::Moment;
use super::lifecycle::Step;
use super::state::{Ended, Episode, EpisodeTimers, IncidentState, Known, SCHEMA, SourceMemory, Valued};
use super::{affected, apply, leads, people};
use crate::core::classify::{Classified, DEFAULT_PRIORITY, classify};
use crate::core::event::Event;
use crate::core::ids;
use crate::core::limits::RECENT_EVENT_IDS_MAX;
use crate::core::policy::Policy;
use crate::core::vocabulary::{Impact, Priority, Provenance, Reason, Stage, TimeQuality};

/// A state with the event in it.
pub(super) struct Updated {
    pub(super) next: IncidentState,
    /// Did anything change that an audience could hear of?
    pub(super) changed: bool,
}

/// Takes the event into the state.
pub(super) fn update(
    state: Option<&IncidentState>,
    event: &Event,
    step: &Step,
    fresh: Fresh,
    policy: &Policy,
    now: Timestamp,
) -> Updated {
    let mut next = match state {
        Some(state) if *step != Step::Begin => state.clone(),
        earlier => begun(earlier, event, policy, now),
    };
    // Matchers may name sources, too.
    let is_new = !next.sources.contains_key(&event.source.name);
    remember(&mut next, event, fresh);
    let source = next.sources.entry(event.source.name.clone()).or_default();
    let nothing = Known::default();
    let known = state.filter(|_| *step != Step::Begin).map_or(&nothing, |state| &state.episode.known);
    let learned = apply::apply(known, &mut next.episode.known, source, event, fresh, policy);
    let decided = people::decide(&mut next.episode, event, now);
    let moved = enter(&mut next.episode, step, event, policy, now);
    next.episode.private |= event.is_private;
    next.reference = event.incident.display_id.clone().or(next.reference);
    next.changed_at = now;
    if learned.facts || moved {
        // Values are classified anew only when their inputs change.
        reclassify(&mut next, policy, now);
    }
    set_timers(&mut next, policy, now);
    Updated { changed: learned.anything || decided || moved || is_new, next }
}

/// What is remembered of an event that changes nothing else: a source's end of what had ended
/// already, so that its next trigger counts as a change.
pub(super) fn remembered(
    state: Option<&IncidentState>,
    event: &Event,
    reason: Reason,
    now: Timestamp,
) -> Option<IncidentState> {
    let mut next = state.filter(|_| reason == Reason::AlreadyClosed)?.clone();
    let fresh = age::fresh(next.sources.get(&event.source.name), event);
    remember(&mut next, event, fresh);
    if event.stage.and_then(crate::core::vocabulary::StageWord::stage) == Some(Stage::Closed)
        && next.episode.stage == Stage::Resolved
    {
        next.episode.stage = Stage::Closed;
    }
    next.changed_at = now;
    Some(next)
}

/// The state with one of Herald's own events in it: heard of, and nothing else.
pub(super) fn heard(state: &IncidentState, event: &Event, policy: &Policy, now: Timestamp) -> IncidentState {
    let mut next = state.clone();
    push_recent(&mut next, event);
    next.changed_at = now;
    set_timers(&mut next, policy, now);
    next
}

fn push_recent(next: &mut IncidentState, event: &Event) {
    next.recent_events.push(event.receipt());
    let surplus = next.recent_events.len().saturating_sub(RECENT_EVENT_IDS_MAX);
    next.recent_events.drain(..surplus);
}

fn remember(next: &mut IncidentState, event: &Event, fresh: Fresh) {
    push_recent(next, event);
    let source = next.sources.entry(event.source.name.clone()).or_default();
    source.kind.clone_from(&event.source.kind);
    source.last_event.clone_from(&event.id);
    age::remember(source, event, fresh);
    if let Some(word) = event.stage.filter(|_| fresh.stage) {
        source.said.insert("stage".to_owned(), word.as_str().to_owned());
    }
}

/// A new episode. What sources said before counts for nothing but their stage: a mere repetition
/// of it must not begin another one.
fn begun(earlier: Option<&IncidentState>, event: &Event, policy: &Policy, now: Timestamp) -> IncidentState {
    let incident = &event.incident;
    let episode_id = ids::episode(&incident.id, &event.id, event.received_at);
    let mut sources = earlier.map(|state| state.sources.clone()).unwrap_or_default();
    sources
        .values_mut()
        .for_each(|source: &mut SourceMemory| source.said.retain(|field, _| field == "stage"));
    IncidentState {
        schema: SCHEMA.to_owned(),
        id: incident.id.clone(),
        key: incident.key.clone(),
        reference: incident.display_id.clone(),
        recent_events: earlier.map(|state| state.recent_events.clone()).unwrap_or_default(),
        sources,
        episode: Episode {
            public_reference: ids::public_reference(&policy.reference_key, &incident.id, &episode_id),
            id: episode_id,
            started_at: started_at(event),
            began_at: now,
            stage: Stage::Triggered,
            priority: unclassified(DEFAULT_PRIORITY),
            impact: unclassified(Impact::Unknown),
            ended: None,
            private: event.is_private,
            confidential: None,
            data_cleared: false,
            released: BTreeSet::new(),
            held_back: BTreeSet::new(),
            leads: BTreeMap::new(),
            lead_threads: BTreeMap::new(),
            noted: BTreeSet::new(),
            words: Vec::new(),
            merged_into: None,
            timers: EpisodeTimers::default(),
            drill: event.is_drill,
            known: Known::default(),
            extra: Map::new(),
        },
        ledger: Vec::new(),
        changed_at: now,
        extra: earlier.map(|state| state.extra.clone()).unwrap_or_default(),
    }
}

const fn unclassified<T: Copy>(value: T) -> Valued<T> {
    Valued { current: value, peak: value, provenance: Provenance::Default, rule: None }
}

/// The sender's word for when it began; a time from a clock that runs ahead does not count.
fn started_at(event: &Event) -> Timestamp {
    let sane = |at: &Timestamp| !age::is_future(*at, event.received_at);
    let occurred = event.occurred_at.filter(|_| event.occurred_at_quality != TimeQuality::Missing);
    event.started_at.filter(sane).or_else(|| occurred.filter(sane)).unwrap_or(event.received_at)
}

/// Enters the stage. Says whether the episode moved.
fn enter(episode: &mut Episode, step: &Step, event: &Event, policy: &Policy, now: Timestamp) -> bool {
    match step {
        Step::Begin => {
            episode.stage =
                event.stage.and_then(crate::core::vocabulary::StageWord::stage).unwrap_or(episode.stage);
            true
        }
        Step::Reopen(stage) => {
            episode.ended = None;
            episode.stage = *stage;
            true
        }
        Step::End(_) | Step::HandOver(_) => {
            let occurred = event.occurred_at.filter(|_| event.occurred_at_quality != TimeQuality::Missing);
            let said = event.resolved_at.or(occurred).filter(|at| !age::is_future(*at, event.received_at));
            match step {
                Step::End(stage) => episode.stage = *stage,
                Step::HandOver(into) => episode.merged_into = Some(into.clone()),
                _ => {}
            }
            episode.ended = Some(Ended {
                at: said.unwrap_or(event.received_at).max(episode.started_at),
                decided_at: now,
                by: event.source.name.clone(),
                forget_at: now.checked_add(policy.windows.keep_ended).unwrap_or(Timestamp::MAX),
            });
            true
        }
        Step::GoOn(Some(stage)) if *stage != episode.stage => {
            episode.stage = *stage;
            true
        }
        Step::GoOn(_) | Step::Afterwards | Step::Exit(_) => false,
    }
}

/// When what the incident itself waits for falls due: counted from what was just heard.
fn set_timers(next: &mut IncidentState, policy: &Policy, now: Timestamp) {
    let after = |span| now.checked_add(span).ok();
    let is_open = next.episode.ended.is_none();
    let duties = [&policy.leads.communications, &policy.leads.business_response];
    let lead_missing = is_open && duties.iter().any(|duty| duty.default.is_empty()) && {
        let moment = Moment::new(next, policy, now);
        let told = |lead: &crate::core::vocabulary::Lead| {
            next.episode.noted.contains(&format!("lead_missing/{lead}"))
        };
        !leads::missing(&moment).iter().all(told)
    };
    let timers = &mut next.episode.timers;
    timers.heard_at = Some(now).filter(|_| is_open);
    timers.silent_at = after(policy.windows.silent_after).filter(|_| is_open);
    timers.close_at = policy.windows.close_silent_after.and_then(after).filter(|_| is_open);
    timers.lead_missing_at = match timers.lead_missing_at {
        _ if !lead_missing => None,
        None => after(policy.windows.lead_missing_after),
        since => since,
    };
}

/// A repetition says that it still goes on: silence counts from it. Written rarely, since a tool
/// may repeat itself every minute.
pub(super) fn still_heard(
    state: Option<&IncidentState>,
    policy: &Policy,
    now: Timestamp,
) -> Option<IncidentState> {
    let state = state.filter(|state| state.episode.ended.is_none())?;
    let silent_at = now.checked_add(policy.windows.silent_after).ok()?;
    let known = state.episode.timers.silent_at?;
    if silent_at.duration_since(known) < policy.windows.silent_after / 8 {
        return None;
    }
    let mut next = state.clone();
    next.changed_at = now;
    next.episode.timers.heard_at = Some(now);
    next.episode.timers.silent_at = Some(silent_at);
    next.episode.timers.close_at =
        policy.windows.close_silent_after.and_then(|span| now.checked_add(span).ok());
    Some(next)
}

fn reclassify(next: &mut IncidentState, policy: &Policy, now: Timestamp) {
    let (priority, impact) = {
        let mut touched = affected::Affected::of(&next.episode, policy);
        let mut facts = affected::plain_facts(next, policy, &touched, now);
        let known = &next.episode.known;
        affected::set_grades(&mut facts, known.given_priority, known.given_impact.unwrap_or(Impact::Unknown));
        affected::finish(&mut facts, &mut touched, &next.episode, policy, now);
        classify(known.given_priority, known.given_impact, &mut facts, policy)
    };
    set(&mut next.episode.priority, priority, |a: Priority, b| a.gravity() > b.gravity());
    set(&mut next.episode.impact, impact, |a, b| a > b);
}

fn set<T: Copy>(valued: &mut Valued<T>, classified: Classified<T>, graver: impl Fn(T, T) -> bool) {
    // The first value of an episode is its peak, graver than the default before it or not.
    let first = valued.provenance == Provenance::Default && valued.rule.is_none();
    if first || graver(classified.value, valued.peak) {
        valued.peak = classified.value;
    }
    valued.current = classified.value;
    valued.provenance = classified.provenance;
    valued.rule = classified.rule;
}

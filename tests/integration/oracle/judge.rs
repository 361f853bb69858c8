//! The judge: an acknowledged event is an obligation. It reads what stands on Kafka and says what
//! was lost, doubled, out of order or made up. It trusts neither the router nor, in its first
//! three looks, the fold: only the fourth compares with a fold of its own.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use herald::core::decision::{DecisionRecord, Outcome};
use herald::core::notification::Cause;
use herald::core::policy::Policy;
use herald::core::vocabulary::{Lifecycle, Reason};

use super::log::{Heard, Log};
use super::replay::{Replay, replay};
use super::verdict::Verdict;
use crate::fixture::worker::Seen;

/// Judges all that came of what was promised.
pub(crate) fn judge(promised: &Seen, log: &Log, policy: &Policy) -> Verdict {
    let mut verdict = Verdict {
        acknowledged: promised.acknowledged.values().map(Vec::len).sum(),
        events: log.events.len(),
        decisions: log.decisions.len(),
        notifications: log.heard.len(),
        ..Verdict::default()
    };
    verdict.wrong.extend(promised.unexpected.iter().cloned());
    verdict.wrong.extend(log.oddities.iter().cloned());
    every_event_was_decided(promised, log, &mut verdict);
    each_incident_is_in_order(promised, log, &mut verdict);
    every_decision_was_told(log, &mut verdict);
    every_thread_is_whole(promised, log, &mut verdict);
    let clocks = log.progress.iter().map(|(partition, progress)| (*partition, progress.clock)).collect();
    as_a_fresh_fold_has_it(&replay(&log.events, &clocks, policy), log, &mut verdict);
    verdict
}

/// Each acknowledged event stands in the log; each record there has one decision, by its place;
/// and of the decisions of one event exactly one is not `duplicate`.
fn every_event_was_decided(promised: &Seen, log: &Log, verdict: &mut Verdict) {
    let mut decided: HashMap<(i32, i64), Vec<&DecisionRecord>> = HashMap::new();
    let mut verdicts: BTreeMap<&str, usize> = BTreeMap::new();
    for decision in &log.decisions {
        if let Cause::Event { event, .. } = &decision.caused_by {
            decided.entry((decision.input.partition, decision.input.offset)).or_default().push(decision);
            let effective = usize::from(decision.reason != Some(Reason::Duplicate));
            *verdicts.entry(event).or_default() += effective;
        }
    }
    let mut rejected: BTreeMap<(i32, i64), usize> = BTreeMap::new();
    for input in log.rejected.iter().filter_map(|rejected| rejected.input) {
        *rejected.entry((input.partition, input.offset)).or_default() += 1;
    }
    let mut stored: BTreeSet<&str> = BTreeSet::new();
    for logged in &log.events {
        let place = (logged.place.partition, logged.place.offset);
        let decisions = decided.remove(&place).unwrap_or_default();
        let rejections = rejected.remove(&place).unwrap_or_default();
        let what = format!("the event record at {}/{}", place.0, place.1);
        let Some(event) = &logged.event else {
            once(&format!("the rejection of {what}"), rejections, verdict);
            continue;
        };
        stored.insert(&event.id);
        once(&format!("the decision of {what}, {}", event.id), decisions.len(), verdict);
        if rejections > 0 {
            verdict.wrong.push(format!("{what} was rejected, and can be read"));
        }
        for decision in decisions {
            if decision.caused_by != Cause::of(event) {
                verdict.wrong.push(format!("decision {} of {what} is of another event", decision.id));
            }
        }
    }
    verdict.wrong.extend(decided.into_keys().map(|place| format!("a decision of nothing, at {place:?}")));
    verdict.wrong.extend(rejected.into_keys().map(|place| format!("a rejection of nothing, at {place:?}")));
    for event in promised.acknowledged.values().flatten().filter(|event| !stored.contains(event.as_str())) {
        verdict.lost.push(format!("{event} was acknowledged and is not in the log"));
    }
    for event in stored {
        once(&format!("the decision of {event}"), verdicts.get(event).copied().unwrap_or_default(), verdict);
    }
}

/// An incident's events stand in the log as its sender sent them, and are decided as they stand.
fn each_incident_is_in_order(promised: &Seen, log: &Log, verdict: &mut Verdict) {
    let mut first: HashMap<&str, (i32, i64)> = HashMap::new();
    for logged in &log.events {
        if let Some(event) = &logged.event {
            first.entry(&event.id).or_insert((logged.place.partition, logged.place.offset));
        }
    }
    for (incident, events) in &promised.acknowledged {
        let places = events.iter().filter_map(|event| first.get(event.as_str()));
        if !places.is_sorted() {
            verdict.out_of_order.push(format!("the events of {incident}: {events:?}"));
        }
    }
    let mut last: HashMap<&str, i64> = HashMap::new();
    for decision in &log.decisions {
        let before = last.insert(&decision.incident, decision.input.offset);
        if before.is_some_and(|before| before > decision.input.offset) {
            verdict.out_of_order.push(format!("decision {} of {}", decision.id, decision.incident));
        }
    }
}

/// What decisions say was told stands on its topic, once, and nothing else does.
fn every_decision_was_told(log: &Log, verdict: &mut Verdict) {
    let mut there: BTreeMap<&str, usize> = BTreeMap::new();
    for heard in &log.heard {
        *there.entry(&heard.id).or_default() += 1;
    }
    let told = log.decisions.iter().flat_map(|decision| decision.audiences.values());
    let told = told.filter_map(|outcome| match outcome {
        Outcome::Told { told } => Some(told),
        Outcome::NotTold { .. } => None,
    });
    let mut named: BTreeMap<&str, usize> = BTreeMap::new();
    for id in told.flatten() {
        *named.entry(id).or_default() += 1;
    }
    for (id, count) in named {
        once(&format!("notification {id}"), there.remove(id).unwrap_or_default(), verdict);
        if count > 1 {
            verdict.doubled.push(format!("{id} is named by {count} decisions"));
        }
    }
    // Leads' messages are about decisions, not named in them.
    for heard in &log.heard {
        let Some(count) = there.remove(heard.id.as_str()) else { continue };
        if heard.lifecycle() != Lifecycle::Lead {
            verdict.wrong.push(format!("{} is named by no decision", heard.name()));
        } else if count > 1 {
            verdict.doubled.push(heard.name());
        }
    }
}

/// Each reader's messages of one episode: 1, 2, 3 …, each naming the one before; begun before
/// anything else; ended once, and ended at all where its sender said so.
fn every_thread_is_whole(promised: &Seen, log: &Log, verdict: &mut Verdict) {
    let mut last: BTreeMap<(&str, &str), (&Heard, bool)> = BTreeMap::new();
    for heard in log.heard.iter().filter(|heard| heard.lifecycle() != Lifecycle::Lead) {
        let thread = (heard.topic.as_str(), heard.thread.as_str());
        let before = last.get(&thread).copied();
        let sequence = before.map_or(0, |(before, _)| before.sequence);
        if heard.sequence != sequence + 1 {
            verdict.out_of_order.push(format!("{} comes after no. {sequence}", heard.name()));
        }
        let previous = before.map(|(before, _)| before.id.clone());
        if heard.previous != previous {
            verdict.out_of_order.push(format!(
                "{} names {:?} before it, not {previous:?}",
                heard.name(),
                heard.previous
            ));
        }
        let was_open = before.is_some_and(|(_, open)| open);
        let open = match heard.lifecycle() {
            Lifecycle::Begin if was_open => {
                verdict.doubled.push(format!("{} begins what has begun", heard.name()));
                true
            }
            Lifecycle::Progress | Lifecycle::End if !was_open => {
                verdict.wrong.push(format!("{} is of what has not begun, or has ended", heard.name()));
                false
            }
            Lifecycle::End => false,
            _ => true,
        };
        last.insert(thread, (heard, open));
    }
    let unended =
        last.into_values().filter(|(heard, open)| *open && promised.ended.contains(&heard.incident));
    verdict.lost.extend(unended.map(|(heard, _)| format!("the end after {}", heard.name())));
}

/// Decisions, notifications and states are those of a fold that nothing ever disturbed.
fn as_a_fresh_fold_has_it(fresh: &Replay, log: &Log, verdict: &mut Verdict) {
    let there: HashMap<&str, &DecisionRecord> = log.decisions.iter().map(|d| (d.id.as_str(), d)).collect();
    compare("decision", fresh.decisions.iter().map(|d| (d.id.as_str(), d)), there, verdict);
    let there: HashMap<&str, &Heard> = log.heard.iter().map(|heard| (heard.id.as_str(), heard)).collect();
    compare("notification", fresh.heard.iter().map(|heard| (heard.id.as_str(), heard)), there, verdict);
    for (id, value) in &fresh.said {
        if log.said.get(id).is_some_and(|said| said != value) {
            verdict.wrong.push(format!("notification {id} says {}\n  and not {value}", log.said[id]));
        }
    }
    let there: HashMap<_, _> = log.states.iter().collect();
    compare("state", fresh.states.iter(), there, verdict);
    for (partition, end) in &fresh.ends {
        match log.progress.get(partition) {
            Some(progress) if progress.next_offset == *end => {}
            Some(progress) if progress.next_offset < *end => {
                verdict.lost.push(format!("progress of {partition} from {} to {end}", progress.next_offset));
            }
            found => verdict.wrong.push(format!("progress of {partition} is {found:?}, not {end}")),
        }
    }
}

fn compare<K: Eq + std::hash::Hash + std::fmt::Debug, V: PartialEq + std::fmt::Debug>(
    what: &str,
    expected: impl Iterator<Item = (K, V)>,
    mut there: HashMap<K, V>,
    verdict: &mut Verdict,
) {
    for (key, expected) in expected {
        match there.remove(&key) {
            Some(found) if found == expected => {}
            Some(found) => verdict.wrong.push(format!("{what} {key:?} is {found:?}\n  and not {expected:?}")),
            None => verdict.lost.push(format!("{what} {key:?} of a fresh fold: {expected:?}")),
        }
    }
    verdict.wrong.extend(
        there.into_iter().map(|(key, found)| format!("{what} {key:?} is not of the fold: {found:?}")),
    );
}

fn once(what: &str, count: usize, verdict: &mut Verdict) {
    match count {
        0 => verdict.lost.push(what.to_owned()),
        1 => {}
        _ => verdict.doubled.push(format!("{what}: {count} times")),
    }
}

//! Same events, ticks and policy: same notifications with the same ids, byte by byte, whatever
//! the batch sizes, crashes, restarts and delays in between (domain.md section 7, invariant 13).

use std::collections::BTreeMap;

use herald::core::decision::InputPlace;
use herald::core::event::Event;
use herald::core::incident::IncidentState;
use herald::core::policy::Policy;
use herald::core::shard::{Shard, Step};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::world::{event, minute, policy, priority, start};

/// Read and proved once: that takes longer than a history does.
static POLICY: std::sync::LazyLock<Policy> = std::sync::LazyLock::new(policy);

/// One appended event: seconds since the one before, and what it says.
#[derive(Debug, Clone)]
struct Posted {
    after_seconds: i64,
    incident: u8,
    stage: Option<&'static str>,
    priority: Option<&'static str>,
    impact: Option<&'static str>,
    source: &'static str,
    text: Option<u8>,
    retry: bool,
}

fn posted() -> impl Strategy<Value = Posted> {
    let stages = prop::sample::select(vec![
        "triggered",
        "acknowledged",
        "investigating",
        "identified",
        "monitoring",
        "resolved",
        "reopened",
        "cancelled",
        "closed",
    ]);
    (
        0_i64..600,
        0_u8..4,
        prop::option::weighted(0.8, stages),
        prop::option::of(prop::sample::select(vec!["P1", "P2", "P3", "P4"])),
        prop::option::of(prop::sample::select(vec!["none", "minor", "major", "critical"])),
        prop::sample::select(vec!["pagerduty", "desk"]),
        prop::option::weighted(0.2, 0_u8..3),
        prop::bool::weighted(0.1),
    )
        .prop_map(|(after_seconds, incident, stage, priority, impact, source, text, retry)| Posted {
            after_seconds,
            incident,
            stage,
            priority,
            impact,
            source,
            text,
            retry,
        })
}

/// The log: events with their append times.
fn log(history: &[Posted]) -> Vec<(Event, Timestamp)> {
    let mut at = start();
    let mut log: Vec<(Event, Timestamp)> = Vec::new();
    for (n, posted) in history.iter().enumerate() {
        at += SignedDuration::from_secs(posted.after_seconds);
        if let Some((earlier, _)) = log.last().filter(|_| posted.retry) {
            log.push((earlier.clone(), at));
            continue;
        }
        let mut extra = json!({"source_name": posted.source, "occurred_at": at.to_string(), "received_at": at.to_string()});
        if let Some(stage) = posted.stage {
            extra["stage"] = json!(stage);
        }
        if let Some(native) = posted.priority {
            extra["priority"] = priority(native);
        }
        if let Some(level) = posted.impact {
            extra["impact"] = json!({"level": level});
        }
        if let Some(text) = posted.text {
            extra["update"] =
                json!({"symptom": {"en": format!("words {text}"), "ja": format!("言葉 {text}")}});
        }
        log.push((event(&format!("Q{}", posted.incident), &format!("d{n}"), 0, extra), at));
    }
    log
}

/// What comes out, as it would stand on Kafka.
fn bytes(steps: &[Step], policy: &Policy) -> Vec<String> {
    let mut out = Vec::new();
    for step in steps {
        for notice in &step.decision.notices {
            out.push(format!("{notice:?}"));
            // Rendering is the dearest part of it, and pure in the notice: some are enough.
            if notice.id.ends_with(['a', 'b']) {
                let rendered = herald::core::notification::render(notice, policy);
                out.push(serde_json::to_string(&rendered.notification).unwrap());
            }
        }
        out.extend(step.decision.events.iter().map(|event| serde_json::to_string(event).unwrap()));
        out.extend(step.decision.record.as_ref().map(|record| serde_json::to_string(record).unwrap()));
    }
    out
}

/// Folded in one go; time stands still between events.
fn straight(log: &[(Event, Timestamp)], policy: &Policy) -> (Vec<String>, BTreeMap<String, Value>) {
    let mut shard = Shard::new(0);
    let mut out = Vec::new();
    for (offset, (event, at)) in (0_i64..).zip(log) {
        out.extend(bytes(&shard.event(event, *at, InputPlace { partition: 0, offset }, policy), policy));
        shard.commit();
    }
    let place = InputPlace { partition: 0, offset: i64::try_from(log.len()).unwrap() };
    out.extend(bytes(&shard.due(minute(60 * 24), place, policy, usize::MAX), policy));
    (out, states(&shard))
}

fn states(shard: &Shard) -> BTreeMap<String, Value> {
    shard.states().map(|state| (state.id.clone(), serde_json::to_value(state).unwrap())).collect()
}

/// One disturbance before the next event.
#[derive(Debug, Clone, Copy)]
enum Disturbance {
    /// The batch is committed here.
    Commit,
    /// The batch is aborted and read again.
    Abort,
    /// The process is killed and starts from the state topic.
    Restart,
    /// Live ticks before the next event arrives.
    Tick,
    Nothing,
}

fn disturbed(
    log: &[(Event, Timestamp)],
    plan: &[Disturbance],
    policy: &Policy,
) -> (Vec<String>, BTreeMap<String, Value>) {
    let mut shard = Shard::new(0);
    let (mut out, mut batch) = (Vec::new(), Vec::new());
    let (mut next, mut committed, mut step) = (0_usize, 0_usize, 0_usize);
    let place = |offset: usize| InputPlace { partition: 0, offset: i64::try_from(offset).unwrap() };
    while next < log.len() {
        match plan.get(step % plan.len().max(1)).copied().unwrap_or(Disturbance::Nothing) {
            Disturbance::Commit => {
                shard.commit();
                out.append(&mut batch);
                committed = next;
            }
            Disturbance::Abort if step < 200 => {
                shard.abort();
                batch.clear();
                next = committed;
            }
            Disturbance::Restart if step < 200 => {
                shard.abort();
                batch.clear();
                next = committed;
                let saved: Vec<String> =
                    shard.states().map(|state| serde_json::to_string(&state).unwrap()).collect();
                let clock = shard.clock();
                shard = Shard::new(0);
                for state in saved {
                    shard.restore(serde_json::from_str::<IncidentState>(&state).unwrap());
                }
                shard.restore_clock(clock);
            }
            Disturbance::Tick => {
                // Caught up: everything before the next event's time may fall due by itself.
                let before_next = log[next].1 - SignedDuration::from_nanos(1);
                batch.extend(bytes(&shard.due(before_next, place(next), policy, 1), policy));
            }
            _ => {}
        }
        step += 1;
        let (event, at) = &log[next];
        batch.extend(bytes(&shard.event(event, *at, place(next), policy), policy));
        next += 1;
    }
    batch.extend(bytes(&shard.due(minute(60 * 24), place(next), policy, usize::MAX), policy));
    shard.commit();
    out.append(&mut batch);
    (out, states(&shard))
}

fn disturbance() -> impl Strategy<Value = Disturbance> {
    prop::sample::select(vec![
        Disturbance::Commit,
        Disturbance::Commit,
        Disturbance::Abort,
        Disturbance::Restart,
        Disturbance::Tick,
        Disturbance::Tick,
        Disturbance::Nothing,
        Disturbance::Nothing,
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]
    #[test]
    fn the_same_history_gives_the_same_bytes(
        history in prop::collection::vec(posted(), 1..40),
        plan in prop::collection::vec(disturbance(), 1..30),
    ) {
        let log = log(&history);
        let (expected, expected_states) = straight(&log, &POLICY);
        let (actual, actual_states) = disturbed(&log, &plan, &POLICY);
        prop_assert_eq!(actual, expected);
        prop_assert_eq!(actual_states, expected_states);
    }
}

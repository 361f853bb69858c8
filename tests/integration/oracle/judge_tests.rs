//! The judge can fail: a clean log, doctored in each way that it must notice.

use herald::core::decision::InputPlace;
use herald::core::notification::render;
use herald::core::policy::Policy;
use herald::core::shard::Shard;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::judge::judge;
use super::log::{Heard, Log, Logged, Progress};
use super::verdict::Verdict;
use crate::fixture::worker::Seen;
use crate::fold::world::{event, minute, policy, priority};

/// Three incidents with a story each, and what a perfect router makes of it.
struct Case {
    promised: Seen,
    log: Log,
    policy: Policy,
}

impl Case {
    fn new() -> Self {
        let mut case = Self { promised: Seen::default(), log: Log::default(), policy: policy() };
        let mut shard = Shard::new(0);
        let steps: [(i64, Value); 4] = [
            (0, json!({"stage": "triggered", "priority": priority("P2"), "impact": {"level": "minor"}})),
            (2, json!({"stage": "acknowledged", "priority": priority("P2")})),
            (9, json!({"stage": "acknowledged", "priority": priority("P1")})),
            (20, json!({"stage": "resolved"})),
        ];
        for (number, (at, fields)) in steps.iter().enumerate() {
            for key in ["Q1", "Q2", "Q3"] {
                let posted = event(key, &format!("d{number}"), *at, fields.clone());
                case.promised
                    .acknowledged
                    .entry(posted.incident.id.clone())
                    .or_default()
                    .push(posted.id.clone());
                case.promised.ended.insert(posted.incident.id.clone());
                let place = InputPlace { partition: 0, offset: case.next_offset() };
                for step in shard.event(&posted, minute(*at), place, &case.policy) {
                    for notice in &step.decision.notices {
                        let value = serde_json::to_value(render(notice, &case.policy).notification).unwrap();
                        case.log.said.insert(notice.id.clone(), value);
                        case.log.heard.push(Heard::of(notice));
                    }
                    case.log.decisions.extend(step.decision.record);
                }
                shard.commit();
                case.log.events.push(Logged { place, at: minute(*at), event: Some(posted) });
            }
        }
        let states =
            shard.states().map(|state| ((0, state.id.clone()), serde_json::to_value(state).unwrap()));
        case.log.states.extend(states);
        case.progress(case.next_offset(), shard.clock());
        case
    }

    fn next_offset(&self) -> i64 {
        i64::try_from(self.log.events.len()).unwrap()
    }

    fn progress(&mut self, next_offset: i64, clock: Timestamp) {
        self.log.progress.insert(0, Progress { next_offset, clock });
    }

    fn judged(&self) -> Verdict {
        judge(&self.promised, &self.log, &self.policy)
    }
}

/// Doctors a clean log and says what the judge finds: lost, doubled, out of order, wrong.
fn found(doctor: impl FnOnce(&mut Case)) -> [bool; 4] {
    let mut case = Case::new();
    doctor(&mut case);
    let verdict = case.judged();
    [&verdict.lost, &verdict.doubled, &verdict.out_of_order, &verdict.wrong].map(|found| !found.is_empty())
}

#[test]
fn a_clean_log_is_clean() {
    let case = Case::new();
    let verdict = case.judged();
    assert!(verdict.is_clean(), "{verdict}");
    assert_eq!((verdict.acknowledged, verdict.events), (12, 12));
    assert!(verdict.notifications > 30, "{verdict}");
}

#[test]
fn a_lost_notification_is_noticed() {
    // The last of its thread, so that no gap in a sequence gives it away.
    let [lost, ..] = found(|case| _ = case.log.heard.pop());
    assert!(lost);
}

#[test]
fn a_doubled_notification_is_noticed() {
    let [_, doubled, ..] = found(|case| case.log.heard.push(case.log.heard[0].clone()));
    assert!(doubled);
}

#[test]
fn swapped_notifications_are_noticed() {
    let [lost, doubled, out_of_order, _] = found(|case| {
        let thread = case.log.heard[0].thread.clone();
        let second = case.log.heard.iter().skip(1).position(|heard| heard.thread == thread).unwrap() + 1;
        case.log.heard.swap(0, second);
    });
    assert_eq!((lost, doubled, out_of_order), (false, false, true));
}

#[test]
fn a_made_up_notification_is_noticed() {
    let [.., wrong] = found(|case| case.log.heard[0].id = "n-made-up".to_owned());
    assert!(wrong);
}

#[test]
fn other_words_are_noticed() {
    let [.., wrong] = found(|case| {
        for value in case.log.said.values_mut() {
            value["contents"][0]["subject"] = json!("something else");
        }
    });
    assert!(wrong);
}

#[test]
fn an_acknowledged_event_that_is_not_stored_is_noticed() {
    let [lost, ..] = found(|case| {
        let incident = case.promised.acknowledged.values_mut().next().unwrap();
        incident.push("e-never-stored".to_owned());
    });
    assert!(lost);
}

#[test]
fn a_lost_and_a_doubled_decision_are_noticed() {
    let [lost, ..] = found(|case| _ = case.log.decisions.remove(1));
    assert!(lost);
    let [_, doubled, ..] = found(|case| case.log.decisions.push(case.log.decisions[11].clone()));
    assert!(doubled);
}

#[test]
fn events_that_overtake_each_other_are_noticed() {
    let [_, _, out_of_order, _] = found(|case| {
        let incident = case.promised.acknowledged.values_mut().next().unwrap();
        incident.swap(1, 2);
    });
    assert!(out_of_order);
    let [_, _, out_of_order, _] = found(|case| case.log.decisions.swap(0, 6));
    assert!(out_of_order);
}

#[test]
fn a_missing_end_is_noticed() {
    let [lost, ..] = found(|case| {
        case.log.heard.retain(|heard| heard.kind != herald::core::vocabulary::Kind::Resolved);
    });
    assert!(lost);
}

#[test]
fn another_state_and_an_unfinished_partition_are_noticed() {
    let [.., wrong] = found(|case| {
        let state = case.log.states.values_mut().next().unwrap();
        state["title"] = json!("another");
    });
    assert!(wrong);
    let [lost, ..] = found(|case| case.progress(11, minute(20)));
    assert!(lost);
    let [.., wrong] = found(|case| case.progress(13, minute(20)));
    assert!(wrong);
}

#[test]
fn poison_must_be_put_aside_once() {
    let poison = |case: &mut Case| {
        let place = InputPlace { partition: 0, offset: 12 };
        case.log.events.push(Logged { place, at: minute(21), event: None });
        case.progress(13, minute(20));
    };
    assert_eq!(found(poison), [true, false, false, false]);
}

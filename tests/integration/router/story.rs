//! Nothing goes wrong.

use std::sync::Arc;
use std::time::Duration;

use herald::core::decision::DecisionRecord;
use herald::core::policy::Policy;
use herald::core::record::{Progress, StateRecord};
use herald::core::vocabulary::Kind;

use super::world::{AUDIENCES, HOLD, World, parsed, policy, resolved, stop, triggered, wait_running};

#[test]
fn everybody_hears_the_beginning_and_the_end_once() {
    let world = World::new("story");
    let router = world.start();
    wait_running(&router);
    for n in 0..20 {
        world.post(&[triggered(&format!("k{n}"), "P1")]);
    }
    for n in 0..20 {
        world.post(&[resolved(&format!("k{n}"))]);
    }
    for audience in AUDIENCES {
        let records = world.wait_for(&format!("notify.{audience}"), 40);
        assert_eq!(records[0].header("traceparent"), Some("00-trace-span-01"));
        assert_eq!(records[0].header("herald-kind"), Some("opening"));
        let told: Vec<_> = world.notifications(audience);
        for n in 0..20 {
            let id = herald::core::ids::incident("pagerduty", &format!("k{n}"));
            let kinds: Vec<_> = told.iter().filter(|n| n.incident.id == id).map(|n| n.kind).collect();
            assert_eq!(kinds, [Kind::Opening, Kind::Resolved], "of k{n} to {audience}");
        }
    }
    let decisions = world.wait_for("incident.decisions", 40);
    let decision: DecisionRecord = parsed(&decisions[0]);
    assert_eq!(decision.audiences.len(), AUDIENCES.len());
    stop(router);
    // State stands in the partition of its events, and progress beside it.
    let events = world.all("incident.events");
    for record in world.all("incident.state") {
        let key = record.key.clone().unwrap();
        match StateRecord::read(Some(key.as_bytes()), record.payload.as_deref()).unwrap() {
            StateRecord::State(state) => {
                let event = events.iter().find(|event| event.key.as_ref() == Some(&state.id)).unwrap();
                assert_eq!(record.partition, event.partition);
            }
            StateRecord::Progress(progress) => assert_eq!(progress.partition, record.partition),
            StateRecord::Forgotten(incident) => panic!("{incident} is forgotten"),
        }
    }
    assert_eq!(world.metrics.router_events.get(), 40);
    assert_eq!(world.metrics.router_delay.get_sample_count(), 40);
    assert_eq!(world.metrics.notifications.with_label_values(&["executives", "opening"]).get(), 20);
    assert_eq!(world.metrics.incidents_open.with_label_values(&["P1"]).get(), 0);
    assert_eq!(world.metrics.router_sessions.with_label_values(&["stopped"]).get(), 1);
}

#[test]
fn what_comes_after_a_load_is_decided_by_the_policy_loaded() {
    let world = World::new("loads");
    let router = world.start();
    wait_running(&router);
    // The router waits for events, with the policy of before.
    for n in 1..=20 {
        let version = format!("test@{n}");
        world.policy.store(Arc::new(Policy { version: version.clone(), ..policy() }));
        world.post(&[triggered(&format!("k{n}"), "P1")]);
        let decisions = world.wait_for("incident.decisions", n);
        let mut decisions = decisions.iter().map(parsed::<DecisionRecord>);
        assert!(decisions.any(|decision| decision.policy == version), "nothing is decided by {version}");
    }
    stop(router);
}

#[test]
fn time_passes_while_nothing_comes() {
    let world = World::new("time");
    let router = world.start();
    wait_running(&router);
    world.post(&[triggered("held", "P3")]);
    world.wait_for("incident.decisions", 1);
    assert_eq!(world.all("notify.executives"), vec![]);
    let told = world.wait_for("notify.executives", 1);
    let event = &world.all("incident.events")[0];
    let after = told[0].timestamp.duration_since(event.timestamp);
    assert_eq!(
        after,
        HOLD.try_into().unwrap(),
        "the time of a timer is when it is due, not when it was looked at"
    );
    let decisions = world.wait_for("incident.decisions", 2);
    let tick: DecisionRecord = parsed(&decisions[1]);
    assert_eq!(tick.input.offset, event.offset + 1, "the offset that follows");
    assert_eq!(world.metrics.incidents_open.with_label_values(&["P3"]).get(), 1);
    stop(router);
}

#[test]
fn a_second_router_takes_its_share_and_gives_it_back() {
    let world = World::new("share");
    let one = world.start_as("one");
    wait_running(&one);
    world.post(&(0..50).map(|n| triggered(&format!("a{n}"), "P1")).collect::<Vec<_>>());
    let two = world.start_as("two");
    wait_running(&two);
    world.post(&(0..50).map(|n| triggered(&format!("b{n}"), "P1")).collect::<Vec<_>>());
    world.wait_for("notify.executives", 100);
    stop(one);
    // Its static membership keeps its partitions for six seconds; then they move.
    world.post(&(0..50).map(|n| resolved(&format!("a{n}"))).collect::<Vec<_>>());
    let all = world.wait_for("notify.executives", 150);
    assert_eq!(all.len(), 150);
    stop(two);
    std::thread::sleep(Duration::from_millis(1));
    let progress: Vec<Progress> = world
        .all("incident.state")
        .iter()
        .filter(|record| record.key.as_ref().is_some_and(|key| key.starts_with("progress/")))
        .map(parsed)
        .collect();
    let folded: i64 = (0..2)
        .map(|partition| {
            progress.iter().filter(|p| p.partition == partition).map(|p| p.next_offset).max().unwrap_or(0)
        })
        .sum();
    assert_eq!(folded, 150);
}

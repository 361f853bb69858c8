//! Begin, upgrade, downgrade, end, reopen; who is told, and who is not.

use std::collections::BTreeSet;

use serde_json::json;

use super::world::{World, event, expect, minute, priority};

#[test]
fn a_p2_becomes_a_p1_and_everyone_told_hears_the_end() {
    let mut world = World::new();
    let p2 = json!({"type": "triggered", "stage": "triggered", "priority": priority("P2"), "impact": {"level": "minor"}});
    let heard = world.post(0, &event("Q1", "d1", 0, p2));
    expect(
        &heard,
        &[
            ("technical-teams", "opening"),
            ("customer-service", "opening"),
            ("executives", "not_matched"),
            ("marketing", "not_matched"),
            ("customers-general", "not_matched"),
            ("customers-strategic/acme", "opens_later"),
        ],
    );
    let p1 = json!({"type": "priority_changed", "stage": "triggered", "priority": priority("P1")});
    let heard = world.post(2, &event("Q1", "d2", 2, p1));
    expect(
        &heard,
        &[
            ("executives", "opening"),
            ("technical-teams", "upgraded"),
            ("customer-service", "upgraded"),
            ("marketing", "opening"),
            ("customers-general", "opens_later"),
        ],
    );
    let heard = world.wait(4);
    expect(&heard, &[("customers-strategic/acme", "opening")]);
    let end = json!({"type": "resolved", "stage": "resolved"});
    let heard = world.post(4, &event("Q1", "d3", 4, end));
    expect(
        &heard,
        &[
            ("executives", "resolved"),
            ("technical-teams", "resolved"),
            ("customer-service", "resolved"),
            ("marketing", "resolved"),
            ("customers-strategic/acme", "resolved"),
            ("customers-general", "ended_before_told"),
        ],
    );
    assert!(world.wait(60).is_empty(), "nothing is said after the end");
}

#[test]
fn a_downgrade_stands_down_once_and_the_end_still_comes() {
    let mut world = World::new();
    let begin = json!({"stage": "triggered", "priority": priority("P1"), "impact": {"level": "major"}});
    world.post(0, &event("Q1", "d1", 0, begin));
    let heard = world
        .post(1, &event("Q1", "d2", 1, json!({"priority": priority("P4"), "impact": {"level": "none"}})));
    expect(&heard, &[("executives", "stand_down"), ("customer-service", "stand_down")]);
    let heard = world.post(2, &event("Q1", "d3", 2, json!({"stage": "acknowledged"})));
    expect(&heard, &[("executives", "stood_down")]);
    let heard = world
        .post(3, &event("Q1", "d4", 3, json!({"priority": priority("P1"), "impact": {"level": "major"}})));
    expect(&heard, &[("executives", "upgraded"), ("customer-service", "upgraded")]);
    let heard = world.post(4, &event("Q1", "d5", 4, json!({"stage": "resolved"})));
    expect(&heard, &[("executives", "resolved"), ("customer-service", "resolved")]);
}

#[test]
fn reopened_within_the_window_stays_in_its_thread_and_after_it_begins_another_episode() {
    let mut world = World::new();
    let begin = json!({"stage": "triggered", "priority": priority("P1"), "impact": {"level": "major"}});
    world.post(0, &event("Q1", "d1", 0, begin.clone()));
    world.post(10, &event("Q1", "d2", 10, json!({"stage": "resolved"})));
    let heard = world.post(20, &event("Q1", "d3", 20, json!({"stage": "reopened"})));
    expect(&heard, &[("executives", "reopened"), ("technical-teams", "reopened")]);
    let threads: Vec<_> =
        world.notices.iter().filter(|n| n.audience == "executives").map(|n| &n.thread_id).collect();
    assert!(threads.windows(2).all(|pair| pair[0] == pair[1]), "one thread: {threads:?}");
    world.post(30, &event("Q1", "d4", 30, json!({"stage": "resolved"})));
    let heard = world.post(90, &event("Q1", "d5", 90, begin));
    expect(&heard, &[("executives", "opening")]);
    let last = world.notices.iter().rfind(|n| n.audience == "executives").unwrap();
    assert_eq!((last.sequence, last.previous_id.as_ref()), (1, None), "a new thread begins");
}

#[test]
fn what_is_duplicate_stale_late_or_unknown_does_nothing() {
    let mut world = World::new();
    let heard = world.post(0, &event("Q0", "d0", 0, json!({"stage": "resolved"})));
    expect(&heard, &[("*", "unknown_incident")]);
    let heard = world.post(
        0,
        &event("Q0", "d1", -1500, json!({"stage": "triggered", "received_at": "2026-04-01T00:00:00Z"})),
    );
    expect(&heard, &[("*", "too_old")]);
    let begin = event("Q1", "d1", 1, json!({"stage": "triggered", "priority": priority("P1")}));
    world.post(1, &begin);
    expect(&world.post(2, &begin), &[("*", "duplicate")]);
    let old = event("Q1", "d2", 0, json!({"stage": "acknowledged", "priority": priority("P3")}));
    expect(&world.post(2, &old), &[("*", "stale")]);
    world.post(3, &event("Q1", "d3", 3, json!({"stage": "resolved"})));
    let late = event("Q1", "d4", 2, json!({"stage": "acknowledged"}));
    expect(&world.post(4, &late), &[("*", "stale")]);
    expect(&world.post(5, &event("Q1", "d5", 5, json!({"stage": "closed"}))), &[("*", "already_closed")]);
    let test = event("Q2", "d6", 5, json!({"stage": "triggered", "is_test": true}));
    expect(&world.post(5, &test), &[("*", "test")]);
    assert_eq!(world.shard.len(), 1, "only Q1 is remembered");
}

#[test]
fn the_same_bytes_without_a_delivery_id_are_told_anew_and_a_receipt_only_once() {
    let said = |stage: &str, at: i64| {
        let mut event = event("Q1", stage, 0, json!({"stage": stage, "priority": priority("P1")}));
        (event.ingest.delivery_id, event.received_at) = (None, minute(at));
        event
    };
    let mut world = World::new();
    for (at, stage, hears) in [
        (0, "triggered", "opening"),
        (5, "resolved", "resolved"),
        (9, "triggered", "reopened"),
        (12, "resolved", "resolved"),
    ] {
        expect(&world.post(at, &said(stage, at)), &[("executives", hears)]);
    }
    let ids: BTreeSet<&str> = world.notices.iter().map(|notice| notice.id.as_str()).collect();
    assert_eq!(ids.len(), world.notices.len(), "each message has an id of its own");
    expect(&world.post(13, &said("resolved", 13)), &[("*", "duplicate")]);
    expect(&world.post(14, &said("triggered", 9)), &[("*", "duplicate")]);
}

#[test]
fn a_p1_set_by_hand_survives_acknowledgements_at_p3() {
    let mut world = World::new();
    world.post(0, &event("Q1", "d1", 0, json!({"stage": "triggered", "priority": priority("P3")})));
    let person = json!({"source_name": "desk", "priority": priority("P1"), "services": []});
    let heard = world.post(1, &event("Q1", "p1", 1, person));
    expect(&heard, &[("executives", "opening")]);
    for n in 2..12 {
        let again = json!({"stage": "acknowledged", "priority": priority("P3")});
        let heard = world.post(n, &event("Q1", &format!("d{n}"), n, again));
        assert_ne!(
            heard.get("executives").map(String::as_str),
            Some("downgraded"),
            "at minute {n}: {heard:?}"
        );
    }
}

#[test]
fn an_ended_incident_is_forgotten_after_its_time() {
    let mut world = World::new();
    world.post(0, &event("Q1", "d1", 0, json!({"stage": "triggered"})));
    world.post(1, &event("Q1", "d2", 1, json!({"stage": "resolved"})));
    world.wait(7 * 24 * 60);
    assert_eq!(world.shard.len(), 1);
    world.wait(7 * 24 * 60 + 1);
    assert_eq!((world.shard.len(), world.shard.next_due(&world.policy, minute(0))), (0, None));
}

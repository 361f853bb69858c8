//! Merges: readers are handed over, and hear of the end exactly once, wherever it comes from.

use herald::core::event::Event;
use serde_json::{Value, json};

use super::world::{Heard, World, event, expect, priority};

fn opened(level: &str, extra: Value) -> Value {
    let mut fields = json!({"stage": "triggered", "priority": priority("P1"), "impact": {"level": level}});
    for (field, value) in extra.as_object().unwrap() {
        fields[field] = value.clone();
    }
    fields
}

/// An event that says that `key` is handled with `into` from now on.
fn merged(key: &str, into: &str, delivery: &str, at: i64) -> Event {
    let mut event = event(key, delivery, at, json!({"stage": "merged"}));
    event.incident.merged_into = Some(herald::core::ids::incident("pagerduty", into));
    event
}

/// Posts, and then whatever events of Herald's own follow, until none does.
fn post(world: &mut World, at: i64, first: &Event) -> Heard {
    let mut heard = world.post(at, first);
    while let Some(own) = world.own_events.pop_front() {
        for (audience, what) in world.post(at, &own) {
            let news = what.contains("merged") || what.contains("resolved");
            if news || !heard.contains_key(&audience) {
                heard.insert(audience, what);
            }
        }
    }
    heard
}

#[test]
fn readers_are_handed_over_and_hear_of_the_end_in_the_thread_that_they_know() {
    let mut world = World::new();
    world.post(0, &event("A", "a1", 0, opened("major", json!({}))));
    let thread =
        world.notices.iter().find(|notice| notice.audience == "executives").unwrap().thread_id.clone();
    // Only engineers hear of B.
    world.post(1, &event("B", "b1", 1, json!({"stage": "triggered", "priority": priority("P3")})));
    let heard = post(&mut world, 2, &merged("A", "B", "a2", 2));
    expect(&heard, &[("executives", "merged"), ("technical-teams", "merged")]);
    let told = world.notices.iter().rfind(|notice| notice.audience == "executives").unwrap();
    assert_eq!(told.thread_id, thread);
    assert!(told.merged_from.is_some());
    let heard = world.post(3, &event("B", "b2", 3, json!({"stage": "resolved"})));
    expect(&heard, &[("executives", "resolved"), ("technical-teams", "resolved")]);
    let ends = |audience: &str| {
        let of = |notice: &&herald::core::notification::Notice| {
            notice.audience == audience && notice.kind.as_str() == "resolved"
        };
        world.notices.iter().filter(of).count()
    };
    assert_eq!((ends("executives"), ends("technical-teams")), (1, 1));
    let end = world.notices.iter().rfind(|notice| notice.audience == "executives").unwrap();
    assert_eq!(end.thread_id, thread);
    let heard = world.post(4, &event("A", "a3", 4, json!({"stage": "resolved"})));
    expect(&heard, &[("*", "already_closed")]);
}

#[test]
fn where_the_other_one_is_over_or_not_known_the_end_comes_at_once() {
    for known in [true, false] {
        let mut world = World::new();
        world.post(0, &event("A", "a1", 0, opened("major", json!({}))));
        if known {
            world.post(1, &event("B", "b1", 1, json!({"stage": "triggered", "priority": priority("P3")})));
            world.post(2, &event("B", "b2", 2, json!({"stage": "resolved"})));
        }
        let heard = post(&mut world, 3, &merged("A", "B", "a2", 3));
        expect(&heard, &[("executives", "resolved"), ("technical-teams", "resolved")]);
    }
}

#[test]
fn a_circle_of_merges_ends_at_once() {
    let mut world = World::new();
    world.post(0, &event("A", "a1", 0, opened("major", json!({}))));
    world.post(1, &event("B", "b1", 1, opened("major", json!({}))));
    post(&mut world, 2, &merged("A", "B", "a2", 2));
    let heard = post(&mut world, 3, &merged("B", "A", "b2", 3));
    expect(&heard, &[("executives", "resolved")]);
    let ends =
        world.notices.iter().filter(|n| n.audience == "sales" && n.kind.as_str() == "resolved").count();
    assert_eq!(ends, 1, "one for both, in the thread that was open last");
}

#[test]
fn a_chain_of_merges_is_followed() {
    let mut world = World::new();
    world.post(0, &event("A", "a1", 0, opened("major", json!({}))));
    for (key, delivery) in [("B", "b1"), ("C", "c1")] {
        world.post(1, &event(key, delivery, 1, json!({"stage": "triggered", "priority": priority("P4")})));
    }
    post(&mut world, 2, &merged("B", "C", "b2", 2));
    let heard = post(&mut world, 3, &merged("A", "B", "a2", 3));
    expect(&heard, &[("executives", "merged")]);
    let heard = world.post(4, &event("C", "c2", 4, json!({"stage": "resolved"})));
    expect(&heard, &[("executives", "resolved")]);
}

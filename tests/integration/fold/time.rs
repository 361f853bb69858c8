//! Time alone: `open_for`, named times, a backlog under hold, one outage in several tools.

use herald::core::matcher::{MatchField, MatchValue, RuleSet, Test, When};
use herald::core::policy::{Looks, Policy};
use serde_json::{Value, json};

use super::world::{World, event, expect, minute, policy, priority};

/// The default policy with one more route: sales hear of a P3 that is open for so many minutes.
fn with_open_for(minutes: f64) -> Policy {
    let mut policy = policy();
    let sales = policy.audience("sales").unwrap().0;
    let mut route = policy.routes.list[0].clone();
    "a-long-one-reaches-sales".clone_into(&mut route.name);
    route.tell = vec![sales];
    policy.routes.list = vec![route];
    let when = When::Is(MatchField::OpenFor, Test::AtLeast(MatchValue::Number(minutes * 60.0)));
    policy.routes.looks = Looks::of([&when], &[]);
    policy.routes.rules = RuleSet::new(vec![when]);
    policy
}

fn p3() -> Value {
    json!({"stage": "triggered", "priority": priority("P3"), "impact": {"level": "minor"}})
}

#[test]
fn a_threshold_that_is_crossed_opens_and_one_of_an_episode_before_does_not_count() {
    let mut world = World::with(with_open_for(60.0));
    let heard = world.post(0, &event("Q1", "d1", 0, p3()));
    expect(&heard, &[("sales", "not_matched")]);
    assert!(world.wait(59).is_empty());
    expect(&world.wait(60), &[("sales", "opening")]);
    expect(&world.post(61, &event("Q1", "d2", 61, json!({"stage": "resolved"}))), &[("sales", "resolved")]);
    assert!(world.wait(300).is_empty());
}

#[test]
fn a_threshold_crossed_before_its_policy_was_loaded_never_counts() {
    let mut world = World::with(with_open_for(600.0));
    world.post(0, &event("Q1", "d1", 0, p3()));
    world.wait(90);
    world.policy = with_open_for(60.0);
    "later".clone_into(&mut world.policy.version);
    // Loaded at minute 91.
    world.wait(91);
    assert!(!world.wait(300).contains_key("sales"));
    let heard = world.post(301, &event("Q1", "d2", 301, json!({"title": "another"})));
    expect(&heard, &[("sales", "no_change_for_audience")]);
}

#[test]
fn a_named_time_that_begins_opens() {
    let mut policy = with_open_for(600.0);
    let when = When::Is(MatchField::During, Test::AnyOf(vec![MatchValue::Text("office-jp".to_owned())]));
    policy.routes.looks = Looks::of([&when], &["office-jp".to_owned()]);
    policy.routes.rules = RuleSet::new(vec![when]);
    let mut world = World::with(policy);
    // Wednesday, 09:00 in Tokyo is minute 0; it is over at 18:00 and begins again on Thursday.
    let heard = world.post(600, &event("Q1", "d1", 600, p3()));
    expect(&heard, &[("sales", "not_matched")]);
    assert!(!world.wait(24 * 60 - 1).contains_key("sales"));
    expect(&world.wait(24 * 60), &[("sales", "opening")]);
}

#[test]
fn of_a_backlog_each_reader_hears_once_what_is_still_so() {
    let mut world = World::new();
    let grave = json!({"stage": "triggered", "priority": priority("P1"), "impact": {"level": "major"}});
    // Told before the outage.
    world.post(0, &event("told", "t1", 0, grave.clone()));
    world.wait(6);
    let before = world.notices.len();
    world.shard.hold_until(Some(minute(400)));
    // Began and ended in it; began in it and goes on; told before, and ended in it.
    world.post(10, &event("gone", "g1", 10, grave.clone()));
    world.post(20, &event("gone", "g2", 20, json!({"stage": "resolved"})));
    world.post(30, &event("open", "o1", 30, grave.clone()));
    world.post(40, &event("open", "o2", 40, json!({"stage": "identified"})));
    world.post(50, &event("open", "o3", 50, json!({"stage": "monitoring"})));
    let heard = world.post(60, &event("told", "t2", 60, json!({"stage": "resolved"})));
    expect(&heard, &[("executives", "not_due")]);
    world.wait(399);
    assert_eq!(world.notices.len(), before, "nothing goes out under hold");
    world.wait(400);
    let told = |key: &str, audience: &str| -> Vec<&str> {
        let id = herald::core::ids::incident("pagerduty", key);
        let of = |notice: &&herald::core::notification::Notice| {
            notice.incident_id == id && notice.audience == audience
        };
        world.notices.iter().skip(before).filter(of).map(|notice| notice.kind.as_str()).collect()
    };
    assert_eq!(told("gone", "executives"), Vec::<&str>::new());
    assert_eq!(told("open", "executives"), ["opening"]);
    assert_eq!(told("told", "executives"), ["resolved"]);
    let overdue: Vec<_> = told("told", "business-response");
    assert!(overdue.is_empty(), "its promises ended with it: {overdue:?}");
}

#[test]
fn at_the_very_end_of_a_hold_events_stand_before_what_waited_also_after_a_restart() {
    let heard = |restarts: bool| {
        let mut world = World::new();
        let grave = json!({"stage": "triggered", "priority": priority("P1"), "impact": {"level": "major"}});
        world.post(0, &event("told", "t1", 0, grave));
        world.wait(6);
        // What was promised until then waits for the end of the hold.
        world.shard.hold_until(Some(minute(400)));
        world.post(400, &event("other", "o1", 400, json!({"priority": priority("P5")})));
        if restarts {
            world.restart();
        }
        world.post(400, &event("told", "t2", 400, json!({"stage": "resolved"})))
    };
    let restarted = heard(true);
    expect(&restarted, &[("executives", "resolved"), ("business-response", "(nothing)")]);
    assert_eq!(restarted, heard(false));
}

#[test]
fn a_shared_incident_ends_when_its_own_source_ends_it() {
    let mut world = World::new();
    let grave = json!({"stage": "triggered", "priority": priority("P1"), "impact": {"level": "major"}});
    world.post(0, &event("Q1", "d1", 0, grave));
    let other = |delivery: &str, at: i64| {
        let mut event = event("Q1", delivery, at, json!({"source_name": "servicenow", "stage": "resolved"}));
        event.incident.owner = Some("pagerduty".to_owned());
        event
    };
    let heard = world.post(1, &other("s1", 1));
    assert!(!heard.values().any(|what| what == "resolved"), "{heard:?}");
    expect(
        &world.post(2, &event("Q1", "d2", 2, json!({"stage": "resolved"}))),
        &[("executives", "resolved")],
    );
}

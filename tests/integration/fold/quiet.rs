//! Who may not hear: confidential, private, maintenance, drills, customers without impact.

use herald::core::matcher::When;
use herald::core::policy::{ConfidentialEntry, DrillEntry, Maintenance};
use herald::core::vocabulary::Kind;
use serde_json::{Value, json};

use super::world::{World, event, expect, minute, policy, priority};

fn grave(extra: &[(&str, Value)]) -> Value {
    let mut fields = json!({"stage": "triggered", "priority": priority("P1"), "impact": {"level": "major"}});
    extra.iter().for_each(|(field, value)| fields[*field] = value.clone());
    fields
}

#[test]
fn a_confidential_incident_reaches_only_those_named() {
    let mut policy = policy();
    let legal = policy.audience("legal").unwrap().0;
    policy.quiet.confidential = vec![ConfidentialEntry {
        name: "security".to_owned(),
        place: "quiet.yaml:2".to_owned(),
        when: When::ALWAYS,
        tell_only: vec![legal],
    }];
    let mut world = World::with(policy);
    let heard = world.post(0, &event("Q1", "d1", 0, grave(&[])));
    expect(
        &heard,
        &[("legal", "opening"), ("executives", "confidential"), ("customers-general", "confidential")],
    );
    let told: Vec<_> = world.notices.iter().map(|notice| notice.audience.as_str()).collect();
    assert_eq!(told, ["legal"]);
}

#[test]
fn a_private_event_that_no_entry_names_reaches_nobody() {
    let mut policy = policy();
    policy.quiet.confidential.clear();
    let mut world = World::with(policy);
    let heard = world.post(0, &event("Q1", "d1", 0, grave(&[("is_private", json!(true))])));
    expect(&heard, &[("executives", "private"), ("technical-teams", "private")]);
    assert!(world.notices.is_empty());
}

#[test]
fn turned_private_after_telling_it_is_silent_until_an_end_that_says_little() {
    let mut policy = policy();
    policy.quiet.confidential.clear();
    let mut world = World::with(policy);
    world.post(0, &event("Q1", "d1", 0, grave(&[])));
    let heard = world.post(1, &event("Q1", "d2", 1, json!({"stage": "identified", "is_private": true})));
    expect(&heard, &[("executives", "private")]);
    let heard = world.post(2, &event("Q1", "d3", 2, json!({"stage": "resolved"})));
    expect(&heard, &[("executives", "resolved")]);
    let end = world.notices.iter().rfind(|notice| notice.audience == "executives").unwrap();
    let fields: Vec<_> = end.may_see.iter().map(herald::core::fields::Field::as_str).collect();
    assert!(!fields.contains(&"symptom") && !fields.contains(&"impact"), "{fields:?}");
    assert!(fields.contains(&"stage"), "{fields:?}");
}

#[test]
fn maintenance_holds_openings_until_it_is_over_and_never_ends() {
    let mut policy = policy();
    policy.quiet.maintenance = vec![Maintenance {
        name: "upgrade".to_owned(),
        place: "quiet.yaml:5".to_owned(),
        from: minute(0),
        to: minute(30),
        when: When::ALWAYS,
        services: vec!["checkout-api".to_owned()],
    }];
    let mut world = World::with(policy);
    let heard = world.post(1, &event("Q1", "d1", 1, grave(&[])));
    expect(&heard, &[("executives", "maintenance"), ("technical-teams", "maintenance")]);
    let heard = world.wait(30);
    expect(&heard, &[("executives", "opening"), ("technical-teams", "opening")]);
    let heard = world.post(31, &event("Q1", "d2", 31, json!({"stage": "resolved"})));
    expect(&heard, &[("executives", "resolved")]);
}

#[test]
fn a_drill_reaches_only_those_told_on_purpose_on_topics_of_their_own() {
    let mut policy = policy();
    let service = policy.audience("customer-service").unwrap().0;
    policy.quiet.drills = vec![DrillEntry {
        name: "exercise".to_owned(),
        place: "quiet.yaml:9".to_owned(),
        when: When::ALWAYS,
        tell_only: vec![service],
    }];
    let mut world = World::with(policy);
    world.post(0, &event("Q1", "d1", 0, grave(&[("is_drill", json!(true))])));
    let topics: Vec<_> = world.notices.iter().map(|notice| (notice.topic.as_str(), notice.drill)).collect();
    assert_eq!(topics, [("drill.customer-service", true)]);
}

#[test]
fn customers_wait_until_impact_is_known_and_hear_nothing_while_it_is_none() {
    let mut world = World::new();
    let unknown = json!({"stage": "triggered", "priority": priority("P1")});
    let mut policy_without_rules = policy();
    policy_without_rules.classify.impact.clear();
    policy_without_rules.classify.impact_rules = herald::core::matcher::RuleSet::default();
    // Routes that ask for nothing: what keeps customers from hearing is the engine.
    policy_without_rules.routes.rules =
        herald::core::matcher::RuleSet::new(vec![When::ALWAYS; policy_without_rules.routes.list.len()]);
    policy_without_rules.routes.list.iter_mut().for_each(|route| route.never_tell.clear());
    world.policy = policy_without_rules;
    let heard = world.post(0, &event("Q1", "d1", 0, unknown));
    expect(&heard, &[("customers-general", "awaiting_release"), ("customer-service", "opening")]);
    let heard = world.post(1, &event("Q1", "d2", 1, json!({"impact": {"level": "none"}})));
    expect(&heard, &[("customers-general", "customer_impact_none"), ("customer-service", "downgraded")]);
    let heard = world.post(2, &event("Q1", "d3", 2, json!({"impact": {"level": "major"}})));
    expect(&heard, &[("customers-general", "opens_later")]);
    let heard = world.wait(5);
    expect(&heard, &[("customers-general", "opening")]);
}

/// With the routes as they ship, which ask for impact: who is told is neither stood down nor told
/// later what was promised.
#[test]
fn told_customers_hear_nothing_of_what_they_do_not_feel_any_more() {
    for is_held in [false, true] {
        let mut world = World::new();
        world.post(0, &event("Q1", "d1", 0, grave(&[])));
        world.wait(6);
        if is_held {
            world.shard.hold_until(Some(minute(200)));
        }
        let before = world.notices.len();
        let sunk = json!({"priority": priority("P4"), "impact": {"level": "none"}});
        world.post(7, &event("Q1", "d2", 7, sunk));
        world.wait(400);
        let told: Vec<_> = world.notices.iter().skip(before).map(|n| (n.audience.as_str(), n.kind)).collect();
        assert!(told.contains(&("executives", Kind::StandDown)), "{is_held} {told:?}");
        let customers: Vec<_> = told.iter().filter(|(who, _)| who.starts_with("customers-")).collect();
        assert_eq!(customers, Vec::<&(&str, Kind)>::new(), "held: {is_held}");
        let heard = world.post(401, &event("Q1", "d3", 401, json!({"stage": "resolved"})));
        expect(&heard, &[("customers-strategic/acme", "resolved"), ("customers-general", "resolved")]);
    }
}

#[test]
fn loading_another_policy_says_nothing_by_itself() {
    let mut world = World::new();
    world.post(
        0,
        &event(
            "Q1",
            "d1",
            0,
            json!({"stage": "triggered", "priority": priority("P3"), "impact": {"level": "none"}}),
        ),
    );
    let told = world.notices.len();
    // Now everybody would be told of everything.
    let all: Vec<usize> = (0..world.policy.audiences.len()).collect();
    for route in &mut world.policy.routes.list {
        route.tell.clone_from(&all);
        route.never_tell.clear();
    }
    world.policy.routes.rules =
        herald::core::matcher::RuleSet::new(vec![When::ALWAYS; world.policy.routes.list.len()]);
    world.wait(60);
    let heard = world.post(61, &event("Q1", "d2", 61, json!({"title": "another title"})));
    assert_eq!(world.notices.len(), told, "{heard:?}");
    expect(&heard, &[("executives", "no_change_for_audience")]);
}

#[test]
fn a_reload_says_what_it_leaves_without_a_name() {
    let (old, mut new) = (super::world::policy(), super::world::policy());
    assert_eq!(old.orphans(&new), [""; 0]);
    new.audiences.retain(|audience| audience.name != "legal");
    new.customers.retain(|customer| customer.id != "acme");
    for audience in &mut new.audiences {
        if audience.name == "marketing" {
            audience.formerly = vec![std::mem::replace(&mut audience.name, "growth".to_owned())];
        }
    }
    let orphans = old.orphans(&new);
    let begin_with = ["audience legal is gone", "customer acme is gone"];
    assert_eq!(orphans.len(), begin_with.len(), "{orphans:?}");
    assert!(orphans.iter().zip(begin_with).all(|(line, start)| line.starts_with(start)), "{orphans:?}");
}

//! Promises: said to readers, kept or told to the owning lead (domain.md section 8, Cadence).

use herald::core::vocabulary::Kind;
use serde_json::{Value, json};

use super::world::{World, event, expect, minute, priority};

fn grave() -> Value {
    json!({"stage": "triggered", "priority": priority("P1"), "impact": {"level": "major"}})
}

/// What a lead was told in what was heard.
fn lead<'h>(heard: &'h super::world::Heard, lead: &str) -> &'h str {
    heard.get(lead).map_or("(nothing)", String::as_str)
}

#[test]
fn a_promise_is_said_and_its_lead_is_reminded_and_told_once_when_it_is_broken() {
    let mut world = World::new();
    world.post(0, &event("Q1", "d1", 0, grave()));
    let opening = world.notices.iter().find(|notice| notice.audience == "executives").unwrap();
    assert_eq!(opening.next_update_by, Some(minute(30)));
    let heard = world.wait(25);
    assert!(lead(&heard, "business-response").contains("update_due"), "{heard:?}");
    let reminder = world
        .notices
        .iter()
        .rfind(|notice| notice.kind == Kind::UpdateDue && notice.audience == "business-response");
    let reminder = reminder.unwrap();
    let about: Vec<_> = reminder.about.iter().map(|about| about.item.audience.as_str()).collect();
    assert!(
        about.contains(&"executives") && about.contains(&"customer-service"),
        "one record for all: {about:?}"
    );
    assert!(reminder.about[0].draft.is_some() && reminder.about[0].last.is_some());
    let heard = world.wait(30);
    assert!(lead(&heard, "business-response").contains("update_overdue"), "{heard:?}");
    assert!(!heard.contains_key("executives"), "readers hear nothing: {heard:?}");
    // Marketing's own hour comes at 60; nobody is nagged of the half hour again.
    let heard = world.wait(54);
    assert_eq!(lead(&heard, "business-response"), "(nothing)", "{heard:?}");
}

#[test]
fn what_does_not_go_out_at_once_waits_until_an_update_is_due_and_then_needs_no_lead() {
    let mut world = World::new();
    world.post(0, &event("Q1", "d1", 0, grave()));
    world.wait(9);
    let heard = world.post(10, &event("Q1", "d2", 10, json!({"impact": {"affected_count": 1200}})));
    expect(&heard, &[("executives", "not_due"), ("customers-general", "no_change_for_audience")]);
    let heard = world.wait(30);
    expect(&heard, &[("executives", "update"), ("customer-service", "update")]);
    let overdue = |notice: &&herald::core::notification::Notice| {
        let about = |about: &herald::core::notification::About| about.item.audience == "executives";
        notice.kind == Kind::UpdateOverdue && notice.about.iter().any(about)
    };
    assert!(!world.notices.iter().any(|notice| overdue(&notice)));
    let last = world.notices.iter().rfind(|notice| notice.audience == "executives").unwrap();
    assert_eq!(last.next_update_by, Some(minute(60)));
}

#[test]
fn news_renews_the_promise() {
    let mut world = World::new();
    world.post(0, &event("Q1", "d1", 0, grave()));
    let heard = world.post(20, &event("Q1", "d2", 20, json!({"stage": "identified"})));
    expect(&heard, &[("executives", "update")]);
    let heard = world.wait(44);
    assert!(!lead(&heard, "business-response").contains("executives"), "{heard:?}");
    let overdue = |world: &World| {
        let kinds = [Kind::UpdateDue, Kind::UpdateOverdue];
        let about = |audience: &str| {
            let notes = world.notices.iter().filter(|notice| kinds.contains(&notice.kind));
            notes.flat_map(|notice| &notice.about).filter(|about| about.item.audience == audience).count()
        };
        about("executives")
    };
    assert_eq!(overdue(&world), 0);
    world.wait(45);
    assert_eq!(overdue(&world), 1);
    let shown = |world: &World| world.shard.overdue_by_audience().get("executives").copied();
    assert_eq!(shown(&world), None, "there is still time");
    world.wait(51);
    assert_eq!(shown(&world), Some(1));
    world.post(52, &event("Q1", "d3", 52, json!({"stage": "monitoring"})));
    assert_eq!(shown(&world), Some(0));
}

#[test]
fn phases_count_from_the_opening_and_a_raised_priority_takes_its_interval_from_now() {
    let mut world = World::new();
    let start = json!({"stage": "triggered", "priority": priority("P2"), "impact": {"level": "major"}});
    world.post(0, &event("Q1", "d1", 0, start));
    world.wait(5);
    let acme = |world: &World| {
        let own = |notice: &&herald::core::notification::Notice| {
            notice.addressee.as_ref().is_some_and(|addressee| addressee.id == "acme")
        };
        let state = world.shard.states().next().unwrap();
        let entry =
            state.ledger.iter().find(|entry| entry.addressee.as_ref().is_some_and(|a| a.id == "acme"));
        let promised = entry.unwrap().told.as_ref().unwrap().promised.as_ref().unwrap().due;
        (world.notices.iter().filter(own).count(), promised)
    };
    assert_eq!(acme(&world), (1, minute(63)));
    // Customers see neither priority nor impact: they hear nothing, and are promised sooner.
    world.post(10, &event("Q1", "d2", 10, json!({"priority": priority("P1")})));
    assert_eq!(acme(&world), (1, minute(30)));
}

#[test]
fn a_silent_incident_is_told_to_its_leads_daily_and_a_lead_that_nobody_has_once() {
    let mut policy = super::world::policy();
    policy.leads.communications.default = String::new();
    let mut world = World::with(policy);
    world.post(0, &event("Q1", "d1", 0, grave()));
    let heard = world.wait(10);
    expect(&heard, &[("communications", "lead_missing")]);
    let heard = world.wait(24 * 60);
    assert!(lead(&heard, "business-response").ends_with("incident_silent"), "{heard:?}");
    let heard = world.wait(2 * 24 * 60);
    assert!(lead(&heard, "business-response").ends_with("incident_silent"), "{heard:?}");
    let missing = world.notices.iter().filter(|notice| notice.kind == Kind::LeadMissing).count();
    assert_eq!(missing, 1);
}

#[test]
fn closing_a_silent_incident_is_opted_for_and_says_that_reports_stopped() {
    let mut policy = super::world::policy();
    policy.windows.close_silent_after = Some(jiff::SignedDuration::from_hours(48));
    let mut world = World::with(policy);
    world.post(0, &event("Q1", "d1", 0, grave()));
    let heard = world.wait(48 * 60);
    assert!(heard["executives"].ends_with("resolved"), "{heard:?}");
    let end = world.notices.iter().rfind(|notice| notice.kind == Kind::Resolved).unwrap();
    assert!(end.reports_stopped);
    assert_eq!(end.view.resolved_at, Some(minute(0)), "when it was last heard of");
}

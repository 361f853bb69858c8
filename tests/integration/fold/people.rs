//! People: release and hold, words that wait for approval, corrections, the final report, leads.

use herald::core::vocabulary::Kind;
use serde_json::{Value, json};

use super::world::{World, event, expect, minute, priority};

fn person(extra: Value) -> Value {
    let mut update = json!({"by": {"name": "desk", "roles": ["business-response-lead"]}});
    for (field, value) in extra.as_object().unwrap() {
        update[field] = value.clone();
    }
    json!({"source_name": "api", "update": update})
}

fn grave(priority_word: &str) -> Value {
    json!({"stage": "triggered", "priority": priority(priority_word), "impact": {"level": "major"}})
}

#[test]
fn a_released_audience_hears_though_impact_is_unknown_and_a_held_one_waits() {
    let mut policy = super::world::policy();
    policy.classify.impact.clear();
    policy.classify.impact_rules = herald::core::matcher::RuleSet::default();
    let mut world = World::with(policy);
    let heard =
        world.post(0, &event("Q1", "d1", 0, json!({"stage": "triggered", "priority": priority("P1")})));
    expect(&heard, &[("customers-general", "awaiting_release"), ("business-response", "release_wanted")]);
    let wanted = world.notices.iter().find(|notice| notice.kind == Kind::ReleaseWanted).unwrap();
    assert!(
        wanted.about.iter().any(|about| about.item.audience == "customers-general" && about.draft.is_some())
    );
    let heard = world.post(1, &event("Q1", "p1", 1, person(json!({"release": ["customers-general"]}))));
    expect(&heard, &[("customers-general", "opens_later")]);
    expect(&world.wait(5), &[("customers-general", "opening")]);

    let mut world = World::new();
    world.post(0, &event("Q2", "d1", 0, grave("P1")));
    world.post(1, &event("Q2", "p1", 1, person(json!({"hold": ["customers-general"]}))));
    let heard = world.wait(60);
    assert!(!heard.get("customers-general").is_some_and(|heard| heard.contains("opening")), "{heard:?}");
    let heard = world.post(61, &event("Q2", "p2", 61, person(json!({"release": ["customers-general"]}))));
    expect(&heard, &[("customers-general", "opening")]);
}

#[test]
fn words_for_customers_wait_for_their_approval() {
    let mut world = World::new();
    world.post(0, &event("Q1", "d1", 0, grave("P1")));
    world.wait(5);
    let words = json!({"en": "Card payments fail", "ja": "カード決済が失敗します"});
    let update = event("Q1", "p1", 6, person(json!({"text": {"customers-general": words}})));
    let heard = world.post(6, &update);
    expect(&heard, &[("customers-general", "awaiting_approval"), ("business-response", "approval_wanted")]);
    let approval = json!({"approves": {"update": update.id, "role": "legal"}});
    let heard = world.post(7, &event("Q1", "p2", 7, person(approval)));
    expect(&heard, &[("customers-general", "update")]);
    let told = world.notices.iter().rfind(|notice| notice.audience == "customers-general").unwrap();
    assert_eq!(told.words.get("en"), Some("Card payments fail"));
    assert_eq!(told.words_approved.iter().filter(|approval| approval.role == "legal").count(), 1);
}

#[test]
fn a_text_that_lacks_a_language_is_told_to_the_lead() {
    let mut world = World::new();
    world.post(0, &event("Q1", "d1", 0, grave("P1")));
    world.wait(5);
    let mut update = person(json!({"text": {"customers-general": {"en": "Card payments fail"}}}));
    update["update"]["by"]["roles"] = json!(["legal"]);
    let heard = world.post(6, &event("Q1", "p1", 6, update));
    expect(&heard, &[("customers-general", "update"), ("business-response", "translation_missing")]);
}

#[test]
fn nothing_new_is_news_where_news_was_promised() {
    let mut world = World::new();
    world.post(0, &event("Q1", "d1", 0, grave("P1")));
    world.wait(5);
    let heard = world.post(20, &event("Q1", "p1", 20, person(json!({"no_change": true}))));
    expect(&heard, &[("executives", "update"), ("customers-general", "no_change_for_audience")]);
    let update = world.notices.iter().rfind(|notice| notice.audience == "executives").unwrap();
    assert!(!update.new_information);
    assert_eq!(update.next_update_by, Some(minute(50)));
    let by = minute(40).to_string();
    let heard = world.post(22, &event("Q1", "p2", 22, person(json!({"next_update_by": by}))));
    expect(&heard, &[("executives", "update")]);
    let update = world.notices.iter().rfind(|notice| notice.audience == "executives").unwrap();
    assert_eq!(update.next_update_by, Some(minute(40)));
}

#[test]
fn a_correction_names_what_it_corrects_and_the_final_report_comes_after_the_end() {
    let mut world = World::new();
    world.post(0, &event("Q1", "d1", 0, grave("P1")));
    let opening = world.notices.iter().find(|notice| notice.audience == "executives").unwrap().id.clone();
    let correction = json!({"corrects": {}, "text": {"executives": {"en": "It is search, not checkout"}}});
    let heard = world.post(1, &event("Q1", "p1", 1, person(correction)));
    expect(&heard, &[("executives", "correction"), ("sales", "no_change_for_audience")]);
    let told = world.notices.iter().rfind(|notice| notice.audience == "executives").unwrap();
    assert_eq!(told.corrects.as_ref(), Some(&opening));
    let report = json!({"follow_up": true, "text": {"executives": {"en": "A disk was full"}}});
    let heard = world.post(2, &event("Q1", "p2", 2, person(report)));
    expect(&heard, &[("executives", "no_change_for_audience")]);
    let heard = world.post(3, &event("Q1", "d2", 3, json!({"stage": "resolved"})));
    expect(&heard, &[("executives", "resolved follow_up"), ("sales", "resolved")]);
    let heard = world.post(4, &event("Q1", "p3", 4, person(json!({"symptom": {"en": "too late"}}))));
    expect(&heard, &[("*", "already_closed")]);
    let again = json!({"corrects": {}, "text": {"sales": {"en": "It lasted an hour"}}});
    let heard = world.post(5, &event("Q1", "p4", 5, person(again)));
    expect(&heard, &[("sales", "correction"), ("executives", "no_change_for_audience")]);
}

#[test]
fn a_person_may_make_it_confidential_and_nobody_hears_but_those_named() {
    let mut policy = super::world::policy();
    policy.quiet.confidential.clear();
    let mut world = World::with(policy);
    let heard = world.post(
        0,
        &event("Q1", "p0", 0, {
            let mut declared = person(json!({"confidential": true}));
            declared["stage"] = json!("triggered");
            declared["priority"] = priority("P1");
            declared["impact"] = json!({"level": "major"});
            declared
        }),
    );
    expect(&heard, &[("executives", "confidential"), ("technical-teams", "confidential")]);
    assert!(world.notices.is_empty());
    world.post(1, &event("Q1", "p1", 1, person(json!({"confidential": false}))));
    assert!(world.notices.iter().any(|notice| notice.audience == "executives"));
}

#[test]
fn an_update_names_the_words_that_are_new() {
    let mut world = World::new();
    world.post(0, &event("Q1", "d1", 0, grave("P1")));
    let words = json!({"en": "Pay by invoice", "ja": "請求書払いをご利用ください"});
    let heard = world.post(6, &event("Q1", "p1", 6, person(json!({"workaround": words}))));
    expect(&heard, &[("executives", "update")]);
    let changed = |world: &World| {
        let told = world.notices.iter().rfind(|notice| notice.audience == "executives").unwrap();
        told.changes.iter().map(|change| change.field.clone()).collect::<Vec<_>>()
    };
    assert_eq!(changed(&world), ["workaround"]);
    let later =
        json!({"stage": "identified", "action": {"en": "We are rolling back", "ja": "切り戻し中です"}});
    world.post(9, &event("Q1", "p2", 9, person(later)));
    assert_eq!(changed(&world).last().map(String::as_str), Some("action"));
}

#[test]
fn customers_hear_of_lost_data_once_legal_has_cleared_it_and_nothing_before() {
    let mut world = World::new();
    world.post(0, &event("Q1", "d1", 0, grave("P1")));
    world.wait(5);
    let heard = world.post(6, &event("Q1", "p1", 6, person(json!({"data_loss": "confirmed"}))));
    expect(&heard, &[("executives", "update"), ("customers-strategic/acme", "no_change_for_audience")]);
    let heard = world.post(7, &event("Q1", "p2", 7, person(json!({"data_cleared": true}))));
    expect(&heard, &[("customers-strategic/acme", "update")]);
    let told = world.notices.iter().rfind(|notice| notice.audience == "customers-strategic").unwrap();
    assert_eq!(told.changes.iter().map(|change| change.field.as_str()).collect::<Vec<_>>(), ["data_loss"]);
}

//! A story that says something else than what happens fails, and says in what.

use super::{differences, play};

const P1: &str =
    "  - event: { key: a, stage: triggered, service: checkout-api, priority: P1, impact: none }\n";

/// What differs where the step expects this.
fn expecting(expectation: &str) -> Vec<String> {
    differences(&play(&format!("{P1}    {expectation}\n")))
}

#[test]
fn kinds_are_compared_exactly_and_in_order() {
    assert_eq!(expecting("expect: { executives: opening }"), [""; 0]);
    assert_eq!(expecting("expect: { executives: [opening] }"), [""; 0]);
    assert_eq!(
        expecting("expect: { executives: [opening, update], sales: opening }"),
        ["executives: opening, update / opening", "sales: opening / nothing (not_matched)"]
    );
    let twice =
        format!("{P1}  - event: {{ key: a, stage: resolved }}\n  - expect: {{ executives: nothing }}\n");
    assert_eq!(differences(&play(&twice)), [""; 0]);
    let order = "  - at: 10m
    event: { key: a, stage: triggered, service: checkout-api, priority: P1, impact: major }
  - at: 20m
    event: { key: a, stage: resolved }
    expect: { customers-general: [resolved, opening] }
";
    assert_eq!(differences(&play(order)), ["customers-general: resolved, opening / opening, resolved"]);
}

#[test]
fn reasons_are_compared_and_nothing_is_any_of_them() {
    assert_eq!(expecting("expect: { sales: not_matched }"), [""; 0]);
    assert_eq!(expecting("expect: { sales: nothing }"), [""; 0]);
    assert_eq!(
        expecting("expect: { sales: damped, executives: not_matched, technical-teams: nothing }"),
        [
            "sales: nothing (damped) / nothing (not_matched)",
            "executives: nothing (not_matched) / opening",
            "technical-teams: nothing / opening",
        ]
    );
}

#[test]
fn a_reason_lasts_until_another_one_or_a_message() {
    let story = "  - event: { key: a, stage: triggered, service: checkout-api, priority: P1, impact: major }
  - at: 2m
    expect: { customers-general: opens_later, executives: opens_later }
  - at: 5m
  - at: 6m
    expect: { customers-general: opens_later }
";
    assert_eq!(
        differences(&play(story)),
        ["executives: nothing (opens_later) / nothing", "customers-general: nothing (opens_later) / nothing",]
    );
}

#[test]
fn a_split_audience_stands_for_each_of_its_readers() {
    let story = |expect: &str| {
        format!(
            "  - event: {{ key: a, stage: triggered, service: checkout-api, priority: P1, impact: major }}
  - at: 3m
    expect: {{ {expect} }}
"
        )
    };
    assert_eq!(differences(&play(&story("customers-strategic: opening"))), [""; 0]);
    let acme = story("customers-strategic/acme: update, customers-strategic/initech: opening");
    assert_eq!(
        differences(&play(&acme)),
        [
            "customers-strategic/acme: update / opening",
            "customers-strategic/initech: opening / nothing (not_affected)"
        ]
    );
    assert_eq!(
        differences(&play(&story("customers-strategic: nothing"))),
        ["customers-strategic: nothing / acme: opening; hinode: opening"]
    );
}

#[test]
fn nobody_else_means_nobody() {
    assert_eq!(
        expecting("nobody_else: true\n    expect: { executives: opening, customer-service: opening }"),
        ["technical-teams: nothing (nobody else) / opening"]
    );
}

#[test]
fn words_are_looked_for_in_every_language_of_the_last_message() {
    assert_eq!(expecting("says: { executives: [第一報, First report, P1] }"), [""; 0]);
    assert_eq!(
        expecting("says: { executives: [復旧] }\n    never_says: { technical-teams: [P1, P2] }"),
        ["executives: opening does not say `復旧`", "technical-teams: opening says `P1`"]
    );
    let silent = "heard nothing in this step, so its words can't be looked at";
    assert_eq!(
        expecting("says: { sales: [P1] }\n    never_says: { customers-general: [P1] }"),
        [format!("sales: {silent}"), format!("customers-general: {silent}")]
    );
}

#[test]
fn attention_is_that_of_the_last_message() {
    assert_eq!(expecting("attention: { executives: interrupt }"), [""; 0]);
    assert_eq!(
        expecting("attention: { executives: normal, technical-teams: interrupt, sales: low }"),
        [
            "executives: opening asks for attention `interrupt`, not `normal`",
            "sales: heard nothing in this step, so its words can't be looked at"
        ]
    );
}

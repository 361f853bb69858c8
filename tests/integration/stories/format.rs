//! What is wrong with a story is told all at once, with its place and what was probably meant.

use herald::policy::Source;

use super::{play_with, read};

/// All that is wrong: `line:column message (help)`.
fn wrong(text: &str) -> Vec<String> {
    let refused = read(&Source::from_files([("stories/a.yaml", text)])).err();
    let problems = refused.map(|refused| refused.0).unwrap_or_default();
    let say = |problem: &herald::policy::Diagnostic| {
        let help = problem.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
        format!("{}:{} {}{help}", problem.line, problem.column, problem.message)
    };
    problems.iter().map(say).collect()
}

#[test]
fn every_mistake_is_told_with_its_place_and_what_was_meant() {
    let text = "\
story: a story
stpes: []
steps:
  - at: 5m
    evnt: { key: a }
  - at: 1m
    event: { key: a, stage: triggerd, servce: x }
    expect: { executive: opening, executives: openin, sales/acme: opening, leads.business: update_due }
  - at: ten
    post: { source: pagerdty, file: a.json }
    reload: nowhere/
";
    let found = wrong(text);
    for part in [
        "2:1 a story has no `stpes` (did you mean `steps`?)",
        "5:5 a step has no `evnt` (did you mean `event`?)",
        "6:9 this is before the step before, which is at 5m",
        "9:9 expected a time since the story's beginning such as 0m, 10m or 1h30m",
    ] {
        assert!(found.iter().any(|found| found.starts_with(part)), "{part}\n{found:#?}");
    }
}

#[test]
fn readers_kinds_and_reasons_are_looked_up() {
    let steps = |expect: &str| format!("story: a\nsteps:\n  - expect: {{ {expect} }}\n");
    let cases = [
        ("executive: opening", "there is no audience `executive` (did you mean `executives`?)"),
        (
            "executives: openin",
            "there is no kind of message, or reason for none, `openin` (did you mean `opening`?)",
        ),
        ("executives: [opening, not_matched]", "there is no kind `not_matched`"),
        ("executives: []", "the list is empty (write `nothing` for who hears nothing)"),
        ("sales/acme: opening", "`sales` is not split: it has no `/acme`"),
        ("customers-strategic/acmee: opening", "there is no customer `acmee` (did you mean `acme`?)"),
        ("leads.busines-response: update_due", "(did you mean `business-response`?)"),
        ("drill.salse: opening", "there is no audience `salse` (did you mean `sales`?)"),
    ];
    for (expect, message) in cases {
        let found = wrong(&steps(expect));
        assert!(found.len() == 1 && found[0].contains(message), "{expect}: {found:?}");
    }
}

#[test]
fn what_happens_is_read_as_it_is_in_life() {
    let steps = |happening: &str| format!("story: a\nsteps:\n  - {happening}\n");
    let cases = [
        ("event: { stage: triggered }", "an event needs `key`"),
        ("event: { key: a, servce: x }", "an event has no `servce` (did you mean `service`?)"),
        ("event: { key: a, stage: triggerd }", "Herald does not understand this (unknown_state /stage)"),
        ("event: { key: a, impact: grave }", "Herald does not understand this (unknown_word /impact)"),
        (
            "event: { key: a, occurred_at: 5m }",
            "expected a time with its zone, or one before or after this step",
        ),
        ("update: { by: legal, key: b }", "nobody has heard of an incident `b`"),
        ("update: { by: legal, key: b, stage: triggered, text: { sale: x } }", "did you mean `sales`?"),
        ("update: { key: b, stage: triggered }", "an update needs `by`"),
        (
            "post: { source: pagerdty, file: a.json }",
            "of which kind is `pagerdty`? say it with `kind` (did you mean `pagerduty`?)",
        ),
        ("post: { source: pagerduty, file: a.json }", "there is no file `a.json` beside this story"),
        ("reload: other/", "there is no folder `other/` beside this story"),
        ("restart: herald", "there is no part of Herald `herald`"),
        ("{ restart: router, reload: x/ }", "a step has one of `reload`, `restart` (make two steps of it)"),
    ];
    for (happening, message) in cases {
        let found = wrong(&steps(happening));
        assert!(found.iter().any(|found| found.contains(message)), "{happening}: {found:?}");
    }
    let both = "story: a\nsteps:\n  - event: { key: a, stage: triggered }\n    restart: router\n";
    assert!(wrong(both).iter().any(|found| found.contains("a step has one of `event`, `restart`")));
}

#[test]
fn a_body_that_its_adapter_refuses_is_a_mistake_of_the_story() {
    let story = "story: a\nsteps:\n  - post: { source: pagerduty, file: a.json }\n";
    let files = Source::from_files([("stories/a.yaml", story), ("stories/a.json", "{}")]);
    let refused = read(&files).unwrap_err().to_string();
    assert!(refused.contains("`pagerduty` can't use it (schema)"), "{refused}");
    assert!(refused.contains("stories/a.yaml:3:38"), "{refused}");
}

#[test]
fn a_policy_beside_the_stories_is_checked_like_any_other() {
    let story = "story: a\nsteps:\n  - reload: other/\n";
    let with = |name: &str, text: &str| {
        Source::from_files([("stories/a.yaml", story), (&format!("stories/other/{name}"), text)])
    };
    let refused = read(&with("routes.yaml", "routes:\n  - { name: all, tell: [executive] }\n")).unwrap_err();
    let refused = refused.to_string();
    assert!(refused.contains("stories/other/routes.yaml:2:25"), "{refused}");
    assert!(refused.contains(" 2 |   - { name: all, tell: [executive] }"), "{refused}");
    assert!(refused.contains("did you mean `executives`?"), "{refused}");
    // What is right by itself and wrong with it stands in the policy's own file.
    let refused = read(&with("audiences.yaml", "audiences: { sales: ~ }\n")).unwrap_err().to_string();
    assert!(refused.contains("with stories/other: there is no audience `sales`"), "{refused}");
    assert!(refused.contains("--> routes.yaml:"), "{refused}");
    let refused = read(&with("quiet.yaml", "a: b: c\n")).unwrap_err().to_string();
    assert!(refused.contains("stories/other/quiet.yaml:1:"), "{refused}");
}

#[test]
fn files_of_a_policy_that_no_story_reloads_are_no_stories() {
    let files = Source::from_files([("stories/other/routes.yaml", "routes: []\n")]);
    let refused = read(&files).unwrap_err().to_string();
    assert!(refused.contains("a story has no `routes`"), "{refused}");
}

#[test]
fn minute_0_is_nine_in_the_morning_and_routes_are_counted() {
    let (outcome, coverage) = play_with(
        "  - event: { key: a, stage: triggered, service: checkout-api, priority: P1, impact: none }\n    expect: { executives: opening }\n",
        &[],
    );
    assert!(outcome.is_well());
    let says = outcome.moments[0].heard.iter().find(|message| message.reader == "executives").unwrap();
    assert!(says.words().contains("9時00分"), "minute 0 is nine in the morning: {}", says.words());
    assert_eq!(coverage.routes.len(), 5, "{:?}", coverage.routes);
}

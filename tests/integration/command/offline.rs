//! What needs no broker.

use super::{err, out, run};

#[test]
fn wrong_usage_is_2_and_help_is_0() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(run(dir.path(), &[]).status.code(), Some(2));
    assert_eq!(run(dir.path(), &["srve"]).status.code(), Some(2));
    assert_eq!(run(dir.path(), &["--help"]).status.code(), Some(0));
    assert_eq!(run(dir.path(), &["help", "tail"]).status.code(), Some(0));
    assert!(out(&run(dir.path(), &["--version"])).starts_with("herald "));
    let misspelt = run(dir.path(), &["schema", "confguration"]);
    assert_eq!(misspelt.status.code(), Some(2));
    assert!(err(&misspelt).contains("did you mean configuration?"));
    let level = run(dir.path(), &["--log-level", "herald=loud", "schema"]);
    assert_eq!(level.status.code(), Some(2));
}

#[test]
fn what_init_writes_is_well_and_is_never_written_over() {
    let dir = tempfile::tempdir().unwrap();
    let first = run(dir.path(), &["init", "mine"]);
    assert_eq!(first.status.code(), Some(0), "{}", err(&first));
    let again = run(dir.path(), &["init", "mine"]);
    assert_eq!(again.status.code(), Some(1));
    assert!(err(&again).contains("nothing was written"));
    let check = run(dir.path(), &["check", "mine/policy"]);
    assert_eq!(check.status.code(), Some(0), "{}", out(&check));
    let config = run(dir.path(), &["serve", "--config", "mine/herald.yaml", "--print-config"]);
    assert_eq!(config.status.code(), Some(0), "{}", err(&config));
    assert!(out(&config).contains("bootstrap_servers: [\"localhost:9092\"]"), "{}", out(&config));
}

#[test]
fn a_wrong_policy_is_told_whole_and_is_1() {
    let dir = tempfile::tempdir().unwrap();
    run(dir.path(), &["init", "mine"]);
    let routes = dir.path().join("mine/policy/routes.yaml");
    let text = std::fs::read_to_string(&routes).unwrap();
    std::fs::write(&routes, text.replacen("executives]", "exekutives]", 1)).unwrap();
    let check = run(dir.path(), &["check", "mine/policy"]);
    assert_eq!(check.status.code(), Some(1), "{}", out(&check));
    assert!(out(&check).contains("routes.yaml:"), "{}", out(&check));
}

#[test]
fn a_configuration_that_vanishes_events_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("herald.yaml"), "kafak: { bootstrap_servers: [a:1] }\n").unwrap();
    let refused = run(dir.path(), &["serve"]);
    assert_eq!(refused.status.code(), Some(1));
    let told = err(&refused);
    assert!(told.contains("herald.yaml:1:1: unknown key `kafak`"), "{told}");
    assert!(told.contains("did you mean `kafka`?"), "{told}");
    assert!(told.contains("`kafka.bootstrap_servers` is missing"), "{told}");
}

#[test]
fn explain_says_who_is_told_what_and_who_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let body = r#"{"key":"inc-1","stage":"triggered","title":"checkout-api p99 > 2s","service":"checkout-api","priority":"P1","impact":"major"}"#;
    std::fs::write(dir.path().join("p1.json"), body).unwrap();
    let explained =
        run(dir.path(), &["explain", "--source", "herald", "--render", "--wait", "10m", "p1.json"]);
    assert_eq!(explained.status.code(), Some(0), "{}", err(&explained));
    let text = out(&explained);
    for words in ["herald/inc-1", "P1", "executives", "opening", "customers-general", "time passes"] {
        assert!(text.contains(words), "{words}\n{text}");
    }
    let json = run(dir.path(), &["explain", "--source", "herald", "--json", "p1.json"]);
    for line in out(&json).lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
    let what_if = run(
        dir.path(),
        &[
            "explain",
            "--source",
            "herald",
            "--json",
            "--set",
            "priority=P4",
            "--set",
            "impact=none",
            "p1.json",
        ],
    );
    let decided = out(&what_if);
    let decision = decided.lines().find(|line| line.contains("\"decision\"")).unwrap();
    let decision: serde_json::Value = serde_json::from_str(decision).unwrap();
    assert_eq!(decision["decision"]["priority"]["after"], "P4", "{decided}");
    assert_eq!(decision["decision"]["audiences"]["executives"]["not_told"], "not_matched", "{decided}");
    let misspelt = run(dir.path(), &["explain", "--source", "herald", "--set", "impcat=none", "p1.json"]);
    assert_eq!(misspelt.status.code(), Some(2));
    assert!(err(&misspelt).contains("did you mean impact?"), "{}", err(&misspelt));
    std::fs::write(dir.path().join("bad.json"), "{").unwrap();
    let bad = run(dir.path(), &["explain", "--source", "herald", "bad.json"]);
    assert_eq!(bad.status.code(), Some(1));
    assert!(out(&bad).contains("can't be used"), "{}", out(&bad));
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/webhooks/alertmanager-firing.json");
    let anothers = run(dir.path(), &["explain", "--source", "pagerduty", file]);
    assert!(out(&anothers).contains("perhaps it is another's: --source "), "{}", out(&anothers));
    assert!(out(&anothers).contains("alertmanager"), "{}", out(&anothers));
    let late = run(dir.path(), &["explain", "--source", "herald", "--at", "10:00", "p1.json"]);
    assert_eq!(late.status.code(), Some(2));
    assert!(err(&late).contains("write it as 2026-04-01T14:50:00+09:00"), "{}", err(&late));
}

#[test]
fn explain_says_of_each_event_of_a_batch_what_became_of_it() {
    let dir = tempfile::tempdir().unwrap();
    let batch = r#"[{"key":"a","stage":"triggered","priority":"P5"},{"key":"b","stage":"resolved"},{"key":"c","stage":"triggered","is_test":true}]"#;
    std::fs::write(dir.path().join("batch.json"), batch).unwrap();
    // Beyond the policy's hour of silence: a timer of an incident that no line just named.
    let explained = run(dir.path(), &["explain", "--source", "herald", "--wait", "25h", "batch.json"]);
    let text = out(&explained);
    let places: Vec<usize> = [
        "incident            herald/a",
        "P5  given",
        "incident            herald/b",
        "unknown_incident",
        "incident            herald/c",
        "a test delivery",
        "time passes",
        "incident    herald/a",
        "incident_silent",
    ]
    .iter()
    .map(|words| text.find(words).unwrap_or_else(|| panic!("{words}\n{text}")))
    .collect();
    assert!(places.is_sorted(), "{places:?}\n{text}");
}

#[test]
fn stories_are_played_and_a_difference_is_1() {
    let dir = tempfile::tempdir().unwrap();
    run(dir.path(), &["init", "mine"]);
    let stories = dir.path().join("mine/policy/stories");
    assert!(stories.join("README.md").is_file() && stories.join("told-when/executives.yaml").is_file());
    let well = run(dir.path(), &["test", "mine/policy", "--story", "told-when/executives"]);
    assert_eq!(well.status.code(), Some(0), "{}", out(&well));
    assert!(out(&well).contains("1 stories, all well"), "{}", out(&well));

    let story = "story: sales hear of everything\nsteps:\n  - event: { key: a, stage: triggered, priority: P1, impact: none }\n    expect: { sales: opening }\n";
    std::fs::write(stories.join("mine.yaml"), story).unwrap();
    let differs = run(dir.path(), &["test", "mine/policy", "--story", "mine.yaml"]);
    assert_eq!(differs.status.code(), Some(1));
    let text = out(&differs);
    for words in ["FAIL", "sales hear of everything", "at 0m stories/mine.yaml:3", "not_matched", "1 differ"]
    {
        assert!(text.contains(words), "{words}\n{text}");
    }
    let json = run(dir.path(), &["test", "mine/policy", "--story", "mine.yaml", "--json"]);
    assert_eq!(json.status.code(), Some(1));
    let document: serde_json::Value = serde_json::from_str(&out(&json)).unwrap();
    assert_eq!(document["stories"][0]["steps"][0]["differences"][0]["reader"], "sales");

    let none = run(dir.path(), &["test", "mine/policy", "--story", "no such story"]);
    assert_eq!(none.status.code(), Some(1), "a test of nothing is not one that went well");
}

//! `herald backtest`, without Kafka: recorded events and bodies through two policies.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::{err, out, run};

/// Events as they stand on the topic: grave incidents that begin and end.
pub(super) fn events(dir: &Path, incidents: u32) -> PathBuf {
    let mut lines = String::new();
    for n in 0..incidents {
        for (part, stage) in ["triggered", "resolved"].into_iter().enumerate() {
            let at = format!("2026-04-{:02}T0{}:{:02}:00Z", 1 + n % 28, 1 + part, n % 60);
            let body = format!("{n}{stage}");
            let event = json!({
                "schema": "incident-event/1", "id": format!("e-{body}"), "type": stage, "native_type": stage,
                "occurred_at": at, "occurred_at_quality": "exact", "received_at": at,
                "source": {"kind": "pagerduty", "name": "pagerduty"},
                "ingest": {"delivery_id": body, "body_sha256": herald::core::ids::body_sha256(body.as_bytes()),
                    "part": 0, "auth": "signature"},
                "incident": {"id": herald::core::ids::incident("pagerduty", &n.to_string()),
                    "key": format!("pagerduty/{n}"), "native_id": n.to_string()},
                "stage": stage, "title": "checkout p99 | `x` @channel", "services": [{"name": "checkout-api"}],
                "priority": {"rank": "P1", "native": "P1"}, "impact": {"level": "major"},
            });
            writeln!(lines, "{event}").unwrap();
        }
    }
    let file = dir.join("events.jsonl");
    std::fs::write(&file, lines).unwrap();
    file
}

/// `now` as `herald init` writes it, and `then` without one route.
fn policies(dir: &Path) {
    for name in ["now", "then"] {
        assert!(run(dir, &["init", name]).status.success());
    }
    let routes = dir.join("then/policy/routes.yaml");
    let text = std::fs::read_to_string(&routes).unwrap();
    let from = text.find("  - name: executives-hear-of-what-customers-feel").unwrap();
    let until = from + text[from..].find("\n\n").unwrap();
    std::fs::write(&routes, format!("{}{}", &text[..from], &text[until..])).unwrap();
}

#[test]
fn a_removed_route_is_told_in_every_form_and_is_1() {
    let dir = tempfile::tempdir().unwrap();
    policies(dir.path());
    events(dir.path(), 5);
    let arguments = ["backtest", "--policy", "now/policy", "--against", "then/policy", "events.jsonl"];
    let with = |more: &[&str]| run(dir.path(), &[&arguments[..], more].concat());

    let json = with(&["--format", "json"]);
    assert_eq!(json.status.code(), Some(1), "{}", err(&json));
    let document: Value = serde_json::from_str(&out(&json)).unwrap();
    assert_eq!((&document["same"], &document["events"]), (&json!(false), &json!(10)));
    let audiences = document["audiences"].as_object().unwrap();
    for (name, audience) in audiences {
        let expected = if name == "executives" { 5 } else { 0 };
        assert_eq!(audience["no_longer_told"], json!(expected), "{name}");
        assert_eq!(audience["newly_told"], json!(0), "{name}");
    }
    let examples = audiences["executives"]["examples"].as_array().unwrap();
    assert_eq!(examples.len(), 3, "capped");
    assert!(examples[0]["why"].as_str().unwrap().contains("executives-hear-of-what-customers-feel"));

    let markdown = with(&["--format", "markdown", "--allow-differences"]);
    assert_eq!(markdown.status.code(), Some(0));
    let page = out(&markdown);
    for words in
        ["### Herald backtest", "| `executives` |", "**5**", "executives-hear-of-what-customers-feel"]
    {
        assert!(page.contains(words), "{words}\n{page}");
    }
    let human = with(&["--examples", "1"]);
    let page = out(&human);
    assert_eq!(page.matches("no longer told  executives").count(), 1, "{page}");
    assert!(page.contains("herald explain --event e-0triggered"), "{page}");

    let same =
        run(dir.path(), &["backtest", "--policy", "now/policy", "--against", "now/policy", "events.jsonl"]);
    assert_eq!(same.status.code(), Some(0), "{}", out(&same));
    assert!(out(&same).contains("no difference"), "{}", out(&same));
}

#[test]
fn what_can_not_be_tested_is_no_success() {
    let dir = tempfile::tempdir().unwrap();
    policies(dir.path());
    std::fs::write(dir.path().join("none.jsonl"), "{\"schema\":\n\n[]\n").unwrap();
    let nothing = run(dir.path(), &["backtest", "--against", "now/policy", "none.jsonl"]);
    assert_eq!(nothing.status.code(), Some(2), "{}", out(&nothing));
    assert!(err(&nothing).contains("none.jsonl:1: no event"), "{}", err(&nothing));
    let wrong = dir.path().join("then/policy/audiences.yaml");
    std::fs::write(wrong, "audiences: {").unwrap();
    events(dir.path(), 1);
    let refused = run(dir.path(), &["backtest", "--against", "then/policy", "events.jsonl"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(err(&refused).contains("the proposed policy is wrong"), "{}", err(&refused));
}

/// Each kind's own bodies: our examples, and everybody's real ones where they are at hand.
#[test]
fn a_policy_is_no_different_from_itself_on_every_body() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let corpus =
        std::env::var_os("HERALD_CORPUS").map_or_else(|| root.join("../shared/corpus"), PathBuf::from);
    let policy = root.join("deploy/policy");
    let policy = policy.to_str().unwrap();
    for kind in ["pagerduty", "alertmanager", "herald", "cloudevents"] {
        let mut files = Vec::new();
        for folder in [root.join("examples/webhooks"), corpus.join("payloads").join(kind)] {
            let Ok(entries) = std::fs::read_dir(&folder) else { continue };
            let is_of = |path: &PathBuf| {
                let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
                path.extension().is_some_and(|ending| ending == "json")
                    && (folder.ends_with(kind) || name.starts_with(kind))
            };
            files.extend(entries.map(|entry| entry.unwrap().path()).filter(is_of));
        }
        files.sort();
        let files: Vec<&str> = files.iter().filter_map(|path| path.to_str()).collect();
        assert!(!files.is_empty(), "{kind} has no example");
        let dir = tempfile::tempdir().unwrap();
        let arguments =
            [&["backtest", "--against", policy, "--format", "json", "--source", kind][..], &files[..]]
                .concat();
        let tested = run(dir.path(), &arguments);
        assert_eq!(tested.status.code(), Some(0), "{kind}: {}{}", err(&tested), out(&tested));
        let document: Value = serde_json::from_str(&out(&tested)).unwrap();
        assert_eq!(document["same"], json!(true), "{kind}");
        println!("{kind}: {} bodies, {} events", files.len(), document["events"]);
    }
}

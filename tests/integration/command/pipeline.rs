//! The pipeline of docs/policy/backtest.md, step by step, on a repository with a policy on its main
//! branch and another one in a pull request.

use std::path::Path;
use std::process::Command;

use serde::Deserialize;

use super::backtest::events;
use super::guide::{blocks, shell};
use super::{err, out, run};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pipeline {
    steps: Vec<Step>,
}

/// Each step is a command: one of a forge's own (`uses:`) could not be run here, and is not read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    run: String,
}

fn git(dir: &Path, arguments: &[&str]) {
    // Nothing of this machine's own configuration.
    let output = Command::new("git")
        .args(["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"])
        .args(arguments)
        .current_dir(dir)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .unwrap();
    assert!(output.status.success(), "git {arguments:?}\n{}", err(&output));
}

/// A clone as a pipeline has it: main is the forge's, and the pull request is checked out.
fn pull_request(dir: &Path) {
    git(dir, &["init", "--quiet", "--bare", "--initial-branch=main", "forge.git"]);
    git(dir, &["clone", "--quiet", "forge.git", "work"]);
    let work = dir.join("work");
    git(&work, &["checkout", "--quiet", "-b", "main"]);
    assert!(run(dir, &["init", "made"]).status.success());
    std::fs::rename(dir.join("made/policy"), work.join("policy")).unwrap();
    let past = std::fs::read_to_string(events(dir, 3)).unwrap();
    std::fs::write(work.join("events.jsonl"), past.replace("\"P1\"", "\"P3\"")).unwrap();
    git(&work, &["add", "."]);
    git(&work, &["commit", "--quiet", "-m", "The policy of now"]);
    git(&work, &["push", "--quiet", "origin", "main"]);
    git(&work, &["checkout", "--quiet", "-b", "more"]);
    let routes = work.join("policy/routes.yaml");
    let text = std::fs::read_to_string(&routes).unwrap();
    let route = "\n  - name: legal-hear-of-every-p3\n    when: { priority: P3 }\n    tell: [legal]\n";
    std::fs::write(&routes, format!("{text}{route}")).unwrap();
    // Its stories expect something else now, as its author says with it.
    run(&work, &["test", "policy", "--update"]);
    git(&work, &["commit", "--quiet", "-am", "Legal hear of every P3"]);
}

#[test]
fn the_pipeline_of_the_page_runs_and_says_what_a_pull_request_changes() {
    let dir = tempfile::tempdir().unwrap();
    pull_request(dir.path());
    let work = dir.path().join("work");
    let pipeline: Pipeline = serde_saphyr::from_str(&blocks("backtest.md", "yaml")).unwrap();
    assert!(pipeline.steps.len() >= 5, "the page has lost steps");
    for Step { run } in &pipeline.steps {
        let output = shell(&work, run).output().unwrap();
        assert!(output.status.success(), "{run}\n{}{}", out(&output), err(&output));
    }
    let comment = std::fs::read_to_string(work.join("comment.md")).unwrap();
    for words in ["### Herald backtest", "| `legal` |", "legal-hear-of-every-p3"] {
        assert!(comment.contains(words), "{words}\n{comment}");
    }
    let review = std::fs::read_to_string(work.join("review.html")).unwrap();
    assert!(review.contains("<title>Messages of ") && review.contains("What changed is shown against"));
    // What was before is as main has it, whatever stands in the pull request.
    let before = std::fs::read_to_string(work.join("before/policy/routes.yaml")).unwrap();
    assert!(!before.contains("legal-hear-of-every-p3"));
}

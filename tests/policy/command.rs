//! `herald check` as a shell or a workflow runs it.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use super::shipped;

fn check(arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_herald"));
    command.arg("check").args(arguments).current_dir(shipped()).env_remove("HERALD_CONFIG");
    let Output { status, stdout, .. } = command.output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap())
}

/// The shipped policy with one more route.
fn with_route(dir: &Path, route: &str) {
    for file in ["policy", "services", "customers", "classify", "audiences", "routes", "quiet", "approvals"] {
        let name = format!("{file}.yaml");
        std::fs::copy(shipped().join(&name), dir.join(&name)).unwrap();
    }
    copy(&shipped().join("templates"), &dir.join("templates"));
    let routes = std::fs::read_to_string(dir.join("routes.yaml")).unwrap();
    std::fs::write(dir.join("routes.yaml"), format!("{routes}  - {route}\n")).unwrap();
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() { copy(&path, &target) } else { _ = std::fs::copy(&path, &target).unwrap() }
    }
}

#[test]
fn warnings_are_a_failure_only_where_they_are_denied() {
    let dir = tempfile::tempdir().unwrap();
    with_route(dir.path(), "{ name: extra, when: { priority: P1, tier: 1 }, tell: [technical-teams] }");
    let path = dir.path().to_str().unwrap();
    let (status, text) = check(&[path]);
    assert_eq!(status, Some(0), "{text}");
    assert!(text.contains("warning: `extra` adds no audience") && text.contains("; 1 warning"), "{text}");
    assert_eq!(check(&[path, "--deny", "warnings"]).0, Some(1));
    let (_, text) = check(&[path, "--format", "github"]);
    let first = text.lines().next().unwrap();
    let expected =
        format!("::warning file={path}/routes.yaml,line=43,col=13,endColumn=18,title=herald check::`extra`");
    assert!(first.starts_with(&expected), "{first}");
}

#[test]
fn errors_are_one_document_for_tools() {
    let dir = tempfile::tempdir().unwrap();
    with_route(dir.path(), "{ name: extra, when: { priority: P0 }, tell: [sale] }");
    let (status, text) = check(&[dir.path().to_str().unwrap(), "--format", "json"]);
    let document: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((status, &document["policy"]), (Some(1), &Value::Null));
    assert_eq!(document["errors"], 2, "{text}");
    assert_eq!(document["problems"][1]["help"], "did you mean `sales`?");
    assert_eq!(document["problems"][1]["line"], 43);
    assert_eq!(check(&["--format", "xml"]).0, Some(2));
}

#[test]
fn a_configuration_is_checked_with_the_policy_beside_it() {
    let dir = tempfile::tempdir().unwrap();
    with_route(dir.path(), "{ name: extra, when: { priority: P0 }, tell: [sales] }");
    let file = dir.path().join("herald.yaml.broken");
    std::fs::write(&file, "kafka:\n  bootstrap_server: [a:1]\n").unwrap();
    let config = file.to_str().unwrap();
    let (status, text) = check(&[dir.path().to_str().unwrap(), "--config", config]);
    assert_eq!(status, Some(1), "{text}");
    assert!(text.contains(&format!("--> {config}:2:3")), "{text}");
    assert!(text.contains("did you mean") && text.contains("bootstrap_servers"), "{text}");
    assert!(text.contains("there is no priority `P0`"), "both are told: {text}");
}

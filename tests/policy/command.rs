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

/// A configuration beside it makes the names of sources known.
#[test]
fn sources_that_are_not_configured_are_told_where_a_configuration_says_so() {
    let dir = tempfile::tempdir().unwrap();
    with_route(dir.path(), "{ name: extra, when: { source: pd-prd, priority: P5 }, tell: [sales] }");
    let path = dir.path().to_str().unwrap();
    let given = "given:\n  pd-prdo: { priority: ignore }\n  old-pager: { priority: ignore }\n  grafana: { priority: ignore }\n";
    let classify = std::fs::read_to_string(dir.path().join("classify.yaml")).unwrap();
    std::fs::write(dir.path().join("classify.yaml"), classify.replace("given:\n", given)).unwrap();
    let alone = check(&[path]);
    assert!(alone.0 == Some(0) && alone.1.contains("all well"), "{}", alone.1);

    let config = dir.path().join("herald.conf");
    let source = "auth: none";
    let text = format!(
        "kafka: {{ bootstrap_servers: [\"127.0.0.1:1\"] }}\nsources:\n  \
         pd-prod: {{ kind: pagerduty, {source}, formerly: [old-pager] }}\n  prom: {{ kind: alertmanager, {source} }}\n"
    );
    std::fs::write(&config, text).unwrap();
    let (status, said) = check(&[path, "--config", config.to_str().unwrap(), "--format", "json"]);
    assert_eq!(status, Some(0), "{said}");
    let document: Value = serde_json::from_str(&said).unwrap();
    let told: Vec<_> = document["problems"].as_array().unwrap().iter().collect();
    let parts = |problem: &Value| {
        let file = problem["file"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        let (line, column) = (problem["line"].as_u64().unwrap(), problem["column"].as_u64().unwrap());
        let [message, help] =
            ["message", "help"].map(|part| problem[part].as_str().unwrap_or_default().to_owned());
        format!("{file}:{line}:{column} {message}; {help}")
    };
    let told: Vec<String> = told.into_iter().map(parts).collect();
    assert_eq!(
        told,
        [
            "classify.yaml:5:3 neither a source nor a kind of source is called `pd-prdo`; did you mean `pd-prod`?",
            "classify.yaml:6:3 neither a source nor a kind of source is called `old-pager`; it is called `pd-prod` now",
            "routes.yaml:43:36 no source is called `pd-prd`, so this never holds; did you mean `pd-prod`?",
        ]
    );
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

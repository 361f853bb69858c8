//! A running service is asked, by signal and over its port, to load directories that are no policy:
//! each time it says why, goes on under the policy that it has, and stays ready.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::Duration;

use herald::policy::Source;
use serde_json::{Value, json};

use super::await_folded;
use crate::fixture::await_that::await_that;
use crate::fixture::herald::{Herald, Role, signal};
use crate::fixture::http::Connection;
use crate::fixture::read::Reader;
use crate::fixture::site::Site;
use crate::oracle::log::Log;

/// A refusal of a whole policy with its proofs, on a busy machine.
const REFUSED_IN: Duration = Duration::from_mins(2);

/// What becomes of the directory, and what is said of it.
type Case = (&'static str, fn(&Path), &'static str);

const CASES: [Case; 15] = [
    ("a bomb", |dir| write(dir, "routes.yaml", &bomb()), "anchors and aliases"),
    (
        "an anchor",
        |dir| add(dir, "routes.yaml", "  - &one { name: extra }\n  - *one\n"),
        "anchors and aliases",
    ),
    ("a tab", |dir| add(dir, "quiet.yaml", "damping:\n\thold_first_message: { P3: 2m }\n"), "a tab stands"),
    ("a key twice", |dir| add(dir, "routes.yaml", "routes: []\n"), "`routes` is there twice"),
    ("a wrong type", |dir| write(dir, "routes.yaml", "routes: 3\n"), "found the number 3"),
    (
        "a huge pattern",
        |dir| {
            let when = r#"{ title: { matches: "(\\w{1,200}){1,200}" } }"#;
            add(dir, "routes.yaml", &format!("  - {{ name: extra, when: {when}, tell: [sales] }}\n"));
        },
        "this is no regular expression",
    ),
    (
        "a template that loops",
        |dir| {
            let of_nine = |name: char| format!("{{% for {name} in [1,2,3,4,5,6,7,8,9] %}}");
            let begins: String = "abcde".chars().map(of_nine).collect();
            let text = format!("{begins}x{}\n", "{% endfor %}".repeat(5));
            add(dir, "templates/en/technical-teams/opening.md", &text);
        },
        "technical-teams/opening.md",
    ),
    (
        "a link out of it",
        |dir| symlink("/etc/hostname", dir.join("templates/en/sales/opening.P1.md")).unwrap(),
        "leads out of the policy's directory",
    ),
    ("a file that vanished", |dir| fs::remove_file(dir.join("routes.yaml")).unwrap(), "this file is missing"),
    ("a file half written", |dir| write(dir, "routes.yaml", "routes:\n  - { name: a, wh"), "routes.yaml"),
    ("a file begun", |dir| write(dir, "routes.yaml", ""), "this file is empty"),
    ("one that may be left out, begun", |dir| write(dir, "quiet.yaml", ""), "this file is empty"),
    (
        "a conflict",
        |dir| add(dir, "routes.yaml", "<<<<<<< HEAD\n=======\n>>>>>>> theirs\n"),
        "Git's mark of a conflict",
    ),
    (
        "a pull that goes on",
        |dir| {
            fs::create_dir(dir.join(".git")).unwrap();
            write(dir, ".git/index.lock", "");
        },
        "Git is changing the policy's directory",
    ),
    ("nothing", |dir| fs::remove_dir_all(dir).unwrap(), "can't be read"),
];

fn bomb() -> String {
    let mut text = "a: &a [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for (one, before) in "bcdefghij".chars().zip("abcdefghi".chars()) {
        let many = vec![format!("*{before}"); 10].join(", ");
        writeln!(text, "{one}: &{one} [{many}]").unwrap();
    }
    text
}

fn write(dir: &Path, file: &str, text: &str) {
    fs::write(dir.join(file), text).unwrap();
}

fn add(dir: &Path, file: &str, more: &str) {
    let text = fs::read_to_string(dir.join(file)).unwrap();
    write(dir, file, &format!("{text}{more}"));
}

#[test]
fn whatever_is_no_policy_leaves_the_one_in_force() {
    let site = Site::shared("refused").with_source("tool: { kind: herald, auth: none }");
    let files: Vec<(String, String)> = Source::from_dir(&site.policy_dir())
        .unwrap()
        .iter()
        .map(|(path, text)| (path.to_owned(), text.to_owned()))
        .collect();
    let mut herald = site.herald("one", Role::All);
    herald.start_ready();
    let version = site.policy().version;
    for (n, (name, spoil, word)) in CASES.into_iter().enumerate() {
        spoil(&site.policy_dir());
        let (status, said) = herald.reload();
        assert_eq!(status, 422, "{name}: {said}");
        let said: Value = serde_json::from_str(&said).unwrap();
        assert!(
            said["problems"].as_array().unwrap().iter().any(|problem| names(problem, word)),
            "{name}: {said}"
        );
        goes_on(&herald, &version, 2 * n + 1, name);
        signal("HUP", herald.pid());
        goes_on(&herald, &version, 2 * n + 2, name);
        post(&herald, n);
        _ = fs::create_dir(site.policy_dir());
        site.set_policy(&files);
    }
    decided_by(&site.reader(), &version);
    let (status, said) = herald.reload();
    assert_eq!(status, 202, "what was there before is there again: {said}");
    assert!(said.contains(&version), "{said}");
}

/// In its words or by its file.
fn names(problem: &Value, word: &str) -> bool {
    ["message", "file"].into_iter().any(|part| problem[part].as_str().unwrap().contains(word))
}

/// Once so many were refused, it is ready, and under this very policy.
#[track_caller]
fn goes_on(herald: &Herald, version: &str, refused: usize, name: &str) {
    let counted = format!("herald_policy_reloads_total{{outcome=\"refused\"}} {refused}\n");
    let metrics = await_that(&format!("{name} is refused"), REFUSED_IN, || {
        Some(herald.metrics()).filter(|metrics| metrics.contains(&counted))
    });
    let info: Vec<&str> = metrics.lines().filter(|line| line.starts_with("herald_policy_info{")).collect();
    assert_eq!(info, [format!("herald_policy_info{{version=\"{version}\"}} 1")], "{name}");
    assert_eq!(herald.readyz().map(|(status, _)| status), Some(200), "{name}");
}

fn post(herald: &Herald, n: usize) {
    let body =
        json!({"key": format!("k{n}"), "stage": "triggered", "service": "checkout-api", "priority": "P1"});
    let answer = Connection::open(herald.webhooks())
        .unwrap()
        .send("POST", "/webhooks/tool", &[("content-type", "application/json")], body.to_string().as_bytes())
        .unwrap();
    assert_eq!(answer.status, 202, "{}", answer.text());
}

/// Every incident was judged, and by nothing else than this policy.
fn decided_by(reader: &Reader, version: &str) {
    await_folded("what was posted meanwhile", reader, |_| true);
    let decisions = Log::read(reader).decisions;
    let incidents: BTreeSet<&str> = decisions.iter().map(|decision| decision.incident.as_str()).collect();
    assert_eq!(incidents.len(), CASES.len());
    let policies: BTreeSet<&str> = decisions.iter().map(|decision| decision.policy.as_str()).collect();
    assert_eq!(policies, BTreeSet::from([version]));
}

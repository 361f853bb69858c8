//! The trial and the demo, as a newcomer meets them.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{err, herald, out, run};

/// A running trial; ended when dropped, whatever the test says.
pub(super) struct Trial {
    child: Child,
    addresses: Value,
}

impl Trial {
    pub(super) fn start(dir: &Path, arguments: &[&str]) -> Self {
        Self::with_policy(dir, arguments, None)
    }

    /// Under the policy of a directory within this one.
    pub(super) fn with_policy(dir: &Path, arguments: &[&str], policy: Option<&str>) -> Self {
        let file = dir.join("addresses.json");
        let child = herald(dir)
            .args(["serve", "--addresses-file", "addresses.json"])
            .args(arguments)
            .env("HERALD__WEBHOOKS__LISTEN", "127.0.0.1:0")
            .env("HERALD__OPERATIONS__LISTEN", "127.0.0.1:0")
            .envs(policy.map(|policy| ("HERALD__POLICY", policy)))
            .stderr(std::fs::File::create(dir.join("stderr")).unwrap())
            .spawn()
            .unwrap();
        let mut trial = Self { child, addresses: Value::Null };
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            if let Ok(text) = std::fs::read_to_string(&file) {
                trial.addresses = serde_json::from_str(&text).unwrap();
                return trial;
            }
            let log = || std::fs::read_to_string(dir.join("stderr")).unwrap();
            assert!(trial.child.try_wait().unwrap().is_none(), "it ended: {}", log());
            assert!(Instant::now() < deadline, "it does not start: {}", log());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    pub(super) fn ask(&self, port: &str, method: &str, path: &str, body: &str) -> (u16, String) {
        let address = self.addresses[port].as_str().unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        let length = body.len();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        (status, answer.split_once("\r\n\r\n").unwrap().1.to_owned())
    }

    /// Where it is run and looked after: `host:port`.
    pub(super) fn operations(&self) -> &str {
        self.addresses["operations"].as_str().unwrap()
    }

    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// How it ends, once it has been told to.
    pub(super) fn ended(mut self) -> std::process::ExitStatus {
        self.child.wait().unwrap()
    }

    fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &pid]).status().unwrap().success());
    }
}

impl Drop for Trial {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_curl_line_works_and_tail_finds_the_trial() {
    let dir = tempfile::tempdir().unwrap();
    let mut trial = Trial::start(dir.path(), &[]);
    assert_eq!(trial.ask("operations", "GET", "/readyz", "").0, 200);
    let (_, version) = trial.ask("operations", "GET", "/version", "");
    assert!(version.contains("embedded (trial): forgets on exit"), "{version}");

    let banner = std::fs::read_to_string(dir.path().join("stderr")).unwrap();
    let line = banner.lines().find(|line| line.trim_start().starts_with("-d '")).unwrap();
    let body = line.trim().trim_start_matches("-d '").trim_end_matches('\'');
    let (status, answer) = trial.ask("webhooks", "POST", "/webhooks/herald", body);
    assert_eq!(status, 202, "{answer}");

    let tail = run(dir.path(), &["tail", "--from-beginning", "--no-follow"]);
    assert_eq!(tail.status.code(), Some(0), "{}", err(&tail));
    for words in ["executives · opening", "technical-teams · opening", "ja", "en"] {
        assert!(out(&tail).contains(words), "{words}\n{}", out(&tail));
    }
    let one = run(dir.path(), &["tail", "executives", "--from-beginning", "--no-follow", "--json"]);
    for line in out(&one).lines() {
        let record: Value = serde_json::from_str(line).unwrap();
        assert_eq!(record["audience"], "executives");
    }
    let (status, answer) = trial.ask("operations", "POST", "/-/reload", "");
    assert_eq!(status, 202, "{answer}");
    trial.signal("HUP");
    let reloads = || trial.ask("operations", "GET", "/metrics", "").1;
    let deadline = Instant::now() + Duration::from_secs(10);
    while !reloads().contains("herald_policy_reloads_total{outcome=\"loaded\"} 2") {
        assert!(Instant::now() < deadline, "{}", reloads());
        std::thread::sleep(Duration::from_millis(50));
    }

    trial.signal("TERM");
    assert_eq!(trial.child.wait().unwrap().code(), Some(0));
    assert!(!dir.path().join("herald/trial.json").exists());
    let alone = run(dir.path(), &["tail"]);
    assert_eq!(alone.status.code(), Some(1));
    assert!(err(&alone).contains("no trial is running here"), "{}", err(&alone));
}

#[test]
fn the_demo_tells_its_story_within_half_a_minute() {
    let dir = tempfile::tempdir().unwrap();
    let begun = Instant::now();
    let demo = herald(dir.path()).arg("demo").stdin(Stdio::null()).output().unwrap();
    assert_eq!(demo.status.code(), Some(0), "{}\n{}", out(&demo), err(&demo));
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
    let text = out(&demo);
    for words in ["09:00", "09:10", "executives", "Who heard what, when", "not told", "resolved", "【"] {
        assert!(text.contains(words), "{words}\n{text}");
    }
}

//! `herald incident` and `herald why`, against real processes on a real Kafka.

use std::path::Path;
use std::process::Output;

use herald::core::ids;
use herald::core::sources::api;
use serde_json::Value;

use crate::command::{err, herald, out};
use crate::fixture::herald::{Herald, Role};
use crate::fixture::site::Site;

const DESK: (&str, &str) = ("desk", "[communications_lead, business_response_lead]");
const RESPONDER: (&str, &str) = ("responder", "[responder]");

/// A terminal that speaks to one process as one person.
struct Terminal<'a> {
    site: &'a Site,
    process: &'a Herald,
    home: tempfile::TempDir,
}

impl<'a> Terminal<'a> {
    fn new(site: &'a Site, process: &'a Herald) -> Self {
        Self { site, process, home: tempfile::tempdir().unwrap() }
    }

    /// `herald incident …` over the API; the verdict is waited for.
    fn post(&self, person: &str, arguments: &[&str]) -> Output {
        herald(self.home.path())
            .arg("incident")
            .args(arguments)
            .arg("--token-file")
            .arg(self.site.token_file(person))
            .args(["--url", &format!("http://{}", self.process.webhooks()), "--wait", "30s"])
            .output()
            .unwrap()
    }

    /// A command that reads Kafka.
    fn read(&self, arguments: &[&str]) -> Output {
        herald(self.home.path())
            .args(arguments)
            .arg("--config")
            .arg(self.process.config_file())
            .output()
            .unwrap()
    }
}

#[track_caller]
fn succeeds(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{}\n{}", out(output), err(output));
    out(output)
}

#[track_caller]
fn fails_with(output: &Output, words: &str) {
    assert_eq!(output.status.code(), Some(1), "{}\n{}", out(output), err(output));
    let text = out(output) + &err(output);
    assert!(text.contains(words), "{words}\n{text}");
}

#[track_caller]
fn says(text: &str, words: &[&str]) {
    for words in words {
        assert!(text.contains(words), "{words}\n{text}");
    }
}

/// An incident from its declaration to its end, all of it from a terminal.
#[test]
fn a_whole_incident_from_a_terminal() {
    let site = Site::shared("people").with_people(&[DESK, RESPONDER]);
    let mut process = site.herald("one", Role::All);
    process.start_ready();
    let terminal = Terminal::new(&site, &process);
    let declare = ["declare", "--key", "desk-17", "--title", "Checkout fails", "--service", "checkout-api"];
    let graded = [&declare, ["--priority", "P1", "--impact", "major"].as_slice()].concat();
    let declared = succeeds(&terminal.post("responder", &graded));
    let id = api::declared("desk-17");
    says(&declared, &["done", &id, "its key is api/desk-17", "executives", "told"]);

    // The same again is the same, and tells nobody twice.
    let again = succeeds(&terminal.post("responder", &graded));
    says(&again, &["done", "this event was seen before"]);

    fails_with(
        &terminal.post("responder", &["release", "api/desk-17", "customers-general"]),
        "business-response-lead",
    );
    fails_with(&terminal.post("desk", &["update", "api/desk-17", "--symptom", "x"]), "in which language?");
    fails_with(&terminal.post("desk", &["update", "api/nothing", "--priority", "P2"]), "No such incident");
    let json = succeeds(&terminal.post("responder", &["update", &id, "--stage", "identified", "--json"]));
    let answer: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(answer["decision"]["stage"]["after"], "identified", "{answer}");

    let shown = succeeds(&terminal.read(&["incident", "show", "api/desk-17"]));
    says(
        &shown,
        &["api/desk-17", "Checkout fails", "identified", "P1 (given)", "Told", "executives", "as committed"],
    );
    let shown: Value =
        serde_json::from_str(&succeeds(&terminal.read(&["incident", "show", &id, "--json"]))).unwrap();
    assert_eq!(shown["state"]["key"], "api/desk-17");
    assert!(shown["view"]["folded"][0]["next_offset"].as_i64().is_some_and(|next| next > 0), "{shown}");
    let listed = succeeds(&terminal.read(&["incident", "list"]));
    says(&listed, &[&id, "identified", "Checkout fails", "as committed"]);

    succeeds(&terminal.post("desk", &["update", &id, "--stage", "resolved"]));
    fails_with(&terminal.post("desk", &["update", &id, "--priority", "P3"]), "reopened");
    let wrong = ["update", &id, "--corrects", "--text", "executives:en=The impact was major.", "--json"];
    let corrected: Value = serde_json::from_str(&succeeds(&terminal.post("desk", &wrong))).unwrap();
    assert!(corrected["decision"]["audiences"]["executives"]["told"][0].is_string(), "{corrected}");
    says(&succeeds(&terminal.read(&["incident", "list"])), &["no incident is open"]);
    says(&succeeds(&terminal.read(&["incident", "list", "--all"])), &[&id, "resolved"]);
    fails_with(&terminal.read(&["incident", "show", "api/other"]), "nothing is known of api/other");

    let why = succeeds(&terminal.read(&["why", "api/desk-17"]));
    let all = [
        "responder declared",
        "desk updated",
        "priority",
        "P1  given",
        "told",
        "opening",
        "correction",
        "resolved",
        "the incident had ended",
    ];
    says(&why, &all);
    let one = succeeds(&terminal.read(&["why", "api/desk-17", "finance", "--json"]));
    let decisions: Vec<Value> = one.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(decisions.iter().all(|decision| {
        decision["audiences"].as_object().is_none_or(|all| all.keys().all(|name| name == "finance"))
    }));
    assert_eq!(decisions[0]["caused_by"]["event"], answer_to(&declared), "{one}");
    fails_with(&terminal.read(&["why", "api/desk-17", "finanse"]), "did you mean finance?");
    fails_with(&terminal.read(&["why", "api/other"]), "there is no decision on api/other");
}

/// The update's id that a terminal was told.
fn answer_to(text: &str) -> String {
    let line = text.lines().find_map(|line| line.trim().strip_prefix("update "));
    line.unwrap_or_else(|| panic!("no update in {text}")).to_owned()
}

/// Intake and router in processes of their own: the verdict comes from the other one, and the
/// intake reads its own policy, anew when it is told to.
#[test]
fn an_intake_of_its_own_hears_people_by_the_policy_of_now() {
    let site = Site::shared("people-apart").with_people(&[("comms", "communications_lead")]);
    let mut intake = site.herald("in", Role::Intake);
    let mut router = site.herald("out", Role::Router);
    router.start_ready();
    intake.start_ready();
    let terminal = Terminal::new(&site, &intake);
    let declared = terminal.post("comms", &["declare", "--key", "k", "--title", "x", "--priority", "P1"]);
    says(&succeeds(&declared), &["done", &ids::incident("api", "k")]);

    let hold = ["update", "api/k", "--hold", "sales"];
    fails_with(&terminal.post("comms", &hold), "business-response-lead");
    replace(&site.policy_dir().join("audiences.yaml"), "lead: business-response", "lead: communications");
    let (status, text) = intake.reload();
    assert_eq!(status, 202, "{text}");
    says(&succeeds(&terminal.post("comms", &hold)), &["done"]);

    replace(&site.policy_dir().join("routes.yaml"), "routes:", "rotues:");
    assert_eq!(intake.reload().0, 422);
    says(&succeeds(&terminal.post("comms", &hold)), &["done"]);
}

fn replace(file: &Path, from: &str, to: &str) {
    let text = std::fs::read_to_string(file).unwrap();
    assert!(text.contains(from), "{from} is not in {}", file.display());
    std::fs::write(file, text.replace(from, to)).unwrap();
}

/// Without a router nobody decides; what was said is stored all the same.
#[test]
fn without_a_verdict_it_is_said_that_it_is_stored() {
    let site = Site::shared("people-alone").with_people(&[DESK]);
    let mut intake = site.herald("in", Role::Intake);
    intake.start_ready();
    let terminal = Terminal::new(&site, &intake);
    let home = terminal.home.path();
    let url = format!("http://{}", intake.webhooks());
    let token = std::fs::read_to_string(site.token_file("desk")).unwrap();
    let stored = herald(home)
        .args(["incident", "declare", "--title", "x", "--url", &url, "--wait", "200ms"])
        .env("HERALD_TOKEN", token.trim())
        .output()
        .unwrap();
    says(&succeeds(&stored), &["stored", "herald why"]);
    fails_with(&terminal.read(&["incident", "show", "api/x"]), "nothing has been folded yet");

    let nobody = herald(home).args(["incident", "declare", "--title", "x", "--url", &url]).output().unwrap();
    assert_eq!(nobody.status.code(), Some(2));
    assert!(err(&nobody).contains("whose words are these?"), "{}", err(&nobody));
    let far = herald(home)
        .args(["incident", "declare", "--title", "x", "--url", "http://192.0.2.1:8080"])
        .env("HERALD_TOKEN", "t")
        .output()
        .unwrap();
    assert_eq!(far.status.code(), Some(2));
    assert!(err(&far).contains("unencrypted"), "{}", err(&far));
    let wrong = herald(home)
        .args(["incident", "declare", "--title", "x", "--url", &url])
        .env("HERALD_TOKEN", "t")
        .output()
        .unwrap();
    fails_with(&wrong, "401");
    let log = intake.output();
    assert!(!log.contains(token.trim()) && log.contains("\"by\":\"desk\""), "{log}");
}

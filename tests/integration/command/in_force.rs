//! The guide's last step: a policy is put in force on a service that runs, as its page says it.

use std::path::Path;
use std::process::Output;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::guide::{blocks, shell};
use super::trial::Trial;
use super::{err, out, run};

const POLICY: &str = "my-herald/policy";
/// Where the page's service listens.
const PAGES_ADDRESS: &str = "127.0.0.1:8081";

/// The page's own command, for a service that could not have its port.
fn reload(dir: &Path, trial: &Trial) -> (Output, Value) {
    let script = blocks("README.md", "sh on a running service");
    assert!(script.contains(PAGES_ADDRESS), "{script}");
    let output = shell(dir, &script.replace(PAGES_ADDRESS, trial.operations())).output().unwrap();
    let answer = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", err(&output)));
    (output, answer)
}

/// What `herald check --format json` says of the same directory.
fn checked(dir: &Path) -> Value {
    serde_json::from_slice(&run(dir, &["check", POLICY, "--format", "json"]).stdout).unwrap()
}

fn routes(dir: &Path, edit: impl FnOnce(String) -> String) {
    let file = dir.join(POLICY).join("routes.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, edit(text)).unwrap();
}

#[test]
fn a_reload_puts_in_force_what_check_has_checked() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    assert!(run(dir, &["init", "my-herald"]).status.success());
    let trial = Trial::with_policy(dir, &[], Some(POLICY));
    let before = checked(dir);
    let (_, answer) = reload(dir, &trial);
    assert_eq!(answer["policy"], before["policy"]);

    // A better one, of which something is odd.
    routes(dir, |text| {
        format!("{text}  - {{ name: extra, when: {{ priority: P1, tier: 1 }}, tell: [technical-teams] }}\n")
    });
    let now = checked(dir);
    let (output, answer) = reload(dir, &trial);
    assert!(output.status.success(), "{}", out(&output));
    assert_eq!(answer["policy"], now["policy"]);
    assert_ne!(now["policy"], before["policy"]);
    assert_eq!((&answer["warnings"], answer["warnings"].as_array().unwrap().len()), (&now["problems"], 1));

    // A wrong one, wrong in two ways.
    routes(dir, |text| text.replace("tell: [technical-teams] }", "tell: [technical-team], wen: {} }"));
    let wrong = checked(dir);
    let (output, answer) = reload(dir, &trial);
    assert_eq!(output.status.code(), Some(22), "curl says so: {}", out(&output));
    assert_eq!(answer["status"], 422);
    assert!(answer["problems"].as_array().unwrap().len() >= 2, "{answer}");
    assert_eq!(answer["problems"], wrong["problems"], "the same diagnostics in the same form");
    let metrics = trial.ask("operations", "GET", "/metrics", "").1;
    let in_force = format!("herald_policy_info{{version={}}} 1", now["policy"]);
    assert!(metrics.contains(&in_force), "{in_force}");
}

/// The other way that the page names: the unit sends what its `ExecReload` says.
#[test]
fn the_services_unit_reloads_it() {
    let unit = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/systemd/herald.service");
    let unit = std::fs::read_to_string(unit).unwrap();
    let command = unit.lines().find_map(|line| line.strip_prefix("ExecReload=")).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    assert!(run(dir, &["init", "my-herald"]).status.success());
    let trial = Trial::with_policy(dir, &[], Some(POLICY));
    routes(dir, |text| format!("{text}# Another version.\n"));
    let version = checked(dir)["policy"].clone();
    let twice = format!("{command}\n{command}");
    let sent = shell(dir, &twice).env("MAINPID", trial.pid().to_string()).output().unwrap();
    assert!(sent.status.success(), "{}", err(&sent));
    let wanted = format!("herald_policy_info{{version={version}}} 1\n");
    let deadline = Instant::now() + Duration::from_mins(1);
    loop {
        let metrics = trial.ask("operations", "GET", "/metrics", "").1;
        if metrics.contains(&wanted) {
            break;
        }
        assert!(Instant::now() < deadline, "{metrics}");
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(trial.ask("operations", "GET", "/readyz", "").0, 200);
}

//! Debian's prometheus-alertmanager: one alert that fires and is resolved.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{program, told};
use crate::fixture::await_that::await_that;
use crate::fixture::herald::Role;
use crate::fixture::http::Connection;
use crate::fixture::site::Site;

const SEEN_IN: Duration = Duration::from_mins(2);
/// Debian's one ends at once without them.
const TEMPLATES: &str = "/usr/share/prometheus/alertmanager";

/// Ended when dropped, whatever the test says.
struct Alertmanager {
    child: Child,
    address: SocketAddr,
}

impl Alertmanager {
    /// One that posts to this address, each group at once.
    fn start(program: &Path, home: &Path, url: &str, secret: &Path) -> Self {
        let config = format!(
            "route: {{ receiver: herald, group_by: [service], group_wait: 0s, group_interval: 1s }}\n\
             receivers:\n- name: herald\n  webhook_configs:\n  - url: {url:?}\n    send_resolved: true\n    \
             http_config: {{ authorization: {{ type: Bearer, credentials_file: {} }} }}\n",
            secret.display()
        );
        fs::write(home.join("alertmanager.yml"), config).unwrap();
        let log = home.join("alertmanager.log");
        let child = Command::new(program)
            .arg("--config.file")
            .arg(home.join("alertmanager.yml"))
            .arg("--storage.path")
            .arg(home.join("data"))
            .args(["--web.listen-address=127.0.0.1:0", "--cluster.listen-address="])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let address = await_that("Alertmanager listens", SEEN_IN, || {
            let text = fs::read_to_string(&log).unwrap();
            let line = text.lines().find(|line| line.contains("Listening on"))?.to_owned();
            line.split("address=").nth(1)?.split(' ').next()?.parse().ok()
        });
        Self { child, address }
    }

    /// Posts an alert as Prometheus does: it fires until `ends_at`.
    fn alert(&self, ends_at: Option<Timestamp>) {
        let starts_at = Timestamp::now() - SignedDuration::from_mins(1);
        let mut alert = json!({
            "labels": {"alertname": "CheckoutErrors", "service": "checkout-api", "severity": "critical", "priority": "P2"},
            "annotations": {"summary": "Checkout answers with errors"},
            "startsAt": starts_at.to_string(),
            "generatorURL": "https://prometheus.example.com/graph",
        });
        if let Some(ends_at) = ends_at {
            alert["endsAt"] = json!(ends_at.to_string());
        }
        let body = json!([alert]).to_string();
        let headers = [("content-type", "application/json"), ("connection", "close")];
        let answer = Connection::open(self.address)
            .unwrap()
            .send("POST", "/api/v2/alerts", &headers, body.as_bytes())
            .unwrap();
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
}

impl Drop for Alertmanager {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

#[test]
fn an_alert_of_alertmanager_is_told_from_its_begin_to_its_end() {
    let Some(program) = program("prometheus-alertmanager", "alertmanager") else { return };
    if !Path::new(TEMPLATES).is_dir() {
        println!(
            "skipped: Debian's Alertmanager has no templates in {TEMPLATES}; scripts/setup --senders brings them"
        );
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let secret = home.path().join("secret");
    let site = Site::shared("alertmanager-sender").with_source(&format!(
        "alertmanager: {{ kind: alertmanager, auth: {{ scheme: bearer, secret_file: {secret:?} }} }}"
    ));
    fs::write(&secret, &site.secret).unwrap();
    let mut process = site.herald("one", Role::All);
    process.start_ready();
    let url = format!("http://{}/webhooks/alertmanager", process.webhooks());
    let alertmanager = Alertmanager::start(&program, home.path(), &url, &secret);

    alertmanager.alert(None);
    let told_of = |kind: &str| {
        await_that(&format!("technical teams hear of the {kind}"), SEEN_IN, || {
            told(&site, "technical-teams").into_iter().find(|(told, _)| told == kind)
        })
    };
    let (_, subject) = told_of("opening");
    assert!(subject.contains("Checkout answers with errors"), "{subject}");
    alertmanager.alert(Some(Timestamp::now()));
    told_of("resolved");
    let kinds: Vec<String> = told(&site, "technical-teams").into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, ["opening", "resolved"], "each once");
}

//! The webhook port with one source for each kind, and bodies posted to it.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use herald::core::sources::SourceKind;
use herald::http::settings::{AuthSettings, OnRejected, SourceSettings, WebhookSettings};
use herald::http::webhooks;
use herald::telemetry::metrics::Metrics;

use crate::fake::Fake;
use crate::http::Connection;
use crate::outline::Answer;

const PATIENCE: Duration = Duration::from_secs(20);

/// See the module's text.
pub(crate) struct Port {
    running: webhooks::Running,
    log: Arc<Fake>,
    _runtime: tokio::runtime::Runtime,
}

impl Port {
    pub(crate) fn start() -> Self {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let log = Arc::new(Fake::default());
        let metrics = Metrics::new("0", "test").expect("metrics");
        let settings = WebhookSettings { listen: ([127, 0, 0, 1], 0).into(), ..WebhookSettings::default() };
        let sources = SourceKind::ALL.iter().map(|kind| source(*kind)).collect();
        let running = {
            let _in = runtime.enter();
            webhooks::start(&settings, sources, None, Arc::clone(&log), &metrics, 1).expect("binds")
        };
        Self { running, log, _runtime: runtime }
    }

    /// The kind called like the sender, where there is one.
    pub(crate) fn reader(&self, sender: &str) -> String {
        SourceKind::parse(sender).map_or_else(|| "herald".to_owned(), |kind| kind.as_str().to_owned())
    }

    /// Posts a body as its sender would.
    pub(crate) fn post(&self, reader: &str, name: &str, body: &[u8]) -> Answer {
        let before = self.log.stored().len();
        let content_type = match name.rsplit('.').next() {
            Some("form") => "application/x-www-form-urlencoded",
            _ => "application/json",
        };
        let mut connection = Connection::open(self.running.local_addr()).expect("connects");
        let path = format!("/webhooks/{reader}");
        let answer =
            connection.send("POST", &path, &[("content-type", content_type)], body).expect("answers");
        let (mut events, mut rejected) = (Vec::new(), None);
        for record in &self.log.stored()[before..] {
            let value = record.payload.as_deref().expect("a value");
            if record.topic == "incident.events" {
                events.push(serde_json::from_slice(value).expect("an event"));
            } else {
                rejected = Some(serde_json::from_slice(value).expect("a rejected body"));
            }
        }
        Answer { status: answer.status, events, rejected }
    }
}

fn source(kind: SourceKind) -> SourceSettings {
    SourceSettings {
        name: kind.as_str().to_owned(),
        reader: kind.into(),
        auth: AuthSettings::None,
        on_rejected: OnRejected::Refuse,
        answer_within: PATIENCE,
        formerly: Vec::new(),
        same_incident_as: None,
    }
}

/// The bodies in a folder, by name.
pub(crate) fn bodies(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let mut bodies: Vec<_> = entries
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, std::fs::read(path).expect("a file"))
        })
        .collect();
    bodies.sort();
    bodies
}

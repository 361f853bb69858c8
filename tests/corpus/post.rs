//! The webhook port with one source for each kind and each mapping that ships, and bodies posted to it.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use herald::core::sources::{Reader, SourceKind};
use herald::http::settings::{AuthSettings, OnRejected, SourceSettings, WebhookSettings};
use herald::http::webhooks;
use herald::telemetry::metrics::Metrics;

use crate::fake::Fake;
use crate::http::Connection;
use crate::outline::Answer;

const PATIENCE: Duration = Duration::from_secs(20);

/// What stands before a mapping's name where a reader is named.
const MAPPING: &str = "mapping:";

/// See the module's text.
pub(crate) struct Port {
    running: webhooks::Running,
    log: Arc<Fake>,
    /// Names of mappings.
    mappings: Vec<String>,
    _runtime: tokio::runtime::Runtime,
}

impl Port {
    pub(crate) fn start() -> Self {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let log = Arc::new(Fake::default());
        let metrics = Metrics::new("0", "test").expect("metrics");
        let settings = WebhookSettings { listen: ([127, 0, 0, 1], 0).into(), ..WebhookSettings::default() };
        let mappings = mappings();
        let mapped = mappings
            .iter()
            .map(|(name, reader)| source(&address(&format!("{MAPPING}{name}")), reader.clone()));
        let kinds = SourceKind::ALL.iter().map(|kind| source(kind.as_str(), (*kind).into()));
        let sources = kinds.chain(mapped).collect();
        let running = {
            let _in = runtime.enter();
            webhooks::start(&settings, sources, None, Arc::clone(&log), &metrics, 1).expect("binds")
        };
        let mappings = mappings.into_iter().map(|(name, _)| name).collect();
        Self { running, log, mappings, _runtime: runtime }
    }

    /// The kind called like the sender, else the mapping, where there is one.
    pub(crate) fn reader(&self, sender: &str) -> String {
        match SourceKind::parse(sender) {
            Some(kind) => kind.as_str().to_owned(),
            None if self.mappings.iter().any(|name| name == sender) => format!("{MAPPING}{sender}"),
            None => SourceKind::Herald.as_str().to_owned(),
        }
    }

    /// Posts a body as its sender would.
    pub(crate) fn post(&self, reader: &str, name: &str, body: &[u8]) -> Answer {
        let before = self.log.stored().len();
        let content_type = match name.rsplit('.').next() {
            Some("form") => "application/x-www-form-urlencoded",
            _ => "application/json",
        };
        let mut connection = Connection::open(self.running.local_addr()).expect("connects");
        let path = format!("/webhooks/{}", address(reader));
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

/// A reader's name as the last part of an address.
fn address(reader: &str) -> String {
    reader.replace(':', "-")
}

/// The mappings that ship.
fn mappings() -> Vec<(String, Reader)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/mappings");
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let mapping = |path: std::path::PathBuf| {
        let name = path.file_name()?.to_str()?.strip_suffix(".yaml")?.to_owned();
        let loaded = (!name.contains('.')).then(|| herald::mapping::load(&path))?;
        Some((name, Reader::Mapping(loaded.expect("a mapping").mapping)))
    };
    entries.filter_map(mapping).collect()
}

fn source(name: &str, reader: Reader) -> SourceSettings {
    SourceSettings {
        name: name.to_owned(),
        reader,
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

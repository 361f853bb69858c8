//! The webhook port on real sockets, byte by byte, with a log of its own behind it.

mod accepted;
mod busy;
pub(crate) mod fake;
mod proved;
mod refused;
mod renamed;
mod slow;
mod unusable;

use std::sync::Arc;
use std::time::Duration;

use herald::core::sources::SourceKind;
use herald::http::settings::signing::{Preset, Signing, SigningKey};
use herald::http::settings::{AuthSettings, OnRejected, SourceSettings, WebhookSettings};
use herald::http::webhooks::sns::Outside;
use herald::http::webhooks::{self, Running};
use herald::secret::Secret;
use herald::telemetry::metrics::Metrics;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use fake::Fake;

/// Longer than anything may take on a busy machine; no test waits for it unless it fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
const SECRET: &str = "not-a-real-secret";
const TRIGGERED: &str = include_str!("../../../examples/webhooks/pagerduty-triggered.json");
const MINIMAL: &str = include_str!("../../../examples/webhooks/herald-minimal.json");

/// A port and what is behind it.
pub(crate) struct Port {
    pub(crate) running: Running,
    pub(crate) log: Arc<Fake>,
    pub(crate) metrics: Metrics,
}

/// Short times, so that tests of time-outs are short; room for few.
pub(crate) fn settings() -> WebhookSettings {
    WebhookSettings {
        listen: ([127, 0, 0, 1], 0).into(),
        body_bytes_max: 256 * 1024,
        parts_max: 10,
        header_timeout: PATIENCE,
        body_timeout: PATIENCE,
        in_flight_max: 4,
    }
}

fn source(name: &str, kind: SourceKind, auth: AuthSettings) -> SourceSettings {
    SourceSettings {
        name: name.to_owned(),
        reader: kind.into(),
        auth,
        on_rejected: OnRejected::Accept,
        answer_within: PATIENCE,
        formerly: Vec::new(),
        same_incident_as: None,
    }
}

/// Signed as this scheme is.
fn signed(scheme: &str, secrets: Vec<Secret>) -> AuthSettings {
    let form = Preset::of(scheme).expect("a scheme").form();
    AuthSettings::Signed(Signing { form, keys: secrets.into_iter().map(SigningKey::Shared).collect() })
}

/// `open` and `strict` speak Herald's own JSON to anybody; the others as their names say.
fn sources() -> Vec<SourceSettings> {
    let secrets = || vec![Secret::new("an-older-one"), Secret::new(SECRET)];
    let mut strict = source("strict", SourceKind::Herald, AuthSettings::None);
    strict.on_rejected = OnRejected::Refuse;
    vec![
        source("open", SourceKind::Herald, AuthSettings::None),
        strict,
        source("pd", SourceKind::PagerDuty, signed("pagerduty", secrets())),
        source("am", SourceKind::Alertmanager, AuthSettings::Bearer { secrets: secrets() }),
        source("ce", SourceKind::CloudEvents, AuthSettings::None),
        source("events-api", SourceKind::PagerDutyEvents, AuthSettings::None),
    ]
}

fn start() -> Port {
    start_with(&settings(), sources())
}

fn start_with(settings: &WebhookSettings, sources: Vec<SourceSettings>) -> Port {
    start_in(settings, sources, Outside::default())
}

fn start_in(settings: &WebhookSettings, sources: Vec<SourceSettings>, outside: Outside) -> Port {
    let log = Arc::new(Fake::default());
    let metrics = Metrics::new("0", "test").expect("metrics");
    let running = webhooks::start_with(settings, sources, None, Arc::clone(&log), &metrics, 2, outside);
    let running = running.expect("binds");
    Port { running, log, metrics }
}

/// An answer as it came over the wire.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Response {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
    /// A problem of this status and type, and whether the connection ends with it.
    #[track_caller]
    pub(crate) fn is_problem(&self, status: u16, slug: &str, closes: bool) -> &Self {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
        let body = self.json();
        assert_eq!(body["type"], format!("/problems/{slug}"), "{body}");
        assert_eq!(body["status"], status);
        assert_eq!(self.header("connection") == Some("close"), closes, "{self:?}");
        assert_eq!(self.header("retry-after").is_some(), status == 503, "{self:?}");
        assert!(self.header("x-request-id").is_some_and(|id| id.len() == 32), "{self:?}");
        self
    }
    /// Events of an accepted delivery.
    #[track_caller]
    fn accepted(&self) -> Vec<Value> {
        assert_eq!(self.status, 202, "{self:?}");
        assert_eq!(self.header("content-type"), Some("application/json"));
        self.json()["events"].as_array().cloned().unwrap_or_else(|| panic!("no events: {self:?}"))
    }
}

/// A connection.
struct Client(TcpStream);

impl Client {
    async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        // The port may have answered and closed already; what it said is read all the same.
        let _ = self.0.write_all(bytes.as_ref()).await;
    }
    async fn byte(&mut self) -> Option<u8> {
        let read = tokio::time::timeout(PATIENCE, self.0.read_u8()).await.expect("an answer in time");
        read.ok()
    }
    async fn response(&mut self) -> Response {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let byte = self.byte().await;
            head.push(byte.unwrap_or_else(|| panic!("cut off after {}", String::from_utf8_lossy(&head))));
        }
        let head = String::from_utf8(head).expect("ASCII");
        let status = head.split(' ').nth(1).and_then(|word| word.parse().ok()).expect("a status");
        let mut response = Response { status, head, body: String::new() };
        let length = response.header("content-length").map_or(0, |value| value.parse().expect("a length"));
        let mut body = Vec::new();
        for _ in 0..length {
            body.push(self.byte().await.expect("a whole body"));
        }
        response.body = String::from_utf8(body).expect("UTF-8");
        response
    }
    /// Whether the port closes this connection.
    async fn is_closed(&mut self) -> bool {
        self.byte().await.is_none()
    }
}

impl Port {
    async fn connect(&self) -> Client {
        Client(TcpStream::connect(self.running.local_addr()).await.expect("connects"))
    }
    /// Sends bytes on a connection of their own and reads the answer.
    pub(crate) async fn raw(&self, bytes: impl AsRef<[u8]>) -> Response {
        let mut client = self.connect().await;
        client.send(bytes).await;
        client.response().await
    }
    async fn post(&self, source: &str, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Response {
        self.raw(request(source, headers, body)).await
    }
    /// A delivery that nothing is wrong with.
    async fn post_sound(&self) -> Response {
        self.post("open", &[], MINIMAL).await
    }
    /// The counter of an outcome.
    pub(crate) fn counted(&self, source: &str, outcome: &str) -> u64 {
        self.metrics.webhooks.with_label_values(&[source, outcome]).get()
    }
    async fn until_in_flight_is(&self, count: usize) {
        let waiting = async {
            while self.running.in_flight() != count {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.expect("as many in flight in time");
    }
}

/// A whole request.
fn request(source: &str, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Vec<u8> {
    let length = body.as_ref().len().to_string();
    let mut bytes = head(source, &[headers, &[("Content-Length", &length)]].concat()).into_bytes();
    bytes.extend_from_slice(body.as_ref());
    bytes
}

/// Its head alone.
fn head(source: &str, headers: &[(&str, &str)]) -> String {
    let mut head = format!("POST /webhooks/{source} HTTP/1.1\r\nHost: localhost\r\n");
    for (name, value) in headers {
        head.extend([name, ": ", value, "\r\n"]);
    }
    head + "\r\n"
}

/// As PagerDuty signs.
fn pagerduty_signature(secret: &str, body: &[u8]) -> String {
    use hmac::{Hmac, KeyInit as _, Mac as _};
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).expect("a key");
    mac.update(body);
    format!("v1={}", data_encoding::HEXLOWER.encode(&mac.finalize().into_bytes()))
}

fn gzip(body: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(body).expect("packs");
    packed.finish().expect("packs")
}

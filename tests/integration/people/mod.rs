//! People who declare and update incidents: what each request is answered, and what it does.

mod refused;
mod roles;
mod said;
mod terminal;
mod verdicts;

use std::sync::{Arc, LazyLock};

use arc_swap::ArcSwap;
use herald::core::policy::Policy;
use herald::http::incidents::{ApiSettings, Verdicts};
use herald::http::settings::ApiToken;
use herald::http::webhooks;
use herald::secret::Secret;
use herald::telemetry::metrics::Metrics;
use serde_json::{Value, json};

use crate::webhooks::fake::Fake;
use crate::webhooks::{Port, Response, settings};

pub(crate) const INCIDENT: &str = "i-6m7mxq42txt2oorh";
pub(crate) const UPDATES: &str = "/v1/incidents/i-6m7mxq42txt2oorh/updates";
pub(crate) const WORDS: &str = "e-abcdefghijklmnopqrstuvwxyz";

/// The API on a port of its own, with the default policy and a log that does as it is told.
struct People {
    port: Port,
    verdicts: Arc<Verdicts>,
    policy: Arc<ArcSwap<Policy>>,
}

/// Each token is its owner's name; `all` has every role.
fn tokens() -> Vec<ApiToken> {
    let token = |name: &str, roles: &[&str]| ApiToken {
        name: name.to_owned(),
        token: Secret::new(name),
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
    };
    vec![
        token("comms", &["communications-lead"]),
        token("business", &["business-response-lead"]),
        token("both", &["communications-lead", "business-response-lead"]),
        token("legal", &["legal"]),
        token("sponsor", &["executive-sponsor"]),
        token("responder", &["responder"]),
        token("all", &herald::core::role::KNOWN),
    ]
}

impl People {
    fn start() -> Self {
        // Proving it takes a while; it is the same for all.
        static POLICY: LazyLock<Arc<Policy>> = LazyLock::new(|| {
            Arc::new(herald::policy::built_in().expect("the built-in policy is sound").policy)
        });
        let policy = Arc::new(ArcSwap::new(Arc::clone(&POLICY)));
        let verdicts = Arc::new(Verdicts::default());
        let api =
            ApiSettings { tokens: tokens(), policy: Arc::clone(&policy), verdicts: Arc::clone(&verdicts) };
        let log = Arc::new(Fake::default());
        let metrics = Metrics::new("0", "test").expect("metrics");
        let running = webhooks::start(&settings(), Vec::new(), Some(api), Arc::clone(&log), &metrics, 2);
        Self { port: Port { running: running.expect("binds"), log, metrics }, verdicts, policy }
    }

    /// Posts as the owner of a token.
    async fn post(&self, token: &str, path: &str, headers: &[(&str, &str)], body: &Value) -> Response {
        self.port.raw(request("POST", token, path, headers, body.to_string().as_bytes())).await
    }

    async fn update(&self, token: &str, body: &Value) -> Response {
        self.post(token, UPDATES, &[], body).await
    }

    async fn declare(&self, token: &str, key: &str, body: &Value) -> Response {
        self.post(token, "/v1/incidents", &[("Idempotency-Key", key)], body).await
    }

    /// Events on the log.
    fn events(&self) -> Vec<herald::core::event::Event> {
        let values = self.port.log.values("incident.events");
        values.into_iter().map(|value| serde_json::from_value(value).expect("an event")).collect()
    }
}

/// A whole request; without a token there is no `Authorization`.
fn request(method: &str, token: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut lines = vec![format!("{method} {path} HTTP/1.1"), "Host: localhost".to_owned()];
    if !token.is_empty() {
        lines.push(format!("Authorization: Bearer {token}"));
    }
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
        lines.push("Content-Type: application/json".to_owned());
    }
    lines.extend(headers.iter().map(|(name, value)| format!("{name}: {value}")));
    lines.push(format!("Content-Length: {}\r\n\r\n", body.len()));
    let mut bytes = lines.join("\r\n").into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// Pointers and messages of a problem's list.
fn problems(response: &Response) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let body = response.json();
    let list = body["problems"].as_array().cloned().unwrap_or_default();
    list.iter().map(|problem| (text(&problem["pointer"]), text(&problem["message"]))).collect()
}

/// What any worker may say.
fn fact() -> Value {
    json!({"priority": "P2"})
}

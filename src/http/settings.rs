//! What the webhook port is told to do (configuration.md, `webhooks` and `sources`).

pub mod auth;
pub mod jwt;
pub mod signing;

use std::net::SocketAddr;
use std::time::Duration;

pub use self::auth::{AuthSettings, BEARER};
use crate::core::sources::identity::{Identity, SharedId};
use crate::secret::Secret;

/// `webhooks:`
#[derive(Debug, Clone)]
pub struct WebhookSettings {
    /// Where it listens; port 0 picks one.
    pub listen: SocketAddr,
    /// Largest body, compressed or not.
    pub body_bytes_max: usize,
    /// Most events that one delivery may make.
    pub parts_max: usize,
    /// Headers must be in by then.
    pub header_timeout: Duration,
    /// The body must be in by then.
    pub body_timeout: Duration,
    /// Deliveries being published at once, of all sources.
    pub in_flight_max: usize,
}

impl Default for WebhookSettings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            body_bytes_max: 1024 * 1024,
            parts_max: 1000,
            header_timeout: Duration::from_secs(5),
            body_timeout: Duration::from_secs(10),
            in_flight_max: 2000,
        }
    }
}

/// One configured webhook endpoint.
#[derive(Debug, Clone)]
pub struct SourceSettings {
    /// `POST /webhooks/<name>`; the boundary between tenants.
    pub name: String,
    /// Who reads what is posted: the adapter of a kind, or a mapping.
    pub reader: crate::core::sources::Reader,
    /// How deliveries prove who sent them.
    pub auth: AuthSettings,
    /// What an authentic but unusable body is answered with.
    pub on_rejected: OnRejected,
    /// The answer is out by then, whatever Kafka does: 80 % of the sender's own time-out.
    pub answer_within: Duration,
    /// Names that it had before, the oldest first: they are still posted to, and its ids stay.
    pub formerly: Vec<String>,
    /// Whose incidents its events are about, where they name them.
    pub same_incident_as: Option<SharedId>,
}

impl SourceSettings {
    /// Its name, and what its incidents are named by.
    pub fn identity(&self) -> Identity {
        Identity {
            name: self.name.clone(),
            formerly: self.formerly.clone(),
            same_incident_as: self.same_incident_as.clone(),
        }
    }
}

/// One token of the API: `api_tokens`.
#[derive(Debug, Clone)]
pub struct ApiToken {
    /// Who uses it; stands on what they say.
    pub name: String,
    /// The token.
    pub token: Secret,
    /// What its owner may do, as [`crate::core::role::name`] writes it.
    pub roles: Vec<String>,
}

/// What an authentic but unusable body is answered with. Either way it is on `incident.rejected`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnRejected {
    /// 202 with the problems: for senders that punish 4xx.
    Accept,
    /// 400 or 422 with the problems.
    Refuse,
}

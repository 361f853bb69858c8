//! Source adapters: what each sender posts, read into canonical events. Pure: bytes and headers
//! in, events or problems out; authentication has happened before.

use jiff::Timestamp;

use super::event::Event;
use super::rejected::Problem;
use super::vocabulary::AuthKind;

/// An authenticated delivery, not yet understood.
#[derive(Debug, Clone)]
pub struct Delivery<'a> {
    /// The configured source's name.
    pub source: &'a str,
    /// Header names in lower case, with their values as text; secrets already left out.
    pub headers: &'a [(String, String)],
    /// The content type, without parameters, in lower case.
    pub content_type: &'a str,
    /// The decoded body (after gzip), exact.
    pub body: &'a [u8],
    /// SHA-256 of `body`, hexadecimal.
    pub body_sha256: &'a str,
    /// When it was received.
    pub received_at: Timestamp,
    /// How it was authenticated.
    pub auth: AuthKind,
    /// Which secret matched.
    pub key_id: Option<&'a str>,
    /// Most events one delivery may make.
    pub parts_max: usize,
}

/// What an adapter made of a delivery.
#[derive(Debug, Clone, PartialEq)]
pub enum Read {
    /// Events, in order; published all or none acknowledged.
    Events(Vec<Event>),
    /// A ping or handshake: answered as the sender's contract asks, no event made.
    Handshake,
    /// Authentic and not usable.
    Rejected {
        /// A closed word: `not_json`, `schema`, `too_many_parts` …
        reason: &'static str,
        /// What is wrong, and where.
        problems: Vec<Problem>,
    },
}

/// The senders that Herald speaks to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SourceKind {
    /// PagerDuty V3 webhooks.
    PagerDuty,
    /// Prometheus Alertmanager, version 4.
    Alertmanager,
    /// CloudEvents 1.0: structured, binary, batch.
    CloudEvents,
    /// Herald's own canonical JSON.
    Herald,
}

impl SourceKind {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::PagerDuty, Self::Alertmanager, Self::CloudEvents, Self::Herald];
    /// Its name in configuration, events and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PagerDuty => "pagerduty",
            Self::Alertmanager => "alertmanager",
            Self::CloudEvents => "cloudevents",
            Self::Herald => "herald",
        }
    }
    /// The kind of exactly this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == name)
    }
}

/// Reads a delivery as its kind does. Never panics, whatever the bytes.
pub fn read(_kind: SourceKind, _delivery: &Delivery<'_>) -> Read {
    unimplemented!()
}

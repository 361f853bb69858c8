//! Source adapters: what each sender posts, read into canonical events. Pure: bytes and headers
//! in, events or problems out; authentication has happened before.

mod alertmanager;
pub mod api;
mod build;
mod cloudevents;
mod herald;
pub mod identity;
mod json;
mod pagerduty;
mod plain;
mod reader;
mod time;
mod words;

#[cfg(test)]
mod tests;

#[cfg(test)]
pub(super) use json::parse;

use jiff::Timestamp;

use super::event::{Event, Raw};
use super::rejected::Problem;
use super::schema;
use super::tree::Tree;
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

impl Delivery<'_> {
    /// A header's value, by its name in lower case; an empty one is absent.
    pub fn header(&self, name: &str) -> Option<&str> {
        let header = self.headers.iter().find(|(known, _)| known == name);
        header.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }
}

/// Headers that an adapter reads; `ce-*` besides. The port copies no other one for it.
pub const HEADERS_READ: &[&str] = &["x-webhook-id", "webhook-id", "idempotency-key"];

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
pub fn read(kind: SourceKind, delivery: &Delivery<'_>) -> Read {
    let tree = match kind {
        SourceKind::CloudEvents => cloudevents::tree(delivery),
        _ => json::parse(delivery.body),
    };
    let tree = match tree {
        Ok(tree) => tree,
        Err(problem) => return Read::Rejected { reason: "not_json", problems: vec![problem] },
    };
    if let Tree::List(parts) = &tree
        && parts.len() > delivery.parts_max
    {
        let message =
            format!("{} events in one delivery; at most {} are read", parts.len(), delivery.parts_max);
        return build::rejected("too_many_parts", "", message);
    }
    let problems = schema::validate(kind, &tree);
    if !problems.is_empty() {
        return Read::Rejected { reason: "schema", problems };
    }
    let mut read = match kind {
        SourceKind::PagerDuty => pagerduty::read(delivery, &tree),
        SourceKind::Alertmanager => alertmanager::read(delivery, &tree),
        SourceKind::CloudEvents => cloudevents::read(delivery, &tree),
        SourceKind::Herald => herald::read(delivery, &tree),
    };
    if let Read::Events(events) = &mut read
        && let Some(first) = events.first_mut()
    {
        first.raw = Some(Raw::of(delivery.content_type, delivery.body));
    }
    read
}

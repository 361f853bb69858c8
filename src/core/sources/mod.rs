//! Source adapters: what each sender posts, read into canonical events. Pure: bytes and headers
//! in, events or problems out; authentication has happened before.

pub mod about;
pub mod api;
mod body;
mod build;
mod fill;
pub mod identity;
mod json;
mod kinds;
mod loose;
pub mod mapping;
pub mod origin;
pub mod page;
mod plain;
mod reader;
mod relay;
mod repair;
mod secrets;
mod source;
mod templated;
mod time;
mod typed;
mod words;

#[cfg(test)]
mod tests;

#[cfg(test)]
pub(super) use json::parse;

use jiff::Timestamp;
pub use kinds::SourceKind;
pub use source::Reader;

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

/// What a handshake asks for.
#[derive(Clone, PartialEq, Eq)]
pub enum Handshake {
    /// The answer alone: a ping, an installation, an empty body.
    Answered,
    /// A visit of this address, after which the sender begins to deliver. Whoever visits it must
    /// have proved first that it is the sender's own, and that this topic is wanted.
    Confirm {
        /// The address; it holds a token, and is not printed.
        url: String,
        /// What would be delivered.
        topic: String,
    },
}

impl std::fmt::Debug for Handshake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Answered => f.write_str("Answered"),
            Self::Confirm { topic, .. } => {
                f.debug_struct("Confirm").field("topic", topic).finish_non_exhaustive()
            }
        }
    }
}

/// What an adapter made of a delivery.
#[derive(Debug, Clone, PartialEq)]
pub enum Read {
    /// Events, in order; published all or none acknowledged.
    Events(Vec<Event>),
    /// A ping or handshake: answered as the sender's contract asks, no event made.
    Handshake(Handshake),
    /// Authentic and not usable.
    Rejected {
        /// A closed word: `not_json`, `schema`, `too_many_parts` …
        reason: &'static str,
        /// What is wrong, and where.
        problems: Vec<Problem>,
    },
}

/// Reads a delivery as its kind does. Never panics, whatever the bytes.
pub fn read(kind: SourceKind, delivery: &Delivery<'_>) -> Read {
    let about = kind.about();
    let parsed = match (about.parse)(delivery) {
        Ok(parsed) => parsed,
        Err(problem) => return Read::Rejected { reason: "not_json", problems: vec![problem] },
    };
    let mut read = read_tree(kind, delivery, &parsed.tree);
    if let Read::Events(events) = &mut read {
        for event in events.iter_mut() {
            event.warnings.extend(parsed.warning.map(str::to_owned));
        }
        if let Some(first) = events.first_mut() {
            // An adapter that may not keep all of it has kept what it may.
            let kept = || Raw::of(delivery.content_type, &secrets::without(kind, delivery.body));
            first.raw.get_or_insert_with(kept);
        }
    }
    read
}

/// Reads a body that was taken apart.
fn read_tree(kind: SourceKind, delivery: &Delivery<'_>, tree: &Tree<'_>) -> Read {
    if let Tree::List(parts) = tree
        && parts.len() > delivery.parts_max
    {
        return build::too_many_parts(parts.len(), delivery.parts_max);
    }
    let problems = schema::validate(kind, tree);
    if !problems.is_empty() {
        return Read::Rejected { reason: "schema", problems };
    }
    let read = (kind.about().read)(delivery, tree);
    match &read {
        Read::Events(events) if events.len() > delivery.parts_max => {
            build::too_many_parts(events.len(), delivery.parts_max)
        }
        _ => read,
    }
}

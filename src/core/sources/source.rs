//! Who reads a source's bodies: the adapter of its kind, or a mapping of somebody's own.

use std::borrow::Cow;
use std::sync::Arc;

use super::about::Ends;
use super::mapping::{KIND, Mapping};
use super::origin::{Origins, origins};
use super::{Delivery, Read, SourceKind, read, read_tree, secrets};

/// See the module's text. Cheap to clone.
#[derive(Debug, Clone)]
pub enum Reader {
    /// A sender that Herald knows.
    Kind(SourceKind),
    /// A sender that a mapping describes.
    Mapping(Arc<Mapping>),
}

impl From<SourceKind> for Reader {
    fn from(kind: SourceKind) -> Self {
        Self::Kind(kind)
    }
}

impl Reader {
    /// The kind's name in configuration, events and metrics.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Kind(kind) => kind.as_str(),
            Self::Mapping(_) => KIND,
        }
    }
    /// Is it of this kind?
    pub fn is(&self, kind: SourceKind) -> bool {
        matches!(self, Self::Kind(own) if *own == kind)
    }
    /// Reads a delivery. Never panics, whatever the bytes.
    pub fn read(&self, delivery: &Delivery<'_>) -> Read {
        match self {
            Self::Kind(kind) => read(*kind, delivery),
            Self::Mapping(mapping) => mapping.read(delivery),
        }
    }
    /// The fields of each event of a delivery, with the places of the body that decide them.
    pub fn origins(&self, delivery: &Delivery<'_>) -> Vec<Origins> {
        match self {
            Self::Kind(kind) => {
                let Ok(parsed) = (kind.about().parse)(delivery) else { return Vec::new() };
                origins(&parsed.tree, &|tree| read_tree(*kind, delivery, tree))
            }
            Self::Mapping(mapping) => mapping.origins(delivery),
        }
    }
    /// The body as it may be kept.
    pub fn without_secrets<'b>(&self, body: &'b [u8]) -> Cow<'b, [u8]> {
        match self {
            // It may be one for the Events API, which holds its key.
            Self::Kind(SourceKind::PagerDuty) => secrets::without(SourceKind::PagerDutyEvents, body),
            Self::Kind(kind) => secrets::without(*kind, body),
            Self::Mapping(_) => Cow::Borrowed(body),
        }
    }
    /// The header of this name, in lower case, is read.
    pub fn reads_header(&self, name: &str) -> bool {
        match self {
            Self::Kind(kind) => kind.about().reads_header(name),
            Self::Mapping(mapping) => mapping.headers.iter().any(|known| known == name),
        }
    }
    /// Headers that are read; those that hold the sender's id of the delivery come first.
    pub fn headers(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        match self {
            Self::Kind(kind) => Box::new(kind.about().headers.iter().copied()),
            Self::Mapping(mapping) => Box::new(mapping.headers.iter().map(String::as_str)),
        }
    }
    /// The sender posts this media type, besides JSON.
    pub fn speaks(&self, media_type: &str) -> bool {
        match self {
            Self::Kind(kind) => kind.about().speaks(media_type),
            // What a body is shows when it is taken apart; many tools declare something else.
            Self::Mapping(_) => true,
        }
    }
    /// How long it waits for an answer, in milliseconds, where that is known.
    pub fn waits_ms(&self) -> Option<u32> {
        match self {
            Self::Kind(kind) => kind.about().waits_ms,
            Self::Mapping(_) => None,
        }
    }
    /// Does it drop deliveries or disable itself when it is answered with 4xx?
    pub fn punishes_refusal(&self) -> bool {
        match self {
            Self::Kind(kind) => kind.about().punishes_refusal,
            Self::Mapping(_) => false,
        }
    }
    /// How its incidents end.
    pub fn ends(&self) -> Ends {
        match self {
            Self::Kind(kind) => kind.about().ends,
            Self::Mapping(mapping) => mapping.ends,
        }
    }
}

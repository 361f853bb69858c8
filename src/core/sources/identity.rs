//! Whose incident an event is about, where its source was renamed, or speaks of another source's
//! incidents (domain.md section 8, Identity and "One outage, several tools").

use super::build;
use super::{Delivery, Read, Reader};
use crate::core::event::Event;
use crate::core::ids;
use crate::core::limits::NAME_CHARS_MAX;
use crate::core::text::clean_line;

/// A configured source's own name, and what its incidents are named by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Its name now: in events, matchers and metrics.
    pub name: String,
    /// Names that it had before, the oldest first. Ids and keys are made with the oldest one for
    /// ever, so that a renamed source meets its own incidents again.
    pub formerly: Vec<String>,
    /// Whose incidents its events are about, where they name them.
    pub same_incident_as: Option<SharedId>,
}

/// Where an event names another source's incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedId {
    /// The other source's name now: it owns the incident.
    pub source: String,
    /// The name that the other source's ids are made with.
    pub names_ids: String,
    /// Where the other source's own id of the incident stands.
    pub place: IdPlace,
}

/// A place in an event that may hold an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdPlace {
    /// The first value of this label.
    Label(String),
    /// The sender's own id.
    NativeId,
    /// The sender's key for duplicates.
    DedupKey,
    /// The number that people use.
    Reference,
}

/// Words of [`IdPlace`] that are no labels, as a configuration writes them.
pub const ID_PLACES: [&str; 3] = ["native_id", "dedup_key", "reference"];

impl IdPlace {
    /// `label.<name>`, or one of [`ID_PLACES`].
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "native_id" => Some(Self::NativeId),
            "dedup_key" => Some(Self::DedupKey),
            "reference" => Some(Self::Reference),
            _ => {
                let name = word.strip_prefix("label.").filter(|name| !name.is_empty())?;
                Some(Self::Label(name.to_owned()))
            }
        }
    }

    fn value<'e>(&self, event: &'e Event) -> Option<&'e str> {
        let incident = &event.incident;
        let value = match self {
            Self::Label(name) => event.labels.get(name)?.first(),
            Self::NativeId => Some(&incident.native_id),
            Self::DedupKey => incident.dedup_key.as_ref(),
            Self::Reference => incident.display_id.as_ref(),
        };
        value.map(|value| value.trim()).filter(|value| !value.is_empty())
    }
}

impl Identity {
    /// A source that was never renamed and speaks of its own incidents.
    pub fn plain(name: impl Into<String>) -> Self {
        Self { name: name.into(), formerly: Vec::new(), same_incident_as: None }
    }

    /// The name that its ids are made with.
    pub fn names_ids(&self) -> &str {
        self.formerly.first().unwrap_or(&self.name)
    }

    /// Gives an event the source's name of now, and the incident that it is about.
    fn settle(&self, event: &mut Event) {
        event.source.name.clone_from(&self.name);
        // A test never meets an incident, whatever it names.
        let shared = self.same_incident_as.as_ref().filter(|_| !event.is_test);
        let Some(shared) = shared else { return };
        let Some(value) = shared.place.value(event).map(|value| clean_line(value, NAME_CHARS_MAX)) else {
            return;
        };
        let id = ids::incident(&shared.names_ids, &value);
        event.incident.key = build::incident_key(&shared.names_ids, &value, &id);
        event.incident.id = id;
        event.incident.owner = Some(shared.source.clone());
    }
}

/// Reads a delivery of a configured source: as its kind or its mapping does, under the source's identity.
/// `delivery.source` is not looked at.
pub fn read_as(reader: &Reader, delivery: &Delivery<'_>, identity: &Identity) -> Read {
    let delivery = Delivery { source: identity.names_ids(), ..delivery.clone() };
    let mut read = reader.read(&delivery);
    if let Read::Events(events) = &mut read {
        events.iter_mut().for_each(|event| identity.settle(event));
    }
    read
}

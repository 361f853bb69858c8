//! What people and their tools say over the API (`POST /v1/incidents…`), as canonical events. Who
//! they are and whether they may say it has been checked before.

mod schema;
#[cfg(test)]
mod tests;

use jiff::Timestamp;
use serde_json::Value;

pub use schema::{Part, compile_all, validate};

use super::build::{self, Head};
use super::reader::{Fields, Warnings};
use super::{Delivery, SourceKind, json, plain};
use crate::core::event::{Approves, Corrects, Event, IncidentRef, Named, Person, PlainUpdate, Raw};
use crate::core::ids;
use crate::core::limits::{LIST_ITEMS_MAX, NAME_CHARS_MAX};
use crate::core::rejected::Problem;
use crate::core::role;
use crate::core::text::clean_line;
use crate::core::tree::Tree;
use crate::core::vocabulary::{EventType, Lead, StageWord, TimeQuality};

/// Name and kind of the source of all that comes over the API. No configured source may have it.
pub const SOURCE: &str = "api";
/// In `text`: every audience that is not named beside it.
pub const ALL_AUDIENCES: &str = "all";

/// What is being said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Statement<'a> {
    /// A new incident; its key is the `Idempotency-Key`.
    Declaration {
        /// Whoever declares it chose this.
        key: &'a str,
    },
    /// News of an incident.
    Update {
        /// Our id of the incident.
        incident: &'a str,
    },
    /// An approval of somebody's words.
    Approval {
        /// Our id of the incident.
        incident: &'a str,
        /// Id of the event that brought the words.
        update: &'a str,
    },
}

impl Statement<'_> {
    /// Which part of the schema its body must meet.
    pub const fn part(&self) -> Part {
        match self {
            Self::Declaration { .. } => Part::Declaration,
            Self::Update { .. } => Part::Update,
            Self::Approval { .. } => Part::Approval,
        }
    }

    const fn native_type(&self) -> &'static str {
        match self {
            Self::Declaration { .. } => "declared",
            Self::Update { .. } => "updated",
            Self::Approval { .. } => "approved",
        }
    }
}

/// Parses a body as strictly as a webhook's: nothing that two readers could understand differently.
pub fn parse(body: &[u8]) -> Result<Value, Problem> {
    json::parse(body).map(|tree| Value::from(&tree))
}

/// Is it the form of our incident ids?
pub fn is_incident_id(word: &str) -> bool {
    is_id(word, "i-", 16)
}

/// Is it the form of our event ids?
pub fn is_event_id(word: &str) -> bool {
    is_id(word, "e-", 26)
}

fn is_id(word: &str, prefix: &str, chars: usize) -> bool {
    let rest = word.strip_prefix(prefix).unwrap_or_default();
    rest.len() == chars && rest.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'2'..=b'7'))
}

/// The event of a body that its schema accepts. `delivery.source` is [`SOURCE`]; `audiences` are the
/// policy's, for words to all of them.
pub fn event(
    delivery: &Delivery<'_>,
    delivery_id: &str,
    statement: Statement<'_>,
    by: Person,
    body: &Value,
    audiences: &[&str],
) -> Event {
    let mut warnings = Warnings::default();
    let w = &mut warnings;
    let body = &Tree::from(body);
    let native_id = match statement {
        Statement::Declaration { key } => key,
        Statement::Update { incident } | Statement::Approval { incident, .. } => incident,
    };
    let head = Head {
        kind: SourceKind::Herald,
        native_id,
        delivery_id: Some(delivery_id),
        part: 0,
        event_type: EventType::Updated,
        native_type: statement.native_type(),
        version: Some("1"),
        is_test: false,
    };
    let mut event = build::event(delivery, &head);
    SOURCE.clone_into(&mut event.source.kind);
    if !matches!(statement, Statement::Declaration { .. }) {
        event.incident = known(native_id);
    }
    let mut update = PlainUpdate::default();
    if let (Statement::Approval { update: words, .. }, Some(fields)) = (statement, Fields::of(body, "")) {
        let role = fields.line("role", NAME_CHARS_MAX, w).map(|role| role::name(&role)).unwrap_or_default();
        update.approves = Some(Approves { update: words.to_owned(), role });
    } else if let Some(fields) = Fields::of(body, "") {
        event.incident.merged_into = fields.line("merged_into", NAME_CHARS_MAX, w);
        plain::fill(&mut event, &fields, w);
        update = event.update.take().map(|update| *update).unwrap_or_default();
        for_all(&mut update, audiences);
        fill_people(&mut update, &fields, w);
    }
    if matches!(statement, Statement::Declaration { .. }) && event.stage.is_none() {
        event.stage = Some(StageWord::Triggered);
        event.event_type = EventType::Triggered;
    }
    // An update says what is new; only a declaration says enough to begin an incident.
    event.partial = !matches!(statement, Statement::Declaration { .. });
    if event.event_type == EventType::Updated && event.stage.is_none() {
        event.event_type = event_type(&event, &update);
    }
    event.actor = Some(Named::name(by.name.clone()));
    update.by = Some(by);
    event.update = Some(Box::new(update));
    event.occurred_at = Some(delivery.received_at);
    event.occurred_at_quality = TimeQuality::Exact;
    event.raw = Some(Raw::of(delivery.content_type, delivery.body));
    build::finished(event, warnings)
}

/// An incident that is named by our own id.
fn known(id: &str) -> IncidentRef {
    IncidentRef {
        id: id.to_owned(),
        key: id.to_owned(),
        native_id: id.to_owned(),
        display_id: None,
        dedup_key: None,
        merged_into: None,
        owner: None,
    }
}

/// The incident id of a declaration's key.
pub fn declared(key: &str) -> String {
    ids::incident(SOURCE, key)
}

fn event_type(event: &Event, update: &PlainUpdate) -> EventType {
    if update.has_words() {
        EventType::StatusUpdate
    } else if event.priority.is_some() {
        EventType::PriorityChanged
    } else {
        EventType::Updated
    }
}

/// Words to all become words to each; what is said to one by its name stays.
fn for_all(update: &mut PlainUpdate, audiences: &[&str]) {
    if audiences.contains(&ALL_AUDIENCES) {
        return;
    }
    let Some(words) = update.text.remove(ALL_AUDIENCES) else { return };
    for audience in audiences {
        update.text.entry((*audience).to_owned()).or_insert_with(|| words.clone());
    }
}

/// What only people say: it asks for a role that they have proved to have.
fn fill_people(update: &mut PlainUpdate, fields: &Fields<'_>, w: &mut Warnings) {
    let language = fields.line("language", NAME_CHARS_MAX, w);
    if let Some(wanted) = fields.object("help_wanted", w) {
        for (audience, _) in wanted.iter().take(LIST_ITEMS_MAX) {
            let words = plain::local_text(&wanted, audience, language.as_deref(), w);
            update.help_wanted.insert(clean_line(audience, NAME_CHARS_MAX), words);
        }
    }
    if let Some(leads) = fields.object("leads", w) {
        for lead in Lead::ALL {
            if let Some(name) = leads.line(lead.as_str(), NAME_CHARS_MAX, w) {
                update.leads.insert(*lead, name);
            }
        }
    }
    let said = |key: &str, w: &mut Warnings| fields.get(key).map(|_| fields.flag(key, w));
    update.next_update_by = fields.instant("next_update_by", w);
    update.no_change = fields.flag("no_change", w);
    update.release = build::word_list(fields, "release", w);
    update.hold = build::word_list(fields, "hold", w);
    update.confidential = said("confidential", w);
    update.data_cleared = said("data_cleared", w);
    update.follow_up = fields.flag("follow_up", w);
    update.corrects = match fields.get("corrects") {
        Some(Tree::Object(_)) => fields
            .object("corrects", w)
            .map(|of| Corrects { notification: of.line("notification", NAME_CHARS_MAX, w) }),
        Some(Tree::Bool(true)) => Some(Corrects::default()),
        _ => None,
    };
    update.approves = fields.object("approves", w).and_then(|of| {
        let update = of.line("update", NAME_CHARS_MAX, w)?;
        Some(Approves { update, role: role::name(&of.line("role", NAME_CHARS_MAX, w)?) })
    });
}

/// Times of a body that must lie ahead, with their pointers.
pub fn times_ahead(body: &Value) -> Vec<(&'static str, Timestamp)> {
    let body = Tree::from(body);
    let Some(fields) = Fields::of(&body, "") else { return Vec::new() };
    let w = &mut Warnings::default();
    let eta = match fields.get("eta") {
        Some(Tree::Object(_)) => ("/eta/at", fields.object("eta", w).and_then(|eta| eta.instant("at", w))),
        _ => ("/eta", fields.instant("eta", w)),
    };
    let next = ("/next_update_by", fields.instant("next_update_by", w));
    [eta, next].into_iter().filter_map(|(pointer, at)| Some((pointer, at?))).collect()
}

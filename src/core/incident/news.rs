//! What is new for a reader since its last message: the difference between what the ledger says
//! it was told and what it may see now.

use std::sync::Arc;

use serde::Serialize;
use serde_json::{Value, json};

use super::apply::fingerprint;
use crate::core::fields::{Field, FieldSet};
use crate::core::ledger::Told;
use crate::core::notification::{Change, View};
use crate::core::text::LocalText;
use crate::core::vocabulary::{Kind, Readers, ServiceState, Stage};

/// What a reader may see of a moment, in the form in which the ledger remembers it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Seen {
    /// A mark of each of [`WORDS`]: their change goes out at once.
    words: String,
    /// Hash of a person's words for exactly this audience: likewise.
    own: String,
    /// Hash of the rest: its change waits until an update is due.
    pub(super) besides: String,
    pub(super) regions: Vec<String>,
    pub(super) business_services: Vec<String>,
}

/// Words and the like whose change goes out at once, in the order of their marks.
const WORDS: [Field; 8] = [
    Field::Symptom,
    Field::Workaround,
    Field::Action,
    Field::Eta,
    Field::DataLoss,
    Field::DataExposure,
    Field::Cause,
    Field::HelpWanted,
];
/// Hexadecimal characters that tell one word from its previous one.
const MARK_CHARS: usize = 8;
/// The mark of nothing at all.
const NOTHING: &str = "--------";

fn mark(said: Option<impl Serialize>) -> Option<String> {
    let mut mark = fingerprint(&said?);
    mark.truncate(MARK_CHARS);
    Some(mark)
}

/// Which of [`WORDS`] differ.
fn changed_words(was: &str, is: &str) -> impl Iterator<Item = Field> {
    let of = |marks: &str, place: usize| {
        marks.get(place * MARK_CHARS..(place + 1) * MARK_CHARS).unwrap_or(NOTHING).to_owned()
    };
    WORDS
        .into_iter()
        .enumerate()
        .filter(move |(place, _)| of(was, *place) != of(is, *place))
        .map(|(_, field)| field)
}

/// What else is looked at: besides, and in lists.
const BESIDES: [Field; 7] = [
    Field::Title,
    Field::AffectedCount,
    Field::AffectedPercent,
    Field::StrategicCustomers,
    Field::People,
    Field::Regions,
    Field::BusinessServices,
];

/// Fields that [`Seen`] is made of.
fn looked_at() -> FieldSet {
    WORDS.into_iter().chain(BESIDES).collect()
}

impl Seen {
    /// What of `view` this reader sees: words by their hash, lists as they are. A person's words for
    /// exactly its audience are still to be added.
    fn of(view: &View, may_see: FieldSet, readers: Readers) -> Self {
        let symptom = if readers == Readers::Internal { &view.symptom } else { &view.symptom_public };
        let sees = |field: Field| {
            debug_assert!(looked_at().contains(field), "{field:?} is not compared");
            may_see.contains(field)
        };
        let help: Vec<_> = view.help_wanted.iter().collect();
        let mut words = String::with_capacity(WORDS.len() * MARK_CHARS);
        for field in WORDS {
            let mark = match field {
                _ if !sees(field) => None,
                Field::Symptom => mark(Some(symptom).filter(|text| !text.is_empty())),
                Field::Workaround => mark(Some(&view.workaround).filter(|text| !text.is_empty())),
                Field::Action => mark(Some(&view.action).filter(|text| !text.is_empty())),
                Field::Eta => mark(view.eta.as_ref()),
                Field::DataLoss => mark(view.data_loss),
                Field::DataExposure => mark(view.data_exposure),
                Field::Cause => mark(view.cause.as_ref()),
                Field::HelpWanted => mark(Some(&help).filter(|help| !help.is_empty())),
                _ => None,
            };
            words.push_str(mark.as_deref().unwrap_or(NOTHING));
        }
        let besides = fingerprint(&(
            view.title.as_ref().filter(|_| sees(Field::Title)),
            view.affected_count.filter(|_| sees(Field::AffectedCount)),
            view.affected_percent.filter(|_| sees(Field::AffectedPercent)),
            view.strategic_customers.iter().filter(|_| sees(Field::StrategicCustomers)).collect::<Vec<_>>(),
            view.people.iter().filter(|_| sees(Field::People)).collect::<Vec<_>>(),
        ));
        let regions = if sees(Field::Regions) { view.regions.clone() } else { Vec::new() };
        let services = view.business_services.iter().filter(|_| sees(Field::BusinessServices));
        let business_services = services.map(|service| format!("{}={}", service.id, service.state)).collect();
        Self { words, own: String::new(), besides, regions, business_services }
    }

    /// As the ledger keeps what goes out at once.
    pub(super) fn at_once(&self) -> String {
        format!("{}.{}", self.words, self.own)
    }
}

/// What has been seen at one moment: readers who may see the same see the same.
#[derive(Debug, Default)]
pub(super) struct SeenSoFar(Vec<(Arc<View>, FieldSet, Readers, Seen)>);

impl SeenSoFar {
    /// What of `view` this reader sees, with a person's words for exactly its audience.
    pub(super) fn of(
        &mut self,
        view: &Arc<View>,
        may_see: FieldSet,
        readers: Readers,
        words: &LocalText,
    ) -> Seen {
        let may_see = may_see.intersect(looked_at());
        // Kept with its view, so that no later one can stand in the same place.
        let known = self
            .0
            .iter()
            .find(|(of, fields, whose, _)| Arc::ptr_eq(of, view) && *fields == may_see && *whose == readers);
        let mut seen = match known {
            Some((.., seen)) => seen.clone(),
            None => {
                let seen = Seen::of(view, may_see, readers);
                self.0.push((Arc::clone(view), may_see, readers, seen.clone()));
                seen
            }
        };
        if !words.is_empty() {
            seen.own = fingerprint(words);
        }
        seen
    }
}

/// What changed for a told reader, and how its message is to be called.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct News {
    pub(super) kind: Kind,
    pub(super) changes: Vec<Change>,
}

/// The difference; none where there is nothing that it may see and that goes out at once.
///
/// `on_impact_only` is for audiences with no cadence at all: they hear of the beginning, of a
/// material change of impact, and of the end.
pub(super) fn news(
    told: &Told,
    view: &View,
    seen: &Seen,
    may_see: FieldSet,
    stage_words: impl Fn(Stage) -> Stage,
    on_impact_only: bool,
) -> Option<News> {
    let mut changes = Vec::new();
    let mut graver = 0_i32;
    let mut note = |field: Field, from: Value, to: Value, direction: i32| {
        if may_see.contains(field) {
            changes.push(Change { field: field.as_str().to_owned(), from, to });
            graver += direction;
        }
    };
    if let Some(priority) = view.priority.filter(|priority| *priority != told.priority) {
        let direction = i32::from(priority.gravity()) - i32::from(told.priority.gravity());
        note(Field::Priority, json!(told.priority), json!(priority), direction.signum() * 4);
    }
    if let Some(impact) = view.impact.filter(|impact| *impact != told.impact) {
        // Unknown is not none: it weighs what it counts as, so that «none» after it is good news.
        let (was, is) = (told.impact.effective(Some(told.priority)), impact.effective(view.priority));
        note(Field::Impact, json!(told.impact), json!(impact), is.cmp(&was) as i32 * 2);
    }
    if seen.business_services != told.business_services {
        let direction = worst(&seen.business_services).cmp(&worst(&told.business_services)) as i32;
        note(
            Field::BusinessServices,
            json!(told.business_services),
            json!(seen.business_services),
            direction,
        );
    }
    let stage = view.stage.filter(|stage| stage_words(*stage) != stage_words(told.stage));
    if let Some(stage) = stage.filter(|_| !on_impact_only) {
        note(Field::Stage, json!(stage_words(told.stage)), json!(stage_words(stage)), 0);
    }
    if seen.regions != told.regions && !on_impact_only {
        note(Field::Regions, json!(told.regions), json!(seen.regions), 0);
    }
    let (words, own) = told.seen.split_once('.').unwrap_or((&told.seen, ""));
    let new_own = seen.own != own && !seen.own.is_empty();
    let mut new_words: Vec<_> = changed_words(words, &seen.words).filter(|_| !on_impact_only).collect();
    if new_own && !new_words.contains(&Field::Symptom) {
        new_words.push(Field::Symptom);
    }
    for field in new_words {
        // Words stand in fields of their own, and were in other languages besides.
        let to = match field {
            Field::DataLoss => json!(view.data_loss),
            Field::DataExposure => json!(view.data_exposure),
            _ => Value::Null,
        };
        note(field, Value::Null, to, 0);
    }
    if changes.is_empty() {
        return None;
    }
    let kind = match graver {
        1.. => Kind::Upgraded,
        0 => Kind::Update,
        _ => Kind::Downgraded,
    };
    Some(News { kind, changes })
}

/// The gravest state in a list of `id=state`.
fn worst(services: &[String]) -> Option<ServiceState> {
    services.iter().filter_map(|service| ServiceState::parse(service.rsplit_once('=')?.1)).max()
}

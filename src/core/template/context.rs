//! What a template can name: the fields that were cut for its audience, and a few words of ours.
//! Values become the engine's only when they are asked for.

use std::fmt;
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use minijinja::value::{Object, Value};
use serde_json::Value as Json;

use super::moment::Moment;
use super::words::{Tongue, label, row};
use crate::core::disclosure::{moment, value};
use crate::core::fields::Field;
use crate::core::notification::Notice;
use crate::core::text::cut;
use crate::core::vocabulary::Readers;

/// Names beside the fields of `may_see` that every template may use.
pub const OWN_NAMES: [&str; 16] = [
    "kind",
    "sequence",
    "previous",
    "audience",
    "addressee",
    "contact",
    "label",
    "language",
    "now",
    "affected",
    "several",
    "written",
    "new_information",
    "reports_stopped",
    "merged_from",
    "thread_reference",
];

/// Members that are times, wherever they stand.
const TIMES: [&str; 5] = ["started_at", "resolved_at", "next_update_by", "at", "deadline"];

/// Longest value that a template prints, so that one field can't crowd out the rest of a body:
/// what was written for this reader is longest, then other texts, then names.
const WORDS_CHARS_MAX: usize = 1_500;
/// See [`WORDS_CHARS_MAX`].
const TEXT_CHARS_MAX: usize = 400;
/// See [`WORDS_CHARS_MAX`].
const NAME_CHARS_MAX: usize = 80;
/// Most business services named in `affected`; the rest is counted.
const AFFECTED_ITEMS_MAX: usize = 3;

/// The root of a template's variables.
pub(crate) struct Context {
    notice: Arc<Notice>,
    language: String,
    /// By place in the closed table: what the engine was given, once it asked. Most templates
    /// name a field several times, and few name all of them.
    fields: Vec<OnceLock<Option<Value>>>,
    /// The lead on duty.
    duty: Option<String>,
    /// `affected` and how many it names, once asked.
    affected: OnceLock<(Value, usize)>,
    /// The reader's zone.
    zone: TimeZone,
    /// The reader's date now.
    today: Date,
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context").field("notice", &self.notice.id).finish_non_exhaustive()
    }
}

impl Object for Context {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        let Some(field) = Field::parse(key) else {
            return self.own(key);
        };
        self.field(field)
    }
}

impl Context {
    /// The variables of a notice in one language; what its reader may not see is not among them.
    /// `contact` is the lead on duty, shown to internal readers only.
    pub(crate) fn new(notice: &Arc<Notice>, language: &str, zone: &TimeZone, contact: Option<&str>) -> Self {
        Self {
            notice: Arc::clone(notice),
            language: language.to_owned(),
            fields: Field::ALL.iter().map(|_| OnceLock::new()).collect(),
            duty: contact.filter(|_| notice.readers == Readers::Internal).map(str::to_owned),
            affected: OnceLock::new(),
            zone: zone.clone(),
            today: zone.to_datetime(notice.decided_at).date(),
        }
    }

    /// One of [`OWN_NAMES`], as far as it has a value.
    fn own(&self, key: &str) -> Option<Value> {
        let notice = &self.notice;
        Some(match key {
            "kind" => Value::from(notice.kind.as_str()),
            "sequence" => Value::from(notice.sequence),
            "audience" => Value::from(notice.audience.as_str()),
            "language" => Value::from(self.language.as_str()),
            "label" => Value::from(label(notice, self.tongue())),
            "now" => self.moment(notice.decided_at),
            "previous" => Value::from(notice.previous_id.as_deref()?),
            "addressee" => self.addressee()?,
            "contact" => self.contact()?,
            "affected" => self.affected().0.clone(),
            "several" => Value::from(self.affected().1 != 1),
            "written" => Value::from(self.is_written()),
            "new_information" => Value::from(notice.new_information),
            "reports_stopped" => Value::from(notice.reports_stopped),
            "merged_from" => Value::from(cut(notice.merged_from.as_deref()?, NAME_CHARS_MAX).0),
            "thread_reference" => self.own("merged_from").or_else(|| self.field(Field::PublicReference))?,
            _ => return None,
        })
    }

    fn tongue(&self) -> Tongue {
        Tongue::of(&self.language)
    }

    fn addressee(&self) -> Option<Value> {
        let addressee = self.notice.addressee.as_ref()?;
        let parts = [("type", &addressee.addressee_type), ("id", &addressee.id), ("name", &addressee.name)];
        Some(Value::from_pairs(parts.map(|(name, text)| (name, Value::from(cut(text, NAME_CHARS_MAX).0)))))
    }

    fn contact(&self) -> Option<Value> {
        let liaison = value(&self.notice, Field::Liaison, &self.language);
        let contact = liaison.as_ref().and_then(Json::as_str).or(self.duty.as_deref());
        contact
            .filter(|contact| !contact.is_empty())
            .map(|contact| Value::from(cut(contact, NAME_CHARS_MAX).0))
    }

    /// What is affected, as part of a sentence, and how many things that names.
    fn affected(&self) -> &(Value, usize) {
        self.affected.get_or_init(|| {
            let services = value(&self.notice, Field::BusinessServices, &self.language);
            let services = services.as_ref().and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
            let names = services.iter().filter_map(|service| service.get("name")?.as_str());
            let names: Vec<_> = names.map(|name| cut(name, NAME_CHARS_MAX).0.to_owned()).collect();
            if names.is_empty() {
                return (Value::from(self.tongue().pick("一部のサービス", "some of our services")), 0);
            }
            (Value::from(row(&names, AFFECTED_ITEMS_MAX, self.tongue())), names.len())
        })
    }

    /// Is `symptom` what a person wrote for exactly this audience? Nobody wrote of an end that
    /// nobody reported.
    fn is_written(&self) -> bool {
        let Notice { words, readers, may_see, reports_stopped, .. } = &*self.notice;
        let usable = match readers {
            Readers::Internal => words.get_or_any(&self.language).map(|(_, words)| words),
            _ => words.get(&self.language),
        };
        !reports_stopped
            && may_see.contains(Field::Symptom)
            && usable.is_some_and(|words| !words.trim().is_empty())
    }

    /// A field of the closed table, if this reader may see it and it is known.
    fn field(&self, field: Field) -> Option<Value> {
        if matches!(field, Field::ResolvedAt | Field::Duration) && !self.notice.end_is_known() {
            return None;
        }
        let known = || match moment(&self.notice, field) {
            Some(at) => Some(self.moment(at)),
            None => {
                value(&self.notice, field, &self.language).map(|json| self.convert(field.as_str(), &json))
            }
        };
        self.fields.get(field as usize)?.get_or_init(known).clone()
    }

    /// The whole, as the engine takes it.
    pub(crate) fn into_value(self) -> Value {
        Value::from_object(self)
    }

    fn convert(&self, key: &str, json: &Json) -> Value {
        match json {
            Json::Null => Value::from(()),
            Json::Bool(truth) => Value::from(*truth),
            Json::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(whole), _) => Value::from(whole),
                (None, Some(share)) => Value::from(share),
                (None, None) => Value::from(number.to_string()),
            },
            Json::String(text) => self.text(key, text),
            Json::Array(items) => items.iter().map(|item| self.convert("", item)).collect(),
            Json::Object(members) => Value::from_pairs(
                members.iter().map(|(name, member)| (name.as_str(), self.convert(name, member))),
            ),
        }
    }

    fn moment(&self, at: Timestamp) -> Value {
        Moment { at, zone: self.zone.clone(), today: self.today }.into()
    }

    fn text(&self, key: &str, text: &str) -> Value {
        if TIMES.contains(&key)
            && let Ok(at) = text.parse::<Timestamp>()
        {
            return self.moment(at);
        }
        let chars_max = match key {
            "symptom" => WORDS_CHARS_MAX,
            "text" | "workaround" | "action" | "title" | "description" | "cause" | "href" | "url" => {
                TEXT_CHARS_MAX
            }
            _ => NAME_CHARS_MAX,
        };
        match cut(text, chars_max) {
            (start, true) => Value::from(format!("{start}…")),
            _ => Value::from(text),
        }
    }
}

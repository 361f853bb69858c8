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
use super::words::{Tongue, label};
use crate::core::disclosure::value;
use crate::core::fields::Field;
use crate::core::notification::Notice;
use crate::core::text::cut;
use crate::core::vocabulary::Readers;

/// Names beside the fields of `may_see` that every template may use.
pub const OWN_NAMES: [&str; 8] =
    ["kind", "sequence", "previous", "audience", "addressee", "contact", "label", "language"];

/// Members that are times, wherever they stand.
const TIMES: [&str; 5] = ["started_at", "resolved_at", "next_update_by", "at", "deadline"];

/// Longest value that a template prints, so that one field can't crowd out the rest of a body:
/// what was written for this reader is longest, then other texts, then names.
const WORDS_CHARS_MAX: usize = 1_500;
/// See [`WORDS_CHARS_MAX`].
const TEXT_CHARS_MAX: usize = 400;
/// See [`WORDS_CHARS_MAX`].
const NAME_CHARS_MAX: usize = 80;

/// The root of a template's variables.
pub(crate) struct Context {
    notice: Arc<Notice>,
    language: String,
    /// By place in the closed table: what the engine was given, once it asked. Most templates
    /// name a field several times, and few name all of them.
    fields: Vec<OnceLock<Option<Value>>>,
    /// Values of [`OWN_NAMES`], as far as there are any.
    own: Vec<(&'static str, Value)>,
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
            return self.own.iter().find(|(name, _)| *name == key).map(|(_, value)| value.clone());
        };
        let asked = self.fields.get(field as usize)?;
        let known = || value(&self.notice, field, &self.language).map(|json| self.convert(key, &json));
        asked.get_or_init(known).clone()
    }
}

impl Context {
    /// The variables of a notice in one language; what its reader may not see is not among them.
    /// `contact` is the lead on duty, shown to internal readers only.
    pub(crate) fn new(notice: &Arc<Notice>, language: &str, zone: &TimeZone, contact: Option<&str>) -> Self {
        let mut own = vec![
            ("kind", Value::from(notice.kind.as_str())),
            ("sequence", Value::from(notice.sequence)),
            ("audience", Value::from(notice.audience.as_str())),
            ("language", Value::from(language)),
            ("label", Value::from(label(notice.kind, notice.sequence, Tongue::of(language)))),
        ];
        if let Some(previous) = &notice.previous_id {
            own.push(("previous", Value::from(previous.as_str())));
        }
        if let Some(addressee) = &notice.addressee {
            let parts =
                [("type", &addressee.addressee_type), ("id", &addressee.id), ("name", &addressee.name)];
            let parts = parts.map(|(name, text)| (name, Value::from(cut(text, NAME_CHARS_MAX).0)));
            own.push(("addressee", Value::from_pairs(parts)));
        }
        let liaison = value(notice, Field::Liaison, language);
        let duty = contact.filter(|_| notice.readers == Readers::Internal);
        let contact = liaison.as_ref().and_then(Json::as_str).or(duty);
        if let Some(contact) = contact.filter(|contact| !contact.is_empty()) {
            own.push(("contact", Value::from(cut(contact, NAME_CHARS_MAX).0)));
        }
        Self {
            notice: Arc::clone(notice),
            language: language.to_owned(),
            fields: Field::ALL.iter().map(|_| OnceLock::new()).collect(),
            own,
            zone: zone.clone(),
            today: zone.to_datetime(notice.decided_at).date(),
        }
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

    fn text(&self, key: &str, text: &str) -> Value {
        if TIMES.contains(&key)
            && let Ok(at) = text.parse::<Timestamp>()
        {
            return Moment { at, zone: self.zone.clone(), today: self.today }.into();
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

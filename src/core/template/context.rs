//! What a template can name: the fields that were cut for its audience, and a few words of ours.
//! Values become the engine's only when they are asked for.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use minijinja::value::{Object, Value};
use serde_json::{Map, Value as Json};

use super::moment::Moment;
use super::words::{Tongue, label};
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
    /// The fields, cut.
    pub(crate) fields: Map<String, Json>,
    /// Values of [`OWN_NAMES`], as far as there are any.
    pub(crate) own: Vec<(&'static str, Value)>,
    /// The reader's zone.
    pub(crate) zone: TimeZone,
    /// The reader's date now.
    pub(crate) today: Date,
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context").field("fields", &self.fields.len()).finish_non_exhaustive()
    }
}

impl Object for Context {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        if let Some(json) = self.fields.get(key) {
            return Some(self.value(key, json));
        }
        self.own.iter().find(|(name, _)| *name == key).map(|(_, value)| value.clone())
    }
}

impl Context {
    /// The variables of a notice in one language. `fields` come from [`crate::core::disclosure::cut`];
    /// `contact` is the lead on duty, shown to internal readers only.
    pub(crate) fn new(
        notice: &Notice,
        fields: Map<String, Json>,
        language: &str,
        zone: &TimeZone,
        contact: Option<&str>,
    ) -> Self {
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
        let liaison = fields.get("liaison").and_then(Json::as_str);
        let duty = contact.filter(|_| notice.readers == Readers::Internal);
        if let Some(contact) = liaison.or(duty).filter(|contact| !contact.is_empty()) {
            own.push(("contact", Value::from(contact)));
        }
        Self { fields, own, zone: zone.clone(), today: zone.to_datetime(notice.decided_at).date() }
    }

    /// The whole, as the engine takes it.
    pub(crate) fn into_value(self) -> Value {
        Value::from_object(self)
    }

    fn value(&self, key: &str, json: &Json) -> Value {
        match json {
            Json::Null => Value::from(()),
            Json::Bool(truth) => Value::from(*truth),
            Json::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(whole), _) => Value::from(whole),
                (None, Some(share)) => Value::from(share),
                (None, None) => Value::from(number.to_string()),
            },
            Json::String(text) => self.text(key, text),
            Json::Array(items) => items.iter().map(|item| self.value("", item)).collect(),
            Json::Object(members) => Value::from_pairs(
                members.iter().map(|(name, member)| (name.as_str(), self.value(name, member))),
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

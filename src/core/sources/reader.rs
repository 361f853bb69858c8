//! The tolerant reader: takes from a JSON object what has the right type, and makes a warning
//! with a JSON pointer of what has not. It never refuses anything.

use std::borrow::Cow;

use jiff::Timestamp;

use super::time::{self, Time};
use crate::core::limits::WARNINGS_MAX;
use crate::core::text::clean_line;
use crate::core::tree::{Members, Tree};
use crate::core::vocabulary::TimeQuality;

/// Longest pointer in a warning or a problem: keys come from outside.
const POINTER_CHARS_MAX: usize = 200;

/// What was odd about a delivery; each is a word, a space and a JSON pointer.
#[derive(Debug, Default)]
pub(super) struct Warnings(Vec<String>);

impl Warnings {
    /// Adds one, unless there are too many already.
    pub(super) fn add(&mut self, word: &str, pointer: &str) {
        if self.0.len() < WARNINGS_MAX {
            self.0.push(format!("{word} {}", clean_line(pointer, POINTER_CHARS_MAX)));
        }
    }
    /// The list for the event.
    pub(super) fn into_list(self) -> Vec<String> {
        self.0
    }
}

/// The pointer to a member or an element.
pub(super) fn child(pointer: &str, segment: &str) -> String {
    if segment.contains(['~', '/']) {
        return format!("{pointer}/{}", segment.replace('~', "~0").replace('/', "~1"));
    }
    format!("{pointer}/{segment}")
}

/// One object of a body, and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Fields<'v> {
    map: &'v Members<'v>,
    at: Cow<'static, str>,
}

impl<'v> Fields<'v> {
    /// The object at this place; none where it is no object.
    pub(super) fn of(value: &'v Tree<'v>, at: impl Into<Cow<'static, str>>) -> Option<Self> {
        Some(Self { map: value.as_object()?, at: at.into() })
    }
    /// The pointer to one of its members.
    pub(super) fn pointer(&self, key: &str) -> String {
        child(&self.at, key)
    }
    /// Its members.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&'v str, &'v Tree<'v>)> {
        self.map.iter().map(|(name, value)| (name.as_ref(), value))
    }
    /// A member that is there and not null.
    pub(super) fn get(&self, key: &str) -> Option<&'v Tree<'v>> {
        self.map.get(key).filter(|value| **value != Tree::Null)
    }
    /// Says that a member has not the type that it should have.
    pub(super) fn drift(&self, key: &str, warnings: &mut Warnings) {
        warnings.add("type_drift", &self.pointer(key));
    }

    /// A member that is an object.
    pub(super) fn object(&self, key: &str, warnings: &mut Warnings) -> Option<Self> {
        let value = self.get(key)?;
        let object = Self::of(value, self.pointer(key));
        if object.is_none() {
            self.drift(key, warnings);
        }
        object
    }

    /// The object at the end of a path of members. On the way nothing is a warning: it may be absent.
    pub(super) fn deep(&self, path: &[&str]) -> Option<Self> {
        path.iter().try_fold(self.clone(), |at, key| Self::of(at.get(key)?, at.pointer(key)))
    }

    /// Every element of a list that is an object, with its place.
    pub(super) fn objects(&self, key: &str, warnings: &mut Warnings) -> Vec<Self> {
        let pointer = self.pointer(key);
        let mut objects = Vec::new();
        for (place, value) in self.list(key).iter().enumerate() {
            match Self::of(value, format!("{pointer}/{place}")) {
                Some(object) => objects.push(object),
                None => self.drift(key, warnings),
            }
        }
        objects
    }

    /// A member that is a list; a single value counts as a list of one.
    pub(super) fn list(&self, key: &str) -> &'v [Tree<'v>] {
        match self.get(key) {
            Some(Tree::List(list)) => list,
            Some(value) => std::slice::from_ref(value),
            None => &[],
        }
    }

    /// A member as opaque text: ids come as strings or as numbers. Empty is absent.
    pub(super) fn opaque(&self, key: &str, warnings: &mut Warnings) -> Option<Cow<'v, str>> {
        let word = opaque(self.get(key)?);
        if word.is_none() {
            self.drift(key, warnings);
        }
        word.filter(|word| !word.trim().is_empty())
    }

    /// A member as text. A number or a boolean is taken as its words, with a warning.
    pub(super) fn text(&self, key: &str, warnings: &mut Warnings) -> Option<Cow<'v, str>> {
        let value = self.get(key)?;
        if value.as_str().is_none() {
            self.drift(key, warnings);
        }
        opaque(value).filter(|word| !word.trim().is_empty())
    }

    /// A member as one clean line.
    pub(super) fn line(&self, key: &str, chars_max: usize, warnings: &mut Warnings) -> Option<String> {
        let line = clean_line(&self.text(key, warnings)?, chars_max);
        (!line.is_empty()).then_some(line)
    }

    /// A member that is true or false; absent is false.
    pub(super) fn flag(&self, key: &str, warnings: &mut Warnings) -> bool {
        match self.get(key) {
            Some(Tree::Bool(flag)) => *flag,
            Some(Tree::Text(word)) if word == "true" || word == "false" => word == "true",
            Some(_) => {
                self.drift(key, warnings);
                false
            }
            None => false,
        }
    }

    /// A member that is a number, or text that reads as one.
    pub(super) fn number(&self, key: &str, warnings: &mut Warnings) -> Option<f64> {
        let number = match self.get(key)? {
            Tree::Number(number) => number.as_f64(),
            Tree::Text(text) => text.trim().trim_end_matches('%').trim().parse().ok(),
            _ => None,
        }
        .filter(|number: &f64| number.is_finite());
        if number.is_none() {
            self.drift(key, warnings);
        }
        number
    }

    /// A member that is a time, in any of the ways that senders write one. A zero time is absent.
    pub(super) fn time(&self, key: &str, warnings: &mut Warnings) -> Option<(Timestamp, TimeQuality)> {
        match time::read(self.get(key)?) {
            Time::At(at, quality) => Some((at, quality)),
            Time::Zero => None,
            Time::Bad => {
                warnings.add("bad_timestamp", &self.pointer(key));
                None
            }
        }
    }

    /// The same without its quality.
    pub(super) fn instant(&self, key: &str, warnings: &mut Warnings) -> Option<Timestamp> {
        self.time(key, warnings).map(|(at, _)| at)
    }
}

/// A single value as opaque text.
pub(super) fn opaque<'v>(value: &'v Tree<'v>) -> Option<Cow<'v, str>> {
    match value {
        Tree::Text(text) => Some(Cow::Borrowed(text)),
        Tree::Number(number) => Some(Cow::Owned(number_text(number))),
        Tree::Bool(true) => Some(Cow::Borrowed("true")),
        Tree::Bool(false) => Some(Cow::Borrowed("false")),
        _ => None,
    }
}

/// A number's digits. `14.0` is 14: some tools write whole numbers so, sometimes.
fn number_text(number: &serde_json::Number) -> String {
    let text = number.to_string();
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

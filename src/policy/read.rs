//! Reads typed values out of the tree. Whatever is wrong is noted with its place, and reading goes on.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::problems::{Cx, suggest};
use super::tree::{At, Key, Node, Value};
use crate::core::text::LocalText;

/// Longest name.
const NAME_CHARS_MAX: usize = 40;
/// Longest text that a policy says.
const TEXT_CHARS_MAX: usize = 2_000;
/// Longest length of time.
const DURATION_SECONDS_MAX: i64 = 400 * 24 * 3600;

/// A map whose keys are all known.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Map<'a> {
    pub(crate) cx: Cx<'a>,
    pub(crate) at: At,
    node: &'a Node,
    what: &'static str,
}

impl<'a> Map<'a> {
    /// The node as a map with no other keys than these. `what` says what it is: "a route".
    pub(crate) fn of(cx: Cx<'a>, node: &'a Node, what: &'static str, keys: &[&str]) -> Option<Self> {
        let entries = cx.entries(node, what)?;
        for (key, _) in entries.iter().filter(|(key, _)| !keys.contains(&key.name.as_str())) {
            let help = suggest(&key.name, keys.iter().copied());
            let help = help.unwrap_or_else(|| format!("known are {}", super::problems::list(keys)));
            cx.error_help(key.at, format!("{what} has no `{}`", key.name), help);
        }
        Some(Self { cx, at: node.at, node, what })
    }

    /// The value of a key; a key without a value is noted.
    pub(crate) fn get(&self, name: &str) -> Option<&'a Node> {
        let (key, node) = self.node.entries().iter().find(|(key, _)| key.name == name)?;
        if node.value == Value::Null {
            self.cx.error_help(
                key.at,
                format!("`{name}` has no value"),
                "give it one, or leave the line out",
            );
            return None;
        }
        Some(node)
    }

    /// The value of a key that must be there.
    pub(crate) fn need(&self, name: &str) -> Option<&'a Node> {
        if !self.node.entries().iter().any(|(key, _)| key.name == name) {
            self.cx.error(self.at, format!("{} needs `{name}`", self.what));
        }
        self.get(name)
    }
}

impl<'a> Cx<'a> {
    pub(crate) fn wrong(&self, node: &Node, wanted: &str) {
        self.error(node.at, format!("expected {wanted}, found {}", node.what()));
    }

    /// The entries of a map, each key once.
    pub(crate) fn entries(&self, node: &'a Node, what: &str) -> Option<&'a [(Key, Node)]> {
        let Value::Map(entries) = &node.value else {
            self.wrong(node, &format!("{what}: a map of keys and values"));
            return None;
        };
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        for (key, _) in entries {
            match seen.get(key.name.as_str()) {
                Some(line) => {
                    self.error(key.at, format!("`{}` is there twice, first in line {line}", key.name));
                }
                None => _ = seen.insert(&key.name, key.at.line),
            }
        }
        Some(entries)
    }

    /// The entries of a map whose keys are names that the team gives.
    pub(crate) fn named(&self, node: &'a Node, what: &str) -> impl Iterator<Item = (&'a Key, &'a Node)> {
        let entries = self.entries(node, what).unwrap_or_default();
        for (key, _) in entries {
            self.check_name(&key.name, key.at);
        }
        entries.iter().map(|(key, node)| (key, node))
    }

    /// The items of a list.
    pub(crate) fn items(&self, node: &'a Node, what: &str) -> &'a [Node] {
        match &node.value {
            Value::List(items) => items,
            Value::Null => &[],
            _ => {
                self.wrong(node, &format!("a list of {what}"));
                &[]
            }
        }
    }

    /// A text; numbers and truth values count as they were written.
    pub(crate) fn text(&self, node: &Node) -> Option<String> {
        match &node.value {
            Value::Text(text) if text.trim().is_empty() => {
                self.error(node.at, "the text is empty");
                None
            }
            Value::Text(text) if text.chars().count() > TEXT_CHARS_MAX => {
                self.error(node.at, format!("the text is longer than {TEXT_CHARS_MAX} characters"));
                None
            }
            Value::Text(text) => Some(text.clone()),
            Value::Number(_, written) => Some(written.clone()),
            Value::Bool(truth) => Some(truth.to_string()),
            _ => {
                self.wrong(node, "a text");
                None
            }
        }
    }

    /// Texts: a list of them, or one alone.
    pub(crate) fn texts(&self, node: &'a Node) -> Vec<String> {
        node.one_or_more().iter().filter_map(|item| self.text(item)).collect()
    }

    /// A name that the team gives: `[a-z0-9-]{1,40}`.
    pub(crate) fn name(&self, node: &Node) -> Option<String> {
        let name = self.text(node)?;
        self.check_name(&name, node.at);
        Some(name)
    }

    pub(crate) fn check_name(&self, name: &str, at: At) {
        let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if name.is_empty() || name.chars().count() > NAME_CHARS_MAX || !name.chars().all(good) {
            let help =
                format!("names are lower-case letters, digits and hyphens, at most {NAME_CHARS_MAX} of them");
            self.error_help(at, format!("`{name}` is no name"), help);
        }
    }

    /// true or false.
    pub(crate) fn bool(&self, node: &Node) -> Option<bool> {
        if let Value::Bool(truth) = node.value {
            return Some(truth);
        }
        self.wrong(node, "true or false");
        None
    }

    /// A number.
    pub(crate) fn number(&self, node: &Node) -> Option<f64> {
        if let Value::Number(number, _) = node.value
            && number.is_finite()
        {
            return Some(number);
        }
        self.wrong(node, "a number");
        None
    }

    /// A whole number within these bounds.
    pub(crate) fn small(&self, node: &Node, min: u8, max: u8) -> Option<u8> {
        let whole = (min..=max).find(|whole| matches!(node.value, Value::Number(number, _) if number.total_cmp(&f64::from(*whole)).is_eq()));
        if whole.is_none() {
            self.wrong(node, &format!("a whole number from {min} to {max}"));
        }
        whole
    }

    /// A length of time: `30s`, `5m`, `4h`, `2d`.
    pub(crate) fn duration(&self, node: &Node) -> Option<SignedDuration> {
        let length = if let Value::Text(text) = &node.value { parse_duration(text) } else { None };
        if length.is_none() {
            self.wrong(node, "a duration such as 30m (30s, 5m, 4h, 2d)");
        }
        length
    }

    /// A time with its zone: RFC 3339.
    pub(crate) fn timestamp(&self, node: &Node) -> Option<Timestamp> {
        let at = if let Value::Text(text) = &node.value { text.parse().ok() } else { None };
        if at.is_none() {
            self.wrong(node, "a time with its zone such as 2026-12-05T01:00:00+09:00");
        }
        at
    }

    /// A time zone of the IANA database.
    pub(crate) fn time_zone(&self, node: &Node) -> Option<TimeZone> {
        let name = self.text(node)?;
        let zone = TimeZone::get(&name).ok();
        if zone.is_none() {
            let all: Vec<_> = jiff::tz::db().available().map(|name| name.as_str().to_owned()).collect();
            let help = suggest(&name, all.iter().map(String::as_str));
            let help = help.unwrap_or_else(|| "zones are written as Asia/Tokyo".to_owned());
            self.error_help(node.at, format!("there is no time zone `{name}`"), help);
        }
        zone
    }

    /// One of a closed list of words.
    pub(crate) fn word<T: Copy>(
        &self,
        node: &Node,
        what: &str,
        all: &[T],
        word: fn(T) -> &'static str,
    ) -> Option<T> {
        let text = self.text(node)?;
        let found = all.iter().copied().find(|value| word(*value) == text);
        if found.is_none() {
            self.unknown(node.at, what, &text, all.iter().map(|value| word(*value)));
        }
        found
    }

    /// A word as a key of a map.
    pub(crate) fn key_word<T: Copy>(
        &self,
        key: &Key,
        what: &str,
        all: &[T],
        word: fn(T) -> &'static str,
    ) -> Option<T> {
        let found = all.iter().copied().find(|value| word(*value) == key.name);
        if found.is_none() {
            self.unknown(key.at, what, &key.name, all.iter().map(|value| word(*value)));
        }
        found
    }

    /// The place of a name among those that another file gives.
    pub(crate) fn reference(&self, node: &Node, what: &str, known: &[String]) -> Option<usize> {
        let text = self.text(node)?;
        let place = known.iter().position(|name| *name == text);
        if place.is_none() {
            self.unknown(node.at, what, &text, known.iter().map(String::as_str));
        }
        place
    }

    /// Places of audiences: a list of their names, or one alone; none twice.
    pub(crate) fn audiences(&self, node: &'a Node) -> Vec<usize> {
        let mut places = Vec::new();
        for item in node.one_or_more() {
            match self.reference(item, "audience", &self.names.audiences) {
                Some(place) if places.contains(&place) => {
                    self.warn(item.at, format!("`{}` is there twice", self.names.audiences[place]), None);
                }
                Some(place) => places.push(place),
                None => {}
            }
        }
        places
    }

    pub(crate) fn unknown<'c>(
        &self,
        at: At,
        what: &str,
        word: &str,
        known: impl IntoIterator<Item = &'c str>,
    ) {
        let message = format!("there is no {what} `{word}`");
        match suggest(word, known) {
            Some(help) => self.error_help(at, message, help),
            None => self.error(at, message),
        }
    }

    /// A language that the policy speaks.
    pub(crate) fn language(&self, node: &Node) -> Option<String> {
        self.reference(node, "language", &self.names.languages)
            .map(|place| self.names.languages[place].clone())
    }

    /// Words by language.
    pub(crate) fn local_text(&self, node: &'a Node) -> LocalText {
        let mut texts = BTreeMap::new();
        let what = "words by language, such as { ja: …, en: … }";
        for (key, value) in self.entries(node, what).unwrap_or_default() {
            if !self.names.languages.contains(&key.name) {
                self.unknown(key.at, "language", &key.name, self.names.languages.iter().map(String::as_str));
            } else if let Some(text) = self.text(value) {
                texts.insert(key.name.clone(), text);
            }
        }
        LocalText(texts)
    }
}

/// `30s`, `5m`, `4h`, `2d`; `0` units are no length.
fn parse_duration(text: &str) -> Option<SignedDuration> {
    let unit = match text.chars().last()? {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return None,
    };
    let digits = &text[..text.len() - 1];
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let seconds = digits.parse::<i64>().ok()?.checked_mul(unit)?;
    (1..=DURATION_SECONDS_MAX).contains(&seconds).then(|| SignedDuration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_a_number_and_a_unit() {
        for (text, seconds) in [("30s", 30), ("5m", 300), ("4h", 14_400), ("2d", 172_800)] {
            assert_eq!(parse_duration(text), Some(SignedDuration::from_secs(seconds)), "{text}");
        }
        for text in
            ["", "m", "30", "0m", "1.5h", "-5m", "5 m", "5分", "1h30m", "9999999999999999999s", "500d"]
        {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }
}

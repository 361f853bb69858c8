//! All single values of a body under flat names in lower case: people's templates write
//! `INCIDENT.HOST`, `incident.host` or an object in an object, and forms quote each value as JSON.

use std::borrow::Cow;

use jiff::Timestamp;

use crate::core::sources::reader::opaque;
use crate::core::sources::time::{self, Time};
use crate::core::tree::Tree;

/// Deepest object whose members are named.
const DEPTH_MAX: usize = 8;
/// Most values of a body that are looked at.
const VALUES_MAX: usize = 1_000;

/// See the module's text.
pub(super) struct Flat<'v>(Vec<(String, Cow<'v, str>)>);

impl<'v> Flat<'v> {
    /// Of a body.
    pub(super) fn of(body: &'v Tree<'v>) -> Self {
        let mut flat = Self(Vec::new());
        flat.add("", body, 0);
        flat
    }

    fn add(&mut self, name: &str, value: &'v Tree<'v>, depth: usize) {
        if depth > DEPTH_MAX || self.0.len() >= VALUES_MAX {
            return;
        }
        let below = |key: &str| {
            if name.is_empty() {
                key.to_ascii_lowercase()
            } else {
                format!("{name}.{}", key.to_ascii_lowercase())
            }
        };
        match value {
            Tree::Object(members) => {
                members.iter().for_each(|(key, value)| self.add(&below(key), value, depth + 1));
            }
            Tree::List(list) => {
                for (place, value) in list.iter().enumerate() {
                    self.add(&below(&place.to_string()), value, depth + 1);
                }
            }
            single => self.0.extend(opaque(single).map(|word| (name.to_owned(), unquoted(word)))),
        }
    }

    /// The first of these that has a value.
    pub(super) fn first(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| {
            let values = self.0.iter().filter(|(known, _)| known == name).map(|(_, value)| value.trim());
            // A variable that has no value may stand there as it was written.
            values.into_iter().find(|value| !value.is_empty() && !value.starts_with("${{"))
        })
    }

    /// Everything whose name begins so, with the rest of its name.
    pub(super) fn below(&self, start: &str) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter_map(move |(name, value)| Some((name.strip_prefix(start)?, value.as_ref())))
    }

    /// The first of these that is a time.
    pub(super) fn instant(&self, names: &[&str]) -> Option<Timestamp> {
        names.iter().find_map(|name| match time::read_text(self.first(&[name])?) {
            Time::At(at, _) => Some(at),
            Time::Zero | Time::Bad => None,
        })
    }
}

/// A value that is a JSON text itself.
fn unquoted(word: Cow<'_, str>) -> Cow<'_, str> {
    let is_quoted = word.len() > 1 && word.starts_with('"') && word.ends_with('"');
    match is_quoted.then(|| serde_json::from_str::<String>(&word)) {
        Some(Ok(plain)) => Cow::Owned(plain),
        _ => word,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_and_values_however_they_are_written() {
        let body = json!({"INCIDENT.HOST": "a", "incident": {"Service": "b", "tags": ["x", "y"]},
            "quoted": "\"it\\u0027s\"", "empty": "", "unset": "${{STATE.HOST}}", "odd": "\"a", "null": null, "AT": 1_775_020_800_000_u64});
        let tree = Tree::from(&body);
        let flat = Flat::of(&tree);
        let cases = [
            ("incident.host", Some("a")),
            ("incident.service", Some("b")),
            ("incident.tags.1", Some("y")),
            ("quoted", Some("it's")),
            ("odd", Some("\"a")),
            ("empty", None),
            ("unset", None),
            ("null", None),
        ];
        for (name, expected) in cases {
            assert_eq!(flat.first(&[name]), expected, "{name}");
        }
        assert_eq!(flat.below("incident.tags.").collect::<Vec<_>>(), [("0", "x"), ("1", "y")]);
        assert_eq!(flat.instant(&["at"]).map(|at| at.to_string()).as_deref(), Some("2026-04-01T05:20:00Z"));
        assert_eq!(flat.instant(&["odd"]), None);
    }
}

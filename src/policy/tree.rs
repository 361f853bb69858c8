//! A YAML file as a tree in which every key and value knows where it stands, so that all that is
//! wrong with it can be told at once. YAML 1.2 core schema, and less of it: no anchors, aliases,
//! merges or second documents.

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value as Json};
use serde_saphyr::{DuplicateKeyPolicy, Location, MergeKeyPolicy, Options, Spanned};

use super::source::FILE_BYTES_MAX;

/// Most values in one file.
const NODES_MAX: usize = 500_000;
/// Deepest nesting: a matcher within matchers needs the most.
const DEPTH_MAX: usize = 24;

/// A place in a file, all counted in characters from 1. Line 0: the file as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct At {
    pub(crate) line: usize,
    pub(crate) column: usize,
    /// How much of the line is meant.
    pub(crate) width: usize,
}

/// A value and its place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    pub(crate) at: At,
    pub(crate) value: Value,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    /// A number, and how it was written: `1.0` may have been meant as a text.
    Number(f64, String),
    Text(String),
    List(Vec<Node>),
    Map(Vec<(Key, Node)>),
}

/// A key of a map.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Key {
    pub(crate) at: At,
    pub(crate) name: String,
}

impl Node {
    /// The items of a list, or the one that stands alone.
    pub(crate) fn one_or_more(&self) -> &[Self] {
        if let Value::List(items) = &self.value { items } else { std::slice::from_ref(self) }
    }

    /// What it is, in words.
    pub(crate) fn what(&self) -> String {
        match &self.value {
            Value::Null => "nothing".to_owned(),
            Value::Bool(truth) => format!("`{truth}`"),
            Value::Number(_, written) => format!("the number {written}"),
            Value::Text(text) if text.chars().count() > 40 => "a text".to_owned(),
            Value::Text(text) => format!("the text `{}`", text.replace('\n', " ")),
            Value::List(_) => "a list".to_owned(),
            Value::Map(_) => "a map".to_owned(),
        }
    }

    /// The entries of a map; none where it is no map.
    pub(crate) fn entries(&self) -> &[(Key, Self)] {
        if let Value::Map(entries) = &self.value { entries } else { &[] }
    }

    /// The value of a key, where this is a map that has it.
    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        self.entries().iter().find(|(key, _)| key.name == name).map(|(_, node)| node)
    }

    /// With what differs: maps key by key, and a key without a value is taken out; all else is as
    /// the other says.
    pub(crate) fn changed_by(self, other: Self) -> Self {
        match (self.value, other.value) {
            (Value::Map(mut entries), Value::Map(changes)) => {
                for (key, change) in changes {
                    let place = entries.iter().position(|(known, _)| known.name == key.name);
                    match (place, change.value == Value::Null) {
                        (Some(place), true) => _ = entries.remove(place),
                        (Some(place), false) => {
                            let (_, before) = entries.remove(place);
                            entries.insert(place, (key, before.changed_by(change)));
                        }
                        (None, _) => entries.push((key, change)),
                    }
                }
                Self { at: self.at, value: Value::Map(entries) }
            }
            (_, value) => Self { at: other.at, value },
        }
    }

    /// So many lines further down.
    fn moved_down(mut self, lines: usize) -> Self {
        let down = |at: At| if at.line == 0 { at } else { At { line: at.line + lines, ..at } };
        self.at = down(self.at);
        self.value = match self.value {
            Value::List(items) => Value::List(items.into_iter().map(|item| item.moved_down(lines)).collect()),
            Value::Map(entries) => Value::Map(
                entries
                    .into_iter()
                    .map(|(key, node)| (Key { at: down(key.at), ..key }, node.moved_down(lines)))
                    .collect(),
            ),
            value => value,
        };
        self
    }

    /// As it stands, as JSON.
    pub(crate) fn json(&self) -> Json {
        match &self.value {
            Value::Null => Json::Null,
            Value::Bool(truth) => Json::Bool(*truth),
            // Whole numbers stay whole.
            Value::Number(number, written) => written
                .parse::<i64>()
                .map(Json::from)
                .ok()
                .or_else(|| Number::from_f64(*number).map(Json::Number))
                .unwrap_or(Json::Null),
            Value::Text(text) => Json::String(text.clone()),
            Value::List(items) => items.iter().map(Self::json).collect(),
            Value::Map(entries) => {
                Json::Object(entries.iter().map(|(key, node)| (key.name.clone(), node.json())).collect())
            }
        }
    }
}

/// Reads a file. The error is its place and a sentence.
pub(crate) fn parse(text: &str) -> Result<Node, (At, String)> {
    match serde_saphyr::from_str_with_options::<Option<Spanned<Raw>>>(text, options()) {
        Ok(Some(root)) => Ok(node(root, text)),
        Ok(None) => Ok(Node { at: At::default(), value: Value::Null }),
        Err(error) => Err((error.location().map(at).unwrap_or_default(), sentence(&error))),
    }
}

/// Reads a file whose lines count on from another one's.
pub(crate) fn parse_below(text: &str, lines: usize) -> Result<Node, (At, String)> {
    parse(text)
        .map(|root| root.moved_down(lines))
        .map_err(|(at, message)| (At { line: at.line + lines, ..at }, message))
}

/// The parser's message without its own place and snippet.
fn sentence(error: &serde_saphyr::Error) -> String {
    let message = error.without_snippet().to_string();
    let first = message.lines().next().unwrap_or_default();
    let said = first.split(" at line ").next().unwrap_or(first).trim_end_matches([',', ':']);
    let ours = [
        ("Anchors", "anchors and aliases (`&`, `*`) are not read: write it out".to_owned()),
        ("Aliases", "anchors and aliases (`&`, `*`) are not read: write it out".to_owned()),
        ("unknown anchor", "anchors and aliases (`&`, `*`) are not read: write it out".to_owned()),
        ("merge keys", "merge keys (`<<`) are not read: write it out".to_owned()),
        ("Documents", "a file is one document: no second `---`".to_owned()),
        ("Depth", format!("lists and maps are nested more than {DEPTH_MAX} deep")),
        ("Nodes", format!("there are more than {NODES_MAX} values in this file")),
        ("tabs disallowed", "a tab stands where spaces belong".to_owned()),
    ];
    let ours = ours.into_iter().find(|(theirs, _)| said.contains(theirs));
    ours.map_or_else(|| said.to_owned(), |(_, ours)| ours)
}

fn options() -> Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_nodes: NODES_MAX,
            max_depth: DEPTH_MAX,
            max_aliases: 0,
            max_anchors: 0,
            max_documents: 1,
            max_total_scalar_bytes: FILE_BYTES_MAX,
        },
        // Told by ourselves, with both places, and the rest of the file is still read.
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        merge_keys: MergeKeyPolicy::Error,
        strict_booleans: true,
        // `0017` is an account, not seventeen.
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        with_snippet: false,
    }
}

/// What the parser gives, before numbers get back how they were written.
enum Raw {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Spanned<Self>>),
    Map(Vec<(Spanned<String>, Spanned<Self>)>),
}

fn node(raw: Spanned<Raw>, text: &str) -> Node {
    let location = raw.referenced;
    let value = match raw.value {
        Raw::Null => Value::Null,
        Raw::Bool(truth) => Value::Bool(truth),
        Raw::Number(number) => Value::Number(number, written(location, text, number)),
        Raw::Text(text) => Value::Text(text),
        Raw::List(items) => Value::List(items.into_iter().map(|item| node(item, text)).collect()),
        Raw::Map(entries) => Value::Map(
            entries
                .into_iter()
                .map(|(key, value)| (Key { at: at(key.referenced), name: key.value }, node(value, text)))
                .collect(),
        ),
    };
    let mut at = at(location);
    // A collection is meant as a whole: its first character stands for it.
    if matches!(value, Value::List(_) | Value::Map(_)) {
        at.width = 1;
    }
    Node { at, value }
}

fn at(location: Location) -> At {
    let number = |value: u64| usize::try_from(value).unwrap_or(0);
    At {
        line: number(location.line()),
        column: number(location.column()),
        width: number(location.span().len()),
    }
}

fn written(location: Location, text: &str, number: f64) -> String {
    let span = location.span();
    let range = span.byte_offset().zip(span.byte_len()).and_then(|(start, len)| {
        let start = usize::try_from(start).ok()?;
        text.get(start..start + usize::try_from(len).ok()?)
    });
    range.map_or_else(|| number.to_string(), |written| written.trim().to_owned())
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

// Exact to 2^53; how it was written is kept beside it.
#[allow(clippy::cast_precision_loss)]
impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a YAML value")
    }
    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }
    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }
    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raw, D::Error> {
        Raw::deserialize(deserializer)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Bool(value))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Number(value as f64))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Raw, E> {
        Ok(Raw::Number(value as f64))
    }
    fn visit_i128<E>(self, value: i128) -> Result<Raw, E> {
        Ok(Raw::Number(value as f64))
    }
    fn visit_u128<E>(self, value: u128) -> Result<Raw, E> {
        Ok(Raw::Number(value as f64))
    }
    fn visit_f64<E>(self, value: f64) -> Result<Raw, E> {
        Ok(Raw::Number(value))
    }
    fn visit_str<E>(self, value: &str) -> Result<Raw, E> {
        Ok(Raw::Text(value.to_owned()))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Raw, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Raw::List(list))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Raw::Map(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_values_know_their_places() {
        let root = parse("a:\n  b: [x, 1.50, yes]\n  b: 'q'\n").unwrap();
        let inner = root.get("a").unwrap().entries();
        assert_eq!(inner.len(), 2, "doubles are kept, to be told");
        assert_eq!(inner[1].0.at, At { line: 3, column: 3, width: 1 });
        assert_eq!(inner[1].1.at, At { line: 3, column: 6, width: 3 });
        let Value::List(items) = &inner[0].1.value else { panic!("a list") };
        assert_eq!(items[0].at, At { line: 2, column: 7, width: 1 });
        assert_eq!(items[1].value, Value::Number(1.5, "1.50".to_owned()));
        assert_eq!(items[2].value, Value::Text("yes".to_owned()));
    }

    #[test]
    fn what_differs_is_merged_and_keeps_its_place() {
        let root = parse("a: { x: 1, y: 2 }\nb: [1]\nc: 3\n").unwrap();
        let other = parse_below("a: { y: ~, z: 4 }\nb: [2, 3]\nd: 5\n", 3).unwrap();
        let changed = root.changed_by(other);
        assert_eq!(changed.json(), serde_json::json!({"a": {"x": 1, "z": 4}, "b": [2, 3], "c": 3, "d": 5}));
        assert_eq!(changed.get("d").unwrap().at.line, 6);
        assert_eq!(changed.get("c").unwrap().at.line, 3);
    }

    #[test]
    fn numbers_that_are_names_stay_as_written() {
        let root = parse("a: 0017\nb: 17\nc: 1_000\n").unwrap();
        assert_eq!(root.get("a").unwrap().value, Value::Text("0017".to_owned()));
        assert_eq!(root.get("b").unwrap().value, Value::Number(17.0, "17".to_owned()));
        assert_eq!(root.get("c").unwrap().value, Value::Text("1_000".to_owned()));
    }

    #[test]
    fn bombs_and_merges_are_refused_with_a_place() {
        for text in
            ["a: &x [1]\nb: *x\n", "b: { <<: { c: 1 } }\n", "a: 1\n---\nb: 2\n", "a: [\n", "a: b: c\n"]
        {
            let (at, message) = parse(text).unwrap_err();
            assert!(at.line > 0 && !message.is_empty(), "{text}: {at:?} {message}");
        }
        let deep = format!("a: {}{}", "[".repeat(40), "]".repeat(40));
        assert!(parse(&deep).is_err());
    }
}

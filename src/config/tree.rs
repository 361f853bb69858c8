//! The file as a tree in which every value knows where it was written, so that each problem,
//! found early or late, can point at it.

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{DuplicateKeyPolicy, Error, Location, MergeKeyPolicy, Options, Spanned};

/// Largest configuration file. A person wrote it; a larger one is some other file.
pub(super) const FILE_BYTES_MAX: usize = 1024 * 1024;

/// Where a value was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// In the file; both counted from 1.
    File { line: usize, column: usize },
    /// In this environment variable.
    Environment(String),
    /// Nowhere: a default, or something that is missing.
    Nowhere,
}

/// A value and its place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    pub(super) value: Value,
    pub(super) place: Place,
}

/// What YAML's core schema knows.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Null,
    Flag(bool),
    Whole(i128),
    Real(f64),
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// One key of a map.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) place: Place,
    pub(super) node: Node,
}

impl Value {
    /// What it is, for messages: never the value itself, which may be a secret in the wrong place.
    pub(super) fn what(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Flag(_) => "true or false",
            Self::Whole(_) | Self::Real(_) => "a number",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
        }
    }
}

impl Node {
    /// An empty map, as of an empty file.
    pub(super) fn empty() -> Self {
        Self { value: Value::Map(Vec::new()), place: Place::Nowhere }
    }
    /// The value of this key, if this is a map that has it.
    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        let Value::Map(entries) = &self.value else { return None };
        entries.iter().find(|entry| entry.key == key).map(|entry| &entry.node)
    }
    /// The map's entries; none where it is not a map.
    pub(super) fn entries(&self) -> &[Entry] {
        if let Value::Map(entries) = &self.value { entries } else { &[] }
    }
}

/// Reads one YAML document. Duplicate keys, merge keys and aliases are refused: nobody needs
/// them here, and each has hidden a mistake somewhere.
pub(super) fn parse(text: &str) -> Result<Node, Error> {
    let root: Option<Spanned<Value>> = serde_saphyr::from_str_with_options(text, options())?;
    Ok(root.map_or_else(Node::empty, |root| match root.value {
        Value::Null => Node::empty(),
        value => Node { value, place: place(root.referenced) },
    }))
}

fn options() -> Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_nodes: 50_000,
            max_depth: 16,
            max_aliases: 0,
            max_anchors: 0,
            max_documents: 1,
            max_total_scalar_bytes: FILE_BYTES_MAX,
        },
        duplicate_keys: DuplicateKeyPolicy::Error,
        merge_keys: MergeKeyPolicy::Error,
        strict_booleans: true,
        with_snippet: false,
    }
}

/// The place of a location of the parser.
pub(super) fn place(location: Location) -> Place {
    let line = usize::try_from(location.line()).unwrap_or(0);
    let column = usize::try_from(location.column()).unwrap_or(0);
    if line == 0 { Place::Nowhere } else { Place::File { line, column } }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a YAML value")
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        Value::deserialize(deserializer)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Flag(value))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Whole(i128::from(value)))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Whole(i128::from(value)))
    }
    fn visit_i128<E>(self, value: i128) -> Result<Value, E> {
        Ok(Value::Whole(value))
    }
    fn visit_u128<E>(self, value: u128) -> Result<Value, E> {
        Ok(Value::Whole(i128::try_from(value).unwrap_or(i128::MAX)))
    }
    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Real(value))
    }
    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::Text(value.to_owned()))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element::<Spanned<Value>>()? {
            list.push(Node { value: item.value, place: place(item.referenced) });
        }
        Ok(Value::List(list))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = map.next_key::<Spanned<String>>()? {
            let node = map.next_value::<Spanned<Value>>()?;
            entries.push(Entry {
                key: key.value,
                place: place(key.referenced),
                node: Node { value: node.value, place: place(node.referenced) },
            });
        }
        Ok(Value::Map(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_and_key_knows_its_place() {
        let root = parse("kafka:\n  bootstrap_servers: [a:1, b:2]\n  n: 7\n").unwrap();
        let kafka = root.get("kafka").unwrap();
        assert_eq!(kafka.entries()[0].place, Place::File { line: 2, column: 3 });
        let servers = kafka.get("bootstrap_servers").unwrap();
        assert_eq!(servers.place, Place::File { line: 2, column: 22 });
        let Value::List(list) = &servers.value else { panic!("a list") };
        assert_eq!(list[1].value, Value::Text("b:2".to_owned()));
        assert_eq!(list[1].place, Place::File { line: 2, column: 28 });
        assert_eq!(kafka.get("n").unwrap().value, Value::Whole(7));
    }

    #[test]
    fn an_empty_file_is_an_empty_map_and_yes_is_a_text() {
        assert_eq!(parse("").unwrap(), Node::empty());
        assert_eq!(parse("# nothing\n").unwrap(), Node::empty());
        assert_eq!(parse("a: yes").unwrap().get("a").unwrap().value, Value::Text("yes".to_owned()));
    }

    #[test]
    fn doubles_merges_and_aliases_are_refused() {
        assert!(parse("a: 1\na: 2\n").is_err());
        assert!(parse("a: &x 1\nb: *x\n").is_err());
        assert!(parse("b: { <<: { c: 1 } }\n").is_err());
    }
}

//! `HERALD__KAFKA__TOPIC_PREFIX=prod.` beats `kafka.topic_prefix` in the file: the variable is
//! put into the tree before anything is read, and is refused by the same rules.

use std::collections::BTreeMap;

use super::keys::children;
use super::problem::{Problems, nearest};
use super::tree::{self, Entry, Node, Place, Value};

const PREFIX: &str = "HERALD__";

/// The environment of the process, or a made-up one in tests.
#[derive(Debug, Clone, Default)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    /// The variables of this process that are text.
    pub fn of_process() -> Self {
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        Self(std::env::vars_os().filter_map(text).collect())
    }
    /// Exactly these.
    pub fn of(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(variables.into_iter().collect())
    }
    /// The value of one variable.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
    /// Does any variable set a key of the configuration?
    pub fn has_overrides(&self) -> bool {
        self.0.keys().any(|name| name.starts_with(PREFIX))
    }
}

/// Puts every `HERALD__…` variable into the tree.
pub(super) fn apply(root: &mut Node, environment: &Environment, problems: &Problems) {
    for (name, value) in &environment.0 {
        let Some(path) = name.strip_prefix(PREFIX) else { continue };
        let place = Place::Environment(name.clone());
        match resolve(path, root) {
            Ok(path) => set(root, &path, parse(&path, value, &place), &place),
            Err(hint) => match hint {
                Some(hint) => problems.add_hint(&place, "no such key", hint),
                None => problems.add(&place, "no such key"),
            },
        }
    }
}

/// The path that a variable's name means, or a hint at what was meant.
fn resolve(name: &str, root: &Node) -> Result<Vec<String>, Option<String>> {
    let mut path: Vec<String> = Vec::new();
    for word in name.to_ascii_lowercase().split("__") {
        let allowed = children(&path);
        if let Some(known) = allowed.iter().find(|known| **known == word) {
            path.push((*known).to_owned());
        } else if allowed.contains(&"*") {
            path.push(named(word, &path, root));
        } else {
            let near = nearest(word, allowed.iter().copied());
            return Err(near.map(|near| {
                let words: Vec<&str> = path.iter().map(String::as_str).chain([near]).collect();
                format!("did you mean {PREFIX}{}?", words.join("__").to_ascii_uppercase())
            }));
        }
    }
    Ok(path)
}

/// A variable's name has no `-` and no `.`; a name in the file that differs only in these is
/// meant, else a source has `-` and a librdkafka property has `.` where the variable has `_`.
fn named(word: &str, path: &[String], root: &Node) -> String {
    let plain = |name: &str| name.replace(['-', '.'], "_").to_ascii_lowercase();
    let parent = path.iter().try_fold(root, |node, key| node.get(key));
    let known = parent.and_then(|node| node.entries().iter().find(|entry| plain(&entry.key) == word));
    let separator = if path.first().is_some_and(|first| first == "kafka") { "." } else { "-" };
    known.map_or_else(|| word.replace('_', separator), |entry| entry.key.clone())
}

/// A value is read as YAML, so that lists and numbers can be given; a list of servers also as
/// people write it elsewhere, with commas.
fn parse(path: &[String], value: &str, place: &Place) -> Node {
    let text = || Value::Text(value.to_owned());
    let read = if path.last().is_some_and(|last| last == "bootstrap_servers") && !value.starts_with('[') {
        let item = |server: &str| Node { value: Value::Text(server.trim().to_owned()), place: place.clone() };
        Value::List(value.split(',').map(item).collect())
    } else if value.is_empty() {
        text()
    } else {
        // `~` or a comment alone would be nothing at all; whoever sets it means the text.
        tree::parse(value).ok().filter(|node| *node != Node::empty()).map_or_else(text, |node| node.value)
    };
    replace_places(Node { value: read, place: place.clone() }, place)
}

/// Whatever is wrong with it is wrong in the variable, not in line 1 of the file.
fn replace_places(mut node: Node, place: &Place) -> Node {
    node.place = place.clone();
    node.value = match node.value {
        Value::List(items) => Value::List(items.into_iter().map(|n| replace_places(n, place)).collect()),
        Value::Map(entries) => Value::Map(
            entries
                .into_iter()
                .map(|entry| Entry {
                    place: place.clone(),
                    node: replace_places(entry.node, place),
                    key: entry.key,
                })
                .collect(),
        ),
        other => other,
    };
    node
}

fn set(node: &mut Node, path: &[String], value: Node, place: &Place) {
    let Some((first, rest)) = path.split_first() else {
        *node = value;
        return;
    };
    if !matches!(node.value, Value::Map(_)) {
        node.value = Value::Map(Vec::new());
        node.place = place.clone();
    }
    let Value::Map(entries) = &mut node.value else { return };
    if let Some(entry) = entries.iter_mut().find(|entry| entry.key == *first) {
        set(&mut entry.node, rest, value, place);
        return;
    }
    let mut child = Node { value: Value::Null, place: place.clone() };
    set(&mut child, rest, value, place);
    entries.push(Entry { key: first.clone(), place: place.clone(), node: child });
}

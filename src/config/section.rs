//! Reads typed values out of the tree. A value of the wrong shape is a problem with a place, and
//! the reading goes on, so that one start shows everything that is wrong.

use std::net::SocketAddr;
use std::time::Duration;

use super::problem::{Problems, nearest};
use super::quantity;
use super::tree::{Node, Place, Value};

/// One map of the file, or the absence of it.
#[derive(Clone)]
pub(super) struct Section<'a> {
    node: Option<&'a Node>,
    path: String,
    pub(super) problems: &'a Problems,
}

impl<'a> Section<'a> {
    /// The whole file.
    pub(super) fn root(node: &'a Node, problems: &'a Problems) -> Self {
        Self { node: Some(node), path: String::new(), problems }
    }
    /// An item of a list or a named entry.
    pub(super) fn at(node: &'a Node, path: String, problems: &'a Problems) -> Self {
        Self { node: Some(node), path, problems }
    }
    /// The map below this key. What stands there and is no map is a problem.
    pub(super) fn section(&self, key: &str) -> Self {
        let node = self.get(key);
        if let Some(node) = node
            && !matches!(node.value, Value::Map(_) | Value::Null)
        {
            let message = format!("`{}` is a map of keys, not {}", self.path_of(key), node.value.what());
            self.problems.add(&node.place, message);
        }
        Self { node, path: self.path_of(key), problems: self.problems }
    }
    /// Does it stand in the file (or the environment) at all?
    pub(super) fn is_given(&self) -> bool {
        self.node.is_some_and(|node| node.value != Value::Null)
    }
    /// The node itself.
    pub(super) fn node(&self) -> Option<&'a Node> {
        self.node
    }
    /// The value of a key.
    pub(super) fn get(&self, key: &str) -> Option<&'a Node> {
        self.node.and_then(|node| node.get(key)).filter(|node| node.value != Value::Null)
    }
    /// Where it was written; for what is missing in it.
    pub(super) fn place(&self) -> Place {
        self.node.map_or(Place::Nowhere, |node| node.place.clone())
    }
    /// The full name of a key.
    pub(super) fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }
    /// A value that may be absent; one that can't be read is a problem and counts as absent.
    pub(super) fn read<T>(&self, key: &str, parse: impl FnOnce(&Node) -> Result<T, String>) -> Option<T> {
        let node = self.get(key)?;
        match parse(node) {
            Ok(value) => Some(value),
            Err(message) => {
                self.problems.add(&node.place, format!("`{}`: {message}", self.path_of(key)));
                None
            }
        }
    }
    /// A value that must be there.
    pub(super) fn require<T>(&self, key: &str, parse: impl FnOnce(&Node) -> Result<T, String>) -> Option<T> {
        if self.get(key).is_none() {
            self.problems.add(&self.place(), format!("`{}` is missing", self.path_of(key)));
        }
        self.read(key, parse)
    }
}

fn wanted(what: &str, node: &Node) -> String {
    format!("{what} is wanted, not {}", node.value.what())
}

/// A text; a plain number is taken as it would be written.
pub(super) fn text(node: &Node) -> Result<String, String> {
    match &node.value {
        Value::Text(text) => Ok(text.clone()),
        Value::Whole(number) => Ok(number.to_string()),
        _ => Err(wanted("a text", node)),
    }
}

/// A text that is not empty.
pub(super) fn some_text(node: &Node) -> Result<String, String> {
    text(node).and_then(|text| if text.is_empty() { Err("it is empty".to_owned()) } else { Ok(text) })
}

/// Texts: a list, or one alone.
pub(super) fn texts(node: &Node) -> Result<Vec<String>, String> {
    match &node.value {
        Value::List(items) => items.iter().map(some_text).collect(),
        _ => some_text(node).map(|one| vec![one]),
    }
}

/// true or false.
pub(super) fn flag(node: &Node) -> Result<bool, String> {
    if let Value::Flag(flag) = node.value { Ok(flag) } else { Err(wanted("true or false", node)) }
}

/// A whole number within these bounds.
pub(super) fn count(min: u32, max: u32) -> impl FnOnce(&Node) -> Result<u32, String> {
    move |node| {
        let Value::Whole(number) = node.value else { return Err(wanted("a whole number", node)) };
        u32::try_from(number)
            .ok()
            .filter(|number| (min..=max).contains(number))
            .ok_or_else(|| format!("{number} is not between {min} and {max}"))
    }
}

/// A size within these bounds.
pub(super) fn bytes(min: usize, max: usize) -> impl FnOnce(&Node) -> Result<usize, String> {
    move |node| {
        let size = quantity::bytes(&text(node)?)?;
        if (min..=max).contains(&size) {
            return Ok(size);
        }
        let (min, max) = (quantity::show_bytes(min), quantity::show_bytes(max));
        Err(format!("{} is not between {min} and {max}", quantity::show_bytes(size)))
    }
}

/// A length of time within these bounds, in milliseconds.
pub(super) fn duration(min_ms: u64, max_ms: u64) -> impl FnOnce(&Node) -> Result<Duration, String> {
    move |node| {
        let length = quantity::duration(&text(node)?)?;
        let (min, max) = (Duration::from_millis(min_ms), Duration::from_millis(max_ms));
        if (min..=max).contains(&length) {
            return Ok(length);
        }
        let [length, min, max] = [length, min, max].map(quantity::show_duration);
        Err(format!("{length} is not between {min} and {max}"))
    }
}

/// An address to listen on: `127.0.0.1:8080`, `[::1]:8080`, `0.0.0.0:0`.
pub(super) fn address(node: &Node) -> Result<SocketAddr, String> {
    let text = text(node)?;
    text.parse().map_err(|_| {
        format!("{text:?} is not an address; write an IP address and a port, as 127.0.0.1:8080 or [::]:8080")
    })
}

/// One of these words.
pub(super) fn word<T: Copy>(words: &[(&str, T)]) -> impl FnOnce(&Node) -> Result<T, String> {
    move |node| {
        let given = text(node)?;
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == given) {
            return Ok(*value);
        }
        if let Some(near) = nearest(&given, words.iter().map(|(word, _)| *word)) {
            return Err(format!("{given:?} is not known; did you mean {near:?}?"));
        }
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        Err(format!("{given:?} is not known; it is one of {}", known.join(", ")))
    }
}

//! The effective configuration as YAML: file, environment and defaults together. It can be used
//! as a file again. Secrets stand in it by reference only, so there is nothing to mask.

use std::fmt::Write as _;

use super::keys::{KEYS, children};
use super::quantity::show_duration;
use super::tree::{Node, Value, parse};
use crate::http::settings::{AuthSettings, OnRejected, SourceSettings};
use serde_json::{Value as Json, json};

/// The text that `--print-config` prints.
pub(super) fn effective(root: &Node, sources: &[SourceSettings], trial: bool) -> String {
    let mut text = String::new();
    if trial {
        text.push_str("# The trial: an embedded broker that forgets everything on exit.\n");
    }
    text.push_str("# Secrets are shown by reference only.\n");
    let mut written: Vec<&str> = Vec::new();
    for key in KEYS {
        let top = key.path.split(['.', '[']).next().unwrap_or(key.path);
        if written.contains(&top) {
            continue;
        }
        written.push(top);
        let value = match top {
            "sources" => Some(of_sources(root.get(top), sources)),
            _ => of_node(root.get(top), &mut vec![top.to_owned()], trial),
        };
        match value {
            Some(Json::Object(map)) if !map.is_empty() => write_map(&mut text, top, &map, 0),
            Some(Json::Object(_)) | None => {}
            Some(value) => line(&mut text, 0, top, &scalar(&value)),
        }
    }
    text
}

/// The node with the defaults of what it does not say.
fn of_node(node: Option<&Node>, path: &mut Vec<String>, trial: bool) -> Option<Json> {
    let below = children(path);
    if below.is_empty() || below.contains(&"*") || below.contains(&"[]") {
        return node.map(json_of).or_else(|| default_of(path, trial));
    }
    let mut map = serde_json::Map::new();
    for name in below {
        path.push(name.to_owned());
        let value = of_node(node.and_then(|node| node.get(name)), path, trial);
        path.pop();
        if let Some(value) = value {
            map.insert(name.to_owned(), value);
        }
    }
    (!map.is_empty()).then_some(Json::Object(map))
}

fn default_of(path: &[String], trial: bool) -> Option<Json> {
    let full = path.join(".");
    match full.as_str() {
        "kafka.topics.partitions" if trial => return Some(json!(4)),
        "kafka.topics.replication" if trial => return Some(json!(1)),
        _ => {}
    }
    let default = KEYS.iter().find(|key| key.path == full)?.default?;
    parse(&format!("v: {default}")).ok()?.get("v").map(json_of)
}

fn of_sources(node: Option<&Node>, sources: &[SourceSettings]) -> Json {
    let mut map = serde_json::Map::new();
    for source in sources {
        let mut entry = match node.and_then(|node| node.get(&source.name)).map(json_of) {
            Some(Json::Object(entry)) => entry,
            _ => serde_json::Map::new(),
        };
        entry.insert("kind".to_owned(), json!(source.reader.kind()));
        if matches!(source.auth, AuthSettings::None) {
            entry.insert("auth".to_owned(), json!("none"));
        }
        let on_rejected = match source.on_rejected {
            OnRejected::Accept => "accept",
            OnRejected::Refuse => "refuse",
        };
        entry.insert("on_rejected".to_owned(), json!(on_rejected));
        entry.insert("answer_within".to_owned(), json!(show_duration(source.answer_within)));
        map.insert(source.name.clone(), Json::Object(entry));
    }
    Json::Object(map)
}

fn json_of(node: &Node) -> Json {
    match &node.value {
        Value::Null => Json::Null,
        Value::Flag(flag) => json!(flag),
        Value::Whole(number) => {
            i64::try_from(*number).map_or_else(|_| json!(number.to_string()), |n| json!(n))
        }
        Value::Real(number) => json!(number),
        Value::Text(text) => json!(text),
        Value::List(items) => Json::Array(items.iter().map(json_of).collect()),
        Value::Map(entries) => {
            Json::Object(entries.iter().map(|entry| (entry.key.clone(), json_of(&entry.node))).collect())
        }
    }
}

fn write_map(out: &mut String, name: &str, map: &serde_json::Map<String, Json>, depth: usize) {
    line(out, depth, name, "");
    for (key, value) in map {
        match value {
            Json::Object(inner) if !inner.is_empty() => write_map(out, key, inner, depth + 1),
            _ => line(out, depth + 1, key, &scalar(value)),
        }
    }
}

fn line(out: &mut String, depth: usize, key: &str, value: &str) {
    let indent = "  ".repeat(depth);
    let space = if value.is_empty() { "" } else { " " };
    // Writing to a string can't fail.
    let _ = writeln!(out, "{indent}{key}:{space}{value}");
}

/// A value in one line. JSON is YAML, and quoting is the safest way to write a text; plain words
/// stay plain, since people read this.
fn scalar(value: &Json) -> String {
    match value {
        Json::String(text) if is_plain(text) => text.clone(),
        Json::Array(items) => format!("[{}]", items.iter().map(scalar).collect::<Vec<_>>().join(", ")),
        Json::Object(map) => {
            let inner: Vec<String> =
                map.iter().map(|(key, value)| format!("{key}: {}", scalar(value))).collect();
            format!("{{ {} }}", inner.join(", "))
        }
        other => other.to_string(),
    }
}

fn is_plain(text: &str) -> bool {
    let digits = text.trim_start_matches(|c: char| c.is_ascii_digit());
    if digits.len() < text.len() && !digits.is_empty() && digits.chars().all(|c| "msdhkKMGiB".contains(c)) {
        // A size or a length of time. Numbers in YAML have no such letters.
        return true;
    }
    let first = text.chars().next().is_some_and(|c| c.is_ascii_alphabetic() || c == '/');
    let rest = text.chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c));
    first
        && rest
        && !matches!(
            text.to_ascii_lowercase().as_str(),
            "true" | "false" | "null" | "yes" | "no" | "on" | "off"
        )
}

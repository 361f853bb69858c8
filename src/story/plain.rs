//! An event without a sender: Herald's own plain fields, read by Herald's own adapter.

use std::sync::LazyLock;

use jiff::Timestamp;
use serde_json::{Map as JsonMap, Value as Json};

use super::clock;
use super::happening::delivered;
use crate::core::event::Event;
use crate::core::schema;
use crate::core::sources::SourceKind;
use crate::policy::problems::Cx;
use crate::policy::read::Map;
use crate::policy::tree::{Key, Node};

/// Fields that are times: absolute, or before or after the step.
const TIMES: [&str; 6] = [
    "occurred_at",
    "started_at",
    "acknowledged_at",
    "resolved_at",
    "expected_resolution_at",
    "next_update_by",
];
/// Warnings of the adapter that are no mistakes of a story: the policy reads the word, or the
/// story means a clock that is wrong.
const MEANT: [&str; 2] = ["unmapped_priority", "future_time"];

/// The fields of `schemas/herald.json`.
static FIELDS: LazyLock<Vec<String>> = LazyLock::new(|| properties("herald", "/$defs/update/properties"));

/// Names of the properties at a place of a schema.
pub(super) fn properties(schema: &str, pointer: &str) -> Vec<String> {
    let schema: Json = serde_json::from_str(schema::text(schema).unwrap_or_default()).unwrap_or_default();
    let properties = schema.pointer(pointer).and_then(Json::as_object);
    properties.map(|properties| properties.keys().cloned().collect()).unwrap_or_default()
}

/// `{ key: inc-1, stage: triggered, … }`, of the source `herald` or the one that it names.
pub(super) fn read(cx: Cx<'_>, node: &Node, now: Timestamp) -> Option<Vec<Event>> {
    let keys: Vec<&str> = FIELDS.iter().map(String::as_str).chain(["source"]).collect();
    let map = Map::of(cx, node, "an event", &keys)?;
    map.need("key")?;
    let source = map.get("source").map_or(Some("herald".to_owned()), |node| cx.name(node))?;
    let fields = || node.entries().iter().filter(|(key, _)| FIELDS.contains(&key.name));
    let mut body = JsonMap::new();
    for (key, value) in fields() {
        body.insert(key.name.clone(), field(cx, key, value, now)?);
    }
    let body = Json::Object(body).to_string();
    let events = delivered(cx, node.at, (&source, &SourceKind::Herald.into()), &[], body.as_bytes(), now)?;
    for warning in events.iter().flat_map(|event| &event.warnings) {
        let (word, pointer) = warning.split_once(' ').unwrap_or((warning, ""));
        if MEANT.contains(&word) {
            continue;
        }
        let name = pointer.trim_start_matches('/').split('/').next().unwrap_or_default();
        let at = node.get(name).map_or(node.at, |value| value.at);
        cx.error(at, format!("Herald does not understand this ({warning})"));
    }
    Some(events)
}

/// A field's value; times that count from the step are made absolute.
pub(super) fn field(cx: Cx<'_>, key: &Key, node: &Node, now: Timestamp) -> Option<Json> {
    if TIMES.contains(&key.name.as_str()) || (key.name == "eta" && node.entries().is_empty()) {
        return time(cx, node, now).map(|at| Json::String(at.to_string()));
    }
    let mut json = node.json();
    if let (Some(at), Some(eta)) = (node.get("at"), json.as_object_mut().filter(|_| key.name == "eta")) {
        eta.insert("at".to_owned(), Json::String(time(cx, at, now)?.to_string()));
    }
    Some(json)
}

/// A time, or before or after the step: `-25h`, `+30m`.
fn time(cx: Cx<'_>, node: &Node, now: Timestamp) -> Option<Timestamp> {
    let at = clock::moment(&cx.text(node)?, now);
    if at.is_none() {
        cx.wrong(node, "a time with its zone, or one before or after this step such as -25h or +30m");
    }
    at
}

//! What stands where in sample bodies.

use std::collections::BTreeMap;

use serde_json::Value;

/// Deepest place that is looked at.
const DEPTH_MAX: usize = 5;
/// Most values remembered of one place.
const VALUES_MAX: usize = 50;
/// Most places.
const PLACES_MAX: usize = 2_000;
/// How lists of what happened are called.
const LISTS: [&str; 12] = [
    "alerts",
    "events",
    "incidents",
    "issues",
    "messages",
    "records",
    "problems",
    "alarms",
    "notifications",
    "items",
    "checks",
    "data",
];

/// Where the list of what becomes events is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum List {
    /// There is none: a body is one event.
    None,
    /// The body itself.
    Body,
    /// A member of the body.
    Member(String),
}

/// The list that all samples have.
pub(super) fn list(samples: &[Value]) -> List {
    if !samples.is_empty() && samples.iter().all(Value::is_array) {
        return List::Body;
    }
    let of_objects = |sample: &Value, name: &str| {
        let list = sample.get(name).and_then(Value::as_array);
        list.is_some_and(|list| !list.is_empty() && list.iter().all(Value::is_object))
    };
    let found = LISTS.iter().find(|name| samples.iter().all(|sample| of_objects(sample, name)));
    found.map_or(List::None, |name| List::Member((*name).to_owned()))
}

/// What of a sample becomes events.
pub(super) fn elements<'s>(sample: &'s Value, list: &List) -> Vec<&'s Value> {
    let list = match list {
        List::None => return vec![sample],
        List::Body => sample.as_array(),
        List::Member(name) => sample.get(name).and_then(Value::as_array),
    };
    list.map(|list| list.iter().collect()).unwrap_or_default()
}

/// A place that holds a text, a number or a truth value.
#[derive(Debug)]
pub(super) struct Leaf {
    /// As a mapping writes it.
    pub(super) path: String,
    /// Its last name, in small letters and digits only.
    pub(super) name: String,
    pub(super) depth: usize,
    /// What stood there, each once.
    pub(super) values: Vec<String>,
    /// In how many elements there was anything.
    pub(super) seen: usize,
}

/// All places.
#[derive(Debug)]
pub(super) struct Leaves {
    pub(super) list: Vec<Leaf>,
    /// Objects and lists of words, by their last name.
    pub(super) groups: Vec<(String, String)>,
    pub(super) elements: usize,
}

impl Leaves {
    pub(super) fn of(elements: &[&Value]) -> Self {
        let mut found: BTreeMap<String, Leaf> = BTreeMap::new();
        let mut groups = Vec::new();
        for element in elements {
            walk(element, "", 0, &mut found, &mut groups);
        }
        let mut list: Vec<Leaf> = found.into_values().collect();
        list.sort_by(|a, b| (a.depth, &a.path).cmp(&(b.depth, &b.path)));
        Self { list, groups, elements: elements.len() }
    }
}

fn walk(
    value: &Value,
    path: &str,
    depth: usize,
    found: &mut BTreeMap<String, Leaf>,
    groups: &mut Vec<(String, String)>,
) {
    let name = || path.rsplit('/').next().unwrap_or_default().to_owned();
    match value {
        Value::Object(members) if depth < DEPTH_MAX => {
            group(groups, &name(), path);
            for (name, value) in members {
                let below = format!("{path}/{}", name.replace('~', "~0").replace('/', "~1"));
                walk(value, &below, depth + 1, found, groups);
            }
        }
        Value::Array(items) if items.iter().all(Value::is_string) => group(groups, &name(), path),
        Value::Null | Value::Object(_) | Value::Array(_) => {}
        leaf => {
            let text = leaf.as_str().map_or_else(|| leaf.to_string(), str::to_owned);
            let text = text.trim().to_owned();
            if text.is_empty() || (found.len() >= PLACES_MAX && !found.contains_key(path)) {
                return;
            }
            let place = found.entry(path.to_owned()).or_insert_with(|| Leaf {
                path: path.to_owned(),
                name: small(&name()),
                depth,
                values: Vec::new(),
                seen: 0,
            });
            place.seen += 1;
            if place.values.len() < VALUES_MAX && !place.values.contains(&text) {
                place.values.push(text);
            }
        }
    }
}

fn group(groups: &mut Vec<(String, String)>, name: &str, path: &str) {
    let entry = (small(name), path.to_owned());
    if !path.is_empty() && !groups.contains(&entry) {
        groups.push(entry);
    }
}

/// In small letters and digits only: `Alert_ID` and `alertId` are one name.
fn small(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

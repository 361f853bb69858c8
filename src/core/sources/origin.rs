//! Where each field of an event came from: found by changing one value of the body at a time, and
//! reading again what the adapter makes of it. So it is true of every adapter and mapping, and costs
//! nothing where nobody asks.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::Value;

use super::reader::child;
use super::{Read, json};
use crate::core::event::Event;
use crate::core::tree::Tree;

/// Most values that are tried: what lies behind them is not explained.
const VALUES_MAX: usize = 4_000;
/// Most places of which pairs are tried.
const DECISIVE_MAX: usize = 24;
/// Fields that say how it was received, and not what.
const ENVELOPE: &[&str] = &["schema", "id", "received_at", "ingest", "raw", "warnings", "source"];

/// The fields of one event, each with its value and the places that decide it, by path.
pub type Origins = BTreeMap<String, (Value, Vec<String>)>;

/// Values of one event by path.
type Fields = BTreeMap<String, Value>;

/// The origins of each event's fields. `read` is the adapter, applied to a changed body.
pub fn origins(tree: &Tree<'_>, read: &dyn Fn(&Tree<'_>) -> Read) -> Vec<Origins> {
    let Some(events) = fields(&read(tree)) else { return Vec::new() };
    let mut found: Vec<Origins> = events
        .iter()
        .map(|event| event.iter().map(|(path, value)| (path.clone(), (value.clone(), Vec::new()))).collect())
        .collect();
    let mut work = tree.clone().into_owned();
    let mut places = Vec::new();
    gather(&work, &mut Vec::new(), &mut places);
    places.truncate(VALUES_MAX);
    let mut decisive = Vec::new();
    for place in &places {
        let Some(before) = at(&mut work, place).map(|value| value.clone()) else { continue };
        let pointer = pointer(&work, place);
        for (inside, changed) in changes(&before) {
            put(&mut work, place, changed);
            let after = fields(&read(&work));
            if says_what_happened(&events, after.as_deref()) {
                decisive.push(place);
            }
            note(&mut found, &events, after, &format!("{pointer}{inside}"));
        }
        put(&mut work, place, before);
    }
    decisive.truncate(DECISIVE_MAX);
    note_pairs(&mut found, &events, &decisive, &mut work, read);
    found
}

/// Does a change of what was changed say that something else happened?
fn says_what_happened(before: &[Fields], after: Option<&[Fields]>) -> bool {
    let after = after.unwrap_or_default();
    let differs = |(before, after): (&Fields, &Fields)| {
        ["type", "native_type", "native_status"].iter().any(|path| before.get(*path) != after.get(*path))
    };
    before.iter().zip(after).any(differs)
}

/// Two places may say the same, the type of event and the incident's status, say; then neither
/// alone decides. What no single place decides is asked of two.
fn note_pairs(
    found: &mut [Origins],
    events: &[Fields],
    decisive: &[&Vec<usize>],
    work: &mut Tree<'static>,
    read: &dyn Fn(&Tree<'_>) -> Read,
) {
    let mut alone = found.to_vec();
    for origins in &mut alone {
        origins.retain(|_, (_, places)| places.is_empty());
    }
    for (number, one) in decisive.iter().enumerate() {
        for other in &decisive[number + 1..] {
            let pair = [*one, *other];
            let before = pair.map(|place| at(work, place).map(|value| value.clone()));
            for (place, before) in pair.iter().zip(&before) {
                if let Some((_, changed)) = before.iter().flat_map(changes).next() {
                    put(work, place, changed);
                }
            }
            let words = pair.map(|place| pointer(work, place)).join(" and ");
            note(&mut alone, events, fields(&read(work)), &words);
            for (place, before) in pair.iter().zip(before) {
                before.into_iter().for_each(|before| put(work, place, before));
            }
        }
    }
    for (origins, alone) in found.iter_mut().zip(alone) {
        origins.extend(alone);
    }
}

fn put(tree: &mut Tree<'static>, place: &[usize], value: Tree<'static>) {
    if let Some(there) = at(tree, place) {
        *there = value;
    }
}

/// Whatever differs depends on this place. Where nothing is left to compare, nothing is said.
fn note(found: &mut [Origins], before: &[Fields], after: Option<Vec<Fields>>, pointer: &str) {
    let Some(after) = after.filter(|after| after.len() == before.len()) else { return };
    for ((origins, before), after) in found.iter_mut().zip(before).zip(&after) {
        for (path, value) in before {
            if after.get(path) != Some(value)
                && let Some((_, places)) = origins.get_mut(path)
            {
                places.push(pointer.to_owned());
            }
        }
    }
}

/// Every value of every event that is no object and no list, by its path; lists of words count as
/// one value.
fn fields(read: &Read) -> Option<Vec<Fields>> {
    let Read::Events(events) = read else { return None };
    Some(events.iter().map(of_event).collect())
}

fn of_event(event: &Event) -> Fields {
    let mut fields = BTreeMap::new();
    // An event always is an object of JSON.
    if let Ok(Value::Object(members)) = serde_json::to_value(event) {
        for (name, value) in members.into_iter().filter(|(name, _)| !ENVELOPE.contains(&name.as_str())) {
            flatten(name, value, &mut fields);
        }
    }
    // Ids are made of the sender's; the sender's own is what one wants to see.
    fields.retain(|path, _| !matches!(path.as_str(), "incident.id" | "incident.key" | "occurred_at_quality"));
    fields
}

fn flatten(path: String, value: Value, fields: &mut Fields) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                flatten(format!("{path}.{name}"), value, fields);
            }
        }
        Value::Array(list) if list.iter().any(Value::is_object) => {
            for (place, value) in list.into_iter().enumerate() {
                flatten(format!("{path}[{place}]"), value, fields);
            }
        }
        value => {
            fields.insert(path, value);
        }
    }
}

/// The places of all values that are no object and no list, each as child numbers from the root.
fn gather(tree: &Tree<'_>, path: &mut Vec<usize>, places: &mut Vec<Vec<usize>>) {
    let children: Box<dyn Iterator<Item = &Tree<'_>> + '_> = match tree {
        Tree::Object(members) => Box::new(members.iter().map(|(_, value)| value)),
        Tree::List(list) => Box::new(list.iter()),
        Tree::Null => return,
        _ => return places.push(path.clone()),
    };
    for (place, value) in children.enumerate() {
        path.push(place);
        gather(value, path, places);
        path.pop();
    }
}

fn at<'t, 'b>(tree: &'t mut Tree<'b>, path: &[usize]) -> Option<&'t mut Tree<'b>> {
    path.iter().try_fold(tree, |tree, place| tree.child_mut(*place))
}

fn pointer(tree: &Tree<'_>, path: &[usize]) -> String {
    let mut pointer = String::new();
    let mut tree = tree;
    for place in path {
        let next = match tree {
            Tree::Object(members) => {
                members.iter().nth(*place).map(|(name, value)| (name.to_string(), value))
            }
            Tree::List(list) => list.get(*place).map(|value| (place.to_string(), value)),
            _ => None,
        };
        let Some((segment, value)) = next else { break };
        pointer = child(&pointer, &segment);
        tree = value;
    }
    pointer
}

/// A value as it is not: what depends on it changes. JSON that stands in a text is changed inside,
/// one value at a time; the first word says where.
fn changes(value: &Tree<'_>) -> Vec<(String, Tree<'static>)> {
    match value {
        Tree::Bool(truth) => vec![(String::new(), Tree::Bool(!truth))],
        Tree::Number(number) => vec![(String::new(), text(format!("{number}~")))],
        Tree::Text(words) => match json::parse(words.as_bytes()) {
            Ok(inner) if inner.is_object() || inner.is_list() => inside(&inner.into_owned()),
            _ => vec![(String::new(), text(format!("{words}~")))],
        },
        _ => Vec::new(),
    }
}

fn inside(inner: &Tree<'static>) -> Vec<(String, Tree<'static>)> {
    let mut places = Vec::new();
    gather(inner, &mut Vec::new(), &mut places);
    let mut changed = Vec::new();
    for place in places.iter().take(VALUES_MAX) {
        let mut work = inner.clone();
        let Some(value) = at(&mut work, place) else { continue };
        *value = match value {
            Tree::Bool(truth) => Tree::Bool(!*truth),
            Tree::Number(number) => text(format!("{number}~")),
            Tree::Text(words) => text(format!("{words}~")),
            _ => continue,
        };
        changed.push((format!(" › {}", pointer(inner, place)), text(Value::from(&work).to_string())));
    }
    changed
}

fn text(words: String) -> Tree<'static> {
    Tree::Text(Cow::Owned(words))
}

#[cfg(test)]
mod tests {
    use super::super::tests::read_tree_of;
    use super::*;
    use crate::core::sources::SourceKind;

    fn found(kind: SourceKind, body: &str) -> Origins {
        let tree = json::parse(body.as_bytes()).expect("JSON");
        origins(&tree, &|tree| read_tree_of(kind, tree)).remove(0)
    }

    #[test]
    fn each_field_names_the_places_that_decide_it() {
        let body = r#"{"event":{"id":"E1","event_type":"incident.triggered","occurred_at":"2026-04-01T05:20:00Z",
            "data":{"type":"incident","id":"Q1","status":"triggered","title":"Checkout fails","priority":{"summary":"P2"}}}}"#;
        let found = found(SourceKind::PagerDuty, body);
        let of = |path: &str| found[path].1.join(" ");
        assert_eq!(of("title"), "/event/data/title");
        assert_eq!(of("occurred_at"), "/event/occurred_at");
        assert_eq!(of("incident.native_id"), "/event/data/id");
        assert_eq!(of("priority.rank"), "/event/data/priority/summary");
        assert!(of("type").contains("/event/event_type"));
        assert_eq!(of("stage"), "/event/data/status and /event/event_type");
        assert_eq!(found["title"].0, "Checkout fails");
        assert!(!found.contains_key("raw") && !found.contains_key("incident.id"));
    }

    #[test]
    fn a_place_that_is_not_looked_at_is_not_named() {
        let body =
            r#"{"key":"A","stage":"triggered","title":"T","summary":"S","labels":{"a":"1","b":["2","3"]}}"#;
        let found = found(SourceKind::Herald, body);
        assert_eq!(found["title"].1, ["/title"]);
        assert_eq!(found["stage"].1, ["/stage"]);
        assert_eq!(found["labels.b"].1, ["/labels/b/0", "/labels/b/1"]);
        assert!(found.values().all(|(_, places)| !places.contains(&"/summary".to_owned())));
    }
}

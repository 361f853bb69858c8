//! A person's update: the plain fields that tools write too, and what only people say.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::expect::Cast;
use super::happening::Props;
use super::plain;
use crate::core::event::{Approves, Corrects, Event, IncidentRef, Person, PlainUpdate};
use crate::core::vocabulary::{Lead, TimeQuality};
use crate::policy::problems::{Cx, suggest};
use crate::policy::read::Map;
use crate::policy::tree::{Key, Node};

/// Name and kind of the source that people's words come from.
const SOURCE: &str = "api";
/// What only people say.
const KEYS: [&str; 12] = [
    "by",
    "no_change",
    "next_update_by",
    "help_wanted",
    "leads",
    "release",
    "hold",
    "confidential",
    "data_cleared",
    "corrects",
    "follow_up",
    "approves",
];

/// `{ by: business-response, key: inc-1, symptom: { … }, … }`
pub(super) fn read(
    cx: Cx<'_>,
    node: &Node,
    now: Timestamp,
    cast: &Cast,
    props: &mut Props<'_>,
) -> Option<Vec<Event>> {
    let keys: Vec<&str> = plain::fields().chain(KEYS).collect();
    let map = Map::of(cx, node, "an update", &keys)?;
    let by = map.need("by").and_then(|node| cx.name(node));
    let incident = incident(cx, &map, node, props);
    let (by, (owner, incident)) = (by?, incident?);
    let declares = owner == SOURCE && !props.incidents.iter().any(|(_, known)| known.id == incident.id);
    // The same words again are another update.
    let delivery = format!("update-{}", props.events + 1);
    let headers = [("idempotency-key".to_owned(), delivery)];
    let mut events = plain::posted(cx, &with_key(node, &incident.native_id), SOURCE, &headers, now)?;
    let event = events.first_mut()?;
    let mut update = event.update.take().map(|update| *update).unwrap_or_default();
    // Who speaks as a lead has that lead's role; anyone else the role of this name.
    let role = if Lead::parse(&by).is_some() { format!("{by}-lead") } else { by.clone() };
    update.by = Some(Person { name: by, roles: vec![role] });
    fill(cx, &map, now, cast, &mut update)?;
    if let Some(role) = map.get("approves").and_then(|node| cx.name(node)) {
        let Some(words) = props.words.get(&incident.id) else {
            cx.error(map.at, "nobody has written words that could be approved");
            return None;
        };
        update.approves = Some(Approves { update: words.clone(), role });
    }
    if update.has_words() {
        props.words.insert(incident.id.clone(), event.id.clone());
    }
    event.update = Some(Box::new(update));
    event.incident = IncidentRef { merged_into: event.incident.merged_into.take(), ..incident };
    SOURCE.clone_into(&mut event.source.kind);
    event.occurred_at = Some(now);
    event.occurred_at_quality = TimeQuality::Exact;
    // An update says what is new; only a declaration says enough to begin an incident.
    event.partial = !declares;
    Some(events)
}

/// The incident of `key`: by the sender's own id, its number, or both source and id; without a key
/// the only one there is. One that nobody has heard of is declared by this person.
fn incident(cx: Cx<'_>, map: &Map<'_>, node: &Node, props: &Props<'_>) -> Option<(String, IncidentRef)> {
    let Some(key_node) = map.get("key") else {
        return match props.incidents.as_slice() {
            [only] => Some(only.clone()),
            [] => {
                map.need("key");
                None
            }
            _ => {
                cx.error(map.at, "an update needs `key` where there is more than one incident");
                None
            }
        };
    };
    let key = cx.text(key_node)?;
    let is_it = |(_, known): &&(String, IncidentRef)| {
        known.native_id == key || known.key == key || known.display_id.as_ref() == Some(&key)
    };
    if let Some(found) = props.incidents.iter().find(is_it) {
        return Some(found.clone());
    }
    if node.get("stage").is_none() {
        let message = format!("nobody has heard of an incident `{key}`");
        let known = props.incidents.iter().map(|(_, known)| known.native_id.as_str());
        let help = suggest(&key, known).unwrap_or_else(|| "with `stage` it would be declared".to_owned());
        cx.error_help(key_node.at, message, help);
        return None;
    }
    let id = crate::core::ids::incident(SOURCE, &key);
    let known = format!("{SOURCE}/{key}");
    let incident = IncidentRef {
        id,
        key: known,
        native_id: key,
        display_id: None,
        dedup_key: None,
        merged_into: None,
        owner: None,
    };
    Some((SOURCE.to_owned(), incident))
}

/// The map with the incident's own id as its key.
fn with_key(node: &Node, native_id: &str) -> Node {
    let mut entries: Vec<(Key, Node)> = node.entries().to_vec();
    entries.retain(|(key, _)| key.name != "key");
    let key = Key { at: node.at, name: "key".to_owned() };
    let value = crate::policy::tree::Value::Text(native_id.to_owned());
    entries.push((key, Node { at: node.at, value }));
    Node { at: node.at, value: crate::policy::tree::Value::Map(entries) }
}

fn fill(cx: Cx<'_>, map: &Map<'_>, now: Timestamp, cast: &Cast, update: &mut PlainUpdate) -> Option<()> {
    let flag = |name: &str| map.get(name).and_then(|node| cx.bool(node));
    update.no_change = flag("no_change").unwrap_or(false);
    update.follow_up = flag("follow_up").unwrap_or(false);
    update.confidential = flag("confidential");
    update.data_cleared = flag("data_cleared");
    update.corrects = flag("corrects").filter(|corrects| *corrects).map(|_| Corrects::default());
    update.release = audiences(cx, map, "release", cast);
    update.hold = audiences(cx, map, "hold", cast);
    if let Some(node) = map.get("next_update_by") {
        update.next_update_by = Some(plain::time(cx, node, now)?);
    }
    if let Some(text) = map.get("text") {
        text.entries().iter().for_each(|(key, _)| check_audience(cx, key, cast));
    }
    for (key, node) in entries(cx, map, "help_wanted", "words by audience") {
        check_audience(cx, key, cast);
        update.help_wanted.insert(key.name.clone(), cx.local_text(node));
    }
    let mut leads = BTreeMap::new();
    for (key, node) in entries(cx, map, "leads", "who leads, by lead") {
        if let (Some(lead), Some(name)) = (cx.key_word(key, "lead", Lead::ALL, Lead::as_str), cx.text(node)) {
            leads.insert(lead, name);
        }
    }
    update.leads = leads;
    Some(())
}

fn entries<'a>(cx: Cx<'a>, map: &Map<'a>, name: &str, what: &str) -> &'a [(Key, Node)] {
    map.get(name).and_then(|node| cx.entries(node, what)).unwrap_or_default()
}

fn audiences(cx: Cx<'_>, map: &Map<'_>, name: &str, cast: &Cast) -> Vec<String> {
    let known: Vec<String> = cast.audiences.iter().map(|(known, _)| known.clone()).collect();
    let items = map.get(name).map(Node::one_or_more).unwrap_or_default();
    items.iter().filter_map(|item| Some(known[cx.reference(item, "audience", &known)?].clone())).collect()
}

fn check_audience(cx: Cx<'_>, key: &Key, cast: &Cast) {
    if !cast.audiences.iter().any(|(known, _)| *known == key.name) {
        cx.unknown(key.at, "audience", &key.name, cast.audiences.iter().map(|(known, _)| known.as_str()));
    }
}

//! A person's update: what the API takes, checked by its schema and read as it reads it.

use std::sync::LazyLock;

use jiff::Timestamp;
use serde_json::{Map as JsonMap, Value as Json, json};

use super::expect::Cast;
use super::happening::Props;
use super::plain;
use crate::core::event::{Event, IncidentRef, Person};
use crate::core::sources::Delivery;
use crate::core::sources::api::{self, ALL_AUDIENCES, Statement};
use crate::core::vocabulary::{AuthKind, Lead};
use crate::core::{ids, role};
use crate::policy::problems::{Cx, suggest};
use crate::policy::read::Map;
use crate::policy::tree::{Key, Node};

/// What a story says besides: who, and of which incident.
const KEYS: [&str; 2] = ["by", "key"];
/// Fields that name audiences, as keys or in a list.
const OF_AUDIENCES: [&str; 4] = ["text", "help_wanted", "release", "hold"];

/// The fields of an update in `schemas/incidents-api.json`.
static FIELDS: LazyLock<Vec<String>> =
    LazyLock::new(|| plain::properties("incidents-api", "/$defs/update/properties"));

/// `{ by: business-response, key: inc-1, symptom: { … }, … }`
pub(super) fn read(
    cx: Cx<'_>,
    node: &Node,
    now: Timestamp,
    cast: &Cast,
    props: &mut Props<'_>,
) -> Option<Vec<Event>> {
    let keys: Vec<&str> = FIELDS.iter().map(String::as_str).chain(KEYS).collect();
    let map = Map::of(cx, node, "an update", &keys)?;
    let by = map.need("by").and_then(|node| cx.name(node));
    let about = about(cx, &map, node, props);
    OF_AUDIENCES.iter().for_each(|name| check_audiences(cx, &map, name, cast));
    let (by, about) = (by?, about?);
    let statement = match &about {
        About::Known(id) => Statement::Update { incident: id },
        About::New(key) => Statement::Declaration { key },
    };
    let body = body(cx, node, &about, now, props)?;
    let problems = api::validate(statement.part(), &body);
    for problem in &problems {
        let name = problem.pointer.trim_start_matches('/').split('/').next().unwrap_or_default();
        let at = node.get(name).map_or(node.at, |value| value.at);
        cx.error(at, format!("the API would refuse this: {}", problem.message));
    }
    if !problems.is_empty() {
        return None;
    }
    // Who speaks as a lead has that lead's role; anyone else the role of this name.
    let own_role = match Lead::parse(&by) {
        Some(lead) => role::of_lead(lead).to_owned(),
        None => by.clone(),
    };
    let person = Person { name: by, roles: vec![own_role] };
    let audiences: Vec<&str> = cast.audiences.iter().map(|(name, _)| name.as_str()).collect();
    let bytes = body.to_string().into_bytes();
    let delivery = Delivery {
        source: api::SOURCE,
        headers: &[],
        content_type: "application/json",
        body: &bytes,
        body_sha256: &ids::body_sha256(&bytes),
        received_at: now,
        auth: AuthKind::SharedSecret,
        key_id: None,
        parts_max: 1,
    };
    // The same words again are another update.
    let delivery_id = format!("update-{}", props.events + 1);
    let event = api::event(&delivery, &delivery_id, statement, person, &body, &audiences);
    if event.update.as_ref().is_some_and(|update| update.has_words()) {
        props.words.insert(event.incident.id.clone(), event.id.clone());
    }
    Some(vec![event])
}

/// What an update is about.
enum About {
    /// An incident of which somebody has heard, by our id.
    Known(String),
    /// One that this person declares, under this key.
    New(String),
}

impl About {
    fn id(&self) -> String {
        match self {
            Self::Known(id) => id.clone(),
            Self::New(key) => api::declared(key),
        }
    }
}

/// The incident of `key`: by the sender's own id, its number, or both source and id; without a key
/// the only one there is. One that nobody has heard of is declared where a stage is said.
fn about(cx: Cx<'_>, map: &Map<'_>, node: &Node, props: &Props<'_>) -> Option<About> {
    let Some(key_node) = map.get("key") else {
        return match props.incidents.as_slice() {
            [only] => Some(About::Known(only.id.clone())),
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
    if let Some(known) = known(&key, props) {
        return Some(About::Known(known.id.clone()));
    }
    if node.get("stage").is_none() {
        unheard_of(cx, key_node, &key, props, "with `stage` it would be declared");
        return None;
    }
    Some(About::New(key))
}

fn known<'p>(key: &str, props: &'p Props<'_>) -> Option<&'p IncidentRef> {
    let is_it = |known: &&IncidentRef| {
        known.native_id == key
            || known.key == key
            || known.display_id.as_deref() == Some(key)
            || known.id == api::declared(key)
    };
    props.incidents.iter().find(is_it)
}

fn unheard_of(cx: Cx<'_>, node: &Node, key: &str, props: &Props<'_>, or: &str) {
    let message = format!("nobody has heard of an incident `{key}`");
    let known = props.incidents.iter().map(|known| known.native_id.as_str());
    cx.error_help(node.at, message, suggest(key, known).unwrap_or_else(|| or.to_owned()));
}

/// The body of the request: times that count from the step, incidents and words by our ids.
fn body(cx: Cx<'_>, node: &Node, about: &About, now: Timestamp, props: &Props<'_>) -> Option<Json> {
    let mut body = JsonMap::new();
    for (key, value) in node.entries().iter().filter(|(key, _)| !KEYS.contains(&key.name.as_str())) {
        let said = match key.name.as_str() {
            "approves" => approves(cx, value, about, props)?,
            "merged_into" => {
                let goal = cx.text(value)?;
                let Some(known) = known(&goal, props) else {
                    unheard_of(cx, value, &goal, props, "it takes one that there is");
                    return None;
                };
                Json::String(known.id.clone())
            }
            _ => plain::field(cx, key, value, now)?,
        };
        body.insert(key.name.clone(), said);
    }
    Some(Json::Object(body))
}

/// `approves: ROLE`: the last words that a person wrote of this incident.
fn approves(cx: Cx<'_>, node: &Node, about: &About, props: &Props<'_>) -> Option<Json> {
    let role = cx.name(node)?;
    let Some(update) = props.words.get(&about.id()) else {
        cx.error(node.at, "nobody has written words that could be approved");
        return None;
    };
    Some(json!({ "update": update, "role": role }))
}

/// Audiences that are named must be there.
fn check_audiences(cx: Cx<'_>, map: &Map<'_>, name: &str, cast: &Cast) {
    let known = || cast.audiences.iter().map(|(known, _)| known.as_str());
    let check = |at, audience: &str| {
        let is_all = name == "text" && audience == ALL_AUDIENCES;
        if !is_all && !known().any(|known| known == audience) {
            cx.unknown(at, "audience", audience, known());
        }
    };
    let Some(node) = map.get(name) else { return };
    node.entries().iter().for_each(|(Key { at, name }, _)| check(*at, name));
    if node.entries().is_empty() {
        node.one_or_more().iter().for_each(|item| {
            if let Some(audience) = cx.text(item) {
                check(item.at, &audience);
            }
        });
    }
}

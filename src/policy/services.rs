//! services.yaml: the catalogue.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::problems::{Cx, list};
use super::read::Map;
use super::tree::{Key, Node, Value};
use crate::core::policy::{Catalogue, Service, ServiceIndex, SlaTerms};
use crate::core::text::LocalText;
use crate::core::vocabulary::Impact;

const KEYS: [&str; 12] = [
    "known_as",
    "name",
    "business_service",
    "customer_facing",
    "tier",
    "team",
    "depends_on",
    "sla",
    "symptom",
    "workaround",
    "action",
    "formerly",
];

pub(super) fn read(cx: Cx<'_>, root: &Node) -> Option<Catalogue> {
    let map = Map::of(cx, root, "services.yaml", &["services", "business_services"])?;
    let entries: Vec<_> = cx.named(map.need("services")?, "services by name").collect();
    let mut catalogue = Catalogue::default();
    let mut depends_on: Vec<Vec<(ServiceIndex, &Node)>> = Vec::new();
    for (key, node) in &entries {
        let needs = service(cx, &key.name, node, &mut catalogue);
        depends_on.push(needs);
    }
    catalogue.known_as = known_as(cx, &entries);
    check_loops(cx, &catalogue, &depends_on);
    catalogue.affects = affects(&depends_on);
    catalogue.business_names =
        map.get("business_services").map(|node| business_names(cx, node)).unwrap_or_default();
    let named = map.get("business_services").map(Node::entries).unwrap_or_default();
    check_names(cx, &catalogue, named, &entries);
    check_use(cx, &entries);
    Some(catalogue)
}

/// Adds one service; answers what it depends on. Broken parts of it are left out.
fn service<'a>(
    cx: Cx<'a>,
    id: &str,
    node: &'a Node,
    catalogue: &mut Catalogue,
) -> Vec<(ServiceIndex, &'a Node)> {
    let map = Map::of(cx, node, "a service", &KEYS);
    let get = |key: &str| map.as_ref().and_then(|map| map.get(key));
    let texts = |key: &str| get(key).map(|node| by_impact(cx, node)).unwrap_or_default();
    let own = catalogue.services.len();
    catalogue.services.push(Service {
        id: id.to_owned(),
        name: get("name").map(|node| cx.local_text(node)).unwrap_or_default(),
        business_service: get("business_service").and_then(|node| cx.name(node)),
        // When unsure, the higher one: a service that nobody described may be seen by customers.
        customer_facing: get("customer_facing").is_none_or(|node| cx.bool(node).unwrap_or(true)),
        tier: get("tier").and_then(|node| cx.small(node, 1, 9)),
        team: get("team").and_then(|node| cx.text(node)),
        sla: get("sla").and_then(|node| sla(cx, node)),
        symptom: texts("symptom"),
        workaround: texts("workaround"),
        action: texts("action"),
    });
    let mut needs = Vec::new();
    for item in get("depends_on").map(Node::one_or_more).unwrap_or_default() {
        match cx.reference(item, "service", &cx.names.services) {
            Some(place) if place == own => cx.error(item.at, format!("`{id}` depends on itself")),
            Some(place) => needs.push((place, item)),
            None => {}
        }
    }
    needs
}

fn by_impact(cx: Cx<'_>, node: &Node) -> BTreeMap<Impact, LocalText> {
    let mut texts = BTreeMap::new();
    for (key, value) in cx.entries(node, "words by impact").unwrap_or_default() {
        if let Some(impact) = cx.key_word(key, "impact", Impact::ALL, Impact::as_str) {
            texts.insert(impact, cx.local_text(value));
        }
    }
    texts
}

fn sla(cx: Cx<'_>, node: &Node) -> Option<SlaTerms> {
    let map = Map::of(cx, node, "an SLA", &["update_within", "resolve_within", "penalty"])?;
    let length = |key| map.get(key).and_then(|node| cx.duration(node));
    Some(SlaTerms {
        update_within: length("update_within"),
        resolve_within: length("resolve_within"),
        penalty: map.get("penalty").is_some_and(|node| cx.bool(node).unwrap_or(true)),
    })
}

/// Every word that means a service: its catalogue name, and what senders call it.
fn known_as(cx: Cx<'_>, entries: &[(&Key, &Node)]) -> HashMap<String, ServiceIndex> {
    let mut known: HashMap<String, ServiceIndex> =
        entries.iter().enumerate().map(|(place, (key, _))| (key.name.clone(), place)).collect();
    for (place, (_, node)) in entries.iter().enumerate() {
        let words = ["known_as", "formerly"].into_iter().filter_map(|key| node.get(key));
        for item in words.flat_map(Node::one_or_more) {
            let Some(word) = cx.text(item) else { continue };
            match known.get(&word) {
                Some(other) if *other != place => {
                    let other = &entries[*other].0;
                    let message = format!("`{word}` means `{}` already, line {}", other.name, other.at.line);
                    cx.error_help(item.at, message, "a sender's word means one service");
                }
                _ => _ = known.insert(word, place),
            }
        }
    }
    known
}

/// Notes every dependency that closes a loop, once for each loop.
fn check_loops(cx: Cx<'_>, catalogue: &Catalogue, depends_on: &[Vec<(ServiceIndex, &Node)>]) {
    // 0: not seen, 1: on the way, 2: done.
    let mut marks = vec![0_u8; depends_on.len()];
    for start in 0..depends_on.len() {
        let mut path: Vec<(ServiceIndex, usize)> = vec![(start, 0)];
        while let Some((service, next)) = path.pop() {
            if next == 0 {
                if marks[service] == 2 {
                    continue;
                }
                marks[service] = 1;
            }
            let Some((needed, node)) = depends_on[service].get(next) else {
                marks[service] = 2;
                continue;
            };
            path.push((service, next + 1));
            match marks[*needed] {
                0 => path.push((*needed, 0)),
                1 => {
                    let from = path.iter().position(|(at, _)| at == needed).unwrap_or(0);
                    let names: Vec<_> = path[from..]
                        .iter()
                        .chain(&path[from..=from])
                        .map(|(at, _)| catalogue.services[*at].id.as_str())
                        .collect();
                    let message = format!("services depend on one another in a loop: {}", names.join(" → "));
                    cx.error_help(node.at, message, "name only what a service can't work without");
                }
                _ => {}
            }
        }
    }
}

/// For each service: itself, then all that can't work without it, transitively, in the file's order.
fn affects(depends_on: &[Vec<(ServiceIndex, &Node)>]) -> Vec<Vec<ServiceIndex>> {
    let mut dependants: Vec<Vec<ServiceIndex>> = vec![Vec::new(); depends_on.len()];
    for (service, needs) in depends_on.iter().enumerate() {
        needs.iter().for_each(|(needed, _)| dependants[*needed].push(service));
    }
    (0..depends_on.len())
        .map(|service| {
            let mut reached = vec![service];
            let mut at = 0;
            while let Some(next) = reached.get(at).copied() {
                for dependant in &dependants[next] {
                    if !reached.contains(dependant) {
                        reached.push(*dependant);
                    }
                }
                at += 1;
            }
            reached[1..].sort_unstable();
            reached
        })
        .collect()
}

/// Readers read the name of what they use; where there is none, they would read its id.
fn check_names(cx: Cx<'_>, catalogue: &Catalogue, named: &[(Key, Node)], entries: &[(&Key, &Node)]) {
    let mut told = BTreeSet::new();
    for (_, node) in entries {
        let Some(item) = node.get("business_service") else { continue };
        let Value::Text(id) = &item.value else { continue };
        let name = catalogue.business_names.get(id);
        let lacks = |language: &&String| name.is_none_or(|name| !name.0.contains_key(*language));
        let missing: Vec<&String> = cx.names.languages.iter().filter(lacks).collect();
        if !missing.is_empty() && told.insert(id) {
            let message = format!("`{id}` has no name in {}; readers would read `{id}`", list(&missing));
            let at = named.iter().find(|(key, _)| key.name == *id).map_or(item.at, |(key, _)| key.at);
            cx.warn(at, message, Some(format!("name it below `business_services`: {id}: {{ … }}")));
        }
    }
}

/// A service that says nothing of itself, and that no rule, lead or other service names, changes
/// nothing by being here.
fn check_use(cx: Cx<'_>, entries: &[(&Key, &Node)]) {
    for (key, node) in entries {
        let says =
            node.entries().iter().any(|(key, _)| !matches!(key.name.as_str(), "known_as" | "formerly"));
        let words = ["known_as", "formerly"].into_iter().filter_map(|name| node.get(name));
        let mut words = words.flat_map(Node::one_or_more).filter_map(|item| match &item.value {
            Value::Text(text) => Some(text.as_str()),
            _ => None,
        });
        let named = |word: &str| cx.names.words.contains(word);
        if !says && !named(&key.name) && !words.any(named) {
            let help = "say what it means for the business (business_service, tier, team), or leave it out";
            cx.warn(key.at, format!("nothing uses `{}`", key.name), Some(help.to_owned()));
        }
    }
}

fn business_names(cx: Cx<'_>, node: &Node) -> BTreeMap<String, LocalText> {
    let mut names = BTreeMap::new();
    for (key, value) in cx.named(node, "business services by name") {
        if !cx.names.business_services.contains(&key.name) {
            cx.warn(key.at, format!("no service is part of `{}`", key.name), None);
        }
        names.insert(key.name.clone(), cx.local_text(value));
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::tree::At;

    #[test]
    fn what_depends_on_a_service_is_affected_with_it() {
        let node = Node { at: At::default(), value: Value::Null };
        // 0 needs 1, 1 needs 2, 3 needs 2.
        let depends_on = vec![vec![(1, &node)], vec![(2, &node)], vec![], vec![(2, &node)]];
        assert_eq!(affects(&depends_on), [vec![0], vec![1, 0], vec![2, 0, 1, 3], vec![3]]);
    }
}

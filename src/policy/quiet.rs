//! quiet.yaml: confidential, maintenance, damping, drills. May be absent.

use std::collections::BTreeSet;

use super::problems::Cx;
use super::prove::{self, Rule};
use super::read::Map;
use super::tree::{At, Node};
use super::when::when;
use crate::core::matcher::{MatchField, MatchValue, Test, When};
use crate::core::policy::{Catalogue, ConfidentialEntry, DampingHold, DrillEntry, Maintenance, Quiet};
use crate::core::vocabulary::Priority;

pub(super) fn read(cx: Cx<'_>, root: &Node, catalogue: &Catalogue) -> Quiet {
    let keys = ["confidential", "maintenance", "damping", "drills"];
    let Some(map) = Map::of(cx, root, "quiet.yaml", &keys) else { return Quiet::default() };
    let items = |key: &str| map.get(key).map(|node| cx.items(node, "entries")).unwrap_or_default();
    let entries = |key: &str| items(key).iter().filter_map(|node| entry(cx, node)).collect::<Vec<_>>();
    let confidential = entries("confidential");
    let drills = entries("drills");
    check_names(cx, confidential.iter().map(|entry| &entry.rule));
    check_names(cx, drills.iter().map(|entry| &entry.rule));
    let windows: Vec<_> =
        items("maintenance").iter().filter_map(|node| maintenance(cx, node, catalogue)).collect();
    check_names(cx, windows.iter().map(|(rule, _)| rule));
    Quiet {
        confidential: confidential
            .into_iter()
            .map(|Entry { rule, place, tell_only }| ConfidentialEntry {
                name: rule.name,
                place,
                when: rule.when,
                tell_only,
            })
            .collect(),
        maintenance: windows.into_iter().map(|(_, window)| window).collect(),
        damping: map.get("damping").map(|node| damping(cx, node)).unwrap_or_default(),
        drills: drills
            .into_iter()
            .map(|Entry { rule, place, tell_only }| DrillEntry {
                name: rule.name,
                place,
                when: rule.when,
                tell_only,
            })
            .collect(),
    }
}

/// An entry of `confidential` or `drills`.
struct Entry {
    rule: Rule,
    place: String,
    tell_only: Vec<usize>,
}

fn entry(cx: Cx<'_>, node: &Node) -> Option<Entry> {
    let map = Map::of(cx, node, "an entry", &["name", "when", "tell_only"])?;
    let name = map.need("name");
    let found = (
        name.and_then(|node| cx.name(node)),
        map.need("when").and_then(|node| when(cx, node, &[])),
        map.need("tell_only").map(|node| cx.audiences(node)),
    );
    let (Some(name_text), Some(when), Some(tell_only)) = found else { return None };
    let rule = Rule { name: name_text, at: name.map_or(map.at, |node| node.at), when };
    prove::can_hold(cx, &rule);
    Some(Entry { rule, place: cx.place(map.at), tell_only })
}

fn maintenance(cx: Cx<'_>, node: &Node, catalogue: &Catalogue) -> Option<(Rule, Maintenance)> {
    let map = Map::of(cx, node, "a maintenance window", &["name", "from", "to", "when"])?;
    let (name, end) = (map.need("name"), map.need("to"));
    let found = (
        name.and_then(|node| cx.name(node)),
        map.need("from").and_then(|node| cx.timestamp(node)),
        end.and_then(|node| cx.timestamp(node)),
        map.need("when").and_then(|node| when(cx, node, &[])),
    );
    let (Some(name_text), Some(from), Some(to), Some(when)) = found else { return None };
    if to <= from {
        cx.error(end.map_or(map.at, |node| node.at), "it ends before it begins");
    }
    let rule = Rule { name: name_text.clone(), at: name.map_or(map.at, |node| node.at), when: when.clone() };
    prove::can_hold(cx, &rule);
    let services = covered(&when, catalogue).unwrap_or_default().into_iter().collect();
    Some((rule, Maintenance { name: name_text, place: cx.place(map.at), from, to, when, services }))
}

/// Catalogue names of the services that a window names; none where it names none. With
/// `affected_service` these are all whose trouble reaches the service named.
fn covered(when: &When, catalogue: &Catalogue) -> Option<BTreeSet<String>> {
    let places = |values: &[MatchValue]| -> Vec<usize> {
        let known = |value: &MatchValue| match value {
            MatchValue::Text(word) => catalogue.known_as.get(word).copied(),
            _ => None,
        };
        values.iter().filter_map(known).collect()
    };
    let id = |place: usize| catalogue.services[place].id.clone();
    match when {
        When::Is(MatchField::Service, Test::AnyOf(values)) => {
            Some(places(values).into_iter().map(id).collect())
        }
        When::Is(MatchField::AffectedService, Test::AnyOf(values)) => {
            let wanted = places(values);
            let reaches =
                |place: &usize| catalogue.affects[*place].iter().any(|reached| wanted.contains(reached));
            Some((0..catalogue.services.len()).filter(reaches).map(id).collect())
        }
        When::All(parts) => parts.iter().filter_map(|part| covered(part, catalogue)).reduce(|a, b| &a | &b),
        // A branch without a service covers any service.
        When::Any(parts) => {
            let parts: Option<Vec<_>> = parts.iter().map(|part| covered(part, catalogue)).collect();
            parts?.into_iter().reduce(|a, b| &a | &b)
        }
        When::Not(_) | When::Is(..) => None,
    }
}

fn damping(cx: Cx<'_>, node: &Node) -> DampingHold {
    let mut damping = DampingHold::default();
    let map = Map::of(cx, node, "`damping`", &["hold_first_message"]);
    let holds = map
        .and_then(|map| map.get("hold_first_message"))
        .and_then(|node| cx.entries(node, "lengths by priority"));
    for (key, value) in holds.unwrap_or_default() {
        let priority = cx.key_word(key, "priority", Priority::ALL, Priority::as_str);
        damping.hold_first_message.extend(priority.zip(cx.duration(value)));
    }
    damping
}

fn check_names<'r>(cx: Cx<'_>, rules: impl Iterator<Item = &'r Rule>) {
    let mut seen: Vec<(&str, At)> = Vec::new();
    for rule in rules {
        if let Some((_, first)) = seen.iter().find(|(name, _)| *name == rule.name) {
            cx.error(rule.at, format!("there is an entry `{}` already, in line {}", rule.name, first.line));
        }
        seen.push((&rule.name, rule.at));
    }
}

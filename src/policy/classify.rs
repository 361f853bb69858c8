//! classify.yaml: reading what senders give; deriving priority and impact; adjustments.

use std::collections::HashMap;

use super::problems::Cx;
use super::prove::Rule;
use super::read::Map;
use super::tree::{Node, Value};
use super::when::{NotYet, when};
use crate::core::matcher::{MatchField, RuleSet, When};
use crate::core::policy::{Adjustment, Classify, Given, ImpactRule, PriorityRule, SourceReading};
use crate::core::vocabulary::{Impact, Priority};

pub(super) fn read(cx: Cx<'_>, root: &Node) -> Option<Classify> {
    let map = Map::of(cx, root, "classify.yaml", &["given", "impact", "priority", "adjust"])?;
    let mut classify = Classify::default();
    if let Some(node) = map.get("given") {
        for (key, value) in cx.entries(node, "readings by source or kind of source").unwrap_or_default() {
            super::sources::check_reading(cx, key.at, &key.name);
            classify.given.extend(reading(cx, value).map(|reading| (key.name.clone(), reading)));
        }
    }
    let not_yet: [NotYet; 1] = [(MatchField::Impact, "impact is what these rules find out")];
    let rules = list(cx, map.get("impact"), "set", &not_yet, |node| {
        cx.word(node, "impact", Impact::ALL, Impact::as_str)
    });
    super::prove::first_wins(cx, &rules.iter().map(|(rule, _)| rule).collect::<Vec<_>>());
    classify.impact =
        rules.iter().map(|(rule, set)| ImpactRule { name: rule.name.clone(), set: *set }).collect();
    classify.impact_rules = rule_set(rules);

    let not_yet: [NotYet; 1] =
        [(MatchField::Priority, "priority is what these rules find out, where none is given")];
    let rules = list(cx, map.get("priority"), "set", &not_yet, |node| {
        cx.word(node, "priority", Priority::ALL, Priority::as_str)
    });
    super::prove::first_wins(cx, &rules.iter().map(|(rule, _)| rule).collect::<Vec<_>>());
    classify.priority =
        rules.iter().map(|(rule, set)| PriorityRule { name: rule.name.clone(), set: *set }).collect();
    classify.priority_rules = rule_set(rules);

    let rules = list(cx, map.get("adjust"), "raise_priority", &[], |node| cx.small(node, 1, 4));
    rules.iter().for_each(|(rule, _)| super::prove::can_hold(cx, rule));
    classify.adjust = rules
        .iter()
        .map(|(rule, steps)| Adjustment { name: rule.name.clone(), raise_priority: *steps })
        .collect();
    classify.adjust_rules = rule_set(rules);
    Some(classify)
}

fn rule_set<T>(rules: Vec<(Rule, T)>) -> RuleSet {
    RuleSet::new(rules.into_iter().map(|(rule, _)| rule.when).collect())
}

/// Rules with a name, a `when` (absent: always) and what they set.
fn list<'a, T>(
    cx: Cx<'a>,
    node: Option<&'a Node>,
    sets: &'static str,
    not_yet: &[NotYet],
    set: impl Fn(&'a Node) -> Option<T>,
) -> Vec<(Rule, T)> {
    let items = node.map(|node| cx.items(node, "rules")).unwrap_or_default();
    let mut rules: Vec<(Rule, T)> = Vec::new();
    for item in items {
        let Some(map) = Map::of(cx, item, "a rule", &["name", "when", sets]) else { continue };
        let name = map.need("name");
        let found = (
            name.and_then(|node| cx.name(node)),
            map.get("when").map_or(Some(When::ALWAYS), |node| when(cx, node, not_yet)),
            map.need(sets).and_then(&set),
        );
        if let (Some(name), Some(when), Some(set)) = found {
            let at = map.need("name").map_or(item.at, |node| node.at);
            if let Some((twin, _)) = rules.iter().find(|(rule, _)| rule.name == name) {
                cx.error(at, format!("there is a rule `{name}` already, in line {}", twin.at.line));
            }
            rules.push((Rule { name, at, when }, set));
        }
    }
    rules
}

fn reading(cx: Cx<'_>, node: &Node) -> Option<SourceReading> {
    let map = Map::of(cx, node, "a reading", &["priority", "impact", "words_for_customers"])?;
    Some(SourceReading {
        priority: map
            .get("priority")
            .map(|node| given(cx, node, "priority", Priority::ALL, Priority::as_str))
            .unwrap_or_default(),
        impact: map
            .get("impact")
            .map(|node| given(cx, node, "impact", Impact::ALL, Impact::as_str))
            .unwrap_or_default(),
        words_for_customers: map
            .get("words_for_customers")
            .is_some_and(|node| cx.bool(node).unwrap_or(false)),
    })
}

/// `ignore`, or a map of the sender's words.
fn given<T: Copy>(cx: Cx<'_>, node: &Node, what: &str, all: &[T], word: fn(T) -> &'static str) -> Given<T> {
    match &node.value {
        Value::Text(text) if text == "ignore" => Given::Ignore,
        Value::Map(entries) => {
            let mut words = HashMap::new();
            for (key, value) in entries {
                words.extend(cx.word(value, what, all, word).map(|value| (key.name.clone(), value)));
            }
            Given::Map(words)
        }
        _ => {
            let message = format!("expected `ignore` or a map of the sender's words, found {}", node.what());
            cx.error_help(
                node.at,
                message,
                format!(
                    "write {what}: ignore, or {what}: {{ SEV-1: {} }}",
                    all.first().map_or("", |first| word(*first))
                ),
            );
            Given::default()
        }
    }
}

//! routes.yaml: when → tell.

use super::problems::Cx;
use super::prove::{self, Rule};
use super::read::Map;
use super::tree::Node;
use super::when::when;
use crate::core::matcher::{RuleSet, When, implies};
use crate::core::policy::{Looks, Route, Routes};

pub(super) fn read(cx: Cx<'_>, root: &Node) -> Option<Routes> {
    let map = Map::of(cx, root, "routes.yaml", &["routes"])?;
    let mut rules: Vec<Rule> = Vec::new();
    let mut list: Vec<Route> = Vec::new();
    let mut lines = std::collections::HashMap::new();
    let errors_before = cx.problems.errors();
    for item in cx.items(map.need("routes")?, "routes") {
        let Some((rule, route)) = route(cx, item) else { continue };
        if let Some(line) = lines.insert(rule.name.clone(), rule.at.line) {
            cx.error(rule.at, format!("there is a route `{}` already, in line {line}", rule.name));
        }
        rules.push(rule);
        list.push(route);
    }
    let is_read_whole = cx.problems.errors() == errors_before;
    rules.iter().for_each(|rule| prove::can_hold(cx, rule));
    let looks = Looks::of(rules.iter().map(|rule| &rule.when), &cx.names.times);
    let set = RuleSet::new(rules.iter().map(|rule| rule.when.clone()).collect());
    warn_of_routes_that_add_nothing(cx, &rules, &list, &set);
    // Whom a route tells that can't be read, nobody knows; one mistake is not told eight times.
    if is_read_whole {
        warn_of_audiences_never_told(cx, &list);
    }
    Some(Routes { list, rules: set, looks })
}

fn route(cx: Cx<'_>, node: &Node) -> Option<(Rule, Route)> {
    let map = Map::of(cx, node, "a route", &["name", "when", "tell", "never_tell", "shadow"])?;
    let name_node = map.need("name");
    let name = name_node.and_then(|node| cx.name(node));
    let when = map.get("when").map_or(Some(When::ALWAYS), |node| when(cx, node, &[]));
    let tell = map.get("tell").map(|node| cx.audiences(node)).unwrap_or_default();
    let never_tell = map.get("never_tell").map(|node| cx.audiences(node)).unwrap_or_default();
    if map.get("tell").is_none() && map.get("never_tell").is_none() {
        cx.error(map.at, "a route needs `tell` or `never_tell`");
    }
    if let Some(both) = tell.iter().find(|place| never_tell.contains(place)) {
        let audience = &cx.names.audiences[*both];
        cx.error(
            map.at,
            format!("the route both tells and never tells `{audience}`; `never_tell` would win"),
        );
    }
    let shadow = map.get("shadow").is_some_and(|node| cx.bool(node).unwrap_or(false));
    let (name, when) = (name?, when?);
    let at = name_node.map_or(map.at, |node| node.at);
    let route = Route { name: name.clone(), place: cx.place(map.at), tell, never_tell, shadow };
    Some((Rule { name, at, when }, route))
}

/// A route that tells only audiences that others tell already, whenever it matches, or that others
/// forbid.
fn warn_of_routes_that_add_nothing(cx: Cx<'_>, rules: &[Rule], list: &[Route], set: &RuleSet) {
    for (place, (rule, route)) in rules.iter().zip(list).enumerate() {
        let adds_nothing = |other: usize| {
            let twin = &list[other];
            other != place
                && twin.shadow == route.shadow
                && route.tell.iter().all(|audience| twin.tell.contains(audience))
                && route.never_tell.iter().all(|audience| twin.never_tell.contains(audience))
                && implies(&rule.when, &rules[other].when)
                // Of two that are alike, the later one is the one too many.
                && (other < place || !implies(&rules[other].when, &rule.when))
        };
        let leave_out = || Some("leave it out, or make its `when` differ".to_owned());
        let wider = set.perhaps_implied_by(&rule.when);
        if let Some(by) = wider.iter().copied().find(|other| adds_nothing(*other)) {
            let message = format!(
                "`{}` adds no audience: whenever it matches, `{}` does too",
                rule.name, rules[by].name
            );
            cx.warn(rule.at, message, leave_out());
            continue;
        }
        let forbids = |other: usize| {
            !list[other].shadow
                && route.tell.iter().all(|audience| list[other].never_tell.contains(audience))
                && implies(&rule.when, &rules[other].when)
        };
        let tells = !route.tell.is_empty() && route.never_tell.is_empty() && !route.shadow;
        if let Some(by) = wider.into_iter().filter(|_| tells).find(|other| forbids(*other)) {
            let message = format!(
                "`{}` tells nobody: whenever it matches, `{}` forbids all that it tells",
                rule.name, rules[by].name
            );
            cx.warn(rule.at, message, leave_out());
        }
    }
    warn_of_routes_covered_together(cx, rules, list);
}

/// The same for routes whose audiences several others tell together. Later ones are looked at
/// first, so that of those alike one stays.
fn warn_of_routes_covered_together(cx: Cx<'_>, rules: &[Rule], list: &[Route]) {
    if rules.len() > prove::TOGETHER_RULES_MAX {
        return;
    }
    let mut needed: Vec<bool> = vec![true; rules.len()];
    for (place, (rule, route)) in rules.iter().zip(list).enumerate().rev() {
        if route.tell.is_empty() || !route.never_tell.is_empty() || route.shadow {
            continue;
        }
        let covered = |audience: &usize| {
            let tells = |other: usize| {
                other != place && needed[other] && !list[other].shadow && list[other].tell.contains(audience)
            };
            let rivals: Vec<&Rule> =
                (0..rules.len()).filter(|other| tells(*other)).map(|other| &rules[other]).collect();
            prove::taken_together(rule, &rivals)
        };
        let covered: Option<Vec<_>> = route.tell.iter().map(covered).collect();
        // One alone that covers it was told already.
        let Some(examples) = covered.and_then(|all| all.into_iter().max_by_key(Vec::len)) else { continue };
        if examples.len() > 1 {
            needed[place] = false;
            let message =
                format!("`{}` adds no audience: whenever it matches, other routes tell them too", rule.name);
            cx.warn(rule.at, message, Some(prove::shown(&examples)));
        }
    }
}

/// An audience that no route tells hears nothing, ever.
fn warn_of_audiences_never_told(cx: Cx<'_>, list: &[Route]) {
    let cx = Cx { file: "audiences.yaml", ..cx };
    for (place, (audience, at)) in cx.names.audiences.iter().zip(&cx.names.audiences_at).enumerate() {
        let told =
            |shadow: bool| list.iter().any(|route| route.shadow == shadow && route.tell.contains(&place));
        if told(false) {
            continue;
        }
        let help = if told(true) {
            "the routes that name it are `shadow: true`; take that out when you trust them"
        } else {
            "name it in `tell` of a route, or leave it out"
        };
        cx.warn(*at, format!("no route tells `{audience}`"), Some(help.to_owned()));
    }
}

//! Routes and classification: some of those that ship, and random ones among them.

use herald_judge::chance::Chance;
use serde_json::{Map, Value, json};

use super::when::when;
use super::{Names, some_names};

/// Routes: every audience is told by one, at least.
pub fn routes(dice: &mut Chance, shipped: Value, names: &Names) -> Value {
    let known = |value: &Value| -> Vec<Value> {
        let listed = value.as_array().cloned().unwrap_or_default();
        listed.into_iter().filter(|name| names.audiences.iter().any(|known| name == known)).collect()
    };
    let mut routes = Vec::new();
    for mut route in shipped["routes"].as_array().unwrap().clone() {
        let key = if route["tell"].is_array() { "tell" } else { "never_tell" };
        route[key] = json!(known(&route[key]));
        if dice.percent(75) && route[key] != json!([]) {
            routes.push(route);
        }
    }
    for number in 0..2 + dice.below(4) {
        let audiences = some_names(dice, &names.audiences, 35);
        let mut route = json!({ "name": format!("random-{number}"), "when": when(dice, &[]) });
        let key = if dice.percent(15) { "never_tell" } else { "tell" };
        route[key] = json!(audiences);
        if dice.percent(15) {
            route["shadow"] = json!(true);
        }
        routes.insert(dice.below(routes.len() + 1), route);
    }
    for audience in &names.audiences {
        let tells = |route: &Value| {
            route["shadow"].is_null()
                && route["tell"].as_array().is_some_and(|told| told.contains(&json!(audience)))
        };
        if !routes.iter().any(tells) {
            let from = dice.one_of(&["P2", "P3", "P4", "P5"]);
            let name = format!("for-{audience}");
            routes.push(
                json!({ "name": name, "when": { "priority": { "at_least": from } }, "tell": [audience] }),
            );
        }
    }
    json!({ "routes": routes })
}

/// Readings, rules and adjustments.
pub fn classify(dice: &mut Chance, shipped: Value) -> Value {
    let mut given = Map::new();
    for source in ["probe", "herald", "alertmanager", "pagerduty", "alerts"] {
        if dice.percent(40) {
            given.insert(source.to_owned(), reading(dice));
        }
    }
    let impacts = ["unknown", "none", "minor", "major", "critical"];
    let priorities = ["P1", "P2", "P3", "P4", "P5"];
    let impact = list(dice, &shipped["impact"], "impact", "set", &impacts);
    let priority = list(dice, &shipped["priority"], "priority", "set", &priorities);
    let adjust: Vec<Value> = (0..dice.below(3))
        .map(|number| {
            let raise = 1 + dice.below(2);
            json!({ "name": format!("raised-{number}"), "when": when(dice, &[]), "raise_priority": raise })
        })
        .collect();
    json!({ "given": given, "impact": impact, "priority": priority, "adjust": adjust })
}

/// How the words of one source are read.
fn reading(dice: &mut Chance) -> Value {
    let mut reading = Map::new();
    let words =
        json!({ "SEV-1": dice.one_of(&["P1", "P2"]), "urgent": "P1", "P4": dice.one_of(&["P3", "P5"]) });
    let priority = dice.maybe(60, |dice| if dice.percent(30) { json!("ignore") } else { words });
    let impact = dice.maybe(35, |dice| {
        if dice.percent(40) { json!("ignore") } else { json!({ "major": "critical", "minor": "none" }) }
    });
    let trusted = dice.maybe(40, |dice| json!(dice.percent(60)));
    let parts = [("priority", priority), ("impact", impact), ("words_for_customers", trusted)];
    reading.extend(parts.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))));
    Value::Object(reading)
}

/// Most of the rules that ship, in their order, with random ones among them; these can't ask for what
/// they find out.
fn list(dice: &mut Chance, shipped: &Value, field: &str, sets: &str, of: &[&str]) -> Vec<Value> {
    let mut rules: Vec<Value> =
        shipped.as_array().unwrap().iter().filter(|_| dice.percent(75)).cloned().collect();
    for number in 0..dice.below(4) {
        // Before the last one, which takes all that is left.
        let place = dice.below(rules.len().max(1));
        let name = format!("random-{number}");
        rules.insert(place, json!({ "name": name, "when": when(dice, &[field]), (sets): dice.one_of(of) }));
    }
    rules
}

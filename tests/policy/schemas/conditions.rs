//! Conditions: for each field, the values and operators that the schema takes are those that Herald
//! takes.

use herald::core::matcher::MatchField;
use herald::policy::{Diagnostic, Severity};
use jsonschema::Validator;
use serde_json::{Value, json};

use super::keys::refused;
use super::{of_policy, problems, validator};

/// Of one policy 200 problems are told.
const ROUTES_MAX: usize = 150;

/// Values of every shape, and what is none; names are those of the default policy.
fn values() -> Vec<Value> {
    let words = "triggered P1 minor unknown at_risk suspected warning high pagerduty office-jp checkout-api \
        production online-shop commerce present absent P9 4h 0m 4 1.5 -1";
    let mut values: Vec<Value> = words.split(' ').map(Value::from).collect();
    values.extend([
        json!(0),
        json!(4),
        json!(10),
        json!(1.5),
        json!(150),
        json!(-1),
        json!(true),
        json!("true"),
    ]);
    values
}

/// What stands for a value: itself, within a list, below each operator.
fn conditions() -> Vec<Value> {
    let mut all =
        vec![json!([]), json!({}), json!(null), json!({ "present": true }), json!({ "present": "yes" })];
    all.push(json!({ "qqqq": 1 }));
    for value in values() {
        all.push(json!([value]));
        for operator in ["at_least", "at_most", "matches", "not"] {
            all.push(json!({ operator: value }));
        }
        all.push(json!({ "not": [value] }));
        all.push(json!({ "not": { "at_least": value } }));
        all.push(value);
    }
    all
}

#[test]
fn values_and_operators_of_each_field_are_those_that_herald_takes() {
    let validator = validator(&of_policy("routes"));
    let mut differences = Vec::new();
    let mut taken = 0;
    for field in MatchField::names().chain(["label.x"]) {
        let routes: Vec<Value> = conditions()
            .into_iter()
            .enumerate()
            .map(|(at, value)| json!({ "name": format!("r{at}"), "when": { field: value }, "tell": ["sales"] }))
            .collect();
        for routes in routes.chunks(ROUTES_MAX) {
            taken += compare(field, routes, &validator, &mut differences);
        }
    }
    assert!(differences.is_empty(), "{} of them:\n{}", differences.len(), differences.join("\n"));
    println!("{taken} conditions are taken");
}

/// Holds what Herald says of each route against what the schema says; answers how many both take.
fn compare(field: &str, routes: &[Value], validator: &Validator, differences: &mut Vec<String>) -> usize {
    // One to a line, so that its place says which one is meant.
    let lines: Vec<String> = routes.iter().map(|route| format!("  - {route}")).collect();
    let said = refused("routes", &format!("routes:\n{}\n", lines.join("\n")));
    let mut taken = 0;
    for (at, route) in routes.iter().enumerate() {
        let here = |problem: &&Diagnostic| problem.file == "routes.yaml" && problem.line == at + 2;
        let by_herald: Vec<_> = said.iter().filter(here).filter(|said| is_of_form(field, said)).collect();
        let by_schema = problems(validator, &json!({ "routes": [route] }));
        match (by_herald.is_empty(), by_schema.is_empty()) {
            (true, true) => taken += 1,
            (false, false) => {}
            _ => differences.push(format!("{}: herald {by_herald:?}, schema {by_schema:?}", route["when"])),
        }
    }
    taken
}

/// Is it an error of form? Not: a name that the policy gives nothing, which no schema can see, and
/// what is proved of a rule.
fn is_of_form(field: &str, said: &Diagnostic) -> bool {
    let is_of_names = field == "during" && said.message.contains("there is no time");
    said.severity == Severity::Error && !is_of_names && !said.message.contains("never matches")
}

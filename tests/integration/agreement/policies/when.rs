//! Random conditions, over every field that a matcher may ask for.

use herald_judge::chance::Chance;
use serde_json::{Map, Value, json};

const PRIORITIES: [&str; 5] = ["P1", "P2", "P3", "P4", "P5"];
const IMPACTS: [&str; 4] = ["none", "minor", "major", "critical"];
const SEVERITIES: [&str; 4] = ["critical", "error", "warning", "info"];
const STAGES: [&str; 6] =
    ["triggered", "acknowledged", "investigating", "identified", "monitoring", "resolved"];
const SERVICES: [&str; 5] = ["checkout-api", "payments", "orders-db", "back-office", "partner-api"];
const DATA: [&str; 4] = ["unknown", "none", "suspected", "confirmed"];
/// Most conditions within conditions.
const DEPTH_MAX: usize = 2;

/// A whole `when` that asks for none of these fields: where a rule finds one out, it is not known.
pub fn when(dice: &mut Chance, without: &[&str]) -> Value {
    nested(dice, without, 0)
}

fn nested(dice: &mut Chance, without: &[&str], depth: usize) -> Value {
    let mut map = Map::new();
    for _ in 0..=usize::from(dice.percent(45)) {
        let (field, condition) = asked(dice, without);
        map.insert(field.to_owned(), condition);
    }
    if depth < DEPTH_MAX {
        for (combination, often) in [("any", 25), ("all", 8)] {
            if dice.percent(often) {
                let parts: Vec<Value> =
                    (0..2 + dice.below(2)).map(|_| nested(dice, without, depth + 1)).collect();
                // A combination may stand alone, too.
                if dice.percent(50) {
                    map.clear();
                }
                map.insert(combination.to_owned(), json!(parts));
            }
        }
        if dice.percent(12) {
            map.insert("not".to_owned(), nested(dice, without, depth + 1));
        }
    }
    Value::Object(map)
}

/// A field with what is asked of it. Grades come more often, for most of policy is about them.
fn asked(dice: &mut Chance, without: &[&str]) -> (&'static str, Value) {
    loop {
        let (field, condition) = match dice.below(44) {
            0..8 => ("priority", grade(dice, &PRIORITIES)),
            8..14 => ("impact", grade(dice, &IMPACTS)),
            14..16 => ("severity", grade(dice, &SEVERITIES)),
            other => rarely(dice, other),
        };
        if !without.contains(&field) {
            return (field, condition);
        }
    }
}

fn rarely(dice: &mut Chance, which: usize) -> (&'static str, Value) {
    let some = |dice: &mut Chance, of: &[&str]| words(dice, of);
    match which {
        16 => ("stage", some(dice, &STAGES)),
        17 => ("business_services", some(dice, &["online-shop", "partner-platform", "back-office"])),
        18 => ("regions", some(dice, &["eu", "jp"])),
        19 => ("affected_count", number(dice, &[1, 100, 5000])),
        20 => ("affected_percent", number(dice, &[0, 5, 50])),
        21 => ("strategic_customers", json!({ "at_least": 1 + dice.below(2) })),
        22 => ("sla", some(dice, &["none", "at_risk", "breached"])),
        23 => (
            "title",
            json!({ "matches": dice.one_of(&["alarm .*", ".*[02468] on p99", "(?i).*CHECKOUT.*"]) }),
        ),
        24 => ("description", json!({ "matches": dice.one_of(&[".*disk.*", "(?s).+"]) })),
        25 => ("cause", json!({ "present": dice.percent(50) })),
        26 => ("hosts", json!({ "matches": "db-[0-9]+" })),
        27 => ("links", json!({ "present": dice.percent(70) })),
        28 => ("data_loss", some(dice, &DATA)),
        29 => ("data_exposure", some(dice, &DATA)),
        30 => ("urgency", json!(dice.one_of(&["high", "low"]))),
        31 => ("source", some(dice, &["probe", "alerts", "pagerduty"])),
        32 => ("source_kind", some(dice, &["herald", "alertmanager", "pagerduty"])),
        33 => ("service", some(dice, &SERVICES)),
        34 => ("affected_service", some(dice, &SERVICES)),
        35 => ("team", some(dice, &["commerce", "payments", "data"])),
        36 => ("tier", json!({ (dice.one_of(&["at_least", "at_most"])): 1 + dice.below(3) })),
        37 => ("customer_facing", json!(dice.percent(50))),
        38 => ("environment", some(dice, &["production", "staging"])),
        39 => ("label.tenant", some(dice, &["initech", "hooli"])),
        40 => ("label.security", json!({ "present": dice.percent(50) })),
        41 => ("drill", json!(dice.percent(30))),
        42 => ("open_for", json!({ "at_least": dice.one_of(&["30m", "1s", "2h"]) })),
        _ => ("during", some(dice, &["office-jp", "always", "never", "nights"])),
    }
}

/// One word, several, or none of them.
fn words(dice: &mut Chance, of: &[&str]) -> Value {
    let some = dice.some_of(of, 40);
    match (some.is_empty() || dice.percent(50), dice.percent(20)) {
        (true, false) => json!(dice.one_of(of)),
        (true, true) => json!({ "not": dice.one_of(of) }),
        (false, false) => json!(some),
        (false, true) => json!({ "not": some }),
    }
}

fn grade(dice: &mut Chance, of: &[&str]) -> Value {
    match dice.below(10) {
        0..6 => json!({ "at_least": dice.one_of(of) }),
        6 => json!({ "at_most": dice.one_of(of) }),
        7 => json!({ "present": dice.percent(60) }),
        _ => words(dice, of),
    }
}

fn number(dice: &mut Chance, of: &[u64]) -> Value {
    match dice.below(4) {
        0 => json!({ "present": dice.percent(60) }),
        1 => json!({ "at_most": dice.one_of(of) }),
        _ => json!({ "at_least": dice.one_of(of) }),
    }
}

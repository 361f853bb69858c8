//! Who can be told: some of the audiences that ship, changed, and some of other forms.

use herald_judge::chance::Chance;
use serde_json::{Map, Value, json};

/// What the templates of an audience name nowhere, so that it may see less.
const MAY_LACK: [(&str, &[&str]); 6] = [
    ("executives", &["key", "reference", "people", "channels", "bridge"]),
    ("customer-service", &["key", "reference", "affected_percent", "people", "channels", "bridge"]),
    ("technical-teams", &["reference", "labels"]),
    ("customers-strategic", &["changes"]),
    ("customers-general", &["next_update_by", "changes", "action"]),
    // The business teams, which share most of their templates.
    ("", &["key", "reference", "people", "channels", "bridge"]),
];
/// What everybody may see besides.
const MAY_SEE_TOO: [&str; 9] = [
    "impact",
    "priority",
    "affected_percent",
    "eta",
    "people",
    "sla",
    "help_wanted",
    "customer_text",
    "regions",
];

/// The audiences by name.
pub fn edited(dice: &mut Chance, mut shipped: Value) -> Map<String, Value> {
    let all = shipped["audiences"].as_object_mut().unwrap();
    let others = others(all);
    let mut audiences = Map::new();
    for (from, often) in [(&*all, 50), (&others, 20)] {
        let some = from.iter().filter(|_| dice.percent(often));
        audiences.extend(some.map(|(name, audience)| (name.clone(), audience.clone())));
    }
    if audiences.len() < 2 {
        for name in ["technical-teams", "customers-general"] {
            audiences.insert(name.to_owned(), all[name].clone());
        }
    }
    let names: Vec<String> = audiences.keys().cloned().collect();
    for (place, name) in names.iter().enumerate() {
        // They wait for earlier ones only, and so never for one another.
        edit(dice, name, &mut audiences[name], &names[..place]);
    }
    audiences
}

/// Audiences of forms that the shipped ones don't have, in the words of those.
fn others(shipped: &Map<String, Value>) -> Map<String, Value> {
    let like = |model: &str, changes: Value| {
        let mut audience = shipped[model].clone();
        audience["templates"] = json!([model]);
        for (key, value) in changes.as_object().unwrap() {
            audience[key] = value.clone();
        }
        // Theirs are other readers' words, which nobody need approve for them.
        for key in ["template_approval", "text_approval"] {
            audience.as_object_mut().unwrap().remove(key);
        }
        audience
    };
    let mut others = Map::new();
    others.insert("responders".to_owned(), like("technical-teams", json!({ "per": "team" })));
    others.insert(
        "partners".to_owned(),
        like("customers-general", json!({ "readers": "partners", "release": "auto" })),
    );
    others.insert("account-managers".to_owned(), like("customer-service", json!({ "per": "customer" })));
    others
}

fn edit(dice: &mut Chance, name: &str, audience: &mut Value, before: &[String]) {
    let is_internal = audience["readers"] == "internal";
    audience["languages"] = match dice.below(10) {
        0..8 => json!(["en"]),
        8 => json!(["ja"]),
        _ => json!(["en", "ja"]),
    };
    see(dice, name, audience);
    if dice.percent(50) {
        set(audience, "updates_every", cadence(dice));
    }
    if dice.percent(30) {
        let attention = dice.one_of(&["interrupt", "normal", "low"]);
        audience["attention"] = json!({ (dice.one_of(&["P1", "P2", "P3"])): attention });
    }
    if dice.percent(20) {
        audience["lead"] = json!(dice.one_of(&["communications", "business-response"]));
    }
    if dice.percent(if is_internal { 10 } else { 40 }) {
        audience["release"] = json!(dice.one_of(&["lead", "known_impact"]));
    }
    if is_internal && dice.percent(15) {
        audience["holding_text"] = json!(true);
    }
    if dice.percent(20) {
        audience["text_approval"] = json!(["legal"]);
    }
    if dice.percent(20) {
        audience["time_zone"] = json!(dice.one_of(&["Europe/Berlin", "America/New_York", "UTC"]));
    }
    let waits = dice.maybe(if is_internal { 15 } else { 60 }, |dice| {
        let first = before.get(dice.below(before.len()))?;
        Some(json!({ (first.clone()): dice.one_of(&["1s", "2s", "3m"]) }))
    });
    set(audience, "opens_after", waits.flatten());
}

/// Sets it, or takes it out.
fn set(audience: &mut Value, key: &str, value: Option<Value>) {
    let audience = audience.as_object_mut().unwrap();
    match value {
        Some(value) => _ = audience.insert(key.to_owned(), value),
        None => _ = audience.remove(key),
    }
}

fn see(dice: &mut Chance, name: &str, audience: &mut Value) {
    let words_of = audience["templates"][0].as_str().unwrap_or(name);
    let may_lack =
        MAY_LACK.iter().find(|(known, _)| known == &words_of).map_or(MAY_LACK[5].1, |(_, may_lack)| may_lack);
    let mut fields = audience["may_see"].as_array().unwrap().clone();
    fields.retain(|field| !may_lack.iter().any(|name| field == name) || dice.percent(70));
    for field in MAY_SEE_TOO {
        if !fields.contains(&json!(field)) && dice.percent(12) {
            fields.push(json!(field));
        }
    }
    audience["may_see"] = json!(fields);
}

/// None: it hears of changes only.
fn cadence(dice: &mut Chance) -> Option<Value> {
    let every = |dice: &mut Chance| dice.one_of(&["2s", "5m", "20m", "60m", "120m"]);
    match dice.below(5) {
        0 => None,
        1 => Some(json!([
            { "during": dice.one_of(&["office-jp", "always", "nights"]), "P1": every(dice), "P3": every(dice) },
            { "P1": every(dice), "P2": every(dice) },
        ])),
        2 => Some(
            json!({ "P1": [{ "every": every(dice), "for": "1h" }, { "every": every(dice) }], "P2": every(dice) }),
        ),
        _ => Some(json!({ "P1": every(dice), "P2": every(dice), "P4": every(dice) })),
    }
}

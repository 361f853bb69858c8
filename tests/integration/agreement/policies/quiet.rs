//! What stays quiet: confidential incidents, planned work, damping, exercises.

use herald_judge::chance::Chance;
use serde_json::{Map, Value, json};

use super::when::when;
use super::{Names, some_names};

/// Long over, now, and not for a long time: no test takes as long as it takes to leave one of them.
const WINDOWS: [(&str, &str, &str); 3] = [
    ("over", "2020-01-01T00:00:00Z", "2021-01-01T00:00:00Z"),
    ("now", "2021-01-01T00:00:00Z", "2100-01-01T00:00:00Z"),
    ("coming", "2100-01-01T00:00:00Z", "2101-01-01T00:00:00+09:00"),
];

/// A quiet.yaml.
pub fn edited(dice: &mut Chance, names: &Names) -> Value {
    let mut confidential = Vec::new();
    if dice.percent(80) {
        let audiences = some_names(dice, &names.audiences, 30);
        confidential.push(json!({ "name": "security", "when": { "label.security": { "present": true } }, "tell_only": audiences }));
    }
    if dice.percent(25) {
        let audiences = some_names(dice, &names.audiences, 60);
        // An entry can't ask for what entries decide.
        confidential
            .push(json!({ "name": "random", "when": when(dice, &["confidential"]), "tell_only": audiences }));
    }
    let mut maintenance = Vec::new();
    for (name, from, to) in WINDOWS {
        if dice.percent(25) {
            let services = dice.one_of(&["orders-db", "partner-api", "back-office"]);
            let mut covered = json!({ (dice.one_of(&["service", "affected_service"])): services });
            if dice.percent(25) {
                covered = json!({ "any": [covered, when(dice, &[])] });
            }
            maintenance.push(json!({ "name": name, "from": from, "to": to, "when": covered }));
        }
    }
    let mut drills = Vec::new();
    if dice.percent(85) {
        let audiences = some_names(dice, &names.audiences, 40);
        drills.push(json!({ "name": "exercise", "when": { "label.drill": { "present": true } }, "tell_only": audiences }));
    }
    if dice.percent(40) {
        let audiences = some_names(dice, &names.audiences, 40);
        drills.push(json!({ "name": "marked", "when": { "drill": true }, "tell_only": audiences }));
    }
    let mut holds = Map::new();
    for priority in ["P2", "P3", "P4", "P5"] {
        if let Some(hold) = dice.maybe(20, |dice| dice.one_of(&["1s", "1s", "2m", "5m"])) {
            holds.insert(priority.to_owned(), json!(hold));
        }
    }
    json!({
        "confidential": confidential,
        "maintenance": maintenance,
        "drills": drills,
        "damping": { "hold_first_message": holds },
    })
}

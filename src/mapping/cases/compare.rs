//! Where what came of a body is not what must come of it.

use serde_json::Value;

use super::{Expect, NOTHING};

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The field, or `events`; with the event's place where there are several.
    pub field: String,
    /// As the test says.
    pub expected: String,
    /// As it came.
    pub found: String,
}

/// Fields that a test does not name may be anything.
pub(super) fn differences(expected: &Expect, found: &Expect) -> Vec<Difference> {
    let (Expect::Events(wanted), Expect::Events(came)) = (expected, found) else {
        return differing("outcome", outcome(expected), outcome(found)).into_iter().collect();
    };
    if wanted.len() != came.len() {
        return vec![Difference {
            field: "events".to_owned(),
            expected: wanted.len().to_string(),
            found: came.len().to_string(),
        }];
    }
    let mut all = Vec::new();
    for (place, (wanted, came)) in wanted.iter().zip(came).enumerate() {
        for (name, value) in wanted {
            let field = if came.is_empty() || expected_one(expected) {
                name.clone()
            } else {
                format!("{place}.{name}")
            };
            all.extend(differing(&field, shown(Some(value)), shown(came.get(name))));
        }
    }
    all
}

fn expected_one(expected: &Expect) -> bool {
    matches!(expected, Expect::Events(events) if events.len() == 1)
}

fn differing(field: &str, expected: String, found: String) -> Option<Difference> {
    (expected != found).then(|| Difference { field: field.to_owned(), expected, found })
}

fn outcome(expect: &Expect) -> String {
    match expect {
        Expect::Events(events) if events.len() == 1 => "an event".to_owned(),
        Expect::Events(events) => format!("{} events", events.len()),
        Expect::Nothing => NOTHING.to_owned(),
        Expect::Rejected(reason) => format!("rejected: {reason}"),
    }
}

/// A value, or its absence. Lists and maps whose parts are the same are the same.
fn shown(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => "(absent)".to_owned(),
        // `17` in YAML may be meant as the text that it is in an event.
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(items)) => {
            let items: Vec<String> = items.iter().map(|item| shown(Some(item))).collect();
            format!("[{}]", items.join(", "))
        }
        Some(Value::Object(members)) => {
            let mut members: Vec<String> =
                members.iter().map(|(name, value)| format!("{name}: {}", shown(Some(value)))).collect();
            members.sort();
            format!("{{{}}}", members.join(", "))
        }
        // 15 and 15.0 are one number.
        Some(Value::Number(number)) => {
            let text = number.to_string();
            text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
        }
        Some(other) => other.to_string(),
    }
}

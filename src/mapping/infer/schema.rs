//! A JSON Schema that asks for what the mapping can't do without, and no more.

use serde_json::{Map, Value, json};

use super::guess::Guess;
use super::leaves::List;

pub(super) fn propose(tool: &str, list: &List, guess: &Guess) -> String {
    let mut element = json!({ "type": "object" });
    if let [path] = guess.id.as_slice() {
        let segments: Vec<String> =
            path.split('/').skip(1).map(|segment| segment.replace("~1", "/").replace("~0", "~")).collect();
        element = asked(&segments);
    }
    let body = match list {
        List::None => element,
        // One alone is read as a list of one.
        List::Body => json!({ "anyOf": [{ "type": "array", "items": element }, element] }),
        List::Member(name) => {
            let members = Map::from_iter([(name.clone(), json!({ "type": "array", "items": element }))]);
            json!({ "type": "object", "required": [name], "properties": members })
        }
    };
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": format!("What Herald can't do without in a body of {tool}"),
    });
    if let (Value::Object(schema), Value::Object(body)) = (&mut schema, body) {
        schema.extend(body);
    }
    // What was parsed prints.
    format!("{schema:#}\n")
}

/// An object that has this, and in it that.
fn asked(segments: &[String]) -> Value {
    match segments.split_first() {
        None => json!({ "type": ["string", "number", "integer"] }),
        Some((first, rest)) => {
            let members = Map::from_iter([(first.clone(), asked(rest))]);
            json!({ "type": "object", "required": [first], "properties": members })
        }
    }
}

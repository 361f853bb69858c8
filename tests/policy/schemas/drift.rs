//! What stands in several schemas is the same in each, and everything is explained.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{NAMES, of_policy, schema};

#[test]
fn what_schemas_share_is_the_same_in_each() {
    let mut first: BTreeMap<String, (&str, Value)> = BTreeMap::new();
    let mut shared = 0;
    for file in NAMES {
        for (name, definition) in of_policy(file)["$defs"].as_object().unwrap() {
            match first.get(name) {
                Some((other, known)) => {
                    assert_eq!(
                        definition, known,
                        "`{name}` of {file}.json differs from that of {other}.json"
                    );
                    shared += 1;
                }
                None => _ = first.insert(name.clone(), (file, definition.clone())),
            }
        }
    }
    assert!(shared > 60, "{shared}");
}

/// An editor shows it: every key has a sentence, every definition a title besides.
#[test]
fn every_key_is_explained() {
    fn walk(file: &str, schema: &Value, at: &str) {
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            // Below `then` they stand a second time.
            let is_said = property["description"].as_str().is_some_and(|said| said.len() > 3);
            assert!(is_said || at.ends_with("/then"), "{file}: {at}/{name} is not explained");
        }
        match schema {
            Value::Object(map) => {
                map.iter()
                    .filter(|(key, _)| *key != "examples")
                    .for_each(|(key, value)| walk(file, value, &format!("{at}/{key}")));
            }
            Value::Array(items) => items
                .iter()
                .enumerate()
                .for_each(|(place, value)| walk(file, value, &format!("{at}/{place}"))),
            _ => {}
        }
    }
    for file in NAMES {
        let schema = of_policy(file);
        assert_eq!(schema["$id"], format!("urn:herald:schema:policy:{file}"));
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        assert!(schema["$comment"].as_str().unwrap().contains("draft-07"));
        for (name, definition) in schema["$defs"].as_object().unwrap() {
            let of_others = name.starts_with("event_") || name.starts_with("update_");
            assert!(of_others || definition["title"].is_string(), "{file}: {name} has no title");
        }
        if file == "story" {
            // What the API and the webhook take is explained there.
            for name in ["step", "post", "expected"] {
                walk(file, &schema["$defs"][name], name);
            }
        } else {
            walk(file, &schema, "");
        }
    }
}

/// The fields of events and updates are those of the webhook and the API, but for what only a story
/// writes: times that count from the step, and incidents and words by their keys.
#[test]
fn events_and_updates_of_stories_are_what_the_api_takes() {
    let story = of_policy("story");
    let own = |kind: &str| match kind {
        "event" => vec!["source"],
        _ => vec!["by", "key", "approves", "merged_into"],
    };
    for (kind, theirs) in [("event", "herald"), ("update", "incidents-api")] {
        let theirs = schema(theirs);
        let properties = story["$defs"][kind]["properties"].as_object().unwrap();
        for (name, field) in properties.iter().filter(|(name, _)| !own(kind).contains(&name.as_str())) {
            let source = &theirs["$defs"]["update"]["properties"][name];
            assert!(source.is_object(), "{kind}: {name} is no field");
            if field.to_string().contains("story_time") {
                let is_time = source.to_string().contains("time") || name == "eta";
                assert!(is_time, "{kind}: {name} is no time");
            } else {
                assert_eq!(inline(field, &story), inline(source, &theirs), "{kind}: {name}");
            }
        }
    }
}

/// With its references written out.
fn inline(value: &Value, root: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let place = map.get("$ref").and_then(Value::as_str).and_then(|place| place.strip_prefix('#'));
            let nothing = || Value::Object(serde_json::Map::new());
            let target = place.map_or_else(nothing, |place| inline(root.pointer(place).unwrap(), root));
            let mut all = target.as_object().unwrap().clone();
            let own = map.iter().filter(|(key, _)| *key != "$ref");
            all.extend(own.map(|(key, value)| (key.clone(), inline(value, root))));
            Value::Object(all)
        }
        Value::Array(items) => items.iter().map(|item| inline(item, root)).collect(),
        other => other.clone(),
    }
}

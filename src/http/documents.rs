//! `/openapi.json` and `/asyncapi.json`: what can be sent to Herald, and what can be read from it.
//! The frames stand beside this file; the schemas in them are the published ones.

use std::sync::OnceLock;

use serde_json::{Map, Value};

use super::operations::VERSION;
use crate::schemas;

/// The schema whose definitions are the API's bodies and answers.
const API_SCHEMA: &str = "incidents-api";

/// `OpenAPI` 3.1 of both ports.
pub fn openapi() -> &'static str {
    static TEXT: OnceLock<String> = OnceLock::new();
    TEXT.get_or_init(|| {
        let mut document = frame(include_str!("openapi.json"));
        let definitions = published(API_SCHEMA)["$defs"].take();
        if let Value::Object(definitions) = definitions {
            let renamed = definitions.into_iter().map(|(name, mut definition)| {
                refer(&mut definition);
                (name, definition)
            });
            // Beside those of the operations port, which stand in the frame.
            if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
                schemas.extend(renamed);
            }
        }
        document.to_string()
    })
}

/// `AsyncAPI` 3.0 of the topics.
pub fn asyncapi() -> &'static str {
    static TEXT: OnceLock<String> = OnceLock::new();
    TEXT.get_or_init(|| {
        let mut document = frame(include_str!("asyncapi.json"));
        let messages = document["components"]["messages"].as_object_mut();
        for message in messages.into_iter().flat_map(Map::values_mut) {
            let schema = &mut message["payload"]["schema"];
            let name = schema["schema_of"].as_str().unwrap_or_default().to_owned();
            *schema = published(&name);
        }
        document.to_string()
    })
}

/// Both are a part of this build; a test reads them.
fn frame(text: &str) -> Value {
    let mut document: Value = serde_json::from_str(text).unwrap_or_default();
    document["info"]["version"] = Value::String(VERSION.to_owned());
    document
}

fn published(name: &str) -> Value {
    schemas::text(name).and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

/// A definition refers to its neighbours where they stand in the document.
fn refer(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            for (key, value) in members {
                match value {
                    Value::String(goal) if key == "$ref" => {
                        *goal = goal.replace("#/$defs/", "#/components/schemas/");
                    }
                    value => refer(value),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(refer),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every reference within a document, however deep, without those of embedded schemas.
    fn references(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(members) if !members.contains_key("$id") => {
                for (key, value) in members {
                    match value {
                        Value::String(goal) if key == "$ref" => found.push(goal.clone()),
                        value => references(value, found),
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }

    #[track_caller]
    fn read(text: &str) -> Value {
        let document: Value = serde_json::from_str(text).expect("JSON");
        assert_eq!(document["info"]["version"], VERSION);
        let mut found = Vec::new();
        references(&document, &mut found);
        assert!(found.len() > 10);
        for goal in found {
            let pointer = goal.strip_prefix('#').expect("within the document");
            assert!(document.pointer(pointer).is_some(), "{goal} is nowhere");
        }
        document
    }

    #[test]
    fn the_openapi_document_names_every_path_and_answer_of_the_api() {
        let document = read(openapi());
        assert_eq!(document["openapi"], "3.1.0");
        let declared = &document["paths"]["/v1/incidents"]["post"];
        for status in ["200", "202", "400", "401", "403", "413", "415", "422", "503"] {
            assert!(declared["responses"].get(status).is_some(), "{status}");
        }
        let update = &document["components"]["schemas"]["update"];
        assert_eq!(update["additionalProperties"], false);
        assert_eq!(update["properties"]["symptom"]["$ref"], "#/components/schemas/words");
    }

    #[test]
    fn the_examples_meet_their_schemas() {
        use crate::core::sources::api::{Part, validate};
        let document = read(openapi());
        for (path, part) in [
            ("/v1/incidents", Part::Declaration),
            ("/v1/incidents/{incident}/updates", Part::Update),
            ("/v1/incidents/{incident}/updates/{update}/approvals", Part::Approval),
        ] {
            let content = &document["paths"][path]["post"]["requestBody"]["content"]["application/json"];
            assert_eq!(validate(part, &content["example"]), [], "{path}");
        }
    }

    #[test]
    fn the_asyncapi_document_holds_the_published_schemas() {
        let document = read(asyncapi());
        let payload =
            |message: &str| document["components"]["messages"][message]["payload"]["schema"]["$id"].clone();
        assert_eq!(payload("notification"), "urn:herald:schema:notification-1");
        assert_eq!(payload("decision"), "urn:herald:schema:decision-1");
        assert_eq!(payload("event"), "urn:herald:schema:incident-event-1");
        assert_eq!(payload("rejected"), "urn:herald:schema:rejected-1");
    }
}

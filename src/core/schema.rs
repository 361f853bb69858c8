//! JSON Schemas: those of senders, which every body must meet, and those of Herald's own records.
//!
//! A sender's schema asks for what Herald can't do without and no more; everything else may be
//! absent or of another type, and becomes a warning on the event. Each is compiled once.

use std::sync::OnceLock;

use jsonschema::json::Json;
use jsonschema::{Draft, PatternOptions, Validator, options_for};
use serde_json::Value;

use super::rejected::Problem;
use super::sources::SourceKind;
use super::text::clean_line;
use super::tree::{Received, Tree};

/// Most problems that one body is told of.
pub(in crate::core) const PROBLEMS_MAX: usize = 20;
/// Longest pointer and message of a problem.
pub(in crate::core) const PROBLEM_CHARS_MAX: usize = 300;

/// The embedded schemas that are no sender's, by name.
const TEXTS: &[(&str, &str)] = &[
    ("incidents-api", include_str!("../../schemas/incidents-api.json")),
    ("incident-event-1", include_str!("../../schemas/incident-event-1.json")),
    ("rejected-1", include_str!("../../schemas/rejected-1.json")),
];

/// Names of the schemas that [`text`] knows.
pub fn names() -> impl Iterator<Item = &'static str> {
    SourceKind::ALL.iter().map(|kind| kind.as_str()).chain(TEXTS.iter().map(|(name, _)| *name))
}

/// The text of an embedded schema: a sender's kind, `incidents-api`, `incident-event-1` or `rejected-1`.
pub fn text(name: &str) -> Option<&'static str> {
    let sender = SourceKind::parse(name).map(|kind| kind.about().schema);
    sender.or_else(|| TEXTS.iter().find(|(known, _)| *known == name).map(|(_, text)| *text))
}

/// Compiles an embedded schema, for values of `serde_json`.
///
/// # Errors
/// In words, where there is none of this name or it is no schema: a mistake in this build.
pub fn compile(name: &str) -> Result<Validator, String> {
    build(name, &parsed(name)?)
}

/// Compiles one of an embedded schema's definitions.
///
/// # Errors
/// As [`compile`].
pub(in crate::core) fn compile_part(name: &str, part: &str) -> Result<Validator, String> {
    let mut schema = parsed(name)?;
    schema["$ref"] = Value::String(format!("#/$defs/{part}"));
    build(name, &schema)
}

fn parsed(name: &str) -> Result<Value, String> {
    let text = text(name).ok_or_else(|| format!("no schema is called {name}"))?;
    serde_json::from_str(text).map_err(|error| format!("schema {name}: {error}"))
}

fn build<F: Json>(name: &str, schema: &Value) -> Result<Validator<F>, String> {
    options_for::<F>()
        .with_draft(Draft::Draft202012)
        .with_pattern_options(PatternOptions::regex())
        .should_validate_formats(true)
        .build(schema)
        .map_err(|error| format!("schema {name}: {error}"))
}

/// A schema of somebody's own, for bodies: that of a custom source.
#[derive(Debug)]
pub struct BodySchema(Validator<Received>);

impl BodySchema {
    /// Compiles it. It may refer to nothing outside itself.
    ///
    /// # Errors
    /// In words, where it is no JSON Schema.
    pub fn new(name: &str, schema: &Value) -> Result<Self, String> {
        build(name, schema).map(Self)
    }
    /// What is wrong with a body; nothing where it can be used.
    pub(in crate::core) fn problems(&self, body: &Tree<'_>) -> Vec<Problem> {
        if self.0.is_valid(body) {
            return Vec::new();
        }
        self.0.iter_errors(body).map(|error| problem(&error)).take(PROBLEMS_MAX).collect()
    }
}

/// Compiles the schemas of all senders, so that the first webhook need not wait for it.
///
/// # Errors
/// In words, where a schema can't be compiled: a mistake in this build.
pub fn compile_all() -> Result<(), String> {
    SourceKind::ALL.iter().try_for_each(|kind| validator(*kind).map(|_| ()))
}

fn validator(kind: SourceKind) -> Result<&'static Validator<Received>, String> {
    static COMPILED: [OnceLock<Result<Validator<Received>, String>>; SourceKind::ALL.len()] =
        [const { OnceLock::new() }; SourceKind::ALL.len()];
    COMPILED[kind as usize]
        .get_or_init(|| build(kind.as_str(), &parsed(kind.as_str())?))
        .as_ref()
        .map_err(Clone::clone)
}

/// What is wrong with a body, by its sender's schema; nothing where it can be used. Messages say
/// what was expected and never repeat what was found.
pub fn validate(kind: SourceKind, body: &Tree<'_>) -> Vec<Problem> {
    let validator = match validator(kind) {
        Ok(validator) => validator,
        // Nothing is accepted unchecked.
        Err(message) => return vec![Problem { pointer: String::new(), message }],
    };
    if validator.is_valid(body) {
        return Vec::new();
    }
    let errors = validator.iter_errors(body).filter(|error| !is_tolerated(kind, error));
    errors.map(|error| problem(&error)).take(PROBLEMS_MAX).collect()
}

/// Herald's own schema documents every field with its type, yet only identity decides: a wrong
/// optional field never drops an event (the reader warns of it).
fn is_tolerated(kind: SourceKind, error: &jsonschema::ValidationError<'_>) -> bool {
    if kind != SourceKind::Herald {
        return false;
    }
    let mut segments = error.instance_path().as_str().split('/').skip(1);
    let first = segments.next();
    // In a list, the first segment is the place in it.
    let field = if first.is_some_and(|word| word.bytes().all(|b| b.is_ascii_digit())) {
        segments.next()
    } else {
        first
    };
    field.is_some_and(|field| field != "key")
}

/// A problem as the validator words it.
pub(in crate::core) fn problem(error: &jsonschema::ValidationError<'_>) -> Problem {
    let mut pointer = error.instance_path().as_str().to_owned();
    if let jsonschema::error::ValidationErrorKind::Required { property } = error.kind() {
        pointer = format!("{pointer}/{}", property.as_str().unwrap_or_default());
    }
    Problem {
        pointer: clean_line(&pointer, PROBLEM_CHARS_MAX),
        message: clean_line(&error.masked().to_string(), PROBLEM_CHARS_MAX),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_schema_compiles_and_has_an_id() {
        compile_all().expect("compiles");
        for name in names() {
            compile(name).expect("compiles");
            let schema: Value = serde_json::from_str(text(name).expect("is there")).expect("JSON");
            assert_eq!(schema["$id"], format!("urn:herald:schema:{name}"));
        }
    }

    #[test]
    fn problems_have_pointers_and_no_values() {
        let validate = |kind, body: Value| {
            let body = body.to_string();
            super::validate(kind, &super::super::sources::parse(body.as_bytes()).expect("JSON"))
        };
        let body = json!({"event": {"event_type": ["s3cret"], "data": "s3cret"}});
        let problems = validate(SourceKind::PagerDuty, body);
        let pointers: Vec<_> = problems.iter().map(|problem| problem.pointer.as_str()).collect();
        assert_eq!(pointers, ["/event/data", "/event/event_type"]);
        assert!(problems.iter().all(|problem| !problem.message.contains("s3cret")), "{problems:?}");
        assert_eq!(validate(SourceKind::PagerDuty, json!({}))[0].pointer, "/event");
        assert_eq!(validate(SourceKind::Herald, json!([{"title": "x"}]))[0].pointer, "/0/key");
        assert_eq!(validate(SourceKind::Herald, json!({"key": "a", "title": 5, "stage": "?"})), []);
        assert_eq!(validate(SourceKind::CloudEvents, json!([{"id": "1"}])).len(), 3);
    }
}

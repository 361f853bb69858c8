//! The API's schema is strict, unlike a sender's: whoever posts by hand sees a misspelt field at
//! once, with the one that was probably meant.

use std::sync::OnceLock;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

use crate::core::nearest::nearest;
use crate::core::rejected::Problem;
use crate::core::schema::{self, PROBLEM_CHARS_MAX, PROBLEMS_MAX};
use crate::core::sources::reader::child;
use crate::core::text::clean_line;

const NAME: &str = "incidents-api";

/// One kind of body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// `POST /v1/incidents`.
    Declaration,
    /// `POST /v1/incidents/{id}/updates`.
    Update,
    /// `POST /v1/incidents/{id}/updates/{update}/approvals`.
    Approval,
}

impl Part {
    const ALL: [Self; 3] = [Self::Declaration, Self::Update, Self::Approval];

    const fn word(self) -> &'static str {
        match self {
            Self::Declaration => "declaration",
            Self::Update => "update",
            Self::Approval => "approval",
        }
    }
}

/// Compiles all parts, so that the first request need not wait for it.
///
/// # Errors
/// In words, where a part can't be compiled: a mistake in this build.
pub fn compile_all() -> Result<(), String> {
    Part::ALL.into_iter().try_for_each(|part| validator(part).map(|_| ()))
}

fn validator(part: Part) -> Result<&'static Validator, String> {
    static COMPILED: [OnceLock<Result<Validator, String>>; Part::ALL.len()] =
        [const { OnceLock::new() }; Part::ALL.len()];
    COMPILED[part as usize]
        .get_or_init(|| schema::compile_part(NAME, part.word()))
        .as_ref()
        .map_err(Clone::clone)
}

/// Everything that is wrong with a body; nothing where it can be used. Messages say what was
/// expected and never repeat what was found.
pub fn validate(part: Part, body: &Value) -> Vec<Problem> {
    let validator = match validator(part) {
        Ok(validator) => validator,
        // Nothing is accepted unchecked.
        Err(message) => return vec![Problem { pointer: String::new(), message }],
    };
    if validator.is_valid(body) {
        return Vec::new();
    }
    let mut problems = Vec::new();
    for error in validator.iter_errors(body) {
        add(&error, part, &mut problems);
    }
    problems.truncate(PROBLEMS_MAX);
    problems
}

fn add(error: &ValidationError<'_>, part: Part, problems: &mut Vec<Problem>) {
    let at = error.instance_path().as_str();
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            let known = known_fields(part, at);
            for name in unexpected {
                let hint = nearest(name, known.iter().map(String::as_str));
                let hint = hint.map_or_else(|| format!("known here: {}", known.join(", ")), did_you_mean);
                problems.push(problem(&child(at, name), &format!("there is no such field; {hint}")));
            }
        }
        ValidationErrorKind::Enum { options } => {
            let words: Vec<&str> =
                options.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            let near = error.instance().as_str().and_then(|found| nearest(found, words.iter().copied()));
            let hint = near.map(|near| format!("; {}", did_you_mean(near))).unwrap_or_default();
            problems.push(problem(at, &format!("one of {} is wanted{hint}", words.join(", "))));
        }
        ValidationErrorKind::PropertyNames { .. } => {
            problems.push(problem(at, "one of its keys has not the form that is wanted here"));
        }
        ValidationErrorKind::AnyOf { .. } if part == Part::Declaration && at.is_empty() => {
            problems.push(problem("", "a declaration says what happened, in title or symptom"));
        }
        _ => problems.push(schema::problem(error)),
    }
}

fn did_you_mean(near: &str) -> String {
    format!("did you mean {near}?")
}

fn problem(pointer: &str, message: &str) -> Problem {
    Problem {
        pointer: clean_line(pointer, PROBLEM_CHARS_MAX),
        message: clean_line(message, PROBLEM_CHARS_MAX * 2),
    }
}

/// The fields that an object at this place may have.
fn known_fields(part: Part, pointer: &str) -> Vec<String> {
    let Some(root) = schema::text(NAME).and_then(|text| serde_json::from_str::<Value>(text).ok()) else {
        return Vec::new();
    };
    let mut here = resolved(&root, &root["$defs"][part.word()]);
    for segment in pointer.split('/').skip(1) {
        let is_place = segment.bytes().all(|byte| byte.is_ascii_digit());
        let next = &here["properties"][segment];
        let next = match (next.is_null(), is_place) {
            (false, _) => next,
            (true, true) => &here["items"],
            (true, false) => &here["additionalProperties"],
        };
        here = resolved(&root, next);
    }
    here["properties"].as_object().map(|fields| fields.keys().cloned().collect()).unwrap_or_default()
}

/// The schema that this one refers to, if it does.
fn resolved<'s>(root: &'s Value, schema: &'s Value) -> &'s Value {
    let name = schema["$ref"].as_str().and_then(|name| name.strip_prefix("#/$defs/"));
    name.map_or(schema, |name| resolved(root, &root["$defs"][name]))
}

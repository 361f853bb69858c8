//! Can it be said at all? What a schema can't know: the policy's audiences and languages, the time,
//! and which fields make sense together. Everything that is wrong is told at once.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use super::words;
use crate::core::limits::FUTURE_TIME_SECONDS_MAX;
use crate::core::policy::Policy;
use crate::core::rejected::Problem;
use crate::core::sources::api::{self, Statement};
use crate::core::text::clean_line;
use crate::core::vocabulary::StageWord;

/// Most problems that one body is told of.
const PROBLEMS_MAX: usize = 20;
/// Longest pointer and message: names in them come from outside.
const PROBLEM_CHARS_MAX: usize = 600;

/// What is wrong so far.
#[derive(Debug, Default)]
pub(super) struct Problems(Vec<Problem>);

impl Problems {
    pub(super) fn add(&mut self, pointer: &str, message: impl AsRef<str>) {
        if self.0.len() < PROBLEMS_MAX {
            self.0.push(Problem {
                pointer: clean_line(pointer, PROBLEM_CHARS_MAX),
                message: clean_line(message.as_ref(), PROBLEM_CHARS_MAX),
            });
        }
    }
    pub(super) fn into_list(self) -> Vec<Problem> {
        self.0
    }
}

/// Everything that is wrong with a body that its schema accepts; nothing where it can be said. Where
/// the policy has only one language, words without one are given it.
pub(super) fn check(
    statement: Statement<'_>,
    body: &mut Value,
    policy: &Policy,
    now: Timestamp,
) -> Vec<Problem> {
    let mut problems = Problems::default();
    let times = api::times_ahead(body);
    let Some(fields) = body.as_object_mut() else { return Vec::new() };
    if matches!(statement, Statement::Approval { .. }) {
        return Vec::new();
    }
    if !fields.iter().any(|(key, value)| {
        key != "language" && *value != Value::Bool(false) || key == "confidential" || key == "data_cleared"
    }) {
        problems.add("", "it says nothing");
    }
    words::check(fields, policy, &mut problems);
    for (pointer, at) in times {
        if at <= now {
            problems.add(pointer, format!("this time has passed; it is {now:.0} now"));
        }
    }
    check_stage(statement, fields, &mut problems);
    check_together(fields, &mut problems);
    check_start(fields, now, &mut problems);
    if matches!(statement, Statement::Declaration { .. }) {
        for key in ["corrects", "follow_up", "approves", "no_change"] {
            if is_said(fields, key) {
                problems.add(&format!("/{key}"), "there is nothing yet that this could be about");
            }
        }
    }
    problems.into_list()
}

/// Is the field there, and not a plain no?
pub(super) fn is_said(fields: &Map<String, Value>, key: &str) -> bool {
    fields.get(key).is_some_and(|value| *value != Value::Bool(false))
}

/// The stage that a body says.
pub(super) fn stage(fields: &Map<String, Value>) -> Option<StageWord> {
    fields.get("stage").and_then(Value::as_str).and_then(StageWord::parse)
}

fn check_stage(statement: Statement<'_>, fields: &Map<String, Value>, problems: &mut Problems) {
    let stage = stage(fields);
    let goal = fields.get("merged_into").and_then(Value::as_str);
    match (stage, goal) {
        (Some(StageWord::Merged), None) => {
            problems.add("/merged_into", "which incident takes over? Its id is wanted");
        }
        (stage, Some(_)) if stage != Some(StageWord::Merged) => {
            problems.add("/merged_into", "this goes with stage merged only");
        }
        _ => {}
    }
    match statement {
        Statement::Update { incident } if goal == Some(incident) => {
            problems.add("/merged_into", "an incident can't be merged into itself");
        }
        Statement::Declaration { .. } => {
            let begins = stage.is_none_or(|stage| {
                stage != StageWord::Reopened && stage.stage().is_some_and(|stage| !stage.is_end())
            });
            if !begins {
                problems
                    .add("/stage", "a declaration begins an incident; this stage is of one that is there");
            }
        }
        _ => {}
    }
}

fn check_together(fields: &Map<String, Value>, problems: &mut Problems) {
    let has_words = words::PLAIN.iter().any(|key| fields.contains_key(*key)) || fields.contains_key("text");
    for (key, wanted) in [
        ("corrects", "what is right? Say it in text, symptom, workaround or action"),
        ("follow_up", "where is the report? Say it in text, symptom, workaround or action"),
    ] {
        if is_said(fields, key) && !has_words {
            problems.add(&format!("/{key}"), wanted);
        }
    }
    if is_said(fields, "corrects") && is_said(fields, "follow_up") {
        problems.add("/follow_up", "the same words can't be a correction too; send two updates");
    }
    let list = |key: &str| fields.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
    let released = list("release");
    for (place, held) in list("hold").iter().enumerate() {
        if released.contains(held) {
            problems.add(&format!("/hold/{place}"), "this audience is released in the same update");
        }
    }
}

fn check_start(fields: &Map<String, Value>, now: Timestamp, problems: &mut Problems) {
    let at = fields.get("started_at").and_then(Value::as_str).and_then(|at| at.parse::<Timestamp>().ok());
    let latest = now.saturating_add(SignedDuration::from_secs(FUTURE_TIME_SECONDS_MAX)).unwrap_or(now);
    if at.is_some_and(|at| at > latest) {
        problems.add("/started_at", "this time has not come yet");
    }
}

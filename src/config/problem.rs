//! What is wrong with a configuration: all of it at once, each with its place, the line itself
//! and what was probably meant.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::path::PathBuf;

use super::tree::Place;
pub(crate) use crate::core::nearest::nearest;

/// Everything that is wrong with one configuration.
#[derive(Debug, Clone, thiserror::Error)]
pub struct ConfigError {
    file: Option<PathBuf>,
    source_text: String,
    problems: Vec<Problem>,
}

/// One thing that is wrong.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    pub(super) place: Place,
    /// In words, without the value where that may be a secret.
    pub(super) message: String,
    pub(super) hint: Option<String>,
    /// How many characters of the line may be shown from the column on; none: all of it.
    pub(super) shown_chars: Option<usize>,
}

/// Where problems are gathered while everything is read.
#[derive(Debug, Clone, Default)]
pub(super) struct Problems(RefCell<Vec<Problem>>);

impl Problems {
    /// Adds one.
    pub(super) fn add(&self, place: &Place, message: impl Into<String>) {
        self.push(Problem { place: place.clone(), message: message.into(), hint: None, shown_chars: None });
    }
    /// Adds one with advice.
    pub(super) fn add_hint(&self, place: &Place, message: impl Into<String>, hint: impl Into<String>) {
        self.push(Problem {
            place: place.clone(),
            message: message.into(),
            hint: Some(hint.into()),
            shown_chars: None,
        });
    }
    /// Adds one as it is.
    pub(super) fn push(&self, problem: Problem) {
        self.0.borrow_mut().push(problem);
    }
    /// All of them, in the file's order, if there are any.
    pub(super) fn into_error(self, file: Option<PathBuf>, source_text: &str) -> Option<ConfigError> {
        let mut problems = self.0.into_inner();
        if problems.is_empty() {
            return None;
        }
        problems.sort_by_key(|problem| match &problem.place {
            Place::File { line, column } => (*line, *column),
            Place::Environment(_) | Place::Nowhere => (usize::MAX, 0),
        });
        Some(ConfigError { file, source_text: source_text.to_owned(), problems })
    }
}

/// One problem, for whoever prints it in another way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The file; `environment NAME` where it stands there.
    pub file: String,
    /// From 1; 0: the file as a whole.
    pub line: usize,
    /// From 1; 0: the line as a whole.
    pub column: usize,
    /// What of the line may be shown: behind a key that does not exist there may be a secret.
    pub snippet: String,
    /// In words.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl ConfigError {
    /// Every problem, in the file's order.
    pub fn told(&self) -> impl Iterator<Item = Told> {
        self.problems.iter().map(|problem| {
            let (file, line, column) = match &problem.place {
                Place::File { line, column } => (self.file_name(), *line, *column),
                Place::Environment(name) => (format!("environment {name}"), 0, 0),
                Place::Nowhere => (self.file_name(), 0, 0),
            };
            Told {
                file,
                line,
                column,
                snippet: self.shown(line).unwrap_or_default(),
                message: problem.message.clone(),
                hint: problem.hint.clone(),
            }
        })
    }

    fn file_name(&self) -> String {
        self.file.as_ref().map_or_else(|| "configuration".to_owned(), |file| file.display().to_string())
    }
    /// One problem with a whole file.
    pub(super) fn of_file(file: PathBuf, message: String) -> Self {
        let problem = Problem { place: Place::Nowhere, message, hint: None, shown_chars: None };
        Self { file: Some(file), source_text: String::new(), problems: vec![problem] }
    }
    /// How many problems there are.
    pub fn count(&self) -> usize {
        self.problems.len()
    }

    fn write(&self, problem: &Problem, out: &mut String) -> std::fmt::Result {
        let file = self.file_name();
        match &problem.place {
            Place::File { line, column } => {
                writeln!(out, "{file}:{line}:{column}: {}", problem.message)?;
                self.write_snippet(*line, *column, out)?;
            }
            Place::Environment(name) => writeln!(out, "environment {name}: {}", problem.message)?,
            Place::Nowhere => writeln!(out, "{file}: {}", problem.message)?,
        }
        if let Some(hint) = &problem.hint {
            writeln!(out, "  hint: {hint}")?;
        }
        Ok(())
    }

    fn write_snippet(&self, line: usize, column: usize, out: &mut String) -> std::fmt::Result {
        let Some(shown) = self.shown(line) else { return Ok(()) };
        let margin = line.to_string();
        let pad = " ".repeat(margin.len());
        writeln!(out, " {pad} |\n {margin} | {shown}\n {pad} | {}^", " ".repeat(column.saturating_sub(1)))
    }

    /// A line, as far as it may be shown.
    fn shown(&self, line: usize) -> Option<String> {
        let text = self.source_text.lines().nth(line.checked_sub(1)?)?;
        Some(match self.shown_chars(line) {
            Some(chars) if text.chars().count() > chars => {
                format!("{} …", text.chars().take(chars).collect::<String>())
            }
            _ => text.chars().take(160).collect(),
        })
    }

    /// How much of a line may be shown, whichever of its problems is told: behind a key that does
    /// not exist there may be a secret that somebody wrote in the wrong place.
    fn shown_chars(&self, line: usize) -> Option<usize> {
        let on_line = |problem: &Problem| match problem.place {
            Place::File { line: at, column } if at == line => Some(column - 1 + problem.shown_chars?),
            _ => None,
        };
        self.problems.iter().filter_map(on_line).min()
    }
}

impl std::fmt::Display for ConfigError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut out = String::new();
        for problem in &self.problems {
            self.write(problem, &mut out)?;
        }
        f.write_str(out.trim_end())
    }
}

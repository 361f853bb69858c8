//! What is wrong with a template file.

use super::source::Part;

/// What is wrong with a template file, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateProblem {
    /// The file's line, from 1.
    pub line: u32,
    /// From 1, where it is known.
    pub column: Option<u32>,
    /// A sentence.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl TemplateProblem {
    pub(super) fn at(line: u32, message: impl Into<String>) -> Self {
        Self { line, column: None, message: message.into(), hint: None }
    }

    #[must_use]
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// An error of the engine while it rendered; `lines` has the file's line of each rendered line.
    pub(super) fn while_rendering(error: &minijinja::Error, lines: &[u32]) -> Self {
        let detail = error.detail().map(|detail| format!(": {detail}")).unwrap_or_default();
        let place = error.line().unwrap_or(1).saturating_sub(1).min(lines.len().saturating_sub(1));
        Self::at(lines.get(place).copied().unwrap_or(1), format!("{}{detail}", error.kind()))
    }

    /// An error of the engine in one part of the file.
    pub(super) fn of(error: &minijinja::Error, part: &Part) -> Self {
        let message = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
        let column = error.range().and_then(|range| {
            let line_start = part.text.get(..range.start)?.rfind('\n').map_or(0, |at| at + 1);
            u32::try_from(part.text[line_start..range.start].chars().count() + 1).ok()
        });
        Self { line: part.line(error.line().unwrap_or(1)), column, message, hint: None }
    }
}

impl std::fmt::Display for TemplateProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for TemplateProblem {}

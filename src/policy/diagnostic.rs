//! What is wrong with a policy: all of it at once, each with its place, the line, and what was
//! probably meant.

use std::fmt;
use std::path::Path;

use serde_json::{Value, json};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The policy can't be used.
    Error,
    /// It can, but something in it does nothing, or not what it seems to.
    Warning,
}

impl Severity {
    /// In a word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// Path within the policy.
    pub file: String,
    /// From 1; 0: the file as a whole.
    pub line: usize,
    /// In characters, from 1; 0: the line as a whole.
    pub column: usize,
    /// How many characters are meant.
    pub width: usize,
    /// The line, as it stands in the file; empty where there is none.
    pub snippet: String,
    /// A sentence.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

/// Longest line shown whole.
const SNIPPET_CHARS_MAX: usize = 160;

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.severity.as_str(), self.message)?;
        match (self.line, self.column) {
            (0, _) => writeln!(f, "  --> {}", self.file)?,
            (line, 0) => writeln!(f, "  --> {}:{line}", self.file)?,
            (line, column) => writeln!(f, "  --> {}:{line}:{column}", self.file)?,
        }
        self.write_snippet(f)?;
        if let Some(help) = &self.help {
            writeln!(f, "  help: {help}")?;
        }
        Ok(())
    }
}

impl Diagnostic {
    /// An error that a file has as a whole.
    pub(super) fn of_file(file: impl Into<String>, message: impl Into<String>, help: Option<&str>) -> Self {
        Self {
            severity: Severity::Error,
            file: file.into(),
            line: 0,
            column: 0,
            width: 0,
            snippet: String::new(),
            message: message.into(),
            help: help.map(str::to_owned),
        }
    }

    /// With the file as whoever named the directory finds it.
    #[must_use]
    pub fn below(self, dir: Option<&Path>) -> Self {
        match dir {
            Some(dir) => Self { file: dir.join(&self.file).display().to_string(), ..self },
            None => self,
        }
    }

    /// For tools: `herald check --format json` and a refused reload say it in the same form.
    pub fn json(&self) -> Value {
        json!({
            "severity": self.severity.as_str(),
            "file": self.file,
            "line": (self.line > 0).then_some(self.line),
            "column": (self.column > 0).then_some(self.column),
            "width": (self.column > 0).then_some(self.width),
            "snippet": self.snippet,
            "message": self.message,
            "help": self.help,
        })
    }

    fn write_snippet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 || self.snippet.trim().is_empty() {
            return Ok(());
        }
        // A long line is shown around what is meant.
        let before = self.column.saturating_sub(1);
        let skipped = if before > SNIPPET_CHARS_MAX / 2 { before - SNIPPET_CHARS_MAX / 4 } else { 0 };
        let shown: String = self.snippet.chars().skip(skipped).take(SNIPPET_CHARS_MAX).collect();
        let margin = self.line.to_string();
        let pad = " ".repeat(margin.len());
        writeln!(f, " {pad} |\n {margin} | {}", shown.trim_end())?;
        if self.column > 0 {
            // Characters that take two columns on a terminal push the caret twice as far.
            let lead: usize = shown.chars().take(before - skipped).map(columns).sum();
            let meant = shown.trim_end().chars().skip(before - skipped).take(self.width.max(1));
            let carets: usize = meant.map(columns).sum();
            writeln!(f, " {pad} | {}{}", " ".repeat(lead), "^".repeat(carets.max(1)))?;
        }
        Ok(())
    }
}

/// How many columns a character takes: East Asian wide and fullwidth ones take two.
const fn columns(c: char) -> usize {
    match c {
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}' => 2,
        _ => 1,
    }
}

/// Everything that is wrong with a policy, warnings included, by file and line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostics(pub Vec<Diagnostic>);

impl Diagnostics {
    /// With the files as whoever named the directory finds them.
    #[must_use]
    pub fn below(self, dir: Option<&Path>) -> Self {
        Self(self.0.into_iter().map(|diagnostic| diagnostic.below(dir)).collect())
    }

    /// How many of them are errors.
    pub fn errors(&self) -> usize {
        self.0.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).count()
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for diagnostic in &self.0 {
            writeln!(f, "{diagnostic}")?;
        }
        let (errors, warnings) = (self.errors(), self.0.len() - self.errors());
        let plural = |count: usize| if count == 1 { "" } else { "s" };
        write!(f, "{errors} error{}, {warnings} warning{}", plural(errors), plural(warnings))
    }
}

impl std::error::Error for Diagnostics {}

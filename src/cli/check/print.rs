//! How `herald check` prints what it found.

use std::fmt::Write as _;

use serde_json::json;

use super::super::output::harmless;
use super::Found;
use crate::policy::{Diagnostic, Severity};

/// With the line that is meant, and what to do about it.
pub(super) fn human(found: &Found) -> String {
    let mut out = String::new();
    for problem in &found.problems {
        // Writing to a string can't fail.
        let _ = writeln!(out, "{}", harmless(&problem.to_string()));
    }
    let counts = counts(found);
    match &found.policy {
        Some((version, size)) => {
            let verdict = if found.problems.is_empty() { "all well" } else { counts.as_str() };
            let _ = write!(out, "{version}: {size}; {verdict}");
        }
        None => out.push_str(&counts),
    }
    out
}

fn counts(found: &Found) -> String {
    let count = |severity, word: &str| match found.count(severity) {
        0 => None,
        1 => Some(format!("1 {word}")),
        many => Some(format!("{many} {word}s")),
    };
    let parts = [count(Severity::Error, "error"), count(Severity::Warning, "warning")];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// One document.
pub(super) fn json(found: &Found) -> anyhow::Result<String> {
    let document = json!({
        "policy": found.policy.as_ref().map(|(version, _)| version),
        "errors": found.count(Severity::Error),
        "warnings": found.count(Severity::Warning),
        "problems": found.problems.iter().map(Diagnostic::json).collect::<Vec<_>>(),
    });
    Ok(serde_json::to_string_pretty(&document)?)
}

/// Workflow commands, one a line, then the verdict.
pub(super) fn github(found: &Found) -> String {
    let mut out = String::new();
    for problem in &found.problems {
        let _ = write!(out, "::{} file={}", problem.severity.as_str(), property(&problem.file));
        if problem.line > 0 {
            let _ = write!(out, ",line={}", problem.line);
        }
        if problem.column > 0 {
            let end = problem.column + problem.width.max(1);
            let _ = write!(out, ",col={},endColumn={end}", problem.column);
        }
        let help = problem.help.as_ref().map(|help| format!("\nhelp: {help}")).unwrap_or_default();
        let _ = writeln!(out, ",title=herald check::{}", data(&format!("{}{help}", problem.message)));
    }
    let counts = counts(found);
    out.push_str(if counts.is_empty() { "all well" } else { &counts });
    out
}

/// A message: it must not end its line, nor begin another command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property: it must not end itself either.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn found() -> Found {
        let problem = Diagnostic {
            severity: Severity::Warning,
            file: "a,b/routes.yaml".to_owned(),
            line: 3,
            column: 5,
            width: 4,
            snippet: "  - name: x".to_owned(),
            message: "100% of it\n::error::no".to_owned(),
            help: Some("do: this".to_owned()),
        };
        let whole =
            Diagnostic { line: 0, column: 0, severity: Severity::Error, help: None, ..problem.clone() };
        Found { problems: vec![problem, whole], policy: None }
    }

    #[test]
    fn a_message_can_not_become_a_command() {
        let lines: Vec<String> = github(&found()).lines().map(str::to_owned).collect();
        assert_eq!(
            lines,
            [
                "::warning file=a%2Cb/routes.yaml,line=3,col=5,endColumn=9,title=herald check::100%25 of it%0A::error::no%0Ahelp: do: this",
                "::error file=a%2Cb/routes.yaml,title=herald check::100%25 of it%0A::error::no",
                "1 error, 1 warning",
            ]
        );
    }

    #[test]
    fn what_has_no_place_has_none_in_json() {
        let document: Value = serde_json::from_str(&json(&found()).unwrap()).unwrap();
        assert_eq!(document["errors"], 1);
        assert_eq!(document["problems"][0]["line"], 3);
        assert_eq!(document["problems"][1]["line"], Value::Null);
        assert_eq!(document["policy"], Value::Null);
    }
}

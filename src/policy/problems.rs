//! Gathers what is wrong while everything is read, so that nothing hides behind the first mistake.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::diagnostic::{Diagnostic, Severity};
use super::source::Source;
use super::sources::SourceNames;
use super::tree::At;

/// Most problems told at once; a file of the wrong kind would fill screens.
const PROBLEMS_MAX: usize = 200;

/// Where problems are gathered.
#[derive(Debug)]
pub(crate) struct Problems<'s> {
    source: &'s Source,
    found: RefCell<Vec<Diagnostic>>,
}

impl<'s> Problems<'s> {
    pub(crate) const fn new(source: &'s Source) -> Self {
        Self { source, found: RefCell::new(Vec::new()) }
    }

    /// Adds one, with the line that it is about.
    pub(crate) fn add(&self, severity: Severity, file: &str, at: At, message: String, help: Option<String>) {
        let (file, line, snippet) = self.source.placed(file, at.line);
        let At { column, width, .. } = at;
        let problem = Diagnostic { severity, file, line, column, width, snippet, message, help };
        let mut found = self.found.borrow_mut();
        if found.len() < PROBLEMS_MAX && !found.contains(&problem) {
            found.push(problem);
        }
    }

    /// How many errors there are so far.
    pub(crate) fn errors(&self) -> usize {
        self.found.borrow().iter().filter(|problem| problem.severity == Severity::Error).count()
    }

    /// All of them, by file and line.
    pub(crate) fn into_sorted(self) -> Vec<Diagnostic> {
        let mut found = self.found.into_inner();
        found.sort_by(|a, b| {
            (&a.file, a.line, a.column, a.severity).cmp(&(&b.file, b.line, b.column, b.severity))
        });
        found
    }
}

/// One file being read: where problems about it go. Cheap to copy.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cx<'a> {
    pub(crate) file: &'a str,
    pub(crate) problems: &'a Problems<'a>,
    pub(crate) names: &'a Names,
}

impl Cx<'_> {
    /// Where an audience is named in audiences.yaml.
    pub(crate) fn audience_at(&self, name: &str) -> At {
        let place = self.names.audiences.iter().position(|known| known == name);
        place.and_then(|place| self.names.audiences_at.get(place)).copied().unwrap_or_default()
    }
    pub(crate) fn error(&self, at: At, message: impl Into<String>) {
        self.problems.add(Severity::Error, self.file, at, message.into(), None);
    }
    pub(crate) fn error_help(&self, at: At, message: impl Into<String>, help: impl Into<String>) {
        self.problems.add(Severity::Error, self.file, at, message.into(), Some(help.into()));
    }
    pub(crate) fn warn(&self, at: At, message: impl Into<String>, help: Option<String>) {
        self.problems.add(Severity::Warning, self.file, at, message.into(), help);
    }
    /// Where a thing stands, as decisions name it: `routes.yaml:12`.
    pub(crate) fn place(&self, at: At) -> String {
        let (file, line, _) = self.problems.source.placed(self.file, at.line);
        format!("{file}:{line}")
    }
}

/// Names that one file gives and others use, gathered before anything else is read.
#[derive(Debug, Default)]
pub(crate) struct Names {
    pub(crate) languages: Vec<String>,
    pub(crate) times: Vec<String>,
    /// Catalogue names.
    pub(crate) services: Vec<String>,
    /// Catalogue names, and ids and names as senders write them.
    pub(crate) known_as: BTreeSet<String>,
    pub(crate) business_services: BTreeSet<String>,
    pub(crate) teams: BTreeSet<String>,
    /// Every text that stands anywhere but where the catalogue gives a service its names.
    pub(crate) words: BTreeSet<String>,
    pub(crate) audiences: Vec<String>,
    /// Where each of them is named.
    pub(crate) audiences_at: Vec<At>,
    /// Where a configuration is at hand.
    pub(crate) sources: Option<SourceNames>,
}

/// "did you mean", where one of the candidates is near enough; else all of them, if they are few.
pub(crate) fn suggest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<String> {
    let candidates: Vec<&str> = candidates.into_iter().collect();
    let folded = word.to_lowercase().replace(['_', ' '], "-");
    let distance = |candidate: &&str| {
        strsim::damerau_levenshtein(&folded, &candidate.to_lowercase().replace(['_', ' '], "-"))
    };
    let nearest =
        candidates.iter().map(|candidate| (distance(candidate), *candidate)).min_by_key(|(far, _)| *far);
    match nearest {
        Some((far, candidate)) if far <= (word.chars().count() / 3).max(1) => {
            Some(format!("did you mean `{candidate}`?"))
        }
        _ if (1..=12).contains(&candidates.len()) => Some(format!("there are {}", list(&candidates))),
        _ => None,
    }
}

/// `a`, `b` and `c`, for messages.
pub(crate) fn list<T: AsRef<str>>(words: &[T]) -> String {
    words.iter().map(|word| format!("`{}`", word.as_ref())).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_near_is_suggested_and_few_are_listed() {
        let known = ["executives", "customer-service", "sales"];
        assert_eq!(suggest("executive", known).unwrap(), "did you mean `executives`?");
        assert_eq!(suggest("customer_service", known).unwrap(), "did you mean `customer-service`?");
        assert_eq!(suggest("board", known).unwrap(), "there are `executives`, `customer-service`, `sales`");
        assert_eq!(suggest("board", []), None);
    }
}

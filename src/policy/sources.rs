//! What a configuration calls its sources: known only where one is at hand, and then a policy that
//! speaks of others is told so.

use super::problems::{Cx, suggest};
use super::tree::At;
use crate::core::sources::{SourceKind, api};

/// The configured sources by name, with what each was called before.
#[derive(Debug, Clone, Default)]
pub struct SourceNames(Vec<(String, Vec<String>)>);

impl SourceNames {
    /// These, and the one of all that people say.
    pub fn new(names: impl IntoIterator<Item = (String, Vec<String>)>) -> Self {
        Self(names.into_iter().chain([(api::SOURCE.to_owned(), Vec::new())]).collect())
    }

    /// Is a source called so now?
    pub(super) fn has(&self, name: &str) -> bool {
        self.iter().any(|known| known == name)
    }

    /// What a source is called now that was called so before.
    fn renamed(&self, name: &str) -> Option<&str> {
        let now = self.0.iter().find(|(_, former)| former.iter().any(|former| former == name));
        now.map(|(now, _)| now.as_str())
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }
}

/// A condition on the name of a source: where no source has it, it never holds.
pub(super) fn check_name(cx: Cx<'_>, at: At, name: &str) {
    let Some(sources) = &cx.names.sources else { return };
    if sources.has(name) {
        return;
    }
    let kind = SourceKind::parse(name).map(|_| format!("it is a kind of source: write source_kind: {name}"));
    let help = renamed(sources, name).or(kind).or_else(|| suggest(name, sources.iter()));
    cx.warn(at, format!("no source is called `{name}`, so this never holds"), help);
}

/// A reading is for a source, or for all of a kind.
pub(super) fn check_reading(cx: Cx<'_>, at: At, name: &str) {
    let kinds = || SourceKind::ALL.iter().map(|kind| kind.as_str());
    let Some(sources) = &cx.names.sources else {
        // A source may have any name; but one that is nearly that of a kind is probably that kind.
        if let Some(near) = crate::core::nearest::nearest(name, kinds()).filter(|near| *near != name) {
            let message = format!("`{name}` is no kind of source, and nearly one");
            cx.warn(at, message, Some(format!("did you mean `{near}`?")));
        }
        return;
    };
    if !sources.has(name) && !kinds().any(|kind| kind == name) {
        let near = suggest(name, sources.iter().chain(kinds())).or_else(|| suggest(name, sources.iter()));
        let help = renamed(sources, name).or(near);
        cx.warn(at, format!("neither a source nor a kind of source is called `{name}`"), help);
    }
}

/// What to write where a word should have been a kind, and is a source's name.
pub(super) fn is_name_of_source(cx: Cx<'_>, word: &str) -> Option<String> {
    let sources = cx.names.sources.as_ref()?;
    sources.has(word).then(|| format!("it is a source's name: write source: {word}"))
}

fn renamed(sources: &SourceNames, name: &str) -> Option<String> {
    sources.renamed(name).map(|now| format!("it is called `{now}` now"))
}

//! A policy that differs from another one in little: a folder with what differs. Maps are merged
//! key by key, and a key without a value is taken out; anything else, and every template, takes
//! the place of what was there. Mistakes are told where they stand, in whichever of the two files.

use std::collections::BTreeMap;

use super::source::Source;

/// What differs, by path.
#[derive(Debug, Clone, Default)]
pub(super) struct Changes(BTreeMap<String, Change>);

#[derive(Debug, Clone)]
struct Change {
    /// Where it stands, for people.
    label: String,
    /// What is merged into the file; none where it stands in its place.
    merged: Option<String>,
}

impl Source {
    /// This policy as the files of a folder change it; `folder` is where they stand, for people.
    #[must_use]
    pub fn changed_by(&self, folder: &str, files: &Self) -> Self {
        let mut changed = self.clone();
        for (path, text) in &files.files {
            let label = format!("{folder}/{path}");
            let is_merged = !path.contains('/') && self.files.contains_key(path);
            if is_merged {
                changed.changes.0.insert(path.clone(), Change { label, merged: Some(text.clone()) });
            } else {
                changed.files.insert(path.clone(), text.clone());
                changed.changes.0.insert(path.clone(), Change { label, merged: None });
            }
        }
        changed
    }

    /// A whole policy that stands in a folder, for people.
    #[must_use]
    pub fn standing_in(mut self, folder: &str) -> Self {
        for path in self.files.keys() {
            let change = Change { label: format!("{folder}/{path}"), merged: None };
            self.changes.0.insert(path.clone(), change);
        }
        self
    }

    /// What is merged into a file, and how many lines stand before it: its lines count on from
    /// those of the file.
    pub(super) fn merged(&self, path: &str) -> Option<(&str, usize)> {
        let text = self.changes.0.get(path)?.merged.as_deref()?;
        Some((text, self.text(path).map_or(0, |text| text.lines().count())))
    }

    /// Where a line of a file stands, for people: the file's name, the line in it, and its text.
    pub(super) fn placed(&self, path: &str, line: usize) -> (String, usize, String) {
        let nth = |text: Option<&str>, line: usize| {
            let found = line.checked_sub(1).and_then(|line| text?.lines().nth(line));
            found.unwrap_or_default().to_owned()
        };
        let label = self.changes.0.get(path).map(|change| change.label.clone());
        match (self.merged(path), label) {
            (Some((text, before)), Some(label)) if line > before => {
                (label, line - before, nth(Some(text), line - before))
            }
            (None, Some(label)) => (label, line, nth(self.text(path), line)),
            _ => (path.to_owned(), line, nth(self.text(path), line)),
        }
    }

    /// Every text that is merged into a file, with its name.
    pub(super) fn all_merged(&self) -> impl Iterator<Item = [&String; 2]> {
        self.changes.0.values().filter_map(|change| Some([&change.label, change.merged.as_ref()?]))
    }
}

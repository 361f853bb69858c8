//! A small edit of a policy, as a file of `tests/defects` writes it:
//!
//! ```text
//! What is wrong, in a sentence.
//! file routes.yaml
//!      when: { priority: { at_least: P3 } }
//! -    tell: [technical-teams]
//! +    tell: [technical-team]
//! gone customers.yaml
//! ```
//!
//! Below `file` stand lines of that file: kept (a space), taken out (`-`) and put in (`+`). Lines
//! that are only put in stand at the end of the file, or make a new one. `elsewhere` before them:
//! the mistake shows in another place than the edit. `sources` before them: those that a
//! configuration names.

use std::collections::BTreeMap;

use herald::policy::{Source, SourceNames};

/// An edit, and where in the edited files it is.
pub struct Edit {
    pub title: String,
    pub source: Source,
    /// File and lines that the edit changed; for lines taken out, those around them.
    pub changed: Vec<(String, Vec<usize>)>,
    pub elsewhere: bool,
    pub sources: Option<SourceNames>,
}

/// Makes an edit of a policy.
pub fn apply(policy: &Source, text: &str) -> Edit {
    let mut files: BTreeMap<String, String> =
        policy.iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect();
    let mut lines = text.lines().peekable();
    let title = lines.next().unwrap_or_default().to_owned();
    let mut elsewhere = false;
    let mut sources = None;
    let mut changed = Vec::new();
    while let Some(line) = lines.next() {
        if line == "elsewhere" {
            elsewhere = true;
        } else if let Some(names) = line.strip_prefix("sources ") {
            let names = names.split(' ').map(|name| (name.to_owned(), Vec::new()));
            sources = Some(SourceNames::new(names));
        } else if let Some(path) = line.strip_prefix("gone ") {
            assert!(files.remove(path).is_some(), "{title}: there is no {path}");
            changed.push((path.to_owned(), vec![0]));
        } else if let Some(path) = line.strip_prefix("file ") {
            let mut hunk = Vec::new();
            while let Some(line) =
                lines.next_if(|line| !line.starts_with("file ") && !line.starts_with("gone "))
            {
                hunk.push(line);
            }
            let before = files.remove(path).unwrap_or_default();
            let (after, at) =
                edited(&before, &hunk).unwrap_or_else(|| panic!("{title}: {path} has other lines"));
            files.insert(path.to_owned(), after);
            changed.push((path.to_owned(), at));
        } else {
            panic!("{title}: what is `{line}`?");
        }
    }
    Edit { title, source: Source::from_files(files), changed, elsewhere, sources }
}

/// The text with the hunk's lines in the place of those that it names, and their numbers.
fn edited(text: &str, hunk: &[&str]) -> Option<(String, Vec<usize>)> {
    let mut lines: Vec<&str> = text.lines().collect();
    let old: Vec<&str> = hunk.iter().filter_map(|line| line.strip_prefix([' ', '-'])).collect();
    let start = if old.is_empty() {
        lines.len()
    } else {
        let same = |window: &[&str]| window.iter().zip(&old).all(|(line, old)| line == old);
        lines.windows(old.len()).position(same)?
    };
    let new: Vec<&str> = hunk.iter().filter_map(|line| line.strip_prefix([' ', '+'])).collect();
    let mut at = Vec::new();
    let mut line = start;
    for one in hunk {
        match one.chars().next() {
            Some('-') => at.extend([line, line + 1]),
            Some('+') => {
                line += 1;
                at.push(line);
            }
            _ => line += 1,
        }
    }
    lines.splice(start..start + old.len(), new);
    let mut whole = lines.join("\n");
    whole.push('\n');
    Some((whole, at))
}

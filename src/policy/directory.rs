//! Reads a directory, and makes sure that it stood still meanwhile: an editor, a copy or a `git pull`
//! at the same moment leaves a mixture of two policies, which may well be a valid one.
//!
//! It is read twice. What reads alike both times was so at the moment between the two readings; so
//! if everything does, all of it is of one moment. Nothing is tried again here: whoever asked is told.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::diagnostic::{Diagnostic, Diagnostics};
use super::source::{FILE_BYTES_MAX, FILES_MAX, POLICY_BYTES_MAX, STORIES};

/// Deepest folder.
const DEPTH_MAX: usize = 6;
/// What helps where somebody writes at the same time.
const WAIT: &str = "load it again when whoever writes it has finished";

/// Between two steps of reading, when something may happen to the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Between {
    /// Its files are known by name.
    Listed,
    /// They have been read, once.
    Read,
}

/// The text of every wanted file, by its path within the directory. `meanwhile` is what happens
/// between two steps, for tests.
pub(super) fn read(
    dir: &Path,
    wanted: fn(&str) -> bool,
    meanwhile: &mut dyn FnMut(Between),
) -> Result<BTreeMap<String, String>, Diagnostics> {
    let root = match dir.canonicalize() {
        Ok(root) if root.is_dir() => root,
        Ok(_) => return refused(dir, "it is no directory"),
        Err(error) => return refused(dir, &format!("it can't be read: {error}")),
    };
    let Listing { files, mut problems } = list(&root, wanted);
    meanwhile(Between::Listed);
    let mut left = Left::default();
    let first: BTreeMap<String, Result<String, String>> =
        files.iter().map(|(path, real)| (path.clone(), left.text(real))).collect();
    meanwhile(Between::Read);
    problems.extend(changes(&first, &list(&root, wanted).files));
    let mut texts = BTreeMap::new();
    for (path, text) in first {
        match text {
            Ok(text) => _ = texts.insert(path, text),
            // What changed is not judged by how it was found.
            Err(_) if problems.iter().any(|problem| problem.file == path) => {}
            Err(message) => problems.push(Diagnostic::of_file(path, message, None)),
        }
    }
    problems.sort_by(|a, b| a.file.cmp(&b.file));
    if problems.is_empty() { Ok(texts) } else { Err(Diagnostics(problems)) }
}

fn refused<T>(dir: &Path, message: &str) -> Result<T, Diagnostics> {
    Err(Diagnostics(vec![Diagnostic::of_file(dir.display().to_string(), message, None)]))
}

/// What is otherwise at the second look.
fn changes(
    first: &BTreeMap<String, Result<String, String>>,
    now: &BTreeMap<String, PathBuf>,
) -> Vec<Diagnostic> {
    let changed = |path: &str, how: &str| {
        Diagnostic::of_file(
            path,
            format!("the directory changed while it was read: this file {how}"),
            Some(WAIT),
        )
    };
    let mut left = Left::default();
    let was = first.iter().filter_map(|(path, text)| match now.get(path) {
        None => Some(changed(path, "is gone")),
        Some(real) if left.text(real) != *text => Some(changed(path, "was written")),
        Some(_) => None,
    });
    let mut found: Vec<Diagnostic> = was.collect();
    found.extend(now.keys().filter(|path| !first.contains_key(*path)).map(|path| changed(path, "has come")));
    found
}

/// The files of a directory, and what can't be one of them.
#[derive(Debug, Default)]
struct Listing {
    /// Where each really is, by its path within the directory.
    files: BTreeMap<String, PathBuf>,
    problems: Vec<Diagnostic>,
}

fn list(root: &Path, wanted: fn(&str) -> bool) -> Listing {
    let mut walk = Walk { root, wanted, found: Listing::default() };
    walk.folder(root, "", 0);
    walk.found
}

struct Walk<'a> {
    root: &'a Path,
    /// Which files, by their path.
    wanted: fn(&str) -> bool,
    found: Listing,
}

impl Walk<'_> {
    fn folder(&mut self, folder: &Path, prefix: &str, depth: usize) {
        let unreadable = |error| format!("the folder can't be read: {error}");
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => return self.problem(prefix, unreadable(error)),
        };
        for entry in entries {
            if self.found.files.len() > FILES_MAX {
                return self.problem(prefix, format!("there are more than {FILES_MAX} files"));
            }
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => return self.problem(prefix, unreadable(error)),
            };
            let Ok(name) = entry.file_name().into_string() else {
                self.problem(prefix, format!("{} is no UTF-8 name", entry.path().display()));
                continue;
            };
            // An editor's lock beside a file is a link that leads nowhere.
            if name.starts_with('.') {
                continue;
            }
            let path = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
            self.entry(&entry.path(), path, depth);
        }
    }

    fn entry(&mut self, entry: &Path, path: String, depth: usize) {
        // Through links: a mounted configuration is often one; but not out of the directory.
        let real = match entry.canonicalize() {
            Ok(real) if real.starts_with(self.root) => real,
            Ok(_) => return self.problem(&path, "this link leads out of the policy's directory".to_owned()),
            Err(error) => return self.problem(&path, format!("it can't be read: {error}")),
        };
        if !real.is_dir() {
            if (self.wanted)(&path) {
                self.found.files.insert(path, real);
            }
        } else if depth >= DEPTH_MAX {
            self.problem(&path, format!("folders are nested more than {DEPTH_MAX} deep"));
        } else if path != STORIES {
            self.folder(&real, &path, depth + 1);
        }
    }

    fn problem(&mut self, path: &str, message: String) {
        let file = if path.is_empty() { self.root.display().to_string() } else { path.to_owned() };
        self.found.problems.push(Diagnostic::of_file(file, message, None));
    }
}

/// How much of a policy may still be read.
struct Left {
    bytes: usize,
}

impl Default for Left {
    fn default() -> Self {
        Self { bytes: POLICY_BYTES_MAX }
    }
}

impl Left {
    /// The text of one file. It may have become anything since it was listed, so what was opened is
    /// what is looked at.
    fn text(&mut self, path: &Path) -> Result<String, String> {
        let unreadable = |error: std::io::Error| format!("it can't be read: {error}");
        // To open a pipe would wait for whoever writes into it.
        if !fs::metadata(path).map_err(unreadable)?.is_file() {
            return Err("it is no file".to_owned());
        }
        let file = fs::File::open(path).map_err(unreadable)?;
        let bytes_max = FILE_BYTES_MAX.min(self.bytes);
        let mut bytes = Vec::new();
        file.take(bytes_max as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        if bytes.len() > bytes_max {
            return Err(format!(
                "it is too large: a file has at most {FILE_BYTES_MAX} bytes, a policy {POLICY_BYTES_MAX}"
            ));
        }
        self.bytes -= bytes.len();
        let text = String::from_utf8(bytes).map_err(|error| {
            let read = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            format!("it is no UTF-8 text, from line {} on", read.split(|byte| *byte == b'\n').count())
        })?;
        match text.strip_prefix('\u{feff}') {
            Some(_) => Err("it begins with a byte order mark; save it as UTF-8 without one".to_owned()),
            None => Ok(text),
        }
    }
}

#[cfg(test)]
mod tests;

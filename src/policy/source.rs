//! Where a policy's files come from: a directory, or the policy built into the binary.

use std::collections::BTreeMap;
use std::path::Path;

use include_dir::{Dir, File, include_dir};
use sha2::{Digest, Sha256};

use super::changed::Changes;
use super::diagnostic::Diagnostics;
use super::directory;

/// Most files of one policy, stories included.
pub const FILES_MAX: usize = 5_000;
/// Largest file: 10,000 routes fit.
pub const FILE_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Largest policy.
pub const POLICY_BYTES_MAX: usize = 64 * 1024 * 1024;
/// The folder of a policy that decides nothing: incidents acted out against it.
pub(super) const STORIES: &str = "stories";

macro_rules! built_in {
    ($($name:literal),+ $(,)?) => {
        [$(($name, include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/deploy/policy/", $name)).as_slice())),+]
    };
}

/// The built-in policy file by file and folder by folder: `.schemas` beside them leads to what
/// `crate::schemas` has built in already.
static FILES: [(&str, &[u8]); 8] = built_in![
    "approvals.yaml",
    "audiences.yaml",
    "classify.yaml",
    "customers.yaml",
    "policy.yaml",
    "quiet.yaml",
    "routes.yaml",
    "services.yaml",
];
static FOLDERS: [(&str, Dir<'static>); 2] = [
    ("templates", include_dir!("$CARGO_MANIFEST_DIR/deploy/policy/templates")),
    (STORIES, include_dir!("$CARGO_MANIFEST_DIR/deploy/policy/stories")),
];

/// The files of one policy, read at one time.
#[derive(Debug, Clone, Default)]
pub struct Source {
    /// Text by path, with `/` between its parts, whatever the system uses.
    pub(super) files: BTreeMap<String, String>,
    /// What another folder changes of them.
    pub(super) changes: Changes,
}

impl Source {
    /// The policy built into the binary.
    pub fn built_in() -> Self {
        let text = |content: &[u8]| String::from_utf8_lossy(content).into_owned();
        let files = built_in_files().into_iter().filter(|(path, _)| is_read(path));
        Self::from_files(files.map(|(path, content)| (path, text(content))))
    }

    /// Files by path; for tests and for policies that come from elsewhere.
    pub fn from_files<P: Into<String>, T: Into<String>>(files: impl IntoIterator<Item = (P, T)>) -> Self {
        let files = files.into_iter().map(|(path, text)| (path.into(), text.into())).collect();
        Self { files, changes: Changes::default() }
    }

    /// The same with one file more, or another text for it.
    #[must_use]
    pub fn with(mut self, path: impl Into<String>, text: impl Into<String>) -> Self {
        self.files.insert(path.into(), text.into());
        self
    }

    /// The text of a file.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// Every file with its text, by path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// The files of one folder, by their paths within it.
    #[must_use]
    pub fn below(&self, folder: &str) -> Self {
        let inside = |path: &str| path.strip_prefix(folder)?.strip_prefix('/').map(str::to_owned);
        let files = self.files.iter().filter_map(|(path, text)| Some((inside(path)?, text.clone())));
        Self::from_files(files)
    }

    /// Is it a policy by itself?
    pub fn is_whole(&self) -> bool {
        super::REQUIRED.iter().all(|path| self.files.contains_key(*path))
    }

    /// Reads a directory. Links that lead out of it are refused, as is what is no UTF-8 or too large,
    /// and what changes while it is read.
    pub fn from_dir(dir: &Path) -> Result<Self, Diagnostics> {
        walk(dir, is_read)
    }

    /// The stories of a policy's directory with all that stands beside them, by paths that begin
    /// with `stories/`; none where there are none.
    pub fn stories_of_dir(dir: &Path) -> Result<Self, Diagnostics> {
        let stories = dir.join(STORIES);
        if !stories.exists() {
            return Ok(Self::default());
        }
        let files = walk(&stories, is_visible)?.files;
        Ok(Self::from_files(files.into_iter().map(|(path, text)| (format!("{STORIES}/{path}"), text))))
    }

    /// The stories of the policy built into the binary.
    pub fn built_in_stories() -> Self {
        let files = built_in_files().into_iter().filter(|(path, _)| is_visible(path));
        let stories = files.filter(|(path, _)| path.split('/').next() == Some(STORIES));
        let text = |content: &[u8]| String::from_utf8_lossy(content).into_owned();
        Self::from_files(stories.map(|(path, content)| (path, text(content))))
    }

    /// First 12 hexadecimal characters of the hash over all names and texts.
    pub(super) fn hash(&self) -> String {
        let mut hasher = Sha256::new();
        let files = self.files.iter().map(|(path, text)| [path, text]);
        for part in files.chain(self.all_merged()).flatten() {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
        let mut hash = data_encoding::HEXLOWER.encode(&hasher.finalize());
        hash.truncate(12);
        hash
    }
}

/// Every file of the policy built into the binary, by path: what `herald init` writes.
pub fn built_in_files() -> Vec<(String, &'static [u8])> {
    fn collect(folder: &str, dir: &Dir<'static>, files: &mut Vec<(String, &'static [u8])>) {
        let path = |file: &File<'static>| Some(format!("{folder}/{}", file.path().to_str()?));
        files.extend(dir.files().filter_map(|file| Some((path(file)?, file.contents()))));
        dir.dirs().for_each(|dir| collect(folder, dir, files));
    }
    let mut files: Vec<_> = FILES.iter().map(|(path, text)| ((*path).to_owned(), *text)).collect();
    FOLDERS.iter().for_each(|(folder, dir)| collect(folder, dir, &mut files));
    files.sort_unstable();
    files
}

/// Does this file decide anything? Stories, read-mes and hidden files do not.
fn is_read(path: &str) -> bool {
    let yaml = !path.contains('/') && [".yaml", ".yml"].iter().any(|end| path.ends_with(end));
    is_visible(path) && (yaml || path.starts_with("templates/"))
}

fn is_visible(path: &str) -> bool {
    !path.split('/').any(|part| part.starts_with('.'))
}

fn walk(dir: &Path, wanted: fn(&str) -> bool) -> Result<Source, Diagnostics> {
    Ok(Source::from_files(directory::read(dir, wanted, &mut |_| {})?))
}

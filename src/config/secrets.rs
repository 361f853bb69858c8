//! Secrets by reference: files and environment variables.

use std::path::Path;

use super::environment::Environment;
use super::problem::Problems;
use super::section::{Section, some_text, texts};
use super::tree::Place;
use crate::secret::Secret;

/// Largest secret: a file that is longer is some other file.
const SECRET_BYTES_MAX: usize = 16 * 1024;

/// Where secrets are looked up.
pub(super) struct Secrets<'a> {
    /// Relative paths are relative to the configuration file.
    pub(super) base: &'a Path,
    pub(super) environment: &'a Environment,
    pub(super) problems: &'a Problems,
}

impl Secrets<'_> {
    /// `<name>_file` or `<name>_env`, not both.
    pub(super) fn one(&self, section: &Section<'_>, name: &str) -> Option<Secret> {
        let mut found = self.gather(section, name);
        if found.len() > 1 {
            self.problems.add(
                &section.place(),
                format!("`{}`: give {name}_file or {name}_env, not both", section.path_of(name)),
            );
        }
        found.pop()
    }

    /// `<name>_files`, `<name>_file` and `<name>_env` together: several while rotating.
    pub(super) fn gather(&self, section: &Section<'_>, name: &str) -> Vec<Secret> {
        let mut found = Vec::new();
        for key in [format!("{name}_file"), format!("{name}_files")] {
            let Some(node) = section.get(&key) else { continue };
            for path in section.read(&key, texts).unwrap_or_default() {
                found.extend(self.file(&path, &section.path_of(&key), &node.place));
            }
        }
        let key = format!("{name}_env");
        if let (Some(node), Some(variable)) = (section.get(&key), section.read(&key, some_text)) {
            match self.environment.get(&variable).filter(|value| !value.is_empty()) {
                Some(value) => found.push(Secret::new(value)),
                None => self.problems.add(
                    &node.place,
                    format!("`{}`: the environment variable {variable} is not set", section.path_of(&key)),
                ),
            }
        }
        found
    }

    fn file(&self, path: &str, key: &str, place: &Place) -> Option<Secret> {
        let path = self.base.join(path);
        let wrong = |words: &str| {
            self.problems.add(place, format!("`{key}`: {} {words}", path.display()));
            None
        };
        match std::fs::read(&path) {
            Err(error) => wrong(&format!("can't be read: {error}")),
            Ok(bytes) if bytes.len() > SECRET_BYTES_MAX => wrong("is too large for a secret"),
            Ok(bytes) => {
                // Editors end a file with a line break; no secret ends with one.
                let end = bytes.iter().rposition(|b| !matches!(b, b'\n' | b'\r')).map_or(0, |last| last + 1);
                if end == 0 { wrong("is empty") } else { Some(Secret::new(&bytes[..end])) }
            }
        }
    }
}

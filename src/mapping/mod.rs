//! Mappings of custom sources: from a YAML file to one compiled `core::sources::mapping::Mapping`,
//! with everything that is wrong with it told at once; and what proves it, its test bodies.

pub mod cases;
mod conditions;
mod event;
mod file;
pub mod infer;
pub mod outline;
mod reading;
#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use crate::core::sources::mapping::Mapping;
use crate::policy::problems::{Cx, Names, Problems};
use crate::policy::tree::{self, At};
use crate::policy::{Diagnostic, Diagnostics, Severity, Source};

/// Largest file of a mapping or of its JSON Schema.
pub const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// A mapping that can be used, and what is worth knowing about it.
#[derive(Debug)]
pub struct Loaded {
    /// The mapping.
    pub mapping: Arc<Mapping>,
    /// What does nothing, or not what it seems to.
    pub warnings: Vec<Diagnostic>,
}

/// What is gathered while a mapping is read.
#[derive(Clone, Copy)]
struct Compiler<'a> {
    cx: Cx<'a>,
    /// Where the file lies: its schema is named from there.
    folder: &'a Path,
    /// Headers that are read, in lower case.
    headers: &'a RefCell<Vec<String>>,
}

impl Compiler<'_> {
    fn reads_header(&self, name: &str) {
        let name = name.trim().to_ascii_lowercase();
        let mut headers = self.headers.borrow_mut();
        if !headers.contains(&name) {
            headers.push(name);
        }
    }
}

/// Reads and compiles the mapping in a file.
///
/// # Errors
/// Everything that is wrong with it.
pub fn load(file: &Path) -> Result<Loaded, Diagnostics> {
    let shown = file.display().to_string();
    let text = read_text(file).map_err(|message| Diagnostics(vec![whole(&shown, message)]))?;
    load_text(&shown, &text, file.parent().unwrap_or_else(|| Path::new("")))
}

/// Compiles a mapping. `shown` names it in messages; `folder` is where its schema is looked for.
///
/// # Errors
/// Everything that is wrong with it.
pub fn load_text(shown: &str, text: &str, folder: &Path) -> Result<Loaded, Diagnostics> {
    let source = Source::from_files([(shown, text)]);
    let problems = Problems::new(&source);
    let (names, headers) = (Names::default(), RefCell::default());
    let cx = Cx { file: shown, problems: &problems, names: &names };
    let mapping = match tree::parse(text) {
        Ok(root) => file::read(Compiler { cx, folder, headers: &headers }, &root),
        Err((at, message)) => {
            cx.error(at, message);
            None
        }
    };
    if mapping.is_none() && problems.errors() == 0 {
        // Nothing compiles to nothing without a word: but if it did, it would be said here.
        cx.error(At::default(), "the mapping can't be read");
    }
    match mapping {
        Some(mapping) if problems.errors() == 0 => {
            let mapping = Arc::new(Mapping { headers: headers.into_inner(), ..mapping });
            Ok(Loaded { mapping, warnings: problems.into_sorted() })
        }
        _ => Err(Diagnostics(problems.into_sorted())),
    }
}

/// A file's text, within limits.
fn read_text(file: &Path) -> Result<String, String> {
    let size = fs::metadata(file).map_err(|error| format!("it can't be read: {error}"))?.len();
    if size > FILE_BYTES_MAX {
        return Err(format!("it is larger than {FILE_BYTES_MAX} bytes; is it the right file?"));
    }
    fs::read_to_string(file).map_err(|error| format!("it can't be read: {error}"))
}

/// Something about a whole file.
fn whole(file: &str, message: String) -> Diagnostic {
    Diagnostic {
        severity: Severity::Error,
        file: file.to_owned(),
        line: 0,
        column: 0,
        width: 0,
        snippet: String::new(),
        message,
        help: None,
    }
}

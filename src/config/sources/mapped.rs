//! Who reads a source: the adapter of its `kind`, or its `mapping`.

use std::path::Path;

use crate::config::section::{Section, some_text, word};
use crate::core::sources::mapping::KIND;
use crate::core::sources::{Reader, SourceKind};

/// The reader that a source names; none where it names none, which was told.
pub(super) fn reader(source: &Section<'_>, base: &Path) -> Option<Reader> {
    let known = SourceKind::ALL.iter().map(|kind| (kind.as_str(), Some(*kind)));
    let kinds: Vec<(&str, Option<SourceKind>)> = known.chain([(KIND, None)]).collect();
    let kind = source.require("kind", word(&kinds))?;
    match kind {
        Some(kind) => {
            if let Some(node) = source.get("mapping") {
                source.problems.add_hint(
                    &node.place,
                    format!(
                        "`{}`: a `mapping` is read by kind `{KIND}`, not by `{}`",
                        source.path_of("mapping"),
                        kind.as_str()
                    ),
                    "leave it out, or say `kind: custom`",
                );
            }
            Some(Reader::Kind(kind))
        }
        None => source.require("mapping", |node| {
            let file = base.join(some_text(node)?);
            let loaded = crate::mapping::load(&file);
            loaded
                .map(|loaded| Reader::Mapping(loaded.mapping))
                .map_err(|problems| format!("it can't be used:\n{problems}"))
        }),
    }
}

//! docs/sources is what the kinds of sources say of themselves.

use std::path::Path;

use herald::core::sources::SourceKind;
use herald::core::sources::page::{index, page};

/// `HERALD_PAGES_ACCEPT=1` writes them anew.
#[test]
fn the_pages_of_all_kinds_are_fresh() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/sources");
    let pages = SourceKind::ALL.iter().map(|kind| (format!("{}.md", kind.as_str()), page(*kind)));
    let mut stale = Vec::new();
    for (name, fresh) in pages.chain([("README.md".to_owned(), index())]) {
        if std::env::var_os("HERALD_PAGES_ACCEPT").is_some() {
            std::fs::write(folder.join(&name), &fresh).unwrap();
        }
        if std::fs::read_to_string(folder.join(&name)).unwrap_or_default() != fresh {
            stale.push(name);
        }
    }
    assert!(
        stale.is_empty(),
        "{stale:?} are stale: HERALD_PAGES_ACCEPT=1 cargo test --test integration -- pages::"
    );
}

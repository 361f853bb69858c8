//! The hand-written examples in examples/webhooks, each with all that its adapter makes of it. Their
//! names begin with the kind, and end as their media type asks.

use include_dir::{Dir, File, include_dir};

use super::*;
use crate::core::sources::body::FORM;
use crate::core::sources::secrets;

/// Built in, as everything that the core is given: it reads no files, in tests neither.
static EXAMPLES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/examples/webhooks");

/// One example.
pub(super) struct Example {
    /// The file's name without its ending.
    pub(super) name: &'static str,
    pub(super) kind: SourceKind,
    pub(super) content_type: &'static str,
    pub(super) body: &'static str,
}

/// All of them, by name.
pub(super) fn examples() -> Vec<Example> {
    let mut examples: Vec<Example> = EXAMPLES.files().map(example).collect();
    examples.sort_by_key(|example| example.name);
    examples
}

fn example(file: &'static File<'static>) -> Example {
    let name = file.path().file_stem().and_then(|name| name.to_str()).expect("a name");
    let kind = name.split('-').next().and_then(SourceKind::parse);
    let content_type = match file.path().extension().and_then(|ending| ending.to_str()) {
        Some("json") => "application/json",
        Some("form") => FORM,
        Some("txt") => "text/plain",
        other => panic!("{name}: {other:?} is no ending of an example"),
    };
    let kind = kind.unwrap_or_else(|| panic!("{name}: no kind"));
    Example { name, kind, content_type, body: file.contents_utf8().expect("text") }
}

#[test]
fn every_example_becomes_its_events() {
    for Example { name, kind, content_type, body } in examples() {
        let mut events = match read_with(kind, body.as_bytes(), content_type, &[]) {
            Read::Events(events) => events,
            other => {
                insta::assert_debug_snapshot!(name, other);
                continue;
            }
        };
        meets_schema(&events);
        for event in &mut events {
            // The body itself is beside it, in the repository.
            let raw = event.raw.take();
            assert_eq!(raw.is_some(), event.ingest.part == 0);
            let kept = secrets::without(kind, body.as_bytes());
            let whole = |raw: &Raw| raw.bytes.as_bytes() == &*kept && raw.encoding == "utf-8";
            assert!(raw.is_none_or(|raw| raw.truncated || whole(&raw)));
        }
        insta::assert_json_snapshot!(name, events);
    }
}

#[test]
fn every_example_meets_its_own_schema_in_full() {
    for Example { name, kind, content_type, body } in examples() {
        if content_type != "application/json" {
            continue;
        }
        let validator = crate::core::schema::compile(kind.as_str()).expect("compiles");
        let body = serde_json::from_str(body).expect("JSON");
        let wrong: Vec<_> =
            validator.iter_errors(&body).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(wrong.is_empty(), "{name}: {wrong:#?}");
    }
}

#[test]
fn every_kind_has_an_example() {
    let examples = examples();
    for kind in SourceKind::ALL {
        assert!(examples.iter().any(|example| example.kind == *kind), "{}", kind.as_str());
    }
}

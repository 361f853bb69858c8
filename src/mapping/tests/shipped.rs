//! The mappings that ship, and the guide: all that they show is true.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::core::schema;
use crate::mapping::cases::{self, Cases};
use crate::mapping::load;
use crate::policy::tree;

fn shipped() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/mappings");
    let paths = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let mapping = |path: &PathBuf| {
        let name = path.to_string_lossy().into_owned();
        [".yaml"].iter().any(|end| name.ends_with(end)) && !name.ends_with(".test.yaml")
    };
    let mut paths: Vec<PathBuf> = paths.filter(mapping).collect();
    paths.sort();
    paths
}

fn well(path: &Path) {
    let loaded = load(path).unwrap_or_else(|problems| panic!("{problems}"));
    assert!(loaded.warnings.is_empty(), "{:?}", loaded.warnings);
    let Some(cases) = cases::load(path).unwrap_or_else(|problems| panic!("{problems}")) else {
        panic!("{} has no tests", path.display())
    };
    assert!(!cases.list.is_empty(), "{}", path.display());
    for case in &cases.list {
        let outcome = cases.run(&loaded.mapping, case).expect("a body");
        assert!(case.expect.is_some(), "{}: {}", path.display(), case.name);
        assert!(
            outcome.differences.is_empty(),
            "{} {}: {:?}",
            path.display(),
            case.name,
            outcome.differences
        );
    }
}

#[test]
fn every_shipped_mapping_does_what_its_tests_say() {
    let shipped = shipped();
    assert!(shipped.len() >= 22, "{}", shipped.len());
    shipped.iter().for_each(|path| well(path));
}

#[test]
fn every_body_beside_them_is_tested() {
    for path in shipped() {
        let tested = cases::load(&path).expect("tests").expect("tests").list;
        for body in Cases::found_beside(&path).list {
            assert!(tested.iter().any(|case| case.body == body.body), "{} {}", path.display(), body.body);
        }
    }
}

#[test]
fn the_schema_accepts_what_the_reader_does() {
    let text = crate::schemas::text("mapping").expect("a schema");
    let parsed: Value = serde_json::from_str(text).expect("JSON");
    let validator = jsonschema::options().build(&parsed).expect("a schema");
    for path in shipped() {
        let root = tree::parse(&std::fs::read_to_string(&path).expect("a file")).expect("YAML").json();
        let errors: Vec<String> =
            validator.iter_errors(&root).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{}: {errors:?}", path.display());
    }
    let properties = |pointer: &str| {
        let keys = parsed.pointer(pointer).and_then(Value::as_object).expect("properties").keys();
        keys.cloned().collect::<std::collections::BTreeSet<_>>()
    };
    let fields = crate::mapping::event::FIELDS.iter().copied().chain(["partial"]);
    assert_eq!(properties("/properties/event/properties"), fields.map(str::to_owned).collect());
    let values = crate::mapping::reading::KEYS.iter().map(|key| (*key).to_owned());
    assert_eq!(properties("/$defs/value/anyOf/2/properties"), values.collect());
    assert!(schema::text("mapping").is_none(), "it is no sender's schema");
}

/// Each YAML block of the guide that begins with `tool:` is a mapping; the body and the YAML block with
/// `expect:` that follow it are its test.
#[test]
fn every_example_of_the_guide_is_true() {
    let guide = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/sources/custom.md"))
        .expect("the guide");
    let folder = tempfile::tempdir().expect("a folder");
    let (mut mappings, mut bodies, mut tested) = (0, 0, 0);
    let mut mapping = None;
    for block in guide.split("```").skip(1).step_by(2) {
        let (language, text) = block.split_once('\n').expect("a block");
        match language {
            "yaml" if text.starts_with("tool:") => {
                mappings += 1;
                let path = folder.path().join(format!("m{mappings}.yaml"));
                std::fs::write(&path, text).expect("writes");
                mapping = Some(path);
            }
            "json" if text.starts_with("{\n  \"$schema\"") => {
                std::fs::write(folder.path().join("shop-probe.schema.json"), text).expect("writes");
            }
            "json" | "text" => {
                bodies += 1;
                std::fs::write(folder.path().join(format!("{bodies}.json")), text).expect("writes");
            }
            "yaml" if text.starts_with("expect:") => {
                let path = mapping.clone().expect("a mapping before its test");
                let indented = text.trim_end().replace('\n', "\n    ");
                let test = format!("tests:\n  - body: {bodies}.json\n    {indented}\n");
                std::fs::write(path.with_extension("test.yaml"), test).expect("writes");
                well(&path);
                tested += 1;
            }
            _ => {}
        }
    }
    assert!(mappings >= 8 && tested >= 8, "{mappings} mappings, {tested} tested");
}

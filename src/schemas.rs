//! The JSON Schemas that Herald publishes, built in: `herald schema`, and `/schemas/` on the
//! operations port; those of files that people write also in a folder beside them, for editors.

use include_dir::{Dir, include_dir};

/// The folder with the schemas for editors within a policy's directory. It is hidden, so that it is no
/// part of the policy; the first line of each file names its schema there.
pub const EDITORS_FOLDER: &str = ".schemas";
/// Schemas of a policy's files.
const OF_POLICY: &str = "policy/";
/// Those of the other files that people write.
const OF_OTHER_FILES: [&str; 2] = ["configuration", "mapping"];

static SCHEMAS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/schemas");

/// Names of all schemas, sorted: `configuration`, `notification-1`, `sources/pagerduty` …
pub fn names() -> Vec<String> {
    let mut names = Vec::new();
    gather(&SCHEMAS, &mut names);
    names.sort();
    names
}

fn gather(dir: &Dir<'static>, names: &mut Vec<String>) {
    for file in dir.files() {
        if let Some(name) = file.path().to_str().and_then(|path| path.strip_suffix(".json")) {
            names.push(name.to_owned());
        }
    }
    for dir in dir.dirs() {
        gather(dir, names);
    }
}

/// The text of one, by its name, with or without `.json`.
pub fn text(name: &str) -> Option<&'static str> {
    let name = name.strip_suffix(".json").unwrap_or(name);
    SCHEMAS.get_file(format!("{name}.json")).and_then(include_dir::File::contents_utf8)
}

/// What stands in [`EDITORS_FOLDER`]: the name of each file, and its text.
pub fn for_editors() -> Vec<(String, &'static str)> {
    let file = |name: &String| {
        let of_policy = name.strip_prefix(OF_POLICY);
        let short = of_policy.or_else(|| OF_OTHER_FILES.contains(&name.as_str()).then_some(name))?;
        Some((format!("{short}.json"), text(name)?))
    };
    names().iter().filter_map(file).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_schema_is_json_and_found_by_its_name() {
        let names = names();
        assert!(names.contains(&"configuration".to_owned()));
        for name in names {
            let text = text(&name).unwrap();
            serde_json::from_str::<serde_json::Value>(text).unwrap();
        }
        assert!(text("configuration.json").is_some());
        assert!(text("../Cargo").is_none());
    }

    #[test]
    fn editors_have_a_schema_for_each_file_that_people_write() {
        let names: Vec<String> = for_editors().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names.len(), 11, "{names:?}");
        for name in ["configuration.json", "mapping.json", "policy.json", "routes.json", "story.json"] {
            assert!(names.iter().any(|known| known == name), "{name}");
        }
    }
}

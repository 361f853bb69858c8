//! The JSON Schemas that Herald publishes, built in: `herald schema`, and `/schemas/` on the
//! operations port.

use include_dir::{Dir, include_dir};

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
}

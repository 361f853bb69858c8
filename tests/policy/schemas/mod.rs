//! The schemas by which editors check a policy while it is written: they must say what `herald check`
//! says, as far as a schema can.

mod conditions;
mod defects;
mod drift;
mod keys;
mod modelines;
mod sample;
mod words;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jsonschema::Validator;
use serde_json::Value;

/// Every schema of a policy's files, each but the last for one file of its directory.
const NAMES: [&str; 9] =
    ["policy", "services", "customers", "classify", "audiences", "routes", "quiet", "approvals", "story"];

fn schema(name: &str) -> Value {
    serde_json::from_str(herald::schemas::text(name).unwrap_or_else(|| panic!("no schema {name}"))).unwrap()
}

fn of_policy(name: &str) -> Value {
    schema(&format!("policy/{name}"))
}

fn validator(schema: &Value) -> Validator {
    jsonschema::validator_for(schema).unwrap_or_else(|error| panic!("{error}"))
}

/// A YAML file as an editor reads it: YAML 1.2, in which `yes` is a text.
fn yaml(text: &str) -> Result<Value, String> {
    let options = serde_saphyr::options! { strict_booleans: true };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| error.to_string())
}

fn problems(validator: &Validator, value: &Value) -> Vec<String> {
    validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// Every YAML file below a folder; those in hidden folders are no part of it.
fn yaml_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if entry.file_name().to_str().unwrap().starts_with('.') {
            continue;
        }
        if path.is_dir() {
            found.extend(yaml_files(&path));
        } else if path.extension().is_some_and(|end| end == "yaml") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The words between backticks.
fn quoted(text: &str) -> BTreeSet<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Names of the properties of a schema.
fn properties(schema: &Value) -> BTreeSet<String> {
    schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect()
}

//! The first line of each YAML file names its schema, in a file that is there; and the file is valid.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use herald::policy::{Source, approvals};
use jsonschema::Validator;

use super::{problems, schema, validator, yaml, yaml_files};
use crate::shipped;

const MODELINE: &str = "# yaml-language-server: $schema=";
/// Of these a folder that a story reloads has only what differs, without what a whole one needs and
/// with `~` for what is taken out; what stands in the other files is a list, and whole.
const DIFFER_BY_KEYS: [&str; 4] = ["policy", "services", "customers", "audiences"];

fn web_shop() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/examples/web-shop/policy")
}

/// Looks at all files of a policy; answers how many name a schema.
fn look(policy: &Path) -> usize {
    let mut named = 0;
    let mut validators = BTreeMap::new();
    for file in yaml_files(policy) {
        let within: Vec<_> = file.strip_prefix(policy).unwrap().iter().collect();
        let stem = file.file_stem().unwrap().to_str().unwrap();
        let is_part = within.len() == 4;
        if is_part && DIFFER_BY_KEYS.contains(&stem) {
            continue;
        }
        let expected = if within.len() == 1 || is_part { stem } else { "story" };
        let name = format!("policy/{expected}");
        let validator = validators.entry(expected.to_owned()).or_insert_with(|| validator(&schema(&name)));
        is_checked_by(&file, &name, validator);
        named += 1;
    }
    named
}

/// The schema that a file names is there and is this one; the file is as it says.
fn is_checked_by(file: &Path, name: &str, validator: &Validator) {
    let text = std::fs::read_to_string(file).unwrap();
    let first = text.lines().next().unwrap_or_default();
    let path = first.strip_prefix(MODELINE).unwrap_or_else(|| panic!("{}: {first}", file.display()));
    let path = file.parent().unwrap().join(path);
    let there = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert_eq!(there, herald::schemas::text(name).unwrap(), "{} names another one", file.display());
    let problems = problems(validator, &yaml(&text).unwrap());
    assert!(problems.is_empty(), "{}: {problems:#?}", file.display());
}

#[test]
fn every_file_in_the_repository_names_a_schema_and_keeps_to_it() {
    assert!(look(&shipped()) > 120);
    assert!(look(&web_shop()) >= 12);
}

#[test]
fn so_does_every_file_that_init_writes() {
    let dir = tempfile::tempdir().unwrap();
    let herald = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_herald"));
        let output = command.args(arguments).current_dir(dir.path()).output().unwrap();
        assert!(output.status.success(), "{output:?}");
    };
    herald(&["init", "mine"]);
    let policy = dir.path().join("mine/policy");
    assert!(look(&policy) > 120);
    let configuration = validator(&schema("configuration"));
    is_checked_by(&dir.path().join("mine/herald.yaml"), "configuration", &configuration);
    // After an upgrade.
    let routes = policy.join(".schemas/routes.json");
    std::fs::write(&routes, "{}").unwrap();
    herald(&["schema", "--write", "mine/policy/.schemas"]);
    assert!(look(&policy) > 120);
}

/// `herald approve` writes the file anew, with its first line as it was: a policy without `.schemas` names none.
#[test]
fn approvals_keep_their_first_line() {
    let policy = Source::from_dir(&shipped()).unwrap();
    let before = policy.text("approvals.yaml").unwrap();
    assert_eq!(approvals::record(&policy, &[]).unwrap(), before);
    let without = before.split_once('\n').unwrap().1;
    let policy = policy.clone().with("approvals.yaml", without);
    assert_eq!(approvals::record(&policy, &[]).unwrap(), without);
}

#[test]
fn the_built_in_policy_is_all_that_ships() {
    let shipped = shipped();
    let mut there = Vec::new();
    gather(&shipped, &shipped, &mut there);
    there.sort();
    let built_in: Vec<_> = herald::policy::built_in_files().into_iter().map(|(path, _)| path).collect();
    assert_eq!(built_in, there);
}

fn gather(root: &Path, folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        match entry.path() {
            path if entry.file_name().to_str().unwrap().starts_with('.') => drop(path),
            path if path.is_dir() => gather(root, &path, found),
            path => found.push(path.strip_prefix(root).unwrap().to_str().unwrap().to_owned()),
        }
    }
}

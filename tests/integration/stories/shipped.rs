//! Every story of the default policy, and what of it they reach.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use herald::policy::Source;
use herald::story::{self, Coverage, Reached};

use super::{POLICY, differences, directory, read};

#[test]
fn everyone_hears_what_the_shipped_stories_say() {
    let files = Source::stories_of_dir(&directory()).unwrap();
    let library = read(&files).unwrap_or_else(|refused| panic!("{refused}"));
    let (_, twin) = &*POLICY;
    let mut reached = Reached::default();
    let mut report = String::new();
    for one in &library.stories {
        let outcome = story::play(one, twin, &library.variants, &mut reached);
        for difference in differences(&outcome) {
            writeln!(report, "{}: {difference}", one.file).unwrap();
        }
    }
    assert!(library.stories.len() > 90, "only {} stories were found", library.stories.len());
    assert!(report.is_empty(), "see `herald test deploy/policy`:\n{report}");
    let coverage = Coverage::of(&twin.policy, &reached);
    let missing = (&coverage.routes, &coverage.rules, &coverage.audiences);
    assert_eq!(missing, (&vec![], &vec![], &vec![]), "routes, rules and audiences that no story reaches");
}

/// What the domain asks for and the fold does not do yet. Whoever makes one of them hold moves it
/// to `deploy/policy/stories`.
#[test]
fn stories_that_wait_still_differ() {
    let waiting = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/integration/stories/waiting");
    let mut files = Source::stories_of_dir(&directory()).unwrap();
    let mut told = BTreeSet::new();
    add(&waiting, "stories", &mut files, &mut told);
    let (policy, twin) = &*POLICY;
    for path in told {
        let library = story::load(policy, twin, &files, Some(&path));
        let library = library.unwrap_or_else(|refused| panic!("{refused}"));
        for one in &library.stories {
            let outcome = story::play(one, twin, &library.variants, &mut Reached::default());
            assert!(!outcome.is_well(), "{} holds now: move it to deploy/policy/stories", one.file);
        }
    }
}

/// Adds every file below a folder.
fn add(folder: &Path, path: &str, files: &mut Source, added: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let entry = entry.unwrap();
        let path = format!("{path}/{}", entry.file_name().to_str().unwrap());
        if entry.path().is_dir() {
            add(&entry.path(), &path, files, added);
            continue;
        }
        let text = std::fs::read_to_string(entry.path()).unwrap();
        *files = std::mem::take(files).with(path.clone(), text);
        added.insert(path);
    }
}

#[test]
fn what_is_built_in_is_what_is_written() {
    let written = Source::stories_of_dir(&directory()).unwrap();
    let built_in = Source::built_in_stories();
    let names = |source: &Source| source.iter().map(|(path, _)| path.to_owned()).collect::<Vec<_>>();
    assert_eq!(names(&built_in), names(&written), "`touch src/policy/source.rs` after adding a file");
}

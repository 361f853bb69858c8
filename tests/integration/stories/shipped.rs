//! Every story of the default policy, and what of it they reach.

use std::fmt::Write as _;

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

#[test]
fn what_is_built_in_is_what_is_written() {
    let written = Source::stories_of_dir(&directory()).unwrap();
    let built_in = Source::built_in_stories();
    let names = |source: &Source| source.iter().map(|(path, _)| path.to_owned()).collect::<Vec<_>>();
    assert_eq!(names(&built_in), names(&written), "`touch src/policy/source.rs` after adding a file");
}

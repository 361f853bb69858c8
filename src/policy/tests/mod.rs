//! The loader held to policies with one defect each, and to the one that ships.

use super::built_in;

#[test]
fn the_policy_that_ships_is_without_problems() {
    let loaded = built_in().unwrap_or_else(|problems| panic!("{problems}"));
    assert!(loaded.warnings.is_empty(), "{}", super::Diagnostics(loaded.warnings));
}

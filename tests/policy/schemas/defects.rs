//! What is wrong with the form of a file is seen by its schema too; all else by `herald check` alone.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use herald::policy::Source;

use super::{NAMES, of_policy, problems, validator, yaml};
use crate::{defects, edit, shipped};

/// Why no schema can see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unseen {
    /// An editor can't read the file either, or reads YAML that Herald does not.
    Yaml,
    /// The name is a good one, and nothing is called by it, or it is taken: that stands elsewhere, in
    /// this file or in another, or in a database (time zones).
    Name,
    /// One value is wrong because of another one, or because of where it stands.
    Together,
    /// A regular expression must be compiled.
    Pattern,
    /// Herald takes it, with a warning; a schema knows none.
    Warned,
    /// Each rule is well-formed; what is wrong follows from all of them.
    Proof,
}

#[rustfmt::skip]
const UNSEEN: &[(&str, Unseen)] = &[
    ("audience-key-twice", Unseen::Yaml),
    ("file-cut-to-nothing", Unseen::Yaml),
    ("file-half-merged", Unseen::Yaml),
    ("yaml-anchor", Unseen::Yaml),
    ("yaml-merge", Unseen::Yaml),
    ("yaml-not-closed", Unseen::Yaml),
    ("yaml-tab", Unseen::Yaml),
    ("yaml-two-documents", Unseen::Yaml),
    ("approval-of-nothing", Unseen::Name),
    ("audience-former-name-taken", Unseen::Name),
    ("audience-unknown-folder", Unseen::Name),
    ("audience-unknown-language", Unseen::Name),
    ("audience-waits-for-unknown", Unseen::Name),
    ("business-service-of-nobody", Unseen::Name),
    ("confidential-tells-unknown", Unseen::Name),
    ("customer-unknown-language", Unseen::Name),
    ("customer-uses-unknown", Unseen::Name),
    ("given-misspelt-source", Unseen::Name),
    ("given-of-no-source", Unseen::Name),
    ("lead-for-unknown-service", Unseen::Name),
    ("maintenance-of-unknown-service", Unseen::Name),
    ("route-is-there-twice", Unseen::Name),
    ("route-never-tells-unknown-audience", Unseen::Name),
    ("route-source-is-a-kind", Unseen::Name),
    ("route-source-of-nobody", Unseen::Name),
    ("route-tells-unknown-audience", Unseen::Name),
    ("route-unknown-business-service", Unseen::Name),
    ("route-unknown-service", Unseen::Name),
    ("route-unknown-team", Unseen::Name),
    ("route-unknown-time", Unseen::Name),
    ("rule-is-there-twice", Unseen::Name),
    ("service-unknown-dependency", Unseen::Name),
    ("service-word-of-two", Unseen::Name),
    ("unknown-time-zone", Unseen::Name),
    ("audience-holding-text", Unseen::Together),
    ("audience-releases-itself", Unseen::Together),
    ("audience-sees-key", Unseen::Together),
    ("audience-waits-for-itself", Unseen::Together),
    ("cadence-phase-never-reached", Unseen::Together),
    ("cadence-row-never-reached", Unseen::Together),
    ("customer-of-whole-audience", Unseen::Together),
    ("impact-rule-asks-for-impact", Unseen::Together),
    ("maintenance-ends-first", Unseen::Together),
    ("route-tells-and-forbids", Unseen::Together),
    ("rule-asks-what-it-finds-out", Unseen::Together),
    ("service-depends-on-itself", Unseen::Together),
    ("time-ends-before-it-begins", Unseen::Together),
    ("window-forgets-too-soon", Unseen::Together),
    ("route-bad-pattern", Unseen::Pattern),
    ("route-huge-pattern", Unseen::Pattern),
    ("audience-sees-cause", Unseen::Warned),
    ("audience-sees-twice", Unseen::Warned),
    ("route-audience-twice", Unseen::Warned),
    ("service-without-readers-name", Unseen::Warned),
    ("audience-nobody-tells", Unseen::Proof),
    ("audience-without-words", Unseen::Proof),
    ("audiences-wait-for-one-another", Unseen::Proof),
    ("route-adds-nothing-together", Unseen::Proof),
    ("route-adds-nothing", Unseen::Proof),
    ("route-contradicts-itself", Unseen::Proof),
    ("route-is-forbidden", Unseen::Proof),
    ("route-matches-nothing-together", Unseen::Proof),
    ("rule-never-reached-together", Unseen::Proof),
    ("rule-never-reached", Unseen::Proof),
    ("service-nothing-uses", Unseen::Proof),
    ("services-in-a-loop", Unseen::Proof),
];

#[test]
fn what_is_wrong_with_the_form_is_seen_by_the_schema() {
    let policy = Source::from_dir(&shipped()).unwrap();
    let validators: Vec<_> =
        NAMES.iter().map(|name| (format!("{name}.yaml"), validator(&of_policy(name)))).collect();
    let mut known: BTreeSet<&str> = UNSEEN.iter().map(|(name, _)| *name).collect();
    let mut wrong = String::new();
    let mut seen = 0;
    for file in defects::files() {
        let name = file.file_stem().unwrap().to_str().unwrap();
        let edit = edit::apply(&policy, &std::fs::read_to_string(&file).unwrap());
        // A template, or a file that is missing or has another name, has no schema.
        let edited: Vec<_> = edit
            .changed
            .iter()
            .filter_map(|(path, _)| {
                let (_, validator) = validators.iter().find(|(name, _)| name == path)?;
                Some((yaml(edit.source.text(path)?), validator))
            })
            .collect();
        let unseen = UNSEEN.iter().find(|(known, _)| *known == name).map(|(_, why)| *why);
        let is_yaml = edited.iter().all(|(value, _)| value.is_ok());
        let is_refused = edited.iter().any(|(value, validator)| {
            value.as_ref().is_ok_and(|value| !problems(validator, value).is_empty())
        });
        match (unseen, is_refused) {
            _ if edited.is_empty() && unseen.is_none() => {}
            (None, true) => seen += 1,
            (Some(Unseen::Yaml), false) => {}
            (Some(_), false) if is_yaml => {}
            _ => writeln!(wrong, "{name}: refused by the schema: {is_refused}, YAML: {is_yaml}, {unseen:?}")
                .unwrap(),
        }
        known.remove(name);
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(known.is_empty(), "there are no such defects: {known:?}");
    println!("{seen} defects are seen by a schema, {} by `herald check` alone", UNSEEN.len());
}

//! From a directory of YAML and templates to one proved, immutable `core::policy::Policy`.
//!
//! Everything is read before anything is refused, so that one run tells all that is wrong. Files
//! become trees in which every value knows its place (`tree`); names that files share are gathered
//! first (`Names`), so each file can be checked alone; then each is read into its compiled form,
//! and what can be proved of the whole is proved (`prove`, `templates`).

pub mod approvals;
mod audiences;
mod changed;
mod classify;
mod coverage;
mod customers;
mod diagnostic;
mod directory;
mod general;
mod names;
pub(crate) mod problems;
mod prove;
mod quiet;
pub(crate) mod read;
mod routes;
mod services;
mod source;
mod sources;
mod templates;
#[cfg(test)]
mod tests;
pub(crate) mod tree;
mod unfinished;
mod when;

use std::collections::BTreeMap;
use std::path::Path;

use sha2::{Digest, Sha256};

pub use diagnostic::{Diagnostic, Diagnostics, Severity};
pub use source::{FILE_BYTES_MAX, FILES_MAX, POLICY_BYTES_MAX, Source, built_in_files};
pub use sources::SourceNames;
pub use unfinished::git_lock;

use crate::core::policy::{Audience, Classify, Customer, Policy, Quiet, Routes};
pub use crate::core::template::Proofs;
use crate::core::template::Templates;
use general::General;
use problems::{Cx, Names, Problems, suggest};
use tree::{At, Node};
use unfinished::tell_conflicts;

/// Files that must be there.
const REQUIRED: [&str; 5] =
    ["policy.yaml", "services.yaml", "classify.yaml", "audiences.yaml", "routes.yaml"];
/// Files that may be.
const OPTIONAL: [&str; 3] = ["customers.yaml", "quiet.yaml", approvals::FILE];
/// What a file without anything in it is told.
const EMPTY: &str = "this file is empty";

/// A policy that can be used, and what is worth knowing about it.
#[derive(Debug)]
pub struct Loaded {
    /// The policy.
    pub policy: Policy,
    /// Rules that add nothing, approvals that are void and the like.
    pub warnings: Vec<Diagnostic>,
}

/// Reads, compiles and proves the policy in a directory.
pub fn load_dir(dir: &Path) -> Result<Loaded, Diagnostics> {
    load(&Source::from_dir(dir)?)
}

/// The policy built into the binary: the one that ships in `deploy/policy`.
pub fn built_in() -> Result<Loaded, Diagnostics> {
    load(&Source::built_in())
}

/// The policy in a directory, or else the one that is built in.
pub fn load_from(dir: Option<&Path>) -> Result<Loaded, Diagnostics> {
    dir.map_or_else(built_in, load_dir)
}

/// Reads, compiles and proves a policy.
pub fn load(source: &Source) -> Result<Loaded, Diagnostics> {
    load_knowing(source, &Proofs::default())
}

/// The same, where much of it was proved before, as for a policy that differs from another in
/// little. What is proved here is kept for the next one.
pub fn load_knowing(source: &Source, proofs: &Proofs) -> Result<Loaded, Diagnostics> {
    load_among(source, None, proofs)
}

/// The same for use with these sources, where they are known.
pub fn load_among(
    source: &Source,
    sources: Option<&SourceNames>,
    proofs: &Proofs,
) -> Result<Loaded, Diagnostics> {
    let problems = Problems::new(source);
    let trees = parse(source, &problems);
    let names = Names { sources: sources.cloned(), ..names::gather(&trees) };
    let cx = Cx { file: "policy.yaml", problems: &problems, names: &names };
    let policy = compile(cx, source, &trees, proofs);
    let errors = problems.errors();
    match policy {
        Some(policy) if errors == 0 => Ok(Loaded { policy, warnings: problems.into_sorted() }),
        // Nothing compiles to nothing without a word: but if it did, it would be said here.
        None if errors == 0 => {
            cx.error(At::default(), "the policy can't be read");
            Err(Diagnostics(problems.into_sorted()))
        }
        _ => Err(Diagnostics(problems.into_sorted())),
    }
}

/// A policy without its words, and without the proofs of them: who would be told, and when. For
/// asking about rules; nobody is ever told by it.
pub fn rules(source: &Source) -> Result<Policy, Diagnostics> {
    let problems = Problems::new(source);
    let trees = parse(source, &problems);
    let names = names::gather(&trees);
    let parts = parts(Cx { file: "policy.yaml", problems: &problems, names: &names }, &trees);
    match parts {
        Some(parts) if problems.errors() == 0 => Ok(whole(parts, source, Templates::default())),
        _ => Err(Diagnostics(problems.into_sorted())),
    }
}

/// The audiences of a policy, whatever is wrong with the rest of it: for recording approvals that
/// the policy still lacks.
pub fn audiences(source: &Source) -> Result<Vec<Audience>, Diagnostics> {
    let problems = Problems::new(source);
    let trees = parse(source, &problems);
    let names = names::gather(&trees);
    let cx = Cx { file: "policy.yaml", problems: &problems, names: &names };
    let read = |cx, root| audiences::read(cx, root, &jiff::tz::TimeZone::UTC);
    let found = file(cx, &trees, "audiences.yaml", read).flatten();
    found.ok_or_else(|| Diagnostics(problems.into_sorted()))
}

/// Every YAML file as a tree. Missing and unknown files, and files that are no YAML, are noted.
fn parse<'s>(source: &'s Source, problems: &Problems<'_>) -> BTreeMap<&'s str, Node> {
    let known = || REQUIRED.into_iter().chain(OPTIONAL);
    let note = |file: &str, at, message: String, help| problems.add(Severity::Error, file, at, message, help);
    let mut trees = BTreeMap::new();
    for (path, text) in source.files.iter().filter(|(path, _)| !path.contains('/')) {
        if !known().any(|name| name == path) {
            note(path, At::default(), "this file is not read".to_owned(), suggest(path, known()));
            continue;
        }
        let merged = source.merged(path);
        let parts = merged.into_iter().chain([(text.as_str(), 0)]);
        let conflicts = parts.filter(|(text, before)| tell_conflicts(problems, path, text, *before)).count();
        if conflicts > 0 {
            continue;
        }
        if text.trim().is_empty() && OPTIONAL.contains(&path.as_str()) {
            let help = "take the file away, or say in a comment that it is empty on purpose";
            note(path, At::default(), EMPTY.to_owned(), Some(help.to_owned()));
            continue;
        }
        let root = tree::parse(text).and_then(|root| match merged {
            Some((text, before)) => tree::parse_below(text, before).map(|other| root.changed_by(other)),
            None => Ok(root),
        });
        match root {
            Ok(root) => _ = trees.insert(path.as_str(), root),
            Err((at, message)) => note(path, at, message, None),
        }
    }
    for missing in REQUIRED.iter().filter(|name| !source.files.contains_key(**name)) {
        note(
            missing,
            At::default(),
            "this file is missing".to_owned(),
            Some("`herald init` writes a whole policy".to_owned()),
        );
    }
    trees
}

/// Everything but templates.
struct Parts {
    general: General,
    catalogue: crate::core::policy::Catalogue,
    audiences: Vec<Audience>,
    customers: Vec<Customer>,
    classify: Classify,
    routes: Routes,
    quiet: Quiet,
}

fn compile(cx: Cx<'_>, source: &Source, trees: &BTreeMap<&str, Node>, proofs: &Proofs) -> Option<Policy> {
    let parts = parts(cx, trees);
    let hosts = parts.as_ref().map(|parts| parts.general.link_hosts.clone()).unwrap_or_default();
    let (mut builder, hashes) = templates::compile(cx, source, &hosts);
    let approvals = file(cx, trees, approvals::FILE, approvals::read).unwrap_or_default();
    approvals.apply(cx, &mut builder, &hashes, &approvals::catalogue_hashes(trees.get("services.yaml")));
    let templates = builder.build();
    let parts = parts?;
    let of_audiences = Cx { file: "audiences.yaml", ..cx };
    templates::check_folders(of_audiences, trees.get("audiences.yaml"), &hashes, &parts.audiences);
    templates::prove(of_audiences, &templates, &parts.audiences, proofs);
    let Parts { audiences, customers, routes, .. } = &parts;
    let cx = of_audiences;
    coverage::Coverage { cx, templates: &templates, audiences, customers, routes, approvals: &approvals }
        .check();
    Some(whole(parts, source, templates))
}

fn whole(parts: Parts, source: &Source, templates: Templates) -> Policy {
    let General { name, languages, time_zone, link_hosts, windows, times, leads } = parts.general;
    Policy {
        version: format!("{name}@{}", source.hash()),
        reference_key: Sha256::digest(format!("herald public reference/{name}")).to_vec(),
        name,
        languages,
        time_zone,
        link_hosts,
        windows,
        times,
        leads,
        catalogue: parts.catalogue,
        customers: parts.customers,
        classify: parts.classify,
        audiences: parts.audiences,
        routes: parts.routes,
        quiet: parts.quiet,
        templates,
        old_events_begin: false,
    }
}

/// Every file is read, whatever is wrong with the others.
fn parts(cx: Cx<'_>, trees: &BTreeMap<&str, Node>) -> Option<Parts> {
    let general = file(cx, trees, "policy.yaml", general::read).flatten();
    let catalogue = file(cx, trees, "services.yaml", services::read).flatten();
    let classify = file(cx, trees, "classify.yaml", classify::read).flatten();
    let zone = general.as_ref().map_or(jiff::tz::TimeZone::UTC, |general| general.time_zone.clone());
    let audiences = file(cx, trees, "audiences.yaml", |cx, root| audiences::read(cx, root, &zone)).flatten();
    let told = audiences.as_deref().unwrap_or_default();
    let customers = file(cx, trees, "customers.yaml", |cx, root| customers::read(cx, root, told));
    let routes = file(cx, trees, "routes.yaml", routes::read).flatten();
    let nothing = crate::core::policy::Catalogue::default();
    let services = catalogue.as_ref().unwrap_or(&nothing);
    let quiet = file(cx, trees, "quiet.yaml", |cx, root| quiet::read(cx, root, services));
    Some(Parts {
        general: general?,
        catalogue: catalogue?,
        audiences: audiences?,
        customers: customers.unwrap_or_default(),
        classify: classify?,
        routes: routes?,
        quiet: quiet.unwrap_or_default(),
    })
}

/// Reads one file, if it is there and there is anything in it.
fn file<'a, T>(
    cx: Cx<'a>,
    trees: &'a BTreeMap<&str, Node>,
    name: &'a str,
    read: impl FnOnce(Cx<'a>, &'a Node) -> T,
) -> Option<T> {
    let root = trees.get(name)?;
    let cx = Cx { file: name, ..cx };
    if root.value == tree::Value::Null {
        if REQUIRED.contains(&name) {
            cx.error(At::default(), EMPTY);
        }
        return None;
    }
    Some(read(cx, root))
}

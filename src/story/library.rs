//! Every story of a policy, found and read.

use std::collections::{BTreeMap, BTreeSet};

use super::expect::Cast;
use super::happening::{Props, beside};
use super::{Story, Twin, Variants, format};
use crate::core::policy::Policy;
use crate::policy::problems::{Cx, Names, Problems};
use crate::policy::tree::{self, At, Node, Value};
use crate::policy::{Diagnostic, Diagnostics, Severity, Source};

/// Stories ready to be played, with the policies that they reload.
#[derive(Debug)]
pub struct Library {
    /// By path.
    pub stories: Vec<Story>,
    /// Policies that they reload.
    pub variants: Variants,
}

/// Reads the stories whose path or title contains `only`, all where there is none. `policy` are the
/// files of the policy that they are about, `twin` is it, `files` is all that stands beside stories.
pub fn load(
    policy: &Source,
    twin: &Twin,
    files: &Source,
    only: Option<&str>,
) -> Result<Library, Diagnostics> {
    let problems = Problems::new(files);
    let trees = parse(files, &problems);
    let folders: BTreeSet<String> = trees.iter().flat_map(|(path, root)| reloads(path, root)).collect();
    let below = |path: &str| folders.iter().any(|folder| path.starts_with(&format!("{folder}/")));
    let wanted = |path: &str, root: &Node| {
        let title = root.get("story").map(|node| &node.value);
        let title = if let Some(Value::Text(title)) = title { title.as_str() } else { "" };
        only.is_none_or(|only| path.contains(only) || title.contains(only))
    };
    let chosen: Vec<(&str, &Node)> = trees
        .iter()
        .filter(|(path, root)| !below(path) && wanted(path, root))
        .map(|(path, root)| (*path, root))
        .collect();
    let mut found = Vec::new();
    let mut variants = Variants::new();
    let there = |folder: &str| files.iter().any(|(path, _)| path.starts_with(&format!("{folder}/")));
    let needed: BTreeSet<String> = chosen.iter().flat_map(|(path, root)| reloads(path, root)).collect();
    for folder in needed.into_iter().filter(|folder| there(folder)) {
        match variant(policy, twin, files, &folder) {
            Ok(twin) => _ = variants.insert(folder, twin),
            Err(refused) => found.extend(refused.0),
        }
    }
    let stories = chosen
        .iter()
        .filter_map(|(path, root)| story(&problems, files, (path, root), &twin.policy, &variants))
        .collect();
    let errors = problems.errors();
    found.extend(problems.into_sorted());
    if errors == 0 && found.is_empty() { Ok(Library { stories, variants }) } else { Err(Diagnostics(found)) }
}

/// Every YAML file that is not hidden.
fn parse<'s>(files: &'s Source, problems: &Problems<'_>) -> BTreeMap<&'s str, Node> {
    let mut trees = BTreeMap::new();
    let is_yaml = |path: &str| [".yaml", ".yml"].iter().any(|end| path.ends_with(end));
    for (path, text) in files.iter().filter(|(path, _)| is_yaml(path)) {
        match tree::parse(text) {
            Ok(root) => _ = trees.insert(path, root),
            Err((at, message)) => problems.add(Severity::Error, path, at, message, None),
        }
    }
    trees
}

/// The folders that a story reloads, leniently: what is wrong with them is told when it is read.
fn reloads(path: &str, root: &Node) -> Vec<String> {
    let steps = root.get("steps").map(Node::one_or_more).unwrap_or_default();
    let texts = steps.iter().filter_map(|step| match step.get("reload").map(|node| &node.value) {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    });
    texts.filter_map(|text| beside(folder(path), text)).collect()
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The policy in a folder: one by itself, or this one with what differs.
fn variant(policy: &Source, twin: &Twin, files: &Source, name: &str) -> Result<Twin, Diagnostics> {
    let own = files.below(name);
    let is_whole = own.is_whole();
    let source = if is_whole { own.clone().standing_in(name) } else { policy.changed_by(name, &own) };
    // What stands in the policy itself is right without this folder.
    let placed = |diagnostic: Diagnostic| {
        if diagnostic.file.starts_with(name) {
            return diagnostic;
        }
        Diagnostic { message: format!("with {name}: {}", diagnostic.message), ..diagnostic }
    };
    let loaded = Twin::load_knowing(&source, &twin.proofs);
    loaded.map_err(|refused| Diagnostics(refused.0.into_iter().map(placed).collect()))
}

fn story(
    problems: &Problems<'_>,
    files: &Source,
    (path, root): (&str, &Node),
    policy: &Policy,
    variants: &Variants,
) -> Option<Story> {
    let mut cast = Cast::default();
    cast.add(policy);
    for folder in reloads(path, root) {
        if let Some(twin) = variants.get(&folder) {
            cast.add(&twin.policy);
        }
    }
    let names = Names {
        languages: policy.languages.clone(),
        audiences: cast.audiences.iter().map(|(name, _)| name.clone()).collect(),
        ..Names::default()
    };
    let cx = Cx { file: path, problems, names: &names };
    if root.value == Value::Null {
        cx.error(At::default(), "this file is empty");
        return None;
    }
    format::read(cx, root, &cast, Props::new(files, folder(path)))
}

//! templates/**, and the proofs over them: every audience that can be told has words for all that
//! it may come to hear, in each of its languages, and they work.

use std::collections::BTreeSet;

use super::problems::{Cx, suggest};
use super::source::Source;
use super::tree::{At, Node, Value};
use super::unfinished::tell_conflicts;
use crate::core::policy::{Audience, Customer, Per};
use crate::core::template::{Builder, Proofs, TemplateProblem, Templates};
use crate::core::vocabulary::Kind;

/// What every audience that is told anything may come to hear.
pub(super) const KINDS: [Kind; 11] = [
    Kind::Opening,
    Kind::Update,
    Kind::Upgraded,
    Kind::Downgraded,
    Kind::StandDown,
    Kind::Resolved,
    Kind::Cancelled,
    Kind::Reopened,
    Kind::Merged,
    Kind::Correction,
    Kind::FollowUp,
];

/// Folder of texts that templates share.
const PARTIALS: &str = "_partials";

/// A template's path, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place<'p> {
    pub(super) path: &'p str,
    pub(super) language: &'p str,
    pub(super) folder: &'p str,
    pub(super) stem: &'p str,
}

/// `templates/<language>/<folder>/<stem>.md`.
pub(super) fn place(path: &str) -> Option<Place<'_>> {
    let mut parts = path.strip_prefix("templates/")?.split('/');
    let (language, folder, file) = (parts.next()?, parts.next()?, parts.next()?);
    let stem = file.strip_suffix(".md")?;
    parts.next().is_none().then_some(Place { path, language, folder, stem })
}

/// Compiles all templates; answers their hashes by path too.
pub(super) fn compile<'s>(
    cx: Cx<'_>,
    source: &'s Source,
    link_hosts: &[String],
) -> (Builder, Vec<(Place<'s>, String)>) {
    let mut builder = Templates::builder(link_hosts);
    let files = || source.files.iter().filter(|(path, _)| path.starts_with("templates/"));
    for (path, text) in files() {
        let Some(place) = place(path).filter(|place| place.folder == PARTIALS) else { continue };
        if text.trim().is_empty() {
            Cx { file: path, ..cx }.error(At::default(), super::EMPTY);
        }
        let is_conflicted = tell_conflicts(cx.problems, path, text, 0);
        if let Err(problem) = builder.partial(place.language, place.stem, text)
            && !is_conflicted
        {
            tell(cx, path, &problem);
        }
    }
    let mut hashes = Vec::new();
    for (path, text) in files() {
        let Some(place) = place(path) else {
            let cx = Cx { file: path, ..cx };
            cx.warn(
                At::default(),
                "this is no template",
                Some("templates are templates/<language>/<folder>/<kind>.md".to_owned()),
            );
            continue;
        };
        if place.folder == PARTIALS {
            continue;
        }
        if !cx.names.languages.iter().any(|language| language == place.language) {
            let cx = Cx { file: path, ..cx };
            cx.warn(At::default(), format!("the policy does not speak `{}`", place.language), None);
        }
        // What is half merged is not judged by what stands in it.
        let is_conflicted = tell_conflicts(cx.problems, path, text, 0);
        match builder.add(place.language, place.folder, place.stem, text) {
            Ok(hash) => hashes.push((place, hash)),
            Err(_) if is_conflicted => {}
            Err(problem) => tell(cx, path, &problem),
        }
    }
    (builder, hashes)
}

fn tell(cx: Cx<'_>, path: &str, problem: &TemplateProblem) {
    let number = |number: u32| usize::try_from(number).unwrap_or(0);
    let at = At { line: number(problem.line), column: problem.column.map_or(0, number), width: 1 };
    let cx = Cx { file: path, ..cx };
    match &problem.hint {
        Some(hint) => cx.error_help(at, problem.message.clone(), hint.clone()),
        None => cx.error(at, problem.message.clone()),
    }
}

/// Folders that no audience uses, and folders that audiences name and that are not there.
pub(super) fn check_folders(
    cx: Cx<'_>,
    root: Option<&Node>,
    hashes: &[(Place<'_>, String)],
    audiences: &[Audience],
) {
    let named_at = |audience: &str, folder: &str| {
        let named = root?.get("audiences")?.get(audience)?.get("templates")?.one_or_more();
        named.iter().find(|item| item.value == Value::Text(folder.to_owned())).map(|item| item.at)
    };
    let there: BTreeSet<&str> = hashes.iter().map(|(place, _)| place.folder).collect();
    for audience in audiences {
        for folder in audience.template_folders.iter().filter(|folder| !there.contains(folder.as_str())) {
            let help = suggest(folder, there.iter().copied()).unwrap_or_default();
            let message =
                format!("`{}` takes templates from `{folder}`, and there is no such folder", audience.name);
            cx.error_help(named_at(&audience.name, folder).unwrap_or_default(), message, help);
        }
    }
    let used = |folder: &str| {
        audiences.iter().any(|audience| {
            audience.name == folder || audience.template_folders.iter().any(|named| named == folder)
        })
    };
    let mut told = BTreeSet::new();
    for (place, _) in hashes.iter().filter(|(place, _)| !used(place.folder)) {
        if told.insert(place.folder) {
            let help = suggest(place.folder, audiences.iter().map(|audience| audience.name.as_str()));
            Cx { file: place.path, ..cx }.warn(
                At::default(),
                format!("no audience uses the folder `{}`", place.folder),
                help,
            );
        }
    }
}

/// What the templates say, they say to their audience only and on every sample.
pub(super) fn prove(cx: Cx<'_>, templates: &Templates, audiences: &[Audience], proofs: &Proofs) {
    for unproved in audiences.iter().flat_map(|audience| templates.prove(audience, proofs)) {
        let path = format!("templates/{}/{}/{}.md", unproved.language, unproved.folder, unproved.stem);
        tell(cx, &path, &unproved.problem);
    }
}

/// The languages that an audience's readers read: for customers each one's own comes first.
pub(super) fn languages<'a>(audience: &'a Audience, customers: &'a [Customer]) -> BTreeSet<&'a str> {
    let belongs = |customer: &&Customer| {
        audience.per == Some(Per::Customer)
            && (customer.audiences.is_empty() || customer.audiences.contains(&audience.name))
    };
    let own = customers.iter().filter(belongs).filter_map(|customer| customer.language.as_deref());
    audience.languages.iter().map(String::as_str).chain(own).collect()
}

//! approvals.yaml: who approved exactly which words. An edit voids an approval.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::Timestamp;

use super::diagnostic::{Diagnostic, Diagnostics};
use super::problems::{Cx, Names, Problems, list, suggest};
use super::read::Map;
use super::source::Source;
use super::templates::{self, Place};
use super::tree::{At, Node, Value};
use crate::core::ids::body_sha256;
use crate::core::notification::Approval;
use crate::core::policy::Audience;
use crate::core::template::{Builder, Template};

/// The file.
pub(super) const FILE: &str = "approvals.yaml";
/// What stands before a hash.
const HASH_PREFIX: &str = "sha256:";
/// How a file begins that names its schema for editors.
const MODELINE: &str = "# yaml-language-server:";
/// What the file says of itself.
const HEADER: &str =
    "# Written by `herald approve`. Each entry is for exactly the words that were read; an edit voids it.\n";

/// The approvals of one policy.
#[derive(Debug, Default)]
pub(super) struct Approvals {
    entries: Vec<Entry>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    at_place: At,
    target: String,
    hash: String,
    role: String,
    by: String,
    at: Timestamp,
}

pub(super) fn read(cx: Cx<'_>, root: &Node) -> Approvals {
    let Some(map) = Map::of(cx, root, FILE, &["approvals"]) else { return Approvals::default() };
    let items = map.get("approvals").map(|node| cx.items(node, "approvals")).unwrap_or_default();
    Approvals { entries: items.iter().filter_map(|item| entry(cx, item)).collect() }
}

fn entry(cx: Cx<'_>, node: &Node) -> Option<Entry> {
    let map = Map::of(cx, node, "an approval", &["template", "hash", "role", "by", "at"])?;
    let target = map.need("template").and_then(|node| cx.text(node));
    let hash = map.need("hash").and_then(|node| {
        let text = cx.text(node)?;
        let hash = text.strip_prefix(HASH_PREFIX).filter(|hash| hash.len() == 64);
        if hash.is_none() {
            cx.error_help(
                node.at,
                format!("`{text}` is no hash"),
                "approvals are written by `herald approve`",
            );
        }
        hash.map(str::to_owned)
    });
    let role = map.need("role").and_then(|node| cx.text(node));
    let by = map.need("by").and_then(|node| cx.text(node));
    let at = map.need("at").and_then(|node| cx.timestamp(node));
    Some(Entry { at_place: map.at, target: target?, hash: hash?, role: role?, by: by?, at: at? })
}

impl Approvals {
    /// Hands each template the approvals for exactly its words; tells of those that are void.
    pub(super) fn apply(
        &self,
        cx: Cx<'_>,
        builder: &mut Builder,
        hashes: &[(Place<'_>, String)],
        catalogue: &BTreeMap<String, String>,
    ) {
        let cx = Cx { file: FILE, ..cx };
        let mut found: BTreeMap<usize, Vec<Approval>> = BTreeMap::new();
        for entry in &self.entries {
            let template = hashes.iter().position(|(place, _)| place.path == entry.target);
            let now = template.map(|at| &hashes[at].1).or_else(|| catalogue.get(&entry.target));
            match now {
                None => {
                    let known = hashes.iter().map(|(place, _)| place.path);
                    let help = suggest(&entry.target, known).filter(|help| help.starts_with("did"));
                    cx.warn(entry.at_place, format!("`{}` is not there (any more)", entry.target), help);
                }
                Some(now) if *now != entry.hash => {
                    let message = format!("`{}` was edited since {} approved it", entry.target, entry.role);
                    let help = format!(
                        "have it read again: herald approve {} --role {} --by NAME",
                        entry.target, entry.role
                    );
                    cx.warn(entry.at_place, message, Some(help));
                }
                Some(_) => {
                    let approval = Approval { role: entry.role.clone(), at: entry.at };
                    found.entry(template.unwrap_or(usize::MAX)).or_default().push(approval);
                }
            }
        }
        for (at, approvals) in found {
            if let Some((place, _)) = hashes.get(at) {
                builder.approve(place.language, place.folder, place.stem, approvals);
            }
        }
    }

    /// Notes a template that lacks an approval: an error where nothing stands in for it.
    pub(super) fn tell_unapproved(
        &self,
        cx: Cx<'_>,
        template: &Template,
        instead: Option<&Template>,
        audience: &Audience,
    ) {
        let path = format!("templates/{}/{}", template.language(), template.path());
        let lacking: Vec<&str> = audience
            .template_approval
            .iter()
            .filter(|role| !template.approvals().iter().any(|approval| approval.role == **role))
            .map(String::as_str)
            .collect();
        let edited = self.entries.iter().any(|entry| entry.target == path);
        let why = if edited { " (it was edited since)" } else { "" };
        let help = format!("herald approve {path} --role {} --by NAME", lacking.first().unwrap_or(&""));
        let message = format!(
            "`{path}` must be approved by {} before `{}` reads it{why}",
            list(&lacking),
            audience.name
        );
        let cx = Cx { file: &path, ..cx };
        match instead {
            None => cx.error_help(At::default(), message, help),
            Some(instead) => {
                cx.warn(
                    At::default(),
                    format!("{message}; until then `{}` is read", instead.path()),
                    Some(help),
                );
            }
        }
    }
}

/// Hashes of the catalogue's texts, by address: `services.yaml#checkout-api.symptom.major.en`.
pub(super) fn catalogue_hashes(services: Option<&Node>) -> BTreeMap<String, String> {
    let texts = catalogue_texts(services).into_iter();
    texts.map(|(address, text)| (address, body_sha256(text.as_bytes()))).collect()
}

/// The catalogue's texts, by address.
fn catalogue_texts(services: Option<&Node>) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for (service, node) in
        services.and_then(|root| root.get("services")).map(Node::entries).unwrap_or_default()
    {
        for kind in ["symptom", "workaround", "action"] {
            for (impact, texts) in node.get(kind).map(Node::entries).unwrap_or_default() {
                for (language, text) in texts.entries() {
                    if let Value::Text(text) = &text.value {
                        let address = format!(
                            "services.yaml#{}.{kind}.{}.{}",
                            service.name, impact.name, language.name
                        );
                        all.insert(address, text.clone());
                    }
                }
            }
        }
    }
    all
}

/// The catalogue's texts of a policy, by the address at which each is approved.
pub fn catalogue(source: &Source) -> BTreeMap<String, String> {
    let services = source.text("services.yaml").and_then(|text| super::tree::parse(text).ok());
    catalogue_texts(services.as_ref())
}

/// An approval that was recorded, and whether it still is for the words as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// What was approved.
    pub target: String,
    /// In which role.
    pub role: String,
    /// By whom.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// False: the words were edited since.
    pub is_current: bool,
}

/// All approvals that a policy's approvals.yaml holds.
pub fn recorded(source: &Source) -> Result<Vec<Recorded>, Diagnostics> {
    let problems = Problems::new(source);
    let names = Names::default();
    let cx = Cx { file: FILE, problems: &problems, names: &names };
    let root = source.text(FILE).and_then(|text| super::tree::parse(text).ok());
    let entries = root.filter(|root| root.value != Value::Null).map(|root| read(cx, &root).entries);
    let (_, hashes) = templates::compile(cx, source, &[]);
    let services = source.text("services.yaml").and_then(|text| super::tree::parse(text).ok());
    let catalogue = catalogue_hashes(services.as_ref());
    if problems.errors() > 0 {
        return Err(Diagnostics(problems.into_sorted()));
    }
    let now = |target: &str| {
        let template = hashes.iter().find(|(place, _)| place.path == target).map(|(_, hash)| hash);
        template.or_else(|| catalogue.get(target)).cloned()
    };
    let recorded = entries.unwrap_or_default().into_iter().map(|entry| Recorded {
        is_current: now(&entry.target).is_some_and(|hash| hash == entry.hash),
        target: entry.target,
        role: entry.role,
        by: entry.by,
        at: entry.at,
    });
    Ok(recorded.collect())
}

/// An approval to be recorded.
#[derive(Debug, Clone, Copy)]
pub struct Approve<'a> {
    /// `templates/ja/executives/opening.md`, or `services.yaml#checkout-api.symptom.major.en`.
    pub target: &'a str,
    /// In which role.
    pub role: &'a str,
    /// Who.
    pub by: &'a str,
    /// When.
    pub at: Timestamp,
}

/// The text of approvals.yaml with these approvals recorded: each stands for the words as they are
/// in `source` now and takes the place of an older one for the same target and role. Void ones
/// of other targets stay, for `check` to tell of. It works on a policy that lacks approvals.
pub fn record(source: &Source, new: &[Approve<'_>]) -> Result<String, Diagnostics> {
    let problems = Problems::new(source);
    let names = Names::default();
    let cx = Cx { file: FILE, problems: &problems, names: &names };
    let root = source.text(FILE).map(super::tree::parse);
    let mut entries = match root {
        Some(Ok(root)) if root.value != Value::Null => read(cx, &root).entries,
        Some(Err((at, message))) => {
            cx.error(at, message);
            Vec::new()
        }
        _ => Vec::new(),
    };
    let services = source.text("services.yaml").and_then(|text| super::tree::parse(text).ok());
    let catalogue = catalogue_hashes(services.as_ref());
    // Languages and hosts are no part of what is hashed.
    let (_, hashes) = templates::compile(cx, source, &[]);
    for approve in new {
        let template = hashes.iter().find(|(place, _)| place.path == approve.target).map(|(_, hash)| hash);
        let Some(hash) = template.or_else(|| catalogue.get(approve.target)) else {
            let known =
                hashes.iter().map(|(place, _)| place.path).chain(catalogue.keys().map(String::as_str));
            let help = suggest(approve.target, known).unwrap_or_default();
            cx.error_help(
                At::default(),
                format!("there is nothing to approve at `{}`", approve.target),
                help,
            );
            continue;
        };
        entries.retain(|entry| entry.target != approve.target || entry.role != approve.role);
        entries.push(Entry {
            at_place: At::default(),
            target: approve.target.to_owned(),
            hash: hash.clone(),
            role: approve.role.to_owned(),
            by: approve.by.to_owned(),
            at: approve.at,
        });
    }
    if problems.errors() > 0 {
        let errors = |problem: &Diagnostic| problem.severity == super::diagnostic::Severity::Error;
        return Err(Diagnostics(problems.into_sorted().into_iter().filter(errors).collect()));
    }
    entries.sort_by(|a, b| (&a.target, &a.role).cmp(&(&b.target, &b.role)));
    Ok(write(&entries, source.text(FILE)))
}

/// The new text; a first line for editors stays as it was.
fn write(entries: &[Entry], before: Option<&str>) -> String {
    let modeline = before.and_then(|text| text.lines().next()).filter(|line| line.starts_with(MODELINE));
    let mut text = modeline.map(|line| format!("{line}\n")).unwrap_or_default();
    text.push_str(HEADER);
    text.push_str(if entries.is_empty() { "approvals: []\n" } else { "approvals:\n" });
    for Entry { target, hash, role, by, at, .. } in entries {
        // JSON strings are YAML strings.
        let [target, role, by] =
            [target, role, by].map(|text| serde_json::Value::from(text.as_str()).to_string());
        let _ = writeln!(
            text,
            "  - {{ template: {target}, role: {role}, by: {by}, at: {at}, hash: {HASH_PREFIX}{hash} }}"
        );
    }
    text
}

/// Every approval that the policy's audiences ask for and that is not there: path and role.
pub fn wanted(source: &Source, audiences: &[Audience]) -> Vec<(String, String)> {
    let problems = Problems::new(source);
    let names = Names::default();
    let (_, hashes) = templates::compile(Cx { file: FILE, problems: &problems, names: &names }, source, &[]);
    let mut wanted = std::collections::BTreeSet::new();
    for audience in audiences {
        let folders: Vec<&String> =
            std::iter::once(&audience.name).chain(&audience.template_folders).collect();
        for (place, _) in
            hashes.iter().filter(|(place, _)| folders.iter().any(|folder| *folder == place.folder))
        {
            wanted
                .extend(audience.template_approval.iter().map(|role| (place.path.to_owned(), role.clone())));
        }
    }
    wanted.into_iter().collect()
}

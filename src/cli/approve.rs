//! `herald approve`: who has read exactly which words.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use jiff::Timestamp;

use super::preview::{unknown, wrong};
use super::{Done, Usage, output};
use crate::core::text::clean_line;
use crate::policy::approvals::{self, Approve};
use crate::policy::{self, Source};

/// Longest name of a person.
const NAME_CHARS_MAX: usize = 100;
/// The file that it writes.
const FILE: &str = "approvals.yaml";

/// Record that somebody has read words and approves them
#[derive(Debug, clap::Args)]
#[command(
    after_help = "It stands for exactly what is there now: a template with its front matter and the texts that it \
    includes, or a text of the catalogue; an edit voids it, and `herald check` says so. Read the words first: \
    herald preview. Who may approve is what your Git says: docs/policy shows a protected branch where a change \
    of approvals.yaml needs its role's review.\n\n\
    Examples:\n  \
    herald approve templates/en/customers-strategic/opening.md --role legal --by \"M. Sato\" --policy my-herald/policy\n  \
    herald approve services.yaml#checkout-api.symptom.major.en --role legal --by \"M. Sato\""
)]
pub(super) struct Args {
    /// Templates by their path in the policy, or texts as services.yaml#SERVICE.symptom.IMPACT.LANGUAGE
    #[arg(required = true, value_name = "TEMPLATE")]
    targets: Vec<String>,
    /// In which role: one that an audience's `template_approval` or `text_approval` names
    #[arg(long)]
    role: String,
    /// Who has read them
    #[arg(long, value_name = "NAME")]
    by: String,
    /// The policy's directory [default: the configuration's]
    #[arg(long, value_name = "DIR")]
    policy: Option<PathBuf>,
    /// The configuration that names the policy
    #[arg(long, value_name = "FILE", env = "HERALD_CONFIG", hide_env = true)]
    config: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Done> {
    let dir = match &args.policy {
        Some(dir) => dir.clone(),
        None => super::policy_dir(args.config.clone())?.ok_or_else(|| {
            Usage("which policy? Say --policy DIR; the built-in one is approved".to_owned())
        })?,
    };
    let source = Source::from_dir(&dir).map_err(wrong)?;
    check_role(&source, &args.role)?;
    let by = clean_line(&args.by, NAME_CHARS_MAX);
    if by.is_empty() {
        return Err(Usage("--by must be somebody's name".to_owned()).into());
    }
    let at = Timestamp::from_second(Timestamp::now().as_second())?;
    let targets: Vec<String> = args.targets.iter().map(|target| within(target, &dir)).collect();
    let approve: Vec<Approve<'_>> =
        targets.iter().map(|target| Approve { target, role: &args.role, by: &by, at }).collect();
    let text = approvals::record(&source, &approve)
        .map_err(|problems| anyhow!("nothing was recorded\n{problems}"))?;
    replace(&dir, &text)?;
    for target in &targets {
        output::line(&format!("{target}: approved by {by}, {}", args.role))?;
    }
    let left = left(&source.with(FILE, text))?;
    if left > 0 {
        output::line(&format!(
            "{left} more approvals are asked for; herald check {} names them",
            dir.display()
        ))?;
    }
    Ok(Done::Well)
}

/// A path that a shell completed begins with the policy's directory.
fn within(target: &str, dir: &Path) -> String {
    let inside = Path::new(target).strip_prefix(dir).ok().and_then(Path::to_str);
    inside.unwrap_or(target).to_owned()
}

fn check_role(source: &Source, role: &str) -> anyhow::Result<()> {
    let audiences = policy::audiences(source).map_err(wrong)?;
    let roles = audiences
        .iter()
        .flat_map(|audience| audience.template_approval.iter().chain(&audience.text_approval));
    let roles: BTreeSet<&str> = roles.map(String::as_str).collect();
    if roles.contains(role) {
        return Ok(());
    }
    Err(unknown("role that an audience asks for", role, &roles.into_iter().collect::<Vec<_>>()).into())
}

/// How many approvals audiences ask for and do not have.
fn left(source: &Source) -> anyhow::Result<usize> {
    let recorded = approvals::recorded(source).map_err(wrong)?;
    let is_there = |(target, role): &(String, String)| {
        recorded.iter().any(|one| one.is_current && one.target == *target && one.role == *role)
    };
    let wanted = approvals::wanted(source, &policy::audiences(source).map_err(wrong)?);
    Ok(wanted.iter().filter(|one| !is_there(one)).count())
}

/// Whole or not at all.
fn replace(dir: &Path, text: &str) -> anyhow::Result<()> {
    let file = dir.join(FILE);
    let what = || format!("can't write {}", file.display());
    let mut new = tempfile_in(dir).with_context(what)?;
    new.1.write_all(text.as_bytes()).and_then(|()| new.1.sync_all()).with_context(what)?;
    std::fs::rename(&new.0, &file).with_context(what)
}

/// A new file beside it, with a name that no policy reads.
fn tempfile_in(dir: &Path) -> std::io::Result<(PathBuf, std::fs::File)> {
    let path = dir.join(format!(".{FILE}.{}", std::process::id()));
    let file = std::fs::File::options().write(true).create(true).truncate(true).open(&path)?;
    Ok((path, file))
}

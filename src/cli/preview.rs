//! `herald preview`: a review pack.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::{Done, Usage, output};
use crate::config::nearest;
use crate::policy::{self, Diagnostics, Source};
use crate::preview::{LEADS, Wanted, html, markdown, pack};

/// Show every message of an audience on a worked incident, to be read and approved
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Each page has one audience and language: subject, short text and body as their readers would \
    see them, the template that they come from, and who has approved it. With --since, the policy as it was \
    approved last, what changed is shown line by line. Nothing needs to be approved for it to be shown.\n\n\
    Examples:\n  \
    herald preview executives --language ja --policy my-herald/policy\n  \
    herald preview customers-strategic --html review.html --since approved/policy\n  \
    herald preview leads     what is asked of the leads\n  \
    herald preview --out review/"
)]
pub(super) struct Args {
    /// Audiences, and `leads`; none: all
    audience: Vec<String>,
    /// Only this language; may be repeated
    #[arg(long, value_name = "TAG")]
    language: Vec<String>,
    /// The policy's directory [default: the configuration's, else the built-in policy]
    #[arg(long, value_name = "DIR")]
    policy: Option<PathBuf>,
    /// The policy as it was approved last, for what changed
    #[arg(long, value_name = "DIR")]
    since: Option<PathBuf>,
    /// Write one HTML page that needs nothing else, instead of printing Markdown
    #[arg(long, value_name = "FILE", conflicts_with = "out")]
    html: Option<PathBuf>,
    /// Write one Markdown file for each audience and language, instead of printing them
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// The configuration that names the policy
    #[arg(long, value_name = "FILE", env = "HERALD_CONFIG", hide_env = true)]
    config: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Done> {
    let source = source(args.policy.clone(), args.config.clone())?;
    let since = args.since.as_deref().map(|dir| Source::from_dir(dir).map_err(wrong)).transpose()?;
    let wanted = Wanted { audiences: args.audience.clone(), languages: args.language.clone() };
    check(&wanted, &source)?;
    let pack = pack(&source, since.as_ref(), &wanted).map_err(wrong)?;
    if pack.pages.is_empty() {
        return Err(Usage("none of these audiences reads that language".to_owned()).into());
    }
    if let Some(file) = &args.html {
        write(file, &html(&pack))?;
        output::line(&format!("{}: {} pages", file.display(), pack.pages.len()))?;
        return Ok(Done::Well);
    }
    for page in &pack.pages {
        let (name, text) = markdown(&pack, page);
        match &args.out {
            Some(dir) => {
                std::fs::create_dir_all(dir).with_context(|| format!("can't make {}", dir.display()))?;
                write(&dir.join(&name), &text)?;
                output::line(&dir.join(&name).display().to_string())?;
            }
            None => output::line(&text)?,
        }
    }
    Ok(Done::Well)
}

/// The policy's files.
pub(super) fn source(dir: Option<PathBuf>, config: Option<PathBuf>) -> anyhow::Result<Source> {
    let dir = match dir {
        Some(dir) => Some(dir),
        None => super::policy_dir(config)?,
    };
    dir.map_or_else(|| Ok(Source::built_in()), |dir| Source::from_dir(&dir).map_err(wrong))
}

fn check(wanted: &Wanted, source: &Source) -> anyhow::Result<()> {
    let audiences = policy::audiences(source).map_err(wrong)?;
    let names: Vec<&str> = audiences.iter().map(|audience| audience.name.as_str()).chain([LEADS]).collect();
    if let Some(name) = wanted.audiences.iter().find(|name| !names.contains(&name.as_str())) {
        return Err(unknown("audience", name, &names).into());
    }
    Ok(())
}

/// What is not there, and what was probably meant.
pub(super) fn unknown(what: &str, name: &str, known: &[&str]) -> Usage {
    let hint = nearest(name, known.iter().copied())
        .map_or_else(|| format!("known: {}", known.join(", ")), |near| format!("did you mean {near}?"));
    Usage(format!("there is no {what} {name:?}; {hint}"))
}

/// What is wrong with a policy, as an error of a command.
#[allow(clippy::needless_pass_by_value)] // the form that `map_err` calls
pub(super) fn wrong(problems: Diagnostics) -> anyhow::Error {
    anyhow::anyhow!("the policy is wrong\n{problems}")
}

fn write(file: &Path, text: &str) -> anyhow::Result<()> {
    std::fs::write(file, text).with_context(|| format!("can't write {}", file.display()))
}

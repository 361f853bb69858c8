//! `herald source`: the tools that Herald understands, and mappings for those that it does not.

mod infer;
mod list;
mod test;

use std::path::PathBuf;

use super::{Done, Usage, output};
use crate::config;
use crate::core::sources::{SourceKind, page};

/// List, explain, propose and test sources
#[derive(Debug, clap::Args)]
#[command(
    after_help = "A tool that is not in the list is read by a mapping: a YAML file that says what stands where \
    in its bodies. docs/sources/custom.md leads from the first sample to a tested source.\n\n\
    Examples:\n  \
    herald source list\n  \
    herald source show pagerduty\n  \
    herald source infer --name shop-probe --out mappings probe-down.json probe-up.json\n  \
    herald source test mappings"
)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    List(list::Args),
    Show(Show),
    Test(test::Args),
    Infer(infer::Args),
}

/// Print how a tool is pointed at Herald, and what its words mean here
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    herald source show pagerduty\n  \
    herald source show custom          how mappings are written")]
struct Show {
    /// A kind, as `herald source list` names it
    kind: String,
}

/// The guide to mappings, as it stands in docs/sources.
const CUSTOM: &str = include_str!("../../../docs/sources/custom.md");

pub(super) fn run(args: &Args) -> anyhow::Result<Done> {
    match &args.action {
        Action::List(args) => list::run(args),
        Action::Show(args) => show(&args.kind),
        Action::Test(args) => test::run(args),
        Action::Infer(args) => infer::run(args),
    }
}

fn show(name: &str) -> anyhow::Result<Done> {
    if name == crate::core::sources::mapping::KIND {
        output::write(CUSTOM)?;
        return Ok(Done::Well);
    }
    let Some(kind) = SourceKind::parse(name) else {
        let known = SourceKind::ALL.iter().map(|kind| kind.as_str());
        let hint = config::nearest(name, known).map_or_else(
            || "`herald source list` has them; any other tool is read by a mapping: `herald source show custom`".to_owned(),
            |near| format!("did you mean {near}?"),
        );
        return Err(Usage(format!("there is no kind {name:?}; {hint}")).into());
    };
    output::write(&page::page(kind))?;
    Ok(Done::Well)
}

/// The mappings that a path names: a file, or all in a folder.
fn mappings(path: &std::path::Path) -> anyhow::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    for entry in std::fs::read_dir(path)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let yaml = [".yaml", ".yml"].iter().any(|end| name.ends_with(end));
        if yaml && !name.starts_with('.') && !name.ends_with(".test.yaml") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

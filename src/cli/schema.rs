//! `herald schema [NAME]`

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::{Done, Usage, output};
use crate::config::nearest;
use crate::http::documents;
use crate::schemas;

/// Print a JSON Schema: of the files that you write, of what senders post, of what subscribers read
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    herald schema                      lists them\n  \
    herald schema configuration        what herald.yaml may say\n  \
    herald schema policy/routes        what routes.yaml of a policy may say\n  \
    herald schema notification-1       what subscribers read\n  \
    herald schema openapi              every path, as OpenAPI; asyncapi: every topic\n\n\
    Editors that speak to the YAML language server check a policy while you type. The first line of each\n\
    file names its schema in the folder .schemas of the policy, which `herald init` writes. After an\n\
    upgrade of Herald, write it anew:\n  \
    herald schema --write my-herald/policy/.schemas")]
pub(super) struct Args {
    /// Which one; without it, their names
    name: Option<String>,
    /// Write those of a policy's files, of herald.yaml and of mappings into this folder, over what is there
    #[arg(long, value_name = "DIR", conflicts_with = "name")]
    write: Option<PathBuf>,
}

/// Made of schemas, and not schemas themselves.
const DOCUMENTS: [(&str, Document); 2] = [("asyncapi", documents::asyncapi), ("openapi", documents::openapi)];

type Document = fn() -> &'static str;

pub(super) fn run(args: &Args) -> anyhow::Result<Done> {
    if let Some(dir) = &args.write {
        let count = write_for_editors(dir)?;
        output::line(&format!("Written: {count} schemas in {}.", dir.display()))?;
        return Ok(Done::Well);
    }
    let Some(name) = &args.name else {
        for name in names() {
            output::line(&name)?;
        }
        return Ok(Done::Well);
    };
    if let Some(text) = schemas::text(name) {
        output::write(text)?;
        return Ok(Done::Well);
    }
    if let Some((_, text)) = DOCUMENTS.iter().find(|(known, _)| known == name) {
        output::line(text())?;
        return Ok(Done::Well);
    }
    let names = names();
    let hint = nearest(name, names.iter().map(String::as_str))
        .map_or_else(|| "`herald schema` lists them".to_owned(), |near| format!("did you mean {near}?"));
    Err(Usage(format!("there is no schema {name:?}; {hint}")).into())
}

fn names() -> Vec<String> {
    let documents = DOCUMENTS.iter().map(|(name, _)| (*name).to_owned());
    schemas::names().into_iter().chain(documents).collect()
}

/// Writes the schemas that an editor needs; answers how many.
pub(super) fn write_for_editors(dir: &Path) -> anyhow::Result<usize> {
    std::fs::create_dir_all(dir).with_context(|| format!("can't make {}", dir.display()))?;
    let files = schemas::for_editors();
    for (name, text) in &files {
        let path = dir.join(name);
        std::fs::write(&path, text).with_context(|| format!("can't write {}", path.display()))?;
    }
    Ok(files.len())
}

//! `herald schema [NAME]`

use super::{Done, Usage, output};
use crate::config::nearest;
use crate::http::documents;
use crate::schemas;

/// Print a JSON Schema: of the configuration, of what senders post, of what subscribers read
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    herald schema                      lists them\n  \
    herald schema configuration        what herald.yaml may say\n  \
    herald schema notification-1       what subscribers read\n  \
    herald schema openapi              every path, as OpenAPI; asyncapi: every topic")]
pub(super) struct Args {
    /// Which one; without it, their names
    name: Option<String>,
}

/// Made of schemas, and not schemas themselves.
const DOCUMENTS: [(&str, Document); 2] = [("asyncapi", documents::asyncapi), ("openapi", documents::openapi)];

type Document = fn() -> &'static str;

pub(super) fn run(args: &Args) -> anyhow::Result<Done> {
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

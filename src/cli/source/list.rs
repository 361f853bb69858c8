//! `herald source list`

use std::path::PathBuf;

use serde_json::json;

use super::super::output::{self, Style, columns, pad, wrap};
use super::super::{Done, configuration};
use crate::core::sources::about::Ends;
use crate::core::sources::{Reader, SourceKind};
use crate::http::settings::SourceSettings;

/// List the tools that Herald understands, and the sources that are configured
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    herald source list\n  \
    herald source list --config herald.yaml     with the sources that it configures\n  \
    herald source list --json | jq '.kinds[].name'")]
pub(super) struct Args {
    /// Where sources are configured [default: herald.yaml, if there is one]
    #[arg(long, value_name = "FILE", env = "HERALD_CONFIG", hide_env = true)]
    config: Option<PathBuf>,
    /// Print JSON: one document
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Done> {
    let sources = configuration(args.config.clone())?.map(|config| config.sources).unwrap_or_default();
    if args.json {
        let kinds: Vec<_> = SourceKind::ALL.iter().map(|kind| kind_json(*kind)).collect();
        let sources: Vec<_> = sources.iter().map(source_json).collect();
        output::line(&serde_json::to_string_pretty(&json!({ "kinds": kinds, "sources": sources }))?)?;
        return Ok(Done::Well);
    }
    let style = Style::of_stdout();
    let mut rows = vec![["kind", "tool", "ends by", "auth advised"].map(str::to_owned)];
    for kind in SourceKind::ALL {
        let about = kind.about();
        rows.push([about.name, about.title, ends(about.ends), about.page.auth].map(str::to_owned));
    }
    rows.push(["custom", "any other, by a mapping", "as it says", "hmac, else bearer"].map(str::to_owned));
    let mut out = table(&rows, style);
    if !sources.is_empty() {
        let mut rows = vec![["source", "kind", "ends by", "read by"].map(str::to_owned)];
        rows.extend(sources.iter().map(row));
        out.push(String::new());
        out.extend(table(&rows, style));
    }
    out.push(String::new());
    out.push(wrap("`herald source show KIND` has the steps in the tool.", style.width, ""));
    output::line(&out.join("\n"))?;
    Ok(Done::Well)
}

fn table(rows: &[[String; 4]], style: Style) -> Vec<String> {
    let width = |place: usize| rows.iter().map(|row| columns(&row[place])).max().unwrap_or(0);
    let widths = [width(0), width(1), width(2)];
    let line = |(place, row): (usize, &[String; 4])| {
        let cells = [pad(&row[0], widths[0]), pad(&row[1], widths[1]), pad(&row[2], widths[2])];
        let line = format!("{}  {}", cells.join("  "), row[3]);
        if place == 0 { style.dim(line.trim_end()) } else { line.trim_end().to_owned() }
    };
    rows.iter().enumerate().map(line).collect()
}

fn row(source: &SourceSettings) -> [String; 4] {
    let reads = match &source.reader {
        Reader::Kind(kind) => kind.about().title.to_owned(),
        Reader::Mapping(mapping) => format!("a mapping: {}", mapping.tool),
    };
    [source.name.clone(), source.reader.kind().to_owned(), ends(source.reader.ends()).to_owned(), reads]
}

const fn ends(ends: Ends) -> &'static str {
    match ends {
        Ends::Sender => "the sender",
        Ends::Person => "a person, silence",
        Ends::Both => "any of them",
    }
}

fn kind_json(kind: SourceKind) -> serde_json::Value {
    let about = kind.about();
    json!({ "name": about.name, "title": about.title, "ends_by": ends(about.ends), "auth": about.page.auth })
}

fn source_json(source: &SourceSettings) -> serde_json::Value {
    let [name, kind, ends, reads] = row(source);
    json!({ "name": name, "kind": kind, "ends_by": ends, "read_by": reads })
}

//! `herald rejected`: what was authentic and could not be used, and what becomes of it.

mod list;
mod log;
mod reading;
mod replay;
mod show;

use std::path::PathBuf;

use jiff::Timestamp;

use super::Done;
use super::cluster::ClusterArgs;

/// What was authentic and could not be used: list it, read it, replay it
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Nothing authenticated is ever lost: a body that can't be used is kept on incident.rejected \
    with the reason. Mend what was wrong (the sender's template, a mapping, or the body itself), then replay \
    it: the events get the ids and the time of receipt that the delivery had, so nobody is told twice.\n\n\
    Examples:\n  \
    herald rejected list --since 1d --config herald.yaml\n  \
    herald rejected show r-6m7mxq42txt2oorhbdt5n2mzqe --body > body.json\n  \
    herald rejected replay r-6m7mxq42txt2oorhbdt5n2mzqe --body body.json --dry-run\n  \
    herald rejected replay --reason schema --source shop-probe"
)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    List(List),
    Show(Show),
    Replay(Replay),
}

/// Which of them.
#[derive(Debug, clap::Args)]
struct Filter {
    /// Only of this source
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// Only for this reason: `not_json`, `schema`, `no_identity`, `poison` …
    #[arg(long, value_name = "REASON")]
    reason: Option<String>,
    /// Only of the last minutes, hours or days, as 30m, 2h or 7d
    #[arg(long, value_name = "DURATION", value_parser = crate::config::parse_duration)]
    since: Option<std::time::Duration>,
}

/// The list of them, the newest last
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  herald rejected list --source pagerduty --since 1d")]
struct List {
    #[command(flatten)]
    filter: Filter,
    /// Print the records, one a line
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    cluster: ClusterArgs,
}

/// One of them: what is wrong and where, what would be needed, headers and body
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  herald rejected show r-6m7mxq42txt2oorhbdt5n2mzqe --body > body.json")]
struct Show {
    /// Its id, as the answer to the sender, the log and `list` say it
    id: String,
    /// Print the exact body and nothing else
    #[arg(long)]
    body: bool,
    /// Print the record
    #[arg(long, conflicts_with = "body")]
    json: bool,
    #[command(flatten)]
    cluster: ClusterArgs,
}

/// Read it again, and publish what it says now
#[derive(Debug, clap::Args)]
#[command(
    after_help = "It is read by the source's kind or mapping as configured now, with the headers, the id \
    and the time of receipt that it had. What still can't be used stays where it is.\n\n\
    Examples:\n  \
    herald rejected replay r-6m7mxq42txt2oorhbdt5n2mzqe --dry-run\n  \
    herald rejected replay --source shop-probe --since 2h --config herald.yaml"
)]
struct Replay {
    /// Ids; none: all that the filter leaves
    id: Vec<String>,
    #[command(flatten)]
    filter: Filter,
    /// Instead of the body that was kept: this file, as it was mended
    #[arg(long, value_name = "FILE")]
    body: Option<PathBuf>,
    /// Show what it would publish, and publish nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    cluster: ClusterArgs,
}

impl Filter {
    fn is_empty(&self) -> bool {
        self.source.is_none() && self.reason.is_none() && self.since.is_none()
    }

    fn takes(&self, rejected: &crate::core::rejected::Rejected, now: Timestamp) -> bool {
        let since = self.since.and_then(|since| now.checked_sub(since).ok());
        self.source.as_ref().is_none_or(|source| rejected.source.as_ref() == Some(source))
            && self.reason.as_ref().is_none_or(|reason| rejected.reason == *reason)
            && since.is_none_or(|since| rejected.received_at >= since)
    }
}

pub(super) fn run(args: &Args) -> anyhow::Result<Done> {
    match &args.command {
        Command::List(args) => list::run(args),
        Command::Show(args) => show::run(args),
        Command::Replay(args) => replay::run(args),
    }
}

//! `herald backtest`: past events through the policy of now and a proposed one.

mod bodies;
mod human;
mod lines;
mod log;
mod markdown;
mod past;
mod said;

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;

use super::cluster::ClusterArgs;
use super::{Done, Usage, output};
use crate::backtest::{Backtest, Proposed, Report};
use crate::core::template::Proofs;
use crate::policy::{Diagnostics, Source, load_knowing};

/// Send past events through two policies: who would be told what they are not told now
#[derive(Debug, clap::Args)]
#[command(
    after_help = "FILE holds events as they stand on incident.events, one a line; with --source, each FILE is the \
    body of one webhook. Without a FILE the events are read from Kafka: of incidents that began before --since, \
    only what comes after it is seen. Both policies fold the same events, with the same time passing between \
    them; nothing is sent anywhere.\n\n\
    Examples:\n  \
    herald backtest --against proposed/policy --since 30d --config herald.yaml\n  \
    herald backtest --policy policy --against ../branch/policy --format markdown events.jsonl\n  \
    herald backtest --against proposed/policy --source pagerduty captured/*.json\n\n\
    Exit status: 0 everyone would hear the same, 1 there are differences, 2 wrong usage."
)]
pub(super) struct Args {
    /// Events, one a line; - is standard input; with --source: bodies of webhooks
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The proposed policy's directory
    #[arg(long, value_name = "DIR")]
    against: PathBuf,
    /// The policy of now [default: the configuration's, else the built-in policy]
    #[arg(long, value_name = "DIR")]
    policy: Option<PathBuf>,
    /// The files are bodies of webhooks of this configured source, or of this kind
    #[arg(long, value_name = "NAME|KIND", requires = "files")]
    source: Option<String>,
    /// A header that the deliveries had, as ce-type: com.example.alert
    #[arg(long, value_name = "NAME: VALUE", requires = "source")]
    header: Vec<String>,
    /// From then on: a time, or how long ago, as 30d
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Up to then: a time, or how long ago
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Only these offsets of a partition, the last one included; may be repeated
    #[arg(long, value_name = "PARTITION:FIRST-LAST", conflicts_with = "files")]
    offsets: Vec<String>,
    /// Let this much time pass after the last event, so that what waits is seen
    #[arg(long, value_name = "DURATION", default_value = "4h", value_parser = crate::config::parse_duration)]
    wait: std::time::Duration,
    /// How it is printed; markdown fits into a comment on a pull request
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
    /// Most examples of one kind of difference, for one audience
    #[arg(long, value_name = "NUMBER", default_value = "3")]
    examples: usize,
    /// Exit with 0 also where there are differences
    #[arg(long)]
    allow_differences: bool,
    #[command(flatten)]
    cluster: ClusterArgs,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Format {
    Human,
    Markdown,
    Json,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Done> {
    let dir = match &args.policy {
        Some(dir) => Some(dir.clone()),
        None => super::policy_dir(args.cluster.config().cloned())?,
    };
    // Captured webhooks are old, and their policy is asked what it would have done when they came.
    let old_events_begin = args.source.is_some();
    let proofs = Proofs::default();
    let current = dir.as_deref().map_or_else(|| Ok(Source::built_in()), Source::from_dir);
    let current = current.and_then(|source| load_knowing(&source, &proofs));
    let mut current =
        current.map_err(|problems| refused(&problems)).context("the policy of now is wrong")?.policy;
    current.old_events_begin = old_events_begin;
    let proposed = Source::from_dir(&args.against)
        .and_then(|source| Proposed::load(&source, old_events_begin, &proofs))
        .map_err(|problems| refused(&problems))
        .context("the proposed policy is wrong")?;
    let mut backtest = Backtest::new(Arc::new(current), proposed, args.examples);
    let unusable = past::feed(args, &mut backtest)?;
    let report = backtest.finish();
    print(&report, unusable, args.format)?;
    if report.events == 0 {
        // A test of nothing must not look like one that went well.
        return Err(Usage("there was no event to test with".to_owned()).into());
    }
    Ok(if report.is_same() || args.allow_differences { Done::Well } else { Done::Problems })
}

fn refused(diagnostics: &Diagnostics) -> anyhow::Error {
    anyhow::anyhow!("{diagnostics}")
}

fn print(report: &Report, unusable: u64, format: Format) -> anyhow::Result<()> {
    match format {
        Format::Human => output::line(&human::page(report, unusable, output::Style::of_stdout()))?,
        Format::Markdown => output::line(&markdown::page(report, unusable))?,
        Format::Json => {
            let mut document = serde_json::to_value(report)?;
            document["same"] = report.is_same().into();
            document["unusable"] = unusable.into();
            output::line(&serde_json::to_string_pretty(&document)?)?;
        }
    }
    Ok(())
}

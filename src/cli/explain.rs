//! `herald explain`: what a webhook would do, on the real path, without Kafka; or what a past event
//! did, and what it would have done.

mod fields;
mod print;
mod recorded;
mod run;
mod what_if;

use std::path::PathBuf;

use anyhow::Context as _;
use jiff::Timestamp;

use self::run::{Outcome, Session};
use self::what_if::Set;
use super::Done;
use super::cluster::ClusterArgs;
use super::webhook::{Source, header, read_file};

/// Show what a webhook would do: who would be told what, who would not, and why
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The files are taken in order, as one source would post them; nothing is sent anywhere. \
    The sources' own old times do not matter. With --event, a past event is read from Kafka with what came \
    before it on its incident, and folded at the time at which it was appended. --set says what its sender \
    might have said instead: priority, impact, severity, urgency, stage, service, team, environment, region, \
    title, affected_percent, affected_count, private, drill, label.NAME; an empty value takes the field out.\n\n\
    Examples:\n  \
    herald explain --source pagerduty examples/webhooks/pagerduty-triggered.json\n  \
    herald explain --source alertmanager --policy my-herald/policy --render firing.json resolved.json\n  \
    herald explain --source mappings/shop-probe.yaml probe-down.json      a custom source, by its mapping\n  \
    herald explain --source pagerduty --set impact=major --at 2026-11-21T10:00:00+09:00 triggered.json\n  \
    herald explain --event e-6m7mxq42txt2oorhbdt5n2mzqe --set priority=P1 --config herald.yaml\n  \
    curl -s https://example.com/captured.json | herald explain --source pagerduty --wait 10m -"
)]
pub(super) struct Args {
    /// A configured source's name, a kind (`herald source list` has them), or a mapping's file
    #[arg(long, value_name = "NAME|KIND|FILE", required_unless_present = "event", requires = "files")]
    source: Option<String>,
    /// What was posted; - is standard input
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Instead of files: an event that stands on Kafka, by its id; may be repeated
    #[arg(long, value_name = "ID", conflicts_with_all = ["source", "files", "header"])]
    event: Vec<String>,
    /// What if its sender had said this instead? May be repeated; of a recorded event, only that one
    #[arg(long, value_name = "FIELD=VALUE")]
    set: Vec<String>,
    /// When it is folded [default: now; of a recorded event, when it was appended]
    #[arg(long, value_name = "TIME", value_parser = time)]
    at: Option<Timestamp>,
    /// The policy's directory [default: the configuration's, else the built-in policy]
    #[arg(long, value_name = "DIR")]
    policy: Option<PathBuf>,
    #[command(flatten)]
    cluster: ClusterArgs,
    /// A header of the delivery that matters, as ce-type: com.example.alert
    #[arg(long, value_name = "NAME: VALUE")]
    header: Vec<String>,
    /// Show the messages in full, as their readers would see them
    #[arg(long)]
    render: bool,
    /// Let this much time pass after each file, so that what waits is seen, as 5m
    #[arg(long, value_name = "DURATION", value_parser = crate::config::parse_duration)]
    wait: Option<std::time::Duration>,
    /// Print JSON: a line for each event with the places its fields came from, then one for each
    /// decision with its notifications
    #[arg(long)]
    json: bool,
}

fn time(word: &str) -> Result<Timestamp, String> {
    word.parse()
        .map_err(|_| format!("write it as 2026-04-01T14:50:00+09:00; {word:?} lacks its date, time or zone"))
}

pub(super) fn run(args: &Args) -> anyhow::Result<Done> {
    let sets = args.set.iter().map(|text| Set::parse(text)).collect::<Result<Vec<_>, _>>()?;
    let headers = args.header.iter().map(|one| header(one)).collect::<Result<Vec<_>, _>>()?;
    let named = |name: &String| Source::named(name, args.cluster.config().cloned());
    let source = args.source.as_ref().map(named).transpose()?;
    // Last, for to prove it takes a while.
    let mut policy = run::policy(args)?;
    // Captured webhooks are old; what would happen if they came now is the question.
    policy.old_events_begin = args.event.is_empty();
    let mut session = Session::new(policy, args.at.unwrap_or_else(Timestamp::now), sets);
    if !args.event.is_empty() {
        for (place, past) in recorded::find(&args.cluster, &args.event)?.iter().enumerate() {
            let outcome = session.recorded(past, args.at)?;
            shown(args, &mut session, &past.name, place, &outcome)?;
        }
        return Ok(Done::Well);
    }
    let source = source.context("which source?")?;
    let mut done = Done::Well;
    for (place, file) in args.files.iter().enumerate() {
        let outcome = session.deliver(&source, &headers, &read_file(file)?)?;
        if shown(args, &mut session, &file.display().to_string(), place, &outcome)? == Done::Problems {
            done = Done::Problems;
        }
    }
    Ok(done)
}

/// Prints what became of it, and of the time that passes after it.
fn shown(
    args: &Args,
    session: &mut Session,
    name: &str,
    place: usize,
    outcome: &Outcome,
) -> anyhow::Result<Done> {
    let waited = args.wait.map(|wait| session.wait(wait)).transpose()?.unwrap_or_default();
    if args.json {
        print::json(outcome, &waited, &session.policy, &args.set)?;
    } else {
        let heading = print::Heading { name, place, sets: &args.set };
        print::people(&heading, outcome, &waited, &session.policy, args.render)?;
    }
    let is_rejected = matches!(outcome.read, crate::core::sources::Read::Rejected { .. });
    Ok(if is_rejected { Done::Problems } else { Done::Well })
}

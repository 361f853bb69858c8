//! `herald explain`: what a webhook would do, on the real path, without Kafka.

mod fields;
mod print;
mod run;

use std::path::PathBuf;

use super::{Done, Usage};
pub(super) use run::read_file;

/// Show what a webhook would do: who would be told what, who would not, and why
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The files are taken in order, as one source would post them; nothing is sent anywhere. \
    The sources' own old times do not matter.\n\n\
    Examples:\n  \
    herald explain --source pagerduty examples/webhooks/pagerduty-triggered.json\n  \
    herald explain --source alertmanager --policy my-herald/policy --render firing.json resolved.json\n  \
    herald explain --source mappings/shop-probe.yaml probe-down.json      a custom source, by its mapping\n  \
    curl -s https://example.com/captured.json | herald explain --source pagerduty --wait 10m -"
)]
pub(super) struct Args {
    /// A configured source's name, a kind (`herald source list` has them), or a mapping's file
    #[arg(long, value_name = "NAME|KIND|FILE")]
    source: String,
    /// What was posted; - is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The policy's directory [default: the configuration's, else the built-in policy]
    #[arg(long, value_name = "DIR")]
    policy: Option<PathBuf>,
    /// Where the source is configured [default: herald.yaml, if there is one]
    #[arg(long, value_name = "FILE", env = "HERALD_CONFIG", hide_env = true)]
    config: Option<PathBuf>,
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

pub(super) fn run(args: &Args) -> anyhow::Result<Done> {
    let reader = run::reader(args)?;
    let name = run::name(args);
    let mut policy = run::policy(args)?;
    // Captured webhooks are old; what would happen if they came now is the question.
    policy.old_events_begin = true;
    let mut session = run::Session::new(policy);
    let mut done = Done::Well;
    for (place, file) in args.files.iter().enumerate() {
        let body = run::read_file(file)?;
        let headers = args.header.iter().map(|header| split_header(header)).collect::<Result<Vec<_>, _>>()?;
        let outcome = session.deliver(&name, &reader, &headers, &body);
        let waited = args.wait.map(|wait| session.wait(wait)).transpose()?.unwrap_or_default();
        if matches!(outcome.read, crate::core::sources::Read::Rejected { .. }) {
            done = Done::Problems;
        }
        if args.json {
            print::json(&outcome, &waited, &session.policy)?;
        } else {
            print::people(file, place, &outcome, &waited, &session.policy, args.render)?;
        }
    }
    Ok(done)
}

fn split_header(header: &str) -> Result<(String, String), Usage> {
    let (name, value) = header
        .split_once(':')
        .ok_or_else(|| Usage(format!("--header {header:?} is written as  name: value")))?;
    Ok((name.trim().to_ascii_lowercase(), value.trim().to_owned()))
}

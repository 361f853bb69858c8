//! `herald topics`

use std::path::PathBuf;

use anyhow::Context as _;

use super::cluster::kafka_of;
use super::{Done, Usage, output, serve};
use crate::app::addresses;
use crate::kafka::topics;
use crate::router::reset::{self, Reset};

/// List, create or verify the topics; set back a router's place in the log
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    herald topics list --config herald.yaml\n  \
    herald topics verify --config herald.yaml     changes nothing; exit status 1 if anything differs\n  \
    herald topics create --config herald.yaml     makes what is missing, then verifies\n  \
    herald topics reset --config herald.yaml --partition 3 --to earliest\n\n\
    Reset only when the router refuses to start and names it: from the earliest record on, events are \
    folded again; what the state already remembers is told nobody twice.")]
pub(super) struct Args {
    #[command(subcommand)]
    action: Option<Action>,
    /// The configuration that says where Kafka is, and the policy that says which audiences there are
    #[arg(long, global = true, value_name = "FILE", env = "HERALD_CONFIG", hide_env = true)]
    config: Option<PathBuf>,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Topics that the policy needs
    List,
    /// Compare them with the cluster
    Verify,
    /// Make what is missing, then compare
    Create,
    /// Set where a router continues in one partition of incident.events
    Reset {
        /// The partition
        #[arg(long)]
        partition: i32,
        /// earliest, latest, or an offset
        #[arg(long, value_name = "earliest|latest|OFFSET")]
        to: String,
    },
}

pub(super) fn run(args: &Args) -> anyhow::Result<Done> {
    match args.action.as_ref().unwrap_or(&Action::List) {
        Action::List => list(args),
        Action::Verify => ensure(args, false),
        Action::Create => ensure(args, true),
        Action::Reset { partition, to } => {
            let to = match to.as_str() {
                "earliest" => Reset::Earliest,
                "latest" => Reset::Latest,
                offset => Reset::Offset(offset.parse().map_err(|_| {
                    Usage(format!("--to {offset:?} is neither earliest nor latest nor an offset"))
                })?),
            };
            let kafka = kafka_of(args.config.clone())?;
            reset::progress(&kafka, *partition, to)?;
            output::line(&format!("partition {partition}: the next router continues there"))?;
            Ok(Done::Well)
        }
    }
}

fn list(args: &Args) -> anyhow::Result<Done> {
    let prefix = match (&args.config, addresses::running_trial()) {
        (None, Some(trial)) => trial.topic_prefix,
        _ => kafka_of(args.config.clone()).map(|kafka| kafka.topic_prefix).unwrap_or_default(),
    };
    for topic in plan(args)? {
        output::line(&format!("{prefix}{}", topic.name))?;
    }
    Ok(Done::Well)
}

fn ensure(args: &Args, create: bool) -> anyhow::Result<Done> {
    let mut kafka = kafka_of(args.config.clone())?;
    kafka.topics.create = create;
    let plan = plan(args)?;
    match serve::runtime()?.block_on(topics::ensure(&kafka, &plan)) {
        Ok(report) => {
            for topic in &report.created {
                output::line(&format!("created {topic}"))?;
            }
            for warning in &report.warnings {
                output::line(&format!("warning: {warning}"))?;
            }
            output::line(&format!("{} topics are as they must be", plan.len()))?;
            Ok(Done::Well)
        }
        Err(differences) => {
            output::line(&differences.to_string())?;
            Ok(Done::Problems)
        }
    }
}

/// The topics of the policy that the configuration names, else of the built-in one.
fn plan(args: &Args) -> anyhow::Result<Vec<topics::Topic>> {
    let dir = super::policy_dir(args.config.clone())?;
    let policy = crate::policy::load_from(dir.as_deref()).context("the policy is wrong")?.policy;
    Ok(topics::plan(policy.audiences.iter().map(|audience| audience.name.as_str())))
}

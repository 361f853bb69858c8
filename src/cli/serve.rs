//! `herald serve`

use std::path::PathBuf;

use anyhow::Context as _;

use super::{Done, output};
use crate::app::{self, App, Hangups, Options, Role};
use crate::config::{self, Environment, Request};

/// Run Herald: take webhooks, route them, publish messages
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Without --config it takes herald.yaml, if there is one, else it is the trial: an embedded \
    broker that forgets on exit, the built-in policy, one unauthenticated source for each kind, loopback only.\n\
    SIGHUP loads the policy anew; SIGTERM and Ctrl-C end it when all is flushed; a second Ctrl-C ends it at once.\n\n\
    Examples:\n  \
    herald serve                                     the trial\n  \
    herald serve --config herald.yaml\n  \
    herald serve --config herald.yaml --role router  only the second stage\n  \
    HERALD__KAFKA__TOPIC_PREFIX=test. herald serve --config herald.yaml --print-config"
)]
pub(super) struct Args {
    /// The configuration [default: herald.yaml, if there is one]
    #[arg(long, value_name = "FILE", env = "HERALD_CONFIG", hide_env = true)]
    config: Option<PathBuf>,
    /// The trial, whatever file there is
    #[arg(long, conflicts_with = "config")]
    trial: bool,
    /// Which stages this process runs
    #[arg(long, value_enum, default_value = "all")]
    role: RoleArg,
    /// Accept unauthenticated sources where other machines can reach them
    #[arg(long)]
    insecure_sources: bool,
    /// Print the effective configuration, secrets by reference only, and end
    #[arg(long)]
    print_config: bool,
    /// Write {webhooks, operations, kafka, …} as JSON to this file, once ready
    #[arg(long, value_name = "PATH")]
    addresses_file: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum RoleArg {
    All,
    Intake,
    Router,
}

pub(super) fn run(args: Args) -> anyhow::Result<Done> {
    let config = config::load(&Request {
        file: if args.trial { None } else { args.config },
        trial: args.trial,
        insecure_sources: args.insecure_sources,
        environment: Environment::of_process(),
    })?;
    if args.print_config {
        output::write(&config.printed)?;
        return Ok(Done::Well);
    }
    let role = match args.role {
        RoleArg::All => Role::All,
        RoleArg::Intake => Role::Intake,
        RoleArg::Router => Role::Router,
    };
    if config.broker.is_embedded() && role != Role::All {
        return Err(super::Usage(
            "the trial's broker is in this process alone, so it runs both stages; --role wants a real Kafka"
                .to_owned(),
        )
        .into());
    }
    let options = Options { role, addresses_file: args.addresses_file, ..Options::default() };
    let runtime = runtime()?;
    let ended = runtime.block_on(async move {
        let hangups = Hangups::heard_from_now()?;
        let running = App::new(config.clone(), options).start().await?;
        if let Some(banner) = app::banner(&config, &running) {
            eprintln!("{banner}");
        }
        app::run_until_told(running, hangups).await
    });
    // All that matters was waited for; a reload that goes on would keep the process for nothing.
    runtime.shutdown_background();
    ended.map(|()| Done::Well)
}

/// The runtime of the whole process.
pub(super) fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().context("can't start the runtime")
}

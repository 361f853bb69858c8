//! The command line: arguments in, one call, an exit status out. One file for each command.

mod approve;
mod backtest;
mod check;
mod cluster;
mod completions;
mod decision;
mod demo;
mod event;
mod explain;
mod follow;
mod incident;
mod init;
mod message;
mod output;
mod preview;
mod rejected;
mod schema;
mod serve;
mod source;
mod tail;
mod test;
mod topics;
mod webhook;
mod why;
mod words;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::LazyLock;

use clap::{CommandFactory, Parser, Subcommand, ValueEnum};

use crate::config::{self, Config, Environment, Request};
use crate::http::operations::{VERSION, revision};
use crate::telemetry::logs::{self, LogFormat};

/// Everyone who must know is told, in their own words, once.
#[derive(Debug, Parser)]
#[command(
    name = "herald",
    version = VERSION_LINE.as_str(),
    about = "Routes incident webhooks to each audience, in its own words, through Kafka",
    long_about = "Herald takes the webhooks of your monitoring and paging tools, works out priority and \
        customer impact, applies your rules, and publishes one message per audience to Kafka.",
    after_help = "Start here:\n  \
        herald demo                 an incident acted out in half a minute, nothing to install\n  \
        herald serve                the trial: an embedded broker, the built-in policy, a curl line to try\n  \
        herald init my-herald       a policy and a herald.yaml of your own\n\n\
        Exit status: 0 all well, 1 problems were found, 2 wrong usage.",
    propagate_version = false
)]
struct Cli {
    /// How logs are written to standard error [default: human on a terminal, else json]
    #[arg(
        long,
        global = true,
        value_enum,
        env = "HERALD_LOG_FORMAT",
        hide_env = true,
        help_heading = "Logs"
    )]
    log_format: Option<Format>,
    /// error, warn, info, debug or trace; or a filter, as `herald::router=debug,info`
    #[arg(
        long,
        global = true,
        value_name = "LEVEL",
        env = "HERALD_LOG",
        hide_env_values = true,
        help_heading = "Logs"
    )]
    log_level: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Json,
    Human,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Args),
    Demo(demo::Args),
    Check(check::Args),
    Test(test::Args),
    Init(init::Args),
    Source(source::Args),
    Explain(Box<explain::Args>),
    Backtest(Box<backtest::Args>),
    Preview(preview::Args),
    Approve(approve::Args),
    Incident(Box<incident::Args>),
    Why(why::Args),
    Tail(tail::Args),
    Rejected(rejected::Args),
    Topics(topics::Args),
    Schema(schema::Args),
    Completions(completions::Args),
}

/// What `--version` says; the commit only where the build said it.
static VERSION_LINE: LazyLock<String> = LazyLock::new(|| format!("{VERSION} ({})", revision()));

/// How a command ended, when it did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Done {
    /// All well.
    Well,
    /// It did its work and found problems, which it has printed.
    Problems,
}

/// The request itself was wrong: exit status 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Usage(String);

/// The configuration that a command is told of, or finds; none where there is none.
fn configuration(file: Option<PathBuf>) -> anyhow::Result<Option<Config>> {
    let environment = Environment::of_process();
    if file.is_none() && !Path::new(config::DEFAULT_FILE).is_file() && !environment.has_overrides() {
        return Ok(None);
    }
    Ok(Some(config::load(&Request { file, environment, ..Request::default() })?))
}

/// The policy's directory that the configuration names; none is the built-in policy.
fn policy_dir(file: Option<PathBuf>) -> anyhow::Result<Option<PathBuf>> {
    Ok(configuration(file)?.and_then(|config| config.policy))
}

/// Runs the command that the process was started with.
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no errors; clap knows which stream and status each wants.
            let _ = error.print();
            return if error.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS };
        }
    };
    let format = cli.log_format.map(|format| match format {
        Format::Json => LogFormat::Json,
        Format::Human => LogFormat::Human,
    });
    // The services log; the other commands print, and only their warnings are of interest.
    let quiet = !matches!(cli.command, Command::Serve(_));
    let level = cli.log_level.as_deref().unwrap_or(if quiet { "warn" } else { "info" });
    if let Err(error) = logs::init(format, level) {
        eprintln!("herald: {error}");
        return ExitCode::from(2);
    }
    match dispatch(cli.command) {
        Ok(Done::Well) => ExitCode::SUCCESS,
        Ok(Done::Problems) => ExitCode::from(1),
        Err(error) => failed(&error),
    }
}

fn dispatch(command: Command) -> anyhow::Result<Done> {
    match command {
        Command::Serve(args) => serve::run(args),
        Command::Demo(args) => demo::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Test(args) => test::run(&args),
        Command::Init(args) => init::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Source(args) => source::run(&args),
        Command::Backtest(args) => backtest::run(&args),
        Command::Preview(args) => preview::run(&args),
        Command::Approve(args) => approve::run(&args),
        Command::Incident(args) => incident::run(&args),
        Command::Why(args) => why::run(&args),
        Command::Tail(args) => tail::run(&args),
        Command::Rejected(args) => rejected::run(&args),
        Command::Topics(args) => topics::run(&args),
        Command::Schema(args) => schema::run(&args),
        Command::Completions(args) => completions::run(&args, &mut Cli::command()),
    }
}

fn failed(error: &anyhow::Error) -> ExitCode {
    // `herald tail | head` ends well when `head` has seen enough.
    let pipe_closed = error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(|cause| cause.kind() == std::io::ErrorKind::BrokenPipe);
    if pipe_closed {
        return ExitCode::SUCCESS;
    }
    eprintln!("herald: {error:#}");
    let usage = error.downcast_ref::<Usage>().is_some();
    ExitCode::from(if usage { 2 } else { 1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commands_are_consistent_and_each_has_examples() {
        Cli::command().debug_assert();
        for command in Cli::command().get_subcommands() {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains("herald "), "{} has no example", command.get_name());
            assert!(command.get_about().is_some(), "{}", command.get_name());
        }
    }
}

//! Measures what Herald's documentation promises. `scripts/bench` runs all of it on a real Apache
//! Kafka; BENCHMARKS.md says how it measures, and what was found.

mod backtest;
mod body;
mod check;
mod delay;
mod events;
mod floor;
mod fold;
mod histogram;
mod intake;
mod kafka;
mod large;
mod load;
mod load_command;
mod mapping;
mod meter;
mod metrics;
mod mix;
mod pause;
mod reload;
mod request;
mod router;
mod rules;
mod run_command;
mod server;
mod state;
mod table;
mod wire;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures Herald, and other products from outside.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Measures Herald on a Kafka, and writes results.json.
    Run(run_command::Arguments),
    /// Sends webhooks to any server and prints what it takes.
    Load(load_command::Arguments),
    /// Serves the floor: a bare handler that publishes what it gets. Prints its address.
    Floor {
        /// Where Kafka is.
        #[arg(long, env = "KAFKA_BOOTSTRAP_SERVERS")]
        bootstrap_servers: String,
        /// The topic that it publishes to; made if it is not there.
        #[arg(long)]
        topic: String,
        /// Threads that serve.
        #[arg(long, default_value_t = 2)]
        workers: usize,
    },
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Run(arguments) => run_command::run(&arguments),
        Command::Load(arguments) => load_command::run(&arguments),
        Command::Floor { bootstrap_servers, topic, workers } => {
            floor::serve(&bootstrap_servers, &topic, workers)
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

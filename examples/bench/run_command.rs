//! `bench run`: all measurements, or some, and `results.json`.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::intake;
use crate::server::Place;

/// What is measured, and how long.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Only these.
    #[arg(long, value_enum, value_delimiter = ',', default_value = "method,intake")]
    only: Vec<Section>,
    /// Where Kafka is.
    #[arg(long, env = "KAFKA_BOOTSTRAP_SERVERS")]
    bootstrap_servers: String,
    /// Process ids of the brokers, where they run on this machine.
    #[arg(long, env = "KAFKA_PIDS", value_delimiter = ' ', default_value = "")]
    broker_pids: Vec<String>,
    /// The binary that is measured; by default the one that was built beside this.
    #[arg(long, env = "HERALD_BIN")]
    herald: Option<PathBuf>,
    /// Where configurations, logs and results.json go.
    #[arg(long, default_value = "target/bench")]
    dir: PathBuf,
    /// Pairs of floor and Herald.
    #[arg(long, default_value_t = 7)]
    pairs: usize,
    /// Webhooks of each round.
    #[arg(long, default_value_t = 20_000)]
    webhooks: u64,
    /// Connections of the pairs.
    #[arg(long, default_value_t = 64)]
    connections: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Section {
    /// The floor beside itself: how exact the ratios are.
    Method,
    /// CPU for each webhook, beside the floor.
    Intake,
}

/// Measures, prints, and writes results.json.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    fs::create_dir_all(&arguments.dir)?;
    let beside = std::env::current_exe()?.with_file_name("../herald");
    let herald = arguments.herald.clone().unwrap_or(beside);
    let place = Place {
        bootstrap_servers: arguments.bootstrap_servers.clone(),
        broker_pids: arguments.broker_pids.iter().filter_map(|pid| pid.parse().ok()).collect(),
        herald: herald.canonicalize().with_context(|| format!("{} is not built", herald.display()))?,
        dir: arguments.dir.canonicalize()?,
    };
    // Topics of their own for each run, so that one Kafka serves many.
    let prefix = format!("bench{}.", Timestamp::now().as_second());
    let mut results = Map::new();
    results.insert("machine".to_owned(), machine());
    for section in &arguments.only {
        let (name, figures) = match section {
            Section::Method => ("method", intake::run_method(&place, &prefix, &extent(arguments))?),
            Section::Intake => ("intake", intake::run(&place, &prefix, &extent(arguments))?),
        };
        results.insert(name.to_owned(), figures);
        // After each: what was measured is kept, even if what follows fails.
        let path = place.dir.join("results.json");
        fs::write(&path, serde_json::to_vec_pretty(&results)?)?;
    }
    println!("figures: {}", arguments.dir.join("results.json").display());
    Ok(())
}

fn extent(arguments: &Arguments) -> intake::Extent {
    intake::Extent {
        pairs: arguments.pairs,
        webhooks: arguments.webhooks,
        connections: arguments.connections,
        table_connections: vec![1, 64, 512],
    }
}

/// What it ran on, and when.
fn machine() -> Value {
    let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let models: Vec<&str> = cpuinfo
        .lines()
        .filter_map(|line| line.strip_prefix("model name"))
        .map(|rest| rest.trim_start_matches([' ', '\t', ':']))
        .collect();
    let read = |path: &str| fs::read_to_string(path).map(|text| text.trim().to_owned()).unwrap_or_default();
    let revision = Command::new("git").args(["rev-parse", "--short", "HEAD"]).output();
    let revision = revision.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    json!({
        "at": format!("{:.0}", Timestamp::now()),
        "cpu": models.first(), "cores": models.len(),
        "kernel": read("/proc/sys/kernel/osrelease"), "load_before": read("/proc/loadavg"),
        "revision": revision.unwrap_or_default(),
    })
}

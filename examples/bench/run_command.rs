//! `bench run`: all measurements, or some, and `results.json`.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::server::Place;
use crate::table::{self, Target};
use crate::{backtest, check, delay, fold, intake, mapping, reload, router, rules, state};

/// What is measured, and how long.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Only these.
    #[arg(
        long,
        value_enum,
        value_delimiter = ',',
        default_value = "check,rules,backtest,mapping,fold,method,intake,router,delay,reload,state"
    )]
    only: Vec<Section>,
    /// Where Kafka is; `check`, `rules`, `backtest` and `fold` need none.
    #[arg(long, env = "KAFKA_BOOTSTRAP_SERVERS", default_value = "")]
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
    /// Pairs of few and many rules, and rounds of the fold.
    #[arg(long, default_value_t = 15)]
    rounds: usize,
    /// Backlogs of each mix for the router.
    #[arg(long, default_value_t = 3)]
    backlogs: usize,
    /// Events of an everyday backlog; a grave one has a quarter.
    #[arg(long, default_value_t = 60_000)]
    events: u64,
    /// Webhooks a second, while the time from 202 to visible is measured.
    #[arg(long, default_value_t = 1_000.0)]
    rate: f64,
    /// Open incidents that a router remembers.
    #[arg(long, value_delimiter = ',', default_value = "100000,1000000")]
    incidents: Vec<usize>,
    /// For how long, after a warm-up of a quarter of it.
    #[arg(long, default_value_t = 20.0)]
    seconds: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Section {
    /// To read and prove a large policy, in process.
    Check,
    /// A mapping beside an adapter, in process.
    Mapping,
    /// Cost against the number of rules, in process.
    Rules,
    /// A past through two policies: in process, and the command itself.
    Backtest,
    /// CPU of fold, words and records for each event, in process.
    Fold,
    /// The floor beside itself: how exact the ratios are.
    Method,
    /// CPU for each webhook, beside the floor.
    Intake,
    /// Events a second, and CPU for each, of one router.
    Router,
    /// From 202 to what a subscriber can read.
    Delay,
    /// What reloads of a large policy add to a router: in process, and to the way from 202 to visible.
    Reload,
    /// Room and time for many open incidents, and what time itself costs.
    State,
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
    let mut targets: Vec<Target> = Vec::new();
    for section in &arguments.only {
        let (figures, kept) = section.measure(arguments, &place, &prefix)?;
        results.insert(format!("{section:?}").to_lowercase(), figures);
        targets.extend(kept);
        results.insert("targets".to_owned(), json!(targets));
        // After each: what was measured is kept, even if what follows fails.
        let path = place.dir.join("results.json");
        fs::write(&path, serde_json::to_vec_pretty(&results)?)?;
    }
    table::print_targets(&targets);
    println!("figures: {}", arguments.dir.join("results.json").display());
    Ok(())
}

impl Section {
    fn measure(self, arguments: &Arguments, place: &Place, prefix: &str) -> Result<(Value, Vec<Target>)> {
        let needs_kafka =
            !matches!(self, Self::Check | Self::Mapping | Self::Rules | Self::Backtest | Self::Fold);
        if needs_kafka && place.bootstrap_servers.is_empty() {
            bail!("{self:?} needs a Kafka: scripts/bench starts one, KAFKA_BOOTSTRAP_SERVERS names one");
        }
        let intake = intake::Extent {
            pairs: arguments.pairs,
            webhooks: arguments.webhooks,
            connections: arguments.connections,
            table_connections: vec![1, 64, 512],
        };
        match self {
            Self::Check => check::run(arguments.rounds),
            Self::Mapping => mapping::run(mapping::Extent { rounds: arguments.rounds, bodies: 20_000 }),
            Self::Rules => rules::run(arguments.rounds),
            Self::Backtest => backtest::run(place, arguments.rounds),
            Self::Fold => fold::run(arguments.rounds),
            Self::Method => intake::run_method(place, prefix, &intake),
            Self::Intake => intake::run(place, prefix, &intake),
            Self::Router => {
                let extent = router::Extent { rounds: arguments.backlogs, events: arguments.events };
                router::run(place, prefix, &extent)
            }
            Self::State => state::run(place, prefix, &arguments.incidents, arguments.rounds),
            Self::Reload => {
                let lasts = Duration::from_secs_f64(arguments.seconds);
                reload::run(place, prefix, &delay::Extent { per_second: arguments.rate, lasts })
            }
            Self::Delay => {
                let lasts = Duration::from_secs_f64(arguments.seconds);
                delay::run(place, prefix, &delay::Extent { per_second: arguments.rate, lasts })
            }
        }
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

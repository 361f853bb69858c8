//! `bench load URL`: the same webhooks and the same table for any server, so that other products
//! can be measured from outside as Herald is.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::body::{self, PagerDuty, Webhook};
use crate::load::{self, Plan};
use crate::meter::{Reading, micros_each};
use crate::request::{self, Proof, Request};
use crate::table::{self, Table};
use crate::wire::Target;

/// Every option can be set by environment, so that `make bench-load` takes them too.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// `http://host:port`, for Herald's own paths, or with the path to post to.
    url: String,
    /// `pagerduty` (2 KB), `alertmanager` (8 KB), or a file of JSON.
    #[arg(long, env = "BENCH_BODY", value_delimiter = ',', default_value = "pagerduty,alertmanager")]
    body: Vec<String>,
    /// Connections at once; one row each.
    #[arg(long, env = "BENCH_CONNECTIONS", value_delimiter = ',', default_value = "1,64,512")]
    connections: Vec<usize>,
    /// How long each row takes, after a warm-up of a fifth of it.
    #[arg(long, env = "BENCH_SECONDS", default_value_t = 10.0)]
    seconds: f64,
    /// Webhooks a second (open loop); without it each connection sends as fast as it is answered.
    #[arg(long, env = "BENCH_RATE")]
    rate: Option<f64>,
    /// Signs `PagerDuty` bodies; the bearer token of others.
    #[arg(long, env = "BENCH_SECRET", hide_env_values = true)]
    secret: Option<String>,
    /// More headers, `Name: value`, one on each line or for each option.
    #[arg(long = "header", env = "BENCH_HEADERS", value_delimiter = '\n', hide_env_values = true)]
    headers: Vec<String>,
    /// Process id of the server, where it is on this machine: its CPU is measured too.
    #[arg(long, env = "BENCH_PID")]
    pid: Option<u32>,
}

/// Measures and prints.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let target = Target::parse(&arguments.url)?;
    let mut table = Table::new(&[
        "body",
        "bytes",
        "connections",
        "webhooks/s",
        "p50",
        "p99",
        "p99.9",
        "longest",
        "CPU each",
        "per CPU second",
    ]);
    let run = body::run_number();
    let mut sent = 0;
    for name in &arguments.body {
        let request = request_of(name, &target, arguments)?;
        for connections in &arguments.connections {
            let lasts = Duration::from_secs_f64(arguments.seconds);
            let mut plan = Plan {
                target: target.clone(),
                stories: vec![vec![request.clone()]],
                connections: *connections,
                per_second: arguments.rate,
                requests_max: u64::MAX,
                lasts: lasts / 5,
                first: run + sent,
                on_accepted: None,
            };
            sent += load::run(plan.clone())?.all_accepted()?.accepted;
            plan.first = run + sent;
            plan.lasts = lasts;
            let before = arguments.pid.map(Reading::of).transpose()?;
            let outcome = load::run(plan)?.all_accepted()?;
            sent += outcome.accepted;
            let cost = match (&before, arguments.pid) {
                (Some(before), Some(pid)) => Some(before.until(&Reading::of(pid)?).total),
                _ => None,
            };
            let each = cost.map(|cost| micros_each(cost, outcome.accepted));
            table.row(&[
                name.clone(),
                request.body_bytes().to_string(),
                connections.to_string(),
                table::count(outcome.per_second()),
                table::millis(outcome.latency.percentile(50.0)),
                table::millis(outcome.latency.percentile(99.0)),
                table::millis(outcome.latency.percentile(99.9)),
                table::millis(outcome.latency.longest()),
                each.map_or_else(|| "-".to_owned(), table::micros),
                each.map_or_else(|| "-".to_owned(), |each| table::count(1e6 / each)),
            ]);
        }
    }
    table.print();
    Ok(())
}

fn request_of(name: &str, target: &Target, arguments: &Arguments) -> Result<Request> {
    let webhook: Webhook = match name {
        "pagerduty" => PagerDuty::TRIGGERED.webhook(),
        "alertmanager" => body::alertmanager(),
        file => request::from_file(&PathBuf::from(file))
            .context("BENCH_BODY is pagerduty, alertmanager or a file")?,
    };
    let proof = match &arguments.secret {
        None => Proof::None,
        Some(secret) if name == "pagerduty" => Proof::PagerDuty(secret.clone()),
        Some(secret) => Proof::Bearer(secret.clone()),
    };
    Request::new(target, &webhook, &proof, &arguments.headers)
}

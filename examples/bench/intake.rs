//! What a webhook costs at the intake, beside the floor in the same run.

use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};

use crate::body::{self, PagerDuty, Webhook};
use crate::load::{self, Outcome, Plan};
use crate::meter::{Cost, median, micros_each};
use crate::request::Request;
use crate::server::{Place, Server, proof};
use crate::table::{self, Table, Target};

/// How much is measured.
#[derive(Debug, Clone)]
pub(crate) struct Extent {
    /// Pairs of floor and Herald.
    pub(crate) pairs: usize,
    /// Webhooks of each round.
    pub(crate) webhooks: u64,
    /// Connections of the pairs.
    pub(crate) connections: usize,
    /// Connections of the table.
    pub(crate) table_connections: Vec<usize>,
}

/// Both servers, and the number of the next delivery.
struct Bench {
    servers: [(&'static str, Server); 2],
    next: u64,
}

/// One round's figures.
struct Round {
    outcome: Outcome,
    cost: Cost,
}

impl Round {
    fn micros_each(&self) -> f64 {
        micros_each(self.cost.total, self.outcome.accepted)
    }
}

/// Most CPU of a webhook, in floors.
const RATIO_MAX: f64 = 2.0;

/// Measures Herald beside the floor, and prints; the figures as JSON.
pub(crate) fn run(place: &Place, prefix: &str, extent: &Extent) -> Result<(Value, Vec<Target>)> {
    let herald = Server::herald(place, &format!("{prefix}intake."), "intake")?;
    let floor = Server::floor(place, &format!("{prefix}floor"), workers()?)?;
    let mut bench = Bench { servers: [("floor", floor), ("herald", herald)], next: body::run_number() };
    let webhooks = [PagerDuty::TRIGGERED.webhook(), body::alertmanager(), body::datadog(), body::sns()];
    let (mut pairs, mut targets) = (Vec::new(), Vec::new());
    for webhook in &webhooks {
        let (figures, ratio) = bench.pairs(webhook, extent)?;
        pairs.push(figures);
        targets.push(Target {
            what: format!(
                "intake CPU of a {} webhook of {} bytes, in floors",
                webhook.source,
                webhook.body.len()
            ),
            wanted: format!("at most {}", table::times(RATIO_MAX)),
            found: table::times(ratio),
            met: ratio <= RATIO_MAX,
        });
    }
    Ok((json!({ "pairs": pairs, "connections": bench.by_connections(&webhooks, extent)? }), targets))
}

/// Measures the floor beside itself: how far a ratio is from 1 is what the method can't tell.
pub(crate) fn run_method(place: &Place, prefix: &str, extent: &Extent) -> Result<(Value, Vec<Target>)> {
    let one = Server::floor(place, &format!("{prefix}one"), workers()?)?;
    let two = Server::floor(place, &format!("{prefix}two"), workers()?)?;
    let mut bench = Bench { servers: [("floor", one), ("again", two)], next: body::run_number() };
    Ok((bench.pairs(&PagerDuty::TRIGGERED.webhook(), extent)?.0, Vec::new()))
}

/// As many threads as Herald's webhook port has: one for each core.
fn workers() -> Result<usize> {
    Ok(std::thread::available_parallelism()?.get())
}

impl Bench {
    /// Floor, Herald, floor, Herald …, each pair a ratio, so that what else the machine does hits both.
    fn pairs(&mut self, webhook: &Webhook, extent: &Extent) -> Result<(Value, f64)> {
        println!(
            "Intake, {} body of {} bytes: CPU for each webhook, {} connections, {} webhooks a round\n",
            webhook.source,
            webhook.body.len(),
            extent.connections,
            extent.webhooks
        );
        for server in 0..2 {
            self.round(server, webhook, extent.connections, extent.webhooks / 2)?;
        }
        let names = [self.servers[0].0, self.servers[1].0];
        let rates = names.map(|name| format!("{name}/s"));
        let mut table = Table::new(&["pair", names[0], names[1], "ratio", &rates[0], &rates[1]]);
        let (mut firsts, mut seconds, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        let mut threads = Cost::default();
        for pair in 1..=extent.pairs {
            let first = self.round(0, webhook, extent.connections, extent.webhooks)?;
            let second = self.round(1, webhook, extent.connections, extent.webhooks)?;
            let ratio = second.micros_each() / first.micros_each();
            table.row(&[
                pair.to_string(),
                table::micros(first.micros_each()),
                table::micros(second.micros_each()),
                table::times(ratio),
                table::count(first.outcome.per_second()),
                table::count(second.outcome.per_second()),
            ]);
            firsts.push(first.micros_each());
            seconds.push(second.micros_each());
            ratios.push(ratio);
            threads = second.cost;
        }
        let (first, second, ratio) = (median(&firsts), median(&seconds), median(&ratios));
        let cells = [table::micros(first), table::micros(second), table::times(ratio)];
        table.row(&[vec!["median".to_owned()], cells.to_vec()].concat());
        table.print();
        let figures = json!({
            "body": webhook.source, "bytes": webhook.body.len(), "connections": extent.connections,
            "webhooks_a_round": extent.webhooks, "servers": names, "ratios": ratios, "ratio_median": ratio,
            "first_cpu_us": firsts, "first_cpu_us_median": first,
            "second_cpu_us": seconds, "second_cpu_us_median": second,
            "second_cpu_us_by_thread": by_thread(&threads, extent.webhooks),
        });
        Ok((figures, ratio))
    }

    fn by_connections(&mut self, webhooks: &[Webhook], extent: &Extent) -> Result<Value> {
        println!("Intake, by connections at once\n");
        let heading = [
            "body",
            "connections",
            "server",
            "webhooks/s",
            "per CPU second",
            "p50 to 202",
            "p99 to 202",
            "longest",
        ];
        let mut table = Table::new(&heading);
        let mut figures = Vec::new();
        for webhook in webhooks {
            for connections in &extent.table_connections {
                for server in 0..2 {
                    // One connection waits for each acknowledgement, 1 ms of linger and more.
                    let count = if *connections == 1 { extent.webhooks / 10 } else { extent.webhooks };
                    self.round(server, webhook, *connections, count / 4)?;
                    let round = self.round(server, webhook, *connections, count)?;
                    let (outcome, name) = (&round.outcome, self.servers[server].0);
                    let (p50, p99) = (outcome.latency.percentile(50.0), outcome.latency.percentile(99.0));
                    table.row(&[
                        webhook.source.to_owned(),
                        connections.to_string(),
                        name.to_owned(),
                        table::count(outcome.per_second()),
                        table::count(1e6 / round.micros_each()),
                        table::millis(p50),
                        table::millis(p99),
                        table::millis(outcome.latency.longest()),
                    ]);
                    figures.push(json!({
                        "body": webhook.source, "connections": connections, "server": name,
                        "webhooks_per_s": outcome.per_second(), "cpu_us": round.micros_each(),
                        "webhooks_per_cpu_s": 1e6 / round.micros_each(),
                        "p50_ms": p50.as_secs_f64() * 1e3, "p99_ms": p99.as_secs_f64() * 1e3,
                    }));
                }
            }
        }
        table.print();
        Ok(Value::from(figures))
    }

    fn round(&mut self, server: usize, webhook: &Webhook, connections: usize, count: u64) -> Result<Round> {
        let server = &self.servers[server].1;
        let target = server.target()?;
        let plan = Plan {
            target: target.clone(),
            stories: vec![vec![Request::new(target, webhook, &proof(webhook.source), &[])?]],
            connections,
            per_second: None,
            requests_max: count,
            lasts: Duration::from_mins(2),
            first: self.next,
            on_accepted: None,
        };
        self.next += count;
        let before = server.cpu()?;
        let outcome = load::run(plan)?.all_accepted()?;
        let cost = before.until(&server.cpu()?);
        Ok(Round { outcome, cost })
    }
}

fn by_thread(cost: &Cost, count: u64) -> Value {
    cost.by_thread.iter().map(|(name, time)| (name.clone(), json!(micros_each(*time, count)))).collect()
}

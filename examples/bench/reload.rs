//! What reloads of a large policy add to a router: the longest pause between two events in this
//! process, and the way from 202 to visible through a whole Herald.

use std::time::Duration;

use anyhow::{Context, Result};
use herald::policy::load;
use serde_json::{Value, json};

use crate::delay::{self, Extent};
use crate::histogram::Histogram;
use crate::large::{self, Edited, RULES, SERVICES};
use crate::pause;
use crate::server::{Place, Server};
use crate::table::{self, Table, Target};
use crate::{kafka, metrics};

/// Reloads in this process.
const RELOADS: usize = 5;
/// Longest between two events while they go on, in the fold's own CPU time: no less than what they add.
const PAUSE_MAX: Duration = Duration::from_millis(50);
/// Between two reloads of the whole service.
const EVERY: Duration = Duration::from_secs(4);

/// Measures, and prints; the figures as JSON.
pub(crate) fn run(place: &Place, prefix: &str, extent: &Extent) -> Result<(Value, Vec<Target>)> {
    let (inside, target) = in_process(place)?;
    let whole = whole(place, prefix, extent)?;
    Ok((json!({ "in_process": inside, "whole": whole }), vec![target]))
}

fn in_process(place: &Place) -> Result<(Value, Target)> {
    println!(
        "Reload of {SERVICES} services, {RULES} rules, {RELOADS} times beside a fold with 10,000 open \
         incidents: the longest between two events\n"
    );
    let mut policies = Edited::new(&large::source()?, place.dir.join("reload-in-process"))?;
    let store = pause::store(policies.dir())?;
    let ([with, without], each) = pause::measure(&mut policies, &store, RELOADS)?;
    let mut table = Table::new(&["", "events", "longest, CPU of the fold", "longest, time"]);
    for (name, longest) in [("without", without), ("with reloads", with)] {
        table.row(&[
            name.to_owned(),
            longest.events.to_string(),
            table::millis(longest.cpu),
            table::millis(longest.wall),
        ]);
    }
    table.print();
    println!("A reload took {}.\n", table::millis(each));
    let target = Target {
        what: "longest between two events of a fold while the large policy is reloaded".to_owned(),
        wanted: format!("at most {}", table::millis(PAUSE_MAX)),
        found: table::millis(with.cpu),
        met: with.cpu <= PAUSE_MAX,
    };
    let millis = |time: Duration| time.as_secs_f64() * 1e3;
    let figures = json!({
        "reloads": RELOADS, "reload_ms": millis(each), "events": with.events,
        "longest_cpu_ms": { "with": millis(with.cpu), "without": millis(without.cpu) },
        "longest_ms": { "with": millis(with.wall), "without": millis(without.wall) },
    });
    Ok((figures, target))
}

fn whole(place: &Place, prefix: &str, extent: &Extent) -> Result<Value> {
    let prefix = format!("{prefix}reload.");
    let source = large::source()?;
    let policy = load(&source).ok().context("the large policy is wrong")?.policy;
    let mut policies = Edited::new(&source, place.dir.join("reload-whole"))?;
    kafka::create_all_topics(&place.bootstrap_servers, &prefix, &policy)?;
    let server = Server::herald_with(place, &prefix, "all", Some(policies.dir()))?;
    let operations = server.operations.as_ref().context("no operations port")?;
    let (consumer, decisions) = delay::subscriber(place, &prefix, &policy)?;
    println!(
        "202 to visible under the large policy, {:.0} webhooks a second for {:?}, without and with a reload \
         every {EVERY:?}\n",
        extent.per_second, extent.lasts
    );
    let measure = |lasts| delay::measure(&server, &consumer, &decisions, extent, lasts);
    measure(extent.lasts / 4)?;
    let (_, without) = measure(extent.lasts)?;
    let over = std::sync::atomic::AtomicBool::new(false);
    let (with, reloads) = std::thread::scope(|scope| {
        let reloading = scope.spawn(|| -> Result<usize> {
            let mut reloads = 0;
            loop {
                std::thread::sleep(EVERY);
                if over.load(std::sync::atomic::Ordering::Relaxed) {
                    return Ok(reloads);
                }
                policies.edit()?;
                metrics::reload(operations)?;
                reloads += 1;
            }
        });
        let with = measure(extent.lasts);
        over.store(true, std::sync::atomic::Ordering::Relaxed);
        let reloads = reloading.join().map_err(|_| anyhow::anyhow!("the reloads panicked"))??;
        anyhow::Ok((with?.1, reloads))
    })?;
    Ok(print(&without, &with, reloads))
}

fn print(without: &Histogram, with: &Histogram, reloads: usize) -> Value {
    let mut table = Table::new(&["", "messages", "p50 to visible", "p99", "p99.9", "longest"]);
    let mut figures = serde_json::Map::new();
    figures.insert("reloads".to_owned(), reloads.into());
    for (name, delays) in [("without", without), ("with", with)] {
        let times = [50.0, 99.0, 99.9].map(|percent| delays.percentile(percent));
        let [p50, p99, p999, longest] = [times[0], times[1], times[2], delays.longest()];
        let shown = match name {
            "with" => format!("with {reloads} reloads"),
            name => name.to_owned(),
        };
        let cells = [p50, p99, p999, longest].map(table::millis);
        table.row(&[vec![shown, delays.len().to_string()], cells.to_vec()].concat());
        let millis = |time: Duration| time.as_secs_f64() * 1e3;
        figures.insert(
            name.to_owned(),
            json!({
                "messages": delays.len(), "p50_ms": millis(p50), "p99_ms": millis(p99),
                "p999_ms": millis(p999), "longest_ms": millis(longest),
            }),
        );
    }
    table.print();
    Value::Object(figures)
}

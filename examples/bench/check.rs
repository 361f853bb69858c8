//! What it takes to read, compile and prove a large policy, as `herald check` and a reload do it.

use anyhow::{Context, Result, ensure};
use herald::policy::load;
use serde_json::{Value, json};

use crate::large::{self, RULES, SERVICES};
use crate::meter::{Stopwatch, median};
use crate::table::{self, Table, Target};

/// CPU of one check.
const SECONDS_MAX: f64 = 2.0;

/// Measures, and prints; the figures as JSON.
pub(crate) fn run(rounds: usize) -> Result<(Value, Vec<Target>)> {
    println!("Check of a large policy: CPU of one, {rounds} rounds\n");
    let source = large::source()?;
    let templates = source.iter().filter(|(path, _)| path.starts_with("templates/")).count();
    let mut seconds = Vec::new();
    for _ in 0..rounds {
        let watch = Stopwatch::start();
        let loaded = load(&source).ok().context("the large policy is wrong")?;
        seconds.push(watch.read().as_secs_f64());
        ensure!(loaded.policy.routes.list.len() > RULES);
    }
    let found = median(&seconds);
    let mut table = Table::new(&["services", "rules", "templates", "check"]);
    table.row(&[SERVICES.to_string(), RULES.to_string(), templates.to_string(), table::micros(found * 1e6)]);
    table.print();
    let target = Target {
        what: format!("check of {SERVICES} services, {RULES} rules, {templates} templates"),
        wanted: format!("at most {SECONDS_MAX} s"),
        found: format!("{found:.2} s"),
        met: found <= SECONDS_MAX,
    };
    let figures = json!({ "services": SERVICES, "rules": RULES, "templates": templates, "seconds": seconds });
    Ok((figures, vec![target]))
}

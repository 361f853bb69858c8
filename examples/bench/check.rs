//! What it takes to read, compile and prove a large policy, as `herald check` and a reload do it.

use std::fmt::Write as _;

use anyhow::{Context, Result, ensure};
use herald::policy::{Source, load};
use serde_json::{Value, json};

use crate::meter::{Stopwatch, median};
use crate::table::{self, Table, Target};

/// Services beside the default policy's own.
const SERVICES: usize = 1_000;
/// Routes beside them.
const RULES: usize = 10_000;
/// Audiences with templates of their own: twenty-two each, about a thousand in all.
const AUDIENCES: usize = 42;
/// The folder that each of them has a copy of.
const FOLDER: &str = "/business-teams/";
/// CPU of one check.
const SECONDS_MAX: f64 = 2.0;

/// Measures, and prints; the figures as JSON.
pub(crate) fn run(rounds: usize) -> Result<(Value, Vec<Target>)> {
    println!("Check of a large policy: CPU of one, {rounds} rounds\n");
    let source = large()?;
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

/// The default policy with more of everything.
fn large() -> Result<Source> {
    let source = Source::built_in();
    let text = |path: &str| source.text(path).map(str::to_owned).with_context(|| path.to_owned());
    let services = text("services.yaml")?;
    let (own, business) = services.split_once("\nbusiness_services:").context("services.yaml")?;
    let mut services = own.to_owned();
    for n in 0..SERVICES {
        write!(
            services,
            "\n  svc-{n}: {{ known_as: [svc-{n}, \"prod/svc-{n}\"], business_service: online-shop, tier: {}, team: team-{} }}",
            n % 3 + 1,
            n % 50
        )?;
    }
    write!(services, "\nbusiness_services:{business}")?;
    let mut routes = text("routes.yaml")?;
    for n in 0..RULES {
        let when = format!(
            "service: svc-{}, priority: P{}, label.env: env-{}",
            n % SERVICES,
            n % 5 + 1,
            n / SERVICES
        );
        writeln!(routes, "  - {{ name: more-{n}, when: {{ {when} }}, tell: [unit-{}] }}", n % AUDIENCES)?;
    }
    let mut audiences = text("audiences.yaml")?;
    let one = audiences.split("\n  marketing:").nth(1).and_then(|after| after.split("\n\n").next());
    let one = one.context("audiences.yaml")?.replace("    templates: [business-teams]\n", "");
    for n in 0..AUDIENCES {
        write!(audiences, "\n  unit-{n}:{one}\n")?;
    }
    let shared: Vec<(String, String)> = source
        .iter()
        .filter(|(path, _)| path.contains(FOLDER))
        .map(|(path, text)| (path.to_owned(), text.to_owned()))
        .collect();
    let own = (0..AUDIENCES).flat_map(|n| {
        shared.iter().map(move |(path, text)| (path.replace(FOLDER, &format!("/unit-{n}/")), text.clone()))
    });
    let whole = source
        .clone()
        .with("services.yaml", services)
        .with("routes.yaml", routes)
        .with("audiences.yaml", audiences);
    Ok(own.fold(whole, |whole, (path, text)| whole.with(path, text)))
}

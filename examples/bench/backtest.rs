//! How fast a past goes through two policies: a month of recorded events, in this process part by
//! part, and by the command itself, its start included.

use std::fs::{self, File};
use std::hint::black_box;
use std::io::{BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use herald::backtest::{Backtest, Proposed};
use herald::core::event::Event;
use herald::core::record;
use herald::core::template::Proofs;
use herald::policy::{Source, load_knowing};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::events;
use crate::large;
use crate::meter::{Reading, Stopwatch, median, micros_each};
use crate::mix::Mix;
use crate::server::Place;
use crate::table::{self, Table, Target};

/// Events of the past.
const EVENTS: usize = 60_000;
/// An incident begins so long after the one before; three events each make a month of them.
const APART: SignedDuration = SignedDuration::from_mins(2);
/// The stories of the mix take a minute and a half; these take half an hour.
const SLOWER: u32 = 20;
/// A second of CPU of one core.
const PER_SECOND_MIN: f64 = 20_000.0;
/// The route that the other policy lacks.
const ROUTE: &str = "executives-hear-of-what-customers-feel";

/// What the past goes through.
struct Pair {
    name: &'static str,
    proposed: Source,
    differs: bool,
}

/// Measures, and prints; the figures as JSON.
pub(crate) fn run(place: &Place, rounds: usize) -> Result<(Value, Vec<Target>)> {
    let dir = place.dir.join("backtest");
    fs::create_dir_all(&dir)?;
    let lines = recorded()?;
    let file = dir.join("events.jsonl");
    write_lines(&lines, &file)?;
    let now = Source::built_in();
    let pairs = [
        Pair { name: "itself", proposed: now.clone(), differs: false },
        Pair { name: "one with a route less", proposed: without(&now, ROUTE)?, differs: true },
    ];
    println!(
        "Backtest of {EVENTS} recorded events of the everyday mix, a month of them, the default policy \
         against another: CPU, {rounds} rounds\n"
    );
    let mut table = Table::new(&[
        "against",
        "to read an event",
        "both folds, compared",
        "events/s",
        "the command, its start included",
    ]);
    let (mut figures, mut targets) = (Vec::new(), Vec::new());
    for (number, pair) in pairs.iter().enumerate() {
        let dirs = [dir.join("now"), dir.join(format!("then-{number}"))];
        large::write(&now, &dirs[0])?;
        large::write(&pair.proposed, &dirs[1])?;
        let mut found = [const { Vec::new() }; 3];
        for _ in 0..rounds {
            let [read, both] = in_process(pair, &lines)?;
            let whole = command(place, &dirs, &file, pair.differs)?;
            let each = |time| micros_each(time, EVENTS as u64);
            found[0].push(each(read));
            found[1].push(each(both));
            found[2].push(each(whole));
        }
        let [read, both, whole] = found.each_ref().map(|costs| median(costs));
        let [inside, outside] = [both, whole].map(|micros| 1e6 / micros);
        table.row(&[
            pair.name.to_owned(),
            table::micros(read),
            table::micros(both - read),
            table::count(inside),
            format!("{} events/s", table::count(outside)),
        ]);
        figures.push(json!({
            "against": pair.name, "events": EVENTS, "read_us": read, "read_and_folded_us": both,
            "command_us": whole, "events_per_s": inside, "command_events_per_s": outside,
            "command_us_each_round": found[2],
        }));
        targets.push(Target {
            what: format!("events a second of `herald backtest`, against {}, its start included", pair.name),
            wanted: format!("at least {}", table::count(PER_SECOND_MIN)),
            found: table::count(outside),
            met: outside >= PER_SECOND_MIN,
        });
    }
    table.print();
    Ok((Value::from(figures), targets))
}

/// Events as they stand on `incident.events`, in the order of their times.
fn recorded() -> Result<Vec<Vec<u8>>> {
    let start: Timestamp = "2026-03-01T00:00:00Z".parse()?;
    let stories = Mix::Everyday.stories();
    let mut said = Vec::new();
    for (incident, story) in (0_u32..).zip(stories.iter().cycle()) {
        let began = start + APART * i32::try_from(incident)?;
        for one in story {
            let mut one = *one;
            one.after *= SLOWER;
            said.push((began + SignedDuration::from_secs(one.after.into()), began, incident, one));
        }
        if said.len() >= EVENTS {
            break;
        }
    }
    said.sort_by_key(|(at, _, incident, _)| (*at, *incident));
    said.truncate(EVENTS);
    let line = |(delivery, (at, began, incident, said)): (u64, (_, _, u32, crate::body::PagerDuty))| {
        let event = events::event(&said.webhook_of(began), incident.into(), delivery, at)?;
        record::event(&event, None)?.payload.context("an event has a payload")
    };
    (0..).zip(said).map(line).collect()
}

fn write_lines(lines: &[Vec<u8>], file: &Path) -> Result<()> {
    let mut out = BufWriter::new(File::create(file)?);
    for line in lines {
        out.write_all(line)?;
        out.write_all(b"\n")?;
    }
    Ok(out.flush()?)
}

/// The policy without this route.
fn without(source: &Source, route: &str) -> Result<Source> {
    const FILE: &str = "routes.yaml";
    let text = source.text(FILE).context(FILE)?;
    let start = text.find(&format!("  - name: {route}\n")).context("the default policy has changed")?;
    let end = text[start..].find("\n\n").map_or(text.len(), |end| start + end + 2);
    Ok(source.clone().with(FILE, format!("{}{}", &text[..start], &text[end..])))
}

/// CPU of reading all events, and of reading and folding them.
fn in_process(pair: &Pair, lines: &[Vec<u8>]) -> Result<[Duration; 2]> {
    let refused = |problems| anyhow::anyhow!("{problems:?}");
    let proofs = Proofs::default();
    let current = Arc::new(load_knowing(&Source::built_in(), &proofs).map_err(refused)?.policy);
    let proposed = Proposed::load(&pair.proposed, false, &proofs).map_err(refused)?;
    let watch = Stopwatch::start();
    for line in lines {
        black_box(serde_json::from_slice::<Event>(line)?);
    }
    let read = watch.read();
    let mut backtest = Backtest::new(current, proposed, 3);
    let watch = Stopwatch::start();
    for line in lines {
        let event: Event = serde_json::from_slice(line)?;
        backtest.event(&event, event.received_at).map_err(|error| anyhow::anyhow!(error))?;
    }
    let report = backtest.finish();
    let both = watch.read();
    ensure!(report.is_same() != pair.differs, "against {}: {report:?}", pair.name);
    Ok([read, both])
}

/// CPU of the command, from its start to its end.
fn command(place: &Place, dirs: &[PathBuf; 2], file: &Path, differs: bool) -> Result<Duration> {
    let mut child = Command::new(&place.herald)
        .args(["backtest", "--format", "json", "--allow-differences", "--policy"])
        .arg(&dirs[0])
        .arg("--against")
        .args([dirs[1].as_path(), file])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut printed = String::new();
    child.stdout.take().context("no output")?.read_to_string(&mut printed)?;
    // Its memory is given back before its output ends; until it is waited for, its sums can be read.
    let spent = Reading::of(child.id());
    ensure!(child.wait()?.success(), "herald backtest fails");
    let report: Value = serde_json::from_str(&printed)?;
    ensure!(report["events"] == EVENTS && report["same"] != differs, "herald backtest prints {printed}");
    Ok(spent?.total())
}

//! How many events one router takes, and what each costs: a backlog on a real Kafka, folded, told
//! and committed under the default policy.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use herald::core::event::Event;
use herald::core::record;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::body::{self, Webhook};
use crate::meter::{Cost, Reading, median};
use crate::mix::Mix;
use crate::server::{Place, Server};
use crate::table::{self, Table, Target};
use crate::{events, fold, kafka, metrics};

/// How much is measured.
#[derive(Debug, Clone)]
pub(crate) struct Extent {
    /// Backlogs of each mix.
    pub(crate) rounds: usize,
    /// Events of an everyday backlog; a grave one has a quarter.
    pub(crate) events: u64,
}

/// Events a second of the everyday mix.
const PER_SECOND_MIN: f64 = 10_000.0;
/// Longest that one backlog may take.
const FOLDED_WITHIN: Duration = Duration::from_mins(2);
/// How often the router is asked how far it has come.
const ASK_INTERVAL: Duration = Duration::from_millis(50);

/// One backlog's figures, from a twentieth of it to its end: the start is another matter.
struct Round {
    events: f64,
    lasted: Duration,
    router: Cost,
    brokers: Option<Duration>,
    messages: f64,
}

impl Round {
    fn per_second(&self) -> f64 {
        self.events / self.lasted.as_secs_f64()
    }
    fn micros_each(&self, time: Duration) -> f64 {
        time.as_secs_f64() * 1e6 / self.events
    }
}

/// Measures, and prints; the figures as JSON.
pub(crate) fn run(place: &Place, prefix: &str, extent: &Extent) -> Result<(Value, Vec<Target>)> {
    let policy = fold::policy()?;
    let prefix = format!("{prefix}router.");
    kafka::create_all_topics(&place.bootstrap_servers, &prefix, &policy)?;
    println!("Router, a backlog of events under the default policy, {} rounds of each mix\n", extent.rounds);
    let mut rounds: BTreeMap<&str, Vec<Round>> = BTreeMap::new();
    let mut first = body::run_number();
    for _ in 0..extent.rounds {
        for mix in [Mix::Everyday, Mix::Grave] {
            let count = if mix == Mix::Grave { extent.events / 4 } else { extent.events };
            let round = one_round(place, &prefix, mix, first, count)?;
            first += count;
            rounds.entry(mix.as_str()).or_default().push(round);
        }
    }
    let heading =
        ["mix", "events/s", "messages an event", "router CPU each", "its fold thread", "brokers' CPU each"];
    let mut table = Table::new(&heading);
    let mut figures = serde_json::Map::new();
    let mut everyday = 0.0;
    for mix in [Mix::Everyday, Mix::Grave] {
        let rounds = rounds.get(mix.as_str()).map(Vec::as_slice).unwrap_or_default();
        let of = |figure: &dyn Fn(&Round) -> f64| median(&rounds.iter().map(figure).collect::<Vec<_>>());
        let per_second = of(&Round::per_second);
        let cpu = of(&|round| round.micros_each(round.router.total));
        let thread = of(&|round| round.micros_each(thread(&round.router)));
        let brokers = of(&|round| round.brokers.map_or(f64::NAN, |time| round.micros_each(time)));
        let messages = of(&|round| round.messages / round.events);
        if mix == Mix::Everyday {
            everyday = per_second;
        }
        table.row(&[
            mix.as_str().to_owned(),
            table::count(per_second),
            format!("{messages:.2}"),
            table::micros(cpu),
            table::micros(thread),
            table::micros(brokers),
        ]);
        figures.insert(
            mix.as_str().to_owned(),
            json!({
                "events_per_s": per_second, "each_round": rounds.iter().map(Round::per_second).collect::<Vec<_>>(),
                "router_cpu_us": cpu, "fold_thread_cpu_us": thread, "brokers_cpu_us": brokers,
                "messages_an_event": messages, "cpu_us_by_thread": rounds.last().map(by_thread),
            }),
        );
    }
    table.print();
    let target = Target {
        what: "events a second of one router, everyday mix".to_owned(),
        wanted: format!("at least {}", table::count(PER_SECOND_MIN)),
        found: table::count(everyday),
        met: everyday >= PER_SECOND_MIN,
    };
    Ok((Value::Object(figures), vec![target]))
}

/// The thread that polls, folds, renders and commits.
fn thread(cost: &Cost) -> Duration {
    cost.by_thread.get("router").copied().unwrap_or_default()
}

fn by_thread(round: &Round) -> Value {
    round
        .router
        .by_thread
        .iter()
        .map(|(name, time)| (name.clone(), json!(round.micros_each(*time))))
        .collect()
}

fn one_round(place: &Place, prefix: &str, mix: Mix, first: u64, count: u64) -> Result<Round> {
    let records = backlog(mix, first, count).map(|event| Ok(record::event(&event?, None)?));
    kafka::produce(&place.bootstrap_servers, prefix, records)?;
    let server = Server::herald(place, prefix, "router")?;
    let operations = server.operations.as_ref().context("the router has no operations port")?;
    let folded = || metrics::value(operations, "herald_router_events_total");
    #[expect(clippy::cast_precision_loss)]
    let (begins_at, ends_at) = (count as f64 / 20.0, count as f64);
    let deadline = Instant::now() + FOLDED_WITHIN;
    let reach = |goal: f64| loop {
        let (events, now) = (folded()?, Instant::now());
        if events >= goal {
            return Ok((events, now));
        }
        if now > deadline {
            bail!("the router has folded {events} of {count} events in {FOLDED_WITHIN:?}; see herald.log");
        }
        std::thread::sleep(ASK_INTERVAL);
    };
    let brokers = || place.broker_pids.iter().map(|pid| Reading::of(*pid)).collect::<Result<Vec<_>>>();
    let (begun, begins) = reach(begins_at)?;
    let (cpu, cpu_brokers) = (server.cpu()?, brokers()?);
    let told = || metrics::sum(operations, "herald_notifications_total");
    let told_before = told()?;
    let (done, ends) = reach(ends_at)?;
    let router = cpu.until(&server.cpu()?);
    let cost = |before: &Reading, after: &Reading| before.until(after).total;
    let spent: Duration =
        cpu_brokers.iter().zip(&brokers()?).map(|(before, after)| cost(before, after)).sum();
    Ok(Round {
        events: done - begun,
        lasted: ends - begins,
        router,
        brokers: (!cpu_brokers.is_empty()).then_some(spent),
        messages: told()? - told_before,
    })
}

/// Events as the intake writes them; the incidents of a mix side by side, in the order of a day on
/// which many are open at once.
pub(crate) fn backlog(mix: Mix, first: u64, count: u64) -> impl Iterator<Item = Result<Event>> {
    /// Incidents open at one time.
    const OPEN: u64 = 200;
    let stories: Vec<Vec<Webhook>> =
        mix.stories().iter().map(|story| story.iter().map(|said| said.webhook()).collect()).collect();
    let mut open: std::collections::VecDeque<(u64, usize)> =
        (0..OPEN).map(|incident| (incident, 0)).collect();
    let mut next = OPEN;
    let mut delivery = 0;
    std::iter::from_fn(move || {
        if delivery == count {
            return None;
        }
        let (incident, step) = open.pop_front()?;
        let story = &stories[usize::try_from(incident).ok()? % stories.len()];
        let made = events::event(&story[step], first + incident, first + delivery, Timestamp::now());
        delivery += 1;
        if step + 1 < story.len() {
            open.push_back((incident, step + 1));
        } else {
            open.push_back((next, 0));
            next += 1;
        }
        Some(made)
    })
}

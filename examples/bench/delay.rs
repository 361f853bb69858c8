//! From the sender's 202 to what a subscriber can read: webhooks at a steady rate through a whole
//! Herald, read back by a `read_committed` consumer.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use herald::core::policy::Policy;
use rdkafka::Message;
use rdkafka::consumer::BaseConsumer;
use serde_json::{Value, json};

use crate::body;
use crate::histogram::Histogram;
use crate::load::{self, Outcome, Plan};
use crate::meter::{Cost, micros_each};
use crate::mix::Mix;
use crate::request::Request;
use crate::server::{Place, Server, proof};
use crate::table::{self, Table, Target};
use crate::{fold, kafka};

/// How much is measured.
#[derive(Debug, Clone)]
pub(crate) struct Extent {
    /// Webhooks a second.
    pub(crate) per_second: f64,
    /// For how long.
    pub(crate) lasts: Duration,
}

/// 202 to visible, the ninety-ninth of a hundred.
const P99_MAX: Duration = Duration::from_millis(100);
/// Connections that the webhooks come over.
pub(crate) const CONNECTIONS: usize = 64;
/// What is not visible so long after the last 202 never will be.
const VISIBLE_WITHIN: Duration = Duration::from_secs(20);

/// When each event was accepted, or first read.
type Times = HashMap<String, Instant>;

/// What was read back.
#[derive(Default)]
struct Seen {
    /// When each message was there, with the event that caused it.
    messages: Vec<(String, Instant)>,
    /// Events with their decision.
    decided: Times,
}

/// Measures, and prints; the figures as JSON.
pub(crate) fn run(place: &Place, prefix: &str, extent: &Extent) -> Result<(Value, Vec<Target>)> {
    let policy = fold::policy()?;
    let prefix = format!("{prefix}delay.");
    kafka::create_all_topics(&place.bootstrap_servers, &prefix, &policy)?;
    let server = Server::herald(place, &prefix, "all")?;
    let (consumer, decisions) = subscriber(place, &prefix, &policy)?;
    println!(
        "202 to visible, everyday mix, {:.0} webhooks a second for {:?}, {CONNECTIONS} connections\n",
        extent.per_second, extent.lasts
    );
    // What a first start costs, and caches that fill, is not this measurement's.
    measure(&server, &consumer, &decisions, extent, extent.lasts / 4)?;
    let before = server.cpu()?;
    let (outcome, delays) = measure(&server, &consumer, &decisions, extent, extent.lasts)?;
    Ok(report(&outcome, &delays, &before.until(&server.cpu()?)))
}

/// Reads all messages to readers, and the decisions; says which topic has the decisions.
pub(crate) fn subscriber(place: &Place, prefix: &str, policy: &Policy) -> Result<(BaseConsumer, String)> {
    let decisions = format!("{prefix}incident.decisions");
    let audiences = policy.audiences.iter().map(|audience| format!("{prefix}notify.{}", audience.name));
    let topics: Vec<String> = audiences.chain([decisions.clone()]).collect();
    Ok((kafka::subscriber(&place.bootstrap_servers, &topics)?, decisions))
}

fn report(outcome: &Outcome, delays: &Histogram, cost: &Cost) -> (Value, Vec<Target>) {
    let [p50, p99, p999] = [50.0, 99.0, 99.9].map(|percent| delays.percentile(percent));
    let each = micros_each(cost.total, outcome.accepted);
    let heading = [
        "webhooks/s",
        "messages",
        "p50 to visible",
        "p99",
        "p99.9",
        "longest",
        "p99 to 202",
        "CPU of all of Herald",
    ];
    let mut table = Table::new(&heading);
    table.row(&[
        table::count(outcome.per_second()),
        delays.len().to_string(),
        table::millis(p50),
        table::millis(p99),
        table::millis(p999),
        table::millis(delays.longest()),
        table::millis(outcome.latency.percentile(99.0)),
        table::micros(each),
    ]);
    table.print();
    let millis = |time: Duration| time.as_secs_f64() * 1e3;
    let figures = json!({
        "webhooks_per_s": outcome.per_second(), "webhooks": outcome.accepted, "messages": delays.len(),
        "p50_ms": millis(p50), "p99_ms": millis(p99), "p999_ms": millis(p999), "longest_ms": millis(delays.longest()),
        "p99_to_202_ms": millis(outcome.latency.percentile(99.0)), "cpu_us": each,
        "cpu_us_by_thread": cost.by_thread.iter()
            .map(|(name, time)| (name.clone(), json!(micros_each(*time, outcome.accepted))))
            .collect::<Value>(),
    });
    let target = Target {
        what: "202 to visible, p99".to_owned(),
        wanted: format!("under {}", table::millis(P99_MAX)),
        found: table::millis(p99),
        met: p99 < P99_MAX,
    };
    (figures, vec![target])
}

/// Sends for so long; every event must be decided. Says how long after its 202 each message was there.
pub(crate) fn measure(
    server: &Server,
    consumer: &BaseConsumer,
    decisions: &str,
    extent: &Extent,
    lasts: Duration,
) -> Result<(Outcome, Histogram)> {
    let accepted: Arc<Mutex<Times>> = Arc::default();
    let over = AtomicBool::new(false);
    let plan = plan(server, extent, lasts, Arc::clone(&accepted))?;
    let (outcome, seen) = std::thread::scope(|scope| {
        let reader = scope.spawn(|| read(consumer, decisions, &accepted, &over));
        let outcome = load::run(plan).and_then(Outcome::all_accepted);
        over.store(true, Ordering::Release);
        let seen = reader.join().map_err(|_| anyhow::anyhow!("the reader panicked"))??;
        outcome.map(|outcome| (outcome, seen))
    })?;
    let accepted = accepted.lock().unwrap_or_else(PoisonError::into_inner);
    let mut delays = Histogram::new();
    for (event, at) in &seen.messages {
        let Some(from) = accepted.get(event) else { continue };
        // The 202 may be overtaken: then nobody waited.
        delays.add(at.saturating_duration_since(*from));
    }
    ensure!(delays.len() > 0, "nobody was told anything");
    Ok((outcome, delays))
}

fn plan(server: &Server, extent: &Extent, lasts: Duration, accepted: Arc<Mutex<Times>>) -> Result<Plan> {
    let target = server.target()?;
    let mut stories = Vec::new();
    for story in Mix::Everyday.stories() {
        let requests = story.into_iter().map(|said| {
            let webhook = said.webhook();
            Request::new(target, &webhook, &proof(webhook.source), &[])
        });
        stories.push(requests.collect::<Result<Vec<_>>>()?);
    }
    Ok(Plan {
        target: target.clone(),
        stories,
        connections: CONNECTIONS,
        per_second: Some(extent.per_second),
        requests_max: u64::MAX,
        lasts,
        first: body::run_number(),
        on_accepted: Some(Arc::new(move |_, at, answer| {
            if let Some(event) = id_after(answer, br#""id":""#) {
                accepted.lock().unwrap_or_else(PoisonError::into_inner).insert(event, at);
            }
        })),
    })
}

/// Reads until every accepted event has its decision, and its messages with it: they are in one
/// transaction, though in several partitions; so the last of them get another moment.
fn read(
    consumer: &BaseConsumer,
    decisions: &str,
    accepted: &Mutex<Times>,
    over: &AtomicBool,
) -> Result<Seen> {
    const LAST_MESSAGES_WITHIN: Duration = Duration::from_millis(500);
    let mut seen = Seen::default();
    let (mut sent_all_at, mut decided_all_at) = (None, None);
    loop {
        match consumer.poll(Duration::from_millis(20)) {
            Some(Ok(message)) => {
                let now = Instant::now();
                let payload = message.payload().unwrap_or_default();
                // What time alone causes has no event.
                if let Some(event) = id_after(payload, br#""caused_by":{"event":""#) {
                    if message.topic() == decisions {
                        seen.decided.insert(event, now);
                    } else {
                        seen.messages.push((event, now));
                    }
                }
            }
            Some(Err(error)) if !kafka::is_passing(&error) => return Err(error.into()),
            _ => {}
        }
        if !over.load(Ordering::Acquire) {
            continue;
        }
        let sent_all_at: Instant = *sent_all_at.get_or_insert_with(Instant::now);
        let enough = seen.decided.len() >= accepted.lock().unwrap_or_else(PoisonError::into_inner).len();
        if decided_all_at.is_none() && enough && missing(accepted, &seen.decided) == 0 {
            decided_all_at = Some(Instant::now());
        }
        if decided_all_at.is_some_and(|at| at.elapsed() > LAST_MESSAGES_WITHIN) {
            return Ok(seen);
        }
        if sent_all_at.elapsed() > VISIBLE_WITHIN {
            bail!(
                "{} accepted events were not decided within {VISIBLE_WITHIN:?}",
                missing(accepted, &seen.decided)
            );
        }
    }
}

fn missing(accepted: &Mutex<Times>, decided: &Times) -> usize {
    let accepted = accepted.lock().unwrap_or_else(PoisonError::into_inner);
    accepted.keys().filter(|event| !decided.contains_key(*event)).count()
}

/// The text between this and the next quotation mark; ids have none in them.
fn id_after(json: &[u8], start: &[u8]) -> Option<String> {
    let at = json.windows(start.len()).position(|window| window == start)? + start.len();
    let end = json[at..].iter().position(|byte| *byte == b'"')?;
    std::str::from_utf8(&json[at..at + end]).ok().map(str::to_owned)
}

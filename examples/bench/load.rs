//! The load client: many connections on one thread, closed loop (the next request when the last is
//! answered) or open loop (requests fall due at a steady rate, whatever the server does; a latency
//! counts from the moment its request was due, so that a stall is not omitted).

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tokio::sync::Semaphore;
use tokio::task::LocalSet;

use crate::histogram::Histogram;
use crate::request::Request;
use crate::wire::{Answer, Connection, Target};

/// Called for each 2xx: number of the delivery, when it was answered, and the answer's body.
pub(crate) type OnAccepted = Arc<dyn Fn(u64, Instant, &[u8]) + Send + Sync>;

/// What is sent, and how.
#[derive(Clone)]
pub(crate) struct Plan {
    /// Where.
    pub(crate) target: Target,
    /// Stories: each incident plays one, request after request on one connection; they take turns.
    pub(crate) stories: Vec<Vec<Request>>,
    /// Connections at once.
    pub(crate) connections: usize,
    /// Requests a second; none: closed loop.
    pub(crate) per_second: Option<f64>,
    /// Ends after so many requests …
    pub(crate) requests_max: u64,
    /// … or after so long, whichever is first.
    pub(crate) lasts: Duration,
    /// Number of the first delivery and incident.
    pub(crate) first: u64,
    /// Who is told of each 2xx.
    pub(crate) on_accepted: Option<OnAccepted>,
}

/// What came of it.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    /// Answered with 2xx.
    pub(crate) accepted: u64,
    /// Other answers, by status; 0 for none (the connection broke).
    pub(crate) refused: BTreeMap<u16, u64>,
    /// From the first request to the last answer.
    pub(crate) lasted: Duration,
    /// Of what was accepted.
    pub(crate) latency: Histogram,
}

impl Outcome {
    /// Accepted a second.
    #[expect(clippy::cast_precision_loss)]
    pub(crate) fn per_second(&self) -> f64 {
        self.accepted as f64 / self.lasted.as_secs_f64()
    }

    /// An error where anything but 2xx was answered: figures of refusals are worth nothing.
    pub(crate) fn all_accepted(self) -> Result<Self> {
        if !self.refused.is_empty() {
            bail!(
                "{} accepted, but others answered by status (0: no answer): {:?}",
                self.accepted,
                self.refused
            );
        }
        Ok(self)
    }
}

/// Sends the load from a thread of its own, and waits for its end.
pub(crate) fn run(plan: Plan) -> Result<Outcome> {
    let thread = std::thread::Builder::new().name("load".to_owned()).spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        LocalSet::new().block_on(&runtime, send(plan))
    })?;
    thread.join().map_err(|_| anyhow::anyhow!("the load client panicked"))?
}

struct Shared {
    plan: Plan,
    begins: Instant,
    /// Open loop: one permit for each request that is due.
    due: Arc<Semaphore>,
    requests: Cell<u64>,
    incidents: Cell<u64>,
    outcome: RefCell<Outcome>,
}

impl Shared {
    /// Counts an answer; says whether the connection is spent.
    fn note(
        &self,
        delivery: u64,
        from: Instant,
        now: Instant,
        connection: &Connection,
        answer: &io::Result<Answer>,
    ) -> bool {
        let mut outcome = self.outcome.borrow_mut();
        let Ok(answer) = answer else {
            *outcome.refused.entry(0).or_default() += 1;
            return true;
        };
        if (200..300).contains(&answer.status) {
            outcome.accepted += 1;
            outcome.latency.add(now - from);
            if let Some(on_accepted) = &self.plan.on_accepted {
                on_accepted(delivery, now, connection.body(answer));
            }
        } else {
            *outcome.refused.entry(answer.status).or_default() += 1;
        }
        answer.closes
    }
}

async fn send(plan: Plan) -> Result<Outcome> {
    let mut connections = Vec::new();
    for _ in 0..plan.connections {
        connections.push(Connection::open(&plan.target).await?);
    }
    let due = Arc::new(Semaphore::new(0));
    let over = Arc::new(AtomicBool::new(false));
    let begins = Instant::now();
    let pacer =
        plan.per_second.map(|rate| pace(rate, begins, Arc::clone(&due), Arc::clone(&over))).transpose()?;
    let outcome =
        Outcome { accepted: 0, refused: BTreeMap::new(), lasted: Duration::ZERO, latency: Histogram::new() };
    let shared = Rc::new(Shared {
        plan,
        begins,
        due,
        requests: Cell::new(0),
        incidents: Cell::new(0),
        outcome: RefCell::new(outcome),
    });
    let workers: Vec<_> = connections
        .into_iter()
        .map(|connection| tokio::task::spawn_local(work(Rc::clone(&shared), connection)))
        .collect();
    for worker in workers {
        worker.await.context("a connection's task broke")??;
    }
    over.store(true, Ordering::Relaxed);
    if let Some(pacer) = pacer {
        pacer.join().map_err(|_| anyhow::anyhow!("the pacer panicked"))?;
    }
    let mut outcome = shared.outcome.borrow().clone();
    outcome.lasted = begins.elapsed();
    Ok(outcome)
}

/// Gives a permit for each request when it falls due, from a thread that sleeps precisely.
fn pace(
    per_second: f64,
    begins: Instant,
    due: Arc<Semaphore>,
    over: Arc<AtomicBool>,
) -> Result<std::thread::JoinHandle<()>> {
    let beat = move || {
        let mut given: u64 = 0;
        while !over.load(Ordering::Relaxed) {
            let next = begins + due_after(given, per_second);
            std::thread::sleep(next.saturating_duration_since(Instant::now()));
            let mut ready = 0;
            while begins + due_after(given, per_second) <= Instant::now() {
                given += 1;
                ready += 1;
            }
            due.add_permits(ready);
        }
    };
    Ok(std::thread::Builder::new().name("pacer".to_owned()).spawn(beat)?)
}

#[expect(clippy::cast_precision_loss)]
fn due_after(number: u64, per_second: f64) -> Duration {
    Duration::from_secs_f64(number as f64 / per_second)
}

/// One connection's work: incident after incident.
async fn work(shared: Rc<Shared>, mut connection: Connection) -> Result<()> {
    let mut stories = shared.plan.stories.clone();
    let count = stories.len() as u64;
    loop {
        let incident = shared.incidents.replace(shared.incidents.get() + 1);
        let story = &mut stories[usize::try_from(incident % count)?];
        for request in story {
            if shared.begins.elapsed() >= shared.plan.lasts {
                return Ok(());
            }
            let number = shared.requests.get();
            if number >= shared.plan.requests_max {
                return Ok(());
            }
            shared.requests.set(number + 1);
            let from = match shared.plan.per_second {
                None => Instant::now(),
                Some(rate) => {
                    shared.due.acquire().await?.forget();
                    shared.begins + due_after(number, rate)
                }
            };
            let delivery = shared.plan.first + number;
            let bytes = request.fill(shared.plan.first + incident, delivery);
            let answer = connection.exchange(bytes).await;
            let now = Instant::now();
            let closes = shared.note(delivery, from, now, &connection, &answer);
            if closes {
                connection = Connection::open(&shared.plan.target).await?;
            }
        }
    }
}

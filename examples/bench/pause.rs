//! The longest time between two events of a router that folds one after another, while its policy
//! is replaced beside it: in this process, without Kafka.

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use arc_swap::ArcSwap;
use herald::app::policy::PolicyStore;
use herald::core::decision::InputPlace;
use herald::core::event::Event;
use herald::core::policy::Policy;
use herald::core::shard::Shard;
use herald::telemetry::metrics::Metrics;
use jiff::Timestamp;

use crate::large::Edited;
use crate::meter::Stopwatch;
use crate::mix::Mix;
use crate::router::backlog;
use crate::{body, fold, state};

/// Open incidents that nothing happens to.
const OPEN: usize = 10_000;
/// Events in one of the router's transactions, folded with one policy.
const BATCH: usize = 500;
/// Different events; each lap over them is about other incidents.
const EVENTS: u64 = 20_000;

/// The longest between two events.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Longest {
    /// CPU of the thread that folds.
    pub(crate) cpu: Duration,
    /// Time, with all that the machine does besides.
    pub(crate) wall: Duration,
    /// How many were folded.
    pub(crate) events: u64,
}

/// A partition with many open incidents, and what goes on in it.
pub(crate) struct Folding {
    shard: Shard,
    events: Vec<Event>,
    lap: u64,
    next: usize,
}

impl Folding {
    /// Opens the incidents.
    pub(crate) fn new(policy: &Policy) -> Result<Self> {
        let (first, now) = (body::run_number(), Timestamp::now());
        let mut shard = Shard::new(0);
        for event in state::first_events(&Mix::Everyday.stories(), now, first, OPEN) {
            let event = event?;
            black_box(shard.event(&event, event.received_at, PLACE, policy));
            shard.commit();
        }
        let events = backlog(Mix::Everyday, first + OPEN as u64, EVENTS).collect::<Result<_>>()?;
        Ok(Self { shard, events, lap: 0, next: 0 })
    }

    /// The next event, of an incident that no lap before was about.
    fn event(&mut self) -> Event {
        let mut event = self.events[self.next].clone();
        event.incident.id = format!("{}-{}", event.incident.id, self.lap);
        self.next += 1;
        if self.next == self.events.len() {
            (self.next, self.lap) = (0, self.lap + 1);
        }
        event
    }

    /// Folds, renders and serialises event after event, as the router does between two
    /// transactions, until it is over.
    pub(crate) fn until(&mut self, policy: &ArcSwap<Policy>, over: &AtomicBool) -> Longest {
        let mut longest = Longest::default();
        let (mut cpu, mut wall) = (Stopwatch::start(), Instant::now());
        while !over.load(Ordering::Relaxed) {
            let policy = policy.load_full();
            for _ in 0..BATCH {
                let event = self.event();
                for step in self.shard.event(&event, event.received_at, PLACE, &policy) {
                    fold::records(&step, &fold::words(&step, &policy));
                }
                longest.cpu = longest.cpu.max(cpu.read());
                longest.wall = longest.wall.max(wall.elapsed());
                longest.events += 1;
                (cpu, wall) = (Stopwatch::start(), Instant::now());
            }
            self.shard.commit();
        }
        longest
    }
}

const PLACE: InputPlace = InputPlace { partition: 0, offset: 0 };

/// The policy in force, as a service has it.
pub(crate) fn store(dir: &Path) -> Result<PolicyStore> {
    Ok(PolicyStore::open(Some(dir), None, false, &Metrics::new("bench", "bench")?)?)
}

/// The longest with so many reloads beside it, and as long without any; what a reload took.
pub(crate) fn measure(
    policies: &mut Edited,
    store: &PolicyStore,
    reloads: usize,
) -> Result<([Longest; 2], Duration)> {
    let shared: Arc<ArcSwap<Policy>> = store.shared();
    let mut folding = Folding::new(&shared.load())?;
    let began = Instant::now();
    let with = beside(&mut folding, &shared, || {
        for _ in 0..reloads {
            policies.edit()?;
            let before = shared.load().version.clone();
            store.reload(|_| Ok(()))?;
            ensure!(shared.load().version != before, "it is the same policy");
        }
        Ok(())
    })?;
    let lasted = began.elapsed();
    let without = beside(&mut folding, &shared, || {
        std::thread::sleep(lasted);
        Ok(())
    })?;
    Ok(([with, without], lasted / u32::try_from(reloads)?))
}

/// Folds on a thread of its own while something goes on here, and a moment longer.
fn beside(
    folding: &mut Folding,
    policy: &ArcSwap<Policy>,
    work: impl FnOnce() -> Result<()>,
) -> Result<Longest> {
    const AFTERWARDS: Duration = Duration::from_millis(500);
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let folds = scope.spawn(|| folding.until(policy, &over));
        let done = work();
        std::thread::sleep(AFTERWARDS);
        over.store(true, Ordering::Relaxed);
        let longest = folds.join().map_err(|_| anyhow::anyhow!("the fold panicked"))?;
        done.map(|()| longest)
    })
}

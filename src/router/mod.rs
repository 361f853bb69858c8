//! The shell around the fold: poll, fold and render, one transaction, again.
//!
//! | file | does |
//! |---|---|
//! | `supervise` | sessions, one after the other; what ends the router for good |
//! | `session` | the loop: poll and fold a batch, write it, make it the state |
//! | `recover`, `restore`, `place` | the one way back: read the state to its end, and begin where it says |
//! | `timers`, `tail`, `clock` | when time itself is folded |
//! | `logs` | how far the logs reach, asked beside the group |
//! | `input`, `effects`, `batch` | from a record to all that follows from it, and what fits one transaction |
//! | `writer`, `delivery` | the transaction, in its tested order |
//! | `group` | which partitions are ours |
//! | `partition` | one partition in memory |
//! | `observe` | metrics, of what is committed |
//! | `reset` | the remedy that refusals name |

mod batch;
mod clock;
mod delivery;
mod effects;
mod group;
mod input;
mod logs;
mod observe;
mod partition;
mod place;
mod recover;
pub mod reset;
mod restore;
mod session;
pub mod settings;
mod supervise;
mod tail;
mod timers;
mod writer;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use arc_swap::ArcSwap;
use tokio::sync::watch;

pub use clock::Clock;
use settings::RouterSettings;

use crate::core::policy::Policy;
use crate::kafka::settings::KafkaSettings;
use crate::telemetry::metrics::Metrics;

/// How partitions come to a router.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// By the consumer group: several routers share them, and transactions carry offsets.
    Group,
    /// All of them, at once: for the embedded broker, whose groups take 15 s and whose
    /// transactions store no offsets. One router only.
    Direct,
}

/// What a router is made of.
#[derive(Debug, Clone)]
pub struct Parts {
    /// How it works.
    pub settings: RouterSettings,
    /// Where Kafka is.
    pub kafka: KafkaSettings,
    /// How partitions come to it.
    pub mode: Mode,
    /// Read once for each batch.
    pub policy: Arc<ArcSwap<Policy>>,
    /// What it counts.
    pub metrics: Metrics,
    /// What time it is.
    pub clock: Clock,
}

/// How a router fares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RouterState {
    /// It connects, waits for its partitions, or reads their state.
    Starting,
    /// It folds.
    Running,
    /// It has ended for good: somebody has to act on this reason.
    Failed(String),
}

/// The router.
#[derive(Debug)]
pub struct Router;

impl Router {
    /// Starts it on a thread of its own. Kafka need not be there yet; its topics must exist.
    pub fn start(parts: Parts) -> std::io::Result<RouterHandle> {
        let instance = instance(&parts.settings)?;
        let stop = Arc::new(AtomicBool::new(false));
        let (sender, state) = watch::channel(RouterState::Starting);
        let stopping = Arc::clone(&stop);
        let thread = std::thread::Builder::new().name("router".to_owned()).spawn(move || {
            let run = || supervise::supervise(&parts, &instance, &stopping, &sender);
            let reason = catch_unwind(AssertUnwindSafe(run))
                .unwrap_or_else(|_| Some("the router has panicked; its log says where".to_owned()));
            if let Some(reason) = reason {
                tracing::error!(%reason, "the router has ended");
                sender.send_replace(RouterState::Failed(reason));
            }
        })?;
        Ok(RouterHandle { stop, state, thread })
    }
}

/// A started router.
#[derive(Debug)]
pub struct RouterHandle {
    stop: Arc<AtomicBool>,
    state: watch::Receiver<RouterState>,
    thread: JoinHandle<()>,
}

impl RouterHandle {
    /// How it fares.
    pub fn state(&self) -> watch::Receiver<RouterState> {
        self.state.clone()
    }

    /// Asks it to end after the batch that it is at.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Waits for its end. Blocks.
    pub fn join(self) {
        // A panic was turned into a state already.
        let _ = self.thread.join();
    }
}

/// The name of this router's slot: as configured, else the host's.
fn instance(settings: &RouterSettings) -> std::io::Result<String> {
    if !settings.instance.is_empty() {
        return Ok(settings.instance.clone());
    }
    let host = std::env::var("HOSTNAME")
        .or_else(|_| std::fs::read_to_string("/proc/sys/kernel/hostname"))
        .or_else(|_| std::fs::read_to_string("/etc/hostname"))
        .map(|name| name.trim().to_owned())
        .unwrap_or_default();
    if host.is_empty() {
        let why =
            "this host does not say its name: set router.instance, stable and different for each router";
        return Err(std::io::Error::other(why));
    }
    Ok(host)
}

//! The process, as the operations port sees it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use arc_swap::ArcSwap;

use super::broker::RunningBroker;
use super::policy::{PolicyStore, Refused};
use crate::core::policy::Policy;
use crate::http::operations::{Operated, Refusal, Reloaded};
use crate::policy::Diagnostic;
use crate::telemetry::metrics::Metrics;

/// Where the process stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Starting = 0,
    Ready = 1,
    Draining = 2,
}

/// What the operations port speaks for.
pub(super) struct Operations {
    phase: AtomicU8,
    metrics: Metrics,
    policies: Option<PolicyStore>,
    /// Whether it routes, so that a policy's topics are its business.
    routes: bool,
    broker: Arc<RunningBroker>,
    runtime: tokio::runtime::Handle,
}

impl Operations {
    /// Must be made within the runtime that topics are to be made in.
    pub(super) fn new(
        metrics: Metrics,
        policies: Option<PolicyStore>,
        routes: bool,
        broker: Arc<RunningBroker>,
    ) -> Self {
        Self {
            phase: AtomicU8::new(Phase::Starting as u8),
            metrics,
            policies,
            routes,
            broker,
            runtime: tokio::runtime::Handle::current(),
        }
    }
    pub(super) fn enter(&self, phase: Phase) {
        self.phase.store(phase as u8, Ordering::Release);
    }
    pub(super) fn policy(&self) -> Option<Arc<Policy>> {
        self.policies.as_ref().map(|policies| policies.shared().load_full())
    }
    pub(super) fn shared_policy(&self) -> Option<Arc<ArcSwap<Policy>>> {
        self.policies.as_ref().map(PolicyStore::shared)
    }
}

impl Operated for Operations {
    fn unready(&self) -> Option<&'static str> {
        match self.phase.load(Ordering::Acquire) {
            phase if phase == Phase::Ready as u8 => None,
            phase if phase == Phase::Draining as u8 => Some("it is stopping"),
            _ => Some("it is starting"),
        }
    }
    fn metrics(&self) -> Result<String, String> {
        self.metrics.exposition().map_err(|error| error.to_string())
    }
    fn reload(&self) -> Result<Reloaded, Refusal> {
        let Some(policies) = &self.policies else { return Err(Refusal::Without) };
        let prepare = |policy: &Policy| {
            if self.routes { self.runtime.block_on(self.broker.prepare(policy)) } else { Ok(()) }
        };
        let form = |found: &[Diagnostic]| found.iter().map(Diagnostic::json).collect();
        match policies.reload(prepare) {
            Ok(loaded) => Ok(Reloaded {
                version: loaded.version,
                orphans: loaded.orphans,
                warnings: form(&loaded.warnings),
            }),
            Err(Refused::Wrong(wrong)) => Err(Refusal::Wrong(form(&wrong.0))),
            Err(Refused::Unprepared(error)) => Err(Refusal::Unprepared(format!("{error:#}"))),
        }
    }
    fn broker(&self) -> &'static str {
        self.broker.words()
    }
}

//! The real path from bytes to decisions, without Kafka: adapter, fold, words.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use jiff::{SignedDuration, Timestamp};

use super::Args;
use super::recorded::Past;
use super::what_if::Set;
use crate::cli::webhook::Source;
use crate::core::event::Event;
use crate::core::policy::Policy;
use crate::core::shard::Step;
use crate::core::sources::Read;
use crate::core::sources::origin::Origins;
use crate::story::World;

/// What one file, or one recorded event, did.
pub(super) struct Outcome {
    pub(super) read: Read,
    /// Of each event: which place of the body each field came from.
    pub(super) origins: Vec<Origins>,
    pub(super) bytes: usize,
    pub(super) steps: Vec<Step>,
}

/// A made-up partition with a made-up clock.
pub(super) struct Session {
    pub(super) policy: Arc<Policy>,
    world: World,
    /// When the next delivery comes.
    next: Timestamp,
    now: Timestamp,
    sets: Vec<Set>,
}

impl Session {
    /// The first delivery comes at `starts`.
    pub(super) fn new(policy: Policy, starts: Timestamp, sets: Vec<Set>) -> Self {
        let policy = Arc::new(policy);
        Self { world: World::new(Arc::clone(&policy)), policy, next: starts, now: starts, sets }
    }

    /// Reads and folds one delivery, a second after the one before.
    pub(super) fn deliver(
        &mut self,
        source: &Source,
        headers: &[(String, String)],
        body: &[u8],
    ) -> anyhow::Result<Outcome> {
        self.now = self.next;
        self.next = self.now.saturating_add(SignedDuration::from_secs(1)).unwrap_or(self.now);
        let mut read = source.read(headers, body, self.now);
        let origins = source.origins(headers, body, self.now);
        let mut steps = Vec::new();
        if let Read::Events(events) = &mut read {
            for event in events {
                steps.extend(self.fold(event, self.now)?);
            }
        }
        Ok(Outcome { read, origins, bytes: body.len(), steps })
    }

    /// Folds what came before on the same incident, then a recorded event, each at the time at which
    /// it was appended, or the last one at `at`. Every such event has a partition of its own.
    pub(super) fn recorded(&mut self, past: &Past, at: Option<Timestamp>) -> anyhow::Result<Outcome> {
        self.world = World::of_partition(Arc::clone(&self.policy), past.partition);
        for one in &past.before {
            self.world.seek(one.offset);
            self.world.event(&one.event, one.at).map_err(|error| anyhow!(error))?;
        }
        let now = at.unwrap_or(past.event.at);
        let before = now.checked_sub(SignedDuration::from_nanos(1)).unwrap_or(now);
        self.world.pass(before).map_err(|error| anyhow!(error))?;
        (self.now, self.next) = (now, now);
        let mut event = past.event.event.clone();
        let bytes = event.raw.as_ref().map_or(0, |raw| raw.bytes.len());
        self.world.seek(past.event.offset);
        let steps = self.fold(&mut event, now)?;
        Ok(Outcome { read: Read::Events(vec![event]), origins: Vec::new(), bytes, steps })
    }

    /// Lets time pass.
    pub(super) fn wait(&mut self, wait: Duration) -> anyhow::Result<Vec<Step>> {
        let wait = SignedDuration::try_from(wait).context("that is too long to wait")?;
        self.now = self.now.checked_add(wait).context("that is too long to wait")?;
        self.next = self.now.saturating_add(SignedDuration::from_secs(1)).unwrap_or(self.now);
        self.world.pass(self.now).map_err(|error| anyhow!(error))
    }

    fn fold(&mut self, event: &mut Event, now: Timestamp) -> anyhow::Result<Vec<Step>> {
        for set in &self.sets {
            set.apply(event)?;
        }
        self.world.event(event, now).map_err(|error| anyhow!(error))
    }
}

/// The policy that is asked about.
pub(super) fn policy(args: &Args) -> anyhow::Result<Policy> {
    let dir = match &args.policy {
        Some(dir) => Some(dir.clone()),
        None => super::super::policy_dir(args.cluster.config().cloned())?,
    };
    Ok(crate::policy::load_from(dir.as_deref()).context("the policy is wrong")?.policy)
}

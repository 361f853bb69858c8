//! The real path from bytes to decisions, without Kafka: adapter, fold, words.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use jiff::{SignedDuration, Timestamp};

use super::Args;
use super::recorded::Past;
use super::what_if::Set;
use crate::cli::webhook::{Source, kinds_that_read};
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
    /// Of each event: what was decided because of it, and what was due before it.
    pub(super) steps: Vec<Vec<Step>>,
    /// Kinds of source that can read what this one can't.
    pub(super) read_by: Vec<&'static str>,
    /// Whoever is handed over to another incident hears of it by this event of Herald's own, which
    /// has a place of its own on the log.
    pub(super) handed_over: Vec<Event>,
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
                steps.push(self.fold(event, self.now)?);
            }
        }
        let is_rejected = matches!(read, Read::Rejected { .. });
        let read_by = if is_rejected { kinds_that_read(headers, body, self.now) } else { Vec::new() };
        // What is handed over is taken over in these very steps.
        let handed_over = Vec::new();
        Ok(Outcome { read, origins, bytes: body.len(), steps, read_by, handed_over })
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
        let handed_over = steps.iter().flat_map(|step| step.decision.events.clone()).collect();
        let read = Read::Events(vec![event]);
        let (origins, read_by) = (Vec::new(), Vec::new());
        Ok(Outcome { read, origins, bytes, steps: vec![steps], read_by, handed_over })
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::recorded::Appended;
    use super::*;

    fn policy() -> Policy {
        let routes = r#"{"routes": [{"name": "all", "tell": ["technical-teams"]}]}"#;
        crate::policy::rules(&crate::policy::Source::built_in().with("routes.yaml", routes)).unwrap()
    }

    fn appended(offset: i64, body: &serde_json::Value) -> Appended {
        let at = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(offset);
        let source = Source::named("herald", None).unwrap();
        let Read::Events(mut events) = source.read(&[], body.to_string().as_bytes(), at) else {
            panic!("{body}")
        };
        Appended { event: events.remove(0), at, offset }
    }

    #[test]
    fn a_recorded_hand_over_is_explained_where_it_stands() {
        let begin = appended(7, &json!({"key": "a", "stage": "triggered"}));
        let merge = appended(9, &json!({"key": "a", "stage": "merged", "merged_into": "b"}));
        let mut session = Session::new(policy(), Timestamp::UNIX_EPOCH, Vec::new());
        let past = Past { name: "merge".to_owned(), partition: 0, before: vec![begin], event: merge };
        let outcome = session.recorded(&past, None).unwrap();
        // The other incident is not known here, and its readers are no business of this event: whether
        // they take over stands further down the log, perhaps in another partition.
        let incidents: Vec<&str> = outcome.steps[0].iter().map(|step| step.incident.as_str()).collect();
        assert_eq!(incidents, [past.event.event.incident.id.as_str()]);
        assert_eq!(outcome.steps[0][0].decision.notices, []);
        assert_eq!(outcome.handed_over.len(), 1);
        assert_eq!(Some(&outcome.handed_over[0].incident.id), past.event.event.incident.merged_into.as_ref());
    }
}

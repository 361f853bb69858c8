//! The policy in force, and its replacement: read whole, proved, swapped at once, or left as it is.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use arc_swap::ArcSwap;

use crate::core::policy::Policy;
use crate::policy::{self, Diagnostic, Diagnostics, Loaded, Proofs, Severity, Source, SourceNames};
use crate::telemetry::metrics::Metrics;

/// How often it is looked whether a replaced policy is still followed.
const LET_GO_INTERVAL: Duration = Duration::from_millis(100);

/// Why the policy before stays.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Everything that is wrong with the new one.
    #[error("{0}")]
    Wrong(Diagnostics),
    /// What it needs outside could not be made.
    #[error("{0:#}")]
    Unprepared(anyhow::Error),
}

/// A policy that came into force.
#[derive(Debug)]
pub struct Reloaded {
    /// Its version.
    pub version: String,
    /// What of the one before it leaves without a name, a line for each.
    pub orphans: Vec<String>,
    /// What is odd about it.
    pub warnings: Vec<Diagnostic>,
}

/// The policy in force.
#[derive(Debug)]
pub struct PolicyStore {
    dir: Option<PathBuf>,
    /// What the configuration calls its sources.
    sources: Option<SourceNames>,
    old_events_begin: bool,
    current: Arc<ArcSwap<Policy>>,
    metrics: Metrics,
    /// One reload at a time.
    reloading: Mutex<()>,
}

impl PolicyStore {
    /// Loads the first one: of a directory, or the one that is built in.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn open(
        dir: Option<&Path>,
        sources: Option<SourceNames>,
        old_events_begin: bool,
        metrics: &Metrics,
    ) -> Result<Self, Diagnostics> {
        let source = dir.map_or_else(|| Ok(Source::built_in()), Source::from_dir);
        let loaded =
            source.and_then(|source| policy::load_among(&source, sources.as_ref(), &Proofs::default()));
        let Loaded { mut policy, mut warnings } = loaded.map_err(|wrong| wrong.below(dir))?;
        // Nobody hears anything from a process that does not start: what was read stood still, and holds.
        let lock = dir.and_then(policy::git_lock);
        warnings.extend(lock.map(|lock| Diagnostic { severity: Severity::Warning, ..lock }));
        warn(&below(warnings, dir));
        policy.old_events_begin = old_events_begin;
        metrics.policy_info.with_label_values(&[&policy.version]).set(1);
        Ok(Self {
            dir: dir.map(Path::to_owned),
            sources,
            old_events_begin,
            current: Arc::new(ArcSwap::from_pointee(policy)),
            metrics: metrics.clone(),
            reloading: Mutex::new(()),
        })
    }

    /// The one in force now, and all that follow.
    pub fn shared(&self) -> Arc<ArcSwap<Policy>> {
        Arc::clone(&self.current)
    }

    /// Loads it anew. `prepare` makes what it needs outside (topics of new audiences) before it is
    /// in force; where anything fails, the one before stays.
    ///
    /// # Errors
    /// Why.
    pub fn reload(&self, prepare: impl FnOnce(&Policy) -> anyhow::Result<()>) -> Result<Reloaded, Refused> {
        let _one_at_a_time = self.reloading.lock().unwrap_or_else(PoisonError::into_inner);
        let loaded = self.read().map_err(|wrong| Refused::Wrong(wrong.below(self.dir.as_deref())));
        let loaded = loaded.and_then(|loaded| {
            prepare(&loaded.policy).map_err(Refused::Unprepared)?;
            Ok(loaded)
        });
        let outcome = if loaded.is_ok() { "loaded" } else { "refused" };
        self.metrics.policy_reloads.with_label_values(&[outcome]).inc();
        match loaded {
            Ok(loaded) => Ok(self.put_in_force(loaded)),
            Err(refused) => {
                tracing::error!("policy refused, the one before stays\n{refused}");
                Err(refused)
            }
        }
    }

    /// Refused too while Git writes the directory: there is a policy in force, and time to wait.
    fn read(&self) -> Result<Loaded, Diagnostics> {
        let source = self.dir.as_deref().map_or_else(|| Ok(Source::built_in()), Source::from_settled_dir)?;
        let mut loaded = policy::load_among(&source, self.sources.as_ref(), &Proofs::default())?;
        loaded.policy.old_events_begin = self.old_events_begin;
        Ok(loaded)
    }

    fn put_in_force(&self, Loaded { policy, warnings }: Loaded) -> Reloaded {
        let warnings = below(warnings, self.dir.as_deref());
        warn(&warnings);
        let version = policy.version.clone();
        let before = self.current.load_full();
        let orphans = before.orphans(&policy);
        orphans.iter().for_each(|orphan| tracing::warn!("policy: {orphan}"));
        retire(self.current.swap(Arc::new(policy)));
        follows(&self.metrics, &before.version, &version);
        tracing::info!(policy = version, "policy loaded");
        Reloaded { version, orphans, warnings }
    }
}

/// Takes a replaced policy apart once nobody follows it any more, on a thread of its own: what that
/// takes grows with the policy, and whoever lets go of it last would spend it. That would be the
/// thread that folds, for it keeps a policy for a whole batch.
fn retire(policy: Arc<Policy>) {
    let wait = move || {
        while Arc::strong_count(&policy) > 1 {
            thread::sleep(LET_GO_INTERVAL);
        }
    };
    if let Err(error) = thread::Builder::new().name("retire".to_owned()).spawn(wait) {
        tracing::warn!(%error, "the replaced policy is taken apart by who lets go of it last");
    }
}

/// Who looks at any moment sees a version: for the time between two lines both of them.
fn follows(metrics: &Metrics, before: &str, version: &str) {
    metrics.policy_info.with_label_values(&[version]).set(1);
    if before != version {
        // It is there, or somebody took it out already.
        let _ = metrics.policy_info.remove_label_values(&[before]);
    }
}

fn below(warnings: Vec<Diagnostic>, dir: Option<&Path>) -> Vec<Diagnostic> {
    warnings.into_iter().map(|warning| warning.below(dir)).collect()
}

fn warn(warnings: &[Diagnostic]) {
    for warning in warnings {
        tracing::warn!("policy: {warning}");
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    #[test]
    fn who_follows_a_replaced_policy_is_not_the_last_to_let_go_of_it() {
        let metrics = Metrics::new("test", "test").unwrap();
        let store = PolicyStore::open(None, None, false, &metrics).unwrap();
        let follower = store.shared().load_full();
        let replaced = Arc::downgrade(&follower);
        store.reload(|_| Ok(())).unwrap();
        assert!(!Arc::ptr_eq(&follower, &store.shared().load_full()));
        assert_eq!(replaced.strong_count(), 2, "the follower, and who takes it apart");
        drop(follower);
        while replaced.strong_count() > 0 {
            thread::yield_now();
        }
    }

    #[test]
    fn whoever_looks_sees_a_version() {
        let metrics = Metrics::new("test", "test").unwrap();
        metrics.policy_info.with_label_values(&["a"]).set(1);
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for _ in 0..5_000 {
                    follows(&metrics, "a", "b");
                    follows(&metrics, "b", "b");
                    follows(&metrics, "b", "a");
                }
                done.store(true, Ordering::Release);
            });
            while !done.load(Ordering::Acquire) {
                let seen = metrics.exposition().unwrap();
                assert!(seen.contains("herald_policy_info{version="), "{seen}");
            }
        });
        let seen = metrics.exposition().unwrap();
        assert_eq!(seen.matches("herald_policy_info{version=").count(), 1, "{seen}");
    }
}

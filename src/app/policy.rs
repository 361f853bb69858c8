//! The policy in force, and its replacement: read whole, proved, swapped at once, or left as it is.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use arc_swap::ArcSwap;

use crate::core::policy::Policy;
use crate::http::operations::Reloaded;
use crate::telemetry::metrics::Metrics;

/// How often it is looked whether a replaced policy is still followed.
const LET_GO_INTERVAL: Duration = Duration::from_millis(100);

/// Everything that is wrong with a policy.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct Refused(pub Vec<String>);

/// A policy that may be used, and what may be said of it all the same.
#[derive(Debug)]
pub struct Loaded {
    /// The policy.
    pub policy: Policy,
    /// What is odd.
    pub warnings: Vec<String>,
}

/// Loads the policy of a directory, or the one that is built in.
pub fn load(dir: Option<&Path>) -> Result<Loaded, Refused> {
    let loaded = match dir {
        Some(dir) => crate::policy::load_dir(dir),
        None => crate::policy::built_in(),
    };
    match loaded {
        Ok(loaded) => Ok(Loaded {
            policy: loaded.policy,
            warnings: loaded.warnings.iter().map(ToString::to_string).collect(),
        }),
        Err(diagnostics) => Err(Refused(diagnostics.0.iter().map(ToString::to_string).collect())),
    }
}

/// The policy in force.
#[derive(Debug)]
pub struct PolicyStore {
    dir: Option<PathBuf>,
    old_events_begin: bool,
    current: Arc<ArcSwap<Policy>>,
    metrics: Metrics,
    /// One reload at a time.
    reloading: Mutex<()>,
}

impl PolicyStore {
    /// Loads the first one.
    pub fn open(dir: Option<&Path>, old_events_begin: bool, metrics: &Metrics) -> Result<Self, Refused> {
        let Loaded { mut policy, warnings } = load(dir)?;
        warn(&warnings);
        policy.old_events_begin = old_events_begin;
        metrics.policy_info.with_label_values(&[&policy.version]).set(1);
        Ok(Self {
            dir: dir.map(Path::to_owned),
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
    pub fn reload(&self, prepare: impl FnOnce(&Policy) -> anyhow::Result<()>) -> Result<Reloaded, Refused> {
        let _one_at_a_time = self.reloading.lock().unwrap_or_else(PoisonError::into_inner);
        let loaded = load(self.dir.as_deref()).and_then(|Loaded { mut policy, warnings }| {
            warn(&warnings);
            policy.old_events_begin = self.old_events_begin;
            prepare(&policy).map_err(|error| Refused(vec![format!("{error:#}")]))?;
            Ok(policy)
        });
        let outcome = if loaded.is_ok() { "loaded" } else { "refused" };
        self.metrics.policy_reloads.with_label_values(&[outcome]).inc();
        match loaded {
            Ok(policy) => {
                let version = policy.version.clone();
                let orphans = self.current.load().orphans(&policy);
                warn(&orphans);
                self.metrics.policy_info.reset();
                self.metrics.policy_info.with_label_values(&[&version]).set(1);
                retire(self.current.swap(Arc::new(policy)));
                tracing::info!(policy = version, "policy loaded");
                Ok(Reloaded { version, orphans })
            }
            Err(refused) => {
                tracing::error!(
                    problems = refused.0.len(),
                    "policy refused, the one before stays\n{refused}"
                );
                Err(refused)
            }
        }
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

fn warn(warnings: &[String]) {
    for warning in warnings {
        tracing::warn!("policy: {warning}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_follows_a_replaced_policy_is_not_the_last_to_let_go_of_it() {
        let metrics = Metrics::new("test", "test").unwrap();
        let store = PolicyStore::open(None, false, &metrics).unwrap();
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
}

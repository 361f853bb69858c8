//! The router's metrics. They count what is committed, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::partition::Partition;
use crate::core::decision::Outcome;
use crate::core::vocabulary::{Kind, Priority};
use crate::telemetry::metrics::Metrics;

/// One thing to be counted, once it is committed.
#[derive(Debug, Clone)]
pub(super) enum Tally {
    /// An event was folded.
    Event {
        /// When it was received.
        received_at: Timestamp,
    },
    /// Somebody was told.
    Notification {
        /// Who.
        audience: String,
        /// What.
        kind: Kind,
        /// In built-in words, because something was wrong.
        fallback: bool,
    },
    /// Who was told, and who not, and why.
    Decision(BTreeMap<String, Outcome>),
    /// An input could not be used.
    Rejected {
        /// Why.
        reason: String,
    },
}

/// Counts what was committed at `now`.
pub(super) fn committed(metrics: &Metrics, tallies: &[Tally], now: Timestamp) {
    for tally in tallies {
        match tally {
            Tally::Event { received_at } => {
                metrics.router_events.inc();
                metrics.router_delay.observe(now.duration_since(*received_at).as_secs_f64().max(0.0));
            }
            Tally::Notification { audience, kind, fallback } => {
                metrics.notifications.with_label_values(&[audience.as_str(), kind.as_str()]).inc();
                if *fallback {
                    metrics.template_fallbacks.with_label_values(&[audience.as_str()]).inc();
                }
            }
            Tally::Decision(audiences) => {
                for (name, outcome) in audiences {
                    if let Outcome::NotTold { not_told, .. } = outcome {
                        // Addressees are customers' names: no label.
                        let audience = name.split('/').next().unwrap_or(name);
                        metrics.not_told.with_label_values(&[audience, not_told.as_str()]).inc();
                    }
                }
            }
            Tally::Rejected { reason } => {
                metrics.rejected.with_label_values(&["router", reason.as_str()]).inc();
            }
        }
    }
}

/// Shows how many incidents are open, and how many promised updates overdue, in these partitions.
pub(super) fn open<'a>(metrics: &Metrics, partitions: impl Iterator<Item = &'a Partition>) {
    let mut open = [0_i64; Priority::ALL.len()];
    let mut overdue: BTreeMap<&str, i64> = BTreeMap::new();
    for partition in partitions {
        for (audience, count) in partition.shard.overdue_by_audience() {
            *overdue.entry(audience).or_default() += i64::try_from(*count).unwrap_or(i64::MAX);
        }
        for (sum, count) in open.iter_mut().zip(partition.shard.open_by_priority()) {
            *sum += i64::try_from(*count).unwrap_or(i64::MAX);
        }
    }
    for (priority, count) in Priority::ALL.iter().zip(open) {
        metrics.incidents_open.with_label_values(&[priority.as_str()]).set(count);
    }
    for (audience, count) in overdue {
        metrics.updates_overdue.with_label_values(&[audience]).set(count);
    }
}

/// Shows how far behind the folded partitions are, and forgets those of others.
#[derive(Debug)]
pub(super) struct Lag {
    metrics: Metrics,
    shown: BTreeSet<i32>,
}

impl Lag {
    /// Nothing shown yet.
    pub(super) const fn new(metrics: Metrics) -> Self {
        Self { metrics, shown: BTreeSet::new() }
    }

    /// Shows the lag of these partitions.
    pub(super) fn show(&mut self, lags: &BTreeMap<i32, i64>) {
        for gone in self.shown.iter().filter(|partition| !lags.contains_key(partition)) {
            // An error means that it was not shown.
            let _ = self.metrics.router_lag.remove_label_values(&[gone.to_string().as_str()]);
        }
        for (partition, lag) in lags {
            self.metrics.router_lag.with_label_values(&[partition.to_string().as_str()]).set(*lag);
        }
        self.shown = lags.keys().copied().collect();
    }
}

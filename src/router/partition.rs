//! One partition that this router folds: its incidents, and how far it has come.

use jiff::{SignedDuration, Timestamp};
use serde_json::Map;

use super::tail::Tail;
use crate::core::limits::BACKLOG_AGE_SECONDS_MIN;
use crate::core::record::{PROGRESS_SCHEMA, Progress};
use crate::core::shard::Shard;

/// What offsets are about: they mean nothing elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cluster {
    /// The cluster's id.
    pub(super) id: String,
    /// Partitions of `incident.events`.
    pub(super) partitions: i32,
}

/// One partition.
#[derive(Debug)]
pub(super) struct Partition {
    /// Its incidents.
    pub(super) shard: Shard,
    /// Up to which offset of `incident.state` the shard is a copy; none before the first restore.
    pub(super) state_next: Option<i64>,
    /// Its progress record, as it was last read or written.
    pub(super) progress: Option<Progress>,
    /// The next offset of `incident.events` to fold.
    pub(super) next: i64,
    /// The same at the last commit.
    committed: i64,
    /// The end was reported, and nothing has come since.
    pub(super) at_end: bool,
    /// Nothing was folded since it began here.
    is_fresh: bool,
    /// What is known of the offsets after the last folded event.
    pub(super) tail: Tail,
}

impl Partition {
    /// Nothing known yet.
    pub(super) fn new(partition: i32) -> Self {
        Self {
            shard: Shard::new(partition),
            state_next: None,
            progress: None,
            next: 0,
            committed: 0,
            at_end: false,
            is_fresh: true,
            tail: Tail::default(),
        }
    }

    /// Begins here, after a restore.
    pub(super) fn begin_at(&mut self, next: i64) {
        (self.next, self.committed) = (next, next);
        (self.at_end, self.tail) = (false, Tail::default());
        self.is_fresh = true;
    }

    /// Where the first event to be folded is old, nobody was told for long, and all that came since
    /// is folded under hold up to now: each reader hears once what is still so then, instead of a
    /// history that is over.
    pub(super) fn hold_backlog(&mut self, first: Timestamp, now: Timestamp) {
        if !std::mem::take(&mut self.is_fresh)
            || now.duration_since(first) < SignedDuration::from_secs(BACKLOG_AGE_SECONDS_MIN)
        {
            return;
        }
        let partition = self.shard.partition();
        tracing::warn!(partition, since = %first, "a backlog is folded under hold: what is still so at its end is told once");
        self.shard.hold_until(Some(now));
    }

    /// What a transaction that folds up to `next` says of this partition.
    pub(super) fn progress_now(&self, cluster: &Cluster) -> Progress {
        Progress {
            schema: PROGRESS_SCHEMA.to_owned(),
            partition: self.shard.partition(),
            cluster_id: cluster.id.clone(),
            partitions: cluster.partitions,
            next_offset: self.next,
            // Before the first event the clock shows no time that a record could carry.
            clock: self.shard.clock().max(Timestamp::UNIX_EPOCH),
            hold_until: self.shard.held_until(),
            policy: self.shard.loaded().cloned(),
            // A newer minor version's fields survive.
            extra: self.progress.as_ref().map_or_else(Map::new, |progress| progress.extra.clone()),
        }
    }

    /// What was staged is on the log.
    pub(super) fn commit(&mut self, state_next: Option<i64>, progress: Progress) {
        self.shard.commit();
        self.committed = self.next;
        self.state_next = state_next.or(self.state_next);
        self.progress = Some(progress);
    }

    /// What was staged is not on the log, or nobody knows.
    pub(super) fn abort(&mut self) {
        self.shard.abort();
        self.next = self.committed;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_goes_back_with_an_abort_and_keeps_what_it_does_not_know() {
        let cluster = Cluster { id: "c".into(), partitions: 4 };
        let mut partition = Partition::new(3);
        partition.begin_at(10);
        partition.next = 12;
        let mut progress = partition.progress_now(&cluster);
        assert_eq!((progress.next_offset, progress.clock), (12, Timestamp::UNIX_EPOCH));
        progress.extra.insert("later".into(), true.into());
        partition.commit(Some(7), progress);
        partition.next = 15;
        partition.abort();
        assert_eq!((partition.next, partition.state_next), (12, Some(7)));
        assert!(partition.progress_now(&cluster).extra.contains_key("later"));
    }
}

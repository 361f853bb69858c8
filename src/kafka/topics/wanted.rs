//! Which topics there are to be, what each is for, and the settings that it is made with.

use crate::core::record::topics;
use crate::core::vocabulary::Lead;
use crate::kafka::settings::KafkaSettings;

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;
/// Subscribers may be away for a holiday.
pub(super) const NOTIFY_RETENTION_MS_MIN: i64 = 14 * DAY_MS;
/// What is folded is kept for a month: for replays against other rules, and for long outages.
const LOG_RETENTION_MS: i64 = 30 * DAY_MS;
/// Active segments are never compacted, and are read whole at every restore.
pub(super) const STATE_SEGMENT_BYTES_MAX: i64 = 256 * 1024 * 1024;
pub(super) const STATE_COMPACTION_LAG_MS_MAX: i64 = DAY_MS;

/// One topic that Herald uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// Without the prefix.
    pub name: String,
    /// What it is for.
    pub purpose: Purpose,
}

/// What a topic is for, and so what it must keep and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The log that is folded.
    Events,
    /// Herald's memory.
    State,
    /// Why each audience was, or was not, told.
    Decisions,
    /// What could not be used.
    Rejected,
    /// What subscribers read.
    Notifications,
}

/// All topics, for these audiences.
pub fn plan<'a>(audiences: impl IntoIterator<Item = &'a str>) -> Vec<Topic> {
    let topic = |name: &str, purpose| Topic { name: name.to_owned(), purpose };
    let mut plan = vec![
        topic(topics::EVENTS, Purpose::Events),
        topic(topics::STATE, Purpose::State),
        topic(topics::DECISIONS, Purpose::Decisions),
        topic(topics::REJECTED, Purpose::Rejected),
    ];
    for lead in Lead::ALL {
        plan.push(topic(&format!("{}{lead}", topics::LEADS_PREFIX), Purpose::Notifications));
    }
    for audience in audiences {
        plan.push(topic(&format!("{}{audience}", topics::NOTIFY_PREFIX), Purpose::Notifications));
        plan.push(topic(&format!("{}{audience}", topics::DRILL_PREFIX), Purpose::Notifications));
    }
    plan
}

impl Purpose {
    /// The settings that a topic of this purpose is made with.
    pub(super) fn config(self, settings: &KafkaSettings) -> Vec<(&'static str, String)> {
        let mut config = vec![("max.message.bytes", settings.record_bytes_max.to_string())];
        if settings.topics.replication >= 3 {
            config.push(("min.insync.replicas", "2".to_owned()));
            config.push(("unclean.leader.election.enable", "false".to_owned()));
        }
        let cleanup = if self == Self::State { "compact" } else { "delete" };
        config.push(("cleanup.policy", cleanup.to_owned()));
        match self {
            Self::Events => {
                config.push(("message.timestamp.type", "LogAppendTime".to_owned()));
                config.push(("retention.ms", LOG_RETENTION_MS.to_string()));
            }
            Self::State => {
                config.push(("segment.bytes", (64 * 1024 * 1024).to_string()));
                config.push(("segment.ms", (60 * MINUTE_MS).to_string()));
                config.push(("max.compaction.lag.ms", (60 * MINUTE_MS).to_string()));
                config.push(("min.cleanable.dirty.ratio", "0.1".to_owned()));
            }
            Self::Decisions | Self::Rejected => {
                config.push(("retention.ms", LOG_RETENTION_MS.to_string()));
            }
            Self::Notifications => config.push(("retention.ms", NOTIFY_RETENTION_MS_MIN.to_string())),
        }
        config
    }
}

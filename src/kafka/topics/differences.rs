//! What differs between the topics there are and those there should be, in words that say what
//! to do.

use std::collections::{BTreeMap, BTreeSet};

use super::wanted::{NOTIFY_RETENTION_MS_MIN, STATE_COMPACTION_LAG_MS_MAX, STATE_SEGMENT_BYTES_MAX};
use super::{Found, Purpose, Topic};
use crate::core::record::topics;
use crate::kafka::settings::KafkaSettings;

/// The brokers' limit is one on batches: whatever the largest record, a topic must take `batch.size`.
const BATCH_BYTES_MAX: usize = 1024 * 1024;

/// One thing that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The topic, with prefix.
    pub topic: String,
    /// What is, and what should be.
    pub what: String,
    /// What can be done.
    pub remedy: Remedy,
}

/// What can be done about a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Remedy {
    /// The topic can be made.
    Make,
    /// It can be set.
    Set,
    /// It can be set, or accepted.
    SetOrAccept,
    /// Nothing, with these topics.
    OtherTopics,
}

impl Remedy {
    const fn words(self) -> &'static str {
        match self {
            Self::Make => "herald topics create makes what is missing",
            Self::Set | Self::SetOrAccept => {
                "settings are changed with kafka-configs.sh --alter --entity-type topics --entity-name TOPIC \
                 --add-config KEY=VALUE"
            }
            Self::OtherTopics => {
                "partitions can't be taken away again: let Herald use new topics by another kafka.topic_prefix, \
                 with the partitions that you want"
            }
        }
    }
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.topic, self.what)
    }
}

/// All of them, one on each line, and what can be done.
pub(super) fn listed(differences: &[Difference]) -> String {
    let mut lines = vec!["topics are not as they must be:".to_owned()];
    lines.extend(differences.iter().map(|difference| format!("  {difference}")));
    let remedies: BTreeSet<Remedy> = differences.iter().map(|difference| difference.remedy).collect();
    let mut words: Vec<&str> = remedies.iter().map(|remedy| remedy.words()).collect();
    words.dedup();
    if remedies.contains(&Remedy::SetOrAccept) {
        words.push("what only risks a loss is accepted with kafka.topics.unsafe: true");
    }
    words.push("herald topics verify then compares them again");
    lines.extend(words.into_iter().map(str::to_owned));
    lines.join("\n")
}

/// How grave a difference is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gravity {
    /// Herald can't work, whatever the settings accept.
    Impossible,
    /// Something can be lost: refused unless accepted.
    Unsafe,
    /// Said at every start.
    Warning,
}

/// What is refused, and what is only said.
pub(super) fn judge(
    settings: &KafkaSettings,
    plan: &[Topic],
    found: &BTreeMap<String, Found>,
) -> (Vec<Difference>, Vec<Difference>) {
    let mut refused = Vec::new();
    let mut warnings = Vec::new();
    for topic in plan {
        let mut say = |gravity: Gravity, what: String| {
            let remedy = match (gravity, found.contains_key(&topic.name)) {
                (_, false) => Remedy::Make,
                (Gravity::Impossible, _) => Remedy::Set,
                (Gravity::Unsafe | Gravity::Warning, _) => Remedy::SetOrAccept,
            };
            let difference = Difference { topic: settings.topic(&topic.name), what, remedy };
            let accepted = gravity == Gravity::Unsafe && settings.topics.allow_unsafe;
            if accepted || gravity == Gravity::Warning { &mut warnings } else { &mut refused }
                .push(difference);
        };
        match found.get(&topic.name) {
            Some(found) => judge_one(settings, topic.purpose, found, &mut say),
            None => {
                say(Gravity::Impossible, "it does not exist, and kafka.topics.create is false".to_owned());
            }
        }
    }
    let partitions = |name: &str| found.get(name).map(|found| found.partitions);
    if let (Some(events), Some(state)) = (partitions(topics::EVENTS), partitions(topics::STATE))
        && events != state
    {
        let what = format!(
            "it has {state} partitions and {} has {events}; each partition's state stands beside its events",
            settings.topic(topics::EVENTS)
        );
        let remedy = Remedy::OtherTopics;
        refused.push(Difference { topic: settings.topic(topics::STATE), what, remedy });
    }
    (refused, warnings)
}

fn judge_one(
    settings: &KafkaSettings,
    purpose: Purpose,
    found: &Found,
    say: &mut impl FnMut(Gravity, String),
) {
    let text = |key: &str| found.config.get(key).map_or("", String::as_str);
    let number = |key: &str| text(key).parse::<i64>().ok();
    let cleanup = if purpose == Purpose::State { "compact" } else { "delete" };
    if text("cleanup.policy") != cleanup {
        say(Gravity::Unsafe, format!("cleanup.policy is '{}', not {cleanup}", text("cleanup.policy")));
    }
    let least = match purpose {
        Purpose::Notifications => BATCH_BYTES_MAX,
        _ => settings.record_bytes_max,
    };
    if let Some(most) = number("max.message.bytes")
        && most < i64::try_from(least).unwrap_or(i64::MAX)
    {
        say(Gravity::Unsafe, format!("max.message.bytes is {most}, less than {least}"));
    }
    match purpose {
        Purpose::Events if text("message.timestamp.type") != "LogAppendTime" => {
            let now = text("message.timestamp.type");
            say(Gravity::Unsafe, format!("message.timestamp.type is {now}, not LogAppendTime"));
        }
        Purpose::State => judge_state(&number, say),
        Purpose::Notifications => {
            let kept = number("retention.ms").unwrap_or(-1);
            if (0..NOTIFY_RETENTION_MS_MIN).contains(&kept) {
                say(
                    Gravity::Unsafe,
                    format!("retention.ms is {kept}, less than 14 days ({NOTIFY_RETENTION_MS_MIN})"),
                );
            }
        }
        _ => {}
    }
    judge_replicas(
        found.replication,
        number("min.insync.replicas").unwrap_or(1),
        text("unclean.leader.election.enable"),
        say,
    );
}

fn judge_state(number: &impl Fn(&str) -> Option<i64>, say: &mut impl FnMut(Gravity, String)) {
    for (key, most, why) in [
        ("segment.bytes", STATE_SEGMENT_BYTES_MAX, "the active segment is never compacted"),
        ("max.compaction.lag.ms", STATE_COMPACTION_LAG_MS_MAX, "a restore reads what is not compacted yet"),
    ] {
        if let Some(now) = number(key)
            && now > most
        {
            say(Gravity::Unsafe, format!("{key} is {now}, more than {most}: {why}"));
        }
    }
}

fn judge_replicas(replicas: i32, insync: i64, unclean: &str, say: &mut impl FnMut(Gravity, String)) {
    if insync > i64::from(replicas) {
        let what = format!("min.insync.replicas is {insync} of {replicas} replicas: nothing can be written");
        say(Gravity::Impossible, what);
    }
    match replicas {
        0 | 1 => {
            let what = "it has one replica: what one broker loses is lost, in spite of a 202".to_owned();
            say(Gravity::Warning, what);
        }
        2 => say(Gravity::Warning, "it has two replicas; three can lose one and still be safe".to_owned()),
        _ => {
            if insync < 2 {
                say(Gravity::Unsafe, format!("min.insync.replicas is {insync}, not 2"));
            }
            if unclean == "true" {
                let what =
                    "unclean.leader.election.enable is true: acknowledged records can vanish".to_owned();
                say(Gravity::Unsafe, what);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kafka::topics::plan;

    fn good(settings: &KafkaSettings, plan: &[Topic]) -> BTreeMap<String, Found> {
        plan.iter()
            .map(|topic| {
                let config = topic.purpose.config(settings);
                let config = config.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
                (topic.name.clone(), Found { partitions: 12, replication: 3, config })
            })
            .collect()
    }

    /// What is said when one setting of one topic is changed.
    fn said(topic: &str, key: &str, value: &str) -> (Vec<String>, Vec<String>) {
        let settings = KafkaSettings { topic_prefix: "t.".into(), ..Default::default() };
        let plan = plan(["executives"]);
        let mut found = good(&settings, &plan);
        let one = found.get_mut(topic).unwrap();
        match key {
            "partitions" => one.partitions = value.parse().unwrap(),
            "replication" => one.replication = value.parse().unwrap(),
            _ => _ = one.config.insert(key.to_owned(), value.to_owned()),
        }
        let (refused, warnings) = judge(&settings, &plan, &found);
        let words = |list: Vec<Difference>| list.iter().map(ToString::to_string).collect();
        (words(refused), words(warnings))
    }

    #[test]
    fn topics_as_they_are_made_are_accepted() {
        assert_eq!(said("incident.events", "x", "y"), (vec![], vec![]));
    }

    /// Topic, setting, value, and what is said of it.
    #[rustfmt::skip] // A table.
    const REFUSED: &[(&str, &str, &str, &str)] = &[
        ("incident.state", "partitions", "6", "it has 6 partitions and t.incident.events has 12; each partition's state stands beside its events"),
        ("incident.state", "cleanup.policy", "compact,delete", "cleanup.policy is 'compact,delete', not compact"),
        ("incident.state", "segment.bytes", "1073741824", "segment.bytes is 1073741824, more than 268435456: the active segment is never compacted"),
        ("incident.state", "max.compaction.lag.ms", "9223372036854775807", "max.compaction.lag.ms is 9223372036854775807, more than 86400000: a restore reads what is not compacted yet"),
        ("incident.events", "message.timestamp.type", "CreateTime", "message.timestamp.type is CreateTime, not LogAppendTime"),
        ("incident.events", "max.message.bytes", "1048588", "max.message.bytes is 1048588, less than 2097152"),
        ("notify.executives", "max.message.bytes", "65536", "max.message.bytes is 65536, less than 1048576"),
        ("incident.events", "min.insync.replicas", "1", "min.insync.replicas is 1, not 2"),
        ("incident.events", "min.insync.replicas", "4", "min.insync.replicas is 4 of 3 replicas: nothing can be written"),
        ("incident.events", "unclean.leader.election.enable", "true", "unclean.leader.election.enable is true: acknowledged records can vanish"),
        ("notify.executives", "retention.ms", "604800000", "retention.ms is 604800000, less than 14 days (1209600000)"),
        ("notify.executives", "cleanup.policy", "compact", "cleanup.policy is 'compact', not delete"),
    ];

    #[test]
    fn what_differs_is_said_in_full() {
        for (topic, key, value, words) in REFUSED {
            assert_eq!(
                said(topic, key, value),
                (vec![format!("t.{topic}: {words}")], vec![]),
                "{topic} {key}"
            );
        }
        assert_eq!(said("notify.executives", "retention.ms", "-1"), (vec![], vec![]));
    }

    #[test]
    fn a_remedy_is_one_for_what_differs() {
        let said = |topic: &str, key: &str, value: &str| {
            let settings = KafkaSettings::default();
            let plan = plan([]);
            let mut found = good(&settings, &plan);
            match key {
                "missing" => _ = found.remove(topic),
                "partitions" => found.get_mut(topic).unwrap().partitions = value.parse().unwrap(),
                _ => _ = found.get_mut(topic).unwrap().config.insert(key.to_owned(), value.to_owned()),
            }
            listed(&judge(&settings, &plan, &found).0)
        };
        let missing = said("incident.events", "missing", "");
        assert!(missing.contains("herald topics create") && !missing.contains("kafka-configs"), "{missing}");
        let grown = said("incident.events", "partitions", "18");
        assert!(grown.contains("another kafka.topic_prefix") && !grown.contains("unsafe"), "{grown}");
        let risky = said("incident.events", "cleanup.policy", "compact");
        assert!(risky.contains("kafka-configs.sh") && risky.contains("kafka.topics.unsafe: true"), "{risky}");
        let useless = said("incident.events", "min.insync.replicas", "4");
        assert!(useless.contains("kafka-configs.sh") && !useless.contains("unsafe"), "{useless}");
        for text in [missing, grown, risky, useless] {
            assert!(text.ends_with("herald topics verify then compares them again"), "{text}");
        }
    }

    #[test]
    fn few_replicas_are_a_warning() {
        let words = |(refused, warnings): (Vec<String>, Vec<String>)| (refused.len(), warnings.len());
        assert_eq!(words(said("incident.events", "replication", "2")), (0, 1));
        // As made for three, two in-sync replicas are wanted: then one replica can't work at all.
        assert_eq!(words(said("incident.events", "replication", "1")), (1, 1));
    }

    #[test]
    fn what_only_risks_a_loss_can_be_accepted() {
        let mut settings = KafkaSettings::default();
        settings.topics.allow_unsafe = true;
        let plan = plan([]);
        let mut found = good(&settings, &plan);
        for topic in found.values_mut() {
            topic.config.insert("cleanup.policy".into(), "compact,delete".into());
        }
        let (refused, warnings) = judge(&settings, &plan, &found);
        assert_eq!((refused.len(), warnings.len()), (0, plan.len()));
        found.remove("incident.state");
        assert_eq!(judge(&settings, &plan, &found).0.len(), 1, "a missing topic can't be accepted");
    }
}

//! Which topics of messages there are, and a reader of them.

use std::time::Duration;

use anyhow::Context as _;
use rdkafka::consumer::{BaseConsumer, Consumer as _};

use crate::core::record::topics;
use crate::kafka::properties::{self, Role};
use crate::kafka::reader::{From, Reader};
use crate::kafka::settings::KafkaSettings;

/// How long a cluster may take to answer.
const ASK_WAIT: Duration = Duration::from_secs(10);

/// Names, without prefix, of the topics on the cluster that carry messages or decisions.
pub(super) fn topics(settings: &KafkaSettings) -> anyhow::Result<Vec<String>> {
    let mut config = properties::config(settings, Role::Reader)?;
    config.set("group.id", "herald-reader");
    let asker: BaseConsumer = config.create().context("can't make a Kafka client")?;
    let metadata = asker
        .fetch_metadata(None, ASK_WAIT)
        .with_context(|| format!("can't reach Kafka at {}", settings.bootstrap_servers.join(",")))?;
    let mut names: Vec<String> = metadata
        .topics()
        .iter()
        .filter_map(|topic| topic.name().strip_prefix(&settings.topic_prefix))
        .filter(|name| is_of_messages(name) || *name == topics::DECISIONS)
        .map(str::to_owned)
        .collect();
    names.sort();
    Ok(names)
}

/// Does this topic, named without prefix, carry what somebody reads?
pub(super) fn is_of_messages(topic: &str) -> bool {
    [topics::NOTIFY_PREFIX, topics::LEADS_PREFIX, topics::DRILL_PREFIX]
        .iter()
        .any(|prefix| topic.starts_with(prefix))
}

/// Follows these topics.
pub(super) fn open(settings: &KafkaSettings, topics: &[String], from: From) -> anyhow::Result<Reader> {
    let names: Vec<&str> = topics.iter().map(String::as_str).collect();
    Reader::open(settings, &names, from).context("can't read the topics")
}

//! Notices a producer that will never send again, and only that. In an outage of Kafka it stays
//! quiet: a restart would help nobody, and would lose what waits in the queue.

use std::sync::Weak;
use std::time::Duration;

use rdkafka::config::FromClientConfigAndContext;
use rdkafka::consumer::{BaseConsumer, Consumer};
use tokio::sync::watch;

use super::context::Logged;
use super::producer::Flow;
use super::properties::{self, Role};
use super::settings::KafkaSettings;
use crate::core::record::topics;

/// Without any acknowledgement for so long, with records in flight, the producer is suspected.
const STUCK_FOR_MAX: Duration = Duration::from_mins(1);
const ASK_TIMEOUT: Duration = Duration::from_secs(5);

/// Watches a producer's flow until it is dropped. The receiver gets the reason, once.
pub(super) fn start(
    settings: KafkaSettings,
    flow: Weak<Flow>,
    every: Duration,
) -> watch::Receiver<Option<String>> {
    let (verdict, receiver) = watch::channel(None);
    let watching = std::thread::Builder::new().name("kafka-watchdog".to_owned()).spawn(move || {
        while let Some(flow) = flow.upgrade() {
            if let Some(reason) = judge(&flow, STUCK_FOR_MAX, || reaches_leaders(&settings)) {
                let _ = verdict.send(Some(reason));
                return;
            }
            // Held only for the look, so that the producer can be dropped meanwhile.
            drop(flow);
            std::thread::sleep(every);
        }
    });
    if let Err(error) = watching {
        tracing::warn!(%error, "the watchdog of the intake producer could not be started");
    }
    receiver
}

/// Why this producer can't recover, if it can't.
fn judge(flow: &Flow, stuck_max: Duration, others_reach_leaders: impl FnOnce() -> bool) -> Option<String> {
    if let Some(error) = flow.fatal_error() {
        return Some(format!("the intake producer can't go on: {error}"));
    }
    let stuck = flow.stuck_for().filter(|stuck| *stuck > stuck_max)?;
    // Asked last, because it takes seconds; an acknowledgement may have come meanwhile.
    (others_reach_leaders() && flow.stuck_for().is_some_and(|still| still >= stuck)).then(|| {
        format!(
            "the intake producer is wedged: {} records in flight, none acknowledged for {} s, \
             while a fresh client reaches every partition's leader",
            flow.in_flight(),
            stuck.as_secs()
        )
    })
}

/// Does a client that has nothing to do with the producer reach the leader of every partition?
fn reaches_leaders(settings: &KafkaSettings) -> bool {
    let Ok(config) = properties::config(settings, Role::Reader) else { return false };
    let client = BaseConsumer::from_config_and_context(&config, Logged("watchdog"));
    let Ok(client): Result<BaseConsumer<Logged>, _> = client else { return false };
    let topic = settings.topic(topics::EVENTS);
    let Ok(metadata) = client.fetch_metadata(Some(&topic), ASK_TIMEOUT) else { return false };
    let partitions = metadata.topics().first().map_or(&[][..], |topic| topic.partitions());
    !partitions.is_empty()
        && partitions.iter().all(|p| client.fetch_watermarks(&topic, p.id(), ASK_TIMEOUT).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_producer_that_is_stuck_while_others_are_not_is_given_up() {
        let max = Duration::from_millis(20);
        let flow = Flow::new();
        assert_eq!(judge(&flow, max, || true), None, "nothing is in flight");
        flow.sent();
        assert_eq!(judge(&flow, max, || true), None, "not for long");
        std::thread::sleep(Duration::from_millis(30));
        assert_eq!(judge(&flow, max, || false), None, "Kafka is down for everybody");
        assert_eq!(
            judge(&flow, max, || {
                flow.acknowledged();
                true
            }),
            None,
            "it moved meanwhile"
        );
        flow.sent();
        std::thread::sleep(Duration::from_millis(30));
        assert!(judge(&flow, max, || true).unwrap().contains("1 records in flight"));
        flow.acknowledged();
        flow.fatal(&rdkafka::error::KafkaError::Canceled);
        assert!(judge(&flow, max, || false).unwrap().starts_with("the intake producer can't go on"));
    }
}

//! Sessions, one after the other, until one ends for good.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rdkafka::config::FromClientConfigAndContext;
use rdkafka::consumer::{BaseConsumer, Consumer};
use tokio::sync::watch;

use super::group::Membership;
use super::partition::Cluster;
use super::restore::StateReader;
use super::session::{Ended, Session};
use super::writer::Writer;
use super::{Mode, Parts, RouterState};
use crate::core::record::topics;
use crate::kafka::properties::{self, Role};

const ASK_TIMEOUT: Duration = Duration::from_secs(10);
const PAUSE_MIN: Duration = Duration::from_millis(200);
const PAUSE_MAX: Duration = Duration::from_secs(5);
/// Two fences within this time: another process has this slot's name, and neither gives way.
const FENCES_WITHIN: Duration = Duration::from_mins(1);

/// Runs sessions until one ends for good. Returns the reason, where there is one.
pub(super) fn supervise(
    parts: &Parts,
    instance: &str,
    stop: &AtomicBool,
    state: &watch::Sender<RouterState>,
) -> Option<String> {
    let mut fences: Vec<Instant> = Vec::new();
    let mut pause = PAUSE_MIN;
    while !stop.load(Ordering::Relaxed) {
        state.send_replace(RouterState::Starting);
        let began = Instant::now();
        let ended =
            open(parts, instance, stop, state).map_or_else(|ended| ended, |mut session| session.run());
        parts.metrics.router_sessions.with_label_values(&[ended.word()]).inc();
        match ended {
            Ended::Stopped => return None,
            Ended::Refused(reason) => return Some(reason),
            Ended::Fenced(why) => {
                fences.retain(|fence| fence.elapsed() < FENCES_WITHIN);
                fences.push(Instant::now());
                tracing::warn!(%why, instance, "another router has this one's name");
                if fences.len() >= 2 {
                    return Some(format!(
                        "another process routes as instance '{instance}' of group {} ({why}); give each router a \
                         router.instance of its own",
                        parts.settings.group
                    ));
                }
            }
            Ended::Broken(why) => {
                tracing::warn!(%why, pause_ms = pause.as_millis(), "the router's session has ended; a new one begins");
            }
        }
        // A session that lived had nothing to do with the trouble of the one before.
        if began.elapsed() > PAUSE_MAX * 4 {
            pause = PAUSE_MIN;
        }
        sleep(pause, stop);
        pause = (pause * 2).min(PAUSE_MAX);
    }
    None
}

/// Sleeps, unless it is to stop.
fn sleep(time: Duration, stop: &AtomicBool) {
    let until = Instant::now() + time;
    while Instant::now() < until && !stop.load(Ordering::Relaxed) {
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// New clients. The producer first: it ends what this slot's predecessor left open.
fn open<'a>(
    parts: &'a Parts,
    instance: &str,
    stop: &'a AtomicBool,
    state: &'a watch::Sender<RouterState>,
) -> Result<Session<'a>, Ended> {
    let writer = Writer::open(&parts.kafka, &format!("{}-{instance}", parts.settings.group))?;
    let id =
        writer.cluster_id().ok_or_else(|| Ended::Broken("the cluster does not say its id".to_owned()))?;
    let consumer = consumer(parts, instance)?;
    let partitions = partitions(parts, &consumer)?;
    let events = parts.kafka.topic(topics::EVENTS);
    match parts.mode {
        Mode::Group => {
            consumer.subscribe(&[&events]).map_err(|error| Ended::Broken(error.to_string()))?;
        }
        Mode::Direct => consumer.context().assign(Some((0..partitions).collect())),
    }
    Ok(Session {
        parts,
        stop,
        state,
        consumer,
        writer,
        states: StateReader::open(&parts.kafka).map_err(Ended::Broken)?,
        cluster: Cluster { id, partitions },
        events,
        turn: 0,
        live: Vec::new(),
        partitions: std::collections::BTreeMap::new(),
        inputs: std::collections::VecDeque::new(),
        suspect: None,
        alone: 0,
        refused: None,
    })
}

fn consumer(parts: &Parts, instance: &str) -> Result<BaseConsumer<Membership>, Ended> {
    let mut config = properties::config(&parts.kafka, Role::RouterConsumer)
        .map_err(|error| Ended::Refused(error.to_string()))?;
    config.set("group.id", &parts.settings.group);
    if parts.mode == Mode::Group {
        config.set("group.instance.id", instance);
    }
    BaseConsumer::from_config_and_context(&config, Membership::new(parts.metrics.clone()))
        .map_err(|error| Ended::Broken(error.to_string()))
}

/// Partitions of `incident.events`, which must be those of `incident.state`.
fn partitions(parts: &Parts, consumer: &BaseConsumer<Membership>) -> Result<i32, Ended> {
    let count = |name: &str| {
        let topic = parts.kafka.topic(name);
        let metadata = consumer
            .fetch_metadata(Some(&topic), ASK_TIMEOUT)
            .map_err(|error| Ended::Broken(format!("asking for {topic}: {error}")))?;
        let partitions = metadata.topics().iter().map(|topic| topic.partitions().len()).sum::<usize>();
        match i32::try_from(partitions) {
            Ok(count) if count > 0 => Ok(count),
            _ => Err(Ended::Broken(format!("topic {topic} does not exist"))),
        }
    };
    let (events, state) = (count(topics::EVENTS)?, count(topics::STATE)?);
    if events != state {
        return Err(Ended::Refused(format!(
            "{} has {events} partitions and {} has {state}; each partition's state stands beside its events. Partitions \
             can't be taken away again: let Herald use new topics by another kafka.topic_prefix",
            parts.kafka.topic(topics::EVENTS),
            parts.kafka.topic(topics::STATE)
        )));
    }
    Ok(events)
}

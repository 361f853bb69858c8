//! A router that is behind. What stands on the log before a timer is due is folded before it, however
//! late that is.

use std::time::{Duration, Instant};

use herald::core::decision::DecisionRecord;
use herald::core::event::Event;
use herald::core::notification::Cause;
use herald::core::record::{self, OutRecord};
use rdkafka::ClientConfig;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};

use super::world::{HOLD, World, parsed, resolved, stop, triggered, wait_running};
use crate::fixture::await_that::await_that;

/// To learn how fast this machine is.
const SAMPLE: usize = 100;
const FOLDED_IN: Duration = Duration::from_mins(2);
/// The router stays behind until long after the timer is due.
const BEHIND_FOR: Duration = Duration::from_secs(8);

#[test]
fn a_timer_waits_for_what_stands_before_it() {
    let mut world = World::new("backlog");
    // One transaction for each event: slow, so that a backlog lasts.
    world.settings.batch_events_max = 1;
    let router = world.start();
    wait_running(&router);

    let began = Instant::now();
    world.write(backlog("sample", SAMPLE));
    await_that("the sample is folded", FOLDED_IN, || {
        (world.metrics.router_events.get() == SAMPLE as u64).then_some(())
    });
    let each = began.elapsed() / u32::try_from(SAMPLE).unwrap();
    let behind = usize::try_from(BEHIND_FOR.as_micros() / each.as_micros().max(1)).unwrap();

    // Its opening is held. It ends before that is due, behind a backlog of another partition.
    world.write(vec![in_partition(0, &triggered("held", "P3"))]);
    world.wait_for("incident.decisions", SAMPLE + 1);
    world.write(backlog("backlog", behind));
    world.write(vec![in_partition(0, &resolved("held"))]);
    await_that("the backlog is folded", FOLDED_IN, || {
        (world.metrics.router_events.get() == (SAMPLE + behind + 2) as u64).then_some(())
    });
    stop(router);

    let events = world.all("incident.events");
    let at: Vec<_> =
        events.iter().filter(|event| event.partition == 0).map(|event| event.timestamp).collect();
    let hold = jiff::SignedDuration::try_from(HOLD).unwrap();
    assert!(at[1].duration_since(at[0]) < hold, "it did not end in time, and nothing was tested");
    let decisions: Vec<DecisionRecord> = world.all("incident.decisions").iter().map(parsed).collect();
    let held: Vec<_> = decisions.iter().filter(|decision| decision.input.partition == 0).collect();
    let places: Vec<_> = held.iter().map(|decision| (decision.input.offset, decision.at)).collect();
    assert_eq!(places, [(0, at[0]), (1, at[1])], "{held:#?}");
}

/// Markers and aborted records take offsets, and are never handed over: nobody waits for them.
#[test]
fn a_timer_does_not_wait_for_what_never_comes() {
    let world = World::new("markers");
    let router = world.start();
    wait_running(&router);
    let producer: BaseProducer = ClientConfig::new()
        .set("bootstrap.servers", world.kafka.bootstrap_servers.join(","))
        .set("transactional.id", format!("{}outside", world.kafka.topic_prefix))
        .create()
        .unwrap();
    producer.init_transactions(FOLDED_IN).unwrap();
    let topic = format!("{}incident.events", world.kafka.topic_prefix);
    let produce = |event: &Event| {
        let record = in_partition(0, event);
        let (key, payload) = (record.key.unwrap(), record.payload.unwrap());
        producer.begin_transaction().unwrap();
        producer.send(BaseRecord::to(&topic).partition(0).key(&key).payload(&payload)).unwrap();
        producer.flush(FOLDED_IN).unwrap();
    };
    produce(&triggered("held", "P3"));
    producer.commit_transaction(FOLDED_IN).unwrap();
    produce(&resolved("held"));
    producer.abort_transaction(FOLDED_IN).unwrap();
    let decisions = world.wait_for("incident.decisions", 2);
    stop(router);
    let tick: DecisionRecord = parsed(&decisions[1]);
    assert!(matches!(tick.caused_by, Cause::Timer { .. }), "{tick:#?}");
    assert_eq!(world.notifications("executives").len(), 1);
}

/// Of partition 1, one decision each.
fn backlog(name: &str, count: usize) -> Vec<OutRecord> {
    (0..count).map(|n| in_partition(1, &triggered(&format!("{name}-{n}"), "P1"))).collect()
}

fn in_partition(partition: i32, event: &Event) -> OutRecord {
    OutRecord { partition: Some(partition), ..record::event(event, None).unwrap() }
}

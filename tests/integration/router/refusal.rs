//! Where the log is not the one that was folded, the router refuses and names the remedy.

use herald::router::reset::{self, Reset};
use rdkafka::admin::{AdminClient, AdminOptions, NewPartitions};
use rdkafka::client::DefaultClientContext;
use rdkafka::{ClientConfig, Offset, TopicPartitionList};

use super::world::{World, resolved, stop, triggered, wait_failed, wait_running};
use crate::fixture::kafka;

fn admin(world: &World) -> AdminClient<DefaultClientContext> {
    ClientConfig::new().set("bootstrap.servers", world.kafka.bootstrap_servers.join(",")).create().unwrap()
}

/// A world in which one story has been told.
fn told(test: &str) -> World {
    let world = World::new(test);
    let router = world.start();
    wait_running(&router);
    world.post(&(0..10).map(|n| triggered(&format!("k{n}"), "P1")).collect::<Vec<_>>());
    world.wait_for("notify.executives", 10);
    stop(router);
    world
}

#[test]
fn topics_that_grew_are_refused() {
    let world = told("grown");
    for topic in ["incident.events", "incident.state"] {
        let topic = world.kafka.topic(topic);
        let admin = admin(&world);
        let grow = [NewPartitions::new(&topic, 4)];
        kafka::runtime().block_on(admin.create_partitions(&grow, &AdminOptions::new())).unwrap()[0]
            .clone()
            .unwrap();
        let router = world.start();
        let reason = wait_failed(&router);
        assert!(reason.contains("another kafka.topic_prefix"), "{reason}");
        stop(router);
    }
}

#[test]
fn a_topic_made_anew_is_refused_until_somebody_says_where_to_go_on() {
    let world = told("anew");
    let topic = world.kafka.topic("incident.events");
    let admin = admin(&world);
    kafka::runtime().block_on(admin.delete_topics(&[&topic], &AdminOptions::new())).unwrap()[0]
        .clone()
        .unwrap();
    std::thread::sleep(std::time::Duration::from_secs(1));
    kafka::make_topics(&world.kafka, &super::world::AUDIENCES);
    let router = world.start();
    let reason = wait_failed(&router);
    assert!(reason.contains("the topic was made anew"), "{reason}");
    assert!(reason.contains("herald topics reset --partition"), "{reason}");
    stop(router);
    for partition in 0..2 {
        assert_eq!(reset::progress(&world.kafka, partition, Reset::Earliest).unwrap(), 0);
    }
    let router = world.start();
    wait_running(&router);
    world.post(&(0..10).map(|n| resolved(&format!("k{n}"))).collect::<Vec<_>>());
    // Who was told it began is told it ended: the state was kept.
    world.wait_for("notify.executives", 20);
    stop(router);
}

#[test]
fn events_that_are_gone_are_refused() {
    let world = told("gone");
    world.post(&(0..10).map(|n| resolved(&format!("k{n}"))).collect::<Vec<_>>());
    let mut cut = TopicPartitionList::new();
    for partition in 0..2 {
        cut.add_partition_offset(&world.kafka.topic("incident.events"), partition, Offset::End).unwrap();
    }
    let admin = admin(&world);
    kafka::runtime().block_on(admin.delete_records(&cut, &AdminOptions::new())).unwrap();
    let router = world.start();
    let reason = wait_failed(&router);
    assert!(reason.contains("events are gone that nobody has been told of"), "{reason}");
    stop(router);
    assert!(reset::progress(&world.kafka, 0, Reset::Offset(1_000)).is_err());
    assert!(reset::progress(&world.kafka, 7, Reset::Latest).is_err());
}

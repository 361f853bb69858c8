//! A router ends at any moment, another goes on: nothing is missing and nothing is doubled.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions};
use rdkafka::client::DefaultClientContext;

use super::world::{World, resolved, stop, triggered, wait_running};
use crate::fixture::kafka;

/// Ids of notifications to one audience, each with how often it was read.
fn told(world: &World) -> BTreeMap<String, usize> {
    let mut told = BTreeMap::new();
    for notification in world.notifications("executives") {
        *told.entry(notification.id).or_default() += 1;
    }
    told
}

#[test]
fn a_group_that_is_deleted_or_renamed_replays_nothing() {
    let mut world = World::new("renamed");
    let router = world.start();
    wait_running(&router);
    world.post(&(0..20).map(|n| triggered(&format!("k{n}"), "P1")).collect::<Vec<_>>());
    world.wait_for("notify.executives", 20);
    stop(router);
    let admin: AdminClient<DefaultClientContext> = ClientConfig::new()
        .set("bootstrap.servers", world.kafka.bootstrap_servers.join(","))
        .create()
        .unwrap();
    // Its static member lingers until the session times out.
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let deleting = admin.delete_groups(&[&world.settings.group], &AdminOptions::new());
        if kafka::runtime().block_on(deleting).unwrap()[0].is_ok() {
            break;
        }
        assert!(Instant::now() < deadline, "the group can't be deleted");
        std::thread::sleep(Duration::from_millis(500));
    }
    let router = world.start();
    wait_running(&router);
    world.post(&(0..10).map(|n| resolved(&format!("k{n}"))).collect::<Vec<_>>());
    world.wait_for("notify.executives", 30);
    stop(router);
    world.settings.group.push_str("-renamed");
    let router = world.start();
    wait_running(&router);
    world.post(&(10..20).map(|n| resolved(&format!("k{n}"))).collect::<Vec<_>>());
    world.wait_for("notify.executives", 40);
    stop(router);
    assert!(told(&world).values().all(|times| *times == 1));
}

#[test]
fn two_routers_in_one_slot_do_not_share_it_for_long() {
    let world = World::new("slot");
    let one = world.start();
    wait_running(&one);
    let two = world.start();
    world.post(&(0..200).map(|n| triggered(&format!("k{n}"), "P1")).collect::<Vec<_>>());
    let (reason, other) = loop {
        if one.state().borrow().clone() != herald::router::RouterState::Running
            && let herald::router::RouterState::Failed(reason) = one.state().borrow().clone()
        {
            break (reason, two);
        }
        if let herald::router::RouterState::Failed(reason) = two.state().borrow().clone() {
            break (reason, one);
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    assert!(reason.contains("another process routes as instance 'one' of group"), "{reason}");
    assert!(reason.contains("router.instance"), "{reason}");
    // Whoever is left, or a successor, tells the rest; nobody hears anything twice.
    stop(other);
    let router = world.start();
    wait_running(&router);
    world.wait_for("notify.executives", 200);
    stop(router);
    assert!(told(&world).values().all(|times| *times == 1));
}

#[test]
fn routers_that_come_and_go_lose_and_double_nothing() {
    let world = World::new("churn");
    let keeper = world.start_as("keeper");
    wait_running(&keeper);
    for round in 0..6 {
        let events: Vec<_> = (0..100).map(|n| triggered(&format!("{round}-{n}"), "P1")).collect();
        world.post(&events);
        let guest = world.start_as("guest");
        let ends: Vec<_> = (0..100).map(|n| resolved(&format!("{round}-{n}"))).collect();
        world.post(&ends);
        std::thread::sleep(Duration::from_millis(700 * (round % 3)));
        stop(guest);
    }
    world.wait_for("notify.executives", 1_200);
    stop(keeper);
    assert!(told(&world).values().all(|times| *times == 1));
    assert_eq!(world.metrics.router_sessions.with_label_values(&["refused"]).get(), 0);
}

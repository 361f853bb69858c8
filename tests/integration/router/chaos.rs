//! Routers are killed, with -9, at any moment under load. Nothing may be missing, doubled or out of
//! order for those who read what is committed.

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Child, Command};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use herald::core::decision::DecisionRecord;
use herald::core::event::Event;
use herald::core::notification::Notification;
use herald::core::vocabulary::Kind;
use herald::router::Mode;

use super::world::{AUDIENCES, World, parsed, resolved, stop, triggered, wait_running};

/// Says to this same binary: be a router, of this prefix, in this slot, until you are killed.
const ROLE: &str = "HERALD_TEST_ROUTER";
const KILLS: usize = 10;

/// Not a test of its own: what the killed processes run.
#[test]
fn be_a_router_that_is_killed() {
    let Ok(role) = std::env::var(ROLE) else { return };
    let [servers, prefix, instance] = role.split_whitespace().collect::<Vec<_>>()[..] else { return };
    let settings = herald::kafka::settings::KafkaSettings {
        bootstrap_servers: vec![servers.to_owned()],
        topic_prefix: prefix.to_owned(),
        ..herald::kafka::settings::KafkaSettings::default()
    };
    World::on(settings, Mode::Group).start_as(instance).join();
}

fn spawn(world: &World, instance: &str) -> Child {
    let role = format!("{} {} {instance}", world.kafka.bootstrap_servers[0], world.kafka.topic_prefix);
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "router::chaos::be_a_router_that_is_killed", "--nocapture"])
        .env(ROLE, role)
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn routers_killed_at_any_moment_lose_and_double_nothing() {
    let world = World::new("chaos");
    let done = AtomicBool::new(false);
    let posted = std::thread::scope(|scope| {
        let load = scope.spawn(|| load(&world, &done));
        let mut routers = [spawn(&world, "one"), spawn(&world, "two")];
        for kill in 0..KILLS {
            // Longer than a start, and never in step with the batches.
            std::thread::sleep(Duration::from_millis(1_500 + 137 * (kill as u64 * 7 % 11)));
            let victim = &mut routers[kill % 2];
            victim.kill().unwrap();
            victim.wait().unwrap();
            *victim = spawn(&world, ["one", "two"][kill % 2]);
        }
        done.store(true, Ordering::Relaxed);
        let posted = load.join().unwrap();
        for mut router in routers {
            router.kill().unwrap();
            router.wait().unwrap();
        }
        posted
    });
    // A survivor tells what is left.
    let last = world.start_as("one");
    wait_running(&last);
    world.wait_for("incident.decisions", posted.len());
    stop(last);
    judge(&world, &posted);
}

/// Posts stories without a pause; returns what was acknowledged.
fn load(world: &World, done: &AtomicBool) -> Vec<Event> {
    let mut posted = Vec::new();
    for round in 0.. {
        if done.load(Ordering::Relaxed) {
            break;
        }
        let keys = || (0..20).map(move |n| format!("{round}-{n}"));
        let mut events: Vec<Event> = keys().map(|key| triggered(&key, "P1")).collect();
        events.extend(keys().map(|key| resolved(&key)));
        world.post(&events);
        posted.extend(events);
        std::thread::sleep(Duration::from_millis(30));
    }
    posted
}

fn judge(world: &World, posted: &[Event]) {
    let decisions: Vec<DecisionRecord> = world.all("incident.decisions").iter().map(parsed).collect();
    let places: BTreeSet<_> = decisions.iter().map(|d| (d.input.partition, d.input.offset)).collect();
    assert_eq!(places.len(), posted.len(), "one decision for each event");
    for audience in AUDIENCES {
        let told: Vec<Notification> = world.notifications(audience);
        let ids: BTreeSet<_> = told.iter().map(|n| n.id.as_str()).collect();
        assert_eq!((ids.len(), told.len()), (posted.len(), posted.len()), "each is there once");
        let mut stories: BTreeMap<&str, Vec<(u32, Kind)>> = BTreeMap::new();
        for notification in &told {
            stories
                .entry(&notification.incident.id)
                .or_default()
                .push((notification.sequence, notification.kind));
        }
        for (incident, story) in stories {
            assert_eq!(story, [(1, Kind::Opening), (2, Kind::Resolved)], "{incident}");
        }
    }
    eprintln!("{} events, {KILLS} kills", posted.len());
}

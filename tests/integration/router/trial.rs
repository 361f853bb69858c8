//! The trial: an embedded broker, no group, the same loop.

use herald::kafka::embedded::EmbeddedBroker;
use herald::kafka::settings::KafkaSettings;
use herald::kafka::topics::plan;
use herald::router::Mode;

use super::world::{AUDIENCES, World, resolved, stop, triggered, wait_running};

#[test]
fn the_embedded_broker_tells_the_same_story_and_replays_nothing() {
    let broker = EmbeddedBroker::start("", &plan(AUDIENCES), 3).unwrap();
    let kafka = KafkaSettings {
        bootstrap_servers: vec![broker.bootstrap_servers().to_owned()],
        ..KafkaSettings::default()
    };
    let world = World::on(kafka, Mode::Direct);
    let began = std::time::Instant::now();
    let router = world.start();
    wait_running(&router);
    assert!(began.elapsed().as_secs() < 5, "a trial starts at once");
    world.post(&(0..10).map(|n| triggered(&format!("k{n}"), "P1")).collect::<Vec<_>>());
    world.wait_for("notify.executives", 10);
    stop(router);
    let router = world.start();
    wait_running(&router);
    world.post(&(0..10).map(|n| resolved(&format!("k{n}"))).collect::<Vec<_>>());
    world.post(&[triggered("held", "P3")]);
    world.wait_for("notify.executives", 21);
    stop(router);
}

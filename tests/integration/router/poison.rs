//! What can't be folded goes aside with its reason, and holds up nobody.

use herald::core::rejected::Rejected;

use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, AlterConfig, ResourceSpecifier};
use rdkafka::client::DefaultClientContext;

use super::world::{World, parsed, resolved, stop, triggered, wait_failed, wait_running};
use crate::fixture::kafka;
use crate::kafka::a_record;

#[test]
fn unreadable_records_go_to_rejected_with_their_place_and_reason() {
    let world = World::new("poison");
    let good = triggered("good", "P1");
    let mut newer = serde_json::to_value(&good).unwrap();
    newer["schema"] = "incident-event/2".into();
    let as_it_is = serde_json::to_string(&good).unwrap();
    world.write(vec![
        a_record("incident.events", None, "{}"),
        a_record("incident.events", Some("i-1"), "no json"),
        a_record("incident.events", Some("i-1"), &newer.to_string()),
        a_record("incident.events", Some("i-other"), &as_it_is),
    ]);
    world.post(&[good]);
    let router = world.start();
    wait_running(&router);
    world.wait_for("notify.executives", 1);
    let rejected: Vec<Rejected> = world.wait_for("incident.rejected", 4).iter().map(parsed).collect();
    for problem in [
        "it has no key",
        "it is not an event: expected",
        "its schema is 'incident-event/2', not incident-event/1",
        "its key is not the id of its incident",
    ] {
        let found = rejected.iter().find(|rejected| rejected.problems[0].message.starts_with(problem));
        let found = found.unwrap_or_else(|| panic!("{problem} is not in {rejected:#?}"));
        assert!(found.reason == "unreadable_record" && found.input.is_some());
    }
    let counted = world.metrics.rejected.with_label_values(&["router", "unreadable_record"]).get();
    assert_eq!(counted, 4);
    stop(router);
    // The next router has nothing to do with them.
    let router = world.start();
    wait_running(&router);
    stop(router);
    assert_eq!(world.all("incident.rejected").len(), 4);
}

#[test]
fn a_state_of_a_newer_version_stops_the_router() {
    let world = World::new("newer");
    let mut state = a_record("incident.state", Some("i-1"), r#"{"schema":"incident-state/2"}"#);
    state.partition = Some(1);
    world.write(vec![state]);
    let router = world.start();
    let reason = wait_failed(&router);
    assert!(reason.contains("incident.state/1 offset 0: i-1 is of schema incident-state/2"), "{reason}");
    stop(router);
    assert_eq!(world.metrics.router_sessions.with_label_values(&["refused"]).get(), 1);
}

#[test]
fn an_event_whose_records_the_broker_refuses_goes_aside_alone() {
    let world = World::new("refused");
    // Somebody has made the topic's limit smaller than what was verified at start.
    let topic = world.kafka.topic("incident.decisions");
    let small = AlterConfig::new(ResourceSpecifier::Topic(&topic)).set("max.message.bytes", "6000");
    let admin: AdminClient<DefaultClientContext> = ClientConfig::new()
        .set("bootstrap.servers", world.kafka.bootstrap_servers.join(","))
        .create()
        .unwrap();
    let altered = kafka::runtime().block_on(admin.alter_configs([&small], &AdminOptions::new())).unwrap();
    assert!(altered[0].is_ok());
    let mut events: Vec<_> = (0..5).map(|n| triggered(&format!("k{n}"), "P1")).collect();
    // Its key, in the decision, makes that too large, for nothing in it repeats.
    let noise: String = (0..400_u64).map(|n| herald::core::ids::body_sha256(&n.to_be_bytes())).collect();
    events[2].incident.key = noise;
    world.post(&events);
    let router = world.start();
    wait_running(&router);
    let rejected: Rejected = parsed(&world.wait_for("incident.rejected", 1)[0]);
    assert_eq!(rejected.reason, "poison");
    assert!(rejected.problems[0].message.contains("MessageSizeTooLarge"), "{:?}", rejected.problems);
    assert!(rejected.raw.bytes.contains(&events[2].id));
    world.wait_for("notify.executives", 4);
    world.post(
        &events
            .iter()
            .enumerate()
            .filter(|(n, _)| *n != 2)
            .map(|(n, _)| resolved(&format!("k{n}")))
            .collect::<Vec<_>>(),
    );
    world.wait_for("notify.executives", 8);
    stop(router);
    assert_eq!(
        world.metrics.router_sessions.with_label_values(&["kafka"]).get(),
        0,
        "one session did it all"
    );
}

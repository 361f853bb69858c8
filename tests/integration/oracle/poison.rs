//! What stands on `incident.events` and can't be read is put aside with its reason, and its
//! partition moves on.

use rdkafka::ClientConfig;
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use std::time::Duration;

use super::log::Log;
use super::{heavy, settled};
use crate::fixture::herald::Role;
use crate::fixture::load::Load;
use crate::fixture::seed::Dice;
use crate::fixture::site::{PARTITIONS, Site};

#[test]
fn poison_is_put_aside_and_its_partition_moves_on() {
    let _one = heavy();
    let name = "poison";
    let mut dice = Dice::thrown(name);
    let site = Site::shared(name);
    let mut herald = site.herald("slot-1", Role::All);
    herald.start_ready();
    let load = Load::start(&site, &[herald.addresses_file()], &mut dice);
    load.await_more(20);
    for partition in 0..PARTITIONS {
        poison(&site, partition);
        load.await_more(20);
    }
    let seen = load.finish();
    let verdict = settled(&site, &seen);
    verdict.assert_clean(name);
    let log = Log::read(&site.reader());
    let aside: Vec<_> = log.rejected.iter().filter(|rejected| rejected.input.is_some()).collect();
    assert_eq!(aside.len(), BODIES.len() * PARTITIONS as usize, "{aside:#?}");
    for rejected in aside {
        assert!(!rejected.reason.is_empty() && !rejected.problems.is_empty(), "{rejected:?}");
        assert!(BODIES.iter().any(|(_, body)| *body == rejected.raw.bytes), "the exact record: {rejected:?}");
    }
    assert!(herald.exited().is_none());
}

/// Key and value: not JSON, of a newer major version, of no shape of ours, and without a key.
const BODIES: [(Option<&str>, &str); 4] = [
    (Some("i-aaaaaaaaaaaaaaa"), "{not json"),
    (Some("i-bbbbbbbbbbbbbbb"), r#"{"schema":"incident-event/2","id":"e-future"}"#),
    (Some("i-ccccccccccccccc"), r#"{"schema":"incident-event/1","id":17}"#),
    (None, r#"{"schema":"incident-event/1","id":"e-nobodys"}"#),
];

fn poison(site: &Site, partition: i32) {
    let producer: BaseProducer =
        ClientConfig::new().set("bootstrap.servers", &site.servers).set("acks", "all").create().unwrap();
    let topic = format!("{}incident.events", site.prefix);
    for (key, body) in BODIES {
        let headers = OwnedHeaders::new().insert(Header { key: "ce_id", value: Some("e-poison") });
        // A key of its own in each partition, as an incident's id is.
        let key = key.map(|key| format!("{key}{partition}"));
        let mut record = BaseRecord::to(&topic).partition(partition).payload(body).headers(headers);
        record.key = key.as_ref();
        producer.send(record).map_err(|(error, _)| error).unwrap();
    }
    producer.flush(Duration::from_secs(30)).unwrap();
}

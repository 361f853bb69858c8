//! The embedded broker serves any client.

use std::time::Duration;

use herald::http::publish::Publish;
use herald::kafka::embedded::EmbeddedBroker;
use herald::kafka::producer::IntakeProducer;
use herald::kafka::reader::{From, Reader};
use herald::kafka::settings::KafkaSettings;
use herald::kafka::topics::plan;
use herald::telemetry::metrics::Metrics;

use super::a_record;
use crate::fixture::kafka::runtime;

#[test]
fn records_go_in_and_come_out() {
    let broker = EmbeddedBroker::start("t.", &plan(["executives"]), 2).unwrap();
    let settings = KafkaSettings {
        bootstrap_servers: vec![broker.bootstrap_servers().to_owned()],
        topic_prefix: "t.".into(),
        ..KafkaSettings::default()
    };
    let metrics = Metrics::new("0", "0").unwrap();
    let producer = IntakeProducer::start(&settings, &metrics).unwrap();
    let mut tail = Reader::open(&settings, &["notify.executives"], From::End).unwrap();
    let records = (0..10).map(|n| a_record("notify.executives", Some("i-1"), &n.to_string())).collect();
    runtime().block_on(producer.publish(records)).unwrap();
    let mut seen = 0;
    while tail.next(Duration::from_secs(5)).unwrap().is_some() {
        seen += 1;
        if seen == 10 {
            break;
        }
    }
    assert_eq!(seen, 10);
    let mut reader = Reader::open(&settings, &["notify.executives"], From::Beginning).unwrap();
    assert_eq!(reader.read_to_end(Duration::from_secs(10)).unwrap().len(), 10);
    broker.create("t.", &plan(["executives", "sales"]), 2).unwrap();
    assert!(Reader::open(&settings, &["notify.sales"], From::Beginning).is_ok());
}

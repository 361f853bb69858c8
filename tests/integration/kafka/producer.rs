//! A 202 is a promise: the record is there.

use std::time::{Duration, Instant};

use herald::http::publish::{Publish, PublishError};
use herald::kafka::producer::IntakeProducer;
use herald::kafka::reader::{From, Reader};
use herald::kafka::settings::KafkaSettings;
use herald::telemetry::metrics::Metrics;

use super::a_record;
use crate::fixture::kafka;

const TOPIC: &str = "incident.events";

fn producer(settings: &KafkaSettings) -> (IntakeProducer, Metrics) {
    let metrics = Metrics::new("0", "0").unwrap();
    (IntakeProducer::start(settings, &metrics).unwrap(), metrics)
}

fn publishes(settings: &KafkaSettings) {
    kafka::make_topics(settings, &[]);
    let (producer, metrics) = producer(settings);
    let records: Vec<_> =
        (0..100).map(|n| a_record(TOPIC, Some(&format!("i-{}", n % 7)), &n.to_string())).collect();
    kafka::runtime().block_on(producer.publish(records)).unwrap();
    assert_eq!(producer.in_flight(), 0);
    assert_eq!(metrics.kafka_ack_duration.get_sample_count(), 100);
    let mut reader = Reader::open(settings, &[TOPIC], From::Beginning).unwrap();
    let read = reader.read_to_end(Duration::from_secs(20)).unwrap();
    assert_eq!(read.len(), 100);
    assert_eq!(read[0].header("ce_id"), Some("e-1"));
    for key in 0..7 {
        let of_key: Vec<u32> = read
            .iter()
            .filter(|record| record.key.as_deref() == Some(&format!("i-{key}")))
            .map(|record| String::from_utf8_lossy(record.payload.as_ref().unwrap()).parse().unwrap())
            .collect();
        assert!(of_key.is_sorted(), "order is kept for each key: {of_key:?}");
    }
    assert_eq!(reader.read_to_end(Duration::from_secs(20)).unwrap(), vec![], "nothing is read twice");
}

#[test]
fn what_is_acknowledged_is_there() {
    publishes(&kafka::settings("ack"));
}

#[test]
fn tls_and_each_sasl_mechanism_connect() {
    for mechanism in ["PLAIN", "SCRAM-SHA-512"] {
        match kafka::secure("secure", mechanism) {
            Some(settings) => publishes(&settings),
            None => eprintln!("skipped: this cluster has no listener with a password"),
        }
    }
}

#[test]
fn a_wrong_password_is_not_acknowledged() {
    let Some(mut settings) = kafka::secure("wrong", "SCRAM-SHA-512") else { return };
    if let Some(security) = &mut settings.security {
        security.password = Some(herald::secret::Secret::new(*b"wrong"));
    }
    let (producer, _) = producer(&settings);
    let publish = async {
        tokio::time::timeout(Duration::from_secs(2), producer.publish(vec![a_record(TOPIC, None, "1")])).await
    };
    assert!(kafka::runtime().block_on(publish).is_err(), "still waiting");
    assert_eq!(producer.in_flight(), 1, "the permit follows the record, not the future");
}

#[test]
fn a_record_that_is_too_large_says_so_and_leaves_nothing_in_flight() {
    let mut settings = kafka::settings("large");
    settings.record_bytes_max = 2_000;
    let (producer, _) = producer(&settings);
    let record = a_record(TOPIC, None, &"x".repeat(3_000));
    assert_eq!(kafka::runtime().block_on(producer.publish(vec![record])), Err(PublishError::TooLarge));
    assert_eq!(producer.in_flight(), 0);
    assert!(producer.ready());
    producer.drain();
    assert!(!producer.ready());
}

#[test]
fn without_kafka_nothing_is_acknowledged_and_a_full_queue_answers_at_once() {
    let settings =
        KafkaSettings { bootstrap_servers: vec!["127.0.0.1:1".into()], ..KafkaSettings::default() };
    let (producer, _) = producer(&settings);
    let runtime = kafka::runtime();
    let many = (0..100_001).map(|_| a_record(TOPIC, None, "")).collect();
    let began = Instant::now();
    assert_eq!(runtime.block_on(producer.publish(many)), Err(PublishError::QueueFull));
    assert!(began.elapsed() < Duration::from_secs(10));
    assert!(producer.ready(), "an outage is not a reason to be restarted");
    assert!(!producer.flush(Duration::from_millis(100)));
}

//! Topics are made as they must be, and what differs is said.

use herald::kafka::topics::{Purpose, Topic, ensure, plan};

use crate::fixture::kafka;

#[test]
fn topics_are_made_once_and_then_verified() {
    let settings = kafka::settings("made");
    let report = kafka::make_topics(&settings, &["executives"]);
    assert_eq!(report.created.len(), plan(["executives"]).len());
    assert_eq!(report.warnings.len(), report.created.len(), "one replica is a warning for each topic");
    assert!(report.warnings[0].what.contains("one replica"), "{}", report.warnings[0]);
    let again = kafka::make_topics(&settings, &["executives"]);
    assert!(again.created.is_empty());
    let more = kafka::make_topics(&settings, &["executives", "sales"]);
    assert_eq!(more.created.len(), 2, "a reload may bring a new audience");
}

#[test]
fn missing_topics_are_named_where_none_may_be_made() {
    let mut settings = kafka::settings("none");
    settings.topics.create = false;
    let error = kafka::runtime().block_on(ensure(&settings, &plan([]))).unwrap_err().to_string();
    for topic in plan([]) {
        let line =
            format!("  {}: it does not exist, and kafka.topics.create is false", settings.topic(&topic.name));
        assert!(error.contains(&line), "{error}");
    }
}

#[test]
fn topics_of_somebody_else_are_refused_with_all_that_differs() {
    let settings = kafka::settings("differs");
    // State made as a plain log, and with fewer partitions than the events.
    let swapped = [Topic { name: "incident.state".into(), purpose: Purpose::Events }];
    let mut fewer = settings.clone();
    fewer.topics.partitions = 1;
    kafka::runtime().block_on(ensure(&fewer, &swapped)).unwrap();
    let error = kafka::runtime().block_on(ensure(&settings, &plan([]))).unwrap_err().to_string();
    for words in [
        "cleanup.policy is 'delete', not compact",
        "max.compaction.lag.ms is 9223372036854775807, more than 86400000",
        "it has 1 partitions and",
        "kafka.topics.unsafe: true",
    ] {
        assert!(error.contains(words), "{words} is not in:\n{error}");
    }
}

#[test]
fn without_kafka_the_error_says_whom_it_asked() {
    let mut settings = kafka::settings("nobody");
    settings.bootstrap_servers = vec!["127.0.0.1:1".into()];
    let error = kafka::runtime().block_on(ensure(&settings, &plan([]))).unwrap_err().to_string();
    assert!(error.contains("127.0.0.1:1"), "{error}");
}

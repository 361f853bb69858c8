//! What the benchmarks themselves need of Kafka.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use herald::core::policy::Policy;
use herald::core::record::OutRecord;
use herald::kafka::send::base_record;
use herald::kafka::settings::{KafkaSettings, TopicSettings};
use herald::kafka::topics;
use rdkafka::ClientContext;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};
use rdkafka::message::DeliveryResult;
use rdkafka::producer::{Producer, ProducerContext, ThreadedProducer};
use rdkafka::{Offset, TopicPartitionList};

/// Partitions of every topic: as many as Herald makes by default.
pub(crate) const PARTITIONS: i32 = 12;

const ASK_TIMEOUT: Duration = Duration::from_secs(20);

/// Creates a topic of one replica, unless it is there.
pub(crate) fn create_topic(bootstrap_servers: &str, topic: &str, partitions: i32) -> Result<()> {
    let admin: AdminClient<DefaultClientContext> =
        ClientConfig::new().set("bootstrap.servers", bootstrap_servers).create()?;
    let wanted = NewTopic::new(topic, partitions, TopicReplication::Fixed(1));
    let options = AdminOptions::new().operation_timeout(Some(ASK_TIMEOUT));
    for result in runtime()?.block_on(admin.create_topics([&wanted], &options))? {
        match result {
            Ok(_) | Err((_, Code::TopicAlreadyExists)) => {}
            Err((topic, code)) => bail!("topic {topic} can't be created: {code}"),
        }
    }
    Ok(())
}

/// Creates all of Herald's topics, with the settings that it gives them.
pub(crate) fn create_all_topics(bootstrap_servers: &str, prefix: &str, policy: &Policy) -> Result<()> {
    let settings = KafkaSettings {
        bootstrap_servers: bootstrap_servers.split(',').map(str::to_owned).collect(),
        topic_prefix: prefix.to_owned(),
        topics: TopicSettings { create: true, partitions: PARTITIONS, replication: 1, allow_unsafe: false },
        ..KafkaSettings::default()
    };
    let plan = topics::plan(policy.audiences.iter().map(|audience| audience.name.as_str()));
    runtime()?.block_on(topics::ensure(&settings, &plan))?;
    Ok(())
}

/// The id of the cluster, which a router looks for in its own memory.
pub(crate) fn cluster_id(bootstrap_servers: &str) -> Result<String> {
    let consumer: BaseConsumer = ClientConfig::new().set("bootstrap.servers", bootstrap_servers).create()?;
    consumer.client().fetch_cluster_id(ASK_TIMEOUT).context("the cluster does not say its id")
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}

/// Counts what was stored.
#[derive(Default)]
struct Stored(AtomicU64);

impl ClientContext for Stored {}

impl ProducerContext for Stored {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, (): ()) {
        if result.is_ok() {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Writes these records as fast as Kafka takes them, and waits until it has them all.
pub(crate) fn produce(
    bootstrap_servers: &str,
    prefix: &str,
    records: impl Iterator<Item = Result<OutRecord>>,
) -> Result<u64> {
    let producer: ThreadedProducer<Stored> = ClientConfig::new()
        .set("bootstrap.servers", bootstrap_servers)
        .set("enable.idempotence", "true")
        .set("linger.ms", "20")
        .set("compression.type", "lz4")
        .set("partitioner", "murmur2_random")
        .create_with_context(Stored::default())?;
    let mut sent = 0;
    for record in records {
        let record = record?;
        let topic = format!("{prefix}{}", record.topic);
        let mut to_send = base_record(&record, &topic, ());
        while let Err((error, again)) = producer.send(to_send) {
            if error.rdkafka_error_code() != Some(Code::QueueFull) {
                return Err(error).context("an event can't be produced");
            }
            std::thread::sleep(Duration::from_millis(5));
            to_send = again;
        }
        sent += 1;
    }
    producer.flush(Duration::from_mins(1))?;
    let stored = producer.context().0.load(Ordering::Relaxed);
    anyhow::ensure!(stored == sent, "Kafka has {stored} of {sent} events");
    Ok(sent)
}

/// Reads these topics, as a subscriber does that wants only what is committed; from their ends on.
pub(crate) fn subscriber(bootstrap_servers: &str, topics: &[String]) -> Result<BaseConsumer> {
    let consumer: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", bootstrap_servers)
        .set("group.id", "bench")
        .set("isolation.level", "read_committed")
        .set("enable.auto.commit", "false")
        .create()?;
    let mut assignment = TopicPartitionList::new();
    for topic in topics {
        for partition in 0..PARTITIONS {
            let (_, end) = consumer.fetch_watermarks(topic, partition, ASK_TIMEOUT)?;
            assignment.add_partition_offset(topic, partition, Offset::Offset(end))?;
        }
    }
    consumer.assign(&assignment)?;
    Ok(consumer)
}

/// Does librdkafka live through this error by itself?
pub(crate) fn is_passing(error: &KafkaError) -> bool {
    matches!(
        error.rdkafka_error_code(),
        Some(Code::BrokerTransportFailure | Code::AllBrokersDown | Code::OperationTimedOut)
    )
}

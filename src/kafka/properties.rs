//! Every librdkafka key that Herald sets, for whom, and why. What stands here is owned: the
//! configuration's `kafka.properties` may set any other key, and is refused these by name.

use rdkafka::ClientConfig;
use rdkafka::config::RDKafkaLogLevel;

use super::settings::{KafkaSettings, SecuritySettings};

/// Which client a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// All of them.
    Any,
    /// Writes what was received.
    IntakeProducer,
    /// Writes what was decided, in transactions.
    RouterProducer,
    /// Reads events, as a member of the group.
    RouterConsumer,
    /// Reads state, and what tools show: committed records, to a known end.
    Reader,
}

/// One key that Herald sets.
#[derive(Debug, Clone, Copy)]
pub struct Property {
    /// librdkafka's name.
    pub key: &'static str,
    /// The value; empty where it comes from the configuration or the session.
    pub value: &'static str,
    /// Which client.
    pub role: Role,
    /// Why this value.
    pub why: &'static str,
}

const fn row(role: Role, key: &'static str, value: &'static str, why: &'static str) -> Property {
    Property { key, value, role, why }
}

use Role::{Any, IntakeProducer, Reader, RouterConsumer, RouterProducer};

/// All of them.
#[rustfmt::skip] // A table.
pub const OWNED: &[Property] = &[
    row(Any, "bootstrap.servers", "", "kafka.bootstrap_servers"),
    row(Any, "metadata.broker.list", "", "another name of bootstrap.servers"),
    row(Any, "client.id", "herald", "what the brokers' logs and quotas call us"),
    row(Any, "security.protocol", "", "kafka.security.protocol"),
    row(Any, "sasl.mechanisms", "", "kafka.security.mechanism"),
    row(Any, "sasl.mechanism", "", "another name of sasl.mechanisms"),
    row(Any, "sasl.username", "", "kafka.security.username"),
    row(Any, "sasl.password", "", "kafka.security.password_file"),
    row(Any, "ssl.ca.location", "", "kafka.security.ca_file"),
    row(Any, "ssl.certificate.location", "", "kafka.security.certificate_file"),
    row(Any, "ssl.key.location", "", "kafka.security.key_file"),
    row(Any, "reconnect.backoff.max.ms", "500", "the default of 10 s delays errors, and recovery after an outage"),
    row(Any, "allow.auto.create.topics", "false", "a topic made by accident has the wrong settings"),
    row(Any, "test.mock.num.brokers", "", "would replace the cluster by a mock"),
    row(Any, "log.queue", "", "rdkafka needs it to hand us the logs"),

    row(IntakeProducer, "acks", "all", "202 means: on all in-sync replicas"),
    row(IntakeProducer, "request.required.acks", "", "another name of acks"),
    row(IntakeProducer, "enable.idempotence", "true", "a retry inside librdkafka neither doubles nor reorders"),
    row(IntakeProducer, "linger.ms", "1", "a webhook waits for its acknowledgement; 1 ms still fills batches under load"),
    row(IntakeProducer, "queue.buffering.max.ms", "", "another name of linger.ms"),
    row(IntakeProducer, "compression.type", "lz4", "webhook bodies shrink to a fifth for little CPU"),
    row(IntakeProducer, "compression.codec", "", "another name of compression.type"),
    row(IntakeProducer, "partitioner", "murmur2_random", "as Java clients do, so that every tool finds a key in the same partition"),
    row(IntakeProducer, "queue.buffering.max.messages", "100000", "bounded; a full queue is 503, and the admission permits are far below"),
    row(IntakeProducer, "queue.buffering.max.kbytes", "262144", "bounded memory in an outage"),
    row(IntakeProducer, "message.timeout.ms", "120000", "longer than the watchdog's 60 s; the sender has had its 503 long before, and its retry has the same id"),
    row(IntakeProducer, "delivery.timeout.ms", "", "another name of message.timeout.ms"),
    row(IntakeProducer, "message.max.bytes", "", "twice the largest body"),
    row(IntakeProducer, "batch.size", "1000000", "a batch larger than the topic's max.message.bytes is refused whole"),

    row(RouterProducer, "transactional.id", "", "stable for each slot, so that a successor frees what its predecessor left open"),
    row(RouterProducer, "transaction.timeout.ms", "10000", "an open transaction of a dead router holds back every reader for so long"),
    row(RouterProducer, "message.timeout.ms", "8000", "must not exceed transaction.timeout.ms"),
    row(RouterProducer, "enable.idempotence", "true", "transactions need it"),
    row(RouterProducer, "acks", "all", "transactions need it"),
    row(RouterProducer, "linger.ms", "0", "a batch is handed over whole; there is nothing to wait for"),
    row(RouterProducer, "batch.num.messages", "10000", "one request for each partition and batch"),
    row(RouterProducer, "queue.buffering.max.messages", "100000", "far above a batch of 10,000"),
    row(RouterProducer, "queue.buffering.max.kbytes", "262144", "far above a batch of 8 MiB"),
    row(RouterProducer, "compression.type", "lz4", "nine audiences read nearly the same words"),
    row(RouterProducer, "partitioner", "murmur2_random", "all that one audience hears of one incident is in one partition, wherever a Java client looks"),
    row(RouterProducer, "retry.backoff.ms", "5", "right after a commit the broker may ask to try again in a moment"),
    row(RouterProducer, "message.max.bytes", "", "twice the largest body"),
    row(RouterProducer, "batch.size", "1000000", "a batch larger than the topic's max.message.bytes is refused whole"),

    row(RouterConsumer, "group.id", "", "router.group"),
    row(RouterConsumer, "group.instance.id", "", "router.instance: a restart within 6 s moves no partition"),
    row(RouterConsumer, "group.protocol", "classic", "static membership is tested with it"),
    row(RouterConsumer, "isolation.level", "read_committed", "internal events stand in transactions; and committed offsets then wait for pending ones"),
    row(RouterConsumer, "enable.auto.commit", "false", "offsets are committed in the transaction"),
    row(RouterConsumer, "enable.auto.offset.store", "false", "offsets are committed in the transaction"),
    row(RouterConsumer, "auto.offset.reset", "error", "never reset silently; where to begin is always given exactly"),
    row(RouterConsumer, "partition.assignment.strategy", "range", "cooperative-sticky aborted 7 times in 14 rebalances, range never"),
    row(RouterConsumer, "session.timeout.ms", "6000", "a dead router's partitions move after so long; Kafka's own minimum"),
    row(RouterConsumer, "heartbeat.interval.ms", "1000", "a rebalance is noticed within a second"),
    row(RouterConsumer, "max.poll.interval.ms", "60000", "a router that hangs is replaced"),
    row(RouterConsumer, "enable.partition.eof", "true", "a timer fires only once everything before it was read"),
    row(RouterConsumer, "fetch.wait.max.ms", "100", "an idle partition's end is known soon"),
    row(RouterConsumer, "fetch.message.max.bytes", "1048576", "bounded; larger records still come, alone"),
    row(RouterConsumer, "queued.max.messages.kbytes", "16384", "bounded memory under a backlog, for each partition"),
    row(RouterConsumer, "queued.min.messages", "2000", "a few batches ahead are enough"),
    row(RouterConsumer, "fetch.queue.backoff.ms", "10", "the default pauses a partition for a second whenever its queue is full"),
    row(RouterConsumer, "statistics.interval.ms", "5000", "where the lag is read from, without asking the brokers"),

    row(Reader, "group.id", "", "librdkafka wants one to consume at all; no group is joined"),
    row(Reader, "isolation.level", "", "read_committed, but for finding what transactions are still open"),
    row(Reader, "enable.auto.commit", "false", "reading leaves no trace"),
    row(Reader, "enable.auto.offset.store", "false", "reading leaves no trace"),
    row(Reader, "auto.offset.reset", "error", "where to begin is always given exactly"),
    row(Reader, "enable.partition.eof", "true", "how the end is known"),
    row(Reader, "fetch.wait.max.ms", "100", "the end is known soon"),
    row(Reader, "queued.max.messages.kbytes", "16384", "bounded memory"),
];

/// What is wrong with `kafka.properties` or `kafka.security`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PropertyError {
    /// A key that Herald owns.
    #[error("kafka.properties may not set {key}: {why}")]
    Owned {
        /// The key.
        key: String,
        /// Why it is ours.
        why: &'static str,
    },
    /// A key or value that librdkafka does not take.
    #[error("kafka.properties: {key} = {value}: {why}")]
    Refused {
        /// The key.
        key: String,
        /// The value.
        value: String,
        /// librdkafka's words.
        why: String,
    },
    /// A secret that is no text.
    #[error("kafka.security: the password is not UTF-8")]
    Password,
}

/// Is everything in `kafka.properties` ours to pass on, and does librdkafka take it?
pub fn check(settings: &KafkaSettings) -> Result<(), PropertyError> {
    for (key, value) in &settings.properties {
        if let Some(owned) = OWNED.iter().find(|owned| owned.key == key) {
            return Err(PropertyError::Owned { key: key.clone(), why: owned.why });
        }
        if let Err(error) = ClientConfig::new().set(key, value).create_native_config() {
            let why = match error {
                rdkafka::error::KafkaError::ClientConfig(_, why, _, _) => why,
                other => other.to_string(),
            };
            return Err(PropertyError::Refused { key: key.clone(), value: value.clone(), why });
        }
    }
    Ok(())
}

/// The configuration of one client. Keys without a value of their own, beyond security and
/// `message.max.bytes`, are the caller's to set.
pub fn config(settings: &KafkaSettings, role: Role) -> Result<ClientConfig, PropertyError> {
    check(settings)?;
    let mut config = ClientConfig::new();
    // librdkafka's own level; what is shown is decided where logs are configured.
    config.set_log_level(RDKafkaLogLevel::Info);
    for property in OWNED.iter().filter(|p| !p.value.is_empty() && (p.role == Any || p.role == role)) {
        config.set(property.key, property.value);
    }
    config.set("bootstrap.servers", settings.bootstrap_servers.join(","));
    if matches!(role, IntakeProducer | RouterProducer) {
        config.set("message.max.bytes", settings.record_bytes_max.to_string());
    }
    if let Some(security) = &settings.security {
        secure(&mut config, security)?;
    }
    for (key, value) in &settings.properties {
        config.set(key, value);
    }
    Ok(config)
}

fn secure(config: &mut ClientConfig, security: &SecuritySettings) -> Result<(), PropertyError> {
    config.set("security.protocol", security.protocol.to_ascii_lowercase());
    if let Some(mechanism) = &security.mechanism {
        config.set("sasl.mechanisms", mechanism);
    }
    if let Some(username) = &security.username {
        config.set("sasl.username", username);
    }
    if let Some(password) = &security.password {
        let text = std::str::from_utf8(password.expose()).map_err(|_| PropertyError::Password)?;
        config.set("sasl.password", text);
    }
    let files = [
        ("ssl.ca.location", &security.ca_file),
        ("ssl.certificate.location", &security.certificate_file),
        ("ssl.key.location", &security.key_file),
    ];
    for (key, file) in files {
        if let Some(file) = file {
            config.set(key, file.to_string_lossy());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    fn with(key: &str, value: &str) -> KafkaSettings {
        let properties = [(key.to_owned(), value.to_owned())].into();
        KafkaSettings {
            bootstrap_servers: vec!["a:1".into(), "b:2".into()],
            properties,
            ..Default::default()
        }
    }

    #[test]
    fn keys_that_are_ours_are_refused_by_name() {
        for key in ["acks", "transactional.id", "isolation.level", "bootstrap.servers"] {
            let error = check(&with(key, "1")).unwrap_err().to_string();
            assert!(error.starts_with(&format!("kafka.properties may not set {key}: ")), "{error}");
        }
        assert!(check(&with("client.rack", "a")).is_ok());
        let error = check(&with("client.rakc", "a")).unwrap_err().to_string();
        assert!(error.contains("client.rakc") && error.contains("No such configuration property"), "{error}");
    }

    #[test]
    fn librdkafka_takes_every_value_of_every_role() {
        for role in [IntakeProducer, RouterProducer, RouterConsumer, Reader] {
            let mut config = config(&with("client.rack", "a"), role).unwrap();
            if role == RouterProducer {
                config.set("transactional.id", "t");
            }
            config.create_native_config().unwrap();
            assert_eq!(config.get("client.rack"), Some("a"));
            assert_eq!(config.get("bootstrap.servers"), Some("a:1,b:2"));
        }
    }

    #[test]
    fn security_reaches_every_client_and_no_message_shows_the_password() {
        let settings = KafkaSettings {
            security: Some(SecuritySettings {
                protocol: "SASL_SSL".into(),
                mechanism: Some("SCRAM-SHA-512".into()),
                username: Some("herald".into()),
                password: Some(Secret::new(*b"pass")),
                ca_file: Some("/ca.pem".into()),
                certificate_file: None,
                key_file: None,
            }),
            ..Default::default()
        };
        let config = config(&settings, Reader).unwrap();
        assert_eq!(config.get("security.protocol"), Some("sasl_ssl"));
        assert_eq!(config.get("sasl.password"), Some("pass"));
        assert!(!format!("{settings:?}").contains("pass\""));
    }
}

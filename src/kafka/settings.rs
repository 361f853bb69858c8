//! Where Kafka is and how it is spoken to (configuration.md, `kafka`).

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::secret::Secret;

/// `kafka:`
#[derive(Debug, Clone)]
pub struct KafkaSettings {
    /// `host:port`, at least one.
    pub bootstrap_servers: Vec<String>,
    /// Before every topic's name.
    pub topic_prefix: String,
    /// Plain text where absent.
    pub security: Option<SecuritySettings>,
    /// How topics are made or checked.
    pub topics: TopicSettings,
    /// Other librdkafka keys; those that Herald owns are refused by name.
    pub properties: BTreeMap<String, String>,
    /// Largest record: twice the largest body, for an event holds the body and what was read of it.
    pub record_bytes_max: usize,
}

impl Default for KafkaSettings {
    fn default() -> Self {
        Self {
            bootstrap_servers: Vec::new(),
            topic_prefix: String::new(),
            security: None,
            topics: TopicSettings::default(),
            properties: BTreeMap::new(),
            record_bytes_max: 2 * 1024 * 1024,
        }
    }
}

impl KafkaSettings {
    /// A topic's name on this cluster.
    pub fn topic(&self, name: &str) -> String {
        format!("{}{name}", self.topic_prefix)
    }
}

/// TLS and SASL.
#[derive(Debug, Clone)]
pub struct SecuritySettings {
    /// `plaintext`, `ssl`, `sasl_plaintext`, `sasl_ssl`.
    pub protocol: String,
    /// `PLAIN`, `SCRAM-SHA-256`, `SCRAM-SHA-512`.
    pub mechanism: Option<String>,
    /// SASL user.
    pub username: Option<String>,
    /// SASL password.
    pub password: Option<Secret>,
    /// PEM of the authority that signed the brokers' certificates.
    pub ca_file: Option<PathBuf>,
    /// PEM of the client's certificate.
    pub certificate_file: Option<PathBuf>,
    /// PEM of the client's key.
    pub key_file: Option<PathBuf>,
}

/// How topics are made or checked at start.
#[derive(Debug, Clone)]
pub struct TopicSettings {
    /// False: only verify, and say what differs.
    pub create: bool,
    /// Partitions of every topic that is made.
    pub partitions: i32,
    /// Replicas of every topic that is made.
    pub replication: i32,
    /// Accept settings that can lose data.
    pub allow_unsafe: bool,
}

impl Default for TopicSettings {
    fn default() -> Self {
        Self { create: true, partitions: 12, replication: 3, allow_unsafe: false }
    }
}

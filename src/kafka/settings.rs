//! Where Kafka is and how it is spoken to (configuration.md, `kafka`).

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::secret::Secret;

/// `kafka:`
#[derive(Debug, Clone, Default)]
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

//! Where Kafka is, for commands that read it.

use std::path::PathBuf;

use anyhow::Context as _;

use crate::app::addresses;
use crate::config;
use crate::kafka::settings::KafkaSettings;

/// Without any of these: the trial that runs on this machine, else herald.yaml.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct ClusterArgs {
    /// Where Kafka is, as host:port,host:port
    #[arg(long, value_name = "SERVERS", conflicts_with = "config")]
    bootstrap_servers: Option<String>,
    /// Before every topic's name
    #[arg(long, value_name = "PREFIX", requires = "bootstrap_servers", default_value = "")]
    topic_prefix: String,
    /// The configuration that says where Kafka is
    #[arg(long, value_name = "FILE", env = "HERALD_CONFIG", hide_env = true)]
    config: Option<PathBuf>,
}

impl ClusterArgs {
    /// The configuration that was named.
    pub(super) const fn config(&self) -> Option<&PathBuf> {
        self.config.as_ref()
    }

    /// How to speak to it.
    pub(super) fn settings(&self) -> anyhow::Result<KafkaSettings> {
        if let Some(servers) = &self.bootstrap_servers {
            return Ok(KafkaSettings {
                bootstrap_servers: servers.split(',').map(|server| server.trim().to_owned()).collect(),
                topic_prefix: self.topic_prefix.clone(),
                ..KafkaSettings::default()
            });
        }
        if self.config.is_none()
            && let Some(trial) = addresses::running_trial()
        {
            eprintln!("herald: reading the trial at {}", trial.kafka);
            return Ok(trial.kafka_settings());
        }
        kafka_of(self.config.clone())
    }
}

/// The cluster that a configuration names.
pub(super) fn kafka_of(file: Option<PathBuf>) -> anyhow::Result<KafkaSettings> {
    let request = config::Request {
        file,
        environment: config::Environment::of_process(),
        ..config::Request::default()
    };
    let config = config::load(&request)?;
    match config.broker {
        config::Broker::Kafka(settings) => Ok(settings),
        config::Broker::Embedded(_) => Err(anyhow::anyhow!(
            "no trial is running here and there is no {}; start `herald serve`, or say --bootstrap-servers",
            config::DEFAULT_FILE
        ))
        .context("where is Kafka?"),
    }
}

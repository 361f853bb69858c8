//! The broker behind the process: a real cluster whose topics are made or verified, or the trial's
//! own, which is started here and ends here.

use std::sync::Mutex;

use anyhow::Context as _;

use crate::config::Config;
use crate::core::policy::Policy;
use crate::kafka::embedded::EmbeddedBroker;
use crate::kafka::settings::KafkaSettings;
use crate::kafka::topics::{self, Topic};

/// What `/version` and the banner say of the embedded broker.
pub(super) const EMBEDDED_WORDS: &str = "embedded (trial): forgets on exit, isolates no transactions, drops above 5 MiB a partition; not for production";

/// Where records go.
pub(super) struct RunningBroker {
    settings: KafkaSettings,
    embedded: bool,
    running: Mutex<Option<EmbeddedBroker>>,
}

impl RunningBroker {
    pub(super) fn new(config: &Config) -> anyhow::Result<Self> {
        let settings = config.broker.settings().clone();
        crate::kafka::properties::check(&settings).context("kafka.properties")?;
        Ok(Self { settings, embedded: config.broker.is_embedded(), running: Mutex::new(None) })
    }

    /// In words, for people.
    pub(super) fn words(&self) -> &'static str {
        if self.embedded { EMBEDDED_WORDS } else { "kafka" }
    }

    /// Starts it, or verifies the cluster's topics. How to speak to it, from now on.
    pub(super) async fn open(&self, policy: Option<&Policy>) -> anyhow::Result<KafkaSettings> {
        let mut settings = self.settings.clone();
        let plan = plan(policy);
        if self.embedded {
            let broker = EmbeddedBroker::start(&settings.topic_prefix, &plan, settings.topics.partitions)
                .context("can't start the embedded broker")?;
            settings.bootstrap_servers = vec![broker.bootstrap_servers().to_owned()];
            if let Ok(mut running) = self.running.lock() {
                *running = Some(broker);
            }
        } else {
            self.verify(&plan).await?;
        }
        Ok(settings)
    }

    /// Makes the topics of a policy's new audiences, before it is in force.
    pub(super) async fn prepare(&self, policy: &Policy) -> anyhow::Result<()> {
        let plan = plan(Some(policy));
        if !self.embedded {
            return self.verify(&plan).await;
        }
        let running = self.running.lock().map_err(|_| anyhow::anyhow!("the embedded broker is gone"))?;
        let broker = running.as_ref().context("the embedded broker has not started")?;
        broker.create(&self.settings.topic_prefix, &plan, self.settings.topics.partitions)?;
        Ok(())
    }

    async fn verify(&self, plan: &[Topic]) -> anyhow::Result<()> {
        let report = topics::ensure(&self.settings, plan).await?;
        for topic in report.created {
            tracing::info!(topic, "topic created");
        }
        for warning in report.warnings {
            tracing::warn!("{warning}");
        }
        Ok(())
    }
}

/// The topics that a policy needs; without one, those of the intake.
fn plan(policy: Option<&Policy>) -> Vec<Topic> {
    let audiences = policy.map(|policy| policy.audiences.as_slice()).unwrap_or_default();
    topics::plan(audiences.iter().map(|audience| audience.name.as_str()))
}

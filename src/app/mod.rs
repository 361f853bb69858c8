//! The whole process: new → start → reload → stop. What is started, in which order, and what is
//! waited for when it ends, stands here and nowhere else.

pub mod addresses;
mod banner;
mod broker;
mod operated;
pub mod policy;
mod publisher;
mod signals;
mod verdicts;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use arc_swap::ArcSwap;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::config::Config;
use crate::core::policy::Policy;
use crate::http::incidents::{ApiSettings, Verdicts};
use crate::http::operations::{self, VERSION, revision};
use crate::http::webhooks;
use crate::kafka::producer::IntakeProducer;
use crate::kafka::settings::KafkaSettings;
use crate::router::{Clock, Mode, Parts, Router, RouterHandle, RouterState};
use crate::telemetry::metrics::Metrics;
use addresses::{Addresses, TrialFile};
pub use banner::banner;
use broker::RunningBroker;
use operated::{Operations, Phase};
use policy::PolicyStore;
pub use publisher::Publisher;
pub use signals::{Hangups, run_until_told};
use verdicts::VerdictReader;

/// What is in flight when the process is told to stop has this long.
const STOP_WITHIN: Duration = Duration::from_secs(10);

/// Which stages this process runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Both.
    All,
    /// Webhooks in.
    Intake,
    /// Notifications out.
    Router,
}

impl Role {
    const fn takes_webhooks(self) -> bool {
        matches!(self, Self::All | Self::Intake)
    }
    const fn routes(self) -> bool {
        matches!(self, Self::All | Self::Router)
    }
}

/// What the command line adds to the configuration.
#[derive(Debug)]
pub struct Options {
    /// Which stages to run.
    pub role: Role,
    /// Whose time it is: the system's, or a story's.
    pub clock: Clock,
    /// Where to write the addresses once everything is ready.
    pub addresses_file: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self { role: Role::All, clock: Clock::system(), addresses_file: None }
    }
}

/// A process that is not running yet.
#[derive(Debug)]
pub struct App {
    config: Config,
    options: Options,
}

/// A process that runs.
pub struct Running {
    operations: Arc<Operations>,
    operations_server: actix_web::dev::ServerHandle,
    webhooks: Option<Intake>,
    router: Option<RouterHandle>,
    addresses: Addresses,
    addresses_file: Option<PathBuf>,
    // Dropped last: the others still speak to it while they stop.
    trial_file: Option<TrialFile>,
    broker: Arc<RunningBroker>,
}

/// The webhook port, and what it stands on.
struct Intake {
    port: webhooks::Running,
    producer: IntakeProducer,
    /// Only where somebody may wait for a decision.
    verdicts: Option<VerdictReader>,
}

impl App {
    /// A process of this configuration.
    pub fn new(config: Config, options: Options) -> Self {
        Self { config, options }
    }

    /// Starts everything, or nothing: on an error, what was started ends again. The operations port
    /// comes early, so that a probe sees a process that is alive and not ready yet.
    pub async fn start(self) -> anyhow::Result<Running> {
        let Self { config, options } = self;
        let metrics = Metrics::new(VERSION, revision())?;
        let embedded = config.broker.is_embedded();
        let routes = options.role.routes();
        // The API looks up audiences, their leads and languages, in whichever process it runs.
        let takes_people = options.role.takes_webhooks() && !config.api_tokens.is_empty();
        let policies = if routes || takes_people {
            Some(
                PolicyStore::open(config.policy.as_deref(), config.source_names(), embedded, &metrics)
                    .context("the policy is wrong")?,
            )
        } else {
            None
        };
        let broker = Arc::new(RunningBroker::new(&config)?);
        let operations = Arc::new(Operations::new(metrics.clone(), policies, routes, Arc::clone(&broker)));
        let (server, operations_address) =
            operations::start(config.operations.listen, Arc::<Operations>::clone(&operations))
                .with_context(|| format!("can't listen on {} (operations)", config.operations.listen))?;
        let operations_server = server.handle();
        // Ends by its handle; its outcome then says nothing new.
        tokio::spawn(async move { drop(server.await) });

        let kafka = broker.open(operations.policy().filter(|_| routes).as_deref()).await?;
        let router = match operations.shared_policy().filter(|_| routes) {
            Some(policy) => Some(
                Router::start(Parts {
                    settings: config.router.clone(),
                    kafka: kafka.clone(),
                    mode: if embedded { Mode::Direct } else { Mode::Group },
                    policy,
                    metrics: metrics.clone(),
                    clock: options.clock,
                })
                .context("can't start the router")?,
            ),
            None => None,
        };
        let webhooks = if options.role.takes_webhooks() {
            let policy = operations.shared_policy().filter(|_| takes_people);
            Some(start_webhooks(&config, &kafka, policy, &metrics, &options.clock).await?)
        } else {
            None
        };
        let addresses = Addresses {
            webhooks: webhooks.as_ref().map(|intake| intake.port.local_addr()),
            operations: operations_address,
            kafka: kafka.bootstrap_servers.join(","),
            topic_prefix: kafka.topic_prefix.clone(),
            embedded,
            pid: std::process::id(),
        };
        let running = Running {
            operations,
            operations_server,
            webhooks,
            router,
            addresses,
            addresses_file: options.addresses_file,
            trial_file: None,
            broker,
        };
        running.ready().await
    }
}

async fn start_webhooks(
    config: &Config,
    kafka: &KafkaSettings,
    policy: Option<Arc<ArcSwap<Policy>>>,
    metrics: &Metrics,
    clock: &Clock,
) -> anyhow::Result<Intake> {
    crate::core::schema::compile_all()
        .and_then(|()| crate::core::sources::api::compile_all())
        .map_err(anyhow::Error::msg)
        .context("a built-in schema is broken")?;
    let producer = IntakeProducer::start(kafka, metrics).context("can't make the producer")?;
    let publisher = Arc::new(Publisher::new(producer.clone(), *clock));
    let mut verdicts = None;
    let mut api = None;
    if let Some(policy) = policy {
        let awaited = Arc::new(Verdicts::default());
        api = Some(ApiSettings { tokens: config.api_tokens.clone(), policy, verdicts: Arc::clone(&awaited) });
        let (kafka, group) = (kafka.clone(), config.router.group.clone());
        // It asks Kafka where the decisions end, before the first of them is waited for.
        let reader = tokio::task::spawn_blocking(move || VerdictReader::start(&group, &kafka, awaited));
        verdicts = Some(reader.await.context("the reader of decisions did not start")??);
    }
    let port = webhooks::start(&config.webhooks, config.sources.clone(), api, publisher, metrics, 0)
        .with_context(|| format!("can't listen on {} (webhooks)", config.webhooks.listen))?;
    Ok(Intake { port, producer, verdicts })
}

impl Running {
    /// Waits until the router runs, then says so to whoever looks.
    async fn ready(mut self) -> anyhow::Result<Self> {
        if let Some(router) = &self.router {
            let mut states = router.state();
            let state = states.wait_for(|state| *state != RouterState::Starting).await;
            if let Ok(RouterState::Failed(why)) = state.as_deref() {
                let why = why.clone();
                drop(state);
                self.stop().await;
                anyhow::bail!("the router can't start: {why}");
            }
        }
        if let Some(path) = &self.addresses_file {
            addresses::write(path, &self.addresses)
                .with_context(|| format!("can't write {}", path.display()))?;
        }
        if self.addresses.embedded {
            // Only `herald tail` misses it, which can be told where the broker is.
            self.trial_file = TrialFile::write(&self.addresses)
                .inspect_err(|error| tracing::warn!("herald tail will not find this trial: {error}"))
                .ok();
        }
        self.operations.enter(Phase::Ready);
        tracing::info!(
            webhooks = self.addresses.webhooks.map(tracing::field::display),
            operations = %self.addresses.operations,
            kafka = self.addresses.kafka,
            "ready"
        );
        Ok(self)
    }

    /// Where everything is.
    pub fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    /// The policy in force; none where this process neither routes nor hears people.
    pub fn policy(&self) -> Option<Arc<Policy>> {
        self.operations.policy()
    }

    /// Begins to load the policy anew, away from the threads that serve.
    pub fn reload(&self) -> JoinHandle<()> {
        let operations = Arc::clone(&self.operations);
        // Both outcomes are logged and counted where they happen.
        tokio::task::spawn_blocking(move || drop(operations::Operated::reload(operations.as_ref())))
    }

    /// Waits until something ends this process from within, and says what.
    pub async fn failed(&self) -> String {
        let router = async {
            match &self.router {
                Some(router) => router_failed(router.state()).await,
                None => std::future::pending().await,
            }
        };
        let producer = async {
            match &self.webhooks {
                Some(intake) => wedged(intake.producer.wedged()).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! { why = router => why, why = producer => why }
    }

    /// Ends: not ready, take nothing new, finish what is in flight, flush, stop routing.
    pub async fn stop(self) {
        self.operations.enter(Phase::Draining);
        if let Some(Intake { port, producer, verdicts }) = self.webhooks {
            port.drain();
            port.stop(STOP_WITHIN).await;
            if let Some(reader) = verdicts {
                drop(tokio::task::spawn_blocking(move || reader.stop()).await);
            }
            let flushed = tokio::task::spawn_blocking(move || {
                producer.drain();
                producer.flush(STOP_WITHIN)
            });
            if !flushed.await.unwrap_or(false) {
                tracing::warn!("not everything was acknowledged; senders were told so and try again");
            }
        }
        if let Some(router) = self.router {
            router.stop();
            // What is not committed is folded again at the next start.
            drop(tokio::task::spawn_blocking(move || router.join()).await);
        }
        drop(self.trial_file);
        self.operations_server.stop(true).await;
        drop(self.broker);
        tracing::info!("stopped");
    }
}

async fn router_failed(mut states: watch::Receiver<RouterState>) -> String {
    match states.wait_for(|state| matches!(state, RouterState::Failed(_))).await.as_deref() {
        Ok(RouterState::Failed(why)) => format!("the router failed: {why}"),
        _ => "the router ended".to_owned(),
    }
}

async fn wedged(mut reasons: watch::Receiver<Option<String>>) -> String {
    match reasons.wait_for(Option::is_some).await.as_deref() {
        Ok(Some(why)) => format!("the producer is wedged: {why}"),
        _ => "the producer ended".to_owned(),
    }
}

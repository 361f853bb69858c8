//! Makes the topics, or checks them and says what differs.

mod differences;
mod wanted;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use rdkafka::admin::{
    AdminClient, AdminOptions, ConfigResource, NewTopic, ResourceSpecifier, TopicReplication,
};
use rdkafka::config::FromClientConfigAndContext;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};

pub use differences::{Difference, Remedy};
pub use wanted::{Purpose, Topic, plan};

use super::ClientError;
use super::context::Logged;
use super::properties::{self, Role};
use super::settings::KafkaSettings;

const ASK_TIMEOUT: Duration = Duration::from_secs(10);

/// What was found, where all is well enough.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// Topics that were made.
    pub created: Vec<String>,
    /// What differs and is accepted: to be said at every start.
    pub warnings: Vec<Difference>,
}

/// Why the topics can't be used.
#[derive(Debug, thiserror::Error)]
pub enum TopicError {
    /// Kafka could not be asked.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// All that differs.
    #[error("{}", differences::listed(.0))]
    Differ(Vec<Difference>),
}

/// A topic as it stands on the cluster.
#[derive(Debug, Clone, Default)]
pub(crate) struct Found {
    partitions: i32,
    replication: i32,
    config: BTreeMap<String, String>,
}

/// Makes what is missing, where the settings say so, and checks the rest. Not for the embedded
/// broker, which has no admin API.
pub async fn ensure(settings: &KafkaSettings, plan: &[Topic]) -> Result<Report, TopicError> {
    let config = properties::config(settings, Role::Any).map_err(ClientError::from)?;
    let client: Arc<AdminClient<Logged>> = AdminClient::from_config_and_context(&config, Logged("topics"))
        .map(Arc::new)
        .map_err(|error| ClientError::kafka("the admin client can't be made", &error))?;
    let mut report = Report::default();
    let missing: Vec<&Topic> = {
        let there = counts(&client, settings).await?;
        plan.iter().filter(|topic| !there.contains_key(&settings.topic(&topic.name))).collect()
    };
    if settings.topics.create && !missing.is_empty() {
        report.created = create(&client, settings, &missing).await?;
    }
    let found = find(&client, settings, plan).await?;
    let (refused, warnings) = differences::judge(settings, plan, &found);
    if !refused.is_empty() {
        return Err(TopicError::Differ(refused));
    }
    report.warnings = warnings;
    Ok(report)
}

/// Partitions and replicas of every topic on the cluster.
async fn counts(
    client: &Arc<AdminClient<Logged>>,
    settings: &KafkaSettings,
) -> Result<BTreeMap<String, (i32, i32)>, ClientError> {
    let asked = Arc::clone(client);
    // librdkafka's call blocks; a reload must not hold up a webhook.
    let metadata = tokio::task::spawn_blocking(move || asked.inner().fetch_metadata(None, ASK_TIMEOUT))
        .await
        .unwrap_or(Err(KafkaError::Canceled))
        .map_err(|error| {
            let servers = settings.bootstrap_servers.join(",");
            ClientError::kafka(format!("asking {servers} for its topics"), &error)
        })?;
    let count = |number: usize| i32::try_from(number).unwrap_or(i32::MAX);
    Ok(metadata
        .topics()
        .iter()
        .map(|topic| {
            let replicas = topic.partitions().iter().map(|p| count(p.replicas().len())).min();
            (topic.name().to_owned(), (count(topic.partitions().len()), replicas.unwrap_or(0)))
        })
        .collect())
}

async fn create(
    client: &AdminClient<Logged>,
    settings: &KafkaSettings,
    missing: &[&Topic],
) -> Result<Vec<String>, ClientError> {
    let names: Vec<String> = missing.iter().map(|topic| settings.topic(&topic.name)).collect();
    let configs: Vec<_> = missing.iter().map(|topic| topic.purpose.config(settings)).collect();
    let topics: Vec<NewTopic<'_>> = names
        .iter()
        .zip(&configs)
        .map(|(name, config)| {
            let replication = TopicReplication::Fixed(settings.topics.replication);
            let mut topic = NewTopic::new(name, settings.topics.partitions, replication);
            for (key, value) in config {
                topic = topic.set(key, value);
            }
            topic
        })
        .collect();
    let options = AdminOptions::new().operation_timeout(Some(ASK_TIMEOUT)).request_timeout(Some(ASK_TIMEOUT));
    let results = client
        .create_topics(&topics, &options)
        .await
        .map_err(|error| ClientError::kafka("making the topics", &error))?;
    let mut created = Vec::new();
    for result in results {
        match result {
            Ok(name) => created.push(name),
            // Another Herald that starts at the same time was faster.
            Err((_, RDKafkaErrorCode::TopicAlreadyExists)) => {}
            Err((name, code)) => {
                let error = KafkaError::AdminOp(code);
                return Err(ClientError::kafka(format!("making topic {name}"), &error));
            }
        }
    }
    Ok(created)
}

/// What stands on the cluster, by name without prefix. Topics made just now may take a moment.
async fn find(
    client: &Arc<AdminClient<Logged>>,
    settings: &KafkaSettings,
    plan: &[Topic],
) -> Result<BTreeMap<String, Found>, ClientError> {
    let mut there = counts(client, settings).await?;
    for _ in 0..50 {
        if !settings.topics.create || plan.iter().all(|t| there.contains_key(&settings.topic(&t.name))) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        there = counts(client, settings).await?;
    }
    let mut found = BTreeMap::new();
    let present: Vec<&Topic> =
        plan.iter().filter(|topic| there.contains_key(&settings.topic(&topic.name))).collect();
    let names: Vec<String> = present.iter().map(|topic| settings.topic(&topic.name)).collect();
    let specifiers: Vec<_> = names.iter().map(|name| ResourceSpecifier::Topic(name)).collect();
    if specifiers.is_empty() {
        return Ok(found);
    }
    let options = AdminOptions::new().request_timeout(Some(ASK_TIMEOUT));
    let described = client
        .describe_configs(&specifiers, &options)
        .await
        .map_err(|error| ClientError::kafka("asking for the topics' settings", &error))?;
    for (topic, resource) in present.iter().zip(described) {
        let resource = resource.map_err(|code| {
            let error = KafkaError::AdminOp(code);
            ClientError::kafka(format!("asking for the settings of {}", topic.name), &error)
        })?;
        let (partitions, replication) = there.get(&settings.topic(&topic.name)).copied().unwrap_or_default();
        found.insert(topic.name.clone(), Found { partitions, replication, config: entries(&resource) });
    }
    Ok(found)
}

fn entries(resource: &ConfigResource) -> BTreeMap<String, String> {
    resource.entries.iter().filter_map(|entry| Some((entry.name.clone(), entry.value.clone()?))).collect()
}

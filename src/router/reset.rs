//! Says anew where a partition goes on: the remedy that refusals name. For stopped routers only.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use rdkafka::config::FromClientConfigAndContext;
use rdkafka::consumer::{BaseConsumer, Consumer};

use super::restore::{StateReader, Unrestored};
use crate::core::record::{self, PROGRESS_SCHEMA, Progress, StateRecord, topics};
use crate::http::publish::Publish;
use crate::kafka::ClientError;
use crate::kafka::context::Logged;
use crate::kafka::producer::IntakeProducer;
use crate::kafka::properties::{self, Role};
use crate::kafka::settings::KafkaSettings;
use crate::telemetry::metrics::Metrics;

const ASK_TIMEOUT: Duration = Duration::from_secs(10);

/// Where to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reset {
    /// With the oldest event there is.
    Earliest,
    /// With the next event to come: what lies between is told to nobody.
    Latest,
    /// With this offset.
    Offset(i64),
}

/// Writes the progress record of one partition; says which offset it names. Blocks; call it outside
/// of any runtime.
pub fn progress(kafka: &KafkaSettings, partition: i32, to: Reset) -> Result<i64, ClientError> {
    let asked = ask(kafka, partition)?;
    let next_offset = match to {
        Reset::Earliest => asked.first,
        Reset::Latest => asked.end,
        Reset::Offset(offset) => offset,
    };
    if !(asked.first..=asked.end).contains(&next_offset) {
        let why = format!("partition {partition} holds offsets {} to {}", asked.first, asked.end);
        return Err(ClientError::Kafka { what: format!("offset {next_offset}"), why });
    }
    let (clock, extra) = last(kafka, partition)?
        .map_or_else(|| (Timestamp::UNIX_EPOCH, serde_json::Map::new()), |last| (last.clock, last.extra));
    let progress = Progress {
        schema: PROGRESS_SCHEMA.to_owned(),
        partition,
        cluster_id: asked.cluster_id,
        partitions: asked.partitions,
        next_offset,
        clock,
        hold_until: None,
        policy: None,
        extra,
    };
    let mut record = record::progress(&progress).map_err(|error| failed(error.to_string()))?;
    record.timestamp = Timestamp::now();
    write(kafka, record)?;
    Ok(next_offset)
}

struct Asked {
    cluster_id: String,
    partitions: i32,
    first: i64,
    end: i64,
}

fn ask(kafka: &KafkaSettings, partition: i32) -> Result<Asked, ClientError> {
    let mut config = properties::config(kafka, Role::Reader)?;
    config.set("isolation.level", "read_committed");
    let error = |error| ClientError::kafka("asking Kafka", &error);
    let client: BaseConsumer<Logged> =
        BaseConsumer::from_config_and_context(&config, Logged("reset")).map_err(error)?;
    let events = kafka.topic(topics::EVENTS);
    let metadata = client.fetch_metadata(Some(&events), ASK_TIMEOUT).map_err(error)?;
    let partitions = metadata.topics().iter().map(|topic| topic.partitions().len()).sum::<usize>();
    let partitions = i32::try_from(partitions).unwrap_or(i32::MAX);
    if !(0..partitions).contains(&partition) {
        return Err(failed(format!("{events} has partitions 0 to {}", partitions - 1)));
    }
    let (first, end) = client.fetch_watermarks(&events, partition, ASK_TIMEOUT).map_err(error)?;
    let cluster_id = client.client().fetch_cluster_id(ASK_TIMEOUT);
    let cluster_id = cluster_id.ok_or_else(|| failed("the cluster does not say its id".to_owned()))?;
    Ok(Asked { cluster_id, partitions, first, end })
}

/// The progress record as it stands: its clock must not go back.
fn last(kafka: &KafkaSettings, partition: i32) -> Result<Option<Progress>, ClientError> {
    let reader = StateReader::open(kafka).map_err(failed)?;
    let mut last = None;
    let from = BTreeMap::from([(partition, None)]);
    let mut take = |_, record| {
        if let Some(StateRecord::Progress(progress)) = record {
            last = Some(progress);
        }
    };
    match reader.read(&from, &mut || true, &mut take) {
        Ok(_) => Ok(last),
        Err(Unrestored::Kafka(why) | Unrestored::Poison(why)) => Err(failed(why)),
        Err(Unrestored::Interrupted) => Ok(None),
    }
}

fn write(kafka: &KafkaSettings, record: record::OutRecord) -> Result<(), ClientError> {
    let metrics = Metrics::new("", "").map_err(|error| failed(error.to_string()))?;
    let producer = IntakeProducer::start(kafka, &metrics)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| failed(error.to_string()))?;
    runtime.block_on(producer.publish(vec![record])).map_err(|error| failed(error.to_string()))
}

fn failed(why: String) -> ClientError {
    ClientError::Kafka { what: "resetting the progress".to_owned(), why }
}

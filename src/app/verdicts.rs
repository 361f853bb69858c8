//! Reads `incident.decisions` as they come, for whoever waits for one (`?wait=` of the API). One
//! reader for the process; it remembers nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::Context as _;

use crate::core::record::topics;
use crate::http::incidents::Verdicts;
use crate::kafka::ClientError;
use crate::kafka::reader::{From, ReadRecord, Reader};
use crate::kafka::settings::KafkaSettings;

/// How often the thread looks whether it is to stop.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// How long the leaders of new topics are waited for.
const LEADERLESS_FOR_MAX: Duration = Duration::from_secs(5);
/// Before Kafka is asked again after an error.
const BEFORE_RETRY: Duration = Duration::from_secs(1);

/// A running reader.
pub(super) struct VerdictReader {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl VerdictReader {
    /// Begins with the next decision. May take a while; where Kafka can't be read now it is tried
    /// again, and whoever waits meanwhile gets 202, which is true.
    pub(super) fn start(group: &str, kafka: &KafkaSettings, verdicts: Arc<Verdicts>) -> anyhow::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        // Begins with the router's group, as the access lists of an intake have it.
        let group = format!("{group}-verdicts");
        let first = open_at_start(&group, kafka);
        let thread = std::thread::Builder::new()
            .name("verdicts".to_owned())
            .spawn({
                let (kafka, stop) = (kafka.clone(), Arc::clone(&stop));
                move || read(&group, &kafka, first, &verdicts, &stop)
            })
            .context("can't start the reader of decisions")?;
        Ok(Self { stop, thread: Some(thread) })
    }

    /// Ends it, and waits until it has ended.
    pub(super) fn stop(mut self) {
        self.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            // A panic in it was said already.
            let _ = thread.join();
        }
    }
}

impl Drop for VerdictReader {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
    }
}

/// Topics that were made a moment ago have no leader yet: who declares an incident right after the
/// start would miss its verdict. An outage is not waited for.
fn open_at_start(group: &str, kafka: &KafkaSettings) -> Result<Reader, ClientError> {
    let began = std::time::Instant::now();
    loop {
        match open(group, kafka) {
            Err(_) if began.elapsed() < LEADERLESS_FOR_MAX => std::thread::sleep(LOOK_EVERY),
            opened => return opened,
        }
    }
}

fn open(group: &str, kafka: &KafkaSettings) -> Result<Reader, ClientError> {
    Reader::open_as(group, kafka, &[topics::DECISIONS], From::End)
}

fn read(
    group: &str,
    kafka: &KafkaSettings,
    first: Result<Reader, ClientError>,
    verdicts: &Verdicts,
    stop: &AtomicBool,
) {
    let mut reader = first;
    while !stop.load(Ordering::Acquire) {
        let read = match &mut reader {
            Ok(reader) => reader.next(LOOK_EVERY),
            Err(error) => Err(error.clone()),
        };
        match read {
            Ok(Some(record)) => tell(&record, verdicts),
            Ok(None) => {}
            Err(error) => {
                tracing::warn!(%error, "decisions can't be read: whoever waits for one gets 202");
                std::thread::sleep(BEFORE_RETRY);
                reader = open(group, kafka);
            }
        }
    }
}

fn tell(record: &ReadRecord, verdicts: &Verdicts) {
    let Some(payload) =
        record.key.as_deref().filter(|key| verdicts.is_awaited(key)).and(record.payload.as_ref())
    else {
        return;
    };
    match serde_json::from_slice(payload) {
        Ok(decision) => verdicts.decided(&decision),
        Err(error) => {
            tracing::warn!(partition = record.partition, offset = record.offset, %error, "a decision can't be read");
        }
    }
}

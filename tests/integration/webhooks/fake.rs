//! A log that does as it is told.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use herald::core::record::OutRecord;
use herald::http::publish::{Publish, PublishError};
use serde_json::Value;
use tokio::sync::watch;

/// What the log does with what it gets.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Mood {
    /// Acknowledges.
    Sound,
    /// Refuses.
    Failing(PublishError),
    /// Refuses records of a topic.
    FailingOn(&'static str, PublishError),
    /// Refuses records above this size.
    TooLargeOver(usize),
    /// Answers nothing until its mood changes.
    Silent,
}

/// See the module's text.
pub(crate) struct Fake {
    mood: watch::Sender<Mood>,
    stored: Mutex<Vec<OutRecord>>,
    ready: AtomicBool,
}

impl Default for Fake {
    fn default() -> Self {
        Self { mood: watch::channel(Mood::Sound).0, stored: Mutex::default(), ready: AtomicBool::new(true) }
    }
}

impl Fake {
    pub(crate) fn is(&self, mood: Mood) {
        self.mood.send_replace(mood);
    }
    pub(crate) fn is_ready(&self, ready: bool) {
        self.ready.store(ready, Ordering::Release);
    }
    /// What it has acknowledged.
    pub(crate) fn stored(&self) -> Vec<OutRecord> {
        self.stored.lock().expect("a lock").clone()
    }
    /// The values of a topic's records.
    pub(crate) fn values(&self, topic: &str) -> Vec<Value> {
        let stored = self.stored();
        let of_topic = stored.iter().filter(|record| record.topic == topic);
        of_topic
            .map(|record| serde_json::from_slice(record.payload.as_deref().expect("a value")).expect("JSON"))
            .collect()
    }
}

impl Publish for Fake {
    async fn publish(&self, records: Vec<OutRecord>) -> Result<(), PublishError> {
        let mut mood = self.mood.subscribe();
        let mood = mood.wait_for(|mood| *mood != Mood::Silent).await.expect("a mood").clone();
        match mood {
            Mood::Failing(error) => return Err(error),
            Mood::FailingOn(topic, error) if records.iter().any(|record| record.topic == topic) => {
                return Err(error);
            }
            Mood::TooLargeOver(max)
                if records.iter().any(|record| record.payload.as_ref().is_some_and(|p| p.len() > max)) =>
            {
                return Err(PublishError::TooLarge);
            }
            _ => {}
        }
        self.stored.lock().expect("a lock").extend(records);
        Ok(())
    }
    fn ready(&self) -> bool {
        self.ready.load(Ordering::Acquire)
    }
}

//! Between the webhook port and the producer: the time that records are stamped with.

use std::future::Future;

use crate::core::record::OutRecord;
use crate::http::publish::{Publish, PublishError};
use crate::kafka::producer::IntakeProducer;
use crate::router::Clock;

/// Publishes as the producer does. In a story, records carry the story's time: the embedded broker
/// keeps the time that the producer says, and the fold's now is the record's.
#[derive(Clone)]
pub struct Publisher {
    producer: IntakeProducer,
    clock: Clock,
}

impl Publisher {
    /// Publishes through this producer, by this clock.
    pub fn new(producer: IntakeProducer, clock: Clock) -> Self {
        Self { producer, clock }
    }
}

impl Publish for Publisher {
    fn publish(&self, mut records: Vec<OutRecord>) -> impl Future<Output = Result<(), PublishError>> {
        if self.clock.is_scaled() {
            let now = self.clock.now();
            for record in &mut records {
                record.timestamp = now;
            }
        }
        self.producer.publish(records)
    }
    fn ready(&self) -> bool {
        self.producer.ready()
    }
}

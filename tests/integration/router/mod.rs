//! The router on a real Kafka: from events to what subscribers read, and what happens when
//! something goes wrong in between.

mod backlog;
mod chaos;
mod poison;
mod recovery;
mod refusal;
mod story;
mod trial;
mod world;

//! Everything that speaks to Kafka. Knows records (`core::record`), not incidents.

pub mod settings;

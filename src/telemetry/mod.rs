//! What the operator sees: metrics and logs.

pub mod metrics;

//! What the operator sees: metrics and logs.

pub mod logs;
pub mod metrics;

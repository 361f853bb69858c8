//! Herald routes incident webhooks to each audience, in its own words, through Kafka.
//!
//! Dependencies point down only: `cli` and `app` know everything; `http`, `router`, `kafka` and
//! `policy` know `core` and not one another (but for the router, which uses `kafka`); `mapping`
//! knows how `policy` reads YAML, and `core`; `story` and `backtest` know `policy`, `mapping` and
//! `core`; `core` knows nothing of the outside.

pub mod app;
pub mod backtest;
pub mod cli;
pub mod config;
pub mod core;
pub mod http;
pub mod kafka;
pub mod mapping;
pub mod policy;
pub mod preview;
pub mod router;
pub mod schemas;
pub mod secret;
pub mod story;
pub mod telemetry;
mod unique;

//! The product: from events to decisions to words. No I/O, no environment, no clock, no async;
//! a test keeps it so (`tests/integration/purity.rs`).

pub mod classify;
pub mod decision;
pub mod disclosure;
pub mod event;
pub mod facts;
pub mod fields;
pub mod ids;
pub mod incident;
pub mod label_set;
pub mod ledger;
pub mod limits;
pub mod matcher;
pub mod nearest;
pub mod notification;
pub mod policy;
pub mod record;
pub mod rejected;
pub mod role;
pub mod schema;
pub mod shard;
pub mod sources;
pub mod template;
pub mod text;
pub mod tree;
pub mod vocabulary;

//! The fold, as the domain tells it: stories in the default policy, and properties over
//! generated histories.

mod cadence;
mod determinism;
mod lifecycle;
mod merges;
mod people;
mod quiet;
mod time;
pub(crate) mod world;

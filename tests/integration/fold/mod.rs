//! The fold, as the domain tells it: stories in the default policy, and properties over
//! generated histories.

mod determinism;
mod lifecycle;
mod quiet;
pub(crate) mod world;

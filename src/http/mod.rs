//! The faces that speak HTTP: the webhook port and the operations port.

pub mod documents;
pub mod fetch;
pub mod incidents;
pub mod operations;
pub mod problem;
pub mod publish;
pub mod settings;
pub mod webhooks;
pub(crate) mod wire;

//! How the router works (configuration.md, `router`).

use std::time::Duration;

/// `router:`
#[derive(Debug, Clone)]
pub struct RouterSettings {
    /// Consumer group.
    pub group: String,
    /// Stable name of this router's slot; the host's name where empty.
    pub instance: String,
    /// Most events in one transaction.
    pub batch_events_max: usize,
    /// How long a batch waits for more.
    pub batch_wait: Duration,
}

impl Default for RouterSettings {
    fn default() -> Self {
        Self {
            group: "herald-router".to_owned(),
            instance: String::new(),
            batch_events_max: 2_000,
            batch_wait: Duration::from_millis(5),
        }
    }
}

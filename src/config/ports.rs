//! `webhooks:`, `operations:` and `router:`.

use super::OperationsSettings;
use super::section::{Section, address, bytes, count, duration, some_text, text};
use crate::http::settings::WebhookSettings;
use crate::router::settings::RouterSettings;

/// Bounds in which each number makes sense. A body above 32 MiB could never be one Kafka record;
/// permits stay below librdkafka's queue.
pub(super) fn webhooks(section: &Section<'_>) -> WebhookSettings {
    let default = WebhookSettings::default();
    let number = |key, max, otherwise: usize| {
        section.read(key, count(1, max)).map_or(otherwise, |number| number as usize)
    };
    WebhookSettings {
        listen: section.read("listen", address).unwrap_or(default.listen),
        body_bytes_max: section
            .read("body_bytes_max", bytes(1024, 32 * 1024 * 1024))
            .unwrap_or(default.body_bytes_max),
        parts_max: number("parts_max", 100_000, default.parts_max),
        header_timeout: section
            .read("header_timeout", duration(100, 600_000))
            .unwrap_or(default.header_timeout),
        body_timeout: section.read("body_timeout", duration(100, 600_000)).unwrap_or(default.body_timeout),
        in_flight_max: number("in_flight_max", 50_000, default.in_flight_max),
    }
}

pub(super) fn operations(section: &Section<'_>) -> OperationsSettings {
    let default = std::net::SocketAddr::from(([127, 0, 0, 1], 8081));
    OperationsSettings { listen: section.read("listen", address).unwrap_or(default) }
}

pub(super) fn router(section: &Section<'_>) -> RouterSettings {
    let default = RouterSettings::default();
    RouterSettings {
        group: section.read("group", some_text).unwrap_or(default.group),
        instance: section.read("instance", text).unwrap_or(default.instance),
        batch_events_max: section
            .read("batch_events_max", count(1, 10_000))
            .map_or(default.batch_events_max, |number| number as usize),
        batch_wait: section.read("batch_wait", duration(0, 1_000)).unwrap_or(default.batch_wait),
    }
}

//! Azure Monitor: the common alert schema of all its services, and the older forms that are still
//! sent: metric alerts (`AzureMonitorMetricAlert` and classic), the activity log, and log searches.

mod common;
mod legacy;
mod page;
mod service_health;
#[cfg(test)]
mod tests;

use crate::core::event::Event;
use crate::core::sources::about::{About, Ends};
use crate::core::sources::body;
use crate::core::sources::build::{self, Head};
use crate::core::sources::reader::Fields;
use crate::core::sources::{Delivery, Read, SourceKind};
use crate::core::tree::Tree;
use crate::core::vocabulary::EventType;

/// See [`About`].
pub(super) static ABOUT: About = About {
    name: "azure_monitor",
    title: "Azure Monitor",
    schema: include_str!("../../../../../schemas/azure_monitor.json"),
    // Log searches take a template of the user's.
    parse: body::templated,
    read,
    headers: &[],
    media_types: &[],
    waits_ms: Some(10_000),
    punishes_refusal: false,
    ends: Ends::Both,
    page: page::PAGE,
};

/// Reads a body that its schema accepts.
fn read(delivery: &Delivery<'_>, body: &Tree<'_>) -> Read {
    let Some(outer) = Fields::of(body, "") else {
        return build::rejected("schema", "", "an object is expected");
    };
    let data = outer.deep(&["data"]).unwrap_or_else(|| outer.clone());
    let found = if let Some(essentials) = data.deep(&["essentials"]) {
        common::read(delivery, &data, &essentials)
    } else if let Some(log) = data.deep(&["context", "activityLog"]) {
        legacy::activity(delivery, &data, &log)
    } else if let Some(context) = data.deep(&["context"]) {
        legacy::metric(delivery, &data, &context)
    } else {
        legacy::flat(delivery, &outer, &data)
    };
    found.map_or_else(
        || build::rejected("no_identity", "/data/essentials/alertId", "no alert's id or rule is there"),
        |event| Read::Events(vec![event]),
    )
}

/// An event with its envelope filled in.
fn begun(delivery: &Delivery<'_>, native_id: &str, native_type: &str, version: &str) -> Event {
    let head = Head {
        kind: SourceKind::AzureMonitor,
        native_id,
        delivery_id: None,
        part: 0,
        event_type: EventType::Other,
        native_type,
        version: Some(version),
        is_test: false,
    };
    build::event(delivery, &head)
}

/// `/subscriptions/<this>/…`
fn subscription(resource: &str) -> Option<&str> {
    let mut parts = resource.split('/').skip_while(|part| !part.eq_ignore_ascii_case("subscriptions"));
    parts.nth(1).filter(|id| !id.is_empty())
}

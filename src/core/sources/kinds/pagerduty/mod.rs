//! PagerDuty webhooks: V3, one event in each delivery, and the older V1 and V2 with `messages`.

mod incident;
mod meaning;
mod messages;
mod people;
mod v3;

use super::pagerduty_events;
use crate::core::sources::about::{About, Ends, Page};
use crate::core::sources::body;
use crate::core::sources::build;
use crate::core::sources::reader::{Fields, Warnings};
use crate::core::sources::relay;
use crate::core::sources::{Delivery, Read, SourceKind};
use crate::core::tree::Tree;

/// See [`About`].
pub(super) static ABOUT: About = About {
    name: "pagerduty",
    title: "PagerDuty",
    schema: include_str!("../../../../../schemas/pagerduty.json"),
    parse: body::json,
    read,
    headers: &["x-webhook-id"],
    media_types: &[],
    waits_ms: Some(5_000),
    punishes_refusal: true,
    ends: Ends::Sender,
    page: Page {
        intro: "PagerDuty V3 webhooks: one event of one incident in each delivery, in order for each incident. The older V1 and V2 webhooks, which some accounts still send, are read too.",
        setup: &[
            "In PagerDuty open **Integrations → Generic Webhooks (v3)** and choose **New Webhook**.",
            "Webhook URL: `{url}`. Scope: the account, a team or a service.",
            "Choose all events whose names begin with `incident.`; others are recorded and told to nobody.",
            "PagerDuty shows the webhook's secret once: put it, as it is shown, into the file of the source's `auth`. While it is rotated, both the old and the new one may stand there.",
            "**Send Test Event** is answered with 202 and makes no event.",
        ],
        auth: "{ scheme: pagerduty, secret_files: [/run/secrets/pagerduty] }",
        reads: &[
            ("event.data.id, event.data.incident.id", "the incident"),
            ("event.event_type, event.data.status", "what changed, and the stage"),
            ("event.data.title, event.data.incident.summary", "the title, for engineers"),
            (
                "event.data.priority.summary",
                "the priority as it is called in your account; the policy's `given` says what it means",
            ),
            ("event.data.urgency", "the urgency"),
            ("event.data.service, teams, assignees", "services, teams and people"),
            ("event.data.message", "a published status update: words for readers outside engineering"),
            ("event.data.content", "a note, for engineers"),
            ("event.data.custom_fields", "labels `cf.<name>`; `impact` and `regions` are customer impact"),
            (
                "event.data.incident_role_assignments",
                "leads, where a role's name speaks of communications, business, executives or customers",
            ),
            ("event.occurred_at", "when it changed"),
            ("messages[] of V1 and V2", "the same, one event for each message"),
        ],
        means: &[
            ("incident.triggered, incident.unacknowledged; incident.trigger before V3", "triggered"),
            ("incident.acknowledged", "acknowledged"),
            ("incident.resolved", "resolved; merged, where the reason is a merge"),
            ("incident.reopened", "reopened"),
            (
                "incident.priority_updated, incident.custom_field_values.updated …",
                "a change of what is said; the stage is that of the incident",
            ),
            ("service.*", "of the catalogue: no incident"),
        ],
        not_said: &[
            "Notes, status updates and changes of custom fields carry no incident: they can't begin one, and what is not in them stays as it was.",
            "Customer impact has no field of its own: use a custom field `impact` with none, minor, major or critical, or let the policy derive it.",
        ],
    },
};

/// Reads a body that its schema accepts.
fn read(delivery: &Delivery<'_>, body: &Tree<'_>) -> Read {
    let mut warnings = Warnings::default();
    if body.get("event").is_none() && body.get("messages").is_some() {
        return messages::read(delivery, body);
    }
    // What was meant for the Events API, posted to the address of webhooks.
    if body.get("event_action").is_some() {
        return pagerduty_events::read(SourceKind::PagerDuty, delivery, body);
    }
    if let Some(event) = body.get("event").and_then(|event| Fields::of(event, "/event")) {
        return v3::read(delivery, &event, warnings);
    }
    match relay::open(body, &mut warnings) {
        Some(opened) => v3::read_passed_on(delivery, &opened, warnings),
        None => build::rejected("schema", "/event/data", "an object is expected"),
    }
}

//! Opsgenie's outgoing webhooks: an action on an alert. Jira Service Management posts the same.

mod action;
mod alert;

pub(super) use alert::read as read_alert;

use crate::core::sources::about::{About, Ends, Page};
use crate::core::sources::body;
use crate::core::sources::build;
use crate::core::sources::reader::Warnings;
use crate::core::sources::relay;
use crate::core::sources::{Delivery, Read, SourceKind};
use crate::core::tree::Tree;

/// See [`About`].
pub(super) static ABOUT: About = About {
    name: "opsgenie",
    title: "Opsgenie",
    schema: include_str!("../../../../../schemas/opsgenie.json"),
    parse: body::templated,
    read,
    headers: &[],
    media_types: &[],
    waits_ms: None,
    punishes_refusal: false,
    ends: Ends::Sender,
    page: Page {
        intro: "Opsgenie's webhook integration: one action on one alert in each delivery. Opsgenie ends in April 2027; Jira Service Management posts the same and has a kind of its own.",
        setup: &[
            "In Opsgenie open **Settings → Integrations → Add integration** and choose **Webhook**.",
            "Webhook URL: `{url}`. Under **Custom headers** add `Authorization` with the value `Bearer` and the source's secret.",
            "Tick **Add alert description to payload** and **Add alert details to payload**.",
            "Under **Alert actions** choose all actions.",
        ],
        auth: "{ scheme: bearer, secret_file: /run/secrets/opsgenie }",
        reads: READS,
        means: MEANS,
        not_said: &[
            "Customer impact has no field of its own: use a detail `impact` with none, minor, major or critical.",
            "People's e-mail addresses, by which Opsgenie mostly names them, are not kept.",
        ],
    },
};

/// What stands where in an alert.
pub(super) const READS: &[(&str, &str)] = &[
    ("alert.alertId", "the incident"),
    ("action", "what happened, and the stage"),
    ("alert.message", "the title, for engineers"),
    ("alert.description", "the description, for engineers"),
    ("alert.priority", "the priority"),
    ("alert.details", "labels `cf.<name>`; impact, service, team and environment say just that"),
    ("alert.tags", "labels: `key:value` is one of its own, any other is one of `tag`"),
    ("alert.teams, responders, owner", "teams and people"),
    ("alert.note", "a note, for engineers"),
    ("alert.updatedAt, createdAt", "when it changed, and when it began"),
];

/// What the actions mean.
pub(super) const MEANS: &[(&str, &str)] = &[
    ("Create", "triggered"),
    ("Acknowledge", "acknowledged"),
    ("UnAcknowledge", "triggered"),
    ("Close, Delete", "resolved"),
    ("AddNote, Escalate, UpdatePriority, AssignOwnership …", "just that; nothing of the stage"),
    ("an action of your own", "recorded and told to nobody"),
];

/// Reads a body that its schema accepts.
fn read(delivery: &Delivery<'_>, body: &Tree<'_>) -> Read {
    let mut warnings = Warnings::default();
    match relay::open(body, &mut warnings) {
        Some(opened) => read_alert(SourceKind::Opsgenie, delivery, &opened, warnings),
        None => build::rejected("schema", "", "an object is expected"),
    }
}

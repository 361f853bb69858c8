//! `Grafana OnCall`'s outgoing webhooks: an event of an alert group. Grafana's incidents, which are
//! of the same product, are read too.

mod group;
mod incident;

use crate::core::sources::about::{About, Ends, Page};
use crate::core::sources::body;
use crate::core::sources::build;
use crate::core::sources::reader::Warnings;
use crate::core::sources::relay;
use crate::core::sources::{Delivery, Read};
use crate::core::tree::Tree;

/// See [`About`].
pub(super) static ABOUT: About = About {
    name: "grafana_oncall",
    title: "Grafana OnCall",
    schema: include_str!("../../../../../schemas/grafana_oncall.json"),
    parse: body::templated,
    read,
    headers: &[],
    media_types: &[],
    waits_ms: Some(4_000),
    punishes_refusal: false,
    ends: Ends::Sender,
    page: Page {
        intro: "Grafana OnCall's outgoing webhooks: one event of one alert group in each delivery. The webhooks of Grafana's incidents are read as well.",
        setup: &[
            "In Grafana OnCall open **Outgoing webhooks → New outgoing webhook**, preset **Advanced**.",
            "Webhook URL: `{url}`, HTTP method POST, trigger type **Status change**: then taking it over and its end come too.",
            "Authorization header: `Bearer` and the source's secret.",
            "Leave **Forward whole payload** on, so that no template of your own is needed.",
        ],
        auth: "{ scheme: bearer, secret_file: /run/secrets/grafana-oncall }",
        reads: &[
            ("alert_group_id, alert_group.id; incident.incidentID", "the incident"),
            ("alert_group.state; incident.status", "the stage"),
            ("event.type", "what happened, and the stage where there is no state"),
            ("alert_group.title; incident.title", "the title, for engineers"),
            ("alert_payload.labels, annotations", "labels, severity, service, team and description"),
            ("alert_group.permalinks.web", "link"),
            ("integration.name, integration.team", "label and team"),
            ("incident.isDrill", "an exercise"),
            ("event.time", "when it changed"),
        ],
        means: &[
            ("firing, new; alert group created, unresolve", "triggered"),
            ("acknowledged; acknowledge", "acknowledged"),
            ("resolved; resolve", "resolved"),
            ("silenced; silence, unsilence, escalation", "recorded; it has neither begun nor ended"),
            ("active of an incident", "investigating"),
        ],
        not_said: &["Priority and customer impact: put them on the alert as labels `priority` and `impact`."],
    },
};

/// Reads a body that its schema accepts.
fn read(delivery: &Delivery<'_>, body: &Tree<'_>) -> Read {
    let mut warnings = Warnings::default();
    let w = &mut warnings;
    let Some(opened) = relay::open(body, w) else {
        return build::rejected("schema", "", "an object is expected");
    };
    let body = &opened.fields;
    let event = match body.deep(&["incident"]) {
        Some(incident) => incident::event(delivery, body, &incident, w),
        None => group::event(delivery, body, w),
    };
    let Some(mut event) = event else {
        return build::no_identity(body.pointer("alert_group_id"));
    };
    opened.date(&mut event);
    Read::Events(vec![build::finished(event, warnings)])
}

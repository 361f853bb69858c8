//! Better Stack, formerly Better Uptime: incidents and monitors as JSON:API, its incident log, and
//! what its status pages tell their subscribers.

mod log;
mod resource;
mod status_page;

use crate::core::sources::about::{About, Ends, Page};
use crate::core::sources::body;
use crate::core::sources::build::{self, Head};
use crate::core::sources::reader::Warnings;
use crate::core::sources::relay;
use crate::core::sources::words;
use crate::core::sources::{Delivery, Read, SourceKind};
use crate::core::tree::Tree;
use crate::core::vocabulary::{EventType, StageWord};

/// See [`About`].
pub(super) static ABOUT: About = About {
    name: "better_stack",
    title: "Better Stack",
    schema: include_str!("../../../../../schemas/better_stack.json"),
    parse: body::templated,
    read,
    headers: &[],
    media_types: &[],
    waits_ms: None,
    punishes_refusal: false,
    ends: Ends::Sender,
    page: Page {
        intro: "Better Stack's uptime incidents, formerly Better Uptime. Its monitors' changes are recorded; the updates of its status pages are read as incidents of their own.",
        setup: &[
            "In Better Stack open **Uptime → Integrations → Exporting data → Outgoing webhooks → Configure**, type **Incident**.",
            "URL: `{url}`. Add a header `Authorization` with the value `Bearer` and the source's secret; where your plan offers none, write a name and a password into the address and use scheme basic.",
            "Let it post incidents that are created, acknowledged and resolved.",
        ],
        auth: "{ scheme: bearer, secret_file: /run/secrets/better-stack }",
        reads: &[
            ("data.id; incident_id of the incident log", "the incident"),
            ("event, data.attributes.status, acknowledged_at, resolved_at", "the stage"),
            ("data.attributes.name and cause", "the title, for engineers"),
            ("data.attributes.regions", "where it was seen from, as label `region`"),
            ("data.attributes.team_name, url, http_method", "team and labels"),
            ("data.attributes.started_at, acknowledged_at, resolved_at", "when it changed"),
            ("data.attributes.origin_url, screenshot_url, url", "links"),
        ],
        means: &[
            ("started, incident.started, incident.created", "triggered"),
            ("acknowledged, incident.acknowledged", "acknowledged"),
            ("resolved, incident.resolved", "resolved"),
            ("incident.reopened", "reopened"),
            ("monitors, on-call contacts", "of the catalogue: no incident"),
        ],
        not_said: &["Priority and severity.", "Customer impact: let the policy derive it."],
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
    let data = body.objects("data", w).into_iter().next();
    let data = data.or_else(|| body.get("attributes").map(|_| body.clone()));
    let event = if let Some(data) = data {
        resource::event(delivery, body, &data, w)
    } else if let Some(incident) = body.deep(&["incident"]).or_else(|| body.deep(&["maintenance"])) {
        status_page::event(delivery, body, &incident, w)
    } else {
        log::event(delivery, body, w)
    };
    let Some(mut event) = event else {
        return build::no_identity(body.pointer("data"));
    };
    opened.date(&mut event);
    Read::Events(vec![build::finished(event, warnings)])
}

/// The word of an event: `started`, `incident.started`, `incident_started`.
fn stage_of_event(event: &str) -> Option<StageWord> {
    let word = event.trim().to_ascii_lowercase();
    let word = ["incident.", "incident_", "incident "]
        .iter()
        .find_map(|start| word.strip_prefix(start))
        .unwrap_or(&word);
    match word {
        "validating" | "confirmed" => Some(StageWord::Triggered),
        "unresolved" => Some(StageWord::Reopened),
        _ => words::stage(word),
    }
}

fn head<'h>(native_id: &'h str, native_type: &'h str, event_type: EventType, version: &'h str) -> Head<'h> {
    Head {
        kind: SourceKind::BetterStack,
        native_id,
        delivery_id: None,
        part: 0,
        event_type,
        native_type,
        version: Some(version),
        is_test: false,
    }
}

//! Better Stack, formerly Better Uptime: incidents and monitors as JSON:API, its incident log, and
//! what its status pages tell their subscribers.

use crate::core::event::{AudienceHint, Event, NativeImpact, TextFormat};
use crate::core::limits::{NAME_CHARS_MAX, TITLE_CHARS_MAX};
use crate::core::sources::about::{About, Ends, Page};
use crate::core::sources::body;
use crate::core::sources::build::{self, Head};
use crate::core::sources::fill;
use crate::core::sources::reader::{Fields, Warnings};
use crate::core::sources::relay;
use crate::core::sources::words;
use crate::core::sources::{Delivery, Read, SourceKind};
use crate::core::text::clean_line;
use crate::core::tree::Tree;
use crate::core::vocabulary::{EventType, StageWord, TimeQuality};

/// See [`About`].
pub(super) static ABOUT: About = About {
    name: "better_stack",
    title: "Better Stack",
    schema: include_str!("../../../../schemas/better_stack.json"),
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
        resource(delivery, body, &data, w)
    } else if let Some(incident) = body.deep(&["incident"]).or_else(|| body.deep(&["maintenance"])) {
        status_page(delivery, body, &incident, w)
    } else {
        log_line(delivery, body, w)
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

/// A resource of JSON:API: an incident, or something that is none.
fn resource(
    delivery: &Delivery<'_>,
    body: &Fields<'_>,
    data: &Fields<'_>,
    w: &mut Warnings,
) -> Option<Event> {
    let id = data.opaque("id", w)?;
    let kind = data.opaque("type", w).unwrap_or("incident".into());
    let attributes = data.object("attributes", w).unwrap_or_else(|| data.clone());
    let native_type = body.opaque("event", w).unwrap_or_default();
    if kind != "incident" {
        let native_id = format!("{kind}/{id}");
        let mut event =
            build::event(delivery, &head(&native_id, &native_type, EventType::Catalogue, "resource"));
        event.partial = true;
        fill::title(&mut event, &attributes, &["pronounceable_name", "name", "url"], w);
        fill::occurred(&mut event, &attributes, &["updated_at"], w);
        return Some(event);
    }
    let status = attributes.opaque("status", w);
    let times =
        |key: &str| attributes.get(key).is_some_and(|time| time.as_str().is_some_and(|t| !t.is_empty()));
    let by_time = || {
        Some(match () {
            () if times("resolved_at") => StageWord::Resolved,
            () if times("acknowledged_at") => StageWord::Acknowledged,
            () if times("started_at") => StageWord::Triggered,
            () => return None,
        })
    };
    let stage =
        stage_of_event(&native_type).or_else(|| status.as_deref().and_then(stage_of_event)).or_else(by_time);
    if stage.is_none() {
        w.add("unknown_state", &attributes.pointer("status"));
    }
    let event_type = stage.map_or(EventType::Other, words::event_type);
    let mut event = build::event(delivery, &head(&id, &native_type, event_type, "incident"));
    event.stage = stage;
    event.native_status = status.map(|status| clean_line(&status, NAME_CHARS_MAX));
    fill_attributes(&mut event, &attributes, w);
    if let Some(monitor) = data.deep(&["relationships", "monitor", "data"]).and_then(|it| it.opaque("id", w))
    {
        build::add_label(&mut event.labels, "monitor_id", &monitor);
    }
    Some(event)
}

fn fill_attributes(event: &mut Event, attributes: &Fields<'_>, w: &mut Warnings) {
    let name = attributes.line("name", TITLE_CHARS_MAX, w);
    let cause = attributes.line("cause", TITLE_CHARS_MAX, w);
    event.title = match (name, cause) {
        (Some(name), Some(cause)) => Some(clean_line(&format!("{name}: {cause}"), TITLE_CHARS_MAX)),
        (name, cause) => name.or(cause),
    };
    fill::description(event, attributes, &["response_content"], TextFormat::Plain, w);
    event.started_at = attributes.instant("started_at", w);
    event.acknowledged_at = attributes.instant("acknowledged_at", w);
    event.resolved_at = attributes.instant("resolved_at", w);
    event.occurred_at = match event.stage {
        Some(StageWord::Resolved) => event.resolved_at,
        Some(StageWord::Acknowledged) => event.acknowledged_at,
        Some(StageWord::Triggered) => event.started_at,
        _ => None,
    };
    if event.occurred_at.is_some() {
        event.occurred_at_quality = TimeQuality::Derived;
    }
    if let Some(team) = attributes.opaque("team_name", w) {
        fill::team(event, &team);
    }
    for region in build::word_list(attributes, "regions", w) {
        build::add_label(&mut event.labels, "region", &region);
    }
    for key in ["http_method", "monitor_type"] {
        fill::label(event, key, attributes, key, w);
    }
    for (rel, key) in [("incident", "origin_url"), ("source", "url"), ("dashboard", "screenshot_url")] {
        fill::link(event, rel, attributes, key, w);
    }
    if let Some(details) = attributes.deep(&["metadata"]) {
        fill::labels(event, &details, "cf.");
    }
}

/// A line of the incident log: flat members beside the event's name.
fn log_line(delivery: &Delivery<'_>, body: &Fields<'_>, w: &mut Warnings) -> Option<Event> {
    let native_type = body.opaque("event", w)?;
    let incident = body.opaque("incident_id", w);
    let native_id = match &incident {
        Some(id) => id.clone().into_owned(),
        None => format!(
            "monitor/{}",
            ["monitor_id", "heartbeat_id", "id"].iter().find_map(|key| body.opaque(key, w))?
        ),
    };
    let stage = stage_of_event(&native_type).filter(|_| incident.is_some());
    let event_type = match stage {
        Some(stage) => words::event_type(stage),
        None if incident.is_some() => EventType::Updated,
        None => EventType::Catalogue,
    };
    let mut event = build::event(delivery, &head(&native_id, &native_type, event_type, "log"));
    event.stage = stage;
    event.partial = stage.is_none();
    fill::title(&mut event, body, &["incident_name", "name", "monitor_name", "message"], w);
    fill::description(&mut event, body, &["message", "cause"], TextFormat::Plain, w);
    fill::occurred(&mut event, body, &["dt"], w);
    event.source.account = body.opaque("organization_id", w).map(|id| clean_line(&id, NAME_CHARS_MAX));
    for key in ["monitor_id", "region", "cause"] {
        fill::label(&mut event, key, body, key, w);
    }
    fill::link(&mut event, "source", body, "monitor_url", w);
    Some(event)
}

/// What a status page tells its subscribers: words for everybody.
fn status_page(
    delivery: &Delivery<'_>,
    body: &Fields<'_>,
    incident: &Fields<'_>,
    w: &mut Warnings,
) -> Option<Event> {
    let native_id = format!("status_page/{}", incident.opaque("id", w)?);
    let native_type = body.opaque("event_type", w).unwrap_or_default();
    let is_maintenance = native_type == "maintenance" || body.get("maintenance").is_some();
    let latest = incident.objects("incident_updates", w).into_iter().next();
    let status = incident.opaque("status", w).or_else(|| latest.as_ref()?.opaque("status", w));
    let stage = status.as_deref().and_then(stage_of_event).filter(|_| !is_maintenance);
    let event_type = if is_maintenance { EventType::Maintenance } else { EventType::StatusUpdate };
    let mut event = build::event(delivery, &head(&native_id, &native_type, event_type, "status_page"));
    event.is_maintenance = is_maintenance;
    event.stage = stage;
    event.native_status = status.map(|status| clean_line(&status, NAME_CHARS_MAX));
    fill::title(&mut event, incident, &["name", "title"], w);
    fill::link(&mut event, "public", incident, "shortlink", w);
    event.started_at = incident.instant("created_at", w);
    if let Some(latest) = &latest {
        fill::occurred(&mut event, latest, &["created_at"], w);
        if let Some(words) = latest.text("body", w) {
            fill::message(&mut event, &words, TextFormat::Plain, AudienceHint::Public, None);
        }
    }
    fill::occurred(&mut event, incident, &["updated_at"], w);
    if let Some(summary) =
        body.deep(&["page"]).and_then(|page| page.line("status_description", TITLE_CHARS_MAX, w))
    {
        event.impact = Some(NativeImpact { summary: Some(summary), ..NativeImpact::default() });
    }
    Some(event)
}

//! Datadog webhooks: a body that the user's template makes of `$VARIABLES`, of a monitor, of the
//! incident product or of a security signal; JSON or a form.

mod incident;
mod monitor;
mod page;

use crate::core::event::{Event, TextFormat};
use crate::core::limits::NAME_CHARS_MAX;
use crate::core::sources::about::{About, Ends};
use crate::core::sources::body;
use crate::core::sources::build::{self, Head};
use crate::core::sources::reader::{Fields, Warnings};
use crate::core::sources::templated;
use crate::core::sources::{Delivery, Read, SourceKind, fill};
use crate::core::text::clean_line;
use crate::core::tree::Tree;

/// See [`About`].
pub(super) static ABOUT: About = About {
    name: "datadog",
    title: "Datadog",
    schema: include_str!("../../../../../schemas/datadog.json"),
    parse: body::templated_or_form,
    read,
    headers: &[],
    media_types: &[body::FORM],
    waits_ms: Some(15_000),
    punishes_refusal: false,
    ends: Ends::Both,
    page: page::PAGE,
};

/// What a shape of body says of itself before the rest is read.
struct Shape {
    native_id: String,
    native_type: String,
    version: &'static str,
    is_test: bool,
}

/// Reads a body that its schema accepts.
fn read(delivery: &Delivery<'_>, body: &Tree<'_>) -> Read {
    let mut warnings = Warnings::default();
    let w = &mut warnings;
    let known = |fields: &Fields<'_>| incident::shape(fields).or_else(|| monitor::shape(fields)).is_some();
    let Some(fields) = templated::opened(body, known) else {
        return build::rejected(
            "no_identity",
            "",
            "neither ALERT_CYCLE_KEY, ALERT_ID, INCIDENT_UUID, a title nor an id is there",
        );
    };
    fields.warn_of_placeholders(w);
    let (shape, fill): (_, fn(&mut Event, &Fields<'_>, &mut Warnings)) = match incident::shape(&fields) {
        Some(shape) => (Some(shape), incident::fill),
        None => (monitor::shape(&fields), monitor::fill),
    };
    let Some(shape) = shape else { return build::no_identity("/alert_cycle_key") };
    let delivery_id = fields.word(monitor::EVENT_ID);
    let head = Head {
        kind: SourceKind::Datadog,
        native_id: &shape.native_id,
        delivery_id: delivery_id.as_deref(),
        part: 0,
        event_type: crate::core::vocabulary::EventType::Other,
        native_type: &shape.native_type,
        version: Some(shape.version),
        is_test: shape.is_test,
    };
    let mut event = build::event(delivery, &head);
    fill(&mut event, &fields, w);
    shared(&mut event, &fields, w);
    Read::Events(vec![build::finished(event, warnings)])
}

/// What every template may have.
fn shared(event: &mut Event, fields: &Fields<'_>, w: &mut Warnings) {
    if let Some(name) = fields.named(&["date", "last_updated", "timestamp", "event_time"]) {
        fill::occurred(event, fields, &[name], w);
    }
    for (wanted, rel) in [
        (&["link", "event_link", "alert_url", "monitor_url", "event_url"] as &[&str], "incident"),
        (&["url"], "incident"),
        (&["snapshot", "snapshot_url", "image"], "dashboard"),
        (&["runbook", "runbook_url"], "runbook"),
    ] {
        if let Some(name) = fields.named(wanted) {
            fill::link(event, rel, fields, name, w);
        }
    }
    if let Some(name) = fields.named(&["tags", "event_tags"]) {
        fill::tags(event, fields, name);
    }
    event.source.account = account(fields);
    for (wanted, add) in [
        (&["service", "service_name"] as &[&str], fill::service as fn(&mut Event, &str)),
        (&["team", "team_name"], fill::team),
    ] {
        if let Some(name) = fields.word(wanted) {
            add(event, &name);
        }
    }
    if let Some(host) = fields.word(&["hostname", "host"]) {
        build::add_word(&mut event.hosts, &host);
    }
    if let Some(environment) = fields.word(&["env", "environment"]) {
        event.environment = Some(clean_line(&environment, NAME_CHARS_MAX));
    }
    fill::from_labels(event);
}

/// The organisation: `org.name`, or one of its own variables.
fn account(fields: &Fields<'_>) -> Option<String> {
    let within = fields.named(&["org", "organization"]).and_then(|name| fields.deep(&[name]));
    let name =
        within.and_then(|org| org.word(&["name", "id"])).or_else(|| fields.word(&["org_name", "org_id"]))?;
    Some(clean_line(&name, NAME_CHARS_MAX)).filter(|name| !name.is_empty())
}

/// A body of Datadog's Markdown, which stands between two `%%%`.
fn markdown(event: &mut Event, words: &str) {
    let words = words.trim();
    let inner = words.strip_prefix("%%%").map(|rest| rest.trim_end().trim_end_matches("%%%"));
    let format = if inner.is_some() { TextFormat::Markdown } else { TextFormat::Plain };
    event.description = build::text(inner.unwrap_or(words).trim(), format, false);
}

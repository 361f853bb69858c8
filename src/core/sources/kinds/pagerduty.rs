//! PagerDuty V3 webhooks: one event in each delivery.

use crate::core::event::{
    AudienceHint, Event, Message, NativeImpact, NativePriority, PlainUpdate, TextFormat,
};
use crate::core::ids;
use crate::core::limits::{LIST_ITEMS_MAX, NAME_CHARS_MAX, TEXT_CHARS_MAX, TITLE_CHARS_MAX};
use crate::core::sources::about::{About, Ends, Page};
use crate::core::sources::body;
use crate::core::sources::build::{self, Head};
use crate::core::sources::reader::{Fields, Warnings};
use crate::core::sources::{Delivery, Handshake, Read, SourceKind, words};
use crate::core::text::{clean_line, clean_text};
use crate::core::tree::Tree;
use crate::core::vocabulary::{EventType, Lead, StageWord};

/// See [`About`].
pub(super) static ABOUT: About = About {
    name: "pagerduty",
    title: "PagerDuty",
    schema: include_str!("../../../../schemas/pagerduty.json"),
    parse: body::json,
    read,
    headers: &["x-webhook-id"],
    media_types: &[],
    waits_ms: Some(5_000),
    punishes_refusal: true,
    ends: Ends::Sender,
    page: Page {
        intro: "PagerDuty V3 webhooks: one event of one incident in each delivery, in order for each incident.",
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
        ],
        means: &[
            ("incident.triggered, incident.unacknowledged", "triggered"),
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
    let w = &mut warnings;
    let envelope = body.get("event").and_then(|event| Fields::of(event, "/event"));
    let data = body.get("event").and_then(|event| Fields::of(event.get("data")?, "/event/data"));
    let (Some(envelope), Some(data)) = (envelope, data) else {
        return build::rejected("schema", "/event/data", "an object is expected");
    };
    let native_type = envelope.opaque("event_type", w).unwrap_or_default();
    if native_type == "pagey.ping" {
        return Read::Handshake(Handshake::Answered);
    }
    let full = data.get("type").and_then(Tree::as_str) == Some("incident");
    let (event_type, said) = meaning(&native_type, &data, w);
    let Some(native_id) = identity(&native_type, &envelope, &data, full, w) else {
        return build::no_identity(if full { "/event/data/id" } else { "/event/data/incident/id" });
    };
    // The event's own id comes first: it is signed with the body, and two subscriptions that
    // deliver one event share it, which the header's id does not.
    let event_id = envelope.opaque("id", w);
    let delivery_id = event_id.as_deref().or_else(|| delivery.header("x-webhook-id"));
    let head = Head {
        kind: SourceKind::PagerDuty,
        native_id: &native_id,
        delivery_id,
        part: 0,
        event_type,
        native_type: &native_type,
        version: Some("v3"),
        is_test: false,
    };
    let mut event = build::event(delivery, &head);
    event.partial = !full;
    event.stage = said;
    fill_envelope(&mut event, &envelope, w);
    if full {
        fill_incident(&mut event, &data, w);
    } else {
        fill_detail(&mut event, &data, w);
    }
    fill_custom_fields(&mut event, &data, w);
    fill_leads(&mut event, &data, w);
    fill_times(&mut event);
    Read::Events(vec![build::finished(event, warnings)])
}

/// What changed, and the stage that the type of event alone says.
fn meaning(native_type: &str, data: &Fields<'_>, w: &mut Warnings) -> (EventType, Option<StageWord>) {
    match native_type {
        "incident.triggered" => (EventType::Triggered, Some(StageWord::Triggered)),
        "incident.acknowledged" => (EventType::Acknowledged, Some(StageWord::Acknowledged)),
        // Nothing had ended, so nothing reopens.
        "incident.unacknowledged" => (EventType::Unacknowledged, Some(StageWord::Triggered)),
        "incident.reopened" => (EventType::Reopened, Some(StageWord::Reopened)),
        "incident.resolved" if merged_into(data, w).is_some() => (EventType::Merged, Some(StageWord::Merged)),
        "incident.resolved" => (EventType::Resolved, Some(StageWord::Resolved)),
        "incident.priority_updated" => (EventType::PriorityChanged, None),
        "incident.escalated" => (EventType::Escalated, None),
        "incident.reassigned" | "incident.delegated" => (EventType::Reassigned, None),
        "incident.annotated" => (EventType::NoteAdded, None),
        "incident.status_update_published" => (EventType::StatusUpdate, None),
        "incident.responder.added" | "incident.responder.replied" | "incident.role.assigned" => {
            (EventType::ResponderChanged, None)
        }
        "incident.service_updated"
        | "incident.incident_type.changed"
        | "incident.conference_bridge.updated"
        | "incident.custom_field_values.updated" => (EventType::Updated, None),
        other
            if starts_with_any(
                other,
                &["incident.task.", "incident.workflow.", "incident.action_invocation."],
            ) =>
        {
            (EventType::Updated, None)
        }
        other if other.starts_with("service.") => (EventType::Catalogue, None),
        _ => (EventType::Other, None),
    }
}

fn starts_with_any(word: &str, prefixes: &[&str]) -> bool {
    prefixes.iter().any(|prefix| word.starts_with(prefix))
}

/// The incident's id, wherever this type of event has it. What is about no incident at all gets an
/// id of its own kind, so that it never meets one.
fn identity(
    native_type: &str,
    envelope: &Fields<'_>,
    data: &Fields<'_>,
    full: bool,
    w: &mut Warnings,
) -> Option<String> {
    let own = data.opaque("id", w);
    if full {
        return own.map(Into::into);
    }
    let named = data.object("incident", w).and_then(|incident| incident.opaque("id", w));
    let assigned = || {
        let first = data.list("incident_role_assignments").first()?;
        let incident =
            Fields::of(first.get("incident")?, "/event/data/incident_role_assignments/0/incident")?;
        incident.opaque("id", &mut Warnings::default())
    };
    if let Some(id) = named.or_else(assigned) {
        return Some(id.into());
    }
    if native_type.starts_with("incident.") {
        return None;
    }
    let resource = envelope.opaque("resource_type", w).unwrap_or("other".into());
    let id = own.or_else(|| envelope.opaque("id", w))?;
    Some(format!("{resource}/{id}"))
}

/// Which incident this one was merged into, by PagerDuty's id.
fn merged_into(data: &Fields<'_>, w: &mut Warnings) -> Option<String> {
    let reason = data.object("resolve_reason", w)?;
    if reason.opaque("type", w)? != "merge_resolve_reason" {
        return None;
    }
    reason.object("incident", w)?.opaque("id", w).map(Into::into)
}

fn fill_envelope(event: &mut Event, envelope: &Fields<'_>, w: &mut Warnings) {
    if let Some((at, quality)) = envelope.time("occurred_at", w) {
        event.occurred_at = Some(at);
        event.occurred_at_quality = quality;
    }
    event.actor = envelope.get("agent").and_then(build::named);
    if let Some(client) = envelope.object("client", w) {
        let name = client.line("name", NAME_CHARS_MAX, w);
        if let Some(url) = client.text("url", w) {
            build::add_link(&mut event.links, build::link("source", &url, name.as_deref()));
        }
    }
}

fn fill_incident(event: &mut Event, data: &Fields<'_>, w: &mut Warnings) {
    event.native_status = data.line("status", NAME_CHARS_MAX, w);
    if event.stage.is_none() {
        event.stage = event.native_status.as_deref().and_then(|status| match status {
            "triggered" => Some(StageWord::Triggered),
            "acknowledged" => Some(StageWord::Acknowledged),
            "resolved" => Some(StageWord::Resolved),
            _ => None,
        });
        if event.stage.is_none() && event.native_status.is_some() {
            w.add("unknown_state", &data.pointer("status"));
        }
    }
    event.incident.merged_into = merged_into(data, w)
        .map(|native_id| ids::incident(&event.source.name, &native_id))
        .filter(|_| event.stage == Some(StageWord::Merged));
    event.title = data.line("title", TITLE_CHARS_MAX, w);
    event.incident.display_id =
        data.opaque("number", w).map(|n| clean_line(&format!("#{n}"), NAME_CHARS_MAX));
    event.incident.dedup_key = data.opaque("incident_key", w).map(|key| clean_line(&key, NAME_CHARS_MAX));
    event.started_at = data.instant("created_at", w);
    event.urgency = data.text("urgency", w).and_then(|word| words::urgency(&word));
    event.services = build::named_list(data, "service", w);
    event.teams = build::named_list(data, "teams", w);
    event.assignees = build::named_list(data, "assignees", w);
    fill_priority(event, data, w);
    fill_page(event, data, w);
    fill_bridge(event, data.object("conference_bridge", w).as_ref(), w);
    for key in ["incident_type", "escalation_policy"] {
        if let Some(name) = data.get(key).and_then(build::named).and_then(|named| named.name) {
            build::add_label(&mut event.labels, key, &name);
        }
    }
}

/// An event that names its incident and holds a detail of it.
fn fill_detail(event: &mut Event, data: &Fields<'_>, w: &mut Warnings) {
    if let Some(incident) = data.object("incident", w) {
        event.title = incident.line("summary", TITLE_CHARS_MAX, w);
        fill_page(event, &incident, w);
    } else if event.event_type == EventType::Catalogue {
        event.title = data.line("summary", TITLE_CHARS_MAX, w);
        fill_page(event, data, w);
    }
    event.services = build::named_list(data, "service", w);
    fill_bridge(event, Some(data), w);
    let (key, audience_hint) = match event.event_type {
        EventType::StatusUpdate => ("message", AudienceHint::Stakeholder),
        EventType::NoteAdded => ("content", AudienceHint::Internal),
        _ => ("message", AudienceHint::Internal),
    };
    let trimmed = data.flag("trimmed", w);
    event.message = data.text(key, w).and_then(|words| {
        let (text, cut) = clean_text(&words, TEXT_CHARS_MAX);
        let author = event.actor.as_ref().and_then(|actor| actor.name.clone());
        let message =
            Message { text, format: TextFormat::Plain, audience_hint, author, truncated: cut || trimmed };
        (!message.text.is_empty()).then_some(message)
    });
    for value in data.list("user").iter().take(LIST_ITEMS_MAX) {
        event.assignees.extend(build::named(value));
    }
    if event.event_type == EventType::ResponderChanged {
        event.native_status = data.line("state", NAME_CHARS_MAX, w);
    }
}

fn fill_priority(event: &mut Event, data: &Fields<'_>, w: &mut Warnings) {
    let Some(named) = data.get("priority").and_then(build::named) else { return };
    let Some(native) = named.name.or(named.id) else { return };
    let rank = words::priority(&native);
    if rank.is_none() {
        w.add("unmapped_priority", &data.pointer("priority"));
    }
    event.priority = Some(NativePriority { rank, native });
}

/// The incident's page; its host name says the account.
fn fill_page(event: &mut Event, data: &Fields<'_>, w: &mut Warnings) {
    let Some(url) = data.text("html_url", w) else { return };
    let host = url.split("://").nth(1).and_then(|rest| rest.split(['/', '?']).next());
    let account = host.and_then(|host| host.strip_suffix(".pagerduty.com"));
    event.source.account = account.map(|account| clean_line(account, NAME_CHARS_MAX));
    build::add_link(&mut event.links, build::link("incident", &url, None));
}

fn fill_bridge(event: &mut Event, bridge: Option<&Fields<'_>>, w: &mut Warnings) {
    let Some(bridge) = bridge else { return };
    if let Some(url) = bridge.text("conference_url", w) {
        let number = bridge.line("conference_number", NAME_CHARS_MAX, w);
        build::add_link(&mut event.links, build::link("bridge", &url, number.as_deref()));
    }
}

/// Parts of a role's name that say which of our leads it is; the first that fits decides, so that a
/// "customer communications" role writes the messages.
const LEAD_WORDS: &[(&str, Lead)] = &[
    ("communication", Lead::Communications),
    ("business", Lead::BusinessResponse),
    ("executive", Lead::BusinessResponse),
    ("customer", Lead::BusinessResponse),
];

/// Who took a role that is one of our leads. A role that was given back has no assignee: who leads
/// instead is not said, so it says nothing.
fn fill_leads(event: &mut Event, data: &Fields<'_>, w: &mut Warnings) {
    let mut update = PlainUpdate::default();
    for key in ["incident_role_assignments", "roles"] {
        for value in data.list(key).iter().take(LIST_ITEMS_MAX) {
            let Some(fields) = Fields::of(value, data.pointer(key)) else {
                data.drift(key, w);
                continue;
            };
            let role = fields.get("role").and_then(build::named);
            let role = role.and_then(|role| role.name).or_else(|| fields.line("name", NAME_CHARS_MAX, w));
            let holder =
                ["assignee", "user"].into_iter().find_map(|key| fields.get(key).and_then(build::named));
            let holder = holder.and_then(|holder| holder.name.or(holder.id));
            let (Some(role), Some(holder)) = (role, holder) else { continue };
            let role = role.to_lowercase();
            if let Some((_, lead)) = LEAD_WORDS.iter().find(|(word, _)| role.contains(word)) {
                update.leads.insert(*lead, holder);
            }
        }
    }
    if !update.leads.is_empty() {
        event.update = Some(Box::new(update));
    }
}

/// Custom fields become labels `cf.<name>`; those called impact and regions say just that.
fn fill_custom_fields(event: &mut Event, data: &Fields<'_>, w: &mut Warnings) {
    for key in ["custom_fields", "incident_field_values"] {
        for value in data.list(key) {
            let Some(field) = Fields::of(value, data.pointer(key)) else {
                data.drift(key, w);
                continue;
            };
            let name = field.opaque("name", w).or_else(|| field.opaque("display_name", w));
            let Some(name) = name else { continue };
            let plain = name.to_ascii_lowercase().replace([' ', '-'], "_");
            for word in build::word_list(&field, "value", w) {
                build::add_label(&mut event.labels, &format!("cf.{name}"), &word);
                let impact = NativeImpact::default;
                match plain.as_str() {
                    "impact" | "customer_impact" => {
                        let impact = event.impact.get_or_insert_with(impact);
                        impact.level = words::impact(&word);
                        impact.native = Some(word);
                    }
                    "region" | "regions" | "affected_regions" => {
                        build::add_word(&mut event.impact.get_or_insert_with(impact).regions, &word);
                    }
                    _ => {}
                }
            }
        }
    }
}

/// PagerDuty says when it changed, not when it was taken or ended; the change is that moment.
fn fill_times(event: &mut Event) {
    match event.event_type {
        EventType::Acknowledged => event.acknowledged_at = event.occurred_at,
        EventType::Resolved => event.resolved_at = event.occurred_at,
        _ => {}
    }
}

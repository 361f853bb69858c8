//! `FireHydrant` webhooks: incidents with their milestones, changes to other resources, and alerts of
//! Signals.

use crate::core::event::{AudienceHint, Event, TextFormat};
use crate::core::limits::{LIST_ITEMS_MAX, NAME_CHARS_MAX, TITLE_CHARS_MAX};
use crate::core::sources::about::{About, Ends, Page};
use crate::core::sources::body;
use crate::core::sources::build::{self, Head};
use crate::core::sources::reader::{Fields, Warnings, opaque};
use crate::core::sources::{Delivery, Read, SourceKind, fill, words};
use crate::core::text::clean_line;
use crate::core::tree::Tree;
use crate::core::vocabulary::{EventType, StageWord};

/// See [`About`].
pub(super) static ABOUT: About = About {
    name: "firehydrant",
    title: "FireHydrant",
    schema: include_str!("../../../../schemas/firehydrant.json"),
    parse: body::json,
    read,
    headers: &[],
    media_types: &[],
    waits_ms: None,
    punishes_refusal: false,
    ends: Ends::Sender,
    page: Page {
        intro: "Webhooks of FireHydrant: incidents with their milestones and customer impact, notes and changes, and alerts of Signals.",
        setup: &[
            "Open *Settings → Webhooks → Create webhook*, enter `{url}` and subscribe to incidents.",
            "Set a signing secret, and put the same into the source's secret file.",
            "For Signals, add a webhook target of the same address to the team's escalation policy.",
        ],
        auth: "{ scheme: firehydrant, secret_file: /run/secrets/firehydrant }",
        reads: &[
            ("data.incident.id; the alert's id", "the incident"),
            ("data.incident.current_milestone, event.operation", "the stage, and what changed"),
            ("name; summary or description", "the title; the description, for engineers"),
            ("number", "the number that people use"),
            ("priority, severity: a word, or an object with a slug", "priority, severity"),
            ("customer_impact_summary, customers_impacted, impacts[]", "customer impact"),
            ("services, environments, labels, tag_list, custom_fields", "services, environment, labels"),
            ("restricted", "private"),
            ("incident_url, status_pages[], conference_bridges[]", "links"),
        ],
        means: &[
            ("started, detected", "triggered"),
            ("acknowledged, investigating, identified", "the same"),
            ("mitigated", "monitoring"),
            ("resolved", "resolved"),
            ("retrospective_*, postmortem_*, closed", "closed"),
            ("operation DELETED", "cancelled"),
            ("Signals: OPEN, ACKNOWLEDGED, RESOLVED, CLOSED", "triggered, acknowledged, resolved, resolved"),
        ],
        not_said: &[
            "A level of customer impact: the summary is words; derive the level in the policy.",
            "The last note stands in every delivery again, so it is not read: subscribe to notes for them.",
        ],
    },
};

/// Reads a body that its schema accepts.
fn read(delivery: &Delivery<'_>, body: &Tree<'_>) -> Read {
    let mut warnings = Warnings::default();
    let w = &mut warnings;
    let Some(body) = Fields::of(body, "") else {
        return build::rejected("schema", "", "an object is expected");
    };
    let data = body.deep(&["data"]).unwrap_or_else(|| body.clone());
    let envelope = body.deep(&["event"]);
    let part = |key: &str, w: &mut Warnings| envelope.as_ref().and_then(|event| event.opaque(key, w));
    let operation = part("operation", w).unwrap_or_default().to_ascii_uppercase();
    let resource = part("resource_type", w).unwrap_or_default().to_ascii_lowercase();
    let incident = data.deep(&["incident"]);
    let read = if let Some(incident) =
        incident.filter(|_| matches!(resource.as_str(), "" | "incident" | "incidents"))
    {
        let native_type = if operation.is_empty() {
            ["event", "type"].iter().find_map(|key| data.opaque(key, w)).unwrap_or("incident".into())
        } else {
            format!("incident.{}", operation.to_ascii_lowercase()).into()
        };
        incident_event(delivery, &body, &incident, &native_type, w)
    } else if resource.is_empty() {
        let alert =
            ["alert", "signal"].iter().find_map(|key| data.deep(&[key])).unwrap_or_else(|| data.clone());
        alert_event(delivery, &body, &alert, w)
    } else {
        Some(detail_event(delivery, &data, &resource, &operation, w))
    };
    match read {
        Some(event) => Read::Events(vec![build::finished(event, warnings)]),
        None => build::no_identity("/data/incident/id"),
    }
}

fn begun(
    delivery: &Delivery<'_>,
    native_id: &str,
    native_type: &str,
    version: &str,
    event_type: EventType,
) -> Event {
    let head = Head {
        kind: SourceKind::FireHydrant,
        native_id,
        delivery_id: None,
        part: 0,
        event_type,
        native_type,
        version: Some(version),
        is_test: false,
    };
    build::event(delivery, &head)
}

fn incident_event(
    delivery: &Delivery<'_>,
    body: &Fields<'_>,
    incident: &Fields<'_>,
    native_type: &str,
    w: &mut Warnings,
) -> Option<Event> {
    let id = incident.opaque("id", w).or_else(|| incident.opaque("incident_id", w))?;
    let mut event = begun(delivery, &id, native_type, "incident", EventType::Updated);
    fill_stage(&mut event, native_type, incident, w);
    fill::title(&mut event, incident, &["name", "title", "summary"], w);
    fill::description(&mut event, incident, &["summary", "description"], TextFormat::Plain, w);
    event.incident.display_id =
        incident.opaque("number", w).map(|n| clean_line(&format!("#{n}"), NAME_CHARS_MAX));
    if let Some(native) = incident.get("priority").and_then(slug) {
        fill::priority_word(&mut event, native, &incident.pointer("priority"), w);
    }
    if let Some(native) = incident.get("severity").and_then(slug) {
        fill::severity_word(&mut event, native);
    }
    event.is_private = incident.flag("restricted", w);
    fill_impact(&mut event, incident, w);
    fill_names(&mut event, incident, w);
    fill_links(&mut event, incident, w);
    fill::occurred(&mut event, incident, &["updated_at"], w);
    fill::occurred(&mut event, body, &["timestamp"], w);
    for milestone in incident.objects("milestones", w).iter().take(LIST_ITEMS_MAX) {
        let at = milestone.instant("occurred_at", w);
        match milestone.opaque("type", w).as_deref() {
            Some("started") => event.started_at = at,
            Some("acknowledged") => event.acknowledged_at = at,
            Some("resolved") => event.resolved_at = at,
            _ => {}
        }
    }
    event.started_at = event
        .started_at
        .or_else(|| ["started_at", "created_at"].iter().find_map(|key| incident.instant(key, w)));
    fill::occurred(&mut event, incident, &["created_at"], w);
    Some(event)
}

/// The milestone says it; without one the last of the list, and for a new incident that it is new.
fn fill_stage(event: &mut Event, native_type: &str, incident: &Fields<'_>, w: &mut Warnings) {
    let last = |w: &mut Warnings| incident.objects("milestones", w).last()?.line("type", NAME_CHARS_MAX, w);
    let milestone = incident.line("current_milestone", NAME_CHARS_MAX, w).or_else(|| last(w));
    let gone = native_type.ends_with("deleted") || incident.get("discarded_at").is_some();
    if let Some(milestone) = milestone {
        let stage = if gone { Some(StageWord::Cancelled) } else { stage(&milestone) };
        fill::stage(event, &milestone, stage, &incident.pointer("current_milestone"), w);
        let open =
            !matches!(event.stage, Some(StageWord::Resolved | StageWord::Closed | StageWord::Cancelled));
        if native_type.ends_with("updated") && open {
            event.event_type = EventType::Updated;
        }
    } else if gone || native_type.ends_with("created") {
        let word = if gone { StageWord::Cancelled } else { StageWord::Triggered };
        event.stage = Some(word);
        event.event_type = words::event_type(word);
    }
}

fn stage(milestone: &str) -> Option<StageWord> {
    let word = milestone.to_ascii_lowercase();
    match word.as_str() {
        "started" | "detected" => Some(StageWord::Triggered),
        word if word.starts_with("postmortem") || word.starts_with("retrospective") => {
            Some(StageWord::Closed)
        }
        word => words::stage(word),
    }
}

/// A word, or what an object is called.
fn slug(value: &Tree<'_>) -> Option<String> {
    let of = |key: &str| value.get(key).and_then(opaque);
    let word = opaque(value).or_else(|| of("slug")).or_else(|| of("name"))?;
    Some(clean_line(&word, NAME_CHARS_MAX)).filter(|word| !word.is_empty())
}

fn fill_impact(event: &mut Event, incident: &Fields<'_>, w: &mut Warnings) {
    if let Some(summary) = incident.line("customer_impact_summary", TITLE_CHARS_MAX, w) {
        event.impact.get_or_insert_default().summary = Some(summary);
    }
    if let Some(count) = incident.number("customers_impacted", w).filter(|count| *count >= 0.0) {
        // A count of customers: a fraction or a giant is its own mistake, and stops at the limits of u64.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let count = count as u64;
        event.impact.get_or_insert_default().affected_count = Some(count);
    }
    for impact in incident.objects("impacts", w).iter().take(LIST_ITEMS_MAX) {
        let part = |key: &str, w: &mut Warnings| impact.line(key, TITLE_CHARS_MAX, w);
        let kind = part("type", w).unwrap_or_default();
        if kind == "customer" {
            let impact = event.impact.get_or_insert_default();
            impact.summary = impact.summary.take().or_else(|| part("description", w));
        } else if let Some(name) = part("name", w) {
            match kind.as_str() {
                "environment" => event.environment = event.environment.take().or(Some(name)),
                "functionality" => build::add_label(&mut event.labels, "functionality", &name),
                _ => fill::service(event, &name),
            }
        }
    }
}

fn fill_names(event: &mut Event, incident: &Fields<'_>, w: &mut Warnings) {
    let names = |key: &str| {
        incident.list(key).iter().take(LIST_ITEMS_MAX).filter_map(build::named).collect::<Vec<_>>()
    };
    for named in names("services") {
        if !event.services.contains(&named) && event.services.len() < LIST_ITEMS_MAX {
            event.services.push(named);
        }
    }
    event.teams = names("team_assignments");
    let environment = names("environments").into_iter().find_map(|named| named.name);
    event.environment = event.environment.take().or(environment);
    for named in names("functionalities") {
        named.name.iter().for_each(|name| build::add_label(&mut event.labels, "functionality", name));
    }
    if incident.get("labels").is_some_and(Tree::is_object) {
        incident.object("labels", w).iter().for_each(|labels| fill::labels(event, labels, ""));
    } else {
        fill::tags(event, incident, "labels");
    }
    fill::tags(event, incident, "tag_list");
    for field in incident.objects("custom_fields", w).iter().take(LIST_ITEMS_MAX) {
        let name = ["display_name", "name", "slug"].iter().find_map(|key| field.opaque(key, w));
        if let Some(name) = name {
            for key in ["value", "value_string", "value_array"] {
                for word in field.list(key).iter().take(LIST_ITEMS_MAX).filter_map(opaque) {
                    build::add_label(&mut event.labels, &format!("cf.{name}"), &word);
                }
            }
        }
    }
    for role in incident.objects("role_assignments", w).iter().take(LIST_ITEMS_MAX) {
        let user = role.get("user").and_then(build::named);
        let user = user.or_else(|| role.get("user_name").and_then(build::named));
        event.assignees.extend(user);
    }
}

fn fill_links(event: &mut Event, incident: &Fields<'_>, w: &mut Warnings) {
    for (rel, key) in
        [("incident", "incident_url"), ("incident", "private_status_page_url"), ("public", "status_page_url")]
    {
        fill::link(event, rel, incident, key, w);
    }
    for (rel, list) in [("bridge", "conference_bridges"), ("public", "status_pages")] {
        for item in incident.objects(list, w) {
            fill::link(event, rel, &item, "url", w);
        }
    }
}

/// A note, a change, a task: something about an incident, or about none.
fn detail_event(
    delivery: &Delivery<'_>,
    data: &Fields<'_>,
    resource: &str,
    operation: &str,
    w: &mut Warnings,
) -> Event {
    let own = data.deep(&[resource]).unwrap_or_else(|| data.clone());
    let incident = data.deep(&["incident"]).or_else(|| own.deep(&["incident"]));
    let named = incident.as_ref().and_then(|incident| incident.opaque("id", w));
    let named = named.or_else(|| own.opaque("incident_id", w)).or_else(|| data.opaque("incident_id", w));
    let id = match (&named, own.opaque("id", w)) {
        (Some(id), _) => id.to_string(),
        (None, Some(id)) => format!("{resource}/{id}"),
        (None, None) => resource.to_owned(),
    };
    let noted = resource.contains("note") || resource.contains("chat") || resource.contains("event");
    let event_type = match (named.is_some(), noted) {
        (true, true) => EventType::NoteAdded,
        (true, false) => EventType::Updated,
        (false, _) => EventType::Catalogue,
    };
    let native_type = format!("{resource}.{}", operation.to_ascii_lowercase());
    let mut event = begun(delivery, &id, &native_type, "detail", event_type);
    event.partial = true;
    match &incident {
        Some(incident) => fill::title(&mut event, incident, &["name"], w),
        None if named.is_none() => fill::title(&mut event, &own, &["summary", "name", "title"], w),
        None => {}
    }
    if named.is_some()
        && let Some(words) =
            ["body", "note", "message", "summary", "description"].iter().find_map(|key| own.text(key, w))
    {
        fill::message(&mut event, &words, TextFormat::Markdown, AudienceHint::Internal, None);
    }
    fill::occurred(&mut event, &own, &["updated_at", "created_at", "occurred_at"], w);
    event
}

/// An alert of Signals.
fn alert_event(
    delivery: &Delivery<'_>,
    body: &Fields<'_>,
    alert: &Fields<'_>,
    w: &mut Warnings,
) -> Option<Event> {
    let id = ["id", "idempotency_key", "alert_id"].iter().find_map(|key| alert.opaque(key, w));
    let id = id.or_else(|| body.opaque("id", w)).or_else(|| alert.opaque("summary", w))?;
    let mut event = begun(delivery, &id, "signals.alert", "signals", EventType::Updated);
    let status = ["status", "state"].iter().find_map(|key| alert.line(key, NAME_CHARS_MAX, w));
    let status = status.unwrap_or_default();
    let stage = match status.to_ascii_uppercase().as_str() {
        "CLOSED" | "EXPIRED" | "DISMISSED" | "LINKED_TO_INCIDENT" => Some(StageWord::Resolved),
        "" | "OPENED" | "TRIGGERED" => Some(StageWord::Triggered),
        word => words::stage(word),
    };
    fill::stage(&mut event, &status, stage, &alert.pointer("status"), w);
    fill::title(&mut event, alert, &["summary", "title", "name"], w);
    fill::description(&mut event, alert, &["body", "description"], TextFormat::Markdown, w);
    fill::severity(&mut event, alert, &["level", "severity"], w);
    if let Some(native) = alert.get("signal_priority").or_else(|| alert.get("priority")).and_then(slug) {
        fill::priority_word(&mut event, native, &alert.pointer("priority"), w);
    }
    fill::tags(&mut event, alert, "tags");
    alert.deep(&["annotations"]).iter().for_each(|fields| fill::labels(&mut event, fields, ""));
    for (key, label) in [("rule", "rule"), ("target", "target")] {
        let named = body.get(key).or_else(|| alert.get(key)).and_then(build::named);
        if let Some(name) = named.and_then(|named| named.name) {
            build::add_label(&mut event.labels, label, &name);
        }
    }
    fill::from_labels(&mut event);
    event.started_at = ["starts_at", "created_at"].iter().find_map(|key| alert.instant(key, w));
    event.resolved_at = ["ends_at", "resolved_at"].iter().find_map(|key| alert.instant(key, w));
    fill::occurred(&mut event, alert, &["updated_at", "created_at"], w);
    for key in ["url", "remote_url"] {
        fill::link(&mut event, "source", alert, key, w);
    }
    for link in alert.objects("links", w).iter().take(LIST_ITEMS_MAX) {
        fill::link(&mut event, "source", link, "href", w);
    }
    Some(event)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::core::sources::tests::one;

    #[test]
    fn milestones_and_operations() {
        let cases = [
            ("CREATED", json!("started"), "triggered", Some("triggered")),
            ("CREATED", json!(null), "triggered", Some("triggered")),
            ("UPDATED", json!("detected"), "updated", Some("triggered")),
            ("UPDATED", json!("acknowledged"), "updated", Some("acknowledged")),
            ("UPDATED", json!("investigating"), "updated", Some("investigating")),
            ("UPDATED", json!("identified"), "updated", Some("identified")),
            ("UPDATED", json!("mitigated"), "updated", Some("monitoring")),
            ("UPDATED", json!("resolved"), "resolved", Some("resolved")),
            ("UPDATED", json!("postmortem_completed"), "closed", Some("closed")),
            ("UPDATED", json!("retrospective_started"), "closed", Some("closed")),
            ("UPDATED", json!(null), "updated", None),
            ("DELETED", json!("started"), "resolved", Some("cancelled")),
        ];
        for (operation, milestone, event_type, stage) in cases {
            let body = json!({
                "data": {"incident": {"id": "a", "name": "n", "current_milestone": milestone}},
                "event": {"operation": operation, "resource_type": "incident"},
            });
            let event = one(SourceKind::FireHydrant, &body);
            let found = (event.event_type.as_str(), event.stage.map(StageWord::as_str));
            assert_eq!(found, (event_type, stage), "{operation} {milestone}");
        }
    }
}

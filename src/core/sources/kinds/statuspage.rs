//! Atlassian Statuspage subscriber webhooks: an incident or a maintenance with all its updates, one
//! component's new state, or the state of the page. Better Stack's status pages post the same form.

use jiff::Timestamp;

use crate::core::event::{AudienceHint, Component, Event, Named, NativeChange, TextFormat};
use crate::core::limits::{LIST_ITEMS_MAX, NAME_CHARS_MAX};
use crate::core::sources::about::{About, Ends, Page};
use crate::core::sources::body;
use crate::core::sources::build::{self, Head};
use crate::core::sources::reader::{Fields, Warnings};
use crate::core::sources::{Delivery, Read, SourceKind, fill, words};
use crate::core::text::clean_line;
use crate::core::tree::Tree;
use crate::core::vocabulary::{EventType, ServiceState, StageWord};

/// See [`About`].
pub(super) static ABOUT: About = About {
    name: "statuspage",
    title: "Atlassian Statuspage",
    schema: include_str!("../../../../schemas/statuspage.json"),
    parse: body::json,
    read,
    headers: &[],
    media_types: &[],
    waits_ms: Some(30_000),
    punishes_refusal: false,
    ends: Ends::Sender,
    page: Page {
        intro: "Webhook subscriptions of a status page: your own, or a supplier's. Incidents, scheduled maintenance and component states.",
        setup: &[
            "Open the status page, choose *Subscribe to updates* → *Webhook*, and enter `{url}` with the source's secret in its path or query.",
            "Give an e-mail address that is read: Statuspage writes there when the address fails.",
            "Use one source for each page, so that two suppliers' words never mix.",
        ],
        auth: "{ scheme: url_secret, secret_file: /run/secrets/statuspage }",
        reads: &[
            ("incident.id, component.id, page.id", "the incident"),
            ("incident.status, component_update.new_status, status.indicator", "the stage"),
            ("incident.name", "the title, for engineers"),
            ("the newest of incident.incident_updates[]", "the message, which is public already"),
            ("incident.impact, components[]", "customer impact, and the state of each component"),
            ("components[]", "services"),
            ("incident.shortlink", "the public link"),
            ("scheduled_for, scheduled_until", "when maintenance begins and is to end"),
            ("incident_updates[].id, component_update.id", "the delivery"),
        ],
        means: &[
            ("investigating, identified, monitoring, resolved", "the same"),
            ("postmortem", "closed"),
            ("scheduled, in_progress, verifying, completed", "planned work: it opens nothing"),
            ("a component: operational", "resolved"),
            ("a component: degraded_performance, partial_outage, major_outage", "triggered"),
            ("a component: under_maintenance", "planned work"),
        ],
        not_said: &["A priority: classify by impact.", "Who works on it."],
    },
};

/// Reads a body that its schema accepts.
fn read(delivery: &Delivery<'_>, body: &Tree<'_>) -> Read {
    let mut warnings = Warnings::default();
    let w = &mut warnings;
    let Some(body) = Fields::of(body, "") else {
        return build::rejected("schema", "", "an object is expected");
    };
    // Tools that pass a delivery on put it below `data`, or post the incident as it is.
    let outer =
        if ["incident", "component", "component_update", "page"].iter().any(|key| body.get(key).is_some()) {
            body
        } else {
            body.deep(&["data"]).unwrap_or(body)
        };
    let event = if let Some(incident) = outer.object("incident", w) {
        incident_event(delivery, &outer, &incident, w)
    } else if outer.get("component").is_some() || outer.get("component_update").is_some() {
        component_event(delivery, &outer, w)
    } else if outer.get("incident_updates").is_some() || outer.get("name").is_some() {
        incident_event(delivery, &outer, &outer, w)
    } else {
        page_event(delivery, &outer, w)
    };
    match event {
        Some(event) => Read::Events(vec![build::finished(event, warnings)]),
        None => build::no_identity("/incident/id"),
    }
}

/// What is alike in all of them.
fn begun<'h>(
    delivery: &Delivery<'_>,
    native_id: &'h str,
    delivery_id: Option<&'h str>,
    native_type: &'h str,
) -> Event {
    let head = Head {
        kind: SourceKind::Statuspage,
        native_id,
        delivery_id,
        part: 0,
        event_type: EventType::Updated,
        native_type,
        version: Some(native_type),
        is_test: false,
    };
    build::event(delivery, &head)
}

fn incident_event(
    delivery: &Delivery<'_>,
    outer: &Fields<'_>,
    incident: &Fields<'_>,
    w: &mut Warnings,
) -> Option<Event> {
    let id = incident.opaque("id", w)?;
    let update = newest(incident, w);
    let delivery_id = update.as_ref().and_then(|update| update.opaque("id", w));
    let mut event = begun(delivery, &id, delivery_id.as_deref(), "incident");
    let status = incident.line("status", NAME_CHARS_MAX, w);
    let status = status.or_else(|| update.as_ref()?.line("status", NAME_CHARS_MAX, w)).unwrap_or_default();
    let impact = incident.line("impact", NAME_CHARS_MAX, w).unwrap_or_default();
    let planned = matches!(status.as_str(), "scheduled" | "in_progress" | "verifying" | "completed");
    let planned = planned || impact == "maintenance" || incident.get("scheduled_for").is_some();
    if planned {
        planned_work(&mut event, &status);
        fill::label(&mut event, "scheduled_for", incident, "scheduled_for", w);
        event.expected_resolution_at = incident.instant("scheduled_until", w);
    } else {
        fill::stage(&mut event, &status, words::stage(&status), &incident.pointer("status"), w);
    }
    fill::title(&mut event, incident, &["name", "title"], w);
    if planned {
        event.impact.get_or_insert_default().native = Some(impact).filter(|word| !word.is_empty());
    } else {
        fill::impact(&mut event, &impact, &incident.pointer("impact"), w);
    }
    fill_message(&mut event, incident, update.as_ref(), w);
    fill_components(&mut event, incident, "components", w);
    if let Some(update) = &update {
        fill_components(&mut event, update, "affected_components", w);
        fill::occurred(&mut event, update, &["created_at", "display_at"], w);
    }
    fill::occurred(&mut event, incident, &["updated_at", "created_at"], w);
    event.started_at = incident.instant("started_at", w).or_else(|| incident.instant("created_at", w));
    event.resolved_at = incident.instant("resolved_at", w);
    fill::link(&mut event, "public", incident, "shortlink", w);
    fill_page(&mut event, outer, w);
    Some(event)
}

/// Planned work says nothing of a stage until it is over.
fn planned_work(event: &mut Event, status: &str) {
    event.is_maintenance = true;
    event.event_type = EventType::Maintenance;
    event.stage = matches!(status, "completed" | "resolved" | "postmortem").then_some(StageWord::Resolved);
    event.native_status = Some(clean_line(status, NAME_CHARS_MAX)).filter(|word| !word.is_empty());
}

/// The update of the latest time; of several the first, for the newest stands first.
fn newest<'v>(incident: &Fields<'v>, w: &mut Warnings) -> Option<Fields<'v>> {
    let mut newest: Option<(Option<Timestamp>, Fields<'v>)> = None;
    for update in incident.objects("incident_updates", w) {
        let at = update.instant("created_at", w);
        if newest.as_ref().is_none_or(|(known, _)| at > *known) {
            newest = Some((at, update));
        }
    }
    newest.map(|(_, update)| update)
}

fn fill_message(event: &mut Event, incident: &Fields<'_>, update: Option<&Fields<'_>>, w: &mut Warnings) {
    let after = incident.text("postmortem_body", w).filter(|_| event.stage == Some(StageWord::Closed));
    let words = after.or_else(|| update?.text("body", w));
    if let Some(words) = words {
        // The field holds HTML; words without a tag are the same in both.
        let format =
            if words.contains('<') && words.contains('>') { TextFormat::Html } else { TextFormat::Plain };
        fill::message(event, &words, format, AudienceHint::Public, None);
    }
}

/// Components of an incident, or of its update, with the state that they are in now.
fn fill_components(event: &mut Event, fields: &Fields<'_>, key: &str, w: &mut Warnings) {
    for component in fields.objects(key, w).iter().take(LIST_ITEMS_MAX) {
        let Some(name) = component.line("name", NAME_CHARS_MAX, w) else { continue };
        let state = ["status", "new_status"].iter().find_map(|key| component.text(key, w));
        let state = state.as_deref().and_then(words::service_state);
        let id = ["id", "code"].iter().find_map(|key| component.opaque(key, w));
        add_component(event, name, id.map(|id| clean_line(&id, NAME_CHARS_MAX)), state);
    }
}

fn add_component(event: &mut Event, name: String, id: Option<String>, state: Option<ServiceState>) {
    let components = &mut event.impact.get_or_insert_default().components;
    if components.len() < LIST_ITEMS_MAX && !components.iter().any(|known| known.name == name) {
        components.push(Component { name: name.clone(), state });
        event.services.push(Named { id, name: Some(name), url: None });
    }
}

fn component_event(delivery: &Delivery<'_>, outer: &Fields<'_>, w: &mut Warnings) -> Option<Event> {
    let component = outer.object("component", w);
    let update = outer.object("component_update", w);
    let id = component.as_ref().and_then(|component| component.opaque("id", w));
    let id = id.or_else(|| update.as_ref()?.opaque("component_id", w))?;
    let delivery_id = update.as_ref().and_then(|update| update.opaque("id", w));
    let mut event = begun(delivery, &id, delivery_id.as_deref(), "component");
    let new = update.as_ref().and_then(|update| update.line("new_status", NAME_CHARS_MAX, w));
    let new = new.or_else(|| component.as_ref()?.line("status", NAME_CHARS_MAX, w)).unwrap_or_default();
    if new == "under_maintenance" {
        planned_work(&mut event, &new);
    } else {
        let stage = words::service_state(&new).map(|state| match state {
            ServiceState::Operational => StageWord::Resolved,
            _ => StageWord::Triggered,
        });
        fill::stage(&mut event, &new, stage, "/component_update/new_status", w);
    }
    if let Some(component) = &component {
        fill::title(&mut event, component, &["name"], w);
        if let Some(name) = component.line("name", NAME_CHARS_MAX, w) {
            add_component(
                &mut event,
                name,
                Some(clean_line(&id, NAME_CHARS_MAX)),
                words::service_state(&new),
            );
        }
        fill::description(&mut event, component, &["description"], TextFormat::Plain, w);
    }
    if let Some(update) = &update {
        let old = update.line("old_status", NAME_CHARS_MAX, w);
        event.changed.push(NativeChange { field: "status".to_owned(), old, new: Some(new) });
        fill::occurred(&mut event, update, &["created_at"], w);
    }
    if let Some(component) = &component {
        fill::occurred(&mut event, component, &["updated_at"], w);
    }
    fill_page(&mut event, outer, w);
    Some(event)
}

/// The page as a whole.
fn page_event(delivery: &Delivery<'_>, outer: &Fields<'_>, w: &mut Warnings) -> Option<Event> {
    let page = outer.object("page", w)?;
    let id = page.opaque("id", w).or_else(|| page.opaque("name", w))?;
    let mut event = begun(delivery, &id, None, "page");
    let status = outer.object("status", w);
    let indicator = status.as_ref().and_then(|status| status.line("indicator", NAME_CHARS_MAX, w));
    let indicator =
        indicator.or_else(|| page.line("status_indicator", NAME_CHARS_MAX, w)).unwrap_or_default();
    if indicator == "maintenance" {
        planned_work(&mut event, &indicator);
    } else {
        let stage = match indicator.as_str() {
            "none" => Some(StageWord::Resolved),
            "minor" | "major" | "critical" => Some(StageWord::Triggered),
            _ => None,
        };
        fill::stage(&mut event, &indicator, stage, "/page/status_indicator", w);
        fill::impact(&mut event, &indicator, "/page/status_indicator", w);
    }
    if let Some(status) = &status {
        fill::title(&mut event, status, &["description"], w);
    }
    fill::title(&mut event, &page, &["status_description", "name"], w);
    fill::occurred(&mut event, &page, &["updated_at"], w);
    fill_page(&mut event, outer, w);
    Some(event)
}

fn fill_page(event: &mut Event, outer: &Fields<'_>, w: &mut Warnings) {
    if let Some(page) = outer.object("page", w) {
        event.source.account = page.opaque("id", w).map(|id| clean_line(&id, NAME_CHARS_MAX));
        fill::link(event, "public", &page, "url", w);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::core::sources::tests::one;

    #[test]
    fn words_of_incidents_maintenance_and_components() {
        let incident =
            |status: &str| json!({"incident": {"id": "a", "name": "n", "status": status, "impact": "minor"}});
        let component = |new: &str| json!({"component": {"id": "a", "name": "n"}, "component_update": {"new_status": new}});
        let page = |indicator: &str| json!({"page": {"id": "a"}, "status": {"indicator": indicator, "description": "n"}});
        let cases = [
            (incident("investigating"), "updated", Some("investigating")),
            (incident("identified"), "updated", Some("identified")),
            (incident("monitoring"), "updated", Some("monitoring")),
            (incident("resolved"), "resolved", Some("resolved")),
            (incident("postmortem"), "closed", Some("closed")),
            (incident("scheduled"), "maintenance", None),
            (incident("in_progress"), "maintenance", None),
            (incident("verifying"), "maintenance", None),
            (incident("completed"), "maintenance", Some("resolved")),
            (incident("gone"), "updated", None),
            (component("operational"), "resolved", Some("resolved")),
            (component("degraded_performance"), "triggered", Some("triggered")),
            (component("partial_outage"), "triggered", Some("triggered")),
            (component("major_outage"), "triggered", Some("triggered")),
            (component("under_maintenance"), "maintenance", None),
            (page("none"), "resolved", Some("resolved")),
            (page("major"), "triggered", Some("triggered")),
            (page("maintenance"), "maintenance", None),
        ];
        for (body, event_type, stage) in cases {
            let event = one(SourceKind::Statuspage, &body);
            let found = (event.event_type.as_str(), event.stage.map(StageWord::as_str));
            assert_eq!(found, (event_type, stage), "{body}");
            assert_eq!(
                (event.incident.native_id.as_str(), event.title.as_deref()),
                ("a", Some("n")),
                "{body}"
            );
        }
    }
}

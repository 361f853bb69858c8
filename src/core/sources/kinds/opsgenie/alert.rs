//! An alert, and the action on it.

use crate::core::event::{AudienceHint, Event, Named, NativeChange, TextFormat};
use crate::core::limits::{LIST_ITEMS_MAX, NAME_CHARS_MAX, TITLE_CHARS_MAX};
use crate::core::sources::build::{self, Head};
use crate::core::sources::fill;
use crate::core::sources::reader::{Fields, Warnings, opaque};
use crate::core::sources::relay::Opened;
use crate::core::sources::{Delivery, Read, SourceKind};
use crate::core::text::clean_line;
use crate::core::tree::Tree;
use crate::core::vocabulary::{EventType, StageWord};

use super::action::meaning;

/// Reads an action on an alert, for this kind or one that posts the same.
pub(in crate::core::sources::kinds) fn read(
    kind: SourceKind,
    delivery: &Delivery<'_>,
    opened: &Opened<'_>,
    mut warnings: Warnings,
) -> Read {
    let w = &mut warnings;
    let body = &opened.fields;
    // A body of one's own making may have the alert's members at its top.
    let alert = body.object("alert", w).unwrap_or_else(|| body.clone());
    let native_id = ["alertId", "id", "tinyId", "alias"].iter().find_map(|key| alert.opaque(key, w));
    let Some(native_id) = native_id else {
        return build::no_identity(alert.pointer("alertId"));
    };
    let action = body.opaque("action", w).unwrap_or_default();
    let known = meaning(&action);
    if known.is_none() {
        w.add("unknown_event_type", &body.pointer("action"));
    }
    let (event_type, stage) = known.unwrap_or((EventType::Other, None));
    // It names no delivery; the alert, the action and the time of the change tell one from another.
    let changed_at = alert.opaque("updatedAt", w);
    let delivery_id = changed_at.map(|at| format!("{native_id},{action},{at}"));
    let head = Head {
        kind,
        native_id: &native_id,
        delivery_id: delivery_id.as_deref(),
        part: 0,
        event_type,
        native_type: &action,
        version: Some("alert"),
        is_test: false,
    };
    let mut event = build::event(delivery, &head);
    event.stage = stage.or_else(|| state(&alert, w));
    event.partial = alert.get("message").is_none();
    fill_alert(&mut event, &alert, w);
    fill_people(&mut event, &alert, w);
    fill_details(&mut event, &alert, w);
    fill_times(&mut event, &alert, w);
    opened.date(&mut event);
    for key in ["integrationName", "integrationType"] {
        fill::label(&mut event, key, body, key, w);
    }
    if kind == SourceKind::Opsgenie && native_id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        let page = format!("https://app.opsgenie.com/alert/detail/{native_id}/details");
        build::add_plain_link(&mut event.links, "incident", &page);
    }
    Read::Events(vec![build::finished(event, warnings)])
}

/// Few bodies have the alert's state; it counts where the action says nothing of it.
fn state(alert: &Fields<'_>, w: &mut Warnings) -> Option<StageWord> {
    match alert.opaque("status", w)?.to_ascii_lowercase().as_str() {
        "open" if alert.flag("acknowledged", w) => Some(StageWord::Acknowledged),
        "open" => Some(StageWord::Triggered),
        "acked" | "acknowledged" => Some(StageWord::Acknowledged),
        "closed" | "resolved" => Some(StageWord::Resolved),
        _ => {
            w.add("unknown_state", &alert.pointer("status"));
            None
        }
    }
}

fn fill_alert(event: &mut Event, alert: &Fields<'_>, w: &mut Warnings) {
    event.native_status = alert.line("status", NAME_CHARS_MAX, w);
    fill::title(event, alert, &["message"], w);
    fill::description(event, alert, &["description"], TextFormat::Plain, w);
    event.incident.dedup_key = alert.opaque("alias", w).map(|alias| clean_line(&alias, NAME_CHARS_MAX));
    let number = alert.opaque("tinyId", w).map(|number| clean_line(&format!("#{number}"), NAME_CHARS_MAX));
    event.incident.display_id = number;
    if let Some(native) = alert.get("priority").and_then(opaque) {
        fill::priority_word(event, clean_line(&native, NAME_CHARS_MAX), &alert.pointer("priority"), w);
    }
    for (field, old, new) in [("priority", "oldPriority", "priority"), ("message", "oldMessage", "message")] {
        if let Some(old) = alert.line(old, TITLE_CHARS_MAX, w) {
            let new = alert.get(new).and_then(opaque).map(|new| clean_line(&new, TITLE_CHARS_MAX));
            event.changed.push(NativeChange { field: field.to_owned(), old: Some(old), new });
        }
    }
    fill::tags(event, alert, "tags");
    fill::label(event, "entity", alert, "entity", w);
    if let Some(source) = alert.opaque("source", w).filter(|source| !source.contains('@')) {
        build::add_label(&mut event.labels, "source", &source);
    }
}

fn fill_people(event: &mut Event, alert: &Fields<'_>, w: &mut Warnings) {
    let name = alert.get("username").and_then(build::person).and_then(|person| person.name);
    let id = alert.get("userId").and_then(build::person).and_then(|person| person.name);
    event.actor = (name.is_some() || id.is_some()).then_some(Named { id, name, url: None });
    for responder in alert.list("responders").iter().take(LIST_ITEMS_MAX) {
        let kind = responder.get("type").and_then(Tree::as_str).unwrap_or_default();
        match kind {
            "team" => event.teams.extend(build::named(responder)),
            "user" => event.assignees.extend(build::person(responder)),
            _ => {}
        }
    }
    event.assignees.extend(alert.get("owner").and_then(build::person));
    // By their names or by their ids; what a responder has told already is not said twice.
    for team in ["teams", "team"].iter().flat_map(|key| alert.list(key)).take(LIST_ITEMS_MAX) {
        let team = build::named(team).filter(|team| {
            let words: Vec<&str> = team.words().collect();
            !event.teams.iter().any(|known| known.words().any(|word| words.contains(&word)))
        });
        event.teams.extend(team);
    }
    if let Some(words) = alert.text("note", w) {
        let author = event.actor.as_ref().and_then(|actor| actor.name.clone());
        fill::message(event, &words, TextFormat::Plain, AudienceHint::Internal, author);
    }
}

/// Details are fields of one's own; some of their names say what they are.
fn fill_details(event: &mut Event, alert: &Fields<'_>, w: &mut Warnings) {
    let Some(details) = alert.object("details", w) else { return };
    fill::labels(event, &details, "cf.");
    for (key, value) in details.iter() {
        let Some(word) = opaque(value) else { continue };
        match key.to_ascii_lowercase().as_str() {
            "impact" | "customer_impact" | "customer impact" => {
                fill::impact(event, &word, &details.pointer(key), w);
            }
            "service" => fill::service(event, &word),
            "environment" | "env" => event.environment = Some(clean_line(&word, NAME_CHARS_MAX)),
            "severity" => fill::severity_word(event, clean_line(&word, NAME_CHARS_MAX)),
            "host" | "hostname" => build::add_word(&mut event.hosts, &word),
            "runbook" | "runbook_url" => build::add_plain_link(&mut event.links, "runbook", &word),
            _ => {}
        }
    }
}

fn fill_times(event: &mut Event, alert: &Fields<'_>, w: &mut Warnings) {
    event.started_at = alert.instant("createdAt", w);
    let begins = event.event_type == EventType::Triggered;
    fill::occurred(event, alert, if begins { &["updatedAt", "createdAt"] } else { &["updatedAt"] }, w);
    match event.event_type {
        EventType::Acknowledged => event.acknowledged_at = event.occurred_at,
        EventType::Resolved => event.resolved_at = event.occurred_at,
        _ => {}
    }
}

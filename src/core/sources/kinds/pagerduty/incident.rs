//! The incident in PagerDuty's V3 events and what belongs to it: page, bridge and custom fields.

use crate::core::event::{Event, NativeImpact};
use crate::core::ids;
use crate::core::limits::{NAME_CHARS_MAX, TITLE_CHARS_MAX};
use crate::core::sources::build;
use crate::core::sources::fill;
use crate::core::sources::reader::{Fields, Warnings};
use crate::core::sources::words;
use crate::core::text::clean_line;
use crate::core::vocabulary::{EventType, StageWord};

use super::meaning;

/// An event with the whole incident in it.
pub(super) fn fill(event: &mut Event, data: &Fields<'_>, w: &mut Warnings) {
    fill_status(event, data, w);
    event.incident.merged_into = meaning::merged_into(data, w)
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
    fill::priority(event, data, "priority", w);
    fill_page(event, data, w);
    fill_bridge(event, data.object("conference_bridge", w).as_ref(), w);
    for key in ["incident_type", "escalation_policy"] {
        if let Some(name) = data.get(key).and_then(build::named).and_then(|named| named.name) {
            build::add_label(&mut event.labels, key, &name);
        }
    }
}

/// The incident's state, which says its stage where the type of event does not.
pub(super) fn fill_status(event: &mut Event, data: &Fields<'_>, w: &mut Warnings) {
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
}

/// The incident's page; its host name says the account.
pub(super) fn fill_page(event: &mut Event, data: &Fields<'_>, w: &mut Warnings) {
    let Some(url) = data.text("html_url", w) else { return };
    let host = url.split("://").nth(1).and_then(|rest| rest.split(['/', '?']).next());
    let account = host.and_then(|host| host.strip_suffix(".pagerduty.com"));
    event.source.account = account.map(|account| clean_line(account, NAME_CHARS_MAX));
    build::add_link(&mut event.links, build::link("incident", &url, None));
}

pub(super) fn fill_bridge(event: &mut Event, bridge: Option<&Fields<'_>>, w: &mut Warnings) {
    let Some(bridge) = bridge else { return };
    if let Some(url) = bridge.text("conference_url", w) {
        let number = bridge.line("conference_number", NAME_CHARS_MAX, w);
        build::add_link(&mut event.links, build::link("bridge", &url, number.as_deref()));
    }
}

/// Custom fields become labels `cf.<name>`; those called impact and regions say just that.
pub(super) fn fill_custom_fields(event: &mut Event, data: &Fields<'_>, w: &mut Warnings) {
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
pub(super) fn fill_times(event: &mut Event) {
    match event.event_type {
        EventType::Acknowledged => event.acknowledged_at = event.occurred_at,
        EventType::Resolved => event.resolved_at = event.occurred_at,
        _ => {}
    }
}

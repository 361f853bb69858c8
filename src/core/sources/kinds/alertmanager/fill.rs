//! What a group says: words, labels and their usual meanings, links, times, and its alerts.

use crate::core::event::{Event, NativeImpact, NativeSeverity, SubAlert, TextFormat};
use crate::core::limits::{LIST_ITEMS_MAX, NAME_CHARS_MAX, SUB_ALERTS_MAX, TITLE_CHARS_MAX};
use crate::core::sources::build;
use crate::core::sources::fill;
use crate::core::sources::reader::{Warnings, opaque};
use crate::core::sources::words;
use crate::core::text::clean_line;
use crate::core::vocabulary::{StageWord, TimeQuality};

use super::group::{Alert, Group, alert_key};

/// Everything.
pub(super) fn all(event: &mut Event, group: &Group<'_>, w: &mut Warnings) {
    fill_words(event, group, w);
    fill_labels(event, group);
    fill_readings(event, group, w);
    fill_links(event, group, w);
    fill_times(event, group);
    // An alert outside a group is the incident, not one of its parts.
    if group.shape.is_none() {
        fill_alerts(event, group, w);
    }
}

fn fill_words(event: &mut Event, group: &Group<'_>, w: &mut Warnings) {
    let title = group.annotation(&["summary"], w).or_else(|| group.label("alertname").map(Into::into));
    let title = title.or_else(|| group.annotation(&["alertname", "alert", "title", "name", "message"], w));
    let title = title.or_else(|| group.body.text("title", w).map(Into::into));
    event.title = title.map(|title| clean_line(&title, TITLE_CHARS_MAX)).filter(|title| !title.is_empty());
    event.description = group
        .annotation(&["description", "message", "text"], w)
        .and_then(|words| build::text(&words, TextFormat::Plain, false));
    if let Some(impact) = group.annotation(&["impact"], w) {
        event.impact = Some(native_impact(&impact));
    }
}

/// One word is a level; more are a text about it.
fn native_impact(words: &str) -> NativeImpact {
    let words = clean_line(words, TITLE_CHARS_MAX);
    match words::impact(&words) {
        Some(level) => NativeImpact { level: Some(level), native: Some(words), ..NativeImpact::default() },
        None => NativeImpact { summary: Some(words), ..NativeImpact::default() },
    }
}

/// All labels of all alerts; one that differs between alerts has several values. While the group
/// fires, what has ended in it says nothing of how it is now.
fn fill_labels(event: &mut Event, group: &Group<'_>) {
    let over = event.stage == Some(StageWord::Resolved);
    let shared = [&group.labels, &group.shared_by].into_iter().flatten();
    let alerts = group.alerts.iter().filter(|alert| over || !alert.ended);
    let all = shared.chain(alerts.filter_map(|alert| alert.labels.as_ref()));
    for labels in all {
        for (key, value) in labels.iter() {
            if let Some(value) = opaque(value) {
                build::add_label(&mut event.labels, key, &value);
            }
        }
    }
}

/// What labels usually mean: severity, priority, service, team, environment, region, host.
fn fill_readings(event: &mut Event, group: &Group<'_>, w: &mut Warnings) {
    let values = |keys: &[&str]| -> Vec<String> {
        let all = keys.iter().filter_map(|key| event.labels.get(*key)).flatten();
        all.filter(|value| !value.is_empty()).take(LIST_ITEMS_MAX).cloned().collect()
    };
    let severity = values(&["severity"]).into_iter().max_by_key(|word| words::severity(word));
    let priority = values(&["priority"])
        .into_iter()
        .min_by_key(|word| words::priority(word).map_or(u8::MAX, |priority| u8::MAX - priority.gravity()));
    let regions = values(&["region"]);
    let impact = values(&["impact", "customer_impact"]).into_iter().max_by_key(|word| words::impact(word));
    let hosts = values(&["host", "hostname", "instance"]);
    event.severity = severity.map(|native| NativeSeverity { level: words::severity(&native), native });
    fill::severity(event, &group.body, &["severity"], w);
    if let Some(native) = priority {
        fill::priority_word(event, native, "/commonLabels/priority", w);
    }
    if let Some(impact) = impact {
        event.impact.get_or_insert_with(|| native_impact(&impact));
    }
    if !regions.is_empty() {
        event.impact.get_or_insert_with(NativeImpact::default).regions = regions;
    }
    for host in hosts {
        build::add_word(&mut event.hosts, without_port(&host));
    }
    fill::from_labels(event);
}

/// Prometheus names an instance with its port.
fn without_port(instance: &str) -> &str {
    match instance.rsplit_once(':') {
        Some((host, port)) if !host.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => instance,
    }
}

fn fill_links(event: &mut Event, group: &Group<'_>, w: &mut Warnings) {
    let mut add = |rel: &str, href: Option<&str>| {
        if let Some(href) = href {
            build::add_plain_link(&mut event.links, rel, href);
        }
    };
    add("incident", group.body.text("externalURL", w).as_deref());
    for (rel, keys) in [
        ("runbook", ["runbook_url", "runbook"].as_slice()),
        ("dashboard", &["dashboard_url", "dashboard", "dashboardURL"]),
    ] {
        for key in keys {
            add(rel, group.annotation(&[key], w).as_deref());
        }
    }
    for alert in &group.alerts {
        for (rel, key) in [
            ("source", "generatorURL"),
            ("dashboard", "panelURL"),
            ("dashboard", "dashboardURL"),
            ("silence", "silenceURL"),
        ] {
            add(rel, alert.fields.text(key, w).as_deref());
        }
    }
}

/// Of this change: the latest start of what fires, the latest end of what has ended. An end of a
/// firing alert lies in the future and says nothing.
fn fill_times(event: &mut Event, group: &Group<'_>) {
    let changed = |alert: &Alert<'_>| if alert.ended { alert.ended_at } else { alert.started_at };
    event.occurred_at = group.alerts.iter().filter_map(changed).max();
    if event.occurred_at.is_some() {
        event.occurred_at_quality = TimeQuality::Derived;
    }
    event.started_at = group.alerts.iter().filter_map(|alert| alert.started_at).min();
    if event.stage == Some(StageWord::Resolved) {
        event.resolved_at = group.alerts.iter().filter_map(|alert| alert.ended_at).max();
    }
}

fn fill_alerts(event: &mut Event, group: &Group<'_>, w: &mut Warnings) {
    for alert in group.alerts.iter().take(SUB_ALERTS_MAX) {
        event.sub_alerts.push(SubAlert {
            key: alert_key(alert).unwrap_or_default(),
            status: alert.fields.line("status", NAME_CHARS_MAX, w).unwrap_or_default(),
            labels: build::single_labels(alert.labels.as_ref()),
            started_at: alert.started_at,
            ended_at: alert.ended_at.filter(|_| alert.ended),
        });
    }
    let more = group.alerts.len().saturating_sub(SUB_ALERTS_MAX) as u64;
    let cut = group.body.number("truncatedAlerts", w).filter(|cut| *cut >= 1.0);
    // A sender's count: a fraction or a giant is its own mistake, and stops at the limits of u64.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let cut = cut.map_or(0, |cut| cut as u64);
    event.sub_alerts_truncated = Some(more.saturating_add(cut)).filter(|more| *more > 0);
}

//! Prometheus Alertmanager webhooks, version 4 and its predecessors: one event for each group
//! message, with its alerts below it.

use std::fmt::Write as _;

use jiff::Timestamp;

use crate::core::event::{Event, Named, NativeImpact, NativePriority, NativeSeverity, SubAlert, TextFormat};
use crate::core::label_set::LabelSet;
use crate::core::limits::{LIST_ITEMS_MAX, NAME_CHARS_MAX, SUB_ALERTS_MAX, TITLE_CHARS_MAX};
use crate::core::sources::about::{About, Ends, Page};
use crate::core::sources::body;
use crate::core::sources::build::{self, Head};
use crate::core::sources::reader::{Fields, Warnings, opaque};
use crate::core::sources::{Delivery, Read, SourceKind, words};
use crate::core::text::clean_line;
use crate::core::tree::Tree;
use crate::core::vocabulary::{EventType, StageWord, TimeQuality};

/// See [`About`].
pub(super) static ABOUT: About = About {
    name: "alertmanager",
    title: "Prometheus Alertmanager",
    schema: include_str!("../../../../schemas/alertmanager.json"),
    parse: body::templated,
    read: |delivery, body| read(SourceKind::Alertmanager, delivery, body),
    headers: &[],
    media_types: &[],
    waits_ms: None,
    punishes_refusal: false,
    ends: Ends::Sender,
    page: Page {
        intro: "Group messages of Alertmanager's webhook receiver: one incident for each group. vmalert and Mimir post through an Alertmanager, or in its form.",
        setup: &[
            "Add a receiver with `webhook_configs: [{ url: '{url}', send_resolved: true }]` to alertmanager.yml.",
            "Under `http_config` give `authorization: { type: Bearer, credentials_file: … }` with the source's secret.",
            "Group by what makes one outage (`group_by: [service]`, say): a group is an incident, and each alert of its own would be one for every host.",
        ],
        auth: "{ scheme: bearer, secret_file: /run/secrets/alertmanager }",
        reads: &[
            ("groupKey; receiver and groupLabels in old versions", "the incident: it is the group"),
            ("status", "the stage"),
            ("annotations summary, label alertname", "the title, for engineers"),
            ("annotation description", "the description, for engineers"),
            ("labels severity, priority", "the gravest of those that fire"),
            (
                "labels service, team, environment, region, instance",
                "services, teams, environment, regions and hosts",
            ),
            ("annotation or label impact", "customer impact: a level, or words about it"),
            ("alerts[]", "the grouped alerts, at most 100; the rest is counted"),
            ("startsAt, endsAt", "when it began, changed and ended"),
            ("externalURL, generatorURL, annotations runbook_url and dashboard_url", "links"),
        ],
        means: &[("firing", "triggered"), ("resolved", "resolved")],
        not_said: &[
            "That somebody has taken it, and what is done about it: Alertmanager knows no such stages.",
            "A repeated message of a group that still fires is no news: nobody hears it twice.",
        ],
    },
};

/// A group message, taken apart once.
struct Group<'v> {
    body: Fields<'v>,
    /// What the group was made by: `groupLabels`.
    shared_by: Option<Fields<'v>>,
    labels: Option<Fields<'v>>,
    annotations: Option<Fields<'v>>,
    alerts: Vec<Alert<'v>>,
}

/// One alert of the group.
struct Alert<'v> {
    fields: Fields<'v>,
    labels: Option<Fields<'v>>,
    annotations: Option<Fields<'v>>,
    ended: bool,
    started_at: Option<Timestamp>,
    ended_at: Option<Timestamp>,
}

/// Reads a body that its schema accepts, for this kind or one that speaks like it.
pub(super) fn read(kind: SourceKind, delivery: &Delivery<'_>, body: &Tree<'_>) -> Read {
    let mut warnings = Warnings::default();
    let w = &mut warnings;
    let Some(group) = group(body, w) else {
        return build::rejected("schema", "", "an object is expected");
    };
    let status = group.body.text("status", w).unwrap_or_default();
    let (event_type, stage) = match status.as_ref() {
        "firing" => (EventType::Triggered, Some(StageWord::Triggered)),
        "resolved" => (EventType::Resolved, Some(StageWord::Resolved)),
        _ => {
            w.add("unknown_state", "/status");
            (EventType::Other, None)
        }
    };
    let Some(native_id) = identity(&group, w) else {
        return build::no_identity("/groupKey");
    };
    let version = group.body.opaque("version", w);
    let head = Head {
        kind,
        native_id: &native_id,
        delivery_id: None,
        part: 0,
        event_type,
        native_type: &status,
        version: version.as_deref(),
        is_test: false,
    };
    let mut event = build::event(delivery, &head);
    event.stage = stage;
    event.native_status = Some(clean_line(&status, NAME_CHARS_MAX)).filter(|status| !status.is_empty());
    event.incident.dedup_key = Some(event.incident.native_id.clone());
    fill_words(&mut event, &group, w);
    fill_labels(&mut event, &group);
    fill_readings(&mut event, w);
    fill_links(&mut event, &group, w);
    fill_times(&mut event, &group);
    fill_alerts(&mut event, &group, w);
    Read::Events(vec![build::finished(event, warnings)])
}

fn group<'v>(body: &'v Tree<'v>, w: &mut Warnings) -> Option<Group<'v>> {
    let body = Fields::of(body, "")?;
    let mut alerts = Vec::with_capacity(body.list("alerts").len());
    for (place, value) in body.list("alerts").iter().enumerate() {
        let Some(fields) = Fields::of(value, format!("/alerts/{place}")) else { continue };
        let status = fields.text("status", w).unwrap_or_default();
        alerts.push(Alert {
            labels: fields.object("labels", w),
            annotations: fields.object("annotations", w),
            ended: status == "resolved",
            started_at: fields.instant("startsAt", w),
            ended_at: fields.instant("endsAt", w),
            fields,
        });
    }
    Some(Group {
        shared_by: body.object("groupLabels", w),
        labels: body.object("commonLabels", w),
        annotations: body.object("commonAnnotations", w),
        body,
        alerts,
    })
}

/// `groupKey`; where an old version has none, what it was made from: receiver and group labels,
/// else the alerts' own labels.
fn identity(group: &Group<'_>, w: &mut Warnings) -> Option<String> {
    if let Some(key) = group.body.opaque("groupKey", w) {
        return Some(key.into());
    }
    w.add("partial_key", "/groupKey");
    let receiver = group.body.opaque("receiver", w).unwrap_or_default();
    let by_labels = |fields: Option<&Fields<'_>>| {
        let labels = build::single_labels(fields);
        (!labels.is_empty()).then(|| format!("{receiver}:{}", written(&labels)))
    };
    by_labels(group.shared_by.as_ref()).or_else(|| by_labels(group.labels.as_ref())).or_else(|| {
        let mut keys: Vec<String> = group.alerts.iter().filter_map(alert_key).collect();
        keys.sort_unstable();
        (!keys.is_empty()).then(|| format!("{receiver}:{}", keys.join(",")))
    })
}

/// Labels as Prometheus writes them.
fn written(labels: &LabelSet) -> String {
    let mut text = String::from("{");
    for (key, value) in labels.iter() {
        let comma = if text.len() > 1 { "," } else { "" };
        // Writing to a string can't fail.
        let _ = write!(text, "{comma}{key}={value:?}");
    }
    text.push('}');
    text
}

/// Its fingerprint; old versions have none, so its labels.
fn alert_key(alert: &Alert<'_>) -> Option<String> {
    let fingerprint = alert.fields.opaque("fingerprint", &mut Warnings::default());
    if let Some(fingerprint) = fingerprint {
        return Some(clean_line(&fingerprint, NAME_CHARS_MAX));
    }
    let labels = build::single_labels(alert.labels.as_ref());
    (!labels.is_empty()).then(|| clean_line(&written(&labels), NAME_CHARS_MAX))
}

/// An annotation that all alerts share, else that of the first alert which has it.
fn annotation(group: &Group<'_>, key: &str, w: &mut Warnings) -> Option<String> {
    let all =
        group.annotations.iter().chain(group.alerts.iter().filter_map(|alert| alert.annotations.as_ref()));
    for annotations in all {
        if let Some(text) = annotations.text(key, w) {
            return Some(text.into());
        }
    }
    None
}

fn fill_words(event: &mut Event, group: &Group<'_>, w: &mut Warnings) {
    let alert_name = || {
        let labels = [&group.shared_by, &group.labels].into_iter().flatten();
        let labels = labels.chain(group.alerts.iter().filter_map(|alert| alert.labels.as_ref()));
        labels.into_iter().find_map(|labels| labels.opaque("alertname", &mut Warnings::default()))
    };
    let title = annotation(group, "summary", w).or_else(|| alert_name().map(Into::into));
    event.title = title.map(|title| clean_line(&title, TITLE_CHARS_MAX)).filter(|title| !title.is_empty());
    event.description =
        annotation(group, "description", w).and_then(|words| build::text(&words, TextFormat::Plain, false));
    if let Some(impact) = annotation(group, "impact", w) {
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
fn fill_readings(event: &mut Event, w: &mut Warnings) {
    let values = |keys: &[&str]| -> Vec<String> {
        let all = keys.iter().filter_map(|key| event.labels.get(*key)).flatten();
        all.filter(|value| !value.is_empty()).take(LIST_ITEMS_MAX).cloned().collect()
    };
    let severity = values(&["severity"]).into_iter().max_by_key(|word| words::severity(word));
    let priority = values(&["priority"])
        .into_iter()
        .min_by_key(|word| words::priority(word).map_or(u8::MAX, |priority| u8::MAX - priority.gravity()));
    let services = values(&["service", "services"]).into_iter().map(Named::name).collect();
    let teams = values(&["team"]).into_iter().map(Named::name).collect();
    let environment = values(&["environment", "env"]).into_iter().next();
    let regions = values(&["region"]);
    let impact = values(&["impact", "customer_impact"]).into_iter().max_by_key(|word| words::impact(word));
    let hosts = values(&["host", "hostname", "instance"]);
    event.severity = severity.map(|native| NativeSeverity { level: words::severity(&native), native });
    event.priority = priority.map(|native| {
        let rank = words::priority(&native);
        if rank.is_none() {
            w.add("unmapped_priority", "/commonLabels/priority");
        }
        NativePriority { rank, native }
    });
    event.services = services;
    event.teams = teams;
    event.environment = environment;
    if let Some(impact) = impact {
        event.impact.get_or_insert_with(|| native_impact(&impact));
    }
    if !regions.is_empty() {
        event.impact.get_or_insert_with(NativeImpact::default).regions = regions;
    }
    for host in hosts {
        build::add_word(&mut event.hosts, without_port(&host));
    }
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
            add(rel, annotation(group, key, w).as_deref());
        }
    }
    for alert in &group.alerts {
        for (rel, key) in
            [("source", "generatorURL"), ("dashboard", "dashboardURL"), ("silence", "silenceURL")]
        {
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

//! Prometheus Alertmanager webhooks, version 4 and its predecessors: one event for each group
//! message, with its alerts below it; and alerts outside a group.

mod fill;
mod group;

use std::borrow::Cow;

pub(super) use group::{Group, group, is_group, single};

use crate::core::event::Event;
use crate::core::limits::NAME_CHARS_MAX;
use crate::core::sources::about::{About, Ends, Page};
use crate::core::sources::body;
use crate::core::sources::build::{self, Head};
use crate::core::sources::reader::{Fields, Warnings};
use crate::core::sources::relay;
use crate::core::sources::words;
use crate::core::sources::{Delivery, Read, SourceKind};
use crate::core::text::clean_line;
use crate::core::tree::Tree;
use crate::core::vocabulary::EventType;

/// See [`About`].
pub(super) static ABOUT: About = About {
    name: "alertmanager",
    title: "Prometheus Alertmanager",
    schema: include_str!("../../../../../schemas/alertmanager.json"),
    parse: body::templated,
    read,
    headers: &[],
    media_types: &[],
    waits_ms: None,
    punishes_refusal: false,
    ends: Ends::Sender,
    page: Page {
        intro: "Group messages of Alertmanager's webhook receiver: one incident for each group. vmalert and Mimir post through an Alertmanager, or in its form. Single alerts, and the list that Prometheus itself posts to an Alertmanager, are read too: one incident for each alert.",
        setup: &[
            "Add a receiver with `webhook_configs: [{ url: '{url}', send_resolved: true }]` to alertmanager.yml.",
            "Under `http_config` give `authorization: { type: Bearer, credentials_file: … }` with the source's secret.",
            "Group by what makes one outage (`group_by: [service]`, say): a group is an incident, and each alert of its own would be one for every host.",
        ],
        auth: "{ scheme: bearer, secret_file: /run/secrets/alertmanager }",
        reads: &[
            ("groupKey; receiver and groupLabels in old versions", "the incident: it is the group"),
            ("fingerprint, else the labels, of an alert outside a group", "the incident: it is the alert"),
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
        means: &[
            ("firing", "triggered"),
            ("resolved", "resolved"),
            ("no status, of an alert outside a group", "resolved where endsAt has passed, else triggered"),
        ],
        not_said: &[
            "That somebody has taken it, and what is done about it: Alertmanager knows no such stages.",
            "A repeated message of a group that still fires is no news: nobody hears it twice.",
        ],
    },
};

/// Reads a body that its schema accepts: a group, an alert, or a list of alerts.
fn read(delivery: &Delivery<'_>, body: &Tree<'_>) -> Read {
    if let Tree::List(alerts) = body {
        return read_list(delivery, alerts);
    }
    let mut warnings = Warnings::default();
    let w = &mut warnings;
    let Some(opened) = relay::open(body, w) else {
        return build::rejected("schema", "", "an object is expected");
    };
    let group = if is_group(&opened.fields) {
        group(opened.fields.clone(), w)
    } else {
        single(opened.fields.clone(), delivery.received_at, w)
    };
    let Some(mut event) = event(delivery, &Dialect::of(SourceKind::Alertmanager), &group, w) else {
        return build::no_identity(group.body.pointer("groupKey"));
    };
    opened.date(&mut event);
    Read::Events(vec![build::finished(event, warnings)])
}

/// What Prometheus posts to its Alertmanager: alerts, each an incident of its own.
fn read_list(delivery: &Delivery<'_>, alerts: &[Tree<'_>]) -> Read {
    let mut events = Vec::with_capacity(alerts.len());
    for (place, alert) in alerts.iter().enumerate() {
        let mut warnings = Warnings::default();
        let Some(fields) = Fields::of(alert, format!("/{place}")) else {
            return build::rejected("schema", format!("/{place}"), "an object is expected");
        };
        let w = &mut warnings;
        let group =
            if is_group(&fields) { group(fields, w) } else { single(fields, delivery.received_at, w) };
        let dialect = Dialect { part: place, ..Dialect::of(SourceKind::Alertmanager) };
        match event(delivery, &dialect, &group, &mut warnings) {
            Some(event) => events.push(build::finished(event, warnings)),
            None => return build::no_identity(group.body.pointer("labels")),
        }
    }
    Read::Events(events)
}

/// What is not in the group: the kind that speaks so, and what it knows besides.
pub(super) struct Dialect {
    pub(super) kind: SourceKind,
    pub(super) part: usize,
    pub(super) is_test: bool,
}

impl Dialect {
    pub(super) const fn of(kind: SourceKind) -> Self {
        Self { kind, part: 0, is_test: false }
    }
}

/// The event of a group, for this kind or one that speaks like it; none without an identity.
pub(super) fn event(
    delivery: &Delivery<'_>,
    dialect: &Dialect,
    group: &Group<'_>,
    w: &mut Warnings,
) -> Option<Event> {
    let (status, stage) = group.stage(w);
    let native_id = group.identity(w)?;
    let version = group.body.opaque("version", w).or(group.shape.map(Cow::Borrowed));
    let head = Head {
        kind: dialect.kind,
        native_id: &native_id,
        delivery_id: None,
        part: dialect.part,
        event_type: stage.map_or(EventType::Other, words::event_type),
        native_type: &status,
        version: version.as_deref(),
        is_test: dialect.is_test,
    };
    let mut event = build::event(delivery, &head);
    event.stage = stage;
    event.native_status = Some(clean_line(&status, NAME_CHARS_MAX)).filter(|status| !status.is_empty());
    event.incident.dedup_key = Some(event.incident.native_id.clone());
    fill::all(&mut event, group, w);
    Some(event)
}

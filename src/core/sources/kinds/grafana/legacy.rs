//! The legacy alerting of Grafana 8 and before: one rule, its state, and what it found.

use crate::core::event::{Event, SubAlert, TextFormat};
use crate::core::limits::{NAME_CHARS_MAX, SUB_ALERTS_MAX};
use crate::core::sources::build::{self, Head};
use crate::core::sources::fill;
use crate::core::sources::reader::{Fields, Warnings};
use crate::core::sources::{Delivery, SourceKind};
use crate::core::text::clean_line;
use crate::core::vocabulary::{EventType, StageWord};

/// The event; none without an identity.
pub(super) fn event(delivery: &Delivery<'_>, body: &Fields<'_>, w: &mut Warnings) -> Option<Event> {
    let state = body.opaque("state", w).unwrap_or_default();
    let (event_type, stage) = meaning(&state, body, w);
    let native_id = identity(body, w)?;
    // Organisations and rules are numbered from 1: those of a channel's test are 0.
    let is_test =
        ["orgId", "ruleId"].iter().any(|key| body.opaque(key, w).is_some_and(|number| number == "0"));
    let head = Head {
        kind: SourceKind::Grafana,
        native_id: &native_id,
        delivery_id: None,
        part: 0,
        event_type,
        native_type: &state,
        version: Some("legacy"),
        is_test,
    };
    let mut event = build::event(delivery, &head);
    event.stage = stage;
    event.native_status = Some(clean_line(&state, NAME_CHARS_MAX)).filter(|state| !state.is_empty());
    event.source.account = body.opaque("orgId", w).map(|org| clean_line(&org, NAME_CHARS_MAX));
    fill::title(&mut event, body, &["ruleName", "title"], w);
    fill::description(&mut event, body, &["message"], TextFormat::Plain, w);
    fill::link(&mut event, "incident", body, "ruleUrl", w);
    fill::link(&mut event, "dashboard", body, "imageUrl", w);
    if let Some(tags) = body.object("tags", w) {
        fill::labels(&mut event, &tags, "");
    }
    fill_matches(&mut event, body, w);
    fill_readings(&mut event);
    Some(event)
}

/// No data is no recovery: nobody knows how it is, and what was begun goes on. A rule that is paused,
/// or waits to be sure, says neither.
fn meaning(state: &str, body: &Fields<'_>, w: &mut Warnings) -> (EventType, Option<StageWord>) {
    match state.to_ascii_lowercase().as_str() {
        "alerting" | "no_data" | "nodata" | "firing" => (EventType::Triggered, Some(StageWord::Triggered)),
        "ok" | "resolved" => (EventType::Resolved, Some(StageWord::Resolved)),
        "pending" | "paused" => (EventType::Updated, None),
        _ => {
            w.add("unknown_state", &body.pointer("state"));
            (EventType::Other, None)
        }
    }
}

/// The rule within its organisation; without its number its place, or its name.
fn identity(body: &Fields<'_>, w: &mut Warnings) -> Option<String> {
    let org = body.opaque("orgId", w);
    let rule = body.opaque("ruleId", w).or_else(|| {
        w.add("partial_key", &body.pointer("ruleId"));
        let panel = body.opaque("panelId", w)?;
        Some(format!("{}/{panel}", body.opaque("dashboardId", w)?).into())
    });
    let rule =
        rule.or_else(|| fill::first_line(body, &["ruleName", "title"], NAME_CHARS_MAX, w).map(Into::into))?;
    Some(match org {
        Some(org) => format!("{org}/{rule}"),
        None => rule.into(),
    })
}

/// What the rule found: each has a metric's name and its tags.
fn fill_matches(event: &mut Event, body: &Fields<'_>, w: &mut Warnings) {
    let matches = body.objects("evalMatches", w);
    for found in matches.iter().take(SUB_ALERTS_MAX) {
        let tags = found.object("tags", w);
        if let Some(tags) = &tags {
            fill::labels(event, tags, "");
        }
        event.sub_alerts.push(SubAlert {
            key: found
                .opaque("metric", w)
                .map(|metric| clean_line(&metric, NAME_CHARS_MAX))
                .unwrap_or_default(),
            status: event.native_status.clone().unwrap_or_default(),
            labels: build::single_labels(tags.as_ref()),
            started_at: None,
            ended_at: None,
        });
    }
    let more = matches.len().saturating_sub(SUB_ALERTS_MAX) as u64;
    event.sub_alerts_truncated = Some(more).filter(|more| *more > 0);
}

fn fill_readings(event: &mut Event) {
    let first = |event: &Event, name: &str| event.labels.get(name).and_then(|values| values.first()).cloned();
    if let Some(severity) = first(event, "severity") {
        fill::severity_word(event, severity);
    }
    if let Some(priority) = first(event, "priority") {
        fill::priority_word(event, priority, "/tags/priority", &mut Warnings::default());
    }
    fill::from_labels(event);
}

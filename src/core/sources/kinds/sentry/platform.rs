//! The integration platform: `{action, actor, data, installation}`, of several resources.

use super::event as error_event;
use crate::core::event::{AudienceHint, Event, Named, NativePriority, TextFormat};
use crate::core::limits::{NAME_CHARS_MAX, TITLE_CHARS_MAX};
use crate::core::sources::build::{self, Head};
use crate::core::sources::reader::{Fields, Warnings};
use crate::core::sources::time::{self, Time};
use crate::core::sources::{Delivery, Handshake, Read, SourceKind, fill, words};
use crate::core::text::clean_line;
use crate::core::tree::Tree;
use crate::core::vocabulary::{EventType, Priority, Severity, StageWord, TimeQuality};

/// What a delivery is about, and the member of `data` that holds it.
const RESOURCES: &[(&str, &[&str])] = &[
    ("metric_alert", &["metric_alert", "metricAlert"]),
    ("event_alert", &["event"]),
    ("error", &["error"]),
    ("comment", &["comment"]),
    ("issue", &["issue"]),
    ("installation", &["installation"]),
];

/// Reads a delivery by its header, where there is one that fits, else by what it holds.
pub(super) fn read(delivery: &Delivery<'_>, fields: &Fields<'_>, data: &Fields<'_>) -> Read {
    let named = delivery.header("sentry-hook-resource");
    let held = RESOURCES.iter().find(|(_, keys)| keys.iter().any(|key| data.get(key).is_some()));
    let resource = named.or(held.map(|(resource, _)| *resource)).unwrap_or("other");
    if resource == "installation" {
        return Read::Handshake(Handshake::Answered);
    }
    let key = held.and_then(|(_, keys)| keys.iter().find(|key| data.get(key).is_some()));
    let inner = key.and_then(|key| data.deep(&[key]));
    let about = inner.as_ref().unwrap_or(data);
    let mut warnings = Warnings::default();
    let w = &mut warnings;
    let action = fields.opaque("action", w).unwrap_or_default();
    let Some(native_id) = identity(resource, data, about, fields) else {
        return build::no_identity("/data/issue/id");
    };
    let native_type = format!("{resource}.{action}");
    let head = Head {
        kind: SourceKind::Sentry,
        native_id: &native_id,
        delivery_id: delivery.header("request-id"),
        part: 0,
        event_type: EventType::Other,
        native_type: &native_type,
        version: Some(resource),
        is_test: false,
    };
    let mut event = build::event(delivery, &head);
    match resource {
        "issue" => issue(&mut event, &action, about, w),
        "metric_alert" => metric(&mut event, &action, data, about, w),
        "comment" => comment(&mut event, data, w),
        "event_alert" | "error" => {
            fill::stage(&mut event, &action, Some(StageWord::Triggered), "/action", w);
            error_event::fill(&mut event, about, w);
            rule(&mut event, data);
        }
        _ => w.add("unknown_type", "/data"),
    }
    fill_actor(&mut event, fields);
    fill_sent(&mut event, delivery);
    fill::from_labels(&mut event);
    Read::Events(vec![build::finished(event, warnings)])
}

/// Issues, and errors of an issue, share its id; metric alerts count by themselves.
fn identity(resource: &str, data: &Fields<'_>, about: &Fields<'_>, fields: &Fields<'_>) -> Option<String> {
    let w = &mut Warnings::default();
    if resource == "metric_alert" {
        let rule =
            || about.deep(&["alert_rule"]).and_then(|rule| rule.opaque("id", &mut Warnings::default()));
        let id =
            about.opaque("id", w).or_else(rule).or_else(|| about.opaque("title", &mut Warnings::default()));
        return id.map(|id| format!("metric_alert/{id}"));
    }
    if resource == "issue"
        && let Some(id) = about.opaque("id", w)
    {
        return Some(id.into_owned());
    }
    for place in [about, data] {
        if let Some(id) = place.opaque("issue_id", w) {
            return Some(id.into_owned());
        }
        for key in ["issue_url", "web_url", "permalink"] {
            if let Some(id) = place.get(key).and_then(Tree::as_str).and_then(super::issue_of) {
                return Some(id.into_owned());
            }
        }
    }
    let beside = data.deep(&["issue"]).and_then(|issue| issue.opaque("id", &mut Warnings::default()));
    if let Some(id) = beside {
        return Some(id.into_owned());
    }
    let own = about.opaque("event_id", w).or_else(|| about.opaque("id", &mut Warnings::default()));
    let installed = || fields.deep(&["installation"])?.opaque("uuid", &mut Warnings::default());
    own.or_else(installed).map(|id| format!("{resource}/{id}"))
}

/// An issue's action says what changed; its status where it is now.
fn issue(event: &mut Event, action: &str, issue: &Fields<'_>, w: &mut Warnings) {
    let status = issue.line("status", NAME_CHARS_MAX, w);
    let by_status = match status.as_deref() {
        Some("unresolved" | "reprocessing") => Some(StageWord::Triggered),
        Some("resolved" | "resolvedInNextRelease") => Some(StageWord::Resolved),
        Some("ignored" | "archived" | "muted") => Some(StageWord::Closed),
        _ => None,
    };
    let by_action = match action {
        "created" => Some(StageWord::Triggered),
        "resolved" => Some(StageWord::Resolved),
        // Nobody is to hear of it any more, though it was no false alarm.
        "ignored" | "archived" => Some(StageWord::Closed),
        "unresolved" => Some(StageWord::Reopened),
        _ => None,
    };
    fill::stage(event, status.as_deref().unwrap_or(action), by_action.or(by_status), "/action", w);
    event.event_type = match (action, event.event_type) {
        ("assigned" | "unassigned", _) => EventType::Reassigned,
        (_, event_type) if by_action.is_some() => event_type,
        ("updated" | "priority" | "escalated", _) => EventType::Updated,
        _ => {
            w.add("unknown_type", "/action");
            EventType::Other
        }
    };
    error_event::fill(event, issue, w);
    event.incident.display_id = issue.line("shortId", NAME_CHARS_MAX, w);
    if let Some(native) = issue.line("priority", NAME_CHARS_MAX, w) {
        let rank = match native.as_str() {
            "high" => Some(Priority::P2),
            "medium" => Some(Priority::P3),
            "low" => Some(Priority::P4),
            _ => words::priority(&native),
        };
        if rank.is_none() {
            w.add("unmapped_priority", &issue.pointer("priority"));
        }
        event.priority = Some(NativePriority { rank, native });
    }
    if let Some(substatus) = issue.line("substatus", NAME_CHARS_MAX, w) {
        build::add_label(&mut event.labels, "substatus", &substatus);
    }
    if let Some(mut assignee) = issue.get("assignedTo").and_then(build::named) {
        // A name that is a mail address names nobody whom readers are to see.
        assignee.name = assignee.name.filter(|name| !name.contains('@'));
        let is_team = issue
            .deep(&["assignedTo"])
            .is_some_and(|to| to.get("type").and_then(Tree::as_str) == Some("team"));
        if is_team { &mut event.teams } else { &mut event.assignees }.push(assignee);
    }
    event.started_at = issue.instant("firstSeen", w);
    if action == "created" {
        fill::occurred(event, issue, &["firstSeen"], w);
    }
}

/// A metric alert goes through critical and warning to resolved, each time under a new id.
fn metric(event: &mut Event, action: &str, data: &Fields<'_>, alert: &Fields<'_>, w: &mut Warnings) {
    let word = match action {
        "critical" | "warning" | "resolved" | "open" | "triggered" | "created" => action.to_owned(),
        _ => alert.opaque("status", &mut Warnings::default()).unwrap_or_default().into_owned(),
    };
    let stage = match word.as_str() {
        "critical" | "warning" | "open" | "triggered" | "created" | "20" | "10" | "1" => {
            Some(StageWord::Triggered)
        }
        "resolved" | "closed" | "2" => Some(StageWord::Resolved),
        _ => None,
    };
    fill::stage(event, &word, stage, "/action", w);
    if word == "critical" || word == "warning" {
        fill::severity_word(event, word);
    }
    let rule = alert.deep(&["alert_rule"]);
    fill::title(event, alert, &["title", "name"], w);
    if event.title.is_none() {
        event.title = rule.as_ref().and_then(|rule| rule.line("name", TITLE_CHARS_MAX, w));
    }
    fill::title(event, data, &["description_title"], w);
    fill::description(event, data, &["description_text"], TextFormat::Plain, w);
    for key in ["web_url", "url"] {
        fill::link(event, "incident", data, key, w);
    }
    event.started_at = alert.instant("date_started", w).or_else(|| alert.instant("date_detected", w));
    event.resolved_at = alert.instant("date_closed", w);
    if event.stage == Some(StageWord::Resolved) {
        fill::occurred(event, alert, &["date_closed"], w);
    } else {
        fill::occurred(event, alert, &["date_detected", "date_started", "date_created"], w);
    }
    for project in build::word_list(alert, "projects", w) {
        build::add_label(&mut event.labels, "project", &project);
        fill::service(event, &project);
    }
    if let Some(rule) = rule {
        event.environment = rule.line("environment", NAME_CHARS_MAX, w);
    }
    event.source.account = alert.line("organization_id", NAME_CHARS_MAX, w);
}

fn comment(event: &mut Event, data: &Fields<'_>, w: &mut Warnings) {
    event.event_type = EventType::NoteAdded;
    event.partial = true;
    if let Some(text) = data.text("comment", w) {
        fill::message(event, &text, TextFormat::Plain, AudienceHint::Internal, None);
    }
    if let Some(project) = data.line("project_slug", NAME_CHARS_MAX, w) {
        fill::service(event, &project);
    }
    fill::occurred(event, data, &["timestamp"], w);
}

/// Which rule an alert came by.
fn rule(event: &mut Event, data: &Fields<'_>) {
    let rule = data.opaque("triggered_rule", &mut Warnings::default());
    if let Some(rule) = rule.filter(|rule| !rule.is_empty()) {
        build::add_label(&mut event.labels, "rule", &rule);
    }
}

/// An issue does not say when it was changed by hand; when Sentry wrote the delivery is near to it.
fn fill_sent(event: &mut Event, delivery: &Delivery<'_>) {
    if event.occurred_at.is_none()
        && let Some(Time::At(at, _)) = delivery.header("sentry-hook-timestamp").map(time::read_text)
    {
        event.occurred_at = Some(at);
        event.occurred_at_quality = TimeQuality::Derived;
    }
}

fn fill_actor(event: &mut Event, fields: &Fields<'_>) {
    let Some(actor) = fields.deep(&["actor"]) else { return };
    let is_person = matches!(actor.get("type").and_then(Tree::as_str), Some("user" | "team"));
    let name = actor.line("name", NAME_CHARS_MAX, &mut Warnings::default());
    if let Some(name) = name.filter(|name| is_person && !name.contains('@')) {
        event.actor = Some(Named::name(clean_line(&name, NAME_CHARS_MAX)));
        if let Some(message) = &mut event.message {
            message.author = Some(name);
        }
    }
}

/// Technical severity: `fatal` is the gravest.
pub(super) fn severity(event: &mut Event, level: String) {
    if words::severity(&level) != Severity::Unknown {
        fill::severity_word(event, level);
    }
}

//! An error, or an issue of many: its message, project and a few tags, and nothing of its user.

use super::{issue_of, platform};
use crate::core::event::{Event, Named, TextFormat};
use crate::core::limits::{LIST_ITEMS_MAX, NAME_CHARS_MAX, TITLE_CHARS_MAX};
use crate::core::sources::build::{self, Head};
use crate::core::sources::reader::{Fields, Warnings, opaque};
use crate::core::sources::{Delivery, Read, SourceKind, fill};
use crate::core::text::clean_line;
use crate::core::tree::Tree;
use crate::core::vocabulary::{EventType, StageWord};

/// Tags that say nothing of a user.
pub(super) const TAGS: &[&str] = &[
    "environment",
    "release",
    "server_name",
    "transaction",
    "level",
    "handled",
    "mechanism",
    "service",
    "team",
    "logger",
];

/// What errors and issues have in common.
pub(super) fn fill(event: &mut Event, fields: &Fields<'_>, w: &mut Warnings) {
    fill_title(event, fields, w);
    if let Some(culprit) = fields.line("culprit", NAME_CHARS_MAX, w) {
        build::add_label(&mut event.labels, "culprit", &culprit);
    }
    if let Some(level) = fields.line("level", NAME_CHARS_MAX, w) {
        platform::severity(event, level);
    }
    for key in ["web_url", "permalink", "html_url"] {
        fill::link(event, "incident", fields, key, w);
    }
    if let Some(project) = fields.deep(&["project"]).as_ref().and_then(named_project) {
        event.services.push(project);
    }
    fill_tags(event, fields);
    if let Some(environment) = fields.line("environment", NAME_CHARS_MAX, w) {
        event.environment = Some(environment);
    }
    if let Some(release) = fields.get("release").and_then(Tree::as_str) {
        build::add_label(&mut event.labels, "release", release);
    }
    fill_users(event, fields, w);
    fill::occurred(event, fields, &["datetime", "timestamp", "received"], w);
}

fn named_project(project: &Fields<'_>) -> Option<Named> {
    let line = |key| project.line(key, NAME_CHARS_MAX, &mut Warnings::default());
    let named = Named { id: line("slug"), name: line("name"), url: None };
    (named.id.is_some() || named.name.is_some()).then_some(named)
}

/// The title; else the error's kind and words; else its message.
fn fill_title(event: &mut Event, fields: &Fields<'_>, w: &mut Warnings) {
    fill::title(event, fields, &["title"], w);
    let metadata = fields.deep(&["metadata"]);
    if let (None, Some(metadata)) = (&event.title, &metadata) {
        let word = |key| metadata.opaque(key, &mut Warnings::default()).unwrap_or_default();
        let words =
            [word("type"), word("value")].iter().filter(|word| !word.is_empty()).cloned().collect::<Vec<_>>();
        event.title = Some(clean_line(&words.join(": "), TITLE_CHARS_MAX)).filter(|title| !title.is_empty());
    }
    fill::title(event, fields, &["message"], w);
    fill::description(event, fields, &["message"], TextFormat::Plain, w);
    let is_said = event.description.as_ref().is_some_and(|text| Some(&text.text) == event.title.as_ref());
    if is_said {
        event.description = None;
    }
}

/// `[[key, value]]`, or `[{key, value}]`.
fn fill_tags(event: &mut Event, fields: &Fields<'_>) {
    for tag in fields.list("tags").iter().take(LIST_ITEMS_MAX) {
        let (key, value) = match tag {
            Tree::List(pair) => (pair.first(), pair.get(1)),
            other => (other.get("key"), other.get("value")),
        };
        if let (Some(key), Some(value)) = (key.and_then(opaque), value.and_then(opaque))
            && TAGS.contains(&&*key)
        {
            build::add_label(&mut event.labels, &key, &value);
        }
    }
}

/// How many of the application's users met it.
fn fill_users(event: &mut Event, fields: &Fields<'_>, w: &mut Warnings) {
    let users = fields.number("userCount", w).filter(|users| *users >= 1.0);
    if let Some(users) = users {
        // A sender's count: a giant is its own mistake, and stops at the limits of u64.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let users = users as u64;
        event.impact.get_or_insert_default().affected_count = Some(users);
    }
}

/// The legacy plugin: the issue's id and message beside an event, without an action: it is new, or
/// back.
pub(super) fn legacy(delivery: &Delivery<'_>, fields: &Fields<'_>) -> Read {
    let mut warnings = Warnings::default();
    let w = &mut warnings;
    let inner = fields.deep(&["event"]);
    let by_address = || fields.get("url").and_then(Tree::as_str).and_then(issue_of);
    let by_event = || inner.as_ref()?.opaque("event_id", &mut Warnings::default());
    let is_sentrys =
        ["event", "message", "level", "culprit", "project_slug"].iter().any(|key| fields.get(key).is_some());
    let id = fields.opaque("id", w).or_else(by_address).or_else(by_event).filter(|_| is_sentrys);
    let Some(id) = id else { return build::no_identity("/id") };
    let head = Head {
        kind: SourceKind::Sentry,
        native_id: &id,
        delivery_id: delivery.header("request-id"),
        part: 0,
        event_type: EventType::Triggered,
        native_type: "plugin",
        version: Some("legacy"),
        is_test: false,
    };
    let mut event = build::event(delivery, &head);
    event.stage = Some(StageWord::Triggered);
    fill::title(&mut event, fields, &["message"], w);
    if let Some(inner) = &inner {
        fill(&mut event, inner, w);
    }
    fill(&mut event, fields, w);
    fill::link(&mut event, "incident", fields, "url", w);
    if event.services.is_empty()
        && let Some(project) = ["project_slug", "project_name", "project"]
            .iter()
            .find_map(|key| fields.line(key, NAME_CHARS_MAX, w))
    {
        fill::service(&mut event, &project);
    }
    for rule in build::word_list(fields, "triggering_rules", w) {
        build::add_label(&mut event.labels, "rule", &rule);
    }
    Read::Events(vec![build::finished(event, warnings)])
}

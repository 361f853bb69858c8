//! One delivery: what happened to which issue.

use crate::core::event::{AudienceHint, Event, NativeChange, TextFormat};
use crate::core::limits::{LIST_ITEMS_MAX, NAME_CHARS_MAX, TITLE_CHARS_MAX};
use crate::core::sources::build::{self, Head};
use crate::core::sources::fill;
use crate::core::sources::reader::{Fields, Warnings};
use crate::core::sources::relay::Opened;
use crate::core::sources::words;
use crate::core::sources::{Delivery, Read, SourceKind};
use crate::core::text::clean_line;
use crate::core::vocabulary::{EventType, StageWord};

use super::issue::{self, person};
use super::status;
use super::text;

/// Reads a delivery, for this kind or one that posts the same.
pub(in crate::core::sources::kinds) fn read(
    kind: SourceKind,
    delivery: &Delivery<'_>,
    opened: &Opened<'_>,
    mut warnings: Warnings,
) -> Read {
    let w = &mut warnings;
    let body = &opened.fields;
    // Automation posts the issue itself.
    let issue = body.object("issue", w).or_else(|| body.get("fields").map(|_| body.clone()));
    let native_type =
        ["webhookEvent", "action", "issue_event_type_name"].iter().find_map(|key| body.opaque(key, w));
    let native_type = native_type.unwrap_or_default();
    let Some(native_id) = identity(body, issue.as_ref(), &native_type, w) else {
        return build::no_identity(body.pointer("issue"));
    };
    let happened = Happened::of(&native_type, body, w);
    let head = Head {
        kind,
        native_id: &native_id,
        delivery_id: delivery.header("x-atlassian-webhook-identifier"),
        part: 0,
        event_type: happened.event_type,
        native_type: &native_type,
        version: Some("issue"),
        is_test: false,
    };
    let mut event = build::event(delivery, &head);
    event.partial = true;
    if let Some(issue) = &issue {
        issue::fill(&mut event, issue, w);
    }
    fill_changes(&mut event, body, w);
    settle(&mut event, &happened);
    if happened.says {
        fill_comment(&mut event, body, w);
    }
    event.actor = ["user", "actor"].iter().find_map(|key| body.deep(&[key]).as_ref().and_then(person));
    fill::occurred(&mut event, body, &["timestamp"], w);
    if event.occurred_at.is_none()
        && let Some(fields) = issue.as_ref().and_then(|issue| issue.deep(&["fields"]))
    {
        fill::occurred(&mut event, &fields, &["updated"], w);
    }
    if let Some(url) = body.text("url", w) {
        build::add_plain_link(&mut event.links, "incident", &url);
    }
    opened.date(&mut event);
    Read::Events(vec![build::finished(event, warnings)])
}

/// The issue's number, which stays its own when it moves to another project; what is about no issue
/// gets an id of its own kind.
fn identity(
    body: &Fields<'_>,
    issue: Option<&Fields<'_>>,
    native_type: &str,
    w: &mut Warnings,
) -> Option<String> {
    let own = issue.and_then(|issue| issue.opaque("id", w).or_else(|| issue.opaque("key", w)));
    if let Some(id) = own {
        return Some(id.into());
    }
    let work = body.deep(&["worklog"]).and_then(|work| work.opaque("issueId", w));
    let linked = body.deep(&["issueLink"]).and_then(|link| link.opaque("sourceIssueId", w));
    if let Some(id) = work.or(linked) {
        return Some(id.into());
    }
    // A comment may come without its issue; its address names it.
    let place = body.deep(&["comment"]).and_then(|comment| comment.text("self", w));
    if let Some(id) = place.as_deref().and_then(|place| place.split("/issue/").nth(1)?.split('/').next()) {
        return Some(id.to_owned());
    }
    let about = ["sprint", "version", "project", "user", "board"].iter().find_map(|key| {
        let id = body.deep(&[key])?.opaque("id", w)?;
        Some(format!("{key}/{id}"))
    });
    about.filter(|_| !native_type.is_empty())
}

/// What the delivery's own words say happened.
struct Happened {
    event_type: EventType,
    deleted: bool,
    /// A comment is in it, and was not taken back.
    says: bool,
}

impl Happened {
    fn of(native_type: &str, body: &Fields<'_>, w: &mut Warnings) -> Self {
        let word = native_type.strip_prefix("jira:").unwrap_or(native_type).to_ascii_lowercase();
        let detail = body.opaque("issue_event_type_name", w).unwrap_or_default();
        let has_comment = body.get("comment").is_some();
        let taken_back = word == "comment_deleted"
            || detail == "issue_comment_deleted"
            || (word == "deleted" && has_comment);
        let event_type = match word.as_str() {
            _ if taken_back => EventType::Updated,
            _ if word.starts_with("comment_") => EventType::NoteAdded,
            "issue_created" | "created" if !has_comment => EventType::Triggered,
            "issue_updated" | "updated" | "created" | "issue_commented" if has_comment => {
                EventType::NoteAdded
            }
            "issue_updated" | "updated" | "issue_moved" | "issue_assigned" | "issue_generic" => {
                EventType::Updated
            }
            "issue_deleted" | "deleted" => EventType::Closed,
            _ if word.starts_with("worklog_")
                || word.starts_with("issuelink_")
                || word.starts_with("attachment_") =>
            {
                EventType::Updated
            }
            _ if ["sprint_", "version_", "project_", "user_", "board_", "jira:version"]
                .iter()
                .any(|start| word.starts_with(start)) =>
            {
                EventType::Catalogue
            }
            // Automation names nothing.
            "" => EventType::Updated,
            _ => {
                w.add("unknown_event_type", &body.pointer("webhookEvent"));
                EventType::Other
            }
        };
        let deleted = word == "issue_deleted" || (word == "deleted" && !has_comment);
        Self { event_type, deleted, says: has_comment && !taken_back }
    }
}

/// What the change log says changed.
fn fill_changes(event: &mut Event, body: &Fields<'_>, w: &mut Warnings) {
    let Some(log) = body.object("changelog", w) else { return };
    for item in log.objects("items", w).iter().take(LIST_ITEMS_MAX) {
        let Some(field) = item.line("field", NAME_CHARS_MAX, w) else { continue };
        let (old, new) =
            (item.line("fromString", TITLE_CHARS_MAX, w), item.line("toString", TITLE_CHARS_MAX, w));
        event.changed.push(NativeChange { field, old, new });
    }
}

/// Settles type and stage by the event's words, the issue's status, and what changed.
fn settle(event: &mut Event, happened: &Happened) {
    if happened.deleted {
        let was_over = event.stage.is_some_and(status::is_end);
        event.stage = Some(if was_over { StageWord::Closed } else { StageWord::Cancelled });
        event.event_type = words::event_type(if was_over { StageWord::Closed } else { StageWord::Cancelled });
        return;
    }
    if happened.event_type == EventType::Triggered {
        // An issue that was just made begins, also where its status is not in the body.
        event.stage.get_or_insert(StageWord::Triggered);
    }
    if happened.event_type != EventType::Updated {
        return;
    }
    let changed = |field: &str| event.changed.iter().find(|change| change.field.eq_ignore_ascii_case(field));
    if let (Some(change), Some(stage)) = (changed("status"), event.stage) {
        let was = change.old.as_deref().and_then(status::by_name);
        if was.is_some_and(status::is_end) && !status::is_end(stage) {
            event.stage = Some(StageWord::Reopened);
        }
        event.event_type = words::event_type(event.stage.unwrap_or(stage));
    } else if changed("priority").is_some() {
        event.event_type = EventType::PriorityChanged;
    } else if changed("assignee").is_some() {
        event.event_type = EventType::Reassigned;
    }
}

fn fill_comment(event: &mut Event, body: &Fields<'_>, w: &mut Warnings) {
    let Some(comment) = body.object("comment", w) else { return };
    let author =
        ["updateAuthor", "author"].iter().find_map(|key| comment.deep(&[key]).as_ref().and_then(person));
    let author = author.and_then(|author| author.name).map(|name| clean_line(&name, NAME_CHARS_MAX));
    if let Some(words) = comment.get("body").and_then(text::words) {
        fill::message(event, &words, TextFormat::Plain, AudienceHint::Internal, author);
    }
}

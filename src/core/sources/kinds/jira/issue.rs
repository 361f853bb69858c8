//! The issue: its fields, as far as Jira names them itself.

use crate::core::event::{Event, Named, NativePriority, TextFormat};
use crate::core::limits::{LIST_ITEMS_MAX, NAME_CHARS_MAX};
use crate::core::sources::build;
use crate::core::sources::fill;
use crate::core::sources::reader::{Fields, Warnings, opaque};
use crate::core::sources::words;
use crate::core::text::clean_line;
use crate::core::vocabulary::Priority;

use super::{status, text};

/// Everything that the issue says. One without a summary is a reference to it.
pub(super) fn fill(event: &mut Event, issue: &Fields<'_>, w: &mut Warnings) {
    event.incident.display_id = issue.opaque("key", w).map(|key| clean_line(&key, NAME_CHARS_MAX));
    fill_page(event, issue, w);
    let Some(fields) = issue.object("fields", w) else { return };
    fill::title(event, &fields, &["summary"], w);
    event.partial = event.title.is_none();
    let description = fields.get("description").and_then(text::words);
    event.description = description.and_then(|words| build::text(&words, TextFormat::Plain, false));
    fill_status(event, &fields, w);
    fill_priority(event, &fields, w);
    event.started_at = fields.instant("created", w);
    event.resolved_at = fields.instant("resolutiondate", w);
    event.assignees.extend(fields.deep(&["assignee"]).as_ref().and_then(person));
    for component in fields.list("components").iter().take(LIST_ITEMS_MAX).filter_map(build::named) {
        event.services.push(component);
    }
    for (label, key) in [("issuetype", "issuetype"), ("project", "project"), ("resolution", "resolution")] {
        let name = fields.get(key).and_then(build::named).and_then(|named| named.name);
        if let Some(name) = name {
            build::add_label(&mut event.labels, label, &name);
        }
    }
    fill::tags(event, &fields, "labels");
    if let Some(environment) = fields.get("environment").and_then(text::words) {
        event.environment = Some(clean_line(&environment, NAME_CHARS_MAX)).filter(|name| !name.is_empty());
    }
    // An issue with a security level is seen by some only, whatever the level is called.
    event.is_private = fields.get("security").is_some();
}

fn fill_status(event: &mut Event, fields: &Fields<'_>, w: &mut Warnings) {
    let Some(state) = fields.object("status", w) else { return };
    event.native_status = state.line("name", NAME_CHARS_MAX, w);
    event.stage = status::stage(&state, w);
}

/// Jira's own two scales have five steps each; others are the policy's to read.
fn fill_priority(event: &mut Event, fields: &Fields<'_>, w: &mut Warnings) {
    let Some(native) = fields.get("priority").and_then(build::named).and_then(|named| named.name) else {
        return;
    };
    let rank = match native.to_ascii_lowercase().as_str() {
        "highest" | "blocker" => Some(Priority::P1),
        "high" | "critical" => Some(Priority::P2),
        "medium" | "major" => Some(Priority::P3),
        "low" | "minor" => Some(Priority::P4),
        "lowest" | "trivial" => Some(Priority::P5),
        _ => words::priority(&native),
    };
    if rank.is_none() {
        w.add("unmapped_priority", &fields.pointer("priority"));
    }
    event.priority = Some(NativePriority { rank, native });
}

/// The issue's page, built from its address in the API.
fn fill_page(event: &mut Event, issue: &Fields<'_>, w: &mut Warnings) {
    let (Some(address), Some(key)) = (issue.text("self", w), issue.opaque("key", w)) else { return };
    if let Some((site, _)) = address.split_once("/rest/") {
        build::add_plain_link(&mut event.links, "incident", &format!("{site}/browse/{key}"));
        let host = site.split("://").nth(1).unwrap_or_default();
        event.source.account =
            host.strip_suffix(".atlassian.net").map(|site| clean_line(site, NAME_CHARS_MAX));
    }
}

/// A user: by the account's id and the name that is shown; the e-mail address is not kept.
pub(super) fn person(user: &Fields<'_>) -> Option<Named> {
    let word = |keys: &[&str]| {
        let found = keys.iter().find_map(|key| user.get(key).and_then(opaque));
        found
            .map(|word| clean_line(&word, NAME_CHARS_MAX))
            .filter(|word| !word.is_empty() && !word.contains('@'))
    };
    let person = Named { id: word(&["accountId", "key"]), name: word(&["displayName", "name"]), url: None };
    (person.id.is_some() || person.name.is_some()).then_some(person)
}

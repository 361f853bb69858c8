//! A problem as Dynatrace's API writes it, of version 1 or 2: an object, the text of one, or the body.

use crate::core::event::Event;
use crate::core::limits::{LIST_ITEMS_MAX, NAME_CHARS_MAX};
use crate::core::sources::reader::{Fields, Warnings};
use crate::core::sources::{build, fill, json};
use crate::core::tree::Tree;
use crate::core::vocabulary::StageWord;

/// The details, where there are any. They may stand in quotation marks, so that they live only as
/// long as this call.
pub(super) fn with(fields: &Fields<'_>, then: impl FnOnce(Option<&Fields<'_>>) -> Event) -> Event {
    let Some(name) = fields.named(&["ProblemDetailsJSONv2", "ProblemDetailsJSON", "ProblemDetails"]) else {
        let is_whole = fields.get("problemId").is_some() && fields.get("status").is_some();
        return then(is_whole.then_some(fields));
    };
    match fields.get(name) {
        Some(Tree::Text(text)) => match json::parse(text.as_bytes()) {
            Ok(tree) => then(Fields::of(&tree, fields.pointer(name)).as_ref()),
            Err(_) => then(None),
        },
        Some(value) => then(Fields::of(value, fields.pointer(name)).as_ref()),
        None => then(None),
    }
}

pub(super) fn fill(event: &mut Event, details: &Fields<'_>, w: &mut Warnings) {
    event.started_at = details.instant("startTime", w);
    // While it is open, its end is -1.
    let ended = details.get("endTime").filter(|_| event.stage == Some(StageWord::Resolved));
    if ended.is_some() {
        event.resolved_at = details.instant("endTime", w);
        fill::occurred(event, details, &["endTime"], w);
    } else if event.stage == Some(StageWord::Triggered) {
        fill::occurred(event, details, &["startTime"], w);
    }
    for key in ["affectedEntities", "impactedEntities", "rankedImpacts", "rankedEvents"] {
        for one in details.objects(key, w).iter().take(LIST_ITEMS_MAX) {
            entity(event, one);
        }
    }
    for key in ["entityTags", "tagsOfAffectedEntities"] {
        for tag in details.objects(key, w).iter().take(LIST_ITEMS_MAX) {
            if let Some(name) = tag.word(&["key"]) {
                match tag.word(&["value"]) {
                    Some(value) => build::add_label(&mut event.labels, &name, &value),
                    None => build::add_label(&mut event.labels, "tag", &name),
                }
            }
        }
    }
    for zone in details.objects("managementZones", w).iter().take(LIST_ITEMS_MAX) {
        if let Some(name) = zone.word(&["name"]) {
            build::add_label(&mut event.labels, "management_zone", &name);
        }
    }
    fill_users(event, details);
}

/// A service is a service and a host a host; others are labels only.
pub(super) fn entity(event: &mut Event, entity: &Fields<'_>) {
    let Some(name) = entity.word(&["name", "entityName"]) else { return };
    build::add_label(&mut event.labels, "entity", &name);
    let own = entity.word(&["type"]);
    let id = entity
        .word(&["entity", "entityId"])
        .or_else(|| entity.deep(&["entityId"]).and_then(|id| id.word(&["id"])));
    let kind = own.or(id).unwrap_or_default();
    if kind.starts_with("SERVICE") {
        fill::service(event, &name);
    } else if kind.starts_with("HOST") {
        build::add_word(&mut event.hosts, &name);
    }
}

/// How many users Dynatrace takes to be affected.
fn fill_users(event: &mut Event, details: &Fields<'_>) {
    let impacts = details
        .deep(&["impactAnalysis"])
        .map(|analysis| analysis.objects("impacts", &mut Warnings::default()));
    let users = impacts
        .iter()
        .flatten()
        .filter_map(|impact| impact.number("estimatedAffectedUsers", &mut Warnings::default()));
    let most = users.fold(0.0_f64, f64::max);
    if most >= 1.0 {
        // A sender's count: a giant is its own mistake, and stops at the limits of u64.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let most = most as u64;
        event.impact.get_or_insert_default().affected_count = Some(most);
    }
    if let Some(cause) = details
        .deep(&["rootCauseEntity"])
        .and_then(|cause| cause.line("name", NAME_CHARS_MAX, &mut Warnings::default()))
    {
        build::add_label(&mut event.labels, "root_cause", &cause);
    }
}

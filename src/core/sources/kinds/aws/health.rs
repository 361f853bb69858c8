//! AWS Health: an issue of AWS, planned work, or a notice to the account.

use super::{Origin, Start, account};
use crate::core::event::{Event, NativeImpact, TextFormat};
use crate::core::limits::{LIST_ITEMS_MAX, NAME_CHARS_MAX, TITLE_CHARS_MAX};
use crate::core::sources::reader::{Fields, Warnings};
use crate::core::sources::{build, fill};
use crate::core::tree::Tree;
use crate::core::vocabulary::{EventType, StageWord};

/// Does an event come from AWS Health?
pub(super) fn is_health(envelope: &Fields<'_>) -> bool {
    let is =
        |key, word: &str| envelope.get(key).and_then(Tree::as_str).is_some_and(|text| text.contains(word));
    is("source", "aws.health") || is("detail-type", "AWS Health")
}

/// One event of the account's health. AWS sends it to each account that is affected, with one ARN.
pub(super) fn of_event(origin: &Origin<'_>, envelope: &Fields<'_>, detail: &Fields<'_>) -> Option<Event> {
    let mut warnings = Warnings::default();
    let w = &mut warnings;
    let first = || envelope.list("resources").first().and_then(Tree::as_str).map(Into::into);
    let native_id = detail.word(&["eventArn"]).or_else(first).or_else(|| envelope.word(&["id"]))?;
    let category = detail.word(&["eventTypeCategory"]).unwrap_or_default();
    let start = Start {
        native_id: &native_id,
        event_type: EventType::Other,
        native_type: if category.is_empty() { "AWS Health Event" } else { &category },
        shape: "health",
        is_test: false,
    };
    let mut event = origin.event(&start);
    fill_stage(&mut event, &category, detail, w);
    fill::title(&mut event, detail, &["eventTypeCode"], w);
    fill::title(&mut event, envelope, &["detail-type"], w);
    fill_words(&mut event, detail, w);
    fill_entities(&mut event, detail, w);
    let region = detail.word(&["eventRegion"]).or_else(|| envelope.word(&["region"]));
    let owner = envelope.word(&["account"]).or_else(|| detail.word(&["affectedAccount"]));
    event.source.account = account(owner.as_deref(), region.as_deref());
    if let Some(region) = region.filter(|region| region != "global") {
        let mut regions = Vec::new();
        build::add_word(&mut regions, &region);
        event.impact = Some(NativeImpact { regions, ..NativeImpact::default() });
    }
    if let Some(service) = detail.line("service", NAME_CHARS_MAX, w) {
        fill::service(&mut event, &service);
    }
    event.started_at = detail.instant("startTime", w);
    event.expected_resolution_at = detail.instant("endTime", w).filter(|_| event.is_maintenance);
    fill::occurred(&mut event, detail, &["lastUpdatedTime"], w);
    fill::occurred(&mut event, envelope, &["time"], w);
    fill::from_labels(&mut event);
    Some(build::finished(event, warnings))
}

/// Older events have no status: an end that is written is over.
fn fill_stage(event: &mut Event, category: &str, detail: &Fields<'_>, w: &mut Warnings) {
    let status = detail.line("statusCode", NAME_CHARS_MAX, w);
    let stage = match status.as_deref() {
        Some("open" | "upcoming") => Some(StageWord::Triggered),
        Some("closed") => Some(StageWord::Resolved),
        Some(_) => {
            w.add("unknown_state", &detail.pointer("statusCode"));
            None
        }
        None if detail.get("endTime").is_some() => Some(StageWord::Resolved),
        None => Some(StageWord::Triggered),
    };
    event.native_status = status;
    match category {
        "accountNotification" => {}
        "scheduledChange" => {
            event.is_maintenance = true;
            event.event_type = EventType::Maintenance;
            event.stage = stage;
        }
        _ => {
            event.stage = stage;
            event.event_type = stage.map_or(EventType::Other, crate::core::sources::words::event_type);
        }
    }
}

/// What AWS writes of it, in English where there are several.
fn fill_words(event: &mut Event, detail: &Fields<'_>, w: &mut Warnings) {
    let texts = detail.objects("eventDescription", w);
    let in_english = texts.iter().find(|text| {
        text.get("language").and_then(Tree::as_str).is_some_and(|language| language.starts_with("en"))
    });
    if let Some(text) = in_english.or(texts.first()) {
        fill::description(event, text, &["latestDescription"], TextFormat::Plain, w);
    }
}

fn fill_entities(event: &mut Event, detail: &Fields<'_>, w: &mut Warnings) {
    for entity in detail.objects("affectedEntities", w).iter().take(LIST_ITEMS_MAX) {
        if let Some(value) = entity.line("entityValue", TITLE_CHARS_MAX, w) {
            build::add_label(&mut event.labels, "entity", &value);
        }
        if let Some(tags) = entity.deep(&["tags"]) {
            fill::labels(event, &tags, "");
        }
    }
}

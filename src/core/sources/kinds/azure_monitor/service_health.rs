//! Service Health: Azure's own outages, planned work and notices, in the context of an alert or in
//! the activity log.

use crate::core::event::{Event, NativeImpact, TextFormat};
use crate::core::limits::{LIST_ITEMS_MAX, NAME_CHARS_MAX};
use crate::core::sources::reader::{Fields, Warnings, opaque};
use crate::core::sources::{build, fill, json, words};
use crate::core::tree::Tree;
use crate::core::vocabulary::{EventType, StageWord};

/// Does a context speak of Azure's own health?
pub(super) fn is(context: &Fields<'_>) -> bool {
    context.word(&["eventSource"]).is_some_and(|source| source == "ServiceHealth")
        || context.deep(&["properties"]).is_some_and(|properties| properties.get("trackingId").is_some())
}

/// Azure's id of the outage, which all its reports have.
pub(super) fn tracking_id(context: &Fields<'_>) -> Option<String> {
    context.deep(&["properties"])?.word(&["trackingId"]).map(std::borrow::Cow::into_owned)
}

pub(super) fn fill(event: &mut Event, context: &Fields<'_>, w: &mut Warnings) {
    let Some(properties) = context.deep(&["properties"]) else { return };
    let kind = properties.word(&["incidentType"]).unwrap_or_default();
    let stage =
        properties.line("stage", NAME_CHARS_MAX, w).or_else(|| context.line("status", NAME_CHARS_MAX, w));
    let word = match stage.as_deref() {
        Some("Active" | "Planned" | "InProgress" | "Updated") => Some(StageWord::Triggered),
        Some("Resolved" | "Complete" | "Canceled") => Some(StageWord::Resolved),
        // A report after the end.
        Some("RCA") => None,
        _ => event.stage,
    };
    event.native_status = stage;
    event.is_maintenance = kind == "Maintenance";
    (event.event_type, event.stage) = match &*kind {
        "Maintenance" => (EventType::Maintenance, word),
        "Informational" | "ActionRequired" | "Security" => (EventType::Other, None),
        _ => (word.map_or(EventType::Updated, words::event_type), word),
    };
    if let Some(title) = properties.line("title", crate::core::limits::TITLE_CHARS_MAX, w) {
        event.title = Some(title);
    }
    event.description = None;
    fill::description(event, &properties, &["defaultLanguageContent", "communication"], TextFormat::Html, w);
    event.started_at = properties.instant("impactStartTime", w);
    event.resolved_at =
        properties.instant("impactMitigationTime", w).filter(|_| word == Some(StageWord::Resolved));
    fill_impact(event, &properties);
}

/// Services and regions, which stand in a list or in the text of one.
fn fill_impact(event: &mut Event, properties: &Fields<'_>) {
    let mut regions = Vec::new();
    match properties.get("impactedServices") {
        Some(Tree::Text(text)) => {
            if let Ok(tree) = json::parse(text.as_bytes()) {
                impacted(event, &mut regions, tree.as_list().unwrap_or_default());
            }
        }
        Some(Tree::List(list)) => impacted(event, &mut regions, list),
        _ => {}
    }
    if let Some(service) = properties.word(&["service"]) {
        fill::service(event, &service);
    }
    for region in properties.word(&["region"]).iter().flat_map(|regions| regions.split([';', ','])) {
        build::add_word(&mut regions, region);
    }
    event.impact = Some(NativeImpact { regions, ..NativeImpact::default() });
}

fn impacted(event: &mut Event, regions: &mut Vec<String>, services: &[Tree<'_>]) {
    for service in services.iter().take(LIST_ITEMS_MAX).filter_map(|service| Fields::of(service, "")) {
        if let Some(name) = service.word(&["ServiceName"]) {
            fill::service(event, &name);
        }
        for region in service.objects("ImpactedRegions", &mut Warnings::default()) {
            if let Some(name) = region.get("RegionName").and_then(opaque) {
                build::add_word(regions, &name);
            }
        }
    }
}

//! The forms before the common schema.

use super::{begun, common, service_health};
use crate::core::event::{Event, TextFormat};
use crate::core::limits::{NAME_CHARS_MAX, TITLE_CHARS_MAX};
use crate::core::sources::reader::{Fields, Warnings};
use crate::core::sources::{Delivery, build, fill};
use crate::core::text::clean_line;
use crate::core::tree::Tree;
use crate::core::vocabulary::{EventType, StageWord};

fn stage(word: &str) -> Option<StageWord> {
    match word.to_ascii_lowercase().as_str() {
        "activated" | "fired" | "active" => Some(StageWord::Triggered),
        "deactivated" | "resolved" => Some(StageWord::Resolved),
        _ => None,
    }
}

/// Metric alerts, classic and `AzureMonitorMetricAlert`: a status and a context. Autoscale and web
/// tests have the same form.
pub(super) fn metric(delivery: &Delivery<'_>, data: &Fields<'_>, context: &Fields<'_>) -> Option<Event> {
    let mut warnings = Warnings::default();
    let w = &mut warnings;
    let native_id = context.word(&["id"]).or_else(|| context.word(&["name"]))?;
    let status = data.word(&["status"]).unwrap_or_default();
    let operation = data.word(&["operation"]);
    let version = if data.get("version").is_some() { "metric" } else { "classic" };
    let mut event = begun(delivery, &native_id, operation.as_deref().unwrap_or(&status), version);
    fill::title(&mut event, context, &["name"], w);
    if operation.is_some() {
        // Autoscale tells what it did: nothing is wrong.
        fill::description(&mut event, context, &["details"], TextFormat::Plain, w);
    } else {
        fill::stage(&mut event, &status, stage(&status), &data.pointer("status"), w);
        fill::description(&mut event, context, &["description"], TextFormat::Plain, w);
    }
    if let Some(native) = context.word(&["severity"]) {
        let native = clean_line(&native, NAME_CHARS_MAX);
        fill::severity_word(&mut event, native);
        common::severity(&mut event);
    }
    fill::occurred(&mut event, context, &["timestamp"], w);
    fill::link(&mut event, "incident", context, "portalLink", w);
    for key in ["resourceName", "resourceGroupName", "resourceType", "resourceRegion"] {
        fill::label(&mut event, key, context, key, w);
    }
    if let Some(id) = context.word(&["resourceId"]) {
        common::resource(&mut event, &id);
    }
    if let Some(condition) = context.deep(&["condition"]) {
        fill::label(&mut event, "metric", &condition, "metricName", w);
        for one in condition.objects("allOf", w) {
            fill::label(&mut event, "metric", &one, "metricName", w);
            common::dimensions(&mut event, &one, "dimensions");
        }
    }
    if let Some(properties) = data.deep(&["properties"]) {
        fill::labels(&mut event, &properties, "");
    }
    event.source.account = context.line("subscriptionId", NAME_CHARS_MAX, w);
    fill::from_labels(&mut event);
    Some(build::finished(event, warnings))
}

/// The activity log: each entry is an alert of its own, but for Azure's own health.
pub(super) fn activity(delivery: &Delivery<'_>, data: &Fields<'_>, log: &Fields<'_>) -> Option<Event> {
    let mut warnings = Warnings::default();
    let w = &mut warnings;
    let is_health = service_health::is(log);
    let tracked = if is_health { service_health::tracking_id(log) } else { None };
    let own = || {
        log.word(&["correlationId", "eventDataId", "operationId", "resourceId"])
            .map(std::borrow::Cow::into_owned)
    };
    let native_id = tracked.or_else(own)?;
    let source = log.word(&["eventSource"]).unwrap_or_default();
    let mut event = begun(delivery, &native_id, &source, "activity-log");
    let status = data.word(&["status"]).unwrap_or_default();
    fill::stage(&mut event, &status, stage(&status), &data.pointer("status"), w);
    fill::title(&mut event, log, &["description", "operationName"], w);
    fill::description(&mut event, log, &["description"], TextFormat::Plain, w);
    fill::occurred(&mut event, log, &["eventTimestamp", "submissionTimestamp"], w);
    for (label, key) in [
        ("operation", "operationName"),
        ("level", "level"),
        ("event_source", "eventSource"),
        ("status", "status"),
    ] {
        fill::label(&mut event, label, log, key, &mut Warnings::default());
    }
    if let Some(id) = log.word(&["resourceId"]) {
        build::add_label(&mut event.labels, "resource", &id);
        common::resource(&mut event, &id);
    }
    event.source.account = log.line("subscriptionId", NAME_CHARS_MAX, w);
    if is_health {
        service_health::fill(&mut event, log, w);
    } else {
        let title =
            log.deep(&["properties"]).and_then(|properties| properties.line("title", TITLE_CHARS_MAX, w));
        event.title = title.or(event.title);
        common::resource_health(&mut event, log);
    }
    Some(build::finished(event, warnings))
}

/// A log search, of which nothing says that it is over; or a notice that is no alert at all.
pub(super) fn flat(delivery: &Delivery<'_>, outer: &Fields<'_>, data: &Fields<'_>) -> Option<Event> {
    let mut warnings = Warnings::default();
    let w = &mut warnings;
    let schema = outer.word(&["schemaId"]).unwrap_or_default();
    let rule = data.word(&["AlertRuleName", "alertrulename", "alertname"]);
    let Some(rule) = rule else { return notice(delivery, data, &schema) };
    let whose = data.word(&["WorkspaceId", "ApplicationId", "SubscriptionId"]);
    let native_id = whose.map_or_else(|| rule.clone().into_owned(), |whose| format!("{whose}/{rule}"));
    let mut event = begun(delivery, &native_id, "LogAlert", "log-search");
    event.stage = Some(StageWord::Triggered);
    event.event_type = EventType::Triggered;
    event.title = Some(clean_line(&rule, TITLE_CHARS_MAX));
    fill::description(&mut event, data, &["Description"], TextFormat::Plain, w);
    if let Some(native) = data.word(&["Severity", "SeverityDescription"]) {
        fill::severity_word(&mut event, clean_line(&native, NAME_CHARS_MAX));
        common::severity(&mut event);
    }
    for key in ["SearchIntervalEndtimeUtc", "SearchIntervalEndTimeUtc"] {
        fill::occurred(&mut event, data, &[key], w);
    }
    for key in ["LinkToSearchResults", "LinkToFilteredSearchResultsUI"] {
        fill::link(&mut event, "dashboard", data, key, w);
    }
    common::dimensions(&mut event, data, "Dimensions");
    fill::label(&mut event, "resource", data, "ResourceId", w);
    for item in build::word_list(data, "AffectedConfigurationItems", w) {
        build::add_label(&mut event.labels, "configuration_item", &item);
    }
    event.source.account = data.line("SubscriptionId", NAME_CHARS_MAX, w);
    Some(build::finished(event, warnings))
}

/// A budget, or a form that is not known: recorded, and told to nobody.
fn notice(delivery: &Delivery<'_>, data: &Fields<'_>, schema: &str) -> Option<Event> {
    let mut warnings = Warnings::default();
    let name = data.word(&["BudgetName", "budgetName", "alertId", "id", "name", "title"])?;
    let mut event = begun(delivery, &name, schema, "other");
    event.title = Some(clean_line(&name, TITLE_CHARS_MAX));
    event.source.account =
        data.get("SubscriptionId").and_then(Tree::as_str).map(|id| clean_line(id, NAME_CHARS_MAX));
    warnings.add("unknown_type", "/schemaId");
    Some(build::finished(event, warnings))
}

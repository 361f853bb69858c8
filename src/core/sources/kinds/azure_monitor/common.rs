//! The common alert schema: `essentials` of every service, and an `alertContext` of its own for each.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::{begun, service_health, subscription};
use crate::core::event::{Event, TextFormat};
use crate::core::limits::{LIST_ITEMS_MAX, NAME_CHARS_MAX};
use crate::core::sources::reader::{Fields, Warnings, opaque};
use crate::core::sources::{Delivery, build, fill};
use crate::core::vocabulary::StageWord;

pub(super) fn read(delivery: &Delivery<'_>, data: &Fields<'_>, essentials: &Fields<'_>) -> Option<Event> {
    let mut warnings = Warnings::default();
    let w = &mut warnings;
    let context = data.deep(&["alertContext"]);
    let health = context.as_ref().filter(|context| service_health::is(context));
    let own = essentials.word(&["alertId", "originAlertId"]).or_else(|| essentials.word(&["alertRule"]))?;
    // Each report of one outage of Azure is an alert of its own; they share its tracking id.
    let tracked = health.and_then(service_health::tracking_id);
    let native_id = tracked.unwrap_or_else(|| own.clone().into_owned());
    let service = essentials.word(&["monitoringService"]).unwrap_or_default();
    let mut event = begun(delivery, &native_id, &service, "common");
    event.incident.dedup_key = essentials.line("originAlertId", NAME_CHARS_MAX, w);
    fill::title(&mut event, essentials, &["alertRule"], w);
    fill::description(&mut event, essentials, &["description"], TextFormat::Plain, w);
    fill::severity(&mut event, essentials, &["severity"], w);
    severity(&mut event);
    let condition = essentials.line("monitorCondition", NAME_CHARS_MAX, w).unwrap_or_default();
    let stage = match condition.as_str() {
        "Fired" | "Activated" | "New" => Some(StageWord::Triggered),
        "Resolved" | "Deactivated" | "Closed" => Some(StageWord::Resolved),
        "Acknowledged" => Some(StageWord::Acknowledged),
        _ => None,
    };
    fill::stage(&mut event, &condition, stage, &essentials.pointer("monitorCondition"), w);
    fill_times(&mut event, essentials, w);
    fill_targets(&mut event, essentials);
    if let Some(context) = &context {
        fill_context(&mut event, context, w);
    }
    if let Some(context) = health {
        service_health::fill(&mut event, context, w);
    } else if let Some(context) = &context {
        resource_health(&mut event, context);
    }
    for key in ["customProperties", "customproperties"] {
        if let Some(custom) = data.deep(&[key]) {
            fill::labels(&mut event, &custom, "");
        }
    }
    fill_links(&mut event, essentials, w);
    event.source.account = own_account(essentials);
    fill::from_labels(&mut event);
    Some(build::finished(event, warnings))
}

/// `Sev0` is the gravest of five.
pub(super) fn severity(event: &mut Event) {
    use crate::core::vocabulary::Severity;
    if let Some(severity) = &mut event.severity {
        let digit = severity.native.trim_start_matches(|c: char| !c.is_ascii_digit());
        severity.level = match digit {
            "0" => Severity::Critical,
            "1" => Severity::Error,
            "2" => Severity::Warning,
            "3" | "4" => Severity::Info,
            _ => severity.level,
        };
    }
}

fn fill_times(event: &mut Event, essentials: &Fields<'_>, w: &mut Warnings) {
    event.started_at = essentials.instant("firedDateTime", w);
    event.resolved_at = essentials.instant("resolvedDateTime", w);
    let changed = if event.stage == Some(StageWord::Resolved) { "resolvedDateTime" } else { "firedDateTime" };
    fill::occurred(event, essentials, &[changed, "firedDateTime"], w);
}

/// Resources by their ids, and machines by their names.
fn fill_targets(event: &mut Event, essentials: &Fields<'_>) {
    for target in essentials.list("alertTargetIDs").iter().take(LIST_ITEMS_MAX).filter_map(opaque) {
        build::add_label(&mut event.labels, "resource", &target);
        resource(event, &target);
    }
    for item in essentials.list("configurationItems").iter().take(LIST_ITEMS_MAX).filter_map(opaque) {
        let name = item.rsplit('/').next().unwrap_or_default();
        build::add_label(&mut event.labels, "configuration_item", name);
    }
    for (label, key) in [
        ("signal_type", "signalType"),
        ("monitoring_service", "monitoringService"),
        ("resource_type", "targetResourceType"),
        ("resource_group", "targetResourceGroup"),
    ] {
        fill::label(event, label, essentials, key, &mut Warnings::default());
    }
}

/// A machine's name is its host's; the group is a label.
pub(super) fn resource(event: &mut Event, id: &str) {
    let parts: Vec<&str> = id.split('/').collect();
    let after = |word: &str| {
        let place = parts.iter().position(|part| part.eq_ignore_ascii_case(word))?;
        parts.get(place + 1).filter(|part| !part.is_empty())
    };
    if let Some(group) = after("resourceGroups") {
        build::add_label(&mut event.labels, "resource_group", group);
    }
    if let Some(host) = after("virtualMachines") {
        build::add_word(&mut event.hosts, host);
    }
}

/// Metrics and searches with their dimensions, and the properties of the rule.
fn fill_context(event: &mut Event, context: &Fields<'_>, w: &mut Warnings) {
    let conditions =
        context.deep(&["condition"]).map(|condition| condition.objects("allOf", w)).unwrap_or_default();
    for condition in conditions.iter().take(LIST_ITEMS_MAX) {
        for (label, key) in
            [("metric", "metricName"), ("namespace", "metricNamespace"), ("web_test", "webTestName")]
        {
            fill::label(event, label, condition, key, &mut Warnings::default());
        }
        dimensions(event, condition, "dimensions");
        for key in ["linkToSearchResultsUI", "linkToFilteredSearchResultsUI"] {
            fill::link(event, "dashboard", condition, key, w);
        }
    }
    dimensions(event, context, "Dimensions");
    for key in ["LinkToSearchResults", "LinkToFilteredSearchResultsUI"] {
        fill::link(event, "dashboard", context, key, w);
    }
    for key in ["labels", "properties"] {
        if let Some(labels) = context.deep(&[key]) {
            fill::labels(event, &labels, "");
        }
    }
    if let Some(annotations) = context.deep(&["annotations"]) {
        fill::description(event, &annotations, &["description", "summary"], TextFormat::Plain, w);
        fill::link(event, "runbook", &annotations, "runbook_url", w);
    }
    if let Some(operation) = context.line("operationName", NAME_CHARS_MAX, &mut Warnings::default()) {
        build::add_label(&mut event.labels, "operation", &operation);
    }
}

pub(super) fn dimensions(event: &mut Event, fields: &Fields<'_>, key: &str) {
    for pair in fields.objects(key, &mut Warnings::default()).iter().take(LIST_ITEMS_MAX) {
        if let (Some(name), Some(value)) = (pair.word(&["name"]), pair.word(&["value"])) {
            build::add_label(&mut event.labels, &name, &value);
        }
    }
}

/// The health of a resource is always "fired", also when it is well again.
pub(super) fn resource_health(event: &mut Event, context: &Fields<'_>) {
    let Some(properties) = context.deep(&["properties"]) else { return };
    let Some(health) = properties.word(&["currentHealthStatus"]) else { return };
    if health.eq_ignore_ascii_case("Available") {
        event.stage = Some(StageWord::Resolved);
        event.event_type = crate::core::vocabulary::EventType::Resolved;
    }
    event.native_status = Some(crate::core::text::clean_line(&health, NAME_CHARS_MAX));
    fill::description(event, &properties, &["title"], TextFormat::Plain, &mut Warnings::default());
}

fn fill_links(event: &mut Event, essentials: &Fields<'_>, w: &mut Warnings) {
    fill::link(event, "incident", essentials, "investigationLink", w);
    let id = essentials.word(&["alertId"]).filter(|id| id.starts_with("/subscriptions/"));
    if let Some(id) = id {
        let id = utf8_percent_encode(&id, NON_ALPHANUMERIC);
        let href = format!(
            "https://portal.azure.com/#blade/Microsoft_Azure_Monitoring/AlertDetailsTemplateBlade/alertId/{id}"
        );
        build::add_plain_link(&mut event.links, "incident", &href);
    }
}

fn own_account(essentials: &Fields<'_>) -> Option<String> {
    let target = essentials.list("alertTargetIDs").first().and_then(opaque);
    let id = essentials.word(&["alertId"]);
    let account = [target.as_deref(), id.as_deref()].into_iter().flatten().find_map(subscription)?;
    Some(crate::core::text::clean_line(account, NAME_CHARS_MAX))
}

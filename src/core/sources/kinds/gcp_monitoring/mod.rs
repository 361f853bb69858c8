//! Google Cloud Monitoring: `{version, incident}`, as a webhook or pushed by Pub/Sub; and Error
//! Reporting, which posts to the same channels.

mod page;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use data_encoding::BASE64;

use crate::core::event::{Event, TextFormat};
use crate::core::limits::{LIST_ITEMS_MAX, NAME_CHARS_MAX, TITLE_CHARS_MAX};
use crate::core::sources::about::{About, Ends};
use crate::core::sources::body;
use crate::core::sources::build::{self, Head};
use crate::core::sources::reader::{Fields, Warnings};
use crate::core::sources::{Delivery, Read, SourceKind, fill, json};
use crate::core::text::clean_line;
use crate::core::tree::Tree;
use crate::core::vocabulary::{EventType, StageWord};

/// See [`About`].
pub(super) static ABOUT: About = About {
    name: "gcp_monitoring",
    title: "Google Cloud Monitoring",
    schema: include_str!("../../../../../schemas/gcp_monitoring.json"),
    parse: body::json,
    read,
    headers: &[],
    media_types: &[],
    waits_ms: None,
    punishes_refusal: false,
    ends: Ends::Both,
    page: page::PAGE,
};

/// Reads a body that its schema accepts.
fn read(delivery: &Delivery<'_>, body: &Tree<'_>) -> Read {
    let Some(outer) = Fields::of(body, "") else {
        return build::rejected("schema", "", "an object is expected");
    };
    let Some(message) = outer.deep(&["message"]).filter(|message| message.get("data").is_some()) else {
        return notification(delivery, &outer, None);
    };
    // Pub/Sub's push: what was published is in `data`, as base64.
    let id = message.word(&["messageId", "message_id"]);
    let data = message.get("data").and_then(Tree::as_str).unwrap_or_default();
    let decoded = BASE64.decode(data.as_bytes()).ok();
    let tree = decoded.as_deref().and_then(|bytes| json::parse(bytes).ok());
    match tree.as_ref().and_then(|tree| Fields::of(tree, "/message/data")) {
        Some(inner) => notification(delivery, &inner, id.as_deref()),
        None => build::rejected("schema", "/message/data", "base64 of a JSON object is expected"),
    }
}

fn notification(delivery: &Delivery<'_>, outer: &Fields<'_>, delivery_id: Option<&str>) -> Read {
    let is_incident = |fields: &Fields<'_>| fields.word(&["incident_id"]).is_some();
    let incident = [&["incident"] as &[&str], &["data", "incident"], &["data"], &[]]
        .into_iter()
        .find_map(|path| outer.deep(path).filter(is_incident));
    if let Some(incident) = incident {
        return Read::Events(vec![incident_event(delivery, outer, &incident, delivery_id)]);
    }
    if outer.deep(&["group_info"]).is_some() || outer.deep(&["exception_info"]).is_some() {
        return error_group(delivery, outer, delivery_id);
    }
    // A budget, or whatever else is published to the same topic.
    let Some(id) = outer.word(&["budgetDisplayName", "id", "name"]) else {
        return build::no_identity("/incident/incident_id");
    };
    let head = Head {
        kind: SourceKind::GcpMonitoring,
        native_id: &id,
        delivery_id,
        part: 0,
        event_type: EventType::Other,
        native_type: if outer.get("budgetDisplayName").is_some() { "budget" } else { "" },
        version: Some("other"),
        is_test: false,
    };
    let mut event = build::event(delivery, &head);
    event.title = Some(clean_line(&id, TITLE_CHARS_MAX));
    let mut warnings = Warnings::default();
    warnings.add("unknown_type", "");
    Read::Events(vec![build::finished(event, warnings)])
}

fn incident_event(
    delivery: &Delivery<'_>,
    outer: &Fields<'_>,
    incident: &Fields<'_>,
    delivery_id: Option<&str>,
) -> Event {
    let mut warnings = Warnings::default();
    let w = &mut warnings;
    let native_id = incident.word(&["incident_id"]).unwrap_or_default();
    let version = outer.word(&["version"]);
    let state = incident.word(&["state"]).unwrap_or_default();
    let head = Head {
        kind: SourceKind::GcpMonitoring,
        native_id: &native_id,
        delivery_id,
        part: 0,
        event_type: EventType::Other,
        native_type: &state,
        version: Some(version.as_deref().unwrap_or("stackdriver")),
        is_test: version.as_deref() == Some("test"),
    };
    let mut event = build::event(delivery, &head);
    let stage = match state.to_ascii_lowercase().as_str() {
        "open" => Some(StageWord::Triggered),
        "acknowledged" => Some(StageWord::Acknowledged),
        "closed" | "resolved" => Some(StageWord::Resolved),
        _ => None,
    };
    fill::stage(&mut event, &state, stage, &incident.pointer("state"), w);
    fill_words(&mut event, incident);
    fill_labels(&mut event, incident);
    fill_severity(&mut event, incident);
    fill_links(&mut event, incident, w);
    let time = |name: &str| incident.named(&[name]);
    event.started_at = time("started_at").and_then(|name| incident.instant(name, w));
    event.resolved_at = time("ended_at")
        .and_then(|name| incident.instant(name, w))
        .filter(|_| stage == Some(StageWord::Resolved));
    // The end of what is open is only when it would be closed by itself.
    let changed = if event.stage == Some(StageWord::Resolved) {
        ["ended_at", "started_at"]
    } else {
        ["started_at", ""]
    };
    if let Some(name) = changed.into_iter().filter(|name| !name.is_empty()).find_map(time) {
        fill::occurred(&mut event, incident, &[name], w);
    }
    event.source.account = incident
        .word(&["scoping_project_id"])
        .or_else(|| incident.deep(&["resource", "labels"]).and_then(|labels| labels.word(&["project_id"])))
        .map(|project| clean_line(&project, NAME_CHARS_MAX));
    fill::from_labels(&mut event);
    build::finished(event, warnings)
}

/// The policy and its condition, as people named them; a policy's resource name says nothing.
fn fill_words(event: &mut Event, incident: &Fields<'_>) {
    let policy = incident.word(&["policy_name"]);
    let named = policy.as_deref().filter(|name| !name.starts_with("projects/"));
    let condition = incident
        .word(&["condition_name"])
        .or_else(|| incident.deep(&["condition"]).and_then(|condition| condition.word(&["displayName"])));
    let summary = incident.word(&["summary"]);
    let title = match (named, condition.as_deref()) {
        (Some(policy), Some(condition)) if policy != condition => Some(format!("{policy}: {condition}")),
        (Some(one), _) | (None, Some(one)) => Some(one.to_owned()),
        (None, None) => None,
    };
    let subject =
        || incident.deep(&["documentation"]).and_then(|text| text.word(&["subject"])).map(Cow::into_owned);
    let title = title
        .or_else(subject)
        .or_else(|| summary.as_deref().map(str::to_owned))
        .or_else(|| policy.as_deref().map(str::to_owned));
    event.title = title.map(|title| clean_line(&title, TITLE_CHARS_MAX)).filter(|title| !title.is_empty());
    let documentation = incident.deep(&["documentation"]);
    let content = documentation.as_ref().and_then(|text| text.word(&["content"]));
    // Older versions have the documentation as text.
    let content = content.or_else(|| incident.get("documentation").and_then(Tree::as_str).map(Cow::Borrowed));
    let texts: Vec<&str> = [&summary, &content].into_iter().flatten().map(|words| &**words).collect();
    let format = if content.is_some() { TextFormat::Markdown } else { TextFormat::Plain };
    event.description = build::text(&texts.join("\n\n"), format, false);
}

fn fill_labels(event: &mut Event, incident: &Fields<'_>) {
    for path in [
        &["resource", "labels"] as &[&str],
        &["metric", "labels"],
        &["metadata", "system_labels"],
        &["metadata", "user_labels"],
        &["policy_user_labels"],
    ] {
        if let Some(labels) = incident.deep(path) {
            fill::labels(event, &labels, "");
        }
    }
    for (label, wanted) in [
        ("policy", &["policy_name"] as &[&str]),
        ("condition", &["condition_name"]),
        ("resource", &["resource_display_name", "resource_name"]),
        ("resource_type", &["resource_type_display_name"]),
        ("threshold", &["threshold_value"]),
        ("observed", &["observed_value"]),
    ] {
        if let Some(word) = incident.word(wanted) {
            build::add_label(&mut event.labels, label, &word);
        }
    }
    let metric = incident.deep(&["metric"]).and_then(|metric| metric.word(&["type"]));
    if let Some(metric) = metric.or_else(|| incident.word(&["metric_type"])) {
        build::add_label(&mut event.labels, "metric", &metric);
    }
}

/// The incident's own severity; else the labels of its policy.
fn fill_severity(event: &mut Event, incident: &Fields<'_>) {
    let labelled =
        |path: &[&str], wanted: &str| incident.deep(path).and_then(|labels| labels.word(&[wanted]));
    let severity = incident
        .word(&["severity"])
        .filter(|word| !word.eq_ignore_ascii_case("no severity"))
        .or_else(|| labelled(&["policy_user_labels"], "severity"))
        .or_else(|| labelled(&["metadata", "user_labels"], "severity"))
        .or_else(|| labelled(&["metadata", "system_labels"], "severity"));
    if let Some(native) = severity {
        fill::severity_word(event, clean_line(&native, NAME_CHARS_MAX));
    }
    if let Some(native) = labelled(&["policy_user_labels"], "priority") {
        let pointer = incident.pointer("policy_user_labels/priority");
        fill::priority_word(event, clean_line(&native, NAME_CHARS_MAX), &pointer, &mut Warnings::default());
    }
}

fn fill_links(event: &mut Event, incident: &Fields<'_>, w: &mut Warnings) {
    fill::link(event, "incident", incident, "url", w);
    fill::link(event, "source", incident, "apigee_url", w);
    let Some(documentation) = incident.deep(&["documentation"]) else { return };
    for link in documentation.objects("links", w).iter().take(LIST_ITEMS_MAX) {
        if let Some(href) = link.text("url", w) {
            let name = link.line("displayName", NAME_CHARS_MAX, w);
            build::add_link(&mut event.links, build::link("runbook", &href, name.as_deref()));
        }
    }
}

/// Error Reporting: a new group of errors, or one that is back.
fn error_group(delivery: &Delivery<'_>, outer: &Fields<'_>, delivery_id: Option<&str>) -> Read {
    let mut warnings = Warnings::default();
    let w = &mut warnings;
    let (group, error) = (outer.deep(&["group_info"]), outer.deep(&["exception_info"]));
    let link = group.as_ref().and_then(|group| group.word(&["detail_link"]));
    let subject = outer.word(&["subject"]);
    let address = link.as_deref().and_then(|link| link.split(['?', '#']).next());
    let Some(native_id) = address.or(subject.as_deref()) else {
        return build::no_identity("/group_info/detail_link");
    };
    let head = Head {
        kind: SourceKind::GcpMonitoring,
        native_id,
        delivery_id,
        part: 0,
        event_type: EventType::Triggered,
        native_type: "error_reporting",
        version: Some("error-reporting"),
        is_test: false,
    };
    let mut event = build::event(delivery, &head);
    event.stage = Some(StageWord::Triggered);
    fill::title(&mut event, outer, &["subject"], w);
    if let Some(error) = &error {
        fill::title(&mut event, error, &["type"], w);
        fill::description(&mut event, error, &["message"], TextFormat::Plain, w);
    }
    if let Some(group) = &group {
        fill::link(&mut event, "incident", group, "detail_link", w);
        event.source.account = group.line("project_id", NAME_CHARS_MAX, w);
    }
    if let Some(service) =
        outer.deep(&["event_info"]).and_then(|info| info.line("service", NAME_CHARS_MAX, w))
    {
        fill::service(&mut event, &service);
    }
    Read::Events(vec![build::finished(event, warnings)])
}

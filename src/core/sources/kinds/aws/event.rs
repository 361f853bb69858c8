//! An event of EventBridge, whatever brought it: `{source, detail-type, resources, detail}`.

use super::{Origin, Start, account, alarm, health};
use crate::core::event::Event;
use crate::core::limits::{LIST_ITEMS_MAX, NAME_CHARS_MAX};
use crate::core::sources::reader::{Fields, Warnings};
use crate::core::sources::{build, fill, words};
use crate::core::tree::Tree;
use crate::core::vocabulary::{EventType, Severity, StageWord};

/// Is it one? Alarms that act on a Lambda function have another envelope.
pub(in super::super) fn is_event(fields: &Fields<'_>) -> bool {
    let has = |keys: &[&str]| fields.named(keys).is_some();
    (has(&["detail-type"]) && (has(&["detail", "alarmData"]) || has(&["source"])))
        || (has(&["source"]) && has(&["detail", "alarmData"]))
}

/// Reads an event; none where nothing says what it is about.
pub(in super::super) fn of(origin: &Origin<'_>, envelope: &Fields<'_>) -> Option<Event> {
    let detail = envelope.deep(&["detail"]).or_else(|| envelope.deep(&["alarmData"]));
    let Some(detail) = detail else { return other(origin, envelope, envelope) };
    if health::is_health(envelope) {
        return health::of_event(origin, envelope, &detail);
    }
    let kind = envelope.word(&["detail-type"]).unwrap_or_default();
    let is_alarm = detail.named(&["alarmName"]).is_some() && detail.deep(&["state"]).is_some();
    // A change of what an alarm is set to has a state as well, and is no change of it.
    if is_alarm && !kind.contains("Configuration Change") {
        return alarm::of_event(origin, envelope, &detail);
    }
    match (&*kind, detail.word(&["insightId", "findings"]).is_some() || detail.get("findings").is_some()) {
        ("GuardDuty Finding", _) => finding(origin, envelope, &detail),
        (kind, true) if kind.starts_with("DevOps Guru") => insight(origin, envelope, &detail, kind),
        (kind, true) if kind.starts_with("Security Hub Findings") => hub(origin, envelope, &detail),
        _ => other(origin, envelope, &detail),
    }
}

/// An event with what each has.
fn begun(origin: &Origin<'_>, envelope: &Fields<'_>, native_id: &str, shape: &str) -> Event {
    let kind = envelope.word(&["detail-type"]).unwrap_or_default();
    let start = Start { native_id, event_type: EventType::Other, native_type: &kind, shape, is_test: false };
    let mut event = origin.event(&start);
    let w = &mut Warnings::default();
    fill::occurred(&mut event, envelope, &["time"], w);
    let (owner, region) = (envelope.word(&["account"]), envelope.word(&["region"]));
    event.source.account = account(owner.as_deref(), region.as_deref());
    fill::label(&mut event, "source", envelope, "source", w);
    fill::label(&mut event, "region", envelope, "region", w);
    for resource in envelope.list("resources").iter().take(LIST_ITEMS_MAX).filter_map(Tree::as_str) {
        build::add_label(&mut event.labels, "resource", resource);
    }
    event
}

/// What is no incident: recorded, and told to nobody.
fn other(origin: &Origin<'_>, envelope: &Fields<'_>, detail: &Fields<'_>) -> Option<Event> {
    let mut warnings = Warnings::default();
    let w = &mut warnings;
    let resource = envelope.list("resources").first().and_then(Tree::as_str).map(Into::into);
    let native_id =
        resource.or_else(|| envelope.word(&["id"])).or_else(|| envelope.word(&["detail-type"]))?;
    let mut event = begun(origin, envelope, &native_id, "event");
    fill::title(&mut event, envelope, &["detail-type", "source"], w);
    event.native_status = detail
        .word(&["state", "status", "lastStatus", "eventName"])
        .map(|word| crate::core::text::clean_line(&word, NAME_CHARS_MAX));
    Some(build::finished(event, warnings))
}

/// A finding of GuardDuty: begun, and never ended by itself.
fn finding(origin: &Origin<'_>, envelope: &Fields<'_>, detail: &Fields<'_>) -> Option<Event> {
    let mut warnings = Warnings::default();
    let w = &mut warnings;
    let native_id = detail.word(&["arn", "id"]).or_else(|| envelope.word(&["id"]))?;
    let mut event = begun(origin, envelope, &native_id, "guardduty");
    event.stage = Some(StageWord::Triggered);
    event.event_type = EventType::Triggered;
    fill::title(&mut event, detail, &["title", "type"], w);
    fill::description(&mut event, detail, &["description"], crate::core::event::TextFormat::Plain, w);
    fill::label(&mut event, "finding_type", detail, "type", w);
    if let Some(grade) = detail.number("severity", w) {
        let level = match grade {
            9.0.. => Severity::Critical,
            7.0.. => Severity::Error,
            4.0.. => Severity::Warning,
            _ => Severity::Info,
        };
        event.severity = Some(crate::core::event::NativeSeverity { level, native: grade.to_string() });
    }
    event.started_at = detail.deep(&["service"]).and_then(|service| service.instant("eventFirstSeen", w));
    Some(build::finished(event, warnings))
}

/// An insight of DevOps Guru opens, grows and closes.
fn insight(origin: &Origin<'_>, envelope: &Fields<'_>, detail: &Fields<'_>, kind: &str) -> Option<Event> {
    let mut warnings = Warnings::default();
    let w = &mut warnings;
    let native_id = detail.word(&["insightId"])?;
    let mut event = begun(origin, envelope, &native_id, "devops-guru");
    event.stage = match kind {
        kind if kind.ends_with("Open") => Some(StageWord::Triggered),
        kind if kind.ends_with("Closed") => Some(StageWord::Resolved),
        _ => None,
    };
    event.event_type = event.stage.map_or(EventType::Updated, words::event_type);
    fill::title(&mut event, detail, &["insightDescription", "insightType"], w);
    fill::title(&mut event, envelope, &["detail-type"], w);
    fill::severity(&mut event, detail, &["insightSeverity"], w);
    fill::link(&mut event, "incident", detail, "insightUrl", w);
    Some(build::finished(event, warnings))
}

/// A finding of Security Hub, with the state that its workflow has. An event holds one, as a list.
fn hub(origin: &Origin<'_>, envelope: &Fields<'_>, detail: &Fields<'_>) -> Option<Event> {
    let mut warnings = Warnings::default();
    let w = &mut warnings;
    let findings = detail.objects("findings", w);
    let finding = findings.first()?;
    let native_id = finding.word(&["Id"]).or_else(|| envelope.word(&["id"]))?;
    let mut event = begun(origin, envelope, &native_id, "security-hub");
    let deep = |path: &[&str], key: &str| {
        finding.deep(path).and_then(|fields| fields.line(key, NAME_CHARS_MAX, &mut Warnings::default()))
    };
    let workflow = deep(&["Workflow"], "Status").or_else(|| finding.line("WorkflowState", NAME_CHARS_MAX, w));
    let is_archived = finding.get("RecordState").and_then(Tree::as_str) == Some("ARCHIVED");
    let has_passed = deep(&["Compliance"], "Status").as_deref() == Some("PASSED");
    let stage = match workflow.as_deref() {
        Some("SUPPRESSED") => Some(StageWord::Cancelled),
        Some("RESOLVED") => Some(StageWord::Resolved),
        _ if is_archived || has_passed => Some(StageWord::Resolved),
        Some("NEW" | "NOTIFIED") | None => Some(StageWord::Triggered),
        Some(_) => None,
    };
    fill::stage(&mut event, workflow.as_deref().unwrap_or_default(), stage, &finding.pointer("Workflow"), w);
    fill::title(&mut event, finding, &["Title"], w);
    fill::description(&mut event, finding, &["Description"], crate::core::event::TextFormat::Plain, w);
    if let Some(label) = deep(&["Severity"], "Label") {
        fill::severity_word(&mut event, label);
    }
    Some(build::finished(event, warnings))
}

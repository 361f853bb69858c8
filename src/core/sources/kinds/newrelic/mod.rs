//! New Relic webhooks: issues of a workflow, incidents of the channels before it, and the alerts and
//! deployments of the first ones. The workflow's body is a template of the user's.

mod page;
#[cfg(test)]
mod tests;

use crate::core::event::{Event, Named, NativePriority, TextFormat};
use crate::core::limits::{LIST_ITEMS_MAX, NAME_CHARS_MAX, TITLE_CHARS_MAX};
use crate::core::sources::about::{About, Ends};
use crate::core::sources::body;
use crate::core::sources::build::{self, Head};
use crate::core::sources::reader::{Fields, Warnings, opaque};
use crate::core::sources::{Delivery, Read, SourceKind, fill, templated, words};
use crate::core::text::clean_line;
use crate::core::tree::Tree;
use crate::core::vocabulary::{EventType, Priority, StageWord};

/// See [`About`].
pub(super) static ABOUT: About = About {
    name: "newrelic",
    title: "New Relic",
    schema: include_str!("../../../../../schemas/newrelic.json"),
    parse: body::templated_or_form,
    read,
    headers: &[],
    media_types: &[body::FORM],
    waits_ms: None,
    punishes_refusal: false,
    ends: Ends::Sender,
    page: page::PAGE,
};

const ISSUE: &[&str] = &["issueId", "nrIssueId", "id"];
const INCIDENT: &[&str] = &["incident_id"];
const ADDRESS: &[&str] =
    &["issueUrl", "issuePageUrl", "issueLink", "incident_url", "violation_url", "alert_url", "url"];
const STATE: &[&str] = &["state", "issueState", "current_state", "status", "issueStatus"];
const TITLE: &[&str] = &["title", "issueTitle"];
const CONDITION: &[&str] = &["condition_name", "alertConditionNames", "conditionNames"];
const POLICY: &[&str] = &["policy_name", "alertPolicyNames", "policyNames"];

/// Reads a body that its schema accepts; a template may make a list of issues.
fn read(delivery: &Delivery<'_>, body: &Tree<'_>) -> Read {
    let items = body.as_list().unwrap_or(std::slice::from_ref(body));
    let mut events = Vec::with_capacity(items.len());
    for (part, item) in items.iter().enumerate() {
        let Some(fields) = templated::opened(item, |fields| identity(fields).is_some()) else {
            return build::no_identity(if body.is_list() {
                format!("/{part}/issueId")
            } else {
                "/issueId".into()
            });
        };
        events.extend(event(delivery, &fields, part));
    }
    if events.is_empty() { build::no_identity("/0/issueId") } else { Read::Events(events) }
}

/// The issue's id, or the incident's in older forms; else that in its address; else what it is about.
fn identity(fields: &Fields<'_>) -> Option<String> {
    if let Some(id) = fields.word(ISSUE).or_else(|| fields.word(INCIDENT)) {
        return Some(id.into_owned());
    }
    if let Some(revision) = fields.word(&["revision"]).filter(|_| fields.named(&["deployed_by"]).is_some()) {
        return Some(format!("deployment/{revision}"));
    }
    let by_address = || {
        let address = fields.word(ADDRESS)?;
        let (_, rest) = address.split_once("/issues/").or_else(|| address.split_once("/incidents/"))?;
        let id = rest.split(['/', '?', '#']).next().filter(|id| !id.is_empty())?;
        Some(id.to_owned())
    };
    let by_words = || {
        let what =
            fields.word(TITLE).or_else(|| fields.word(CONDITION)).or_else(|| fields.word(&["message"]))?;
        let whose = fields.word(POLICY).or_else(|| fields.word(&["application_name"]));
        Some(whose.map_or_else(|| what.to_string(), |whose| format!("{whose}: {what}")))
    };
    by_address().or_else(by_words)
}

fn event(delivery: &Delivery<'_>, fields: &Fields<'_>, part: usize) -> Option<Event> {
    let mut warnings = Warnings::default();
    let w = &mut warnings;
    fields.warn_of_placeholders(w);
    let native_id = identity(fields)?;
    let is_deployment = native_id.starts_with("deployment/");
    let is_workflow =
        fields.word(INCIDENT).is_none() && fields.named(&["current_state", "alert_url"]).is_none();
    let version = match (is_deployment, is_workflow) {
        (true, _) => "deployment",
        (false, true) => "workflow",
        (false, false) => "legacy",
    };
    let native_type =
        ["trigger", "event_type"].iter().find_map(|name| fields.word(&[name])).or_else(|| fields.word(STATE));
    let head = Head {
        kind: SourceKind::NewRelic,
        native_id: &native_id,
        delivery_id: None,
        part,
        event_type: EventType::Other,
        native_type: native_type.as_deref().unwrap_or_default(),
        version: Some(version),
        is_test: is_test(fields),
    };
    let mut event = build::event(delivery, &head);
    if is_deployment {
        event.title = fields
            .word(&["application_name"])
            .map(|name| clean_line(&format!("{name} was deployed"), TITLE_CHARS_MAX));
        text(&mut event, fields, &["description", "changelog"]);
        return Some(build::finished(event, warnings));
    }
    fill_stage(&mut event, fields, w);
    fill_words(&mut event, fields);
    fill_gravity(&mut event, fields, w);
    fill_names(&mut event, fields);
    fill_links(&mut event, fields, w);
    fill_times(&mut event, fields, w);
    fill::from_labels(&mut event);
    Some(build::finished(event, warnings))
}

/// The channels before workflows mark their test with a product of its own.
fn is_test(fields: &Fields<'_>) -> bool {
    let targets = fields.objects("targets", &mut Warnings::default());
    targets.iter().any(|target| target.get("product").and_then(Tree::as_str) == Some("TESTING"))
}

fn fill_stage(event: &mut Event, fields: &Fields<'_>, w: &mut Warnings) {
    let Some(name) = fields.named(STATE).or_else(|| fields.named(&["event_type"])) else {
        // The oldest alerts say it in a sentence only.
        let sentence = fields.word(&["short_description", "long_description"]).unwrap_or_default();
        let sentence = sentence.to_ascii_lowercase();
        let said =
            ["opened", "acknowledged", "closed", "ended"].into_iter().find(|word| sentence.contains(word));
        return fill::stage(
            event,
            said.unwrap_or_default(),
            said.and_then(stage),
            &fields.pointer("state"),
            w,
        );
    };
    let word = fields.word(&[name]).unwrap_or_default();
    let mut found = stage(&word);
    // An issue that somebody took stays activated, and has an owner from then on.
    let is_taken = || {
        fields.word(&["owner", "acknowledgedBy"]).is_some_and(|owner| !matches!(&*owner, "N/A" | "null"))
            || fields
                .word(&["trigger"])
                .is_some_and(|trigger| trigger.contains("ACKNOWLEDGE") || trigger == "USER_ACTION")
    };
    if word.eq_ignore_ascii_case("activated") && is_taken() {
        found = Some(StageWord::Acknowledged);
    }
    fill::stage(event, &word, found, &fields.pointer(name), w);
}

/// States of issues and incidents, and the types of event of the channels.
fn stage(word: &str) -> Option<StageWord> {
    let word = word.trim().to_ascii_lowercase();
    let word = ["incident_", "violation_", "issue_"]
        .iter()
        .find_map(|start| word.strip_prefix(start))
        .unwrap_or(&word);
    match word {
        "activated" => Some(StageWord::Triggered),
        "closed" | "close" | "deactivated" => Some(StageWord::Resolved),
        "acknowledge" => Some(StageWord::Acknowledged),
        word => words::stage(word),
    }
}

fn fill_words(event: &mut Event, fields: &Fields<'_>) {
    let annotations = fields.deep(&["annotations"]);
    let annotation = |name: &str| annotations.as_ref().and_then(|fields| fields.word(&[name]));
    let title = fields
        .word(TITLE)
        .or_else(|| annotation("title"))
        .or_else(|| fields.word(CONDITION))
        .or_else(|| fields.word(&["message", "details"]));
    event.title = title.map(|title| clean_line(&title, TITLE_CHARS_MAX)).filter(|title| !title.is_empty());
    text(
        event,
        fields,
        &["description", "details", "long_description", "conditionDescription", "violationDescription"],
    );
    if event.description.is_none() {
        event.description =
            annotation("description").and_then(|words| build::text(&words, TextFormat::Plain, false));
    }
}

fn text(event: &mut Event, fields: &Fields<'_>, wanted: &[&str]) {
    event.description = fields.word(wanted).and_then(|words| build::text(&words, TextFormat::Plain, false));
}

/// Issues have a priority of four words; incidents before them had a severity.
fn fill_gravity(event: &mut Event, fields: &Fields<'_>, w: &mut Warnings) {
    let word = |wanted: &[&str]| fields.word(wanted).map(|word| clean_line(&word, NAME_CHARS_MAX));
    if let Some(native) = word(&["priority", "issuePriority"]) {
        let rank = match native.to_ascii_uppercase().as_str() {
            "CRITICAL" => Some(Priority::P1),
            "HIGH" => Some(Priority::P2),
            "MEDIUM" => Some(Priority::P3),
            "LOW" => Some(Priority::P4),
            _ => words::priority(&native),
        };
        if rank.is_none() {
            w.add("unmapped_priority", &fields.pointer("priority"));
        }
        event.priority = Some(NativePriority { rank, native });
    }
    if let Some(native) = word(&["severity"]) {
        fill::severity_word(event, native);
    }
}

fn fill_names(event: &mut Event, fields: &Fields<'_>) {
    for (label, wanted) in [
        ("policy", POLICY),
        ("condition", CONDITION),
        ("entity", &["impactedEntities", "entitiesData", "entities"] as &[&str]),
        ("source", &["sources"]),
        ("workflow", &["workflowName"]),
        ("application", &["application_name"]),
    ] {
        let list = fields.named(wanted).map(|name| fields.list(name)).unwrap_or_default();
        for word in list.iter().take(LIST_ITEMS_MAX).filter_map(opaque) {
            build::add_label(&mut event.labels, label, &word);
        }
    }
    for target in fields.objects("targets", &mut Warnings::default()).iter().take(LIST_ITEMS_MAX) {
        if let Some(name) = target.word(&["name"]) {
            build::add_label(&mut event.labels, "entity", &name);
        }
        if let Some(labels) = target.deep(&["labels"]) {
            fill::labels(event, &labels, "");
        }
    }
    for name in ["labels", "tags", "customFields"] {
        if let Some(labels) = fields.named(&[name]).and_then(|name| fields.deep(&[name])) {
            fill::labels(event, &labels, "");
        }
    }
    // A mail address names nobody whom readers are to see.
    let owner =
        fields.word(&["owner"]).filter(|owner| !owner.contains('@') && !matches!(&**owner, "N/A" | "null"));
    event.assignees.extend(owner.map(|owner| Named::name(clean_line(&owner, NAME_CHARS_MAX))));
    let account = fields.word(&["account_name", "account_id", "nrAccountId"]);
    event.source.account =
        account.map(|name| clean_line(&name, NAME_CHARS_MAX)).filter(|name| !name.is_empty());
}

/// The address that acknowledges an incident is left out: who follows it would do so.
fn fill_links(event: &mut Event, fields: &Fields<'_>, w: &mut Warnings) {
    for (rel, wanted) in [
        ("incident", ADDRESS),
        ("runbook", &["runbook_url", "runbooks"] as &[&str]),
        ("dashboard", &["violationChartUrl", "chartUrl", "violationCallbackUrl"]),
        ("source", &["policy_url"]),
    ] {
        for wanted in wanted {
            if let Some(name) =
                fields.named(&[wanted]).filter(|name| !fields.list(name).iter().all(Tree::is_object))
            {
                fill::link(event, rel, fields, name, w);
            }
        }
    }
}

fn fill_times(event: &mut Event, fields: &Fields<'_>, w: &mut Warnings) {
    let started = fields.named(&["createdAt", "activatedAt", "openedAt", "issueCreatedAt"]);
    event.started_at = started.and_then(|name| fields.instant(name, &mut Warnings::default()));
    let changed = [
        "updatedAt",
        "issueUpdatedAt",
        "timestamp",
        "closedAt",
        "acknowledgedAt",
        "activatedAt",
        "createdAt",
    ];
    for wanted in changed {
        if let Some(name) = fields.named(&[wanted]) {
            fill::occurred(event, fields, &[name], w);
        }
    }
    if event.stage == Some(StageWord::Resolved) {
        event.resolved_at =
            fields.named(&["closedAt"]).and_then(|name| fields.instant(name, w)).or(event.occurred_at);
    }
}

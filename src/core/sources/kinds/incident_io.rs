//! incident.io webhooks, sent by Svix: the payload stands under the key that the event's type names.
//! Private incidents come as an id and nothing else.

use crate::core::event::{AudienceHint, Event, NativeChange, TextFormat};
use crate::core::ids;
use crate::core::limits::{LIST_ITEMS_MAX, NAME_CHARS_MAX};
use crate::core::sources::about::{About, Ends, Page};
use crate::core::sources::body;
use crate::core::sources::build::{self, Head};
use crate::core::sources::reader::{Fields, Warnings};
use crate::core::sources::{Delivery, Read, SourceKind, fill, words};
use crate::core::text::clean_line;
use crate::core::tree::Tree;
use crate::core::vocabulary::{EventType, StageWord};

/// See [`About`].
pub(super) static ABOUT: About = About {
    name: "incident_io",
    title: "incident.io",
    schema: include_str!("../../../../schemas/incident_io.json"),
    parse: body::json,
    read,
    headers: &["webhook-id", "svix-id"],
    media_types: &[],
    waits_ms: Some(15_000),
    punishes_refusal: true,
    ends: Ends::Sender,
    page: Page {
        intro: "Webhooks of incident.io: incidents, their status updates, follow-ups and actions, and alerts; version 1 and 2 of each.",
        setup: &[
            "Open *Settings → Webhooks → Add endpoint* and enter `{url}`.",
            "Choose `public_incident.incident_created_v2`, `…_updated_v2` and `…_status_updated_v2`; add the `private_incident.*` ones if the policy has an entry for private incidents.",
            "Copy the endpoint's signing secret (`whsec_…`) into the source's secret file.",
        ],
        auth: "{ scheme: standard_webhooks, secret_file: /run/secrets/incident-io }",
        reads: &[
            ("<event_type>.id, .incident.id or .incident_id", "the incident"),
            ("event_type, incident_status.category and .name", "what changed, and the stage"),
            ("name; summary", "the title; the description, for engineers"),
            ("reference", "the number that people use"),
            ("severity.name", "severity"),
            (
                "custom_field_entries[]",
                "labels `cf.<name>`; the fields called impact and region say just that",
            ),
            ("message", "a note, for engineers"),
            ("incident_timestamp_values[]", "when it began, was taken and ended"),
            ("incident_role_assignments[]", "who works on it"),
            ("permalink, call_url, postmortem_document_url", "links"),
            ("mode: test, tutorial", "a test"),
            ("the header webhook-id", "the delivery"),
        ],
        means: &[
            ("triage", "triggered"),
            ("active, live", "investigating, or what the status is called: fixing is mitigating"),
            ("post_incident, learning", "resolved"),
            ("closed", "closed"),
            ("declined, canceled", "cancelled"),
            ("merged", "merged"),
            ("paused", "nothing: it goes on where it was"),
            ("an alert: firing, resolved", "triggered, resolved"),
        ],
        not_said: &[
            "A priority: map the severities in the policy.",
            "Anything of a private incident but its id: it can't begin one.",
        ],
    },
};

/// What a delivery is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Subject {
    Incident,
    Alert,
    /// A follow-up, an action, a membership: a detail of an incident.
    Detail,
}

/// Reads a body that its schema accepts.
fn read(delivery: &Delivery<'_>, body: &Tree<'_>) -> Read {
    let mut warnings = Warnings::default();
    let w = &mut warnings;
    let Some(body) = Fields::of(body, "") else {
        return build::rejected("schema", "", "an object is expected");
    };
    let wrapped = body.deep(&["data"]).filter(|_| body.get("event_type").is_none());
    let envelope = wrapped.unwrap_or_else(|| body.clone());
    let native_type = envelope.opaque("event_type", w).or_else(|| body.opaque("type", w)).unwrap_or_default();
    let payload = envelope.deep(&[&native_type]).unwrap_or_else(|| envelope.clone());
    let incident = payload.deep(&["incident"]).unwrap_or_else(|| payload.clone());
    let about = subject(&native_type);
    let Some(native_id) = identity(&native_type, about, &payload, &incident, w) else {
        return build::no_identity(incident.pointer("id"));
    };
    let mode = incident.opaque("mode", w);
    let head = Head {
        kind: SourceKind::IncidentIo,
        native_id: &native_id,
        delivery_id: delivery.header("webhook-id").or_else(|| delivery.header("svix-id")),
        part: 0,
        event_type: event_type(&native_type),
        native_type: &native_type,
        version: Some(if native_type.ends_with("_v1") { "v1" } else { "v2" }),
        is_test: matches!(mode.as_deref(), Some("test" | "tutorial")),
    };
    let mut event = build::event(delivery, &head);
    event.is_private = native_type.starts_with("private_") || is_private(&incident, w);
    match about {
        Subject::Alert => fill_alert(&mut event, &payload, w),
        Subject::Incident => fill_incident(&mut event, &native_type, &payload, &incident, w),
        Subject::Detail => fill_detail(&mut event, &payload, w),
    }
    fill::occurred(&mut event, &body, &["timestamp"], w);
    if event.event_type == EventType::Other {
        w.add("unknown_type", "/event_type");
    }
    Read::Events(vec![build::finished(event, warnings)])
}

fn subject(native_type: &str) -> Subject {
    let says = |word: &str| native_type.contains(word);
    if says(".action") || says(".follow_up") || says(".membership") || says("escalation") || says("schedule")
    {
        Subject::Detail
    } else if says("alert") && !says("incident.") {
        Subject::Alert
    } else {
        Subject::Incident
    }
}

fn event_type(native_type: &str) -> EventType {
    let says = |word: &str| native_type.contains(word);
    if says("membership") {
        EventType::ResponderChanged
    } else if says("escalation") {
        EventType::Escalated
    } else if says("incident") || says("alert") {
        EventType::Updated
    } else {
        EventType::Other
    }
}

fn is_private(incident: &Fields<'_>, w: &mut Warnings) -> bool {
    incident.opaque("visibility", w).is_some_and(|word| word == "private")
}

/// The incident's id; that of a follow-up or an action whose incident is not named is of its own kind.
fn identity(
    native_type: &str,
    about: Subject,
    payload: &Fields<'_>,
    incident: &Fields<'_>,
    w: &mut Warnings,
) -> Option<String> {
    let named = payload.opaque("incident_id", w);
    if about != Subject::Detail {
        let own = incident.opaque("id", w).or(named);
        return own.or_else(|| incident.opaque("reference", w)).map(Into::into);
    }
    if let Some(id) = named.or_else(|| payload.deep(&["incident"])?.opaque("id", w)) {
        return Some(id.into());
    }
    let word = native_type.rsplit('.').next().unwrap_or(native_type);
    let word = word.split("_created").next().and_then(|word| word.split("_updated").next()).unwrap_or(word);
    Some(format!("{word}/{}", payload.opaque("id", w)?))
}

fn fill_incident(
    event: &mut Event,
    native_type: &str,
    payload: &Fields<'_>,
    incident: &Fields<'_>,
    w: &mut Warnings,
) {
    // Private ones come as an id alone.
    let full = incident.get("name").is_some() || incident.get("incident_status").is_some();
    event.partial = !full;
    fill_stage(event, native_type, payload, incident, w);
    fill::title(event, incident, &["name"], w);
    fill::description(event, incident, &["summary"], TextFormat::Markdown, w);
    event.incident.display_id = incident.opaque("reference", w).map(|word| clean_line(&word, NAME_CHARS_MAX));
    if let Some(severity) = incident.get("severity").and_then(build::named).and_then(|named| named.name) {
        fill::severity_word(event, severity);
    }
    for key in ["incident_type", "mode"] {
        if let Some(name) = incident.get(key).and_then(build::named).and_then(|named| named.name) {
            build::add_label(&mut event.labels, key, &name);
        }
    }
    if let Some(words) = payload.text("message", w) {
        fill::message(event, &words, TextFormat::Markdown, AudienceHint::Internal, None);
    }
    fill_custom_fields(event, incident, w);
    fill_times(event, incident, w);
    for role in incident.objects("incident_role_assignments", w).iter().take(LIST_ITEMS_MAX) {
        event.assignees.extend(role.get("assignee").and_then(build::named));
    }
    for team in incident.objects("team_assignments", w).iter().take(LIST_ITEMS_MAX) {
        event.teams.extend(team.get("team").and_then(build::named));
    }
    event.actor = incident.deep(&["creator"]).and_then(|creator| build::named(creator.get("user")?));
    for (rel, key) in
        [("incident", "permalink"), ("bridge", "call_url"), ("source", "postmortem_document_url")]
    {
        fill::link(event, rel, incident, key, w);
    }
}

fn fill_stage(
    event: &mut Event,
    native_type: &str,
    payload: &Fields<'_>,
    incident: &Fields<'_>,
    w: &mut Warnings,
) {
    let status = ["incident_status", "status"].iter().find_map(|key| incident.get(key));
    let new = payload.get("new_status").or(status);
    let status = new.and_then(build::named).and_then(|named| named.name);
    let category = new.and_then(|status| status.get("category")).and_then(Tree::as_str).unwrap_or_default();
    let created = native_type.contains("created");
    let Some(native) = status.or_else(|| Some(category.to_owned()).filter(|word| !word.is_empty())) else {
        event.stage = (created && !event.partial).then_some(StageWord::Triggered);
        if event.stage.is_some() && !event.is_test {
            event.event_type = EventType::Triggered;
        }
        return;
    };
    if category == "paused" || (category.is_empty() && native.eq_ignore_ascii_case("paused")) {
        event.native_status = Some(native);
        return;
    }
    fill::stage(event, &native, stage(category, &native), "/incident_status", w);
    let ended = matches!(event.stage, Some(word) if is_end(word));
    if native_type.contains("incident_updated") && !ended && !event.is_test {
        event.event_type = EventType::Updated;
    }
    if let Some(old) = payload.get("previous_status").and_then(build::named).and_then(|named| named.name) {
        event.changed.push(NativeChange { field: "status".to_owned(), old: Some(old), new: Some(native) });
    }
    let goal = ["merged_into_incident_id", "merged_into_id"].iter().find_map(|key| incident.opaque(key, w));
    let goal = goal.or_else(|| incident.deep(&["merged_into"])?.opaque("id", w));
    event.incident.merged_into = goal.map(|goal| ids::incident(&event.source.name, &goal));
}

const fn is_end(word: StageWord) -> bool {
    matches!(word, StageWord::Resolved | StageWord::Closed | StageWord::Cancelled | StageWord::Merged)
}

/// The category says whether it is over, the status's name how far it has come.
fn stage(category: &str, name: &str) -> Option<StageWord> {
    let name = name.to_ascii_lowercase();
    match category {
        "triage" => Some(StageWord::Triggered),
        "active" | "live" => Some(match name.as_str() {
            "identified" => StageWord::Identified,
            "fixing" | "mitigating" | "mitigation" => StageWord::Mitigating,
            "monitoring" | "mitigated" | "stabilised" | "stabilized" => StageWord::Monitoring,
            _ => StageWord::Investigating,
        }),
        "post_incident" | "post-incident" | "learning" => Some(StageWord::Resolved),
        "closed" => Some(StageWord::Closed),
        "declined" | "canceled" | "cancelled" => Some(StageWord::Cancelled),
        "merged" => Some(StageWord::Merged),
        _ => match name.as_str() {
            "triage" => Some(StageWord::Triggered),
            "active" => Some(StageWord::Investigating),
            "fixing" => Some(StageWord::Mitigating),
            "post-incident" | "documenting" | "reviewing" | "learning" => Some(StageWord::Resolved),
            other => words::stage(other),
        },
    }
}

/// Every value of every custom field, whatever its type.
fn fill_custom_fields(event: &mut Event, incident: &Fields<'_>, w: &mut Warnings) {
    for entry in incident.objects("custom_field_entries", w).iter().take(LIST_ITEMS_MAX) {
        let Some(name) = entry.get("custom_field").and_then(build::named).and_then(|named| named.name) else {
            continue;
        };
        let plain = name.to_lowercase();
        for value in entry.objects("values", w).iter().take(LIST_ITEMS_MAX) {
            let chosen = value.deep(&["value_option"]).and_then(|option| option.opaque("value", w));
            let listed = value.deep(&["value_catalog_entry"]).and_then(|entry| entry.opaque("name", w));
            let written = ["value_text", "value_numeric", "value_link"];
            let written = written.iter().filter_map(|key| value.opaque(key, w)).collect::<Vec<_>>();
            for word in chosen.into_iter().chain(listed).chain(written) {
                build::add_label(&mut event.labels, &format!("cf.{name}"), &word);
                match plain.as_str() {
                    "impact" | "customer impact" => fill::impact(event, &word, &entry.pointer("values"), w),
                    "region" | "regions" | "affected regions" => {
                        build::add_word(&mut event.impact.get_or_insert_default().regions, &word);
                    }
                    "service" | "services" | "affected services" | "affected service" => {
                        fill::service(event, &word);
                    }
                    "team" | "teams" | "affected team" | "affected teams" => fill::team(event, &word),
                    "environment" => event.environment = Some(clean_line(&word, NAME_CHARS_MAX)),
                    _ => {}
                }
            }
        }
    }
}

fn fill_times(event: &mut Event, incident: &Fields<'_>, w: &mut Warnings) {
    fill::occurred(event, incident, &["updated_at", "created_at"], w);
    for entry in incident.objects("incident_timestamp_values", w).iter().take(LIST_ITEMS_MAX) {
        let named = entry.get("incident_timestamp").and_then(build::named).and_then(|named| named.name);
        let at = entry.deep(&["value"]).and_then(|value| value.instant("value", w));
        match named.unwrap_or_default().to_lowercase().as_str() {
            "impact started" | "impact started at" => event.started_at = at.or(event.started_at),
            "accepted at" => event.acknowledged_at = at,
            "resolved at" => event.resolved_at = at,
            _ => {}
        }
    }
    event.started_at = event.started_at.or_else(|| incident.instant("created_at", w));
}

fn fill_alert(event: &mut Event, alert: &Fields<'_>, w: &mut Warnings) {
    let status = alert.line("status", NAME_CHARS_MAX, w).unwrap_or_default();
    fill::stage(event, &status, words::stage(&status), &alert.pointer("status"), w);
    fill::title(event, alert, &["title", "name"], w);
    fill::description(event, alert, &["description"], TextFormat::Markdown, w);
    event.incident.dedup_key =
        alert.opaque("deduplication_key", w).map(|key| clean_line(&key, NAME_CHARS_MAX));
    fill::occurred(event, alert, &["updated_at", "created_at"], w);
    event.started_at = alert.instant("created_at", w);
    event.resolved_at = alert.instant("resolved_at", w);
    fill::link(event, "source", alert, "source_url", w);
}

/// A follow-up, an action or a membership: its words are a note on its incident.
fn fill_detail(event: &mut Event, detail: &Fields<'_>, w: &mut Warnings) {
    event.partial = true;
    let words = ["title", "description"].iter().find_map(|key| detail.text(key, w));
    if let Some(words) = words {
        let author = detail.deep(&["creator"]).and_then(|creator| build::named(creator.get("user")?));
        let author = author.and_then(|named| named.name);
        fill::message(event, &words, TextFormat::Plain, AudienceHint::Internal, author);
    }
    if let Some(incident) = detail.deep(&["incident"]) {
        fill::title(event, &incident, &["name"], w);
    }
    fill::occurred(event, detail, &["updated_at", "created_at"], w);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn categories_and_names() {
        let cases = [
            ("triage", "Closed", Some(StageWord::Triggered)),
            ("active", "Investigating", Some(StageWord::Investigating)),
            ("active", "Fixing", Some(StageWord::Mitigating)),
            ("active", "Monitoring", Some(StageWord::Monitoring)),
            ("live", "Our own word", Some(StageWord::Investigating)),
            ("post_incident", "Documenting", Some(StageWord::Resolved)),
            ("learning", "Reviewing", Some(StageWord::Resolved)),
            ("closed", "Closed", Some(StageWord::Closed)),
            ("declined", "Declined", Some(StageWord::Cancelled)),
            ("canceled", "Canceled", Some(StageWord::Cancelled)),
            ("merged", "Merged", Some(StageWord::Merged)),
            ("", "Triage", Some(StageWord::Triggered)),
            ("", "Fixing", Some(StageWord::Mitigating)),
            ("", "Closed", Some(StageWord::Closed)),
            ("", "Our own word", None),
        ];
        for (category, name, expected) in cases {
            assert_eq!(stage(category, name), expected, "{category} {name}");
        }
    }
}

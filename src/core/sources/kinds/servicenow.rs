//! `ServiceNow`, as business rules, flows and its Table API write an incident: every script names and
//! wraps it in its own way, with raw codes, display values, or both.

use std::borrow::Cow;

use crate::core::event::{AudienceHint, Event, Named, TextFormat};
use crate::core::limits::{NAME_CHARS_MAX, TITLE_CHARS_MAX};
use crate::core::sources::about::{About, Ends, Page};
use crate::core::sources::body;
use crate::core::sources::build::{self, Head};
use crate::core::sources::loose::{Habits, Loose};
use crate::core::sources::reader::Warnings;
use crate::core::sources::{Delivery, Read, SourceKind, fill, words};
use crate::core::text::clean_line;
use crate::core::tree::Tree;
use crate::core::vocabulary::{EventType, Impact, Priority, StageWord, Urgency};

/// See [`About`].
pub(super) static ABOUT: About = About {
    name: "servicenow",
    title: "ServiceNow",
    schema: include_str!("../../../../schemas/servicenow.json"),
    parse: body::templated_or_form,
    read,
    headers: &[],
    media_types: &[body::FORM],
    waits_ms: None,
    punishes_refusal: false,
    ends: Ends::Sender,
    page: Page {
        intro: "Incidents that a business rule or a flow of ServiceNow posts. There is no standard body; Herald reads the column names, in any spelling, as codes or display values.",
        setup: &[
            "Create an outbound *REST Message* with the endpoint `{url}`, method POST, and a header that holds the source's secret.",
            "Create a business rule on `incident`, *after* insert, update and delete, *async*, that sets this body with `JSON.stringify` (never by joining texts): `{ \"event\": current.operation(), \"sys_id\": …, \"sys_mod_count\": …, \"number\": …, \"short_description\": …, \"description\": …, \"state\": …, \"priority\": …, \"impact\": …, \"urgency\": …, \"assignment_group\": current.assignment_group.getDisplayValue(), \"business_service\": …, \"work_notes\": …, \"sys_updated_on\": … }`.",
            "Send times as raw values (UTC), not as display values in the user's zone.",
            "ServiceNow doesn't repeat a post that failed: use its ECC queue or a retry policy.",
        ],
        auth: "{ scheme: header, header: x-webhook-secret, secret_file: /run/secrets/servicenow }",
        reads: &[
            ("sys_id, else number", "the incident"),
            ("state or incident_state, by code or name; else event or operation", "the stage"),
            ("short_description; description", "the title; the description, for engineers"),
            ("priority 1 to 5", "priority"),
            ("impact 1 to 3", "customer impact"),
            ("urgency 1 to 3", "urgency"),
            ("assignment_group, assigned_to", "teams, who works on it"),
            ("business_service, service_offering, cmdb_ci", "services"),
            ("work_notes; comments", "a note for engineers; a text for stakeholders"),
            ("sys_id with sys_mod_count, else sys_updated_on", "the delivery"),
        ],
        means: &[
            ("1 New", "triggered"),
            (
                "2 In Progress, 3 On Hold, 4 and 5 Awaiting …",
                "acknowledged: somebody has it, and it is not over",
            ),
            ("6 Resolved", "resolved"),
            ("7 Closed", "closed"),
            ("8 Canceled, or a deleted record", "cancelled"),
            ("impact 1 High, 2 Medium, 3 Low", "critical, major, minor"),
        ],
        not_said: &["States that your instance has renumbered: send their names instead."],
    },
};

const HABITS: Habits = Habits {
    wrappers: &["result", "record", "incident", "data", "payload", "current", "body", "inputs", "ticket"],
    prefixes: &["incident"],
};

/// Reads a body that its schema accepts: one record, or a list of them.
fn read(delivery: &Delivery<'_>, body: &Tree<'_>) -> Read {
    let listed = ["result", "records", "incidents", "data"].iter().find_map(|key| body.get(key)?.as_list());
    let items = listed.or(body.as_list()).unwrap_or(std::slice::from_ref(body));
    let mut events = Vec::with_capacity(items.len().min(delivery.parts_max));
    for (part, item) in items.iter().take(delivery.parts_max.saturating_add(1)).enumerate() {
        match event(delivery, item, part) {
            Some(event) => events.push(event),
            None => return build::no_identity("/sys_id"),
        }
    }
    if events.is_empty() {
        return build::no_identity("/sys_id");
    }
    Read::Events(events)
}

/// A column's raw code; `{display_value, value}` has both.
fn code<'v>(record: &Loose<'v>, column: &str) -> Option<Cow<'v, str>> {
    record.word(&[
        column,
        &format!("{column}value"),
        &format!("{column}code"),
        &format!("{column}displayvalue"),
    ])
}

/// What people see of a column.
fn shown<'v>(record: &Loose<'v>, column: &str) -> Option<Cow<'v, str>> {
    record.word(&[
        &format!("{column}displayvalue"),
        &format!("dv{column}"),
        &format!("{column}name"),
        &format!("{column}label"),
        column,
        &format!("{column}value"),
    ])
}

fn event(delivery: &Delivery<'_>, item: &Tree<'_>, part: usize) -> Option<Event> {
    let mut warnings = Warnings::default();
    let w = &mut warnings;
    let record = Loose::of(item, "", &HABITS, w);
    let number = code(&record, "number").or_else(|| record.word(&["ticketnumber", "displayid"]));
    let sys_id = code(&record, "sysid").or_else(|| record.word(&["id", "sysidvalue", "documentid"]));
    let named = || shown(&record, "shortdescription");
    let native_id = sys_id.or_else(|| number.clone()).or_else(named)?;
    let native_type = record.word(&["eventtype", "event", "operation", "action", "type"]).unwrap_or_default();
    let version = code(&record, "sysmodcount").or_else(|| code(&record, "sysupdatedon"));
    let delivery_id = version.map(|version| format!("{native_id} {version}"));
    let head = Head {
        kind: SourceKind::ServiceNow,
        native_id: &native_id,
        delivery_id: delivery_id.as_deref(),
        part,
        event_type: EventType::Updated,
        native_type: if native_type.is_empty() { "incident" } else { &native_type },
        version: None,
        is_test: false,
    };
    let mut event = build::event(delivery, &head);
    fill_stage(&mut event, &record, &native_type, w);
    event.title = shown(&record, "shortdescription")
        .or_else(|| record.word(&["title", "summary", "subject", "description", "descriptiondisplayvalue"]))
        .map(|title| clean_line(&title, TITLE_CHARS_MAX));
    let words = shown(&record, "description");
    event.description = words.and_then(|words| build::text(&words, TextFormat::Plain, false));
    event.incident.display_id = number.map(|number| clean_line(&number, NAME_CHARS_MAX));
    let correlation = code(&record, "correlationid");
    event.incident.dedup_key = correlation.map(|key| clean_line(&key, NAME_CHARS_MAX));
    fill_gravity(&mut event, &record, w);
    fill_names(&mut event, &record);
    fill_texts(&mut event, &record);
    fill_times(&mut event, &record, w);
    event.partial = event.stage.is_none() && event.title.is_none();
    Some(build::finished(event, warnings))
}

fn fill_stage(event: &mut Event, record: &Loose<'_>, native_type: &str, w: &mut Warnings) {
    let said = match native_type.to_ascii_lowercase().rsplit(['.', '_', ' ']).next().unwrap_or_default() {
        "insert" | "inserted" | "created" | "create" | "new" => Some(StageWord::Triggered),
        "delete" | "deleted" => Some(StageWord::Cancelled),
        "resolved" => Some(StageWord::Resolved),
        "closed" => Some(StageWord::Closed),
        "reopened" => Some(StageWord::Reopened),
        _ => None,
    };
    // `incident_state` is `state` too, for the prefix counts for nothing.
    let code = code(record, "state").or_else(|| record.word(&["status", "statevalue"]));
    let name = shown(record, "state").or_else(|| record.word(&["status"]));
    let Some(native) = name.clone().or_else(|| code.clone()) else {
        event.stage = said;
        event.event_type = said.map_or(EventType::Updated, words::event_type);
        if said.is_none() {
            w.add("unknown_state", "/state");
        }
        return;
    };
    let stage = if said == Some(StageWord::Cancelled) {
        said
    } else {
        [code, name].into_iter().flatten().find_map(|word| stage(&word)).or(said)
    };
    fill::stage(event, &native, stage, &record.pointer(&["state", "status"]), w);
}

/// A state's number or name; `6 - Resolved` has both.
fn stage(word: &str) -> Option<StageWord> {
    let word = word.trim().to_ascii_lowercase();
    let number = word.split([' ', '-', '.', ':']).next().unwrap_or_default();
    match number {
        "1" => return Some(StageWord::Triggered),
        "2" | "3" | "4" | "5" => return Some(StageWord::Acknowledged),
        "6" => return Some(StageWord::Resolved),
        "7" => return Some(StageWord::Closed),
        "8" => return Some(StageWord::Cancelled),
        _ => {}
    }
    match word.as_str() {
        "active" | "in progress" | "work in progress" | "on hold" | "assigned" | "pending" => {
            Some(StageWord::Acknowledged)
        }
        word if word.starts_with("awaiting") => Some(StageWord::Acknowledged),
        word if word.starts_with("closed") => Some(StageWord::Closed),
        word if word.starts_with("resolved") => Some(StageWord::Resolved),
        word => words::stage(word),
    }
}

/// The number in front of a code's name, or what the name stands for.
fn rank(word: &str, names: &[(&str, u8)]) -> Option<u8> {
    let word = word.trim().to_ascii_lowercase();
    let digits = word.trim_start_matches('p').split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    digits.parse().ok().or_else(|| names.iter().find(|(name, _)| word.ends_with(name)).map(|(_, rank)| *rank))
}

const LEVELS: &[(&str, u8)] = &[("high", 1), ("medium", 2), ("moderate", 2), ("low", 3)];
const PRIORITIES: &[(&str, u8)] =
    &[("critical", 1), ("high", 2), ("moderate", 3), ("medium", 3), ("low", 4), ("planning", 5)];

fn fill_gravity(event: &mut Event, record: &Loose<'_>, w: &mut Warnings) {
    if let Some(native) = shown(record, "priority") {
        let rank = code(record, "priority").and_then(|code| rank(&code, PRIORITIES));
        let rank = rank.or_else(|| self::rank(&native, PRIORITIES)).and_then(Priority::from_rank);
        fill::priority_word(
            event,
            clean_line(&native, NAME_CHARS_MAX),
            "/priority",
            &mut Warnings::default(),
        );
        if let Some(priority) = &mut event.priority {
            priority.rank = rank;
        }
        if rank.is_none() {
            w.add("unmapped_priority", &record.pointer(&["priority"]));
        }
    }
    if let Some(native) = shown(record, "impact") {
        let level = code(record, "impact").and_then(|code| rank(&code, LEVELS));
        let level = match level.or_else(|| rank(&native, LEVELS)) {
            Some(1) => Some(Impact::Critical),
            Some(2) => Some(Impact::Major),
            Some(3) => Some(Impact::Minor),
            _ => None,
        };
        if level.is_none() {
            w.add("unknown_word", &record.pointer(&["impact"]));
        }
        let impact = event.impact.get_or_insert_default();
        impact.level = level;
        impact.native = Some(clean_line(&native, NAME_CHARS_MAX));
    }
    let urgency = code(record, "urgency").and_then(|code| rank(&code, LEVELS));
    event.urgency = urgency.map(|rank| if rank >= 3 { Urgency::Low } else { Urgency::High });
    if let Some(native) = shown(record, "severity") {
        fill::severity_word(event, clean_line(&native, NAME_CHARS_MAX));
    }
}

/// A reference: `{display_value, value}`, `{value, link}`, or a name.
fn reference(record: &Loose<'_>, column: &str) -> Option<Named> {
    let name = shown(record, column)
        .map(|name| clean_line(&name, NAME_CHARS_MAX))
        .filter(|name| !name.is_empty())?;
    let id = record.word(&[&format!("{column}value"), &format!("{column}id"), &format!("{column}sysid")]);
    Some(Named {
        id: id.map(|id| clean_line(&id, NAME_CHARS_MAX)).filter(|id| *id != name),
        name: Some(name),
        url: None,
    })
}

fn fill_names(event: &mut Event, record: &Loose<'_>) {
    for column in ["businessservice", "service", "serviceoffering", "cmdbci", "configurationitem", "ci"] {
        if let Some(named) = reference(record, column)
            && !event.services.contains(&named)
        {
            event.services.push(named);
        }
    }
    event.teams.extend(reference(record, "assignmentgroup"));
    event.assignees.extend(reference(record, "assignedto"));
    event.actor = reference(record, "sysupdatedby").or_else(|| reference(record, "updatedby"));
    event.environment = shown(record, "environment").map(|word| clean_line(&word, NAME_CHARS_MAX));
    for (label, column) in [
        ("category", "category"),
        ("subcategory", "subcategory"),
        ("contact_type", "contacttype"),
        ("company", "company"),
        ("location", "location"),
        ("close_code", "closecode"),
        ("hold_reason", "holdreason"),
        ("major_incident_state", "majorincidentstate"),
    ] {
        if let Some(word) = shown(record, column) {
            build::add_label(&mut event.labels, label, &word);
        }
    }
    if let Some(url) = record.word(&["url", "link", "recordurl", "recordlink", "weburl"]) {
        build::add_plain_link(&mut event.links, "incident", &url);
    }
}

fn fill_texts(event: &mut Event, record: &Loose<'_>) {
    let author = event.actor.as_ref().and_then(|actor| actor.name.clone());
    if let Some(words) = shown(record, "comments").or_else(|| record.word(&["additionalcomments", "comment"]))
    {
        fill::message(event, &words, TextFormat::Plain, AudienceHint::Stakeholder, author.clone());
    }
    if let Some(words) = shown(record, "worknotes").or_else(|| record.word(&["worknote"])) {
        fill::message(event, &words, TextFormat::Plain, AudienceHint::Internal, author);
    }
}

fn fill_times(event: &mut Event, record: &Loose<'_>, w: &mut Warnings) {
    let mut time = |columns: &[&str]| {
        columns.iter().find_map(|column| record.time(&[column, &format!("{column}value")], w))
    };
    let changed = time(&["sysupdatedon", "updatedon", "updatedat", "timestamp"]);
    let opened = time(&["openedat", "syscreatedon", "createdon", "createdat"]);
    let resolved = time(&["resolvedat"]).or_else(|| time(&["closedat"]));
    let changed = changed.or(if event.stage == Some(StageWord::Triggered) { opened } else { resolved });
    if let Some((at, quality)) = changed {
        event.occurred_at = Some(at);
        event.occurred_at_quality = quality;
    }
    event.started_at = opened.map(|(at, _)| at);
    event.resolved_at = resolved.map(|(at, _)| at);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::core::sources::tests::one;

    #[test]
    fn states_by_code_by_name_and_by_both() {
        let cases = [
            (json!("1"), Some(StageWord::Triggered)),
            (json!(1), Some(StageWord::Triggered)),
            (json!("New"), Some(StageWord::Triggered)),
            (json!("2"), Some(StageWord::Acknowledged)),
            (json!("In Progress"), Some(StageWord::Acknowledged)),
            (json!({"display_value": "On Hold", "value": "3"}), Some(StageWord::Acknowledged)),
            (json!("Awaiting Problem"), Some(StageWord::Acknowledged)),
            (json!("6 - Resolved"), Some(StageWord::Resolved)),
            (json!({"display_value": "Resolved", "value": "6"}), Some(StageWord::Resolved)),
            (json!("7"), Some(StageWord::Closed)),
            (json!("Closed Complete"), Some(StageWord::Closed)),
            (json!("8"), Some(StageWord::Cancelled)),
            (json!("Canceled"), Some(StageWord::Cancelled)),
            (json!("Vendor"), None),
        ];
        for (state, expected) in cases {
            for key in ["state", "incident_state", "State"] {
                let body = json!({"result": {"sys_id": "a", key: state, "short_description": "t"}});
                let event = one(SourceKind::ServiceNow, &body);
                assert_eq!(event.stage, expected, "{body}");
                assert_eq!((event.incident.native_id.as_str(), event.title.as_deref()), ("a", Some("t")));
            }
        }
    }

    #[test]
    fn codes_have_ranks() {
        let cases = [
            ("1", Some(1)),
            ("1 - Critical", Some(1)),
            ("Critical", Some(1)),
            ("P2", Some(2)),
            ("Moderate", Some(3)),
            ("5 - Planning", Some(5)),
            ("whatever", None),
        ];
        for (word, expected) in cases {
            assert_eq!(rank(word, PRIORITIES), expected, "{word}");
        }
    }
}

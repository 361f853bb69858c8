//! Splunk On-Call, formerly `VictorOps`: outgoing webhooks with flat names, and escalation webhooks,
//! which are forms.

mod flat;

use crate::core::event::{Event, TextFormat};
use crate::core::limits::{LIST_ITEMS_MAX, NAME_CHARS_MAX, TITLE_CHARS_MAX};
use crate::core::sources::about::{About, Ends, Page};
use crate::core::sources::body::{self, FORM};
use crate::core::sources::build::{self, Head};
use crate::core::sources::fill;
use crate::core::sources::reader::Warnings;
use crate::core::sources::words;
use crate::core::sources::{Delivery, Read, SourceKind};
use crate::core::text::clean_line;
use crate::core::tree::Tree;
use crate::core::vocabulary::{EventType, Severity, StageWord, TimeQuality};

use flat::Flat;

/// See [`About`].
pub(super) static ABOUT: About = About {
    name: "splunk_oncall",
    title: "Splunk On-Call (VictorOps)",
    schema: include_str!("../../../../../schemas/splunk_oncall.json"),
    parse: body::templated_or_form,
    read,
    headers: &[],
    media_types: &[FORM],
    waits_ms: None,
    punishes_refusal: false,
    ends: Ends::Sender,
    page: Page {
        intro: "Splunk On-Call, formerly VictorOps: outgoing webhooks, and the escalation webhooks of an escalation policy.",
        setup: &[
            "In Splunk On-Call open **Integrations → Outgoing webhooks → Add webhook**. Event: **Any-Incident**, method **POST**, content type `application/json`, to `{url}`.",
            "Add a custom header `Authorization` with the value `Bearer` and the source's secret.",
            "Payload: `{\"INCIDENT.INCIDENT_ID\": \"${{INCIDENT.INCIDENT_ID}}\", \"INCIDENT.CURRENT_PHASE\": \"${{INCIDENT.CURRENT_PHASE}}\", \"INCIDENT.ENTITY_DISPLAY_NAME\": \"${{INCIDENT.ENTITY_DISPLAY_NAME}}\", \"INCIDENT.ENTITY_STATE\": \"${{INCIDENT.ENTITY_STATE}}\", \"INCIDENT.SERVICE\": \"${{INCIDENT.SERVICE}}\", \"INCIDENT.HOST\": \"${{INCIDENT.HOST}}\", \"INCIDENT.INCIDENT_TIMESTAMP\": \"${{INCIDENT.INCIDENT_TIMESTAMP}}\", \"ALERT.entity_id\": \"${{ALERT.entity_id}}\", \"ALERT.state_message\": \"${{ALERT.state_message}}\", \"STATE.ACKED_AT\": \"${{STATE.ACKED_AT}}\", \"STATE.RESOLVED_AT\": \"${{STATE.RESOLVED_AT}}\"}`, or all variables.",
            "An escalation webhook posts a form and begins an incident only: give it no source of its own, unless it is all you have.",
        ],
        auth: "{ scheme: bearer, secret_file: /run/secrets/splunk-oncall }",
        reads: &[
            ("INCIDENT.INCIDENT_ID; incident of a form", "the incident"),
            ("INCIDENT.CURRENT_PHASE; message_type", "the stage"),
            ("INCIDENT.ENTITY_DISPLAY_NAME, SERVICE; entity_display_name", "the title, for engineers"),
            ("ALERT.state_message; state_message", "the description, for engineers"),
            ("ALERT.entity_state, INCIDENT.ENTITY_STATE", "the technical severity"),
            ("INCIDENT.HOST, SERVICE, TAGS, POLICIES_PAGED", "host, service, labels and teams"),
            (
                "INCIDENT.INCIDENT_TIMESTAMP, STATE.ACKED_AT, RESOLVED_AT; vo_alert_rcv_time",
                "when it changed",
            ),
        ],
        means: &[
            ("UNACKED; CRITICAL, WARNING", "triggered"),
            ("ACKED; ACKNOWLEDGEMENT", "acknowledged"),
            ("RESOLVED; RECOVERY, OK", "resolved"),
            ("INFO", "recorded; it begins nothing"),
        ],
        not_said: &["Priority: the state of the entity is a severity, not a priority."],
    },
};

/// Reads a body that its schema accepts.
fn read(delivery: &Delivery<'_>, body: &Tree<'_>) -> Read {
    let mut warnings = Warnings::default();
    let w = &mut warnings;
    let body = Flat::of(body);
    let is_form = delivery.content_type == FORM;
    let id = body.first(&[
        "incident.incident_id",
        "incident_id",
        "incident",
        "state.incident_name",
        "incident.incident_name",
    ]);
    let id = id.map(|id| id.trim_start_matches('#').to_owned());
    let entity = body.first(&["alert.entity_id", "state.entity_id", "incident.entity_id", "entity_id"]);
    let Some(native_id) = id.clone().filter(|id| !id.is_empty()).or_else(|| entity.map(str::to_owned)) else {
        return build::no_identity("/INCIDENT.INCIDENT_ID");
    };
    let (word, stage) = phase(&body, w);
    // Nothing names a delivery; the alert and the phase tell one from another.
    let alert = body.first(&["incident.latest_alert_uuid", "alert.vo_uuid", "vo_uuid", "state.last_uuid"]);
    let delivery_id = alert.map(|alert| format!("{alert},{word}"));
    let head = Head {
        kind: SourceKind::SplunkOncall,
        native_id: &native_id,
        delivery_id: delivery_id.as_deref(),
        part: 0,
        event_type: stage.map_or(EventType::Other, words::event_type),
        native_type: word,
        version: Some(if is_form { "escalation" } else { "outgoing" }),
        is_test: false,
    };
    let mut event = build::event(delivery, &head);
    event.stage = stage;
    event.native_status = Some(clean_line(word, NAME_CHARS_MAX)).filter(|word| !word.is_empty());
    event.incident.dedup_key = entity.map(|entity| clean_line(entity, NAME_CHARS_MAX));
    event.incident.display_id = id.map(|id| clean_line(&format!("#{id}"), NAME_CHARS_MAX));
    fill_words(&mut event, &body);
    fill_lists(&mut event, &body);
    fill_times(&mut event, &body);
    Read::Events(vec![build::finished(event, warnings)])
}

/// The phase of the incident, else of its alert, else what the alert's own message says.
fn phase<'f>(body: &'f Flat<'_>, w: &mut Warnings) -> (&'f str, Option<StageWord>) {
    const PLACES: &[&str] = &[
        "incident.current_phase",
        "current_phase",
        "state.current_alert_phase",
        "alert.message_type",
        "message_type",
        "alert_type",
        "incident.entity_state",
        "entity_state",
    ];
    let Some(word) = body.first(PLACES) else {
        w.add("unknown_state", "/INCIDENT.CURRENT_PHASE");
        return ("", None);
    };
    let stage = match word.to_ascii_uppercase().as_str() {
        "UNACKED" | "TRIGGERED" | "CRITICAL" | "WARNING" | "DOWN" => Some(StageWord::Triggered),
        "ACKED" | "ACKNOWLEDGED" | "ACKNOWLEDGEMENT" => Some(StageWord::Acknowledged),
        "RESOLVED" | "RECOVERY" | "OK" | "UP" => Some(StageWord::Resolved),
        "INFO" | "CUSTOM" => None,
        _ => {
            w.add("unknown_state", "/INCIDENT.CURRENT_PHASE");
            None
        }
    };
    (word, stage)
}

fn fill_words(event: &mut Event, body: &Flat<'_>) {
    let title = body.first(&[
        "incident.entity_display_name",
        "alert.entity_display_name",
        "entity_display_name",
        "incident.service",
        "state.service",
        "alert.state_message",
        "state_message",
        "incident.incident_name",
        "entity_id",
    ]);
    event.title = title.map(|title| clean_line(title, TITLE_CHARS_MAX)).filter(|title| !title.is_empty());
    let words =
        body.first(&["alert.state_message", "state_message", "alert.hostoutput", "alert.serviceoutput"]);
    event.description = words.and_then(|words| build::text(words, TextFormat::Plain, false));
    // When it is over its state is that of health, and no severity.
    let states = ["alert.entity_state", "incident.entity_state", "entity_state", "state.current_state"];
    let grave = states.iter().filter_map(|place| body.first(&[place])).find(|word| {
        words::stage(word) != Some(StageWord::Resolved) && words::severity(word) != Severity::Unknown
    });
    if let Some(word) = grave {
        fill::severity_word(event, clean_line(word, NAME_CHARS_MAX));
    }
    if let Some(account) = body.first(&["alert.vo_organization_id", "vo_organization_id"]) {
        event.source.account = Some(clean_line(account, NAME_CHARS_MAX));
    }
    for (label, places) in [
        ("monitoring_tool", ["alert.monitoring_tool", "monitoring_tool"]),
        ("routing_key", ["alert.routing_key", "routing_key"]),
        ("monitor", ["incident.monitor_name", "monitor_name"]),
    ] {
        if let Some(word) = body.first(&places).filter(|word| !word.contains('@')) {
            build::add_label(&mut event.labels, label, word);
        }
    }
    if let Some(address) = body.first(&["state.info_url", "alert.alert_url", "alert_url"]) {
        build::add_plain_link(&mut event.links, "source", address);
    }
}

fn fill_lists(event: &mut Event, body: &Flat<'_>) {
    if let Some(service) = body.first(&["incident.service", "state.service"]) {
        fill::service(event, service);
    }
    if let Some(host) = body.first(&["incident.host", "state.host", "alert.host_name", "host_name"]) {
        build::add_word(&mut event.hosts, host);
    }
    for (place, word) in body.below("incident.tags.").take(LIST_ITEMS_MAX) {
        if place.bytes().all(|byte| byte.is_ascii_digit()) {
            build::add_label(&mut event.labels, "tag", word);
        }
    }
    for (place, word) in body.below("incident.policies_paged.").take(LIST_ITEMS_MAX) {
        if place.ends_with(".team.name") && !word.trim().is_empty() {
            fill::team(event, word);
        }
    }
}

fn fill_times(event: &mut Event, body: &Flat<'_>) {
    event.started_at = body.instant(&["incident.incident_timestamp", "state.incident_timestamp"]);
    event.acknowledged_at = body.instant(&["state.acked_at", "incident.policies_paged.0.acked_at"]);
    event.resolved_at = body.instant(&["state.resolved_at"]);
    let changed = match event.stage {
        Some(StageWord::Resolved) => event.resolved_at,
        Some(StageWord::Acknowledged) => event.acknowledged_at,
        Some(_) => event.started_at,
        None => None,
    };
    let received = ["vo_alert_rcv_time", "state_start_time"];
    let begins = event.stage == Some(StageWord::Triggered);
    event.occurred_at = changed.or_else(|| if begins { body.instant(&received) } else { None });
    if event.occurred_at.is_some() {
        event.occurred_at_quality = TimeQuality::Derived;
    }
}

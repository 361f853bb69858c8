//! Honeycomb's webhooks: triggers and burn alerts, in its own body or in a template's.

use crate::core::event::{Event, SubAlert, TextFormat};
use crate::core::limits::{NAME_CHARS_MAX, SUB_ALERTS_MAX};
use crate::core::sources::about::{About, Ends, Page};
use crate::core::sources::body;
use crate::core::sources::build::{self, Head};
use crate::core::sources::fill;
use crate::core::sources::reader::{Fields, Warnings};
use crate::core::sources::relay;
use crate::core::sources::words;
use crate::core::sources::{Delivery, Read, SourceKind};
use crate::core::text::clean_line;
use crate::core::tree::Tree;
use crate::core::vocabulary::{EventType, StageWord};

/// See [`About`].
pub(super) static ABOUT: About = About {
    name: "honeycomb",
    title: "Honeycomb",
    schema: include_str!("../../../../schemas/honeycomb.json"),
    parse: body::templated,
    read,
    headers: &["x-honeycomb-webhook-delivery-id"],
    media_types: &[],
    waits_ms: Some(15_000),
    punishes_refusal: false,
    ends: Ends::Sender,
    page: Page {
        intro: "Honeycomb's triggers and burn alerts: one incident for each of them, or for each instance of one where the template names it.",
        setup: &[
            "In Honeycomb open **Team settings → Integrations → Add integration**, provider **Webhook**, and give `{url}` as its URL.",
            "Put the source's secret into **Shared secret**.",
            "With a payload template of your own write for a trigger: `{\"id\": {{ .ID | quote }}, \"instance_id\": {{ .Alert.InstanceID | quote }}, \"name\": {{ .Name | quote }}, \"status\": {{ .Alert.Status | quote }}, \"summary\": {{ .Alert.Summary | quote }}, \"description\": {{ .Description | quote }}, \"result_url\": {{ .Result.URL | quote }}, \"is_test\": {{ .Alert.IsTest }}}`.",
            "Add the integration as a recipient of your triggers and burn alerts. Its test is answered with 202 and becomes a test event, which nobody hears.",
        ],
        auth: "{ scheme: header, header: X-Honeycomb-Webhook-Token, secret_file: /run/secrets/honeycomb }",
        reads: &[
            ("id, instance_id; name where there is none", "the incident"),
            ("status", "the stage"),
            ("name", "the title, for engineers"),
            ("description, trigger_description, summary", "the description, for engineers"),
            ("result_groups_triggered", "the groups above the threshold, at most 100"),
            ("result_url, trigger_url, slo_url", "links"),
            ("is_test", "a test"),
        ],
        means: &[("TRIGGERED", "triggered"), ("OK", "resolved")],
        not_said: &[
            "Severity and priority: add a variable to the recipient and `severity` to the template.",
            "When it happened: the time of receipt counts.",
        ],
    },
};

/// Reads a body that its schema accepts.
fn read(delivery: &Delivery<'_>, body: &Tree<'_>) -> Read {
    let mut warnings = Warnings::default();
    let w = &mut warnings;
    let Some(opened) = relay::open(body, w) else {
        return build::rejected("schema", "", "an object is expected");
    };
    let body = &opened.fields;
    // Templates may gather the alert's own words in an object.
    let inner = ["alert", "trigger", "slo"].iter().find_map(|key| body.deep(&[key]));
    let inner = inner.unwrap_or_else(|| body.clone());
    let Some(native_id) = identity(body, &inner, w) else {
        return build::no_identity(body.pointer("id"));
    };
    let status = [body, &inner].iter().find_map(|fields| status(fields, w));
    let stage = status.as_deref().and_then(words::stage);
    let stage = stage.filter(|stage| matches!(stage, StageWord::Triggered | StageWord::Resolved));
    let flags = ["is_test", "isTest"];
    let is_test = [body, &inner].iter().any(|fields| flags.iter().any(|flag| fields.flag(flag, w)));
    let native_type = ["alert_type", "type"].iter().find_map(|key| body.opaque(key, w));
    let head = Head {
        kind: SourceKind::Honeycomb,
        native_id: &native_id,
        delivery_id: delivery.header("x-honeycomb-webhook-delivery-id"),
        part: 0,
        event_type: EventType::Other,
        native_type: native_type.as_deref().or(status.as_deref()).unwrap_or_default(),
        version: Some(shape(body)),
        is_test,
    };
    let mut event = build::event(delivery, &head);
    fill::stage(&mut event, status.as_deref().unwrap_or_default(), stage, &body.pointer("status"), w);
    for fields in [body, &inner] {
        fill_words(&mut event, fields, w);
    }
    fill_groups(&mut event, body, w);
    opened.date(&mut event);
    Read::Events(vec![build::finished(event, warnings)])
}

fn shape(body: &Fields<'_>) -> &'static str {
    let is_burn_alert = ["slo", "slo_url", "exhaustion_minutes", "budget_rate_window_minutes"];
    if is_burn_alert.iter().any(|key| body.get(key).is_some()) { "burn_alert" } else { "trigger" }
}

fn status<'v>(fields: &Fields<'v>, w: &mut Warnings) -> Option<std::borrow::Cow<'v, str>> {
    ["status", "state"].iter().find_map(|key| fields.opaque(key, w))
}

/// The trigger, and which of its instances where it says so; old versions have a name only.
fn identity(body: &Fields<'_>, inner: &Fields<'_>, w: &mut Warnings) -> Option<String> {
    let first = |keys: &[&str], w: &mut Warnings| {
        [body, inner].iter().find_map(|fields| keys.iter().find_map(|key| fields.opaque(key, w)))
    };
    let instance = first(&["instance_id", "instanceId", "InstanceID"], w);
    let id = match first(&["id", "trigger_id", "burn_alert_id", "slo_id"], w) {
        Some(id) => id,
        None => {
            let name = first(&["name", "slo_name", "title"], w).or_else(|| instance.clone())?;
            w.add("partial_key", &body.pointer("id"));
            name
        }
    };
    Some(match instance {
        Some(instance) if instance != id => format!("{id}/{instance}"),
        _ => id.into(),
    })
}

fn fill_words(event: &mut Event, fields: &Fields<'_>, w: &mut Warnings) {
    fill::title(event, fields, &["name", "slo_name", "title", "summary"], w);
    fill::description(
        event,
        fields,
        &["description", "trigger_description", "summary"],
        TextFormat::Plain,
        w,
    );
    fill::severity(event, fields, &["severity"], w);
    for (rel, key) in [
        ("dashboard", "result_url"),
        ("source", "trigger_url"),
        ("source", "slo_url"),
        ("source", "burn_alert_url"),
        ("source", "url"),
        ("runbook", "runbook_url"),
    ] {
        fill::link(event, rel, fields, key, w);
    }
    for key in ["dataset", "dataset_name", "environment", "alert_type", "operator", "threshold"] {
        if fields.get(key).is_some_and(|value| !value.is_object()) {
            fill::label(event, key, fields, key, w);
        }
    }
    fill::from_labels(event);
}

/// The groups that are above the threshold; each has the values it was grouped by.
fn fill_groups(event: &mut Event, body: &Fields<'_>, w: &mut Warnings) {
    let groups = body.objects("result_groups_triggered", w);
    for group in groups.iter().take(SUB_ALERTS_MAX) {
        let labels = build::single_labels(group.deep(&["Group"]).as_ref());
        if labels.is_empty() {
            continue;
        }
        let words: Vec<String> = labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
        event.sub_alerts.push(SubAlert {
            key: clean_line(&words.join(","), NAME_CHARS_MAX),
            status: event.native_status.clone().unwrap_or_default(),
            labels,
            started_at: None,
            ended_at: None,
        });
    }
    let more = groups.len().saturating_sub(SUB_ALERTS_MAX) as u64;
    event.sub_alerts_truncated = Some(more).filter(|more| *more > 0);
}

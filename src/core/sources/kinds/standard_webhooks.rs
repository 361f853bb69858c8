//! Standard Webhooks: `{type, timestamp, data}` under signed headers. What `data` says is read by the
//! simple names of `schemas/herald.json`.

use crate::core::event::TextFormat;
use crate::core::sources::about::{About, Ends, Page};
use crate::core::sources::body;
use crate::core::sources::build::{self, Head};
use crate::core::sources::reader::{Fields, Warnings};
use crate::core::sources::{Delivery, Read, SourceKind, fill, typed, words};
use crate::core::tree::Tree;
use crate::core::vocabulary::{EventType, StageWord};

/// See [`About`].
pub(super) static ABOUT: About = About {
    name: "standard_webhooks",
    title: "Standard Webhooks",
    schema: include_str!("../../../../schemas/standard_webhooks.json"),
    parse: body::json,
    read,
    headers: &["webhook-id", "svix-id"],
    media_types: &[],
    waits_ms: Some(15_000),
    punishes_refusal: true,
    ends: Ends::Both,
    page: Page {
        intro: "Any sender that follows the Standard Webhooks specification, such as all that send by Svix: `type`, `timestamp`, `data`.",
        setup: &[
            "Give the sender `{url}`, and put its signing secret (`whsec_…`) into the source's secret file.",
            "Subscribe to the types that begin, change and end incidents.",
            "Let the last word of `type` say the stage (`incident.resolved`), and `data.key` or `data.id` the incident.",
        ],
        auth: "{ scheme: standard_webhooks, secret_file: /run/secrets/standard-webhooks }",
        reads: &[
            ("data.key, data.incident_id, data.id; without any the delivery's own id", "the incident"),
            ("type's last word, data.stage", "what changed, and the stage"),
            ("data", "the simple names of Herald's own JSON, each as [there](herald.md)"),
            ("timestamp", "when it changed"),
            ("the header webhook-id", "the delivery"),
        ],
        means: &[
            ("…triggered, firing, down …", "triggered"),
            ("…created, opened, closed … of an incident, an alert, a problem", "triggered, closed"),
            ("…resolved, recovered, ok …", "resolved"),
            ("…test, ping", "a test: told to nobody"),
            (
                "any other last word",
                "an event that says nothing of the stage, and is told to nobody by itself",
            ),
        ],
        not_said: &["What is in `data` under names that Herald does not know: write a custom source for it."],
    },
};

/// Reads a body that its schema accepts.
fn read(delivery: &Delivery<'_>, body: &Tree<'_>) -> Read {
    let mut warnings = Warnings::default();
    let w = &mut warnings;
    let Some(envelope) = Fields::of(body, "") else {
        return build::rejected("schema", "", "an object is expected");
    };
    let native_type = ["type", "event_type", "eventType"].iter().find_map(|key| envelope.opaque(key, w));
    let native_type = native_type.unwrap_or_default();
    // Some senders leave the envelope out: what is there is the data.
    let name =
        if envelope.get("data").is_none() && envelope.get("payload").is_some() { "payload" } else { "data" };
    let data = envelope.get(name).filter(|data| data.is_object()).unwrap_or(body);
    let delivery_id = delivery.header("webhook-id").or_else(|| delivery.header("svix-id"));
    let key = typed::key(data).or_else(|| delivery_id.map(str::to_owned));
    let Some(native_id) = key.or_else(|| Some(native_type.to_string()).filter(|word| !word.is_empty()))
    else {
        return build::no_identity("/data/key");
    };
    let fields = Fields::of(data, if std::ptr::eq(data, body) { String::new() } else { format!("/{name}") });
    let is_test = matches!(typed::last_word(&native_type), "test" | "ping")
        || fields.as_ref().is_some_and(|data| data.flag("is_test", w));
    let stage = typed::stage(&native_type, fields.as_ref());
    let head = Head {
        kind: SourceKind::StandardWebhooks,
        native_id: &native_id,
        delivery_id,
        part: 0,
        event_type: stage.map_or(EventType::Other, words::event_type),
        native_type: &native_type,
        version: None,
        is_test,
    };
    let mut event = build::event(delivery, &head);
    if let Some(fields) = &fields {
        event.incident.merged_into =
            fields.opaque("merged_into", w).map(|goal| crate::core::ids::incident(delivery.source, &goal));
        typed::fill(&mut event, fields, data, w);
    }
    if let Some(words) = envelope.get("data").and_then(Tree::as_str) {
        event.description = build::text(words, TextFormat::Plain, false);
    }
    // The data's own word for the stage, where it is one, beats what the type's name suggests: `stage`
    // and `status` mean something else in many a tool's data.
    if event.stage.is_none() {
        let merges = event.incident.merged_into.is_some();
        event.stage = stage.filter(|word| *word != StageWord::Merged || merges);
    }
    event.partial = event.stage.is_none();
    fill::occurred(&mut event, &envelope, &["timestamp"], w);
    Read::Events(vec![build::finished(event, warnings)])
}

//! Herald's own webhook: plain fields, for people, scripts and tools without an adapter. One
//! object, or a list of them.

use crate::core::event::Event;
use crate::core::ids;
use crate::core::sources::about::{About, Ends, Page};
use crate::core::sources::body;
use crate::core::sources::build::{self, Head};
use crate::core::sources::reader::{Fields, Warnings};
use crate::core::sources::{Delivery, Read, SourceKind, plain};
use crate::core::tree::Tree;
use crate::core::vocabulary::EventType;

/// See [`About`].
pub(super) static ABOUT: About = About {
    name: "herald",
    title: "Herald's own JSON",
    schema: include_str!("../../../../schemas/herald.json"),
    parse: body::json,
    read,
    headers: &["idempotency-key", "webhook-id"],
    media_types: &[],
    waits_ms: None,
    punishes_refusal: false,
    ends: Ends::Both,
    page: Page {
        intro: "Plain fields, for scripts and for tools whose webhooks are templates. One object, or a list of them; only `key` is required.",
        setup: &[
            "Post JSON to `{url}`: `{\"key\": \"CHK-1\", \"stage\": \"triggered\", \"title\": \"Checkout fails\", \"service\": \"checkout-api\"}`.",
            "Post it again with the same `key` and `\"stage\": \"resolved\"` when it is over.",
            "An `Idempotency-Key` header makes repetitions of one delivery known as such.",
        ],
        auth: "{ scheme: bearer, secret_file: /run/secrets/own }",
        reads: &[
            ("key", "the incident"),
            ("stage, status", "the stage, in Herald's words or the usual ones of tools"),
            ("title, summary, description", "for engineers"),
            ("priority, severity, urgency, impact", "what you say of its gravity"),
            ("affected_count, affected_percent, regions, components", "whom it touches"),
            (
                "symptom, workaround, action, cause, eta, text",
                "plain words for readers outside engineering, in one or more languages",
            ),
            ("message, note", "a status update, or a note for engineers"),
            ("service, team, environment, hosts, labels", "what rules are written about"),
            ("occurred_at, started_at, resolved_at …", "times, as RFC 3339 or seconds since 1970"),
            ("is_test, is_drill, is_maintenance, is_private", "marks"),
        ],
        means: &[
            ("open, firing, down, new …", "triggered"),
            ("ack, in_progress", "acknowledged"),
            ("ok, up, fixed, recovered …", "resolved"),
            ("canceled, false_alarm", "cancelled"),
        ],
        not_said: &["`herald schema herald` prints every field with its type."],
    },
};

/// Reads a body that its schema accepts.
fn read(delivery: &Delivery<'_>, body: &Tree<'_>) -> Read {
    let items = match body {
        Tree::List(list) => list.as_slice(),
        single => std::slice::from_ref(single),
    };
    let mut events = Vec::with_capacity(items.len());
    for (part, item) in items.iter().enumerate() {
        let at = if body.is_list() { format!("/{part}") } else { String::new() };
        match event(delivery, item, at, part) {
            Ok(event) => events.push(event),
            Err(rejected) => return rejected,
        }
    }
    Read::Events(events)
}

fn event(delivery: &Delivery<'_>, item: &Tree<'_>, at: String, part: usize) -> Result<Event, Read> {
    let mut warnings = Warnings::default();
    let w = &mut warnings;
    let Some(fields) = Fields::of(item, at) else {
        return Err(build::rejected("schema", "", "an object is expected"));
    };
    let Some(key) = fields.opaque("key", w) else {
        return Err(build::no_identity(fields.pointer("key")));
    };
    let native_type = fields.opaque("type", w);
    let head = Head {
        kind: SourceKind::Herald,
        native_id: &key,
        delivery_id: delivery.header("idempotency-key").or_else(|| delivery.header("webhook-id")),
        part,
        event_type: EventType::Updated,
        native_type: native_type.as_deref().unwrap_or_default(),
        version: Some("1"),
        is_test: fields.flag("is_test", w),
    };
    let mut event = build::event(delivery, &head);
    event.incident.merged_into =
        fields.opaque("merged_into", w).map(|key| ids::incident(delivery.source, &key));
    plain::fill(&mut event, &fields, w);
    if event.native_type.is_empty() {
        event.event_type.as_str().clone_into(&mut event.native_type);
    }
    Ok(build::finished(event, warnings))
}

//! What tools post to PagerDuty's Events API, v2 and v1, for tools that know no other way out: an
//! alert's begin, acknowledgement and end, and changes.

use crate::core::event::{Event, Raw, TextFormat};
use crate::core::ids;
use crate::core::limits::{LIST_ITEMS_MAX, NAME_CHARS_MAX};
use crate::core::sources::about::{About, Ends, Page};
use crate::core::sources::body;
use crate::core::sources::build::{self, Head};
use crate::core::sources::fill;
use crate::core::sources::reader::{Fields, Warnings};
use crate::core::sources::secrets;
use crate::core::sources::words;
use crate::core::sources::{Delivery, Read, SourceKind};
use crate::core::text::clean_line;
use crate::core::tree::Tree;
use crate::core::vocabulary::{EventType, StageWord};

/// So much of the routing key's hash tells one integration from another.
const KEY_HASH_CHARS: usize = 16;

/// See [`About`].
pub(super) static ABOUT: About = About {
    name: "pagerduty_events",
    title: "PagerDuty's Events API",
    schema: include_str!("../../../../schemas/pagerduty_events.json"),
    parse: body::templated,
    read: |delivery, body| read(SourceKind::PagerDutyEvents, delivery, body),
    headers: &[],
    media_types: &[],
    waits_ms: None,
    punishes_refusal: false,
    ends: Ends::Sender,
    page: Page {
        intro: "What monitoring tools post to PagerDuty's Events API, v2 or v1 (generic): for a tool that can alert PagerDuty and nothing else. It is answered as PagerDuty answers, with the `dedup_key`.",
        setup: &[
            "Where the tool lets you change the address of the Events API, put `{url}` in place of `https://events.pagerduty.com/v2/enqueue`.",
            "Any routing key will do: of it only a hash is kept, which tells one integration from another.",
            "Most tools can add no header here: write a name and a password into the address, `https://name:password@…`, and the same into the file of the source's `auth`.",
        ],
        auth: "{ scheme: basic, secret_file: /run/secrets/pagerduty-events }",
        reads: &[
            ("routing_key (a hash of it), dedup_key", "the incident"),
            ("event_action; event_type in v1", "the stage"),
            ("payload.summary; description in v1", "the title, for engineers"),
            ("payload.severity", "the technical severity"),
            ("payload.source, component, group, class", "host, service, and labels"),
            ("payload.custom_details; details in v1", "labels `details.<name>`"),
            ("payload.timestamp", "when it changed"),
            ("links, images, client_url, contexts", "links"),
        ],
        means: &[
            ("trigger", "triggered"),
            ("acknowledge", "acknowledged"),
            ("resolve", "resolved"),
            ("a change event", "recorded and told to nobody"),
        ],
        not_said: &[
            "A trigger without a dedup_key is an incident of its own: its key is in the answer, and only who keeps it can end the incident.",
            "Priority: severity is all that the Events API knows.",
        ],
    },
};

/// Reads a body that its schema accepts.
pub(super) fn read(kind: SourceKind, delivery: &Delivery<'_>, body: &Tree<'_>) -> Read {
    let Some(body) = Fields::of(body, "") else {
        return build::rejected("schema", "", "an object is expected");
    };
    let mut warnings = Warnings::default();
    let w = &mut warnings;
    let is_v1 = body.get("event_type").is_some();
    let action = body.opaque(if is_v1 { "event_type" } else { "event_action" }, w);
    let action = action.unwrap_or("change".into());
    let (event_type, stage) = meaning(&action, w);
    let is_change = action == "change";
    let dedup_key = dedup_key(delivery, &body, w);
    let native_id = match integration(&body, w) {
        Some(integration) => format!("{integration}/{dedup_key}"),
        None => dedup_key.clone(),
    };
    let native_id = if is_change { format!("change/{native_id}") } else { native_id };
    let head = Head {
        kind,
        native_id: &native_id,
        delivery_id: None,
        part: 0,
        event_type,
        native_type: &action,
        version: Some(if is_v1 { "v1" } else { "v2" }),
        is_test: false,
    };
    let mut event = build::event(delivery, &head);
    event.raw =
        Some(Raw::of(delivery.content_type, &secrets::without(SourceKind::PagerDutyEvents, delivery.body)));
    event.stage = stage;
    event.source.account = integration(&body, w);
    event.incident.dedup_key = Some(clean_line(&dedup_key, NAME_CHARS_MAX)).filter(|_| !is_change);
    // An acknowledgement and an end may come with the key alone.
    event.partial = is_change || (!is_v1 && body.get("payload").is_none());
    if let Some(payload) = body.object("payload", w) {
        fill_payload(&mut event, &payload, w);
    }
    fill::title(&mut event, &body, &["description"], w);
    if let Some(details) = body.object("details", w) {
        fill::labels(&mut event, &details, "details.");
    }
    fill_links(&mut event, &body, w);
    Read::Events(vec![build::finished(event, warnings)])
}

fn meaning(action: &str, w: &mut Warnings) -> (EventType, Option<StageWord>) {
    match action.to_ascii_lowercase().as_str() {
        "trigger" | "triggered" => (EventType::Triggered, Some(StageWord::Triggered)),
        "acknowledge" | "acknowledged" => (EventType::Acknowledged, Some(StageWord::Acknowledged)),
        "resolve" | "resolved" => (EventType::Resolved, Some(StageWord::Resolved)),
        "change" => (EventType::Other, None),
        _ => {
            w.add("unknown_event_type", "/event_action");
            (EventType::Other, None)
        }
    }
}

/// The caller's key, else one that is made from the body: it is given back in the answer.
fn dedup_key(delivery: &Delivery<'_>, body: &Fields<'_>, w: &mut Warnings) -> String {
    let given = ["dedup_key", "incident_key"].iter().find_map(|key| body.opaque(key, w));
    given.map_or_else(|| delivery.body_sha256.to_owned(), Into::into)
}

/// Which integration it is for: its key is a credential, so that only a hash of it is kept.
fn integration(body: &Fields<'_>, w: &mut Warnings) -> Option<String> {
    let key = ["routing_key", "service_key"].iter().find_map(|key| body.opaque(key, w))?;
    let mut hash = ids::body_sha256(key.as_bytes());
    hash.truncate(KEY_HASH_CHARS);
    Some(hash)
}

fn fill_payload(event: &mut Event, payload: &Fields<'_>, w: &mut Warnings) {
    fill::title(event, payload, &["summary"], w);
    fill::severity(event, payload, &["severity"], w);
    fill::occurred(event, payload, &["timestamp"], w);
    if let Some(host) = payload.opaque("source", w) {
        build::add_word(&mut event.hosts, &host);
    }
    if let Some(component) = payload.opaque("component", w) {
        fill::service(event, &component);
    }
    for name in ["group", "class"] {
        fill::label(event, name, payload, name, w);
    }
    match payload.get("custom_details") {
        Some(Tree::Text(words)) => event.description = build::text(words, TextFormat::Plain, false),
        Some(Tree::Object(_)) => {
            if let Some(details) = payload.object("custom_details", w) {
                fill::labels(event, &details, "details.");
                let impact = ["impact", "customer_impact"].into_iter().find(|key| details.get(key).is_some());
                if let Some((key, word)) = impact.and_then(|key| Some((key, details.opaque(key, w)?)))
                    && words::impact(&word).is_some()
                {
                    fill::impact(event, &word, &details.pointer(key), w);
                }
            }
        }
        _ => {}
    }
}

fn fill_links(event: &mut Event, body: &Fields<'_>, w: &mut Warnings) {
    for list in ["links", "contexts"] {
        for link in body.objects(list, w).iter().take(LIST_ITEMS_MAX) {
            let text = link.line("text", NAME_CHARS_MAX, w);
            if let Some(href) = link.text("href", w) {
                build::add_link(&mut event.links, build::link("source", &href, text.as_deref()));
            }
        }
    }
    for image in body.objects("images", w).iter().take(LIST_ITEMS_MAX) {
        fill::link(event, "dashboard", image, "href", w);
    }
    let client = body.line("client", NAME_CHARS_MAX, w);
    if let Some(href) = body.text("client_url", w) {
        build::add_link(&mut event.links, build::link("source", &href, client.as_deref()));
    }
    if let Some(client) = client {
        build::add_label(&mut event.labels, "client", &client);
    }
}

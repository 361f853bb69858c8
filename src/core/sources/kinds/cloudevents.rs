//! CloudEvents 1.0 over HTTP: structured, batched, and binary (attributes in `ce-*` headers).
//! What `data` says is read by the simple names of `schemas/herald.json`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;

use crate::core::event::{Event, TextFormat};
use crate::core::ids;
use crate::core::limits::NAME_CHARS_MAX;
use crate::core::rejected::Problem;
use crate::core::sources::about::{About, Ends, Page};
use crate::core::sources::body;
use crate::core::sources::build::{self, Head};
use crate::core::sources::reader::{Fields, Warnings, opaque};
use crate::core::sources::{Delivery, Read, SourceKind, json, typed, words};
use crate::core::text::clean_line;
use crate::core::tree::{Members, Tree};
use crate::core::vocabulary::{EventType, StageWord};

/// See [`About`].
pub(super) static ABOUT: About = About {
    name: "cloudevents",
    title: "CloudEvents 1.0",
    schema: include_str!("../../../../schemas/cloudevents.json"),
    parse: |delivery| tree(delivery).map(body::Parsed::from),
    read,
    headers: &["ce-*"],
    // The data of a binary event may be anything.
    media_types: &["*"],
    waits_ms: None,
    punishes_refusal: false,
    ends: Ends::Both,
    page: Page {
        intro: "CloudEvents over HTTP in all three modes: structured, batched, and binary (attributes in `ce-*` headers). The `OPTIONS` handshake is answered.",
        setup: &[
            "Post to `{url}` as `application/cloudevents+json`, `application/cloudevents-batch+json`, or with `ce-*` headers.",
            "Let the last word of `type` say the stage (`com.example.incident.resolved`), or `data.stage`.",
            "Let `subject` be the incident's id: all events with one source and subject are of one incident.",
        ],
        auth: "{ scheme: bearer, secret_file: /run/secrets/cloudevents }",
        reads: &[
            ("source, subject; without a subject data.key, an id in the data, or id", "the incident"),
            ("source, id", "the delivery: the same pair again is told once"),
            ("type's last word, data.stage", "what changed, and the stage"),
            ("data", "the simple names of Herald's own JSON, each as [there](herald.md)"),
            ("time", "when it changed"),
            ("dataref", "a link"),
            ("extensions", "labels `ce.<name>`"),
        ],
        means: &[
            ("…triggered, opened, firing …", "triggered"),
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

/// What is read elsewhere or says nothing; all else (`source`, extensions) becomes a label.
const NOT_LABELS: &[&str] =
    &["id", "specversion", "type", "time", "subject", "datacontenttype", "dataschema", "data", "data_base64"];

/// The body as structured events, whatever mode it came in.
fn tree<'b>(delivery: &Delivery<'b>) -> Result<Tree<'b>, Problem> {
    let structured = delivery.content_type.starts_with("application/cloudevents");
    if structured || delivery.header("ce-specversion").is_none() {
        return json::parse(delivery.body);
    }
    let mut event = BTreeMap::new();
    for (name, value) in delivery.headers {
        if let Some(attribute) = name.strip_prefix("ce-") {
            event.insert(attribute, Tree::Text(percent_decode_str(value).decode_utf8_lossy()));
        }
    }
    event.insert("datacontenttype", Tree::Text(Cow::Borrowed(delivery.content_type)));
    if !delivery.body.is_empty() {
        event.insert("data", data(delivery)?);
    }
    // Each name once, so there is nothing to refuse.
    let members = event.into_iter().map(|(name, value)| (Cow::Borrowed(name), value)).collect();
    Ok(Members::new(members).map_or(Tree::Null, Tree::Object))
}

/// Data of a binary event: JSON where it says so, else text.
fn data<'b>(delivery: &Delivery<'b>) -> Result<Tree<'b>, Problem> {
    let media_type = delivery.content_type;
    if media_type.is_empty() || media_type.ends_with("/json") || media_type.ends_with("+json") {
        return json::parse(delivery.body);
    }
    Ok(Tree::Text(String::from_utf8_lossy(delivery.body)))
}

/// Reads events that their schema accepts.
fn read(delivery: &Delivery<'_>, tree: &Tree<'_>) -> Read {
    let items = match tree {
        Tree::List(list) => list.as_slice(),
        single => std::slice::from_ref(single),
    };
    let mut events = Vec::with_capacity(items.len());
    for (part, item) in items.iter().enumerate() {
        let at = if tree.is_list() { format!("/{part}") } else { String::new() };
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
    let Some(envelope) = Fields::of(item, at) else {
        return Err(build::rejected("schema", "", "an object is expected"));
    };
    let source = envelope.opaque("source", w).unwrap_or_default();
    let id = envelope.opaque("id", w);
    let native_type = envelope.opaque("type", w).unwrap_or_default();
    let data =
        if envelope.get("data").is_some_and(Tree::is_object) { envelope.object("data", w) } else { None };
    let key = envelope.opaque("subject", w).or_else(|| data.as_ref().and_then(|data| data.opaque("key", w)));
    // The event's own id is another for each event, so an id in the data comes first.
    let by_data = || envelope.get("data").and_then(typed::key).map(Cow::Owned);
    let Some(key) = key.or_else(by_data).or_else(|| id.clone()) else {
        return Err(build::no_identity(envelope.pointer("id")));
    };
    let is_test = matches!(typed::last_word(&native_type), "test" | "ping")
        || data.as_ref().is_some_and(|data| data.flag("is_test", w));
    let version = envelope.opaque("specversion", w);
    // A source holds no blank, so one between the two keeps every pair apart.
    let native_id = format!("{source} {key}");
    let delivery_id = id.map(|id| format!("{source} {id}"));
    let stage = typed::stage(&native_type, data.as_ref());
    let head = Head {
        kind: SourceKind::CloudEvents,
        native_id: &native_id,
        delivery_id: delivery_id.as_deref(),
        part,
        event_type: stage.map_or(EventType::Other, words::event_type),
        native_type: &native_type,
        version: version.as_deref(),
        is_test,
    };
    let mut event = build::event(delivery, &head);
    if let Some(data) = &data {
        event.incident.merged_into = data
            .opaque("merged_into", w)
            .map(|goal| ids::incident(delivery.source, &format!("{source} {goal}")));
        typed::fill(&mut event, data, envelope.get("data").unwrap_or(&Tree::Null), w);
    } else if let Some(words) = envelope.get("data").and_then(Tree::as_str) {
        event.description = build::text(words, TextFormat::Plain, false);
    }
    fill_envelope(&mut event, &envelope, stage, w);
    Ok(build::finished(event, warnings))
}

fn fill_envelope(event: &mut Event, envelope: &Fields<'_>, stage: Option<StageWord>, w: &mut Warnings) {
    // The data's own word for the stage, where it is one, beats what the type's name suggests: `stage`
    // and `status` mean something else in many a tool's data.
    if event.stage.is_none() {
        event.stage = stage.filter(|_| event.incident.merged_into.is_some() || !is_merge(stage));
    }
    event.partial = event.stage.is_none();
    if event.occurred_at.is_none()
        && let Some((at, quality)) = envelope.time("time", w)
    {
        event.occurred_at = Some(at);
        event.occurred_at_quality = quality;
    }
    if let Some(uri) = envelope.text("dataref", w) {
        build::add_link(&mut event.links, build::link("source", &uri, None));
    }
    for (name, value) in envelope.iter().filter(|(name, _)| !NOT_LABELS.contains(name)) {
        if let Some(word) = opaque(value) {
            build::add_label(&mut event.labels, &format!("ce.{}", clean_line(name, NAME_CHARS_MAX)), &word);
        }
    }
}

fn is_merge(stage: Option<StageWord>) -> bool {
    stage == Some(StageWord::Merged)
}

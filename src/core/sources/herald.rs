//! Herald's own webhook: plain fields, for people, scripts and tools without an adapter. One
//! object, or a list of them.

use super::build::{self, Head};
use super::reader::{Fields, Warnings};
use super::{Delivery, Read, SourceKind, plain};
use crate::core::event::Event;
use crate::core::ids;
use crate::core::tree::Tree;
use crate::core::vocabulary::EventType;

/// Reads a body that its schema accepts.
pub(super) fn read(delivery: &Delivery<'_>, body: &Tree<'_>) -> Read {
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

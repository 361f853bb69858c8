//! Canonical events, made in this process as the intake makes them: a webhook's body, read by the
//! adapter of its source.

use anyhow::{Result, bail};
use herald::core::event::Event;
use herald::core::ids;
use herald::core::sources::{Delivery, Read, SourceKind, read};
use herald::core::vocabulary::AuthKind;
use jiff::Timestamp;

use crate::body::{DELIVERY, INCIDENT, Webhook};

/// The event of one delivery, received at this time.
pub(crate) fn event(
    webhook: &Webhook,
    incident: u64,
    delivery: u64,
    received_at: Timestamp,
) -> Result<Event> {
    let Some(kind) = SourceKind::parse(webhook.source) else { bail!("no source kind is {}", webhook.source) };
    let (incident, delivery) = (format!("{incident:016x}"), format!("{delivery:016x}"));
    let body = webhook.body.replace(INCIDENT, &incident).replace(DELIVERY, &delivery);
    let read = read(
        kind,
        &Delivery {
            source: webhook.source,
            headers: &[],
            content_type: "application/json",
            body: body.as_bytes(),
            body_sha256: &ids::body_sha256(body.as_bytes()),
            received_at,
            auth: AuthKind::Signature,
            key_id: Some("0"),
            parts_max: 1,
        },
    );
    match read {
        Read::Events(mut events) if events.len() == 1 => Ok(events.remove(0)),
        other => bail!("the bench's own body is not read: {other:?}"),
    }
}

//! Reading a rejected body again, as it would be read now.

use anyhow::{Context as _, bail};

use crate::core::event::Event;
use crate::core::ids;
use crate::core::rejected::{Problem, Rejected};
use crate::core::sources::identity::read_as;
use crate::core::sources::{Delivery, Read};
use crate::core::vocabulary::AuthKind;
use crate::http::settings::{SourceSettings, WebhookSettings};

/// The exact body that was kept.
pub(super) fn body(rejected: &Rejected) -> anyhow::Result<Vec<u8>> {
    if rejected.raw.truncated {
        bail!("{}: its body was too large for a record and was left out; give it with --body", rejected.id);
    }
    match rejected.raw.encoding.as_str() {
        "utf-8" => Ok(rejected.raw.bytes.clone().into_bytes()),
        _ => data_encoding::BASE64
            .decode(rejected.raw.bytes.as_bytes())
            .with_context(|| format!("{}: its body is not the base64 that it says", rejected.id)),
    }
}

/// What it says now.
pub(super) enum Now {
    Events(Vec<Event>),
    /// A ping: there is nothing to publish.
    Nothing,
    Rejected(Vec<Problem>),
}

/// Reads a body in place of the one that was kept. Ids are made with the kept one's hash, so that
/// the sender's own retry, or a second replay, makes no second event.
pub(super) fn again(rejected: &Rejected, body: &[u8], sources: &[SourceSettings]) -> anyhow::Result<Now> {
    let (Some(name), None) = (&rejected.source, rejected.input) else {
        // What the router could not fold is no body of a sender's.
        return Ok(event(body));
    };
    let source = sources.iter().find(|source| source.name == *name || source.formerly.contains(name));
    let source = source.with_context(|| {
        format!("{}: no source is called {name:?} in this configuration; say --config", rejected.id)
    })?;
    let kept = self::body(rejected).unwrap_or_else(|_| body.to_vec());
    let delivery = Delivery {
        source: &source.name,
        headers: &rejected.headers,
        content_type: &rejected.raw.content_type,
        body,
        body_sha256: &ids::body_sha256(&kept),
        received_at: rejected.received_at,
        // Who sent it was known when it was received; with which key was not kept.
        auth: AuthKind::None,
        key_id: None,
        parts_max: WebhookSettings::default().parts_max,
    };
    Ok(match read_as(&source.reader, &delivery, &source.identity()) {
        Read::Events(events) => Now::Events(events),
        Read::Handshake(_) => Now::Nothing,
        Read::Rejected { problems, .. } => Now::Rejected(problems),
    })
}

/// What stood on `incident.events` and could not be folded is an event itself.
fn event(body: &[u8]) -> Now {
    match serde_json::from_slice::<Event>(body) {
        Ok(event) => Now::Events(vec![event]),
        Err(error) => Now::Rejected(vec![Problem {
            pointer: String::new(),
            message: format!("not an event of this version: {error}"),
        }]),
    }
}

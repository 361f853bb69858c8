//! Putting a delivery on the log: all of its events or, where they can't be used, its body. The
//! work outlives the answer: once begun it goes on to its end, and gives its permit back then.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Bytes;
use jiff::Timestamp;

use super::admission::{Permit, Taken};
use super::state::Source;
use crate::core::event::{Event, Raw};
use crate::core::rejected::{Problem, Rejected};
use crate::core::{ids, record, rejected};
use crate::http::publish::{Publish, PublishError};

/// Where a delivery came from, as far as its records need it.
#[derive(Debug)]
pub(super) struct Origin {
    pub(super) source: Arc<Source>,
    /// Unpacked, if it could be.
    pub(super) body: Bytes,
    pub(super) body_sha256: String,
    pub(super) media_type: String,
    pub(super) received_at: Timestamp,
    pub(super) traceparent: String,
}

/// What is to be stored.
#[derive(Debug)]
pub(super) enum Work {
    /// Events.
    Events(Vec<Event>),
    /// A body that can't be used.
    Unusable(Unusable),
}

/// Why a body can't be used.
#[derive(Debug)]
pub(super) struct Unusable {
    pub(super) reason: &'static str,
    pub(super) problems: Vec<Problem>,
    /// Headers, less secrets.
    pub(super) headers: Vec<(String, String)>,
    /// The sender's id of the delivery, if there was one.
    pub(super) delivery: String,
}

/// What is stored now.
#[derive(Debug)]
pub(super) enum Stored {
    /// All the events.
    Events(Vec<Event>),
    /// The body, on `incident.rejected`.
    Rejected(Box<Rejected>),
}

/// Stores it; holds the permit, and the room of a large body, until Kafka has answered.
pub(super) async fn store<P: Publish>(
    publisher: Arc<P>,
    origin: Origin,
    work: Work,
    held: (Permit, Option<Taken>),
) -> Result<Stored, PublishError> {
    let stored = match work {
        Work::Events(events) => match store_events(&*publisher, &origin.traceparent, events).await {
            Ok(events) => Ok(Stored::Events(events)),
            Err(PublishError::TooLarge) => {
                let message = "the event is larger than a record may be, even without its body";
                let problems = vec![Problem { pointer: String::new(), message: message.to_owned() }];
                let unusable =
                    Unusable { reason: "too_large", problems, headers: Vec::new(), delivery: String::new() };
                store_rejected(&*publisher, &origin, unusable).await
            }
            Err(error) => Err(error),
        },
        Work::Unusable(unusable) => store_rejected(&*publisher, &origin, unusable).await,
    };
    drop(held);
    stored
}

/// Puts events on the log; a body that makes a record too large is left out.
pub(in crate::http) async fn store_events<P: Publish>(
    publisher: &P,
    traceparent: &str,
    mut events: Vec<Event>,
) -> Result<Vec<Event>, PublishError> {
    if events.is_empty() {
        return Ok(events);
    }
    let records = |events: &[Event]| {
        events.iter().map(|event| record::event(event, Some(traceparent))).collect::<Result<Vec<_>, _>>()
    };
    match publisher.publish(records(&events)?).await {
        // The body makes most of a large event, and nothing but people reads it.
        Err(PublishError::TooLarge) if events.iter_mut().any(|event| leave_out(event.raw.as_mut())) => {
            publisher.publish(records(&events)?).await?;
        }
        other => other?,
    }
    Ok(events)
}

async fn store_rejected<P: Publish>(
    publisher: &P,
    origin: &Origin,
    unusable: Unusable,
) -> Result<Stored, PublishError> {
    let source = &origin.source;
    let mut rejected = Rejected {
        schema: rejected::SCHEMA.to_owned(),
        id: ids::rejected(&source.identity.name, &unusable.delivery, &origin.body_sha256),
        source: Some(source.identity.name.clone()),
        source_kind: Some(source.reader.kind().to_owned()),
        input: None,
        received_at: origin.received_at,
        needed: rejected::needed(unusable.reason).to_owned(),
        reason: unusable.reason.to_owned(),
        problems: unusable.problems,
        headers: unusable.headers,
        raw: Raw::of(&origin.media_type, &source.reader.without_secrets(&origin.body)),
    };
    let record = |rejected: &Rejected| {
        record::rejected(rejected, Some(&origin.traceparent)).map(|record| vec![record])
    };
    match publisher.publish(record(&rejected)?).await {
        Err(PublishError::TooLarge) if leave_out(Some(&mut rejected.raw)) => {
            publisher.publish(record(&rejected)?).await?;
        }
        other => other?,
    }
    Ok(Stored::Rejected(Box::new(rejected)))
}

/// Leaves the body out; says whether there was one to leave out.
fn leave_out(raw: Option<&mut Raw>) -> bool {
    let Some(raw) = raw.filter(|raw| !raw.truncated) else { return false };
    raw.bytes = String::new();
    raw.truncated = true;
    true
}

/// Waits for the work until the time is up. Work that is not done then, or whose waiting sender
/// has gone, is carried on by itself.
pub(in crate::http) async fn within<T: 'static>(
    time: Duration,
    work: impl Future<Output = T> + 'static,
) -> Option<T> {
    let mut carried = Carried(Some(Box::pin(work)));
    let waiting = poll_fn(|cx| match carried.0.as_mut() {
        Some(work) => work.as_mut().poll(cx),
        None => std::task::Poll::Pending,
    });
    let done = tokio::time::timeout(time, waiting).await.ok()?;
    carried.0 = None;
    Some(done)
}

/// Work that goes on when it is dropped before its end. So the usual delivery, which ends in
/// time, needs no task of its own.
struct Carried<T: 'static>(Option<Pin<Box<dyn Future<Output = T>>>>);

impl<T: 'static> Drop for Carried<T> {
    fn drop(&mut self) {
        if let Some(work) = self.0.take() {
            actix_web::rt::spawn(async move {
                work.await;
            });
        }
    }
}

//! One delivery, from its head to its answer. The order of checks is fixed: first what costs
//! nothing, then who sent it, then what it says.

use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::http::Method;
use actix_web::http::header::HeaderMap;
use actix_web::web::{Bytes, Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use jiff::Timestamp;

use super::answer::Answer;
use super::auth::{self, Posted, Proof};
use super::body::{self, Received, Unpacked};
use super::headers;
use super::proof;
use super::request_id;
use super::state::{Source, State};
use super::store::{Origin, Unusable, Work, store, within};
use crate::core::ids;
use crate::core::rejected::Problem;
use crate::core::sources::identity::read_as;
use crate::core::sources::{Delivery, Handshake, Read, SourceKind};
use crate::http::problem::{Busy, Case, Outcome};
use crate::http::publish::{Publish, PublishError};
use crate::http::settings::AuthSettings;

/// Answers `/webhooks/{source}`.
pub(super) async fn webhook<P: Publish>(
    request: HttpRequest,
    payload: Payload,
    state: Data<State<P>>,
) -> HttpResponse {
    let started = Instant::now();
    // A source's own path has no gap; then it is written just as the name is.
    let name = request.match_info().get("source").or_else(|| request.path().strip_prefix("/webhooks/"));
    // Below a source's own path there may be its secret, and nothing else.
    let below = request.match_info().get("below").is_some();
    let source = state.source(name.unwrap_or_default());
    let source = source.filter(|source| !below || matches!(source.auth, AuthSettings::UrlSecret { .. }));
    let Some(source) = source else {
        return finish(&request, &state, None, started, &Answer::Refused(Case::NotFound));
    };
    let answer = match deliver(&request, payload, &state, source).await {
        Ok(answer) => answer,
        Err(case) => Answer::Refused(case),
    };
    finish(&request, &state, Some(source), started, &answer)
}

/// Answers every other path.
pub(super) async fn elsewhere<P: Publish>(request: HttpRequest, state: Data<State<P>>) -> HttpResponse {
    finish(&request, &state, None, Instant::now(), &Answer::Refused(Case::NotFound))
}

/// Counts, logs and writes an answer.
fn finish<P: Publish>(
    request: &HttpRequest,
    state: &State<P>,
    source: Option<&Arc<Source>>,
    started: Instant,
    answer: &Answer,
) -> HttpResponse {
    let took = started.elapsed();
    let outcome = answer.outcome();
    source.map_or(&state.nowhere, |source| &source.counters).answered(outcome, took);
    if let (Some(source), Answer::Rejected { rejected, .. }) = (source, answer) {
        source.counters.rejected(&rejected.reason);
    }
    let request_id = request_id::request_id(request.headers());
    let response = answer.response(&request_id);
    log(source, outcome, answer, &response, took, &request_id);
    response
}

/// One line for each webhook; never a body, never a secret, and no name that a stranger made up.
fn log(
    source: Option<&Arc<Source>>,
    outcome: Outcome,
    answer: &Answer,
    response: &HttpResponse,
    took: Duration,
    request_id: &str,
) {
    tracing::info!(
        source = source.map_or("-", |source| source.identity.name.as_str()),
        outcome = outcome.as_str(),
        reason = answer.reason(),
        status = response.status().as_u16(),
        events = answer.events(),
        duration_ms = took.as_secs_f64() * 1e3,
        request_id,
        "webhook"
    );
}

async fn deliver<P: Publish>(
    request: &HttpRequest,
    payload: Payload,
    state: &Data<State<P>>,
    source: &Arc<Source>,
) -> Result<Answer, Case> {
    let head = request.headers();
    if let Some(answer) = before_body(request, source)? {
        return Ok(answer);
    }
    if !state.takes() {
        return Err(Case::Unavailable(Busy::Draining));
    }
    let media_type = body::media_type(head);
    if !body::is_spoken(&source.reader, &media_type) {
        return Err(Case::MediaType);
    }
    let packing = body::packing(head)?;
    let declared = body::declared_length(head, state.body_bytes_max)?;
    let posted = Posted::of(request, Timestamp::now());
    let early =
        auth::before_body(&source.auth, &posted).map_err(|fault| proof::refused(source, fault.into()))?;
    let mut received =
        body::receive(payload, state.body_bytes_max, declared, state.body_timeout, &state.admission).await?;
    let proof = match early {
        Some(proof) => proof,
        None => proof::over_body(state, source, &posted, &received.bytes)
            .await
            .map_err(|why| proof::refused(source, why))?,
    };
    let permit = state.admission.permit(&source.in_flight).ok_or(Case::Unavailable(Busy::Permits))?;
    let body = unpacked(state, &mut received, packing)?;
    let (origin, work) = understand(head, state, source, body, media_type, proof);
    let Some(work) = work else { return Ok(Answer::Handshake) };
    let held = (permit, received.room);
    let storing = store(Arc::clone(&state.publisher), origin, work, held);
    match within(source.answer_within, storing).await {
        None => Err(Case::Unavailable(Busy::Deadline)),
        Some(Ok(stored)) => Ok(Answer::stored(stored, source.on_rejected)),
        Some(Err(error)) => Err(Case::Unavailable(busy(&error))),
    }
}

/// The method; a handshake has no body.
fn before_body(request: &HttpRequest, source: &Source) -> Result<Option<Answer>, Case> {
    if request.method() == Method::POST {
        return Ok(None);
    }
    if !source.reader.is(SourceKind::CloudEvents) {
        return Err(Case::Method { allow: "POST" });
    }
    let origin = request.headers().get("webhook-request-origin");
    match origin.filter(|_| request.method() == Method::OPTIONS) {
        Some(origin) => Ok(Some(Answer::MayDeliver { origin: origin.clone() })),
        None => Err(Case::Method { allow: "POST, OPTIONS" }),
    }
}

/// The body unpacked; as received, and said to be broken, where it can't be.
fn unpacked<P: Publish>(
    state: &State<P>,
    received: &mut Received,
    packing: body::Packing,
) -> Result<(Bytes, bool), Case> {
    match body::unpack(packing, &received.bytes, state.body_bytes_max) {
        Ok(body) => {
            body::make_room(&mut received.room, body.len(), &state.admission)?;
            Ok((body, false))
        }
        Err(Unpacked::TooLarge) => Err(Case::TooLarge),
        Err(Unpacked::Broken) => Ok((received.bytes.clone(), true)),
    }
}

/// What the body says: events, a handshake (no work), or why it can't be used.
fn understand<P: Publish>(
    head: &HeaderMap,
    state: &State<P>,
    source: &Arc<Source>,
    (body, broken): (Bytes, bool),
    media_type: String,
    proof: Proof,
) -> (Origin, Option<Work>) {
    let origin = Origin {
        source: Arc::clone(source),
        body_sha256: ids::body_sha256(&body),
        body,
        media_type,
        received_at: Timestamp::now(),
        traceparent: request_id::traceparent(head),
    };
    let key_id = proof.key.map(|key| key.to_string());
    let read = if broken {
        let message = "the body is not the gzip that its header says".to_owned();
        Read::Rejected { reason: "bad_encoding", problems: vec![Problem { pointer: String::new(), message }] }
    } else {
        read_as(
            &source.reader,
            &Delivery {
                source: &source.identity.name,
                headers: &headers::for_adapters(head, &source.reader, &source.auth),
                content_type: &origin.media_type,
                body: &origin.body,
                body_sha256: &origin.body_sha256,
                received_at: origin.received_at,
                auth: proof.kind,
                key_id: key_id.as_deref(),
                parts_max: state.parts_max,
            },
            &source.identity,
        )
    };
    let work = match read {
        Read::Events(events) => Some(Work::Events(events)),
        Read::Handshake(Handshake::Answered) => None,
        Read::Handshake(Handshake::Confirm { url, topic }) => {
            state.sns.confirm(&source.identity.name, &source.auth, url, &topic);
            None
        }
        Read::Rejected { reason, problems } => Some(Work::Unusable(unusable(head, source, reason, problems))),
    };
    (origin, work)
}

fn unusable(head: &HeaderMap, source: &Source, reason: &'static str, problems: Vec<Problem>) -> Unusable {
    let delivery = source.reader.headers().find_map(|name| head.get(name)?.to_str().ok());
    Unusable {
        reason,
        problems,
        headers: headers::without_secrets(head, &source.auth),
        delivery: delivery.unwrap_or_default().to_owned(),
    }
}

/// A record that is too large even for the rejected topic, without its body, is our own limit.
pub(in crate::http) fn busy(error: &PublishError) -> Busy {
    match error {
        PublishError::QueueFull => Busy::Queue,
        PublishError::Unacknowledged(_) | PublishError::TooLarge => Busy::Kafka,
    }
}

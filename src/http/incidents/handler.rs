//! One request, from its head to its answer, in the order of a webhook's checks: first what costs
//! nothing, then who it is, then what they say, then whether they may.

use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::http::Method;
use actix_web::http::header::HeaderMap;
use actix_web::web::{Bytes, Data, Payload, Query};
use actix_web::{HttpRequest, HttpResponse};
use jiff::Timestamp;
use serde_json::Value;

use super::answer::Answer;
use super::{ANSWER_WITHIN, Api, check, roles};
use crate::core::event::{Event, Person};
use crate::core::ids;
use crate::core::rejected::Problem;
use crate::core::sources::api::{self, Statement};
use crate::core::sources::{Delivery, SourceKind};
use crate::core::vocabulary::AuthKind;
use crate::http::problem::{Busy, Case};
use crate::http::publish::Publish;
use crate::http::settings::BEARER;
use crate::http::webhooks::body;
use crate::http::webhooks::handler::busy;
use crate::http::webhooks::request_id;
use crate::http::webhooks::state::State;
use crate::http::webhooks::store::{store_events, within};
use crate::unique;

/// Longest time that a verdict is waited for.
const WAIT_MAX: Duration = Duration::from_secs(30);
/// Longest `Idempotency-Key`.
const KEY_BYTES_MAX: usize = 128;

/// `POST /v1/incidents`
pub(super) async fn declare<P: Publish>(
    request: HttpRequest,
    payload: Payload,
    state: Data<State<P>>,
) -> HttpResponse {
    serve(&request, payload, &state, |key| Ok(Statement::Declaration { key: key.ok_or(Case::NoKey)? })).await
}

/// `POST /v1/incidents/{incident}/updates`
pub(super) async fn update<P: Publish>(
    request: HttpRequest,
    payload: Payload,
    state: Data<State<P>>,
) -> HttpResponse {
    let incident = request.match_info().get("incident").unwrap_or_default();
    serve(&request, payload, &state, |_| {
        named(api::is_incident_id(incident), "incident")?;
        Ok(Statement::Update { incident })
    })
    .await
}

/// `POST /v1/incidents/{incident}/updates/{update}/approvals`
pub(super) async fn approve<P: Publish>(
    request: HttpRequest,
    payload: Payload,
    state: Data<State<P>>,
) -> HttpResponse {
    let path = request.match_info();
    let (incident, update) =
        (path.get("incident").unwrap_or_default(), path.get("update").unwrap_or_default());
    serve(&request, payload, &state, |_| {
        named(api::is_incident_id(incident), "incident")?;
        named(api::is_event_id(update), "update")?;
        Ok(Statement::Approval { incident, update })
    })
    .await
}

/// What the path names has the form of one of our ids.
fn named(is_one: bool, what: &str) -> Result<(), Answer> {
    let message = match what {
        "incident" => "an incident's id is i- and 16 characters, as the answer to its declaration says",
        _ => "an update's id is e- and 26 characters, as the answer to it says",
    };
    if is_one { Ok(()) } else { Err(wrong(Case::UnknownIncident, "", message)) }
}

fn wrong(case: Case, pointer: &str, message: &str) -> Answer {
    Answer::Refused(case, vec![Problem { pointer: pointer.to_owned(), message: message.to_owned() }])
}

/// Answers, counts, and logs one line: never a body, never a token.
async fn serve<'r, P: Publish>(
    request: &'r HttpRequest,
    payload: Payload,
    state: &State<P>,
    statement: impl FnOnce(Option<&'r str>) -> Result<Statement<'r>, Answer>,
) -> HttpResponse {
    let started = Instant::now();
    let mut by = None;
    let answer = match hear(request, payload, state, statement, &mut by).await {
        Ok(answer) | Err(answer) => answer,
    };
    let took = started.elapsed();
    state.api_counters.answered(answer.outcome(), took);
    let request_id = request_id::request_id(request.headers());
    let response = answer.response(&request_id);
    tracing::info!(
        source = api::SOURCE,
        by = by.as_ref().map(|person: &Person| person.name.as_str()),
        outcome = answer.outcome().as_str(),
        reason = answer.reason(),
        status = response.status().as_u16(),
        incident = answer.event().map(|event| event.incident.id.as_str()),
        duration_ms = took.as_secs_f64() * 1e3,
        request_id,
        "incident"
    );
    response
}

async fn hear<'r, P: Publish>(
    request: &'r HttpRequest,
    payload: Payload,
    state: &State<P>,
    statement: impl FnOnce(Option<&'r str>) -> Result<Statement<'r>, Answer>,
    by: &mut Option<Person>,
) -> Result<Answer, Answer> {
    let head = request.headers();
    if request.method() != Method::POST {
        return Err(Case::Method { allow: "POST" }.into());
    }
    if !state.takes() {
        return Err(Case::Unavailable(Busy::Draining).into());
    }
    let media_type = body::media_type(head);
    if !body::is_spoken(&SourceKind::Herald.into(), &media_type) {
        return Err(Case::MediaType.into());
    }
    let packing = body::packing(head)?;
    let declared = body::declared_length(head, state.body_bytes_max)?;
    let unauthenticated = Case::Unauthenticated { challenge: BEARER };
    let api = state.api.as_ref().ok_or(unauthenticated)?;
    let person = api.tokens.person(head).ok_or(unauthenticated)?;
    *by = Some(person.clone());
    let mut received =
        body::receive(payload, state.body_bytes_max, declared, state.body_timeout, &state.admission).await?;
    let permit = state.admission.permit(&api.in_flight).ok_or(Case::Unavailable(Busy::Permits))?;
    let bytes = match body::unpack(packing, &received.bytes, state.body_bytes_max) {
        Ok(bytes) => bytes,
        Err(body::Unpacked::TooLarge) => return Err(Case::TooLarge.into()),
        Err(body::Unpacked::Broken) => return Err(Case::Unreadable.into()),
    };
    body::make_room(&mut received.room, bytes.len(), &state.admission)?;
    let wait = wait(request)?;
    let key = key(head)?;
    let statement = statement(key)?;
    let event = understand(api, statement, key, &media_type, &bytes, person)?;

    // Asked before the event is stored: its decision could come first.
    let waiter = wait.and_then(|_| api.verdicts.wait(&event.incident.id, &event.id));
    let publisher = Arc::clone(&state.publisher);
    let traceparent = request_id::traceparent(head);
    let held = (permit, received.room);
    let storing = async move {
        let stored = store_events(&*publisher, &traceparent, vec![event]).await;
        drop(held);
        stored
    };
    let stored = match within(ANSWER_WITHIN, storing).await {
        None => return Err(Case::Unavailable(Busy::Deadline).into()),
        Some(Err(error)) => return Err(Case::Unavailable(busy(&error)).into()),
        Some(Ok(events)) => events,
    };
    // One went in, so one comes out.
    let event = Box::new(stored.into_iter().next().ok_or(Case::Unavailable(Busy::Kafka))?);
    let (Some(mut waiter), Some(wait)) = (waiter, wait) else { return Ok(Answer::Accepted(event)) };
    match tokio::time::timeout(wait, waiter.decision()).await {
        Ok(Some(decision)) => Ok(Answer::Decided(event, Box::new(decision))),
        Ok(None) | Err(_) => Ok(Answer::Accepted(event)),
    }
}

/// The event of what they say, if it can be said and they may say it.
fn understand(
    api: &Api,
    statement: Statement<'_>,
    key: Option<&str>,
    media_type: &str,
    bytes: &Bytes,
    person: Person,
) -> Result<Event, Answer> {
    let mut body: Value =
        api::parse(bytes).map_err(|problem| Answer::Refused(Case::Unreadable, vec![problem]))?;
    let invalid = |problems: Vec<Problem>, case: Case| {
        if problems.is_empty() { Ok(()) } else { Err(Answer::Refused(case, problems)) }
    };
    let policy = api.policy.load();
    let now = Timestamp::now();
    invalid(api::validate(statement.part(), &body), Case::Invalid)?;
    invalid(check::check(statement, &mut body, &policy, now), Case::Invalid)?;
    invalid(roles::missing(statement, &body, &person, &policy), Case::Forbidden)?;
    // Two updates of the same words are two, unless their sender says that they are one.
    let made = key.is_none().then(unique::id);
    let delivery = Delivery {
        source: api::SOURCE,
        headers: &[],
        content_type: media_type,
        body: bytes,
        body_sha256: &ids::body_sha256(bytes),
        received_at: now,
        auth: AuthKind::SharedSecret,
        key_id: None,
        parts_max: 1,
    };
    let audiences: Vec<&str> = policy.audiences.iter().map(|audience| audience.name.as_str()).collect();
    let delivery_id = key.or(made.as_deref()).unwrap_or_default();
    let mut event = api::event(&delivery, delivery_id, statement, person, &body, &audiences);
    // A service that nobody knows routes nothing; whoever names it sees that at once.
    for (place, service) in event.services.iter().enumerate() {
        if !service.words().any(|word| policy.catalogue.known_as.contains_key(word)) {
            event.warnings.push(format!("unknown_service /services/{place}"));
        }
    }
    Ok(event)
}

/// `Idempotency-Key`, where there is one.
fn key(head: &HeaderMap) -> Result<Option<&str>, Answer> {
    let Some(value) = head.get("idempotency-key") else { return Ok(None) };
    let key = value.to_str().ok().map(str::trim).filter(|key| {
        (1..=KEY_BYTES_MAX).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
    });
    key.map(Some).ok_or_else(|| Case::NoKey.into())
}

/// `?wait=5s`
fn wait(request: &HttpRequest) -> Result<Option<Duration>, Answer> {
    let refused = |message: &str| wrong(Case::Invalid, "", message);
    let query = Query::<Vec<(String, String)>>::from_query(request.query_string())
        .map_err(|_| refused("the query can't be read"))?;
    let mut wait = None;
    for (name, value) in query.iter() {
        if name != "wait" {
            return Err(refused("the only parameter is wait, as ?wait=5s"));
        }
        let length = value.parse::<jiff::SignedDuration>().ok().and_then(|length| length.try_into().ok());
        let length: Option<Duration> = length.filter(|length| *length <= WAIT_MAX);
        wait = Some(length.ok_or_else(|| refused("wait is a length of time up to 30s, as 5s"))?);
    }
    Ok(wait)
}

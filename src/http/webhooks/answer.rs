//! What the sender is told.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use serde::Serialize;

use super::store::Stored;
use crate::core::event::Event;
use crate::core::rejected::{Problem, Rejected};
use crate::core::sources::SourceKind;
use crate::http::problem::{Case, Outcome};
use crate::http::settings::OnRejected;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What became of a delivery.
#[derive(Debug)]
pub(super) enum Answer {
    /// On all in-sync replicas.
    Accepted(Vec<Event>),
    /// A ping: answered like a delivery that made no event.
    Handshake,
    /// `OPTIONS` of CloudEvents: the origin may deliver, as often as it likes.
    MayDeliver {
        /// Who asks.
        origin: HeaderValue,
    },
    /// Kept on `incident.rejected`.
    Rejected {
        /// What was kept.
        rejected: Box<Rejected>,
        /// Told as a refusal, or not.
        told: OnRejected,
    },
    /// Not stored, or not known to be.
    Refused(Case),
}

/// `{"events": [{"id", "incident"}]}`
#[derive(Serialize)]
struct AcceptedBody<'e> {
    events: Vec<AcceptedEvent<'e>>,
}

#[derive(Serialize)]
struct AcceptedEvent<'e> {
    id: &'e str,
    incident: &'e str,
    /// What was odd, so that who posts it by hand sees it at once.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    warnings: &'e [String],
}

/// What callers of PagerDuty's Events API wait for.
#[derive(Serialize)]
struct EventsApiBody<'e> {
    status: &'static str,
    message: &'static str,
    /// Theirs, or the one that was made for them: with it they acknowledge and resolve.
    #[serde(skip_serializing_if = "Option::is_none")]
    dedup_key: Option<&'e str>,
}

/// `{"rejected": {"id", "problems"}}`
#[derive(Serialize)]
struct RejectedBody<'r> {
    rejected: RejectedPart<'r>,
}

#[derive(Serialize)]
struct RejectedPart<'r> {
    id: &'r str,
    problems: &'r [Problem],
}

impl Answer {
    /// The answer to what was stored.
    pub(super) fn stored(stored: Stored, told: OnRejected) -> Self {
        match stored {
            Stored::Events(events) => Self::Accepted(events),
            Stored::Rejected(rejected) => Self::Rejected { rejected, told },
        }
    }

    /// For metrics and the log.
    pub(super) fn outcome(&self) -> Outcome {
        match self {
            Self::Accepted(_) => Outcome::Accepted,
            Self::Handshake | Self::MayDeliver { .. } => Outcome::Handshake,
            Self::Rejected { .. } => Outcome::Rejected,
            Self::Refused(case) => case.outcome(),
        }
    }

    /// Finer than the outcome, for the log.
    pub(super) fn reason(&self) -> Option<&str> {
        match self {
            Self::Rejected { rejected, .. } => Some(&rejected.reason),
            Self::Refused(case) => Some(case.slug()),
            _ => None,
        }
    }

    /// How many events it made.
    pub(super) fn events(&self) -> usize {
        if let Self::Accepted(events) = self { events.len() } else { 0 }
    }

    /// The answer as it goes out.
    pub(super) fn response(&self, request_id: &str) -> HttpResponse {
        let mut response = match self {
            Self::Accepted(events) => accepted(events),
            Self::Handshake => accepted(&[]),
            Self::MayDeliver { origin } => HttpResponse::Ok()
                .insert_header(("Allow", "POST, OPTIONS"))
                .insert_header(("WebHook-Allowed-Origin", origin.clone()))
                .insert_header(("WebHook-Allowed-Rate", "*"))
                .finish(),
            Self::Rejected { rejected, told } => kept(rejected, *told),
            Self::Refused(case) => case.response(&[]),
        };
        // Taken over or made: always visible ASCII.
        if let Ok(value) = HeaderValue::from_str(request_id) {
            response.headers_mut().insert(REQUEST_ID, value);
        }
        response
    }
}

fn accepted(events: &[Event]) -> HttpResponse {
    if let Some(first) = events.first()
        && let Some(answer) = senders_own(first)
    {
        return answer;
    }
    let events = events
        .iter()
        .map(|event| AcceptedEvent { id: &event.id, incident: &event.incident.id, warnings: &event.warnings })
        .collect();
    json(StatusCode::ACCEPTED, &AcceptedBody { events })
}

/// The answer in the words of a kind that has its own.
fn senders_own(event: &Event) -> Option<HttpResponse> {
    (event.source.kind == SourceKind::PagerDutyEvents.as_str()).then(|| {
        let dedup_key = event.incident.dedup_key.as_deref();
        let body = EventsApiBody { status: "success", message: "Event processed", dedup_key };
        json(StatusCode::ACCEPTED, &body)
    })
}

fn kept(rejected: &Rejected, told: OnRejected) -> HttpResponse {
    match (told, rejected.reason.as_str()) {
        (OnRejected::Accept, _) => {
            let rejected = RejectedPart { id: &rejected.id, problems: &rejected.problems };
            json(StatusCode::ACCEPTED, &RejectedBody { rejected })
        }
        (OnRejected::Refuse, "not_json" | "bad_encoding") => Case::NotJson.response(&rejected.problems),
        (OnRejected::Refuse, _) => Case::Unusable.response(&rejected.problems),
    }
}

fn json(status: StatusCode, body: &impl Serialize) -> HttpResponse {
    // Strings and lists of strings: writing them can't fail.
    HttpResponse::build(status)
        .content_type("application/json")
        .body(serde_json::to_vec(body).unwrap_or_default())
}

//! What people are told.

use actix_web::HttpResponse;
use actix_web::http::header::{HeaderName, HeaderValue};
use serde::Serialize;

use crate::core::decision::DecisionRecord;
use crate::core::event::Event;
use crate::core::rejected::Problem;
use crate::core::vocabulary::Reason;
use crate::http::problem::{Case, Outcome};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What became of what they said.
#[derive(Debug)]
pub(super) enum Answer {
    /// On all in-sync replicas.
    Accepted(Box<Event>),
    /// And the fold has decided on it.
    Decided(Box<Event>, Box<DecisionRecord>),
    /// Not stored, or not known to be.
    Refused(Case, Vec<Problem>),
}

#[derive(Serialize)]
struct Body<'a> {
    events: [Named<'a>; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<&'a DecisionRecord>,
}

#[derive(Serialize)]
struct Named<'a> {
    id: &'a str,
    incident: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    warnings: &'a [String],
}

fn body<'a>(event: &'a Event, decision: Option<&'a DecisionRecord>) -> Body<'a> {
    let named = Named { id: &event.id, incident: &event.incident.id, warnings: &event.warnings };
    Body { events: [named], decision }
}

impl From<Case> for Answer {
    fn from(case: Case) -> Self {
        Self::Refused(case, Vec::new())
    }
}

impl Answer {
    /// For metrics: a verdict does not change that it was accepted.
    pub(super) fn outcome(&self) -> Outcome {
        match self {
            Self::Accepted(_) | Self::Decided(..) => Outcome::Accepted,
            Self::Refused(case, _) => case.outcome(),
        }
    }

    /// Finer than the outcome, for the log.
    pub(super) fn reason(&self) -> Option<&'static str> {
        match self {
            Self::Accepted(_) => None,
            Self::Decided(_, decision) => decision.reason.map(Reason::as_str),
            Self::Refused(case, _) => Some(case.slug()),
        }
    }

    /// The event that was stored, if one is known to be.
    pub(super) fn event(&self) -> Option<&Event> {
        match self {
            Self::Accepted(event) | Self::Decided(event, _) => Some(event),
            Self::Refused(..) => None,
        }
    }

    /// The answer as it goes out.
    pub(super) fn response(&self, request_id: &str) -> HttpResponse {
        let mut response = match self {
            Self::Accepted(event) => HttpResponse::Accepted().json(body(event, None)),
            Self::Decided(event, decision) => {
                let body = body(event, Some(decision));
                match verdict(decision.reason) {
                    None => HttpResponse::Ok().json(body),
                    Some(case) => case.response_with(&[], &body),
                }
            }
            Self::Refused(case, problems) => case.response(problems),
        };
        // Taken over or made: always visible ASCII.
        if let Ok(value) = HeaderValue::from_str(request_id) {
            response.headers_mut().insert(REQUEST_ID, value);
        }
        response
    }
}

/// What a decision comes down to for whoever waits for it; none where all is well. A retry of what
/// was taken already is well.
fn verdict(reason: Option<Reason>) -> Option<Case> {
    Some(match reason? {
        Reason::Duplicate => return None,
        Reason::UnknownIncident => Case::UnknownIncident,
        Reason::AlreadyClosed => Case::Ended,
        _ => Case::NotTaken,
    })
}

//! THE status table: every answer of the webhook port that is not a success, in one place
//! (configuration.md, "What the webhook port answers"), as problem+json (RFC 9457).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use serde::Serialize;

use crate::core::rejected::Problem;

/// Seconds that a sender is asked to wait before it tries again: long enough for a leader election
/// of Kafka, short enough for an incident.
const RETRY_AFTER_SECONDS: &str = "5";

/// Why a delivery was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    /// No source of this name, or no such path.
    NotFound,
    /// Another method than those in `Allow`.
    Method {
        /// The methods that are spoken.
        allow: &'static str,
    },
    /// Larger than `body_bytes_max`, packed or unpacked.
    TooLarge,
    /// A media type that the source does not speak.
    MediaType,
    /// A content encoding that is not spoken.
    Encoding,
    /// The body took too long.
    Slow,
    /// The body broke off, or its framing is wrong.
    Malformed,
    /// No proof of who sent it, or a wrong one.
    Unauthenticated {
        /// How it can be proved, for `WWW-Authenticate`: the scheme is no secret.
        challenge: &'static str,
    },
    /// Authentic and no JSON, where the source refuses.
    NotJson,
    /// Authentic JSON and not usable, where the source refuses.
    Unusable,
    /// The API: a declaration without an `Idempotency-Key` that can be one.
    NoKey,
    /// The API: no JSON. Nothing is kept: whoever sent it is told at once.
    Unreadable,
    /// The API: not what is wanted, or not what can be.
    Invalid,
    /// The API: the token's roles do not allow it.
    Forbidden,
    /// The API: nothing is known of the incident.
    UnknownIncident,
    /// The API: stored, and the incident had ended.
    Ended,
    /// The API: stored, and the fold could do nothing with it.
    NotTaken,
    /// Not known to be stored; never the sender's fault.
    Unavailable(Busy),
}

/// Why nothing could be stored just now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Busy {
    /// Starting or stopping.
    Draining,
    /// As many deliveries in flight as are allowed, of all sources or of this one.
    Permits,
    /// As many large bodies being read as are allowed.
    LargeBodies,
    /// The producer's queue is full.
    Queue,
    /// Kafka refused, or can't be reached.
    Kafka,
    /// The sender would stop waiting before Kafka acknowledges.
    Deadline,
    /// What the sender is known by can't be fetched.
    Certificate,
}

/// One line of the table.
struct Row {
    status: u16,
    /// Last part of the problem's type.
    slug: &'static str,
    title: &'static str,
    detail: &'static str,
    /// The outcome in metrics and logs.
    outcome: Outcome,
    /// Whether the connection ends with the answer. It does wherever the sender has not proved who
    /// it is: a strange connection that stays open could hold its place for ever.
    close: bool,
}

/// What became of a delivery: a closed list, as label and in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Stored.
    Accepted,
    /// Answered as the sender's contract asks, nothing stored.
    Handshake,
    /// Authentic, not usable, stored on `incident.rejected`.
    Rejected,
    /// 401.
    Unauthenticated,
    /// 403.
    Forbidden,
    /// 404.
    UnknownSource,
    /// 405.
    Method,
    /// 413.
    TooLarge,
    /// 415.
    MediaType,
    /// 408.
    Slow,
    /// 400 of the transport.
    Malformed,
    /// 503.
    Unavailable,
}

impl Outcome {
    /// All of them, in their order.
    pub const ALL: [Self; 12] = [
        Self::Accepted,
        Self::Handshake,
        Self::Rejected,
        Self::Unauthenticated,
        Self::Forbidden,
        Self::UnknownSource,
        Self::Method,
        Self::TooLarge,
        Self::MediaType,
        Self::Slow,
        Self::Malformed,
        Self::Unavailable,
    ];
    /// Its name in metrics and logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Handshake => "handshake",
            Self::Rejected => "rejected",
            Self::Unauthenticated => "unauthenticated",
            Self::Forbidden => "forbidden",
            Self::UnknownSource => "unknown_source",
            Self::Method => "method",
            Self::TooLarge => "too_large",
            Self::MediaType => "media_type",
            Self::Slow => "slow",
            Self::Malformed => "malformed",
            Self::Unavailable => "unavailable",
        }
    }
}

impl Case {
    /// The table. Nothing else decides a status.
    #[rustfmt::skip] // a table is read by its columns
    const fn row(self) -> Row {
        use Outcome as O;
        const KEEP: bool = false;
        const CLOSE: bool = true;
        match self {
            Self::NotFound => row(404, "unknown-source", O::UnknownSource, CLOSE,
                "No such source", "Webhooks go to /webhooks/{source}, by a name from the configuration; people's words to /v1/incidents."),
            Self::Method { .. } => row(405, "method", O::Method, CLOSE,
                "Method not allowed", "Webhooks, declarations and updates are posted."),
            Self::TooLarge => row(413, "too-large", O::TooLarge, CLOSE,
                "Body too large", "The body is larger than this port accepts, packed or unpacked."),
            Self::MediaType => row(415, "media-type", O::MediaType, CLOSE,
                "Media type not spoken", "Send JSON, with Content-Type: application/json."),
            Self::Encoding => row(415, "content-encoding", O::MediaType, CLOSE,
                "Content encoding not spoken", "Send the body as it is, or packed with gzip."),
            Self::Slow => row(408, "slow", O::Slow, CLOSE,
                "Too slow", "The body was not complete in time."),
            Self::Malformed => row(400, "malformed", O::Malformed, CLOSE,
                "Malformed request", "The body broke off or its framing is wrong."),
            // The same words whatever was wrong: they must not help to find out what is right.
            Self::Unauthenticated { .. } => row(401, "unauthenticated", O::Unauthenticated, CLOSE,
                "Not authenticated", "The delivery does not prove who sent it."),
            Self::NotJson => row(400, "not-json", O::Rejected, KEEP,
                "Body can't be read", "The body was kept for people to look at; no event was made of it."),
            Self::Unusable => row(422, "unusable", O::Rejected, KEEP,
                "Body can't be used", "The body was kept for people to look at; no event was made of it."),
            Self::NoKey => row(400, "idempotency-key", O::Rejected, KEEP,
                "Idempotency-Key is missing, or can't be one",
                "A declaration wants this header. It is up to 128 visible characters, the same ones each time that the same thing is sent. Nothing was stored."),
            Self::Unreadable => row(400, "unreadable", O::Rejected, KEEP,
                "Body can't be read", "JSON is wanted. Nothing was stored."),
            Self::Invalid => row(422, "invalid", O::Rejected, KEEP,
                "Not what can be said", "`problems` says what is wrong, and where. Nothing was stored."),
            Self::Forbidden => row(403, "role", O::Forbidden, KEEP,
                "Another role is wanted", "`problems` says for what, and which. Nothing was stored."),
            // Of these three, a verdict's outcome is accepted: it was stored (`incidents::answer`).
            Self::UnknownIncident => row(404, "unknown-incident", O::Rejected, KEEP,
                "No such incident", "Nothing is known of an incident of this id; `herald incident list` shows those that are."),
            // What to do is said here, since whoever is told has an incident on their hands.
            Self::Ended => row(409, "incident-ended", O::Rejected, KEEP,
                "The incident has ended",
                "Say stage reopened while the policy's reopen window lasts, corrects to correct what was said, follow_up for the final report; or declare a new one."),
            Self::NotTaken => row(422, "not-taken", O::Rejected, KEEP,
                "Nothing came of it", "It was stored, and changed nothing; the decision says why."),
            Self::Unavailable(busy) => {
                let (slug, close, detail) = match busy {
                    Busy::Draining => ("draining", CLOSE, "This process is starting or stopping."),
                    Busy::Permits => ("busy", KEEP, "Too many deliveries are being stored just now."),
                    Busy::LargeBodies => ("busy", CLOSE, "Too many large bodies are being read just now."),
                    Busy::Queue => ("queue-full", KEEP, "The queue towards Kafka is full."),
                    Busy::Kafka => ("kafka", KEEP, "Kafka has not acknowledged the delivery."),
                    Busy::Certificate => ("certificate", CLOSE, "The certificate that the sender signs with can't be fetched just now."),
                    Busy::Deadline => ("deadline", KEEP, "Kafka has not acknowledged the delivery in time."),
                };
                row(503, slug, O::Unavailable, close, "Not known to be stored: send it again", detail)
            }
        }
    }

    /// What metrics and logs call it.
    pub const fn outcome(self) -> Outcome {
        self.row().outcome
    }
    /// The last part of the problem's type: finer than the outcome.
    pub const fn slug(self) -> &'static str {
        self.row().slug
    }

    /// The answer. It says nothing of the body but where it is wrong.
    pub fn response(self, problems: &[Problem]) -> HttpResponse {
        self.response_with(problems, &Nothing {})
    }

    /// The same with members of its own.
    pub(super) fn response_with(self, problems: &[Problem], more: &impl Serialize) -> HttpResponse {
        let row = self.row();
        let body = Body {
            problem_type: format!("/problems/{}", row.slug),
            title: row.title,
            status: row.status,
            detail: row.detail,
            problems,
            more,
        };
        let mut response =
            HttpResponse::build(StatusCode::from_u16(row.status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE));
        response.content_type("application/problem+json");
        if row.close {
            response.force_close();
        }
        if let Some((name, value)) = self.headers() {
            response.insert_header((name, HeaderValue::from_static(value)));
        }
        // Strings and lists of strings: writing them can't fail.
        response.body(serde_json::to_vec(&body).unwrap_or_default())
    }

    /// Headers that go with the status.
    fn headers(self) -> Option<(HeaderName, &'static str)> {
        Some(match self {
            Self::Method { allow } => (header::ALLOW, allow),
            Self::Unavailable(_) => (header::RETRY_AFTER, RETRY_AFTER_SECONDS),
            Self::Encoding => (header::ACCEPT_ENCODING, "gzip"),
            Self::Unauthenticated { challenge } => (header::WWW_AUTHENTICATE, challenge),
            _ => return None,
        })
    }
}

const fn row(
    status: u16,
    slug: &'static str,
    outcome: Outcome,
    close: bool,
    title: &'static str,
    detail: &'static str,
) -> Row {
    Row { status, slug, title, detail, outcome, close }
}

/// No members of its own.
#[derive(Serialize)]
struct Nothing {}

#[derive(Serialize)]
struct Body<'p, M> {
    #[serde(rename = "type")]
    problem_type: String,
    title: &'static str,
    status: u16,
    detail: &'static str,
    #[serde(skip_serializing_if = "<[Problem]>::is_empty")]
    problems: &'p [Problem],
    #[serde(flatten)]
    more: &'p M,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_on_our_side_is_503_and_nothing_else_is() {
        let busy = [
            Busy::Draining,
            Busy::Permits,
            Busy::LargeBodies,
            Busy::Queue,
            Busy::Kafka,
            Busy::Deadline,
            Busy::Certificate,
        ];
        for case in busy.map(Case::Unavailable) {
            let response = case.response(&[]);
            assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
            assert!(response.headers().contains_key(header::RETRY_AFTER));
        }
        for (case, status) in [
            (Case::NotFound, 404),
            (Case::Method { allow: "POST" }, 405),
            (Case::TooLarge, 413),
            (Case::MediaType, 415),
            (Case::Encoding, 415),
            (Case::Slow, 408),
            (Case::Malformed, 400),
            (Case::Unauthenticated { challenge: "Bearer" }, 401),
            (Case::NotJson, 400),
            (Case::Unusable, 422),
            (Case::NoKey, 400),
            (Case::Unreadable, 400),
            (Case::Invalid, 422),
            (Case::Forbidden, 403),
            (Case::UnknownIncident, 404),
            (Case::Ended, 409),
            (Case::NotTaken, 422),
        ] {
            assert_eq!(case.response(&[]).status().as_u16(), status);
            assert!(!case.response(&[]).headers().contains_key(header::RETRY_AFTER));
        }
    }
}

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
    Unauthenticated,
    /// Authentic and no JSON, where the source refuses.
    NotJson,
    /// Authentic JSON and not usable, where the source refuses.
    Unusable,
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
}

/// One line of the table.
struct Row {
    status: StatusCode,
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
    pub const ALL: [Self; 11] = [
        Self::Accepted,
        Self::Handshake,
        Self::Rejected,
        Self::Unauthenticated,
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
    const fn row(self) -> Row {
        const fn row(
            status: StatusCode,
            slug: &'static str,
            title: &'static str,
            detail: &'static str,
            outcome: Outcome,
            close: bool,
        ) -> Row {
            Row { status, slug, title, detail, outcome, close }
        }
        match self {
            Self::NotFound => row(
                StatusCode::NOT_FOUND,
                "unknown-source",
                "No such source",
                "Webhooks go to /webhooks/{source}, by a name from the configuration.",
                Outcome::UnknownSource,
                true,
            ),
            Self::Method { .. } => row(
                StatusCode::METHOD_NOT_ALLOWED,
                "method",
                "Method not allowed",
                "Webhooks are posted.",
                Outcome::Method,
                true,
            ),
            Self::TooLarge => row(
                StatusCode::PAYLOAD_TOO_LARGE,
                "too-large",
                "Body too large",
                "The body is larger than this port accepts, packed or unpacked.",
                Outcome::TooLarge,
                true,
            ),
            Self::MediaType => row(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "media-type",
                "Media type not spoken",
                "Send JSON, with Content-Type: application/json.",
                Outcome::MediaType,
                true,
            ),
            Self::Encoding => row(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "content-encoding",
                "Content encoding not spoken",
                "Send the body as it is, or packed with gzip.",
                Outcome::MediaType,
                true,
            ),
            Self::Slow => row(
                StatusCode::REQUEST_TIMEOUT,
                "slow",
                "Too slow",
                "The body was not complete in time.",
                Outcome::Slow,
                true,
            ),
            Self::Malformed => row(
                StatusCode::BAD_REQUEST,
                "malformed",
                "Malformed request",
                "The body broke off or its framing is wrong.",
                Outcome::Malformed,
                true,
            ),
            // The same words whatever was wrong: they must not help to find out what is right.
            Self::Unauthenticated => row(
                StatusCode::UNAUTHORIZED,
                "unauthenticated",
                "Not authenticated",
                "The delivery does not prove who sent it.",
                Outcome::Unauthenticated,
                true,
            ),
            Self::NotJson => row(
                StatusCode::BAD_REQUEST,
                "not-json",
                "Body can't be read",
                "The body was kept for people to look at, and no event was made of it.",
                Outcome::Rejected,
                false,
            ),
            Self::Unusable => row(
                StatusCode::UNPROCESSABLE_ENTITY,
                "unusable",
                "Body can't be used",
                "The body was kept for people to look at, and no event was made of it.",
                Outcome::Rejected,
                false,
            ),
            Self::Unavailable(busy) => {
                let (slug, detail) = busy.words();
                row(
                    StatusCode::SERVICE_UNAVAILABLE,
                    slug,
                    "Not known to be stored: send it again",
                    detail,
                    Outcome::Unavailable,
                    matches!(busy, Busy::Draining | Busy::LargeBodies),
                )
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
        let row = self.row();
        let body = Body {
            problem_type: format!("/problems/{}", row.slug),
            title: row.title,
            status: row.status.as_u16(),
            detail: row.detail,
            problems,
        };
        let mut response = HttpResponse::build(row.status);
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
            _ => return None,
        })
    }
}

impl Busy {
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Draining => ("draining", "This process is starting or stopping."),
            Self::Permits => ("busy", "Too many deliveries are being stored just now."),
            Self::LargeBodies => ("busy", "Too many large bodies are being read just now."),
            Self::Queue => ("queue-full", "The queue towards Kafka is full."),
            Self::Kafka => ("kafka", "Kafka has not acknowledged the delivery."),
            Self::Deadline => ("deadline", "Kafka has not acknowledged the delivery in time."),
        }
    }
}

#[derive(Serialize)]
struct Body<'p> {
    #[serde(rename = "type")]
    problem_type: String,
    title: &'static str,
    status: u16,
    detail: &'static str,
    #[serde(skip_serializing_if = "<[Problem]>::is_empty")]
    problems: &'p [Problem],
}

//! The ids by which one delivery is found in logs, answers and traces.

use actix_web::http::header::HeaderMap;

use crate::unique::{self, number};

/// Longest request id that is taken over.
const REQUEST_ID_BYTES_MAX: usize = 128;
/// `00-<trace>-<parent>-<flags>`.
const TRACEPARENT_BYTES: usize = 55;

/// The sender's `X-Request-Id` where it is one, else a new one.
pub(crate) fn request_id(headers: &HeaderMap) -> String {
    let given = headers.get("x-request-id").and_then(|value| value.to_str().ok());
    let visible = |id: &&str| {
        !id.is_empty() && id.len() <= REQUEST_ID_BYTES_MAX && id.bytes().all(|byte| byte.is_ascii_graphic())
    };
    given.filter(visible).map_or_else(unique::id, str::to_owned)
}

/// The sender's `traceparent` where it is one (W3C Trace Context), else a new trace.
pub(crate) fn traceparent(headers: &HeaderMap) -> String {
    let given = headers.get("traceparent").and_then(|value| value.to_str().ok());
    given.filter(|value| is_traceparent(value)).map_or_else(
        // `| 1`: neither id may be all zeros.
        || format!("00-{:016x}{:016x}-{:016x}-01", number(), number() | 1, number() | 1),
        str::to_owned,
    )
}

fn is_traceparent(value: &str) -> bool {
    let hex = |part: &str, length: usize| {
        part.len() == length && part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let set = |part: &str| part.bytes().any(|byte| byte != b'0');
    let parts: Vec<&str> = value.split('-').collect();
    match parts.as_slice() {
        ["00", trace, parent, flags] if value.len() == TRACEPARENT_BYTES => {
            hex(trace, 32) && set(trace) && hex(parent, 16) && set(parent) && hex(flags, 2)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn with(name: &'static str, value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value).expect("a value"));
        headers
    }

    #[test]
    fn only_visible_request_ids_are_taken_over() {
        assert_eq!(request_id(&with("x-request-id", "a-1_B/c")), "a-1_B/c");
        for odd in ["", "a b", "ü", &"x".repeat(129)] {
            let made = request_id(&with("x-request-id", odd));
            assert!(made.len() == 32 && made != odd, "{made}");
        }
        assert_ne!(request_id(&HeaderMap::new()), request_id(&HeaderMap::new()));
    }

    #[test]
    fn only_sound_traces_are_continued() {
        let sound = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert_eq!(traceparent(&with("traceparent", sound)), sound);
        for odd in [
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
            "x",
        ] {
            let made = traceparent(&with("traceparent", odd));
            assert!(made != odd && is_traceparent(&made), "{made}");
        }
    }
}

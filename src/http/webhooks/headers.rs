//! Headers that are passed on: what adapters read, and what a rejected body is kept with.

use actix_web::http::header::HeaderMap;

use crate::core::sources::Reader;
use crate::core::text::clean_line;

/// Most headers kept with a rejected body.
const HEADERS_MAX: usize = 64;
/// Longest value of one that is kept.
const VALUE_CHARS_MAX: usize = 512;
/// A header whose name has one of these in it may hold a secret. Rather one header too few is kept
/// than one secret.
const SECRET_WORDS: &[&str] =
    &["auth", "cookie", "credential", "jwt", "key", "password", "secret", "session", "signature", "token"];

/// What adapters read: few, so that a delivery costs few copies.
pub(super) fn for_adapters(headers: &HeaderMap, reader: &Reader) -> Vec<(String, String)> {
    headers
        .iter()
        .filter(|(name, _)| reader.reads_header(name.as_str()))
        .map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect()
}

/// What a rejected body is kept with: everything but what may be a secret.
pub(super) fn without_secrets(headers: &HeaderMap, signature_header: Option<&str>) -> Vec<(String, String)> {
    let may_stay = |name: &str| {
        signature_header.is_none_or(|header| !header.eq_ignore_ascii_case(name))
            && !SECRET_WORDS.iter().any(|word| name.contains(word))
    };
    headers
        .iter()
        .filter(|(name, _)| may_stay(name.as_str()))
        .map(|(name, value)| {
            let value = clean_line(&String::from_utf8_lossy(value.as_bytes()), VALUE_CHARS_MAX);
            (name.as_str().to_owned(), value)
        })
        .take(HEADERS_MAX)
        .collect()
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn secrets_are_not_kept() {
        let mut headers = HeaderMap::new();
        for name in [
            "authorization",
            "proxy-authorization",
            "cookie",
            "x-pagerduty-signature",
            "x-api-key",
            "x-gitlab-token",
            "x-own-proof",
            "x-amz-security-token",
            "x-auth",
            "user-agent",
            "content-type",
            "x-webhook-id",
        ] {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static("v"));
        }
        let mut kept: Vec<_> =
            without_secrets(&headers, Some("X-Own-Proof")).into_iter().map(|(name, _)| name).collect();
        kept.sort_unstable();
        assert_eq!(kept, ["content-type", "user-agent", "x-webhook-id"]);
        let reader = crate::core::sources::SourceKind::PagerDuty.into();
        assert_eq!(for_adapters(&headers, &reader), [("x-webhook-id".to_owned(), "v".to_owned())]);
    }
}

//! Headers that are passed on: what adapters read, and what a rejected body is kept with.

use actix_web::http::header::HeaderMap;

use crate::core::sources::Reader;
use crate::core::text::clean_line;
use crate::http::settings::AuthSettings;

/// Most headers kept with a rejected body.
const HEADERS_MAX: usize = 64;
/// Longest value of one that is kept.
const VALUE_CHARS_MAX: usize = 512;
/// A header whose name has one of these in it may hold a secret. Rather one header too few is kept
/// than one secret.
const SECRET_WORDS: &[&str] =
    &["auth", "cookie", "credential", "jwt", "key", "password", "secret", "session", "signature", "token"];

/// What adapters read: few, so that a delivery costs few copies.
pub(super) fn for_adapters(
    headers: &HeaderMap,
    reader: &Reader,
    auth: &AuthSettings,
) -> Vec<(String, String)> {
    headers
        .iter()
        .filter(|(name, _)| reader.reads_header(name.as_str()) && !auth.is_proof(name.as_str()))
        .map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect()
}

/// What a rejected body is kept with: everything but what may be a secret, or proves who sent it.
pub(super) fn without_secrets(headers: &HeaderMap, auth: &AuthSettings) -> Vec<(String, String)> {
    let may_stay = |name: &str| !auth.is_proof(name) && !SECRET_WORDS.iter().any(|word| name.contains(word));
    headers
        .iter()
        .filter(|(name, value)| may_stay(name.as_str()) && !auth.shows_secret(value.as_bytes()))
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
    use crate::http::settings::signing::{PRESETS, Signing};
    use crate::secret::Secret;

    fn kept(auth: &AuthSettings, pairs: &[(&'static str, &'static str)]) -> Vec<String> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        let mut kept: Vec<_> = without_secrets(&headers, auth).into_iter().map(|(name, _)| name).collect();
        kept.sort_unstable();
        kept
    }

    #[test]
    fn secrets_are_not_kept() {
        let names = [
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
        ];
        let own = AuthSettings::Header {
            header: "x-own-proof".to_owned(),
            prefix: String::new(),
            secrets: vec![Secret::new("s3cret")],
        };
        assert_eq!(
            kept(&own, &names.map(|name| (name, "v"))),
            ["content-type", "user-agent", "x-webhook-id"]
        );
    }

    #[test]
    fn what_proves_it_is_not_kept_by_whatever_name() {
        for preset in PRESETS.iter().filter(|preset| preset.scheme != "hmac") {
            let auth = AuthSettings::Signed(Signing { form: preset.form(), keys: Vec::new() });
            for place in preset.form().places {
                let name = HeaderName::try_from(place.signature).expect("a name");
                let headers = [(name, HeaderValue::from_static("v"))].into_iter().collect();
                assert_eq!(without_secrets(&headers, &auth), [], "{}", preset.scheme);
            }
        }
        // A proxy repeats the address that it was asked for.
        let url =
            AuthSettings::UrlSecret { parameter: "token".to_owned(), secrets: vec![Secret::new("s3/cret")] };
        let pairs = [
            ("x-original-uri", "/webhooks/gcp?token=s3/cret"),
            ("referer", "https://x/webhooks/gcp/s3%2Fcret"),
            ("x-forwarded-host", "herald"),
        ];
        assert_eq!(kept(&url, &pairs), ["x-forwarded-host"]);
    }

    #[test]
    fn adapters_read_few_headers_and_no_proof() {
        let headers = [("x-webhook-id", "v"), ("user-agent", "v")];
        let headers =
            headers.map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        let headers: HeaderMap = headers.into_iter().collect();
        let reader = crate::core::sources::SourceKind::PagerDuty.into();
        let read = |auth| for_adapters(&headers, &reader, &auth);
        assert_eq!(read(AuthSettings::None), [("x-webhook-id".to_owned(), "v".to_owned())]);
        let (header, prefix) = ("x-webhook-id".to_owned(), String::new());
        assert_eq!(read(AuthSettings::Header { header, prefix, secrets: Vec::new() }), []);
    }
}

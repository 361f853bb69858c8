//! Who sent it? Checked over the bytes as received, in constant time, with every secret tried.

use actix_web::http::header::{self, HeaderMap, HeaderName};
use data_encoding::{BASE64, HEXLOWER_PERMISSIVE};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Sha256, Sha512};
use subtle::ConstantTimeEq;

use crate::core::vocabulary::AuthKind;
use crate::http::settings::{AuthSettings, HmacAlgorithm, SignatureEncoding};
use crate::secret::Secret;

/// Most signatures looked at in one header: a rotation has two.
const SIGNATURES_MAX: usize = 8;
const PAGERDUTY_SIGNATURE: HeaderName = HeaderName::from_static("x-pagerduty-signature");

/// A delivery has proved who sent it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Proof {
    pub(crate) kind: AuthKind,
    /// Which of the secrets matched, by its place.
    pub(crate) key: Option<usize>,
}

/// Refuses what can't be authentic whatever its body says: so no stranger's body is read for
/// schemes whose proof is in a header alone.
pub(crate) fn may_be(settings: &AuthSettings, headers: &HeaderMap) -> bool {
    match settings {
        AuthSettings::None => true,
        AuthSettings::Bearer { .. } | AuthSettings::Basic { .. } => verify(settings, headers, b"").is_some(),
        AuthSettings::PagerDuty { .. } => headers.contains_key(PAGERDUTY_SIGNATURE),
        AuthSettings::Hmac { header, .. } => headers.contains_key(header.as_str()),
    }
}

/// The proof, if there is one.
pub(crate) fn verify(settings: &AuthSettings, headers: &HeaderMap, body: &[u8]) -> Option<Proof> {
    match settings {
        AuthSettings::None => Some(Proof { kind: AuthKind::None, key: None }),
        AuthSettings::Bearer { secrets } => {
            let token = credentials(headers, "bearer")?;
            shared(secrets, token.as_bytes())
        }
        AuthSettings::Basic { secrets } => {
            let pair = BASE64.decode(credentials(headers, "basic")?.as_bytes()).ok()?;
            shared(secrets, &pair)
        }
        AuthSettings::PagerDuty { secrets } => {
            let values = headers.get_all(PAGERDUTY_SIGNATURE).filter_map(|value| value.to_str().ok());
            let candidates: Vec<Vec<u8>> = values
                .flat_map(|value| value.split(','))
                // Other versions than v1 are not ours to judge.
                .filter_map(|part| part.trim().strip_prefix("v1="))
                .filter_map(|hex| HEXLOWER_PERMISSIVE.decode(hex.as_bytes()).ok())
                .take(SIGNATURES_MAX)
                .collect();
            signed(secrets, HmacAlgorithm::Sha256, &candidates, body)
        }
        AuthSettings::Hmac { header, algorithm, encoding, prefix, secrets } => {
            let value = headers.get(header.as_str())?.to_str().ok()?.trim();
            let written = value.strip_prefix(prefix.as_str())?.as_bytes();
            let candidate = match encoding {
                SignatureEncoding::Hex => HEXLOWER_PERMISSIVE.decode(written),
                SignatureEncoding::Base64 => BASE64.decode(written),
            };
            signed(secrets, *algorithm, &[candidate.ok()?], body)
        }
    }
}

/// What follows the scheme in `Authorization`. Two such headers prove nothing.
pub(in crate::http) fn credentials<'h>(headers: &'h HeaderMap, scheme: &str) -> Option<&'h str> {
    let mut values = headers.get_all(header::AUTHORIZATION);
    let value = values.next()?.to_str().ok()?;
    if values.next().is_some() {
        return None;
    }
    let (found, credentials) = value.trim().split_once(' ')?;
    found.eq_ignore_ascii_case(scheme).then(|| credentials.trim_start())
}

/// All secrets are tried, whichever matches, so that the time says nothing of their order.
fn shared(secrets: &[Secret], candidate: &[u8]) -> Option<Proof> {
    let matching = secrets.iter().enumerate().filter(|(_, secret)| secret.matches(candidate));
    let key = matching.map(|(place, _)| place).fold(None, |first, place| first.or(Some(place)));
    // An empty secret is a mistake in the configuration, not a password.
    key.filter(|_| !candidate.is_empty()).map(|key| Proof { kind: AuthKind::SharedSecret, key: Some(key) })
}

fn signed(
    secrets: &[Secret],
    algorithm: HmacAlgorithm,
    candidates: &[Vec<u8>],
    body: &[u8],
) -> Option<Proof> {
    let mut found = None;
    for (place, secret) in secrets.iter().enumerate().filter(|(_, secret)| !secret.expose().is_empty()) {
        let tag = match algorithm {
            HmacAlgorithm::Sha256 => tag::<Hmac<Sha256>>(secret, body),
            HmacAlgorithm::Sha512 => tag::<Hmac<Sha512>>(secret, body),
        };
        let Some(tag) = tag else { continue };
        for candidate in candidates {
            let same: bool = tag.as_slice().ct_eq(candidate).into();
            if same && found.is_none() {
                found = Some(Proof { kind: AuthKind::Signature, key: Some(place) });
            }
        }
    }
    found
}

/// HMAC takes a key of any length, so there always is a tag.
fn tag<M: Mac + KeyInit>(secret: &Secret, body: &[u8]) -> Option<Vec<u8>> {
    let mut mac = <M as KeyInit>::new_from_slice(secret.expose()).ok()?;
    mac.update(body);
    Some(mac.finalize().into_bytes().to_vec())
}

#[cfg(test)]
#[path = "auth_tests.rs"]
mod tests;

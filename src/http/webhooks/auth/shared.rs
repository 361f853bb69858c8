//! Secrets that are sent as they are.

use actix_web::http::header::{self, HeaderMap};
use data_encoding::BASE64;

use super::{Fault, Posted};
use crate::secret::Secret;

pub(super) fn bearer(secrets: &[Secret], posted: &Posted<'_>) -> Result<usize, Fault> {
    let token = credentials(posted.headers, "bearer").ok_or(Fault::NoCredentials)?;
    place_of(secrets, token.as_bytes())
}

pub(super) fn basic(secrets: &[Secret], posted: &Posted<'_>) -> Result<usize, Fault> {
    let pair = credentials(posted.headers, "basic").and_then(|pair| BASE64.decode(pair.as_bytes()).ok());
    place_of(secrets, &pair.ok_or(Fault::NoCredentials)?)
}

pub(super) fn header(
    name: &str,
    prefix: &str,
    secrets: &[Secret],
    posted: &Posted<'_>,
) -> Result<usize, Fault> {
    let value = posted.only(name).and_then(|value| value.strip_prefix(prefix)).ok_or(Fault::NoHeader)?;
    place_of(secrets, value.as_bytes())
}

pub(super) fn url(parameter: &str, secrets: &[Secret], posted: &Posted<'_>) -> Result<usize, Fault> {
    place_of(secrets, &posted.url_secret(parameter).ok_or(Fault::NoUrlSecret)?)
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

/// Which of the secrets it is. All are tried, whichever matches, so that the time says nothing of
/// their order.
fn place_of(secrets: &[Secret], candidate: &[u8]) -> Result<usize, Fault> {
    let matching = secrets.iter().enumerate().filter(|(_, secret)| secret.matches(candidate));
    let place = matching.map(|(place, _)| place).fold(None, |first, place| first.or(Some(place)));
    // An empty secret is a mistake in the configuration, not a password.
    place.filter(|_| !candidate.is_empty()).ok_or(Fault::WrongSecret)
}

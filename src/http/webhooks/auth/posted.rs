//! What the head of a delivery says, as far as it may hold a proof.

use std::borrow::Cow;

use actix_web::HttpRequest;
use actix_web::http::header::HeaderMap;
use jiff::Timestamp;
use percent_encoding::percent_decode_str;

/// See the module's text.
pub(crate) struct Posted<'r> {
    pub(crate) headers: &'r HeaderMap,
    /// The path below the source's own.
    pub(crate) below: Option<&'r str>,
    pub(crate) query: &'r str,
    pub(crate) now: Timestamp,
}

impl<'r> Posted<'r> {
    /// What this request says, at this time.
    pub(crate) fn of(request: &'r HttpRequest, now: Timestamp) -> Self {
        let path = request.uri().path();
        let below = path.strip_prefix("/webhooks/").and_then(|rest| rest.split_once('/'));
        Self {
            headers: request.headers(),
            below: below.map(|(_, below)| below),
            query: request.uri().query().unwrap_or_default(),
            now,
        }
    }

    /// The only value of a header; two of them prove nothing.
    pub(super) fn only(&self, name: &str) -> Option<&'r str> {
        let mut values = self.headers.get_all(name);
        let value = values.next()?;
        if values.next().is_some() { None } else { value.to_str().ok() }
    }

    /// The secret in the path, or the one value of this name in the query.
    pub(super) fn url_secret(&self, parameter: &str) -> Option<Cow<'r, [u8]>> {
        if let Some(below) = self.below {
            return Some(percent_decode_str(below).into());
        }
        let pairs = self.query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        let mut values = pairs.filter(|(name, _)| percent_decode_str(name).eq(parameter.bytes()));
        let (_, value) = values.next()?;
        if values.next().is_some() { None } else { Some(percent_decode_str(value).into()) }
    }
}

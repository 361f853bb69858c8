//! Sentry: the integration platform's webhooks, and the legacy plugin's.
//!
//! An error's event holds whatever the application knew of its user: addresses, requests, variables.
//! Only the error's own message, and tags of [`event::TAGS`], leave this file.

mod event;
mod page;
mod platform;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use crate::core::rejected::Problem;
use crate::core::sources::about::{About, Ends};
use crate::core::sources::body::{self, Parsed};
use crate::core::sources::build;
use crate::core::sources::reader::Fields;
use crate::core::sources::{Delivery, Handshake, Read};
use crate::core::tree::Tree;

/// See [`About`].
pub(super) static ABOUT: About = About {
    name: "sentry",
    title: "Sentry",
    schema: include_str!("../../../../../schemas/sentry.json"),
    parse,
    read,
    headers: &["request-id", "sentry-hook-resource", "sentry-hook-timestamp"],
    media_types: &[],
    waits_ms: Some(1_000),
    punishes_refusal: false,
    ends: Ends::Both,
    page: page::PAGE,
};

/// Sentry sends some requests without any body, and says that it is JSON.
fn parse<'b>(delivery: &Delivery<'b>) -> Result<Parsed<'b>, Problem> {
    if delivery.body.trim_ascii().is_empty() { Ok(Tree::Null.into()) } else { body::json(delivery) }
}

/// Reads a body that its schema accepts.
fn read(delivery: &Delivery<'_>, body: &Tree<'_>) -> Read {
    if *body == Tree::Null {
        return Read::Handshake(Handshake::Answered);
    }
    let Some(outer) = Fields::of(body, "") else {
        return build::rejected("schema", "", "an object is expected");
    };
    // Relays put the platform's body a level deeper.
    let within = outer.deep(&["data"]).filter(|inner| inner.deep(&["data"]).is_some());
    let fields = within.unwrap_or(outer);
    match fields.deep(&["data"]) {
        Some(data) => platform::read(delivery, &fields, &data),
        None => event::legacy(delivery, &fields),
    }
}

/// `…/issues/123/…`: the issue, where only its address is given.
fn issue_of(address: &str) -> Option<Cow<'_, str>> {
    let (_, rest) = address.split_once("/issues/")?;
    let id = rest.split(['/', '?', '#']).next().filter(|id| !id.is_empty())?;
    Some(Cow::Borrowed(id))
}

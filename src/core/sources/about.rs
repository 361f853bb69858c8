//! What is known of one kind of sender, described once: its adapter, its schema, how it proves
//! itself, how patient it is, and its page in docs/sources.

use super::body::Parsed;
use super::{Delivery, Read};
use crate::core::rejected::Problem;
use crate::core::tree::Tree;

/// Takes the body of a delivery apart.
pub(super) type TakeApart = for<'b> fn(&Delivery<'b>) -> Result<Parsed<'b>, Problem>;

/// See the module's text.
#[derive(Debug)]
pub struct About {
    /// Its name in configuration, events and metrics.
    pub name: &'static str,
    /// What people call the tool.
    pub title: &'static str,
    /// The JSON Schema of what Herald can't do without.
    pub schema: &'static str,
    /// Body to tree. [`super::body::json`] unless the sender does otherwise.
    pub(super) parse: TakeApart,
    /// Tree to events; the schema has accepted it.
    pub(super) read: fn(&Delivery<'_>, &Tree<'_>) -> Read,
    /// Headers that the adapter reads, in lower case; one that ends with `*` stands for all that
    /// begin so. Those that hold the sender's id of the delivery come first.
    pub headers: &'static [&'static str],
    /// Media types that it posts besides JSON: `application/x-www-form-urlencoded`, or `*` for any.
    pub media_types: &'static [&'static str],
    /// How long it waits for an answer, in milliseconds, where that is known.
    pub waits_ms: Option<u32>,
    /// Does it drop deliveries or disable itself when it is answered with 4xx?
    pub punishes_refusal: bool,
    /// How its incidents end.
    pub ends: Ends,
    /// What its page says besides.
    pub page: Page,
}

/// Who ends an incident of this kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    /// The sender says so.
    Sender,
    /// It never says so: a person ends it, or silence does (`close_silent_after` in policy.yaml).
    Person,
    /// Some of its deliveries have an end and some have none.
    Both,
}

/// The page of a kind, for whoever points the tool at Herald.
#[derive(Debug)]
pub struct Page {
    /// What it is that is read, in a sentence or two.
    pub intro: &'static str,
    /// The steps in the tool, in order; Markdown. `{url}` is the source's address.
    pub setup: &'static [&'static str],
    /// The value of `auth:` in the configuration that suits it best.
    pub auth: &'static str,
    /// What stands where in a body, and what it becomes.
    pub reads: &'static [(&'static str, &'static str)],
    /// The sender's words, and what they mean here.
    pub means: &'static [(&'static str, &'static str)],
    /// What the tool can't say, or says in a way that is not read.
    pub not_said: &'static [&'static str],
}

impl About {
    /// The header of this name is read.
    pub fn reads_header(&self, name: &str) -> bool {
        self.headers.iter().any(|known| match known.strip_suffix('*') {
            Some(start) => name.starts_with(start),
            None => *known == name,
        })
    }
    /// The sender posts this media type, besides JSON.
    pub fn speaks(&self, media_type: &str) -> bool {
        self.media_types.iter().any(|known| *known == "*" || *known == media_type)
    }
}

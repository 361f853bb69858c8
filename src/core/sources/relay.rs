//! A body that an automation passed on: it puts what the sender posted, or most of it, into `data`
//! of an envelope of its own, with a `type` that begins with the sender's name.

use std::borrow::Cow;

use jiff::Timestamp;

use super::reader::{Fields, Warnings};
use crate::core::event::Event;
use crate::core::tree::Tree;
use crate::core::vocabulary::TimeQuality;

/// What the sender posted, with or without an envelope around it.
pub(super) struct Opened<'v> {
    pub(super) fields: Fields<'v>,
    /// The envelope's word for it, where there is one: `pagerduty.incident.triggered`.
    pub(super) word: Option<Cow<'v, str>>,
    passed_on_at: Option<Timestamp>,
}

/// Opens a body; none where it is no object.
pub(super) fn open<'v>(body: &'v Tree<'v>, w: &mut Warnings) -> Option<Opened<'v>> {
    let outer = Fields::of(body, "")?;
    let word = outer.get("type").and_then(Tree::as_str).filter(|word| word.contains('.'));
    let inner = outer.get("timestamp").and(outer.get("data")).and_then(|data| Fields::of(data, "/data"));
    let (Some(word), Some(fields)) = (word, inner) else {
        return Some(Opened { fields: outer, word: None, passed_on_at: None });
    };
    w.add("relayed", "/data");
    let passed_on_at = outer.instant("timestamp", w);
    Some(Opened { fields, word: Some(Cow::Borrowed(word)), passed_on_at })
}

impl Opened<'_> {
    /// When it was passed on, where nothing else says when it was.
    pub(super) fn date(&self, event: &mut Event) {
        if event.occurred_at.is_none() && self.passed_on_at.is_some() {
            event.occurred_at = self.passed_on_at;
            event.occurred_at_quality = TimeQuality::Derived;
        }
    }
}

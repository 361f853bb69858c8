//! Conditions on a body, in the language of the policy's matchers: a map of field and condition,
//! all of which must hold. A field is a place in the body, a header, or a field of the event that
//! was read already.

use std::borrow::Cow;

use regex::Regex;

use super::found::Cx;
use super::path::Path;
use crate::core::event::Event;
use crate::core::sources::reader::opaque;
use crate::core::tree::Tree;
use crate::core::vocabulary::{Priority, StageWord};

/// A condition.
#[derive(Debug, Clone)]
pub enum Condition {
    /// Every one.
    All(Vec<Condition>),
    /// At least one.
    Any(Vec<Condition>),
    /// Not this.
    Not(Box<Condition>),
    /// One of the values passes a test; none that does is a failed test.
    Is(Field, Test),
}

/// What is looked at.
#[derive(Debug, Clone)]
pub enum Field {
    /// A place in the body.
    Path(Path),
    /// A header, by its name in lower case.
    Header(String),
    /// A field of the event.
    Event(EventField),
}

/// A field of the event, by its name in a mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventField {
    /// What changed.
    Type,
    /// The stage.
    Stage,
    /// The title.
    Title,
    /// The sender's priority as it is understood.
    Priority,
    /// Technical severity.
    Severity,
    /// production, staging …
    Environment,
    /// Services by name.
    Service,
    /// A label's values.
    Label(String),
}

/// A test.
#[derive(Debug, Clone)]
pub enum Test {
    /// Any of these.
    AnyOf(Vec<String>),
    /// A number, at least this.
    AtLeast(f64),
    /// A number, at most this.
    AtMost(f64),
    /// The whole value.
    Matches(Regex),
    /// Is there any value?
    Present(bool),
    /// Not one value passes.
    Not(Box<Test>),
}

impl Condition {
    /// Does it hold? An event is there only once it was read.
    pub(super) fn holds(&self, cx: Cx<'_>, event: Option<&Event>) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.holds(cx, event)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(cx, event)),
            Self::Not(part) => !part.holds(cx, event),
            Self::Is(field, test) => passes(field, test, cx, event),
        }
    }

    /// Every place and header that is looked at.
    pub fn visit(&self, visit: &mut dyn FnMut(&Field)) {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.visit(visit)),
            Self::Not(part) => part.visit(visit),
            Self::Is(field, _) => visit(field),
        }
    }
}

fn passes(field: &Field, test: &Test, cx: Cx<'_>, event: Option<&Event>) -> bool {
    match test {
        Test::Not(test) => !passes(field, test, cx, event),
        Test::Present(wanted) => some(field, cx, event, &mut |_| true) == *wanted,
        Test::AnyOf(words) => some(field, cx, event, &mut |value| words.iter().any(|word| *word == value)),
        Test::AtLeast(bound) => {
            some(field, cx, event, &mut |value| number(value).is_some_and(|n| n >= *bound))
        }
        Test::AtMost(bound) => {
            some(field, cx, event, &mut |value| number(value).is_some_and(|n| n <= *bound))
        }
        Test::Matches(regex) => some(field, cx, event, &mut |value| regex.is_match(value)),
    }
}

fn number(text: &str) -> Option<f64> {
    text.trim().parse().ok()
}

/// Does one of the values pass? Blank text is no value; an object or a list is one without words.
fn some(field: &Field, cx: Cx<'_>, event: Option<&Event>, test: &mut dyn FnMut(&str) -> bool) -> bool {
    match field {
        Field::Header(name) => cx.delivery.header(name).is_some_and(test),
        Field::Event(field) => event.is_some_and(|event| field.values(event).iter().any(|value| test(value))),
        Field::Path(path) => {
            let mut passed = false;
            path.each(cx.from(path), &mut |tree| {
                let mut one = |tree| match opaque(tree) {
                    Some(word) => !word.trim().is_empty() && test(word.trim()),
                    None => test(""),
                };
                passed = match tree {
                    Tree::List(elements) => elements.iter().any(one),
                    tree => one(tree),
                };
                !passed
            });
            passed
        }
    }
}

impl EventField {
    fn values<'e>(&self, event: &'e Event) -> Vec<Cow<'e, str>> {
        let one = |word: Option<&'e str>| word.map(Cow::Borrowed).into_iter().collect();
        match self {
            Self::Type => one(Some(event.event_type.as_str())),
            Self::Stage => one(event.stage.map(StageWord::as_str)),
            Self::Title => one(event.title.as_deref()),
            Self::Priority => one(event.priority.as_ref().and_then(|p| p.rank).map(Priority::as_str)),
            Self::Severity => one(event.severity.as_ref().map(|severity| severity.level.as_str())),
            Self::Environment => one(event.environment.as_deref()),
            Self::Service => {
                event.services.iter().filter_map(|s| s.name.as_deref()).map(Cow::Borrowed).collect()
            }
            Self::Label(name) => event
                .labels
                .get(name)
                .into_iter()
                .flatten()
                .map(|value| Cow::Borrowed(value.as_str()))
                .collect(),
        }
    }
}

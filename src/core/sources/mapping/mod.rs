//! Custom sources: what a mapping says of a tool's bodies, compiled once, and run over each of them.
//! The mapping's file is read elsewhere (`crate::mapping`); here nothing is known of YAML.

mod body;
pub mod condition;
pub mod event;
mod fill;
mod found;
mod labels;
pub mod path;
pub mod reading;
pub mod times;

use condition::Condition;
use event::EventMap;
use found::Cx;
use path::Path;
use reading::Ignored;
pub use reading::plain;

use super::about::Ends;
use super::origin::{Origins, origins};
use super::time::{Time, read_text};
use super::{Delivery, Handshake, Read, build, words};
use crate::core::event::Raw;
use crate::core::schema::BodySchema;
use crate::core::tree::Tree;
use crate::core::vocabulary::StageWord;

/// The kind of every source with a mapping.
pub const KIND: &str = "custom";

/// A tool's bodies, understood.
#[derive(Debug)]
pub struct Mapping {
    /// What people call the tool.
    pub tool: String,
    /// How a body is taken apart.
    pub body: Body,
    /// What a body must be at least.
    pub schema: Option<BodySchema>,
    /// Texts that hold more than text, and how.
    pub decode: Vec<(Path, Decode)>,
    /// Values that count as none wherever they stand.
    pub ignore: Vec<Ignored>,
    /// The first whose `when` holds is read.
    pub shapes: Vec<Shape>,
    /// Headers that are read, in lower case.
    pub headers: Vec<String>,
    /// How its incidents end.
    pub ends: Ends,
}

/// How a body is taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// JSON, also where a template wrote it carelessly; a form where it says that it is one.
    Json,
    /// One JSON document on each line: a list.
    Lines,
    /// Plain text: an object with the member `text`.
    Text,
}

/// What a text may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decode {
    /// JSON.
    Json,
    /// JSON in base64.
    Base64Json,
    /// `a=1&b=2`.
    Form,
    /// `a=1, b=2`.
    Pairs,
}

/// One of a tool's shapes of bodies.
#[derive(Debug)]
pub struct Shape {
    /// Its name: `source.version` of its events.
    pub name: Option<String>,
    /// Which bodies have it.
    pub when: Option<Condition>,
    /// The list of what becomes events; the first that is there. None: the body is one event.
    pub for_each: Vec<Path>,
    /// What becomes none.
    pub skip: Option<Condition>,
    /// What an event says.
    pub event: EventMap,
}

/// The stage that senders usually mean by a word, whatever their mapping says.
pub fn usual_stage(word: &str) -> Option<StageWord> {
    words::stage(word)
}

/// Is it a time, in one of the ways in which most tools write it?
pub fn is_time(text: &str) -> bool {
    matches!(read_text(text), Time::At(..))
}

/// One element to be read, and its place.
struct Element<'a> {
    value: &'a Tree<'a>,
    at: String,
}

impl Mapping {
    /// The fields of each event, with the places that decide them.
    pub(super) fn origins(&self, delivery: &Delivery<'_>) -> Vec<Origins> {
        let Ok(parsed) = body::parse(self, delivery) else { return Vec::new() };
        origins(&parsed.tree, &|tree| self.read_tree(delivery, tree))
    }

    /// Reads a delivery. Never panics, whatever the bytes.
    pub(super) fn read(&self, delivery: &Delivery<'_>) -> Read {
        let parsed = match body::parse(self, delivery) {
            Ok(parsed) => parsed,
            Err(problem) => return Read::Rejected { reason: "not_json", problems: vec![problem] },
        };
        let mut read = self.read_tree(delivery, &parsed.tree);
        if let Read::Events(events) = &mut read {
            for event in events.iter_mut() {
                event.warnings.extend(parsed.warning.map(str::to_owned));
            }
            if let Some(first) = events.first_mut() {
                first.raw = Some(Raw::of(delivery.content_type, delivery.body));
            }
        }
        read
    }

    /// Does this value count as none, wherever it stands?
    fn ignores(&self, value: &str) -> bool {
        self.ignore.iter().any(|ignored| ignored.is(value))
    }

    fn read_tree(&self, delivery: &Delivery<'_>, tree: &Tree<'_>) -> Read {
        let problems = self.schema.as_ref().map(|schema| schema.problems(tree)).unwrap_or_default();
        if !problems.is_empty() {
            return Read::Rejected { reason: "schema", problems };
        }
        let whole = Cx { mapping: self, delivery, body: tree, element: tree, at: "" };
        let fits = |shape: &&Shape| shape.when.as_ref().is_none_or(|when| when.holds(whole, None));
        let Some(shape) = self.shapes.iter().find(fits) else {
            return build::rejected("schema", "", "it fits none of the shapes that the mapping knows");
        };
        let elements = match shape.elements(tree) {
            Ok(elements) => elements,
            Err(read) => return read,
        };
        if elements.len() > delivery.parts_max {
            return build::too_many_parts(elements.len(), delivery.parts_max);
        }
        let mut events = Vec::with_capacity(elements.len());
        for (part, element) in elements.iter().enumerate() {
            let cx = Cx { element: element.value, at: &element.at, ..whole };
            match shape.read(cx, part) {
                Ok(event) => events.extend(event),
                Err(read) => return read,
            }
        }
        if events.is_empty() { Read::Handshake(Handshake::Answered) } else { Read::Events(events) }
    }
}

impl Shape {
    /// What becomes events.
    fn elements<'a>(&self, tree: &'a Tree<'a>) -> Result<Vec<Element<'a>>, Read> {
        let Some(first) = self.for_each.first() else {
            return Ok(vec![Element { value: tree, at: String::new() }]);
        };
        for path in &self.for_each {
            let mut found = Vec::new();
            path.each(tree, &mut |value| {
                // Several lists, as of `/groups/*/alerts`, are one; the place in it is told.
                let at = |place: usize| format!("{}/{place}", path.pointer);
                match value {
                    Tree::List(elements) => {
                        for element in elements {
                            found.push(Element { value: element, at: at(found.len()) });
                        }
                    }
                    value => found.push(Element { value, at: path.pointer.clone() }),
                }
                true
            });
            if !found.is_empty() || is_empty_list(path, tree) {
                return Ok(found);
            }
        }
        Err(build::rejected("schema", first.pointer.as_str(), "the list of what becomes events is missing"))
    }
}

fn is_empty_list(path: &Path, tree: &Tree<'_>) -> bool {
    let mut empty = false;
    path.each(tree, &mut |value| {
        empty = value.as_list().is_some_and(<[Tree<'_>]>::is_empty);
        false
    });
    empty
}

//! The keys of a mapping's file.

use std::path::Path;

use super::{Compiler, conditions, event, reading};
use crate::core::schema::BodySchema;
use crate::core::sources::about::Ends;
use crate::core::sources::mapping::event::EventMap;
use crate::core::sources::mapping::path::Path as Place;
use crate::core::sources::mapping::reading::{From, Meaning, Reading};
use crate::core::sources::mapping::{Body, Decode, Mapping, Shape};
use crate::core::vocabulary::Stage;
use crate::policy::read::Map;
use crate::policy::tree::{Node, Value};

/// Keys of the file that say something of the whole body.
const WHOLE: [&str; 7] = ["tool", "about", "body", "schema", "decode", "ignore", "tests"];
/// Keys of a shape, which stand in the file itself where there is only one.
const SHAPE: [&str; 4] = ["when", "for_each", "skip", "event"];
/// Most shapes of one tool.
const SHAPES_MAX: usize = 32;

const BODIES: [(&str, Body); 3] = [("json", Body::Json), ("lines", Body::Lines), ("text", Body::Text)];
const DECODES: [(&str, Decode); 4] = [
    ("json", Decode::Json),
    ("base64_json", Decode::Base64Json),
    ("form", Decode::Form),
    ("pairs", Decode::Pairs),
];

pub(super) fn read(to: Compiler<'_>, root: &Node) -> Option<Mapping> {
    let cx = to.cx;
    let keys: Vec<&str> = WHOLE.into_iter().chain(["shapes"]).chain(SHAPE).collect();
    let map = Map::of(cx, root, "a mapping", &keys)?;
    let tool = map.need("tool").and_then(|node| cx.text(node));
    // For people; read so that a mistake in it is told.
    map.get("about").and_then(|node| cx.text(node));
    let body = map.get("body").map_or(Some(Body::Json), |node| {
        let named = cx.word(node, "form of body", &BODIES, |(name, _)| name);
        named.map(|(_, body)| body)
    });
    let schema = map.get("schema").map(|node| schema(to, node));
    let decode = map.get("decode").map(|node| decode(to, node)).unwrap_or_default();
    let ignore = map.get("ignore").map(|node| reading::ignored(cx, node)).unwrap_or_default();
    let shapes = shapes(to, &map);
    let shapes = shapes?;
    let ends = if shapes.iter().any(|shape| can_end(&shape.event)) { Ends::Sender } else { Ends::Person };
    Some(Mapping {
        tool: tool?,
        body: body?,
        // A schema that can't be used is no schema left out.
        schema: match schema {
            Some(schema) => Some(schema?),
            None => None,
        },
        decode,
        ignore,
        shapes,
        headers: Vec::new(),
        ends,
    })
}

fn schema(to: Compiler<'_>, node: &Node) -> Option<BodySchema> {
    let name = to.cx.text(node)?;
    let path = to.folder.join(Path::new(&name));
    let parsed = super::read_text(&path)
        .and_then(|text| serde_json::from_str(&text).map_err(|error| format!("it is no JSON: {error}")))
        .and_then(|schema| BodySchema::new(&name, &schema));
    match parsed {
        Ok(schema) => Some(schema),
        Err(message) => {
            let help = "a JSON Schema's file, named from where this mapping lies";
            to.cx.error_help(node.at, format!("schema `{name}`: {message}"), help);
            None
        }
    }
}

fn decode(to: Compiler<'_>, node: &Node) -> Vec<(Place, Decode)> {
    let entries = to.cx.entries(node, "places and how they are decoded").unwrap_or_default();
    let one = |(key, node): &(crate::policy::tree::Key, Node)| {
        let place = reading::path(to.cx, key.at, &key.name)?;
        let named = to.cx.word(node, "encoding", &DECODES, |(name, _)| name);
        Some((place, named?.1))
    };
    entries.iter().filter_map(one).collect()
}

/// The shapes that are listed, or the one that the file itself is.
fn shapes(to: Compiler<'_>, map: &Map<'_>) -> Option<Vec<Shape>> {
    let Some(node) = map.get("shapes") else {
        return shape(to, map, None).map(|shape| vec![shape]);
    };
    for key in SHAPE {
        if let Some(node) = map.get(key) {
            to.cx.error_help(node.at, format!("`{key}` stands in each shape"), "move it into the shapes");
        }
    }
    let items = to.cx.items(node, "shapes");
    if items.is_empty() || items.len() > SHAPES_MAX {
        to.cx.error(node.at, format!("there are 1 to {SHAPES_MAX} shapes"));
        return None;
    }
    let keys: Vec<&str> = ["name"].into_iter().chain(SHAPE).collect();
    let read = |(place, item): (usize, &Node)| {
        let map = Map::of(to.cx, item, "a shape", &keys)?;
        let name = map.need("name").and_then(|node| to.cx.text(node));
        if place + 1 < items.len() && map.get("when").is_none() {
            let help = "the first shape that fits is read: say with `when` what its bodies look like";
            to.cx.error_help(item.at, "only the last shape may be without `when`", help);
        }
        shape(to, &map, Some(name?))
    };
    let shapes: Vec<_> = items.iter().enumerate().map(read).collect();
    shapes.into_iter().collect()
}

fn shape(to: Compiler<'_>, map: &Map<'_>, name: Option<String>) -> Option<Shape> {
    let when = map.get("when").map(|node| conditions::read(to, node, false));
    let skip = map.get("skip").map(|node| conditions::read(to, node, true));
    let for_each = map.get("for_each").map(|node| for_each(to, node));
    let event = map.need("event").and_then(|node| event::read(to, node));
    Some(Shape {
        name,
        when: given(when)?,
        for_each: given(for_each)?.unwrap_or_default(),
        skip: given(skip)?,
        event: event?,
    })
}

/// What is absent is well; what is there and wrong is not.
#[allow(clippy::option_option)]
fn given<T>(read: Option<Option<T>>) -> Option<Option<T>> {
    match read {
        None => Some(None),
        Some(read) => read.map(Some),
    }
}

fn for_each(to: Compiler<'_>, node: &Node) -> Option<Vec<Place>> {
    let paths: Vec<_> = node.one_or_more().iter().map(|item| reading::path_of(to.cx, item)).collect();
    paths.into_iter().collect()
}

/// May an event of it be the end of an incident?
fn can_end(event: &EventMap) -> bool {
    let ends = |word: &str| {
        Stage::parse(word).is_some_and(Stage::is_end)
            || word == crate::core::vocabulary::StageWord::Merged.as_str()
    };
    [&event.stage, &event.event_type].into_iter().flatten().any(|reading| may_be(reading, &ends))
}

fn may_be(reading: &Reading, wanted: &dyn Fn(&str) -> bool) -> bool {
    reading.first_of.iter().any(|alternative| {
        let looked_up = alternative.lookup.as_ref();
        looked_up.is_some_and(|table| {
            let words = table.words.iter().map(|(_, word)| word).chain(&table.others);
            words.filter_map(Meaning::word).any(wanted)
        }) || alternative.default.as_deref().is_some_and(wanted)
            || match &alternative.from {
                From::Const(word) => wanted(word),
                From::Reading(inner) if looked_up.is_none() => may_be(inner, wanted),
                // A sender's own words, read as they usually are meant.
                _ => looked_up.is_none(),
            }
    })
}

/// Does the file have tests in it?
pub(super) fn has_tests(root: &Node) -> bool {
    root.get("tests").is_some_and(|node| node.value != Value::Null)
}

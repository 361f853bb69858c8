//! A story file.

use jiff::{SignedDuration, Timestamp};

use super::expect::{self, Cast};
use super::happening::{self, Props};
use super::{Step, Story, clock};
use crate::policy::problems::Cx;
use crate::policy::read::Map;
use crate::policy::tree::{Node, Value};

/// Most steps of one story.
const STEPS_MAX: usize = 1_000;
/// Minute 0 where a story does not say: a Wednesday morning in Tokyo.
const STARTS_SECOND: i64 = 1_775_001_600;
/// What a step may say.
const STEP_KEYS: [&str; 13] = [
    "at",
    "post",
    "event",
    "update",
    "reload",
    "stop",
    "restart",
    "expect",
    "nobody_else",
    "says",
    "never_says",
    "sees",
    "attention",
];

/// Reads a whole story. None: it had problems, which were noted.
pub(super) fn read(cx: Cx<'_>, root: &Node, cast: &Cast, mut props: Props<'_>) -> Option<Story> {
    let map = Map::of(cx, root, "a story", &["story", "starts", "steps"])?;
    let title = map.need("story").and_then(|node| cx.text(node));
    let default = Timestamp::from_second(STARTS_SECOND).ok();
    let starts = map.get("starts").map_or(default, |node| cx.timestamp(node));
    let nodes = cx.items(map.need("steps")?, "steps");
    if nodes.is_empty() || nodes.len() > STEPS_MAX {
        cx.error(map.at, format!("a story has 1 to {STEPS_MAX} steps, this one {}", nodes.len()));
    }
    let starts = starts?;
    let mut steps = Vec::with_capacity(nodes.len());
    let mut at = SignedDuration::ZERO;
    for node in nodes {
        let Some(step) = step(cx, node, (starts, at), cast, &mut props) else { continue };
        at = step.at;
        steps.push(step);
    }
    Some(Story { file: cx.file.to_owned(), title: title?, starts, steps })
}

fn step(
    cx: Cx<'_>,
    node: &Node,
    (starts, before): (Timestamp, SignedDuration),
    cast: &Cast,
    props: &mut Props<'_>,
) -> Option<Step> {
    let map = Map::of(cx, node, "a step", &STEP_KEYS)?;
    let at = map.get("at").map_or(Some(before), |node| since_start(cx, node, before))?;
    let now = starts.checked_add(at).ok()?;
    let happening = happening::read(cx, &map, now, cast, props);
    let expectation = expect::read(cx, node, cast);
    Some(Step { line: node.at.line, at, happening: happening?, expectation })
}

fn since_start(cx: Cx<'_>, node: &Node, before: SignedDuration) -> Option<SignedDuration> {
    let text = if let Value::Text(text) = &node.value { Some(text.as_str()) } else { None };
    let Some(at) = text.and_then(clock::parse) else {
        cx.wrong(node, "a time since the story's beginning such as 0m, 10m or 1h30m");
        return None;
    };
    if at < before {
        let message = format!("this is before the step before, which is at {}", clock::span(before));
        cx.error_help(node.at, message, "times count from the story's beginning");
        return None;
    }
    Some(at)
}

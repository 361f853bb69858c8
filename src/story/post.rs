//! A posted file: read by its sender's real adapter, its own times moved to the story's clock.

use jiff::{SignedDuration, Timestamp};

use super::happening::{Props, beside, delivered};
use crate::core::event::Event;
use crate::core::sources::mapping::KIND;
use crate::core::sources::{Reader, SourceKind};
use crate::policy::problems::{Cx, suggest};
use crate::policy::read::Map;
use crate::policy::tree::Node;

/// `{ source: NAME, file: PATH, kind: KIND, mapping: PATH, headers: { … } }`
pub(super) fn read(cx: Cx<'_>, node: &Node, now: Timestamp, props: &mut Props<'_>) -> Option<Vec<Event>> {
    let map = Map::of(cx, node, "a post", &["source", "file", "kind", "mapping", "headers"])?;
    let (source_node, file_node) = (map.need("source"), map.need("file"));
    let source = source_node.and_then(|node| cx.name(node));
    let reader = reader(cx, &map, source_node, source.as_deref(), props);
    let headers = headers(cx, &map);
    let path = file_node.and_then(|node| cx.text(node));
    let (source, reader, path, file_node) = (source?, reader?, path?, file_node?);
    let text = file(cx, file_node, &path, props)?;
    let read = |now| delivered(cx, file_node.at, (&source, &reader), &headers, text.as_bytes(), now);
    let mut events = match props.moved.get(&source) {
        Some(by) => read(now.checked_sub(*by).ok()?)?,
        None => read(now)?,
    };
    let own = events.iter().find_map(|event| event.occurred_at.or(event.started_at));
    let by = match (props.moved.get(&source), own) {
        (Some(by), _) => *by,
        // The source's first time is now; all its others keep their distance from it.
        (None, Some(own)) => {
            let by = own.duration_until(now);
            props.moved.insert(source.clone(), by);
            events = read(own)?;
            by
        }
        (None, None) => SignedDuration::ZERO,
    };
    events.iter_mut().for_each(|event| shift(event, by, now));
    Some(events)
}

/// The text of a file beside the story.
fn file<'p>(cx: Cx<'_>, node: &Node, path: &str, props: &Props<'p>) -> Option<&'p str> {
    let text = beside(props.folder, path).and_then(|path| props.files.text(&path));
    if text.is_none() {
        let folder = if props.folder.is_empty() { String::new() } else { format!("{}/", props.folder) };
        let known = props.files.iter().filter_map(|(known, _)| known.strip_prefix(&folder));
        let help = suggest(path, known.filter(|known| !known.contains('/')));
        let message = format!("there is no file `{path}` beside this story");
        match help {
            Some(help) => cx.error_help(node.at, message, help),
            None => cx.error(node.at, message),
        }
    }
    text
}

/// Who reads it: the mapping that is named, the kind that is named, or the kind called like the source.
fn reader(
    cx: Cx<'_>,
    map: &Map<'_>,
    source_node: Option<&Node>,
    source: Option<&str>,
    props: &Props<'_>,
) -> Option<Reader> {
    if let Some(node) = map.get("mapping") {
        let path = cx.text(node)?;
        let text = file(cx, node, &path, props)?;
        // A story's files have no folder on any disk: its mapping can name no schema.
        return match crate::mapping::load_text(&path, text, std::path::Path::new("")) {
            Ok(loaded) => Some(Reader::Mapping(loaded.mapping)),
            Err(problems) => {
                cx.error(node.at, format!("the mapping can't be used: {problems}"));
                None
            }
        };
    }
    if let Some(node) = map.get("kind") {
        if cx.text(node)? == KIND {
            cx.error_help(node.at, "a custom source is read by its mapping", "name its file with `mapping`");
            return None;
        }
        return cx.word(node, "kind of source", SourceKind::ALL, SourceKind::as_str).map(Reader::Kind);
    }
    let (node, source) = (source_node?, source?);
    let kind = SourceKind::parse(source);
    if kind.is_none() {
        let help = suggest(source, SourceKind::ALL.iter().map(|kind| kind.as_str()));
        let help = help.unwrap_or_default();
        cx.error_help(node.at, format!("of which kind is `{source}`? say it with `kind`"), help);
    }
    kind.map(Reader::Kind)
}

fn headers(cx: Cx<'_>, map: &Map<'_>) -> Vec<(String, String)> {
    let entries = map.get("headers").and_then(|node| cx.entries(node, "headers by name")).unwrap_or_default();
    let header = |(key, node): &(crate::policy::tree::Key, Node)| {
        Some((key.name.to_ascii_lowercase(), cx.text(node)?))
    };
    entries.iter().filter_map(header).collect()
}

/// Moves every time that the sender says; the body, and so the event's id, stays as it is.
fn shift(event: &mut Event, by: SignedDuration, now: Timestamp) {
    let moved = |at: &mut Timestamp| *at = at.checked_add(by).unwrap_or(*at);
    let times = [
        &mut event.occurred_at,
        &mut event.started_at,
        &mut event.acknowledged_at,
        &mut event.resolved_at,
        &mut event.expected_resolution_at,
    ];
    times.into_iter().flatten().for_each(moved);
    for alert in &mut event.sub_alerts {
        [&mut alert.started_at, &mut alert.ended_at].into_iter().flatten().for_each(moved);
    }
    if let Some(update) = &mut event.update {
        update.eta.iter_mut().for_each(|eta| moved(&mut eta.at));
        update.next_update_by.iter_mut().for_each(moved);
    }
    event.received_at = now;
}

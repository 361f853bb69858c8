//! What happens in a step: webhooks and people's updates as events, a reload, a restart, or only
//! time passing.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::expect::Cast;
use super::{person, plain, post};
use crate::core::event::{Event, IncidentRef};
use crate::core::ids;
use crate::core::sources::{Delivery, Read, Reader};
use crate::core::vocabulary::AuthKind;
use crate::policy::Source;
use crate::policy::problems::{Cx, list};
use crate::policy::read::Map;
use crate::policy::tree::{At, Node};

/// Each says what happens; a step has one of them, or none.
const HAPPENINGS: [&str; 6] = ["post", "event", "update", "reload", "stop", "restart"];
/// Most events that one posted file makes, as many as a webhook by default.
const PARTS_MAX: usize = 1_000;

/// What happens in a step.
#[derive(Debug)]
pub enum Happening {
    /// Events come in, in this order.
    Events(Vec<Event>),
    /// The policy of this folder is loaded.
    Reload(String),
    /// The router stops: what comes in waits.
    Stop,
    /// Another router takes over, and reads what has waited.
    Restart,
    /// Nothing: time passes.
    Time,
}

/// What a story needs while its steps are read: files, and what it has said so far.
pub(super) struct Props<'a> {
    /// Everything below `stories/`.
    pub(super) files: &'a Source,
    /// The story's own folder.
    pub(super) folder: &'a str,
    /// By how much each source's own times are moved.
    pub(super) moved: BTreeMap<String, SignedDuration>,
    /// Incidents that were heard of.
    pub(super) incidents: Vec<IncidentRef>,
    /// The last update of a person with words, by incident.
    pub(super) words: BTreeMap<String, String>,
    /// How many events there were: each update of a person is a delivery of its own.
    pub(super) events: usize,
}

impl<'a> Props<'a> {
    pub(super) fn new(files: &'a Source, folder: &'a str) -> Self {
        let (moved, incidents, words) = Default::default();
        Self { files, folder, moved, incidents, words, events: 0 }
    }
}

/// Reads what happens in a step.
pub(super) fn read(
    cx: Cx<'_>,
    step: &Map<'_>,
    now: Timestamp,
    cast: &Cast,
    props: &mut Props<'_>,
) -> Option<Happening> {
    let said: Vec<(&str, &Node)> =
        HAPPENINGS.iter().filter_map(|name| Some((*name, step.get(name)?))).collect();
    let (name, node) = match said.as_slice() {
        [] => return Some(Happening::Time),
        [one] => *one,
        more => {
            let names: Vec<&str> = more.iter().map(|(name, _)| *name).collect();
            cx.error_help(step.at, format!("a step has one of {}", list(&names)), "make two steps of it");
            return None;
        }
    };
    let events = match name {
        "post" => post::read(cx, node, now, props)?,
        "event" => plain::read(cx, node, now)?,
        "update" => person::read(cx, node, now, cast, props)?,
        "reload" => return Some(Happening::Reload(folder_of(cx, node, props)?)),
        _ => {
            // There is one part that can be stopped and started.
            cx.word(node, "part of Herald", &[()], |()| "router")?;
            return Some(if name == "stop" { Happening::Stop } else { Happening::Restart });
        }
    };
    for event in &events {
        props.events += 1;
        if !props.incidents.iter().any(|known| known.id == event.incident.id) {
            props.incidents.push(event.incident.clone());
        }
    }
    Some(Happening::Events(events))
}

/// A folder with a policy in it, beside the story.
fn folder_of(cx: Cx<'_>, node: &Node, props: &Props<'_>) -> Option<String> {
    let text = cx.text(node)?;
    let folder = beside(props.folder, &text);
    let inside = |path: &str| folder.as_deref().is_some_and(|folder| path.starts_with(&format!("{folder}/")));
    if !props.files.iter().any(|(path, _)| inside(path)) {
        cx.error_help(
            node.at,
            format!("there is no folder `{text}` beside this story"),
            "put the policy's files that differ into it; all others stay as they are",
        );
        return None;
    }
    folder
}

/// A path that is written in a file of `folder`, by its place among all files; none where it leads
/// out of them.
pub(super) fn beside(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => _ = parts.pop()?,
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// Reads a body by the real adapter, as if it had been posted at `now`.
pub(super) fn delivered(
    cx: Cx<'_>,
    at: At,
    (source, reader): (&str, &Reader),
    headers: &[(String, String)],
    body: &[u8],
    now: Timestamp,
) -> Option<Vec<Event>> {
    let content_type = headers.iter().find(|(name, _)| name == "content-type");
    let delivery = Delivery {
        source,
        headers,
        content_type: content_type.map_or("application/json", |(_, value)| value.as_str()),
        body,
        body_sha256: &ids::body_sha256(body),
        received_at: now,
        auth: AuthKind::None,
        key_id: None,
        parts_max: PARTS_MAX,
    };
    match reader.read(&delivery) {
        Read::Events(events) => Some(events),
        Read::Handshake(_) => {
            cx.error(at, "this is a handshake: it makes no event");
            None
        }
        Read::Rejected { reason, problems } => {
            let problems: Vec<String> =
                problems.iter().map(|problem| format!("{}: {}", problem.pointer, problem.message)).collect();
            cx.error(at, format!("`{}` can't use it ({reason}): {}", reader.kind(), problems.join("; ")));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_among_the_stories() {
        assert_eq!(beside("stages", "bodies/a.json").as_deref(), Some("stages/bodies/a.json"));
        assert_eq!(beside("stages", "../quiet/x/").as_deref(), Some("quiet/x"));
        assert_eq!(beside("", "./a.json").as_deref(), Some("a.json"));
        assert_eq!(beside("stages", "../../secret"), None);
    }
}

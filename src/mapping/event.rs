//! What an event says, field by field, from YAML.

use super::reading::{self, Words};
use super::{Compiler, conditions};
use crate::core::event::{AudienceHint, TextFormat};
use crate::core::sources::mapping::event::{Components, EventMap, Flag, ImpactMap, LabelSet, MessageMap};
use crate::core::sources::mapping::reading::Reading;
use crate::core::sources::mapping::times::{TimeReading, Unit, Zone};
use crate::core::vocabulary::{EventType, Impact, Priority, Severity, StageWord, Urgency};
use crate::policy::read::Map;
use crate::policy::tree::{Node, Value};

/// Every field.
pub(super) const FIELDS: [&str; 34] = [
    "id",
    "delivery_id",
    "type",
    "stage",
    "title",
    "description",
    "description_format",
    "message",
    "priority",
    "severity",
    "urgency",
    "impact",
    "services",
    "teams",
    "assignees",
    "actor",
    "environment",
    "hosts",
    "labels",
    "labels_from",
    "links",
    "occurred_at",
    "started_at",
    "acknowledged_at",
    "resolved_at",
    "expected_resolution_at",
    "reference",
    "dedup_key",
    "merged_into",
    "account",
    "is_test",
    "is_drill",
    "is_maintenance",
    "is_private",
];
/// What a link may lead to.
const RELS: [&str; 7] = ["incident", "source", "runbook", "dashboard", "silence", "bridge", "public"];
const FORMATS: [(&str, TextFormat); 3] =
    [("plain", TextFormat::Plain), ("markdown", TextFormat::Markdown), ("html", TextFormat::Html)];
const AUDIENCES: [(&str, AudienceHint); 3] = [
    ("internal", AudienceHint::Internal),
    ("stakeholder", AudienceHint::Stakeholder),
    ("public", AudienceHint::Public),
];

fn words<T: Copy>(all: &[T], word: fn(T) -> &'static str) -> Vec<&'static str> {
    all.iter().map(|value| word(*value)).filter(|word| *word != EventType::Adopt.as_str()).collect()
}

/// The readings of one event. All fields are read before anything is given up.
pub(super) fn read(to: Compiler<'_>, node: &Node) -> Option<EventMap> {
    let cx = to.cx;
    let keys: Vec<&str> = FIELDS.iter().copied().chain(["partial"]).collect();
    let map = Map::of(cx, node, "an event", &keys)?;
    let of = |name: &str, words: Words<'_>| map.get(name).and_then(|node| reading::read(to, node, words));
    // Its headers come first: a rejected body is known by them.
    let delivery_id = of("delivery_id", None);
    let id = map.need("id").and_then(|node| reading::read(to, node, None));
    if map.get("stage").is_none() && map.get("type").is_none() {
        let help = "`stage: { from: /status, lookup: { … } }`, or `stage: { const: triggered }` where all it says is that something began";
        cx.error_help(map.at, "an event needs `stage` or `type`: else nothing would ever begin or end", help);
    }
    if map.get("title").is_none() {
        cx.warn(map.at, "there is no `title`: engineers would read the incident's id instead", None);
    }
    let time = |name: &str| map.get(name).and_then(|node| time(to, node));
    let flag = |name: &str| map.get(name).and_then(|node| flag(to, node));
    let description = of("description", None).map(|text| (text, format(to, &map, "description_format")));
    Some(EventMap {
        id: id?,
        delivery_id,
        event_type: of("type", Some(&words(EventType::ALL, EventType::as_str))),
        stage: of("stage", Some(&words(StageWord::ALL, StageWord::as_str))),
        title: of("title", None),
        description,
        message: map.get("message").and_then(|node| message(to, node)),
        priority: of("priority", Some(&words(Priority::ALL, Priority::as_str))),
        severity: of("severity", Some(&words(Severity::ALL, Severity::as_str))),
        urgency: of("urgency", Some(&words(Urgency::ALL, Urgency::as_str))),
        impact: map.get("impact").and_then(|node| impact(to, node)).map(Box::new),
        services: of("services", None),
        teams: of("teams", None),
        assignees: of("assignees", None),
        actor: of("actor", None),
        environment: of("environment", None),
        hosts: of("hosts", None),
        labels: map.get("labels").map(|node| labels(to, node)).unwrap_or_default(),
        labels_from: map.get("labels_from").map(|node| labels_from(to, node)).unwrap_or_default(),
        links: map.get("links").map(|node| links(to, node)).unwrap_or_default(),
        occurred_at: time("occurred_at"),
        started_at: time("started_at"),
        acknowledged_at: time("acknowledged_at"),
        resolved_at: time("resolved_at"),
        expected_resolution_at: time("expected_resolution_at"),
        reference: of("reference", None),
        dedup_key: of("dedup_key", None),
        merged_into: of("merged_into", None),
        account: of("account", None),
        is_test: flag("is_test"),
        is_drill: flag("is_drill"),
        is_maintenance: flag("is_maintenance"),
        is_private: flag("is_private"),
        partial: flag("partial"),
    })
}

fn format(to: Compiler<'_>, map: &Map<'_>, key: &str) -> TextFormat {
    let named = map.get(key).and_then(|node| to.cx.word(node, "format", &FORMATS, |(name, _)| name));
    named.map(|(_, format)| format).unwrap_or_default()
}

/// `true`, a place that holds a yes, or conditions on places.
fn flag(to: Compiler<'_>, node: &Node) -> Option<Flag> {
    match &node.value {
        Value::Bool(true) => Some(Flag::Always),
        Value::Map(entries)
            if !entries.iter().any(|(key, _)| ["from", "header"].contains(&key.name.as_str())) =>
        {
            conditions::read(to, node, false).map(Flag::When)
        }
        _ => reading::read(to, node, None).map(Flag::Value),
    }
}

fn message(to: Compiler<'_>, node: &Node) -> Option<MessageMap> {
    let own = node.get("words").is_some();
    if !own {
        let text = reading::read(to, node, None)?;
        let (format, audience) = (TextFormat::Plain, AudienceHint::Internal);
        return Some(MessageMap { text, format, audience, author: None });
    }
    let map = Map::of(to.cx, node, "a message", &["words", "format", "for", "author"])?;
    let audience = map.get("for").and_then(|node| to.cx.word(node, "reader", &AUDIENCES, |(name, _)| name));
    Some(MessageMap {
        text: reading::read(to, map.need("words")?, None)?,
        format: format(to, &map, "format"),
        audience: audience.map_or(AudienceHint::Internal, |(_, audience)| audience),
        author: map.get("author").and_then(|node| reading::read(to, node, None)),
    })
}

fn impact(to: Compiler<'_>, node: &Node) -> Option<ImpactMap> {
    let keys = ["level", "summary", "affected_count", "affected_percent", "regions", "components"];
    let map = Map::of(to.cx, node, "an impact", &keys)?;
    let of = |name: &str, words: Words<'_>| map.get(name).and_then(|node| reading::read(to, node, words));
    Some(ImpactMap {
        level: of("level", Some(&words(Impact::ALL, Impact::as_str))),
        summary: of("summary", None),
        affected_count: of("affected_count", None),
        affected_percent: of("affected_percent", None),
        regions: of("regions", None),
        components: map.get("components").and_then(|node| components(to, node)),
    })
}

fn components(to: Compiler<'_>, node: &Node) -> Option<Components> {
    let map = Map::of(to.cx, node, "components", &["from", "name", "state"])?;
    let path = |node| reading::path_of(to.cx, node);
    Some(Components {
        from: reading::read(to, map.need("from")?, None)?,
        name: map.need("name").and_then(path)?,
        state: map.get("state").and_then(path),
    })
}

fn labels(to: Compiler<'_>, node: &Node) -> Vec<(String, Reading)> {
    let entries = to.cx.entries(node, "labels by name").unwrap_or_default();
    let one = |(key, node): &(crate::policy::tree::Key, Node)| {
        Some((key.name.clone(), reading::read(to, node, None)?))
    };
    entries.iter().filter_map(one).collect()
}

/// Places that hold many labels.
fn labels_from(to: Compiler<'_>, node: &Node) -> Vec<LabelSet> {
    node.one_or_more().iter().filter_map(|item| label_set(to, item)).collect()
}

fn label_set(to: Compiler<'_>, node: &Node) -> Option<LabelSet> {
    let own = ["name", "value", "prefix", "except"];
    let from = reading::read_with(to, node, None, &own)?;
    if !matches!(node.value, Value::Map(_)) {
        return Some(LabelSet { from, pair: None, prefix: String::new(), except: Vec::new() });
    }
    let path = |name: &str| node.get(name).map(|node| reading::path_of(to.cx, node));
    let pair = match (path("name"), path("value")) {
        (None, None) => None,
        (Some(name), Some(value)) => Some((name?, value?)),
        _ => {
            to.cx.error(node.at, "`name` and `value` stand together: where each of a pair is in an element");
            return None;
        }
    };
    let prefix = node.get("prefix").and_then(|node| to.cx.text(node)).unwrap_or_default();
    let except = node.get("except").map(Node::one_or_more).unwrap_or_default();
    let except = except.iter().filter_map(|node| to.cx.text(node)).collect();
    Some(LabelSet { from, pair, prefix, except })
}

fn links(to: Compiler<'_>, node: &Node) -> Vec<(String, Reading)> {
    let entries = to.cx.entries(node, "links by what they lead to").unwrap_or_default();
    let one = |(key, node): &(crate::policy::tree::Key, Node)| {
        let rel = to.cx.key_word(key, "link", &RELS, |rel| rel)?;
        Some((rel.to_owned(), reading::read(to, node, None)?))
    };
    entries.iter().filter_map(one).collect()
}

fn time(to: Compiler<'_>, node: &Node) -> Option<TimeReading> {
    let own = ["format", "zone", "unit"];
    let reading = reading::read_with(to, node, None, &own)?;
    let (mut formats, mut zone, mut unit) = (Vec::new(), None, None);
    if let Value::Map(_) = node.value {
        formats = node
            .get("format")
            .map(Node::one_or_more)
            .unwrap_or_default()
            .iter()
            .filter_map(|node| to.cx.text(node))
            .collect();
        zone = match node.get("zone") {
            None => None,
            Some(node) if is_place(node) => Some(Zone::Read(reading::read(to, node, None)?)),
            Some(node) => Some(Zone::Fixed(to.cx.time_zone(node)?)),
        };
        unit = match node.get("unit") {
            None => None,
            Some(node) => Some(to.cx.word(node, "unit of time", &Unit::ALL, |(name, _)| name)?.1),
        };
    }
    Some(TimeReading { reading, formats, zone, unit })
}

/// A place in the body, or a reading: not a word as such.
fn is_place(node: &Node) -> bool {
    match &node.value {
        Value::Text(text) => text.starts_with(['/', '$']),
        Value::List(_) | Value::Map(_) => true,
        _ => false,
    }
}

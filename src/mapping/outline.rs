//! An event in short, by the names that a mapping has for its fields: what test bodies are held to.

use serde_json::{Map, Value, json};

use crate::core::event::{Event, Labels, Link, Message, Named, NativeImpact, TextFormat};

/// What an event says, without its envelope. In the order of the fields' names.
pub fn of(event: &Event) -> Map<String, Value> {
    let mut out = Map::new();
    let mut add = |name: &str, value: Value| {
        let nothing = match &value {
            Value::Null | Value::Bool(false) => true,
            Value::Array(list) => list.is_empty(),
            Value::Object(map) => map.is_empty(),
            _ => false,
        };
        if !nothing {
            out.insert(name.to_owned(), value);
        }
    };
    let incident = &event.incident;
    add("id", json!(incident.native_id));
    add("delivery_id", json!(event.ingest.delivery_id));
    add("reference", json!(incident.display_id));
    add("dedup_key", json!(incident.dedup_key));
    add("merged_into", json!(incident.merged_into));
    add("shape", json!(event.source.version));
    add("account", json!(event.source.account));
    add("type", json!(event.event_type));
    add("native_type", json!(Some(&event.native_type).filter(|word| !word.is_empty())));
    add("stage", json!(event.stage));
    add("native_status", json!(event.native_status));
    add("title", json!(event.title));
    add("description", json!(event.description.as_ref().map(|text| &text.text)));
    let format = event.description.as_ref().map(|text| text.format);
    add("description_format", json!(format.filter(|format| *format != TextFormat::Plain)));
    add("message", event.message.as_ref().map_or(Value::Null, message));
    add("priority", json!(event.priority.as_ref().and_then(|priority| priority.rank)));
    add("native_priority", json!(event.priority.as_ref().map(|priority| &priority.native)));
    add("severity", json!(event.severity.as_ref().map(|severity| severity.level)));
    add("native_severity", json!(event.severity.as_ref().map(|severity| &severity.native)));
    add("urgency", json!(event.urgency));
    add("impact", event.impact.as_ref().map_or(Value::Null, impact));
    add("services", names(&event.services));
    add("teams", names(&event.teams));
    add("assignees", names(&event.assignees));
    add("actor", event.actor.as_ref().map_or(Value::Null, name));
    add("environment", json!(event.environment));
    add("hosts", json!(event.hosts));
    add("labels", labels(&event.labels));
    add("links", links(&event.links));
    let times = [
        ("occurred_at", event.occurred_at),
        ("started_at", event.started_at),
        ("acknowledged_at", event.acknowledged_at),
        ("resolved_at", event.resolved_at),
        ("expected_resolution_at", event.expected_resolution_at),
    ];
    times.into_iter().for_each(|(name, at)| add(name, json!(at)));
    let flags = [
        ("is_test", event.is_test),
        ("is_drill", event.is_drill),
        ("is_maintenance", event.is_maintenance),
        ("is_private", event.is_private),
        ("partial", event.partial),
    ];
    flags.into_iter().for_each(|(name, on)| add(name, json!(on)));
    add("warnings", json!(event.warnings));
    out
}

/// Every name that [`of`] gives.
pub const NAMES: [&str; 38] = [
    "id",
    "delivery_id",
    "reference",
    "dedup_key",
    "merged_into",
    "shape",
    "account",
    "type",
    "native_type",
    "stage",
    "native_status",
    "title",
    "description",
    "description_format",
    "message",
    "priority",
    "native_priority",
    "severity",
    "native_severity",
    "urgency",
    "impact",
    "services",
    "teams",
    "assignees",
    "actor",
    "environment",
    "hosts",
    "labels",
    "links",
    "occurred_at",
    "started_at",
    "acknowledged_at",
    "resolved_at",
    "expected_resolution_at",
    "is_test",
    "is_drill",
    "is_maintenance",
    "is_private",
];

fn message(message: &Message) -> Value {
    let mut out = json!({ "words": message.text, "for": message.audience_hint });
    if let Some(author) = &message.author {
        out["author"] = json!(author);
    }
    out
}

fn impact(impact: &NativeImpact) -> Value {
    let components: Map<String, Value> =
        impact.components.iter().map(|one| (one.name.clone(), json!(one.state))).collect();
    let whole = json!({
        "level": impact.level,
        "native": impact.native,
        "summary": impact.summary,
        "affected_count": impact.affected_count,
        "affected_percent": impact.affected_percent,
        "regions": Some(&impact.regions).filter(|list| !list.is_empty()),
        "components": Some(components).filter(|map| !map.is_empty()),
    });
    let Value::Object(whole) = whole else { return Value::Null };
    Value::Object(whole.into_iter().filter(|(_, value)| !value.is_null()).collect())
}

fn names(list: &[Named]) -> Value {
    list.iter().map(name).collect()
}

fn name(named: &Named) -> Value {
    json!(named.name.as_ref().or(named.id.as_ref()))
}

fn labels(labels: &Labels) -> Value {
    let one = |(name, values): (&String, &Vec<String>)| (name.clone(), one_or_more(values));
    Value::Object(labels.iter().map(one).collect())
}

fn links(links: &[Link]) -> Value {
    let mut out = Map::new();
    for link in links {
        let same: Vec<String> =
            links.iter().filter(|other| other.rel == link.rel).map(|link| link.href.clone()).collect();
        out.insert(link.rel.clone(), one_or_more(&same));
    }
    Value::Object(out)
}

fn one_or_more(values: &[String]) -> Value {
    if let [one] = values { json!(one) } else { json!(values) }
}

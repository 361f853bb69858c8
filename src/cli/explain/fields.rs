//! What was read of a body, field by field, and where it stood.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::output::{Style, columns, harmless, line, pad};
use crate::core::event::Event;
use crate::core::sources::origin::Origins;

/// Longest value shown.
const VALUE_CHARS_MAX: usize = 60;
/// Most places named for one field.
const PLACES_SHOWN: usize = 3;
/// Most fields shown of one event: a group of alerts has thousands, all alike.
const FIELDS_SHOWN: usize = 60;
/// What one looks for first.
const FIRST: &[&str] = &["type", "native_type", "incident.native_id", "stage", "native_status", "title"];

/// Prints an event's fields, each with the places that decide it.
pub(super) fn print(event: &Event, origins: &Origins, style: Style) -> std::io::Result<()> {
    let rows = rows(origins);
    let width = rows.iter().map(|(name, ..)| columns(name)).max().unwrap_or(0).max(10);
    line(&format!("  {}  {}", style.dim(&pad("incident", width)), harmless(&event.incident.key)))?;
    for (name, value, places) in rows.iter().take(FIELDS_SHOWN) {
        let from = if places.is_empty() { "(by itself)" } else { places };
        line(&format!(
            "  {}  {}  {}",
            style.dim(&pad(name, width)),
            harmless(value),
            style.dim(&format!("← {}", harmless(from)))
        ))?;
    }
    if rows.len() > FIELDS_SHOWN {
        line(&style.dim(&format!("  … and {} more; --json has them all", rows.len() - FIELDS_SHOWN)))?;
    }
    for warning in &event.warnings {
        line(&format!("  {}  {}", style.yellow(&pad("warning", width)), harmless(warning)))?;
    }
    Ok(())
}

/// The places alone, by field.
pub(super) fn places(origins: &Origins) -> Value {
    json!(origins.iter().map(|(path, (_, places))| (path, places)).collect::<BTreeMap<_, _>>())
}

/// Field, value and places in words; what matters most comes first.
fn rows(origins: &Origins) -> Vec<(&str, String, String)> {
    let mut rows: Vec<_> =
        origins.iter().map(|(path, (value, places))| (path.as_str(), shown(value), named(places))).collect();
    rows.sort_by_key(|(path, ..)| FIRST.iter().position(|first| first == path).unwrap_or(FIRST.len()));
    rows
}

fn shown(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let mut line: String = text.chars().take(VALUE_CHARS_MAX).collect();
    if line.len() < text.len() {
        line.push('…');
    }
    line.replace('\n', " ")
}

fn named(places: &[String]) -> String {
    let mut words = places.iter().take(PLACES_SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if places.len() > PLACES_SHOWN {
        words = format!("{words} and {} more", places.len() - PLACES_SHOWN);
    }
    words
}

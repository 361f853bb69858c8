//! Writes a file of tests with what comes of each body now: to be read before it is committed.

use std::fmt::Write as _;
use std::fs;

use serde_json::{Map, Value};

use super::{Cases, Expect, NOTHING};

/// What stands above the tests where nothing else did.
const HEAD: &str = "# Written by `herald source test --update`: read it before you commit it.\n";

pub(super) fn file(cases: &Cases, outcomes: &[Expect]) -> Result<(), String> {
    let shown = cases.file.display();
    if !cases.own_file {
        let beside = super::file_beside(&cases.file);
        return Err(format!("{shown} holds the mapping too: move its `tests` to {} first", beside.display()));
    }
    // People's words above the tests stay.
    let before = fs::read_to_string(&cases.file).unwrap_or_default();
    let comments: String = before.split_inclusive('\n').take_while(|line| line.starts_with('#')).collect();
    let mut text = if comments.is_empty() { HEAD.to_owned() } else { comments };
    text.push_str("tests:\n");
    for (case, outcome) in cases.list.iter().zip(outcomes) {
        // Writing to a string can't fail, here and below.
        let _ = writeln!(text, "  - name: {}", scalar(&case.name));
        let _ = writeln!(text, "    body: {}", scalar(&case.body));
        if let Some(content_type) = &case.content_type {
            let _ = writeln!(text, "    content_type: {}", scalar(content_type));
        }
        if !case.headers.is_empty() {
            text.push_str("    headers:\n");
            for (name, value) in &case.headers {
                let _ = writeln!(text, "      {}: {}", scalar(name), scalar(value));
            }
        }
        expect(&mut text, outcome);
    }
    fs::write(&cases.file, text).map_err(|error| format!("{shown}: {error}"))
}

fn expect(text: &mut String, outcome: &Expect) {
    match outcome {
        Expect::Nothing => _ = writeln!(text, "    expect: {NOTHING}"),
        Expect::Rejected(reason) => _ = writeln!(text, "    expect: {{ rejected: {} }}", scalar(reason)),
        Expect::Events(events) => {
            text.push_str("    expect:\n");
            for event in events {
                fields(text, event, events.len() > 1);
            }
        }
    }
}

fn fields(text: &mut String, event: &Map<String, Value>, listed: bool) {
    for (place, (name, value)) in event.iter().enumerate() {
        let lead = match (listed, place) {
            (false, _) => "      ",
            (true, 0) => "      - ",
            (true, _) => "        ",
        };
        let _ = writeln!(text, "{lead}{name}: {}", flow(value));
    }
}

/// A value on one line.
fn flow(value: &Value) -> String {
    match value {
        Value::String(text) => scalar(text),
        Value::Array(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::Object(members) => {
            let members: Vec<String> =
                members.iter().map(|(name, value)| format!("{}: {}", scalar(name), flow(value))).collect();
            format!("{{ {} }}", members.join(", "))
        }
        other => other.to_string(),
    }
}

/// A text as YAML: as it stands where it can't be anything else, else quoted as in JSON.
pub(in crate::mapping) fn scalar(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '/' | '.' | ' ');
    let begins = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
    let words = ["true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf"];
    let another = words.contains(&text.to_ascii_lowercase().as_str());
    if begins && !another && !text.ends_with(' ') && text.chars().all(plain) {
        return text.to_owned();
    }
    Value::String(text.to_owned()).to_string()
}

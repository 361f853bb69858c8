//! Conditions, from YAML: the language of the policy's matchers on places in the body.

use super::{Compiler, reading};
use crate::core::sources::mapping::condition::{Condition, EventField, Field, Test};
use crate::policy::problems::{list, suggest};
use crate::policy::tree::{At, Key, Node, Value};

/// Words that combine whole maps.
const COMBINATIONS: [&str; 3] = ["any", "all", "not"];
/// Operators of one field.
const OPERATORS: [&str; 5] = ["at_least", "at_most", "matches", "present", "not"];
/// Fields of the event; and `label.<name>`.
const FIELDS: [(&str, EventField); 7] = [
    ("type", EventField::Type),
    ("stage", EventField::Stage),
    ("title", EventField::Title),
    ("priority", EventField::Priority),
    ("severity", EventField::Severity),
    ("environment", EventField::Environment),
    ("service", EventField::Service),
];
const HEADER_PREFIX: &str = "header.";
const LABEL_PREFIX: &str = "label.";

/// Reads a map of conditions. `event`: fields of the event can be asked for.
pub(super) fn read(to: Compiler<'_>, node: &Node, event: bool) -> Option<Condition> {
    let entries = to.cx.entries(node, "conditions")?;
    if entries.is_empty() {
        to.cx.error_help(node.at, "there is no condition here", "leave it out for what always holds");
        return None;
    }
    let parts: Vec<Option<Condition>> = entries
        .iter()
        .map(|(key, value)| match key.name.as_str() {
            "any" => many(to, key, value, event).map(Condition::Any),
            "all" => many(to, key, value, event).map(Condition::All),
            "not" => read(to, value, event).map(|inner| Condition::Not(Box::new(inner))),
            _ => field(to, key, event)
                .zip(Some(value))
                .and_then(|(field, value)| test(to, &field, key.at, value)),
        })
        .collect();
    all(parts)
}

fn all(parts: Vec<Option<Condition>>) -> Option<Condition> {
    let mut parts = parts.into_iter().collect::<Option<Vec<_>>>()?;
    if parts.len() == 1 { parts.pop() } else { Some(Condition::All(parts)) }
}

fn many(to: Compiler<'_>, key: &Key, node: &Node, event: bool) -> Option<Vec<Condition>> {
    let items = to.cx.items(node, "maps of conditions");
    if items.is_empty() {
        to.cx.error(key.at, format!("`{}` needs a list of maps of conditions", key.name));
        return None;
    }
    let parts: Vec<_> = items.iter().map(|item| read(to, item, event)).collect();
    parts.into_iter().collect()
}

fn field(to: Compiler<'_>, key: &Key, event: bool) -> Option<Field> {
    let name = key.name.as_str();
    if name.starts_with(['/', '$', '.']) {
        return reading::path(to.cx, key.at, name).map(Field::Path);
    }
    if let Some(header) = name.strip_prefix(HEADER_PREFIX).filter(|header| !header.is_empty()) {
        to.reads_header(header);
        return Some(Field::Header(header.to_ascii_lowercase()));
    }
    let named = FIELDS.iter().find(|(known, _)| *known == name).map(|(_, field)| field.clone());
    let label = || name.strip_prefix(LABEL_PREFIX).map(|label| EventField::Label(label.to_owned()));
    match named.or_else(label) {
        Some(field) if event => Some(Field::Event(field)),
        Some(_) => {
            let help = "ask for a place in the body, as /status";
            to.cx.error_help(key.at, format!("`{name}` of the event is not known yet here"), help);
            None
        }
        None => {
            let known = FIELDS.iter().map(|(known, _)| *known).filter(|_| event).chain(COMBINATIONS);
            let help = suggest(name, known).filter(|help| help.starts_with("did"));
            let help = help
                .unwrap_or_else(|| format!("a place in the body is written /{name}, a header header.{name}"));
            to.cx.error_help(key.at, format!("there is no `{name}` to ask for"), help);
            None
        }
    }
}

/// A value, a list of them, or operators.
fn test(to: Compiler<'_>, field: &Field, at: At, node: &Node) -> Option<Condition> {
    match &node.value {
        Value::Map(_) => operators(to, field, node),
        Value::Null => {
            to.cx.error_help(at, "there is no value", "to ask for its absence write { present: false }");
            None
        }
        Value::List(items) if items.is_empty() => {
            to.cx.error(node.at, "an empty list never holds");
            None
        }
        _ => {
            let words: Vec<_> = node.one_or_more().iter().map(|item| to.cx.text(item)).collect();
            Some(Condition::Is(field.clone(), Test::AnyOf(words.into_iter().collect::<Option<_>>()?)))
        }
    }
}

fn operators(to: Compiler<'_>, field: &Field, node: &Node) -> Option<Condition> {
    let entries = to.cx.entries(node, "operators")?;
    if entries.is_empty() {
        to.cx.error_help(node.at, "there is no operator here", format!("there are {}", list(&OPERATORS)));
        return None;
    }
    let is = |test| Condition::Is(field.clone(), test);
    let parts = entries.iter().map(|(key, operand)| match key.name.as_str() {
        "at_least" => to.cx.number(operand).map(|bound| is(Test::AtLeast(bound))),
        "at_most" => to.cx.number(operand).map(|bound| is(Test::AtMost(bound))),
        "matches" => reading::pattern(to.cx, operand, true).map(|regex| is(Test::Matches(regex))),
        "present" => to.cx.bool(operand).map(|present| is(Test::Present(present))),
        "not" => test(to, field, key.at, operand).map(|inner| match inner {
            Condition::Is(field, test) => Condition::Is(field, Test::Not(Box::new(test))),
            other => Condition::Not(Box::new(other)),
        }),
        other => {
            to.cx.error_help(
                key.at,
                format!("there is no operator `{other}`"),
                suggest(other, OPERATORS).unwrap_or_default(),
            );
            None
        }
    });
    all(parts.collect())
}

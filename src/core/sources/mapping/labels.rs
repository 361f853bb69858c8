//! Labels: one by one, and places that hold many of them.

use super::event::{EventMap, LabelSet};
use super::found::{Cx, Value, meaning};
use crate::core::event::Event;
use crate::core::limits::LIST_ITEMS_MAX;
use crate::core::sources::reader::opaque;
use crate::core::sources::{build, fill};
use crate::core::tree::Tree;

/// Fills in all labels, and what they usually name.
pub(super) fn fill(event: &mut Event, map: &EventMap, cx: Cx<'_>) {
    for (name, reading) in &map.labels {
        reading.each(cx, &mut |found| {
            if let Some(word) = meaning(found) {
                build::add_label(&mut event.labels, name, &word);
            }
            true
        });
    }
    for set in &map.labels_from {
        let mut left = LIST_ITEMS_MAX;
        set.from.each(cx, &mut |found| {
            add(event, set, cx, &found.value);
            left -= 1;
            left > 0
        });
    }
    if !event.labels.is_empty() {
        fill::from_labels(event);
    }
}

fn add(event: &mut Event, set: &LabelSet, cx: Cx<'_>, value: &Value<'_>) {
    match (value, &set.pair) {
        (Value::Tree(tree @ Tree::Object(_)), Some((name, value))) => {
            let mut key = None;
            name.each(tree, &mut |name| {
                key = opaque(name);
                false
            });
            let Some(key) = key else { return };
            value.each(tree, &mut |value| {
                words(event, set, cx, &key, value);
                true
            });
        }
        (Value::Tree(Tree::Object(members)), None) => {
            members.iter().for_each(|(name, value)| words(event, set, cx, name, value));
        }
        (Value::Tree(tree), _) => {
            if let Some(word) = opaque(tree) {
                tag(event, set, &word);
            }
        }
        (Value::Text(word), _) => tag(event, set, word),
    }
}

/// A member: one word, or a list of them.
fn words(event: &mut Event, set: &LabelSet, cx: Cx<'_>, name: &str, value: &Tree<'_>) {
    if set.except.iter().any(|except| except == name) {
        return;
    }
    let name = format!("{}{name}", set.prefix);
    let values = if let Tree::List(list) = value { list.as_slice() } else { std::slice::from_ref(value) };
    for word in values.iter().take(LIST_ITEMS_MAX).filter_map(opaque) {
        let word = word.trim();
        if !word.is_empty() && !cx.mapping.ignores(word) {
            build::add_label(&mut event.labels, &name, word);
        }
    }
}

/// `key:value` and `key=value` are labels, any other word is one of the label `tag`.
fn tag(event: &mut Event, set: &LabelSet, word: &str) {
    let pair = word.split_once([':', '=']).map(|(name, value)| (name.trim(), value.trim()));
    match pair.filter(|(name, value)| !name.is_empty() && !value.is_empty()) {
        Some((name, _)) if set.except.iter().any(|except| except == name) => {}
        Some((name, value)) => build::add_label(&mut event.labels, &format!("{}{name}", set.prefix), value),
        None if word.trim().is_empty() => {}
        None => build::add_label(&mut event.labels, &format!("{}tag", set.prefix), word.trim()),
    }
}

//! What most adapters fill in alike, from wherever their sender keeps it. What is absent leaves the
//! event as it was; what has not the type that it should have is a warning.

use super::build;
use super::reader::{Fields, Warnings, opaque};
use super::words;
use crate::core::event::{AudienceHint, Event, Message, Named, NativePriority, NativeSeverity, TextFormat};
use crate::core::limits::{LIST_ITEMS_MAX, NAME_CHARS_MAX, TEXT_CHARS_MAX, TITLE_CHARS_MAX};
use crate::core::text::{clean_line, clean_text};
use crate::core::tree::Tree;
use crate::core::vocabulary::StageWord;

/// The sender's word for the state, and what it means. One that means nothing to us is a warning,
/// and the event says nothing of the stage.
pub(super) fn stage(
    event: &mut Event,
    native: &str,
    stage: Option<StageWord>,
    pointer: &str,
    w: &mut Warnings,
) {
    event.native_status = Some(clean_line(native, NAME_CHARS_MAX)).filter(|word| !word.is_empty());
    event.stage = stage;
    match stage {
        Some(stage) if !event.is_test => event.event_type = words::event_type(stage),
        Some(_) => {}
        None => w.add("unknown_state", pointer),
    }
}

/// The first of these members that is a line.
pub(super) fn first_line(
    fields: &Fields<'_>,
    keys: &[&str],
    chars_max: usize,
    w: &mut Warnings,
) -> Option<String> {
    keys.iter().find_map(|key| fields.line(key, chars_max, w))
}

/// The title, from the first of these members that has one.
pub(super) fn title(event: &mut Event, fields: &Fields<'_>, keys: &[&str], w: &mut Warnings) {
    if event.title.is_none() {
        event.title = first_line(fields, keys, TITLE_CHARS_MAX, w);
    }
}

/// The description, from the first of these members that has one.
pub(super) fn description(
    event: &mut Event,
    fields: &Fields<'_>,
    keys: &[&str],
    format: TextFormat,
    w: &mut Warnings,
) {
    if event.description.is_none() {
        let words = keys.iter().find_map(|key| fields.text(key, w));
        event.description = words.and_then(|words| build::text(&words, format, false));
    }
}

/// A note or a stakeholder's text.
pub(super) fn message(
    event: &mut Event,
    words: &str,
    format: TextFormat,
    audience_hint: AudienceHint,
    author: Option<String>,
) {
    let (text, truncated) = clean_text(words, TEXT_CHARS_MAX);
    if !text.is_empty() {
        event.message = Some(Message { text, format, audience_hint, author, truncated });
    }
}

/// When this change was, from the first of these members that has a time.
pub(super) fn occurred(event: &mut Event, fields: &Fields<'_>, keys: &[&str], w: &mut Warnings) {
    if event.occurred_at.is_none()
        && let Some((at, quality)) = keys.iter().find_map(|key| fields.time(key, w))
    {
        event.occurred_at = Some(at);
        event.occurred_at_quality = quality;
    }
}

/// The sender's priority: a word, or an object with a name.
pub(super) fn priority(event: &mut Event, fields: &Fields<'_>, key: &str, w: &mut Warnings) {
    let Some(named) = fields.get(key).and_then(build::named) else { return };
    if let Some(native) = named.name.or(named.id) {
        priority_word(event, native, &fields.pointer(key), w);
    }
}

/// The sender's word for a priority. The policy may read what we can't.
pub(super) fn priority_word(event: &mut Event, native: String, pointer: &str, w: &mut Warnings) {
    let rank = words::priority(&native);
    if rank.is_none() {
        w.add("unmapped_priority", pointer);
    }
    event.priority = Some(NativePriority { rank, native });
}

/// The sender's technical severity, from the first of these members that has one.
pub(super) fn severity(event: &mut Event, fields: &Fields<'_>, keys: &[&str], w: &mut Warnings) {
    if event.severity.is_none()
        && let Some(native) = first_line(fields, keys, NAME_CHARS_MAX, w)
    {
        severity_word(event, native);
    }
}

/// The sender's word for a severity.
pub(super) fn severity_word(event: &mut Event, native: String) {
    event.severity = Some(NativeSeverity { level: words::severity(&native), native });
}

/// A link, from a member that is an address.
pub(super) fn link(event: &mut Event, rel: &str, fields: &Fields<'_>, key: &str, w: &mut Warnings) {
    if let Some(href) = fields.text(key, w) {
        build::add_plain_link(&mut event.links, rel, &href);
    }
}

/// A service, by its name.
pub(super) fn service(event: &mut Event, name: &str) {
    add_named(&mut event.services, name);
}

/// A team, by its name.
pub(super) fn team(event: &mut Event, name: &str) {
    add_named(&mut event.teams, name);
}

fn add_named(list: &mut Vec<Named>, name: &str) {
    let name = clean_line(name, NAME_CHARS_MAX);
    if !name.is_empty() && list.len() < LIST_ITEMS_MAX {
        let named = Named::name(name);
        if !list.contains(&named) {
            list.push(named);
        }
    }
}

/// Every member that is a word, or a list of words, as a label with this in front of its name.
pub(super) fn labels(event: &mut Event, fields: &Fields<'_>, prefix: &str) {
    for (key, value) in fields.iter() {
        let values = if let Tree::List(list) = value { list.as_slice() } else { std::slice::from_ref(value) };
        for word in values.iter().take(LIST_ITEMS_MAX).filter_map(opaque) {
            build::add_label(&mut event.labels, &format!("{prefix}{key}"), &word);
        }
    }
}

/// One member as a label.
pub(super) fn label(event: &mut Event, name: &str, fields: &Fields<'_>, key: &str, w: &mut Warnings) {
    if let Some(word) = fields.opaque(key, w) {
        build::add_label(&mut event.labels, name, &word);
    }
}

/// A tag: `key:value` and `key=value` are labels, any other word is one of the label `tag`.
pub(super) fn tag(event: &mut Event, tag: &str) {
    match tag.split_once([':', '=']) {
        Some((key, value)) if !key.trim().is_empty() && !value.trim().is_empty() => {
            build::add_label(&mut event.labels, key.trim(), value.trim());
        }
        _ => build::add_label(&mut event.labels, "tag", tag.trim()),
    }
}

/// A list of tags, or several in one text with commas between them.
pub(super) fn tags(event: &mut Event, fields: &Fields<'_>, key: &str) {
    for value in fields.list(key).iter().take(LIST_ITEMS_MAX) {
        if let Some(words) = opaque(value) {
            words.split(',').filter(|word| !word.trim().is_empty()).for_each(|word| tag(event, word));
        }
    }
}

/// What labels usually name: service, team, environment and host, where nothing else has.
pub(super) fn from_labels(event: &mut Event) {
    let values = |event: &Event, keys: &[&str]| -> Vec<String> {
        let all = keys.iter().filter_map(|key| event.labels.get(*key)).flatten();
        all.filter(|value| !value.is_empty()).take(LIST_ITEMS_MAX).cloned().collect()
    };
    if event.services.is_empty() {
        values(event, &["service", "services", "app", "application"]).iter().for_each(|n| service(event, n));
    }
    if event.teams.is_empty() {
        values(event, &["team", "teams", "owner"]).iter().for_each(|name| team(event, name));
    }
    if event.environment.is_none() {
        event.environment = values(event, &["environment", "env"]).into_iter().next();
    }
    if event.hosts.is_empty() {
        values(event, &["host", "hostname"]).iter().for_each(|host| build::add_word(&mut event.hosts, host));
    }
}

/// Customer impact by one word, which is also kept as it was written.
pub(super) fn impact(event: &mut Event, native: &str, pointer: &str, w: &mut Warnings) {
    let native = clean_line(native, NAME_CHARS_MAX);
    if native.is_empty() {
        return;
    }
    let level = words::impact(&native);
    if level.is_none() {
        w.add("unknown_word", pointer);
    }
    let impact = event.impact.get_or_insert_default();
    impact.level = level;
    impact.native = Some(native);
}

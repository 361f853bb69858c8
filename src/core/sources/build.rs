//! What every adapter does alike: ids, the envelope of an event, and lists kept within limits.

use std::borrow::Cow;

use super::reader::{Fields, Warnings, opaque};
use super::{Delivery, Read, SourceKind};
use crate::core::event::{Event, EventSource, IncidentRef, Ingest, Labels, Link, Named, Text, TextFormat};
use crate::core::label_set::LabelSet;
use crate::core::limits::{
    FUTURE_TIME_SECONDS_MAX, INCIDENT_KEY_BYTES_MAX, LABEL_VALUES_MAX, LABELS_MAX, LINKS_MAX, LIST_ITEMS_MAX,
    NAME_CHARS_MAX, TEXT_CHARS_MAX,
};
use crate::core::rejected::Problem;
use crate::core::text::{clean, clean_line, clean_text, cut, is_direction_control};
use crate::core::tree::Tree;
use crate::core::vocabulary::EventType;
use crate::core::{ids, limits};

/// Longest address of a link.
const HREF_CHARS_MAX: usize = 2_048;

/// What an adapter knows of an event before it reads the rest.
pub(super) struct Head<'h> {
    pub(super) kind: SourceKind,
    pub(super) native_id: &'h str,
    pub(super) delivery_id: Option<&'h str>,
    pub(super) part: usize,
    pub(super) event_type: EventType,
    pub(super) native_type: &'h str,
    pub(super) version: Option<&'h str>,
    pub(super) is_test: bool,
}

/// An event with its envelope filled in and nothing else said.
pub(super) fn event(delivery: &Delivery<'_>, head: &Head<'_>) -> Event {
    let part = u32::try_from(head.part).unwrap_or(u32::MAX);
    let incident = incident_ref(delivery.source, head.native_id, head.is_test);
    let source = EventSource {
        kind: head.kind.as_str().to_owned(),
        name: delivery.source.to_owned(),
        account: None,
        version: head.version.map(|version| clean_line(version, NAME_CHARS_MAX)),
    };
    let ingest = Ingest {
        delivery_id: head.delivery_id.map(|id| clean_line(id, NAME_CHARS_MAX)),
        body_sha256: delivery.body_sha256.to_owned(),
        part,
        auth: delivery.auth,
        key_id: delivery.key_id.map(str::to_owned),
    };
    Event {
        id: ids::event(delivery.source, head.delivery_id, delivery.body_sha256, part),
        event_type: if head.is_test { EventType::Test } else { head.event_type },
        native_type: clean_line(head.native_type, NAME_CHARS_MAX),
        is_test: head.is_test,
        ..Event::empty(delivery.received_at, source, ingest, incident)
    }
}

/// Puts the warnings on, after everything was read.
pub(super) fn finished(mut event: Event, mut warnings: Warnings) -> Event {
    if let Some(at) = event.occurred_at
        && at.as_second().saturating_sub(event.received_at.as_second()) > FUTURE_TIME_SECONDS_MAX
    {
        warnings.add("future_time", "/occurred_at");
    }
    event.warnings = warnings.into_list();
    event
}

fn incident_ref(source: &str, native_id: &str, is_test: bool) -> IncidentRef {
    let id = if is_test { ids::test_incident(source, native_id) } else { ids::incident(source, native_id) };
    let native_id = clean_line(native_id, NAME_CHARS_MAX);
    IncidentRef {
        key: incident_key(source, &native_id, &id),
        id,
        native_id,
        display_id: None,
        dedup_key: None,
        merged_into: None,
        owner: None,
    }
}

/// `source/native id`; a long one is cut and ends with the incident's id, which is a hash of the whole.
pub(super) fn incident_key(source: &str, native_id: &str, id: &str) -> String {
    let mut key = format!("{source}/{native_id}");
    if key.len() > INCIDENT_KEY_BYTES_MAX {
        let end = key.floor_char_boundary(INCIDENT_KEY_BYTES_MAX.saturating_sub(id.len() + 1));
        key.truncate(end);
        key.push('~');
        key.push_str(id);
    }
    key
}

/// A body that can't be used, for one reason.
pub(super) fn rejected(reason: &'static str, pointer: impl Into<String>, message: impl Into<String>) -> Read {
    Read::Rejected { reason, problems: vec![Problem { pointer: pointer.into(), message: message.into() }] }
}

/// More events than a delivery may make.
pub(super) fn too_many_parts(parts: usize, parts_max: usize) -> Read {
    rejected("too_many_parts", "", format!("{parts} events in one delivery; at most {parts_max} are read"))
}

/// Without its id no event can be told from another's.
pub(super) fn no_identity(pointer: impl Into<String>) -> Read {
    rejected("no_identity", pointer, "the incident's id is missing")
}

/// Text of several lines, within limits.
pub(super) fn text(words: &str, format: TextFormat, cut_by_sender: bool) -> Option<Text> {
    let (text, cut) = clean_text(words, TEXT_CHARS_MAX);
    (!text.is_empty()).then_some(Text { text, format, truncated: cut || cut_by_sender })
}

/// A link, if it is http or https and has nothing odd in it.
pub(super) fn link(rel: &str, href: &str, text: Option<&str>) -> Option<Link> {
    let href = web_address(href)?;
    let text = text.map(|text| clean_line(text, NAME_CHARS_MAX)).filter(|text| !text.is_empty());
    Some(Link { rel: rel.to_owned(), href: href.to_owned(), text })
}

/// An address of http or https with nothing odd in it.
fn web_address(href: &str) -> Option<&str> {
    let href = href.trim();
    let begins =
        |scheme: &str| href.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    let quotes = |c: char| matches!(c, '<' | '>' | '"');
    let odd = |c: char| c.is_whitespace() || c.is_control() || is_direction_control(c) || quotes(c);
    let plain = |byte: u8| byte.is_ascii_graphic() && !quotes(byte.into());
    // Of ASCII, which nearly all are, no character need be made.
    let sound = (begins("https://") || begins("http://")) && (href.bytes().all(plain) || !href.contains(odd));
    (sound && !cut(href, HREF_CHARS_MAX).1).then_some(href)
}

/// Adds a link that has no text. Grouped alerts mostly share theirs.
pub(super) fn add_plain_link(links: &mut Vec<Link>, rel: &str, href: &str) {
    if links.len() < LINKS_MAX && !links.iter().any(|known| known.href == href.trim()) {
        links.extend(link(rel, href, None));
    }
}

/// Adds a link, unless it is there or there are too many.
pub(super) fn add_link(links: &mut Vec<Link>, link: Option<Link>) {
    if let Some(link) = link
        && links.len() < LINKS_MAX
        && !links.iter().any(|known| known.href == link.href)
    {
        links.push(link);
    }
}

/// A reference as senders write it: a name, or an object with id, name and address.
pub(super) fn named(value: &Tree<'_>) -> Option<Named> {
    if let Some(name) = opaque(value) {
        let name = clean_line(&name, NAME_CHARS_MAX);
        return (!name.is_empty()).then(|| Named::name(name));
    }
    let fields = value.as_object()?;
    let first = |keys: &[&str]| {
        keys.iter()
            .filter_map(|key| opaque(fields.get(key)?))
            .map(|word| clean_line(&word, NAME_CHARS_MAX))
            .find(|word| !word.is_empty())
    };
    let url = ["html_url", "url"].iter().filter_map(|key| fields.get(key)?.as_str());
    let named = Named {
        id: first(&["id"]),
        name: first(&["name", "summary", "display_name"]),
        url: url.filter_map(|url| link("source", url, None)).map(|link| link.href).next(),
    };
    (named.id.is_some() || named.name.is_some()).then_some(named)
}

/// A person. Many tools call people by their e-mail address, which is not kept.
pub(super) fn person(value: &Tree<'_>) -> Option<Named> {
    let Named { id, name, url } = named(value)?;
    let kept = |word: &String| !word.contains('@');
    let person = Named { id: id.filter(kept), name: name.filter(kept), url };
    (person.id.is_some() || person.name.is_some()).then_some(person)
}

/// A list of references; what is none of them is a warning.
pub(super) fn named_list(fields: &Fields<'_>, key: &str, warnings: &mut Warnings) -> Vec<Named> {
    let mut list: Vec<Named> = Vec::new();
    for value in fields.list(key).iter().take(LIST_ITEMS_MAX) {
        match named(value) {
            Some(named) if list.contains(&named) => {}
            Some(named) => list.push(named),
            None => fields.drift(key, warnings),
        }
    }
    list
}

/// A list of words; what is none is a warning.
pub(super) fn word_list(fields: &Fields<'_>, key: &str, warnings: &mut Warnings) -> Vec<String> {
    let mut list: Vec<String> = Vec::new();
    for value in fields.list(key).iter().take(LIST_ITEMS_MAX) {
        match opaque(value) {
            Some(word) => add_word(&mut list, &word),
            None => fields.drift(key, warnings),
        }
    }
    list
}

/// Adds a word, unless it is empty, there already, or one too many.
pub(super) fn add_word(list: &mut Vec<String>, word: &str) {
    let word = clean(word, NAME_CHARS_MAX);
    if !word.is_empty() && list.len() < LIST_ITEMS_MAX && !list.iter().any(|known| *known == word) {
        list.push(word.into_owned());
    }
}

/// Adds a label's value, within limits.
pub(super) fn add_label(labels: &mut Labels, key: &str, value: &str) {
    if has_label(labels, key, value) {
        return;
    }
    let key = clean(key, NAME_CHARS_MAX);
    if key.is_empty() {
        return;
    }
    let value = clean(value, NAME_CHARS_MAX);
    if let Some(values) = labels.get_mut(key.as_ref()) {
        if values.len() < LABEL_VALUES_MAX && !values.iter().any(|known| *known == value) {
            values.push(value.into_owned());
        }
    } else if labels.len() < LABELS_MAX {
        labels.insert(key.into_owned(), vec![value.into_owned()]);
    }
}

/// Is it there already, just as it is written? What is shorter than the limit was not cut, and so
/// would be cleaned to itself. Grouped alerts bring most of their labels again and again.
fn has_label(labels: &Labels, key: &str, value: &str) -> bool {
    let whole = key.len() < NAME_CHARS_MAX && value.len() < NAME_CHARS_MAX;
    whole && labels.get(key).is_some_and(|values| values.iter().any(|known| known == value))
}

/// Labels of one alert: each has one value.
pub(super) fn single_labels(fields: Option<&Fields<'_>>) -> LabelSet {
    let pairs = fields.into_iter().flat_map(Fields::iter);
    pairs
        .filter_map(|(key, value)| {
            let value = match opaque(value)? {
                Cow::Borrowed(value) => clean(value, NAME_CHARS_MAX),
                Cow::Owned(value) => Cow::Owned(clean_line(&value, NAME_CHARS_MAX)),
            };
            Some((clean(key, NAME_CHARS_MAX), value))
        })
        .take(limits::LABELS_MAX)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_key_is_cut_and_still_its_own() {
        let (one, two) = ("ü".repeat(300) + "1", "ü".repeat(300) + "2");
        let keys = [one, two].map(|native| incident_ref("source", &native, false).key);
        assert!(keys.iter().all(|key| key.len() <= INCIDENT_KEY_BYTES_MAX && key.starts_with("source/ü")));
        assert_ne!(keys[0], keys[1]);
        assert_eq!(incident_ref("pd", "Q1", false).key, "pd/Q1");
    }

    #[test]
    fn only_links_to_the_web_are_kept() {
        assert!(link("source", " https://example.com/a?b=c ", None).is_some());
        for href in
            ["javascript:alert(1)", "ftp://example.com", "https://a b", "https://a\"onload=", "", "//x"]
        {
            assert!(link("source", href, None).is_none(), "{href}");
        }
    }
}

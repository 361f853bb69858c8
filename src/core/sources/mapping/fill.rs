//! From one element to one event.

use super::condition::Condition;
use super::event::{EventMap, Flag, ImpactMap, MessageMap};
use super::found::{Cx, Found, Value, Word, meaning};
use super::reading::Reading;
use super::{KIND, Shape, labels, plain};
use crate::core::event::{Component, Event, Named, NativeImpact, NativePriority, NativeSeverity};
use crate::core::ids;
use crate::core::limits::{LIST_ITEMS_MAX, NAME_CHARS_MAX, TEXT_CHARS_MAX, TITLE_CHARS_MAX};
use crate::core::sources::build::{self, Head};
use crate::core::sources::reader::{Warnings, opaque};
use crate::core::sources::{Read, SourceKind, fill, words};
use crate::core::text::clean_line;
use crate::core::tree::Tree;
use crate::core::vocabulary::{EventType, Impact, Priority, Severity, StageWord, TimeQuality, Urgency};

impl Shape {
    /// Reads one element; none where it is skipped.
    pub(super) fn read(&self, cx: Cx<'_>, part: usize) -> Result<Option<Event>, Read> {
        // Nothing need be read of what is skipped for what its body says.
        if self.skip.as_ref().is_some_and(|skip| !asks_event(skip) && skip.holds(cx, None)) {
            return Ok(None);
        }
        let mut warnings = Warnings::default();
        let w = &mut warnings;
        let map = &self.event;
        let Some(native_id) = line(Some(&map.id), cx, NAME_CHARS_MAX, w) else {
            let pointer = map.id.place().map_or_else(|| cx.at.to_owned(), |path| cx.pointer(path));
            return Err(build::no_identity(pointer));
        };
        let said = Said::read(map, cx, w);
        let delivery_id = map.delivery_id.as_ref().and_then(|reading| reading.one(cx)).and_then(meaning);
        let head = Head {
            // The sender that it speaks for is told below: a mapping is no kind of its own.
            kind: SourceKind::Herald,
            native_id: &native_id,
            delivery_id: delivery_id.as_deref(),
            part,
            event_type: said.event_type,
            native_type: &said.native_type,
            version: self.name.as_deref(),
            is_test: flag(map.is_test.as_ref(), cx) || said.event_type == EventType::Test,
        };
        let mut event = build::event(cx.delivery, &head);
        KIND.clone_into(&mut event.source.kind);
        event.stage = said.stage;
        event.native_status = said.native_status;
        event.is_drill = flag(map.is_drill.as_ref(), cx);
        event.is_maintenance =
            flag(map.is_maintenance.as_ref(), cx) || event.event_type == EventType::Maintenance;
        if event.is_maintenance && !event.is_test {
            event.event_type = EventType::Maintenance;
        }
        event.is_private = flag(map.is_private.as_ref(), cx);
        event.partial = flag(map.partial.as_ref(), cx);
        texts(&mut event, map, cx, w);
        grades(&mut event, map, cx, w);
        names(&mut event, map, cx, w);
        times(&mut event, map, cx, w);
        labels::fill(&mut event, map, cx);
        for (rel, reading) in &map.links {
            each_word(Some(reading), cx, |href| build::add_plain_link(&mut event.links, rel, &href));
        }
        let event = build::finished(event, warnings);
        let skipped = self.skip.as_ref().is_some_and(|skip| asks_event(skip) && skip.holds(cx, Some(&event)));
        Ok((!skipped).then_some(event))
    }
}

/// Does it look at the event that was read?
fn asks_event(condition: &Condition) -> bool {
    let mut asks = false;
    condition.visit(&mut |field| asks |= matches!(field, super::condition::Field::Event(_)));
    asks
}

/// What an element says of change and stage.
struct Said {
    event_type: EventType,
    native_type: String,
    stage: Option<StageWord>,
    native_status: Option<String>,
}

impl Said {
    fn read(map: &EventMap, cx: Cx<'_>, w: &mut Warnings) -> Self {
        let (native_type, by_type) = match map.event_type.as_ref().and_then(|reading| reading.one(cx)) {
            Some(found) => {
                let (native, word) =
                    word(&found, cx, "unknown_type", w, |text| EventType::parse(&plain(text)));
                (Some(native), word)
            }
            None => (None, None),
        };
        let (native_status, mut stage) = match map.stage.as_ref().and_then(|reading| reading.one(cx)) {
            Some(found) => {
                let (native, word) = word(&found, cx, "unknown_state", w, words::stage);
                (Some(native), word)
            }
            None => (None, None),
        };
        if map.stage.is_none() {
            stage = by_type.and_then(stage_of);
        }
        let event_type = by_type.or_else(|| stage.map(words::event_type)).unwrap_or(EventType::Other);
        let native_type = native_type.or_else(|| native_status.clone()).unwrap_or_default();
        Self { event_type, native_type, stage, native_status: native_status.filter(|word| !word.is_empty()) }
    }
}

/// The stage that a type of event names.
const fn stage_of(event_type: EventType) -> Option<StageWord> {
    Some(match event_type {
        EventType::Triggered => StageWord::Triggered,
        EventType::Acknowledged => StageWord::Acknowledged,
        EventType::Resolved => StageWord::Resolved,
        EventType::Reopened => StageWord::Reopened,
        EventType::Closed => StageWord::Closed,
        EventType::Merged => StageWord::Merged,
        _ => return None,
    })
}

/// The sender's word, and what it means. One that means nothing to anybody is a warning.
fn word<T>(
    found: &Found<'_>,
    cx: Cx<'_>,
    unknown: &str,
    w: &mut Warnings,
    own: impl Fn(&str) -> Option<T>,
) -> (String, Option<T>) {
    let native = found.value.clone().text();
    let word = match found.word {
        Word::Same => native.as_deref().and_then(&own),
        Word::As(word) => own(word),
        Word::Nothing | Word::Unknown => None,
    };
    if word.is_none() && found.word != Word::Nothing {
        w.add(unknown, &cx.pointer_of(found));
    }
    (clean_line(&native.unwrap_or_default(), NAME_CHARS_MAX), word)
}

/// One clean line. What is no text is a warning.
fn line(reading: Option<&Reading>, cx: Cx<'_>, chars_max: usize, w: &mut Warnings) -> Option<String> {
    let found = reading?.one(cx)?;
    let at = found.path;
    let text = meaning(found);
    if text.is_none() {
        w.add("type_drift", &at.map_or_else(|| cx.at.to_owned(), |path| cx.pointer(path)));
    }
    let line = clean_line(&text?, chars_max);
    (!line.is_empty()).then_some(line)
}

fn each_word(reading: Option<&Reading>, cx: Cx<'_>, mut tell: impl FnMut(std::borrow::Cow<'_, str>)) {
    let mut left = LIST_ITEMS_MAX;
    if let Some(reading) = reading {
        reading.each(cx, &mut |found| {
            if let Some(word) = meaning(found) {
                tell(word);
            }
            left -= 1;
            left > 0
        });
    }
}

fn flag(flag: Option<&Flag>, cx: Cx<'_>) -> bool {
    match flag {
        None => false,
        Some(Flag::Always) => true,
        Some(Flag::When(when)) => when.holds(cx, None),
        Some(Flag::Value(reading)) => reading.one(cx).and_then(meaning).is_some_and(|word| {
            matches!(word.to_ascii_lowercase().as_str(), "true" | "1" | "yes" | "y" | "on")
        }),
    }
}

fn texts(event: &mut Event, map: &EventMap, cx: Cx<'_>, w: &mut Warnings) {
    event.title = line(map.title.as_ref(), cx, TITLE_CHARS_MAX, w);
    if let Some((reading, format)) = &map.description
        && let Some(words) = reading.one(cx).and_then(meaning)
    {
        event.description = build::text(&words, *format, false);
    }
    if let Some(MessageMap { text, format, audience, author }) = &map.message
        && let Some(words) = text.one(cx).and_then(meaning)
    {
        let author = line(author.as_ref(), cx, NAME_CHARS_MAX, w);
        fill::message(event, &words, *format, *audience, author);
    }
    event.source.account = line(map.account.as_ref(), cx, NAME_CHARS_MAX, w);
    event.incident.display_id = line(map.reference.as_ref(), cx, NAME_CHARS_MAX, w);
    event.incident.dedup_key = line(map.dedup_key.as_ref(), cx, NAME_CHARS_MAX, w);
    event.incident.merged_into = line(map.merged_into.as_ref(), cx, NAME_CHARS_MAX, w)
        .filter(|_| event.stage == Some(StageWord::Merged))
        .map(|native_id| ids::incident(&event.source.name, &native_id));
}

/// What is there, and not said to mean nothing.
fn said<'a>(reading: Option<&'a Reading>, cx: Cx<'a>) -> Option<Found<'a>> {
    reading?.one(cx).filter(|found| found.word != Word::Nothing)
}

fn grades(event: &mut Event, map: &EventMap, cx: Cx<'_>, w: &mut Warnings) {
    if let Some(found) = said(map.priority.as_ref(), cx) {
        let own = |text: &str| Priority::parse(text).or_else(|| words::priority(text));
        let (native, rank) = word(&found, cx, "unmapped_priority", w, own);
        event.priority = (!native.is_empty()).then_some(NativePriority { rank, native });
    }
    if let Some(found) = said(map.severity.as_ref(), cx) {
        let own = |text: &str| Some(words::severity(text)).filter(|level| *level != Severity::Unknown);
        let (native, level) = word(&found, cx, "unknown_word", w, own);
        let level = level.unwrap_or(Severity::Unknown);
        event.severity = (!native.is_empty()).then_some(NativeSeverity { level, native });
    }
    if let Some(found) = said(map.urgency.as_ref(), cx) {
        event.urgency = word(&found, cx, "unknown_word", w, |text| Urgency::parse(&plain(text))).1;
    }
    if let Some(map) = &map.impact {
        impact(event, map, cx, w);
    }
}

fn impact(event: &mut Event, map: &ImpactMap, cx: Cx<'_>, w: &mut Warnings) {
    let mut impact = NativeImpact::default();
    if let Some(found) = map.level.as_ref().and_then(|reading| reading.one(cx)) {
        let own = |text: &str| Impact::parse(text).or_else(|| words::impact(text));
        let (native, level) = word(&found, cx, "unknown_word", w, own);
        impact.level = level;
        impact.native = Some(native).filter(|native| !native.is_empty());
    }
    impact.summary = line(map.summary.as_ref(), cx, TEXT_CHARS_MAX, w);
    impact.affected_count = number(map.affected_count.as_ref(), cx, w).and_then(|count| {
        // Whole and not negative: a count that is neither is none.
        let text = format!("{count:.0}");
        text.parse().ok()
    });
    impact.affected_percent =
        number(map.affected_percent.as_ref(), cx, w).filter(|percent| (0.0..=100.0).contains(percent));
    each_word(map.regions.as_ref(), cx, |word| build::add_word(&mut impact.regions, &word));
    if let Some(components) = &map.components {
        components.from.each(cx, &mut |found| {
            if let Value::Tree(tree) = found.value {
                let below = |path: &super::path::Path| {
                    let mut word = None;
                    path.each(tree, &mut |value| {
                        word = opaque(value).map(|word| clean_line(&word, NAME_CHARS_MAX));
                        word.is_none()
                    });
                    word
                };
                if let Some(name) = below(&components.name) {
                    let state = components.state.as_ref().and_then(below);
                    let state = state.and_then(|word| words::service_state(&word));
                    impact.components.push(Component { name, state });
                }
            }
            impact.components.len() < LIST_ITEMS_MAX
        });
    }
    event.impact = (impact != NativeImpact::default()).then_some(impact);
}

fn number(reading: Option<&Reading>, cx: Cx<'_>, w: &mut Warnings) -> Option<f64> {
    let found = reading?.one(cx)?;
    let pointer = found.path;
    let text = meaning(found);
    let number =
        text.and_then(|text| text.trim_end_matches('%').trim().parse().ok()).filter(|n: &f64| n.is_finite());
    if number.is_none() {
        w.add("type_drift", &pointer.map_or_else(|| cx.at.to_owned(), |path| cx.pointer(path)));
    }
    number
}

fn names(event: &mut Event, map: &EventMap, cx: Cx<'_>, w: &mut Warnings) {
    named(&mut event.services, map.services.as_ref(), cx, w);
    named(&mut event.teams, map.teams.as_ref(), cx, w);
    named(&mut event.assignees, map.assignees.as_ref(), cx, w);
    let mut actors = Vec::new();
    named(&mut actors, map.actor.as_ref(), cx, w);
    event.actor = actors.into_iter().next();
    event.environment = line(map.environment.as_ref(), cx, NAME_CHARS_MAX, w);
    each_word(map.hosts.as_ref(), cx, |word| build::add_word(&mut event.hosts, &word));
}

/// Names, or objects with id, name and address.
fn named(list: &mut Vec<Named>, reading: Option<&Reading>, cx: Cx<'_>, w: &mut Warnings) {
    let Some(reading) = reading else { return };
    reading.each(cx, &mut |found| {
        let pointer = found.path;
        let named = match (&found.value, found.word) {
            (Value::Tree(tree), Word::Same) => build::named(tree),
            _ => meaning(found).and_then(|word| build::named(&Tree::Text(word))),
        };
        match named {
            Some(named) if list.contains(&named) => {}
            Some(named) => list.push(named),
            None => w.add("type_drift", &pointer.map_or_else(String::new, |path| cx.pointer(path))),
        }
        list.len() < LIST_ITEMS_MAX
    });
}

fn times(event: &mut Event, map: &EventMap, cx: Cx<'_>, w: &mut Warnings) {
    if let Some((at, quality)) = map.occurred_at.as_ref().and_then(|time| time.time(cx, w)) {
        event.occurred_at = Some(at);
        event.occurred_at_quality = quality;
    }
    let mut instant = |time: &Option<super::times::TimeReading>| {
        time.as_ref().and_then(|time| time.time(cx, w)).map(|(at, _)| at)
    };
    event.started_at = instant(&map.started_at);
    event.acknowledged_at = instant(&map.acknowledged_at);
    event.resolved_at = instant(&map.resolved_at);
    event.expected_resolution_at = instant(&map.expected_resolution_at);
    if event.occurred_at.is_none() {
        let own = match event.stage {
            Some(StageWord::Triggered) => event.started_at,
            Some(StageWord::Acknowledged) => event.acknowledged_at,
            Some(StageWord::Resolved | StageWord::Closed) => event.resolved_at,
            _ => None,
        };
        if own.is_some() {
            event.occurred_at = own;
            event.occurred_at_quality = TimeQuality::Derived;
        }
    }
}

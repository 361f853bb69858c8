//! The fields that people and simple tools write, by simple names (`schemas/herald.json` documents
//! each). Herald's own kind reads them from the body, CloudEvents from `data`.

use super::build;
use super::reader::{Fields, Warnings, opaque};
use super::words;
use crate::core::event::{
    AudienceHint, Component, Eta, Event, Message, NativeImpact, NativePriority, NativeSeverity, PlainUpdate,
    TextFormat,
};
use crate::core::limits::{LIST_ITEMS_MAX, NAME_CHARS_MAX, TEXT_CHARS_MAX, TITLE_CHARS_MAX};
use crate::core::text::{LocalText, clean_line, clean_text};
use crate::core::tree::Tree;
use crate::core::vocabulary::{DataState, EventType, StageWord};

/// Reads everything but identity into an event whose envelope is there.
pub(super) fn fill(event: &mut Event, fields: &Fields<'_>, w: &mut Warnings) {
    fill_stage(event, fields, w);
    let title = fields.line("title", TITLE_CHARS_MAX, w);
    event.title = title.or_else(|| fields.line("summary", TITLE_CHARS_MAX, w));
    event.description =
        fields.text("description", w).and_then(|words| build::text(&words, TextFormat::Plain, false));
    event.incident.display_id = fields.opaque("reference", w).map(|id| clean_line(&id, NAME_CHARS_MAX));
    fill_message(event, fields, w);
    fill_gravity(event, fields, w);
    fill_impact(event, fields, w);
    fill_names(event, fields, w);
    fill_times(event, fields, w);
    let update = update(fields, w);
    if update != PlainUpdate::default() {
        event.update = Some(Box::new(update));
    }
    event.is_drill = fields.flag("is_drill", w);
    event.is_maintenance = fields.flag("is_maintenance", w);
    event.is_private = fields.flag("is_private", w);
    event.partial = event.stage.is_none();
    if event.is_maintenance && !event.is_test {
        event.event_type = EventType::Maintenance;
    }
}

fn fill_stage(event: &mut Event, fields: &Fields<'_>, w: &mut Warnings) {
    let Some(key) = ["stage", "status"].into_iter().find(|key| fields.get(key).is_some()) else { return };
    let Some(word) = fields.line(key, NAME_CHARS_MAX, w) else { return };
    match words::stage(&word) {
        // A hand-over without its goal would end nothing and begin nothing.
        Some(StageWord::Merged) if event.incident.merged_into.is_none() => {
            w.add("unknown_state", &fields.pointer("merged_into"));
        }
        Some(stage) => {
            event.stage = Some(stage);
            if !event.is_test {
                event.event_type = words::event_type(stage);
            }
        }
        None => w.add("unknown_state", &fields.pointer(key)),
    }
    event.native_status = Some(word);
}

fn fill_message(event: &mut Event, fields: &Fields<'_>, w: &mut Warnings) {
    let kinds = [
        ("message", AudienceHint::Stakeholder, EventType::StatusUpdate),
        ("note", AudienceHint::Internal, EventType::NoteAdded),
    ];
    for (key, audience_hint, event_type) in kinds {
        let Some(words) = fields.text(key, w) else { continue };
        let (text, truncated) = clean_text(&words, TEXT_CHARS_MAX);
        if text.is_empty() {
            continue;
        }
        let author = fields.line("author", NAME_CHARS_MAX, w);
        event.message = Some(Message { text, format: TextFormat::Plain, audience_hint, author, truncated });
        if event.stage.is_none() && matches!(event.event_type, EventType::Updated | EventType::Other) {
            event.event_type = event_type;
        }
        return;
    }
}

fn fill_gravity(event: &mut Event, fields: &Fields<'_>, w: &mut Warnings) {
    if let Some(native) = fields.opaque("priority", w) {
        let native = clean_line(&native, NAME_CHARS_MAX);
        let rank = words::priority(&native);
        if rank.is_none() {
            w.add("unmapped_priority", &fields.pointer("priority"));
        }
        event.priority = Some(NativePriority { rank, native });
    }
    if let Some(native) = fields.line("severity", NAME_CHARS_MAX, w) {
        event.severity = Some(NativeSeverity { level: words::severity(&native), native });
    }
    if let Some(word) = fields.text("urgency", w) {
        event.urgency = words::urgency(&word);
        if event.urgency.is_none() {
            w.add("unknown_word", &fields.pointer("urgency"));
        }
    }
}

fn fill_impact(event: &mut Event, fields: &Fields<'_>, w: &mut Warnings) {
    let mut impact = NativeImpact::default();
    if let Some(native) = fields.line("impact", NAME_CHARS_MAX, w) {
        impact.level = words::impact(&native);
        if impact.level.is_none() {
            w.add("unknown_word", &fields.pointer("impact"));
        }
        impact.native = Some(native);
    }
    impact.affected_percent = within(fields, "affected_percent", 100.0, w);
    // A count of customers; a fraction of one is cut off.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let count = within(fields, "affected_count", 1e15, w).map(|count| count as u64);
    impact.affected_count = count;
    impact.summary = fields.line("impact_summary", TITLE_CHARS_MAX, w);
    impact.regions = build::word_list(fields, "regions", w);
    for value in fields.list("components").iter().take(LIST_ITEMS_MAX) {
        let Some(name) = build::named(value).and_then(|named| named.name.or(named.id)) else {
            fields.drift("components", w);
            continue;
        };
        let state = value.get("state").and_then(Tree::as_str).and_then(words::service_state);
        impact.components.push(Component { name, state });
    }
    event.impact = Some(impact).filter(|impact| *impact != NativeImpact::default());
}

/// A number from 0 to `max`; anything else is a mistake.
fn within(fields: &Fields<'_>, key: &str, max: f64, w: &mut Warnings) -> Option<f64> {
    let number = fields.number(key, w)?;
    if (0.0..=max).contains(&number) {
        return Some(number);
    }
    w.add("out_of_range", &fields.pointer(key));
    None
}

fn fill_names(event: &mut Event, fields: &Fields<'_>, w: &mut Warnings) {
    for key in ["service", "services"] {
        event.services.extend(build::named_list(fields, key, w));
    }
    for key in ["team", "teams"] {
        event.teams.extend(build::named_list(fields, key, w));
    }
    event.services.truncate(LIST_ITEMS_MAX);
    event.teams.truncate(LIST_ITEMS_MAX);
    event.environment = fields.line("environment", NAME_CHARS_MAX, w);
    event.hosts = build::word_list(fields, "hosts", w);
    event.assignees = build::named_list(fields, "assignees", w);
    event.actor = fields.get("author").and_then(build::named);
    if let Some(labels) = fields.object("labels", w) {
        for (key, _) in labels.iter() {
            for word in build::word_list(&labels, key, w) {
                build::add_label(&mut event.labels, key, &word);
            }
        }
    }
    if let Some(url) = fields.text("url", w) {
        build::add_link(&mut event.links, build::link("incident", &url, None));
    }
    for value in fields.list("links") {
        let part = |key: &str| value.get(key).and_then(Tree::as_str);
        let href = value.as_str().or_else(|| part("href"));
        let rel = clean_line(part("rel").unwrap_or("source"), NAME_CHARS_MAX);
        match href.and_then(|href| build::link(&rel, href, part("text"))) {
            Some(link) => build::add_link(&mut event.links, Some(link)),
            None => fields.drift("links", w),
        }
    }
}

fn fill_times(event: &mut Event, fields: &Fields<'_>, w: &mut Warnings) {
    if let Some((at, quality)) = fields.time("occurred_at", w) {
        event.occurred_at = Some(at);
        event.occurred_at_quality = quality;
    }
    event.started_at = fields.instant("started_at", w);
    event.acknowledged_at = fields.instant("acknowledged_at", w);
    event.resolved_at = fields.instant("resolved_at", w);
    event.expected_resolution_at = fields.instant("expected_resolution_at", w);
}

/// Plain words for readers outside engineering.
fn update(fields: &Fields<'_>, w: &mut Warnings) -> PlainUpdate {
    let language = fields.line("language", 35, w);
    let language = language.as_deref();
    let mut update = PlainUpdate {
        symptom: local_text(fields, "symptom", language, w),
        workaround: local_text(fields, "workaround", language, w),
        action: local_text(fields, "action", language, w),
        cause: fields.text("cause", w).map(|words| clean_text(&words, TEXT_CHARS_MAX).0),
        eta: eta(fields, w),
        data_loss: data_state(fields, "data_loss", w),
        data_exposure: data_state(fields, "data_exposure", w),
        ..PlainUpdate::default()
    };
    if let Some(texts) = fields.object("text", w) {
        for (audience, _) in texts.iter().take(LIST_ITEMS_MAX) {
            let text = local_text(&texts, audience, language, w);
            if !text.is_empty() {
                update.text.insert(clean_line(audience, NAME_CHARS_MAX), text);
            }
        }
    }
    update
}

/// Words in one language, or an object of them by language tag.
pub(super) fn local_text(
    fields: &Fields<'_>,
    key: &str,
    language: Option<&str>,
    w: &mut Warnings,
) -> LocalText {
    let mut local = LocalText::default();
    let mut add = |tag: &str, words: &str| {
        let (words, _) = clean_text(words, TEXT_CHARS_MAX);
        if !words.is_empty() {
            local.0.insert(clean_line(tag, 35), words);
        }
    };
    match fields.get(key) {
        Some(Tree::Object(map)) => {
            for (tag, value) in map.iter().take(LIST_ITEMS_MAX) {
                match opaque(value) {
                    Some(words) => add(tag, &words),
                    None => fields.drift(key, w),
                }
            }
        }
        Some(_) => {
            if let Some(words) = fields.text(key, w) {
                add(language.unwrap_or_else(|| language_of(&words)), &words);
            }
        }
        None => {}
    }
    local
}

/// Nobody said which language it is: Japanese where there is kana in it, else English.
fn language_of(words: &str) -> &'static str {
    if words.chars().any(|c| matches!(c, '\u{3040}'..='\u{30ff}')) { "ja" } else { "en" }
}

/// A time, or an object of a time, a confidence and whether customers may hear it.
fn eta(fields: &Fields<'_>, w: &mut Warnings) -> Option<Eta> {
    if fields.get("eta").is_some_and(Tree::is_object) {
        let eta = fields.object("eta", w)?;
        let confidence = eta.line("confidence", NAME_CHARS_MAX, w);
        return Some(Eta { at: eta.instant("at", w)?, confidence, quotable: eta.flag("quotable", w) });
    }
    Some(Eta { at: fields.instant("eta", w)?, confidence: None, quotable: false })
}

fn data_state(fields: &Fields<'_>, key: &str, w: &mut Warnings) -> Option<DataState> {
    let word = fields.text(key, w)?;
    let state = DataState::parse(word.trim());
    if state.is_none() {
        w.add("unknown_word", &fields.pointer(key));
    }
    state
}

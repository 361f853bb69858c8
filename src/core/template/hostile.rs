//! Do words from outside stay words? The body as its readers parse it, and what in plain text acts
//! by itself: what a template builds around a hostile value shows here, however it was escaped.

use std::collections::BTreeMap;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::Words;
use crate::core::text::is_direction_control;

/// What the sample's hostile words become where they act: a mention, an address, markup.
const ARMED: [&str; 8] =
    ["@channel", "<@U", "<!here>", "http://evil", "evil.example", "www.evil", "<div", "<b "];

/// What a reader of `CommonMark`, with GitHub's additions, finds beside text: how often each.
fn structure(body: &str) -> BTreeMap<String, usize> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_FOOTNOTES;
    let mut found = BTreeMap::new();
    for event in Parser::new_ext(body, options) {
        let name = match event {
            Event::Start(Tag::Link { dest_url, .. }) => format!("a link to {dest_url}"),
            Event::Start(Tag::Image { .. }) => "an image".to_owned(),
            Event::Start(Tag::Heading { .. }) => "a heading".to_owned(),
            Event::Start(Tag::CodeBlock(_)) | Event::Code(_) => "code".to_owned(),
            Event::Start(Tag::List(_) | Tag::Item) => "a list".to_owned(),
            Event::Start(Tag::Table(_)) => "a table".to_owned(),
            Event::Start(Tag::BlockQuote(_)) => "a quotation".to_owned(),
            Event::Start(Tag::Emphasis | Tag::Strong | Tag::Strikethrough) => "emphasis".to_owned(),
            Event::Html(_) | Event::InlineHtml(_) => "HTML".to_owned(),
            Event::Rule => "a rule".to_owned(),
            Event::FootnoteReference(_) => "a footnote".to_owned(),
            Event::TaskListMarker(_) => "a task".to_owned(),
            _ => continue,
        };
        *found.entry(name).or_default() += 1;
    }
    found
}

/// What hostile words did that calm ones don't, in words.
pub(super) fn acts(calm: &Words, hostile: &Words) -> Option<String> {
    let before = structure(&calm.body);
    let more = structure(&hostile.body)
        .into_iter()
        .find(|(name, count)| *count > before.get(name).copied().unwrap_or(0));
    if let Some((name, _)) = more {
        return Some(format!(
            "a hostile value makes {} of itself",
            name.chars().take(80).collect::<String>()
        ));
    }
    let parts = [&hostile.subject, &hostile.thread_subject, &hostile.short, &hostile.body];
    parts.into_iter().find_map(|part| {
        let armed = ARMED.iter().find(|armed| part.contains(**armed));
        let steers = part.chars().any(|c| c.is_control() && c != '\n' || is_direction_control(c));
        match (armed, steers) {
            (Some(armed), _) => Some(format!("a hostile value stands in it as `{armed}`, unbroken")),
            (None, true) => Some("a hostile value brings in characters that steer a terminal".to_owned()),
            (None, false) => None,
        }
    })
}

/// What a body has that values can't be escaped in: HTML; code whose text differs between calm and
/// hostile words.
pub(super) fn unescaped(calm: &str, hostile: &str) -> Option<&'static str> {
    let html = |event: Event<'_>| matches!(event, Event::Html(_) | Event::InlineHtml(_));
    if Parser::new(calm).any(html) {
        return Some("it writes HTML, in which values are not escaped; write Markdown");
    }
    let differs = code(calm) != code(hostile);
    differs.then_some("a value stands in code, in which it is not escaped; write it as text")
}

fn code(body: &str) -> Vec<String> {
    let mut in_block = false;
    let mut found = Vec::new();
    for event in Parser::new(body) {
        match event {
            Event::Code(text) => found.push(text.into_string()),
            Event::Start(Tag::CodeBlock(_)) => in_block = true,
            Event::End(TagEnd::CodeBlock) => in_block = false,
            Event::Text(text) if in_block => found.push(text.into_string()),
            _ => {}
        }
    }
    found
}

/// Hosts that the body links to, as its template wrote them.
pub(super) fn linked_addresses(body: &str) -> Vec<String> {
    let links = Parser::new(body).filter_map(|event| match event {
        Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
            Some(dest_url.into_string())
        }
        _ => None,
    });
    links.collect()
}

//! A message's `CommonMark` as HTML, made of a few elements and escaped text: what it can't say, it
//! can't do.

use std::fmt::Write as _;

use pulldown_cmark::{Event, HeadingLevel, Parser, Tag, TagEnd};

/// Text as HTML, in elements and in attributes.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // What turns the direction of writing, and control characters, would change the page.
            c if (c.is_control() && c != '\n')
                || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}') =>
                {}
            c => out.push(c),
        }
    }
    out
}

/// The body as its reader sees it.
pub(super) fn html(body: &str) -> String {
    let mut out = String::with_capacity(body.len() * 2);
    for event in Parser::new(body) {
        match event {
            Event::Start(tag) => start(&tag, &mut out),
            Event::End(tag) => end(tag, &mut out),
            Event::Code(text) => _ = write!(out, "<code>{}</code>", escaped(&text)),
            // Markup of other kinds is shown, never followed.
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => out.push_str(&escaped(&text)),
            Event::SoftBreak => out.push('\n'),
            Event::HardBreak => out.push_str("<br>\n"),
            Event::Rule => out.push_str("<hr>\n"),
            _ => {}
        }
    }
    out
}

fn start(tag: &Tag<'_>, out: &mut String) {
    match tag {
        Tag::Paragraph => out.push_str("<p>"),
        Tag::Heading { level, .. } => _ = write!(out, "<{}>", heading(*level)),
        Tag::BlockQuote(_) => out.push_str("<blockquote>"),
        Tag::CodeBlock(_) => out.push_str("<pre>"),
        Tag::List(Some(first)) => _ = write!(out, "<ol start=\"{first}\">"),
        Tag::List(None) => out.push_str("<ul>"),
        Tag::Item => out.push_str("<li>"),
        Tag::Emphasis => out.push_str("<em>"),
        Tag::Strong => out.push_str("<strong>"),
        Tag::Link { dest_url, .. } => {
            // Shown with where it leads; a review is no place to follow links.
            _ = write!(out, "<span class=\"link\" title=\"{}\">", escaped(dest_url));
        }
        _ => {}
    }
}

fn end(tag: TagEnd, out: &mut String) {
    match tag {
        TagEnd::Paragraph => out.push_str("</p>\n"),
        TagEnd::Heading(level) => _ = writeln!(out, "</{}>", heading(level)),
        TagEnd::BlockQuote(_) => out.push_str("</blockquote>\n"),
        TagEnd::CodeBlock => out.push_str("</pre>\n"),
        TagEnd::List(true) => out.push_str("</ol>\n"),
        TagEnd::List(false) => out.push_str("</ul>\n"),
        TagEnd::Item => out.push_str("</li>\n"),
        TagEnd::Emphasis => out.push_str("</em>"),
        TagEnd::Strong => out.push_str("</strong>"),
        TagEnd::Link => out.push_str("</span>"),
        _ => {}
    }
}

/// Below those of the page.
const fn heading(level: HeadingLevel) -> &'static str {
    match level {
        HeadingLevel::H1 | HeadingLevel::H2 => "h5",
        _ => "h6",
    }
}

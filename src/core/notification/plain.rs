//! The plain text of a `CommonMark` body: what a reader of mail without formatting sees.

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

/// Links as `text (address)`, lists with `- ` or their numbers, nothing else of the markup.
pub(super) fn from_markdown(body: &str) -> String {
    let mut writer = Writer { out: String::with_capacity(body.len()), ..Writer::default() };
    for event in Parser::new(body) {
        writer.event(event);
    }
    writer.out.truncate(writer.out.trim_end().len());
    writer.out
}

#[derive(Default)]
struct Writer {
    out: String,
    /// For each list that is open, its next number, if it has numbers.
    lists: Vec<Option<u64>>,
    /// Address of the link that is open, and where its text begins.
    link: Option<(String, usize)>,
    quoted: bool,
}

impl Writer {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Code(text) => self.out.push_str(&text),
            Event::SoftBreak | Event::HardBreak => {
                self.out.push('\n');
                self.indent();
            }
            Event::Rule => {
                self.gap(2);
                self.out.push_str("----");
            }
            // Markup of other kinds is not read, so that it can't say what the body does not.
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph | Tag::Heading { .. } | Tag::CodeBlock(_) => {
                // The first paragraph of an item stands behind its bullet.
                if !self.out.ends_with(". ") && !self.out.ends_with("- ") {
                    self.gap(2);
                    self.indent();
                }
            }
            Tag::BlockQuote(_) => {
                self.gap(2);
                self.quoted = true;
            }
            Tag::List(first) => {
                self.gap(if self.lists.is_empty() { 2 } else { 1 });
                self.lists.push(first);
            }
            Tag::Item => {
                self.gap(1);
                let depth = self.lists.len().saturating_sub(1);
                self.out.push_str(&"  ".repeat(depth));
                match self.lists.last_mut() {
                    Some(Some(number)) => {
                        self.out.push_str(&format!("{number}. "));
                        *number += 1;
                    }
                    _ => self.out.push_str("- "),
                }
            }
            Tag::Link { dest_url, .. } => self.link = Some((dest_url.into_string(), self.out.len())),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::List(_) => {
                self.lists.pop();
            }
            TagEnd::BlockQuote(_) => self.quoted = false,
            TagEnd::Link => {
                if let Some((address, start)) = self.link.take()
                    && self.out.get(start..) != Some(&address)
                {
                    self.out.push_str(&format!(" ({address})"));
                }
            }
            _ => {}
        }
    }

    /// At least this many line breaks, unless at the very beginning.
    fn gap(&mut self, breaks: usize) {
        if self.out.is_empty() {
            return;
        }
        let there = self.out.len() - self.out.trim_end_matches('\n').len();
        self.out.extend(std::iter::repeat_n('\n', breaks.saturating_sub(there)));
    }

    fn indent(&mut self) {
        self.out.push_str(&"  ".repeat(self.lists.len()));
        if self.quoted {
            self.out.push_str("> ");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_becomes_plain_text() {
        let body = "## Impact\n\n**Some** text\\\nnext \\*line\\*\n\n- one\n- two [status](https://status.example.com/a)\n  - deep\n\n1. first\n2. second\n\n> quoted\n\n<https://status.example.com>";
        let text = "Impact\n\nSome text\nnext *line*\n\n- one\n- two status (https://status.example.com/a)\n  - deep\n\n1. first\n2. second\n\n> quoted\n\nhttps://status.example.com";
        assert_eq!(from_markdown(body), text);
    }

    #[test]
    fn html_and_images_say_nothing() {
        assert_eq!(from_markdown("a <b>c</b> ![x](y)"), "a c x");
    }
}

//! Words in more than one language, and the cutting of outside text to its limit.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The same words in one or more languages, by language tag (`ja`, `en`).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LocalText(pub BTreeMap<String, String>);

impl LocalText {
    /// Words in one language.
    pub fn one(language: &str, words: impl Into<String>) -> Self {
        Self(BTreeMap::from([(language.to_owned(), words.into())]))
    }
    /// No words at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    /// The words in exactly this language.
    pub fn get(&self, language: &str) -> Option<&str> {
        self.0.get(language).map(String::as_str)
    }
    /// The words in this language, else in whichever there is, with the language they are in.
    pub fn get_or_any(&self, language: &str) -> Option<(&str, &str)> {
        let pair = self.0.get_key_value(language).or_else(|| self.0.iter().next())?;
        Some((pair.0, pair.1))
    }
}

/// Cuts to at most `chars_max` characters; says whether anything was cut.
pub fn cut(text: &str, chars_max: usize) -> (&str, bool) {
    // No character takes less than a byte, so a short text need not be counted.
    if text.len() <= chars_max {
        return (text, false);
    }
    match text.char_indices().nth(chars_max) {
        Some((at, _)) => (&text[..at], true),
        None => (text, false),
    }
}

/// One line of plain text: control and bidirectional-control characters become spaces or go,
/// runs of white space become one space, and it is cut to `chars_max`.
pub fn clean_line(text: &str, chars_max: usize) -> String {
    clean(text, chars_max).into_owned()
}

/// As [`clean_line`]; what is one clean line already, as nearly every text is, is not copied.
pub fn clean(text: &str, chars_max: usize) -> Cow<'_, str> {
    if text.len() <= chars_max && is_plain_line(text) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(cleaned(text, chars_max))
}

/// Printable ASCII with single spaces between its words: then nothing is to be cleaned. In one pass
/// without a way out of it, which compiles to a few instructions for many characters.
#[allow(clippy::needless_bitwise_bool)] // lazy operators are ways out
#[inline]
fn is_plain_line(text: &str) -> bool {
    let (mut odd, mut before) = (false, b' ');
    for byte in text.bytes() {
        odd |= !(b' '..=b'~').contains(&byte) | ((byte == b' ') & (before == b' '));
        before = byte;
    }
    !odd && (before != b' ' || text.is_empty())
}

fn cleaned(text: &str, chars_max: usize) -> String {
    let mut line = String::with_capacity(text.len().min(chars_max * 4));
    let mut space = false;
    for c in text.chars() {
        if c.is_whitespace() || c.is_control() {
            space = !line.is_empty();
        } else if !is_direction_control(c) {
            if space {
                line.push(' ');
                space = false;
            }
            line.push(c);
        }
    }
    let end = cut(&line, chars_max).0.len();
    line.truncate(end);
    line
}

/// Text of several lines: as [`clean_line`], but line breaks stay.
pub fn clean_text(text: &str, chars_max: usize) -> (String, bool) {
    let kept: String = text
        .chars()
        .filter(|c| *c == '\n' || *c == '\t' || !(c.is_control() || is_direction_control(*c)))
        .collect();
    let (kept, was_cut) = cut(kept.trim(), chars_max);
    (kept.to_owned(), was_cut)
}

/// Characters that turn the direction of writing or hide themselves: they can make a text read
/// as something it is not.
pub const fn is_direction_control(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{061c}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_line() {
        assert_eq!(clean_line("  a\r\n\tb\u{202e}c\u{0} ", 10), "a bc");
        assert_eq!(clean_line("abcdef", 3), "abc");
    }

    #[test]
    fn what_is_not_copied_is_clean() {
        for text in ["", "a", "a b", " a", "a ", "a  b", " ", "a\tb", "a\u{7f}b", "ü b", "a\u{a0}", "~!"] {
            assert_eq!(clean(text, 10), cleaned(text, 10), "{text:?}");
            assert_eq!(clean(text, 2), cleaned(text, 2), "{text:?}");
        }
        assert!(matches!(clean("HTTP 5xx > 2 %", 20), Cow::Borrowed(_)));
    }
}

//! Words from outside are text, never markup (notification.md). Everything that a template prints
//! goes through here: first made harmless as plain text, then, for a body, escaped as `CommonMark`.
//!
//! Plain: one line; no control, invisible or direction characters; no mention; no address or
//! host name that a client would make a link of, unless the policy allows the host. Where
//! something had to be broken the reader can see it: `example[.]com`.

use std::borrow::Cow;

use super::hosts::{LinkHosts, authority, host_of};
use crate::core::text::is_direction_control;

/// What is being written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Medium {
    /// Subjects, short texts.
    Plain,
    /// Bodies: `CommonMark`.
    Markdown,
}

impl Medium {
    /// A text from outside, written for this medium.
    pub(crate) fn write(
        self,
        text: &str,
        hosts: &LinkHosts,
        out: &mut impl std::fmt::Write,
    ) -> std::fmt::Result {
        let plain = plain(text, hosts);
        match self {
            Self::Plain => out.write_str(&plain),
            Self::Markdown => write_markdown(&plain, out),
        }
    }
}

/// Schemes that need no `//` for a client to make a link of them.
const SCHEMES: [&str; 16] = [
    "callto",
    "data",
    "facetime",
    "file",
    "geo",
    "javascript",
    "magnet",
    "mailto",
    "maps",
    "market",
    "sip",
    "skype",
    "sms",
    "tel",
    "vbscript",
    "xmpp",
];

/// Characters that hide themselves or turn the direction of writing.
fn is_hidden(c: char) -> bool {
    is_direction_control(c)
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{180e}' | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// One harmless line of plain text.
pub(crate) fn plain<'a>(text: &'a str, hosts: &LinkHosts) -> Cow<'a, str> {
    let line = single_line(text);
    match disarmed(&line, hosts) {
        Some(harmless) => Cow::Owned(harmless),
        None => line,
    }
}

/// Could a character with this byte be white space, a control character or a hidden one? By the
/// bytes that begin such characters, so that most texts, Japanese too, are passed byte by byte.
const fn is_suspicious(byte: u8) -> bool {
    byte < b' ' || matches!(byte, 0x7f | 0xc2 | 0xcd | 0xd8 | 0xe1 | 0xe2 | 0xef | 0xf3)
}

/// [`is_suspicious`] of every byte, as one look-up.
const SUSPICIOUS: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < table.len() {
        #[expect(clippy::cast_possible_truncation)] // the table ends where bytes do
        let is_suspicious = is_suspicious(byte as u8);
        table[byte] = is_suspicious;
        byte += 1;
    }
    table
};

/// One line: white space runs become one space; control and hidden characters go.
pub(crate) fn single_line(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let mut before = b' ';
    let is_clean = bytes.iter().enumerate().all(|(at, &byte)| {
        // U+3000 and U+3164 begin like most of Japanese.
        let in_japanese =
            byte == 0xe3 && matches!(bytes.get(at + 1..at + 3), Some([0x80, 0x80] | [0x85, 0xa4]));
        let doubled = byte == b' ' && before == b' ';
        before = byte;
        !(doubled || in_japanese || SUSPICIOUS[usize::from(byte)])
    });
    // An empty text and one that ends in a space are left to the longer way.
    if is_clean && before != b' ' {
        return Cow::Borrowed(text);
    }
    let mut line = String::with_capacity(text.len());
    let mut space = false;
    for c in text.chars() {
        if c.is_whitespace() || c.is_control() {
            space = !line.is_empty();
        } else if !is_hidden(c) {
            if std::mem::take(&mut space) {
                line.push(' ');
            }
            line.push(c);
        }
    }
    Cow::Owned(line)
}

/// The line with what could be dangerous broken; none where nothing had to be.
fn disarmed(line: &str, hosts: &LinkHosts) -> Option<String> {
    let mut out = String::new();
    let mut done = 0;
    let marks = line.bytes().enumerate();
    for (at, mark) in marks.filter(|(_, byte)| matches!(byte, b'.' | b':' | b'@' | b'<' | b'\\')) {
        let (before, after) = (&line[..at], &line[at + 1..]);
        let broken = match mark {
            // Full width looks the same and mentions nobody.
            b'@' => "\u{ff20}",
            b'<' if opens_something(after) => "\u{ff1c}",
            b'\\' if before.ends_with('\\') => "\u{ff3c}",
            b'.' if is_host_dot(before, after) && !is_allowed(line, at, hosts) => "[.]",
            b':' if starts_address(before, after, hosts) => "[:]",
            _ => continue,
        };
        out.reserve(line.len() - done + broken.len());
        out.push_str(&line[done..at]);
        out.push_str(broken);
        done = at + 1;
    }
    (done > 0).then(|| out + &line[done..])
}

/// `<b>`, `<!here>`, `<@U1>`, or the end of the text, where another text may follow; not `p99 < 2`.
fn opens_something(after: &str) -> bool {
    after.chars().next().is_none_or(|c| !(c.is_whitespace() || c.is_ascii_digit() || c == '='))
}

/// Would a client take the word around this dot for a host?
fn is_host_dot(before: &str, after: &str) -> bool {
    let Some(left) = before.chars().next_back() else { return false };
    if !(left.is_ascii_alphanumeric() || left == '-' || left == '_' || !left.is_ascii()) {
        return false;
    }
    let mut right = after.chars();
    match (right.next(), right.next()) {
        (Some(first), Some(second)) if first.is_ascii_alphabetic() => {
            second.is_alphanumeric() || second == '-'
        }
        // A name in another script; not the dot after a number that counts: `1.確認`.
        (Some(first), _) if !first.is_ascii() => first.is_alphabetic() && !left.is_ascii_digit(),
        (Some(first), _) if first.is_ascii_digit() => is_in_ip_address(before, after),
        _ => false,
    }
}

fn is_in_ip_address(before: &str, after: &str) -> bool {
    let numeric = |c: char| c.is_ascii_digit() || c == '.';
    let start = before
        .rfind(|c| !numeric(c))
        .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
    let end = after.find(|c| !numeric(c)).unwrap_or(after.len());
    let right = after[..end].trim_end_matches('.');
    let parts = before[start..].split('.').chain(right.split('.'));
    parts.clone().count() == 4 && parts.clone().all(|part| part.parse::<u8>().is_ok())
}

/// Is the dot at `at` part of an allowed host that nothing around it turns into something else?
fn is_allowed(line: &str, at: usize, hosts: &LinkHosts) -> bool {
    let in_host = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
    let start = line[..at]
        .rfind(|c| !in_host(c))
        .map_or(0, |i| i + line[i..].chars().next().map_or(1, char::len_utf8));
    let end = line[at..].find(|c| !in_host(c)).map_or(line.len(), |i| at + i);
    let host = line[start..end].trim_end_matches('.');
    let token_start = line[..start].rfind(char::is_whitespace).map_or(0, |i| i + 1);
    let token_end = line[end..].find(char::is_whitespace).map_or(line.len(), |i| end + i);
    let joined = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    hosts.allows(host)
        && !line[token_start..token_end].contains(['@', '\\'])
        && !joined(line[..start].chars().next_back())
        && !joined(line[end..].chars().next())
}

fn starts_address(before: &str, after: &str, hosts: &LinkHosts) -> bool {
    if let Some(rest) = after.strip_prefix("//") {
        return !host_of(authority(rest)).is_some_and(|host| hosts.allows(host));
    }
    let word = before.rsplit(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    after.starts_with(|c: char| !c.is_whitespace())
        && SCHEMES.iter().any(|scheme| scheme.eq_ignore_ascii_case(word))
}

/// Writes plain text so that `CommonMark` (and GitHub's tables, strike-through and task lists)
/// reads exactly these characters, wherever in a paragraph, bullet, heading or emphasis it stands.
pub(crate) fn write_markdown(text: &str, out: &mut impl std::fmt::Write) -> std::fmt::Result {
    let special =
        |byte: u8| byte.is_ascii_punctuation() && !matches!(byte, b',' | b'\'' | b'"' | b'/' | b';' | b'%');
    if !text.bytes().any(special) {
        return out.write_str(text);
    }
    let mut done = 0;
    for (at, mark) in text.bytes().enumerate().filter(|(_, byte)| byte.is_ascii_punctuation()) {
        let after = || text[at + 1..].chars().next();
        let alphanumeric = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let escape = match mark {
            b'\\' | b'`' | b'*' | b'[' | b']' | b'<' | b'|' | b'~' => true,
            b'_' => !(alphanumeric(text[..at].chars().next_back()) && alphanumeric(after())),
            b'&' => after().is_none_or(|c| c.is_ascii_alphanumeric() || c == '#'),
            b'!' => after().is_none(),
            // After digits that begin the text it would make a numbered list.
            b'.' | b')' if text[..at].bytes().all(|before| before.is_ascii_digit()) => {
                after().is_none_or(|c| c == ' ')
            }
            _ => at == 0,
        };
        if escape {
            out.write_str(&text[done..at])?;
            out.write_char('\\')?;
            done = at;
        }
    }
    out.write_str(&text[done..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts() -> LinkHosts {
        LinkHosts::new(&["status.example.com".to_owned()])
    }

    #[test]
    fn plain_text_is_harmless() {
        let cases = [
            ("Checkout is back. Sorry!", "Checkout is back. Sorry!"),
            (" a\r\n\t# b\u{202e}\u{0}c ", "a # b c"),
            ("see http://evil.example/x", "see http[:]//evil[.]example/x"),
            ("evil.example/path", "evil[.]example/path"),
            ("詳細はwww.evil.exampleへ", "詳細はwww[.]evil[.]exampleへ"),
            ("例え.テスト", "例え[.]テスト"),
            ("1.確認 v1.2 e.g. p99 < 2.5s", "1.確認 v1.2 e.g. p99 < 2.5s"),
            ("10.0.0.1 and 1.2.3", "10[.]0[.]0[.]1 and 1.2.3"),
            ("https://status.example.com/a", "https://status.example.com/a"),
            ("status.example.com.", "status.example.com."),
            (
                "https://status.example.com@evil.example/",
                "https[:]//status[.]example[.]com\u{ff20}evil[.]example/",
            ),
            ("xstatus.example.com", "xstatus[.]example[.]com"),
            ("http://localhost/ mailto:a@b", "http[:]//localhost/ mailto[:]a\u{ff20}b"),
            (
                "@channel <!here> <@U123> <b>",
                "\u{ff20}channel \u{ff1c}!here> \u{ff1c}\u{ff20}U123> \u{ff1c}b>",
            ),
            ("\\\\server\\share", "\\\u{ff3c}server\\share"),
        ];
        for (text, expected) in cases {
            assert_eq!(plain(text, &hosts()), expected, "{text}");
        }
    }

    #[test]
    fn every_hidden_character_is_suspected() {
        for c in (0..=0x10_ffff).filter_map(char::from_u32) {
            let text = format!("a{c}b");
            let line = single_line(&text);
            let kept = !(c.is_control() || c.is_whitespace() || is_hidden(c));
            assert_eq!(line == text, kept || c == ' ', "{c:?}");
        }
    }

    #[test]
    fn markdown_reads_back_as_the_same_text() {
        for text in [
            "# no heading",
            "- no list",
            "1. no list",
            "12) no list",
            "> no quote",
            "```",
            "*a* _b_ __c__ snake_case",
            "[a](b)",
            "![a](b)",
            "(b)",
            ": b",
            "a!",
            "&lt;&#60; R&D",
            "| a | b |",
            "~~a~~",
            "---",
            "===",
            "\\",
            "+ a",
            "a_",
        ] {
            let mut out = String::new();
            write_markdown(text, &mut out).unwrap();
            for whole in [
                out.clone(),
                format!("- {out}"),
                format!("**x {out}**"),
                format!("## {out}"),
                format!("{out}\n\nb"),
            ] {
                let options =
                    pulldown_cmark::Options::all() - pulldown_cmark::Options::ENABLE_SMART_PUNCTUATION;
                let read: String = pulldown_cmark::Parser::new_ext(&whole, options)
                    .filter_map(|event| match event {
                        pulldown_cmark::Event::Text(text) => Some(text.into_string()),
                        pulldown_cmark::Event::Code(_)
                        | pulldown_cmark::Event::InlineHtml(_)
                        | pulldown_cmark::Event::Rule => panic!("{whole}"),
                        _ => None,
                    })
                    .collect();
                assert!(read.contains(text), "{whole:?} reads {read:?}");
            }
        }
    }
}

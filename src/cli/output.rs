//! What commands print: to standard output, by the width of the terminal, knowing that a Japanese
//! character takes two columns, and with colours only where somebody sees them.

use std::io::{IsTerminal, Write};

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Where the terminal's width is not known.
const WIDTH_DEFAULT: usize = 88;
/// Wider lines are hard to read.
const WIDTH_MAX: usize = 110;

/// Prints text as it is.
pub(super) fn write(text: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Prints a line.
pub(super) fn line(text: &str) -> std::io::Result<()> {
    write(&format!("{text}\n"))
}

/// How things look here.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    colours: bool,
    /// Columns of a line.
    pub(super) width: usize,
}

impl Style {
    /// As standard output wants it.
    pub(super) fn of_stdout() -> Self {
        let terminal = std::io::stdout().is_terminal();
        let width = terminal_size::terminal_size().map_or(WIDTH_DEFAULT, |(width, _)| usize::from(width.0));
        Self {
            colours: terminal && std::env::var_os("NO_COLOR").is_none(),
            width: if terminal { width.clamp(40, WIDTH_MAX) } else { WIDTH_DEFAULT },
        }
    }
    /// For tests: no colours.
    #[cfg(test)]
    pub(super) fn plain(width: usize) -> Self {
        Self { colours: false, width }
    }
    fn paint(self, code: &str, text: &str) -> String {
        if self.colours { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
    /// What matters.
    pub(super) fn bold(self, text: &str) -> String {
        self.paint("1", text)
    }
    /// What stands back.
    pub(super) fn dim(self, text: &str) -> String {
        self.paint("2", text)
    }
    /// What is told.
    pub(super) fn green(self, text: &str) -> String {
        self.paint("32", text)
    }
    /// What warns.
    pub(super) fn yellow(self, text: &str) -> String {
        self.paint("33", text)
    }
    /// Names.
    pub(super) fn cyan(self, text: &str) -> String {
        self.paint("36", text)
    }
}

/// Columns that a text takes.
pub(super) fn columns(text: &str) -> usize {
    text.width()
}

/// The text, filled up with spaces to this many columns.
pub(super) fn pad(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(columns(text))))
}

/// What a terminal must not get from a message: control characters, and those that turn the
/// direction of writing.
pub(super) fn harmless(text: &str) -> String {
    let turns =
        |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}');
    text.chars().filter(|c| *c == '\n' || !(c.is_control() || turns(*c))).collect()
}

/// Wraps each line of a text to this many columns, indented. Words of alphabetic scripts stay
/// whole; Japanese may break anywhere but before closing punctuation.
pub(super) fn wrap(text: &str, width: usize, indent: &str) -> String {
    let room = width.saturating_sub(columns(indent)).max(10);
    let mut lines = Vec::new();
    for paragraph in harmless(text).lines() {
        wrap_line(paragraph.trim_end(), room, &mut lines);
    }
    let indented = |line: &String| if line.is_empty() { String::new() } else { format!("{indent}{line}") };
    lines.iter().map(indented).collect::<Vec<_>>().join("\n")
}

fn wrap_line(text: &str, room: usize, lines: &mut Vec<String>) {
    let mut line = String::new();
    let mut used = 0;
    for piece in pieces(text) {
        let width = columns(&piece);
        // Punctuation that closes hangs over rather than begin a line.
        let hangs = piece.chars().all(|c| "、。」』)】!?,.:;".contains(c));
        if used > 0 && used + columns(piece.trim_end()) > room && !hangs {
            lines.push(line.trim_end().to_owned());
            line = String::new();
            used = 0;
            if piece.trim().is_empty() {
                continue;
            }
        }
        line.push_str(&piece);
        used += width;
    }
    lines.push(line.trim_end().to_owned());
}

/// What may not be broken: words with the space after them, and each wide character.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let mut open = false;
    for c in text.chars() {
        let wide = c.width().unwrap_or(0) > 1;
        match pieces.last_mut() {
            Some(last) if open && !wide => last.push(c),
            Some(last) if c == ' ' => last.push(c),
            _ => pieces.push(c.to_string()),
        }
        open = !wide && c != ' ';
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_characters_take_two_columns() {
        assert_eq!(columns("経営層"), 6);
        assert_eq!(pad("経営層", 8), "経営層  ");
    }

    #[test]
    fn words_stay_whole_and_japanese_breaks_where_it_must() {
        assert_eq!(
            wrap("some purchases can't be completed", 16, "  "),
            "  some purchases\n  can't be\n  completed"
        );
        assert_eq!(wrap("一部のお客様がご購入を。", 14, "  "), "  一部のお客様\n  がご購入を。");
        assert_eq!(wrap("a\n\nb", 20, "> "), "> a\n\n> b");
    }

    #[test]
    fn nothing_that_steers_a_terminal_comes_through() {
        assert_eq!(harmless("a\u{1b}[31mb\u{202e}c\u{7}"), "a[31mbc");
        assert_eq!(Style::plain(80).bold("x"), "x");
    }
}

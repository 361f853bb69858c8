//! JSON that a template wrote carelessly (senders.md section 0, rule 2): values were put between
//! quotation marks without being escaped. Only what is not JSON comes here; where it can be read in
//! one way, the event says `invalid_json_template`, and where not it is refused as before.

use std::fmt::Write as _;

/// The same text with its strings escaped as they should be, and without commas that end a list.
/// None where nothing was there to repair.
pub(super) fn repaired(text: &str) -> Option<String> {
    let mut repair = Repair { text, at: 0, out: String::with_capacity(text.len() + 64), changed: false };
    while let Some(c) = repair.peek() {
        match c {
            '"' => repair.string(),
            ',' if matches!(repair.after_blanks(1), Some('}' | ']')) => {
                repair.changed = true;
                repair.at += 1;
            }
            _ => repair.keep(c),
        }
    }
    repair.changed.then_some(repair.out)
}

struct Repair<'t> {
    text: &'t str,
    at: usize,
    out: String,
    changed: bool,
}

impl Repair<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    /// The first character that is no blank, so many bytes on.
    fn after_blanks(&self, bytes: usize) -> Option<char> {
        self.text.get(self.at + bytes..)?.chars().find(|c| !c.is_ascii_whitespace())
    }

    fn keep(&mut self, c: char) {
        self.out.push(c);
        self.at += c.len_utf8();
    }

    fn instead(&mut self, c: char, by: &str) {
        self.changed = true;
        self.out.push_str(by);
        self.at += c.len_utf8();
    }

    /// A string, from its first quotation mark to its last: the one that something follows which
    /// may follow a string.
    fn string(&mut self) {
        self.keep('"');
        while let Some(c) = self.peek() {
            match c {
                '"' if matches!(self.after_blanks(1), None | Some(',' | '}' | ']' | ':')) => {
                    return self.keep('"');
                }
                '"' => self.instead(c, "\\\""),
                '\\' => self.backslash(),
                '\n' => self.instead(c, "\\n"),
                '\r' => self.instead(c, "\\r"),
                '\t' => self.instead(c, "\\t"),
                c if c < ' ' => {
                    let mut escaped = String::with_capacity(6);
                    // Writing to a string can't fail.
                    let _ = write!(escaped, "\\u{:04x}", u32::from(c));
                    self.instead(c, &escaped);
                }
                c => self.keep(c),
            }
        }
    }

    /// One that escapes something stays; any other was meant as itself.
    fn backslash(&mut self) {
        let next = self.text[self.at + 1..].chars().next();
        let hex = || {
            let digits = self.text.get(self.at + 2..self.at + 6);
            digits.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
        };
        match next {
            Some('u') if !hex() => self.instead('\\', "\\\\"),
            Some(next @ ('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' | 'u')) => {
                self.keep('\\');
                self.keep(next);
            }
            _ => self.instead('\\', "\\\\"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_templates_break() {
        let cases = [
            ("{\"a\":\"x\ny\"}", Some(r#"{"a":"x\ny"}"#)),
            (r#"{"a":"say "hi" now","b":1}"#, Some(r#"{"a":"say \"hi\" now","b":1}"#)),
            (r#"{"a":"C:\path\new"}"#, Some(r#"{"a":"C:\\path\new"}"#)),
            (r#"{"a":"\u12"}"#, Some(r#"{"a":"\\u12"}"#)),
            ("{\"a\":[1,2,],\n}", Some("{\"a\":[1,2]\n}")),
            ("{\"a\":\"\u{1}\"}", Some(r#"{"a":"\u0001"}"#)),
            (r#"{"a":"\\","b":"\""}"#, None),
            (r#"{"a":NaN}"#, None),
            ("\"", None),
            ("\\", None),
            ("\"\\", Some("\"\\\\")),
        ];
        for (text, expected) in cases {
            assert_eq!(repaired(text).as_deref(), expected, "{text}");
        }
    }
}

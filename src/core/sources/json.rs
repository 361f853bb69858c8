//! Reading a body as JSON, strictly where two readers could understand different things
//! (duplicate keys, bytes that are not UTF-8) and within limits; every refusal says where.

use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::Number;

use crate::core::limits::JSON_DEPTH_MAX;
use crate::core::rejected::Problem;
use crate::core::tree::{Members, Tree};

/// The first integer beyond 64 bits, either way.
const LONG_INTEGER: f64 = 9_223_372_036_854_775_808.0;
/// Room that an object begins with: most have no more members, and growing copies them.
const MEMBERS: usize = 12;
/// Fewer digits always fit 64 bits.
const LONG_INTEGER_DIGITS: usize = 19;

/// A body as a tree. Integers too long for 64 bits are kept as text, digit by digit: senders use
/// them as ids, and two ids must not become one by rounding.
pub(in crate::core) fn parse(body: &[u8]) -> Result<Tree<'_>, Problem> {
    // Some tools write a byte order mark; it changes nothing.
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let text = std::str::from_utf8(body).map_err(|error| {
        problem(String::new(), format!("not UTF-8: byte {} does not fit", error.valid_up_to()))
    })?;
    if text.trim_ascii().is_empty() {
        return Err(problem(String::new(), "the body is empty".to_owned()));
    }
    let seen = Seen::default();
    let value = tree(text, &seen)?;
    if !seen.0.borrow().long_integer {
        return Ok(value);
    }
    tree(&quote_long_integers(text), &Seen::default()).map(Tree::into_owned)
}

fn problem(pointer: String, message: String) -> Problem {
    Problem { pointer, message }
}

fn tree<'b>(text: &'b str, seen: &Seen) -> Result<Tree<'b>, Problem> {
    let mut reader = serde_json::Deserializer::from_str(text);
    Reading { depth: 0, seen }
        .deserialize(&mut reader)
        .and_then(|value| reader.end().map(|()| value))
        .map_err(|error| problem(seen.pointer(), error.to_string()))
}

/// What was noticed on the way.
#[derive(Default)]
struct Seen(RefCell<Notes>);

#[derive(Default)]
struct Notes {
    /// Innermost first: filled while an error climbs up, so that a sound body pays nothing.
    path: Vec<String>,
    long_integer: bool,
}

impl Seen {
    fn step(&self, segment: String) {
        self.0.borrow_mut().path.push(segment);
    }
    fn pointer(&self) -> String {
        let notes = self.0.borrow();
        notes
            .path
            .iter()
            .rev()
            .fold(String::new(), |pointer, segment| super::reader::child(&pointer, segment))
    }
}

#[derive(Clone, Copy)]
struct Reading<'s> {
    depth: usize,
    seen: &'s Seen,
}

impl Reading<'_> {
    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth >= JSON_DEPTH_MAX {
            return Err(E::custom(format_args!("nested deeper than {JSON_DEPTH_MAX} levels")));
        }
        Ok(Self { depth: self.depth + 1, seen: self.seen })
    }
}

impl<'de> DeserializeSeed<'de> for Reading<'_> {
    type Value = Tree<'de>;
    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Tree<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reading<'_> {
    type Value = Tree<'de>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_unit<E>(self) -> Result<Tree<'de>, E> {
        Ok(Tree::Null)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Tree<'de>, E> {
        Ok(Tree::Bool(value))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Tree<'de>, E> {
        Ok(Tree::Number(value.into()))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Tree<'de>, E> {
        Ok(Tree::Number(value.into()))
    }
    fn visit_f64<E>(self, value: f64) -> Result<Tree<'de>, E> {
        if value.abs() >= LONG_INTEGER && value.fract() == 0.0 {
            self.seen.0.borrow_mut().long_integer = true;
        }
        Ok(Number::from_f64(value).map_or(Tree::Null, Tree::Number))
    }
    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Tree<'de>, E> {
        Ok(Tree::Text(Cow::Borrowed(value)))
    }
    fn visit_str<E>(self, value: &str) -> Result<Tree<'de>, E> {
        Ok(Tree::Text(Cow::Owned(value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Tree<'de>, A::Error> {
        let child = self.deeper()?;
        let mut list = Vec::new();
        loop {
            match access.next_element_seed(child) {
                Ok(Some(value)) => list.push(value),
                Ok(None) => return Ok(Tree::List(list)),
                Err(error) => {
                    self.seen.step(list.len().to_string());
                    return Err(error);
                }
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Tree<'de>, A::Error> {
        let child = self.deeper()?;
        let mut members = Vec::with_capacity(MEMBERS);
        while let Some(name) = access.next_key_seed(Name)? {
            match access.next_value_seed(child) {
                Ok(value) => members.push((name, value)),
                Err(error) => {
                    self.seen.step(name.into_owned());
                    return Err(error);
                }
            }
        }
        Members::new(members).map(Tree::Object).map_err(|twice| {
            self.seen.step(twice);
            A::Error::custom("this key stands twice in one object")
        })
    }
}

/// The name of a member.
struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Cow<'de, str>;
    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Cow<'de, str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name {
    type Value = Cow<'de, str>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }
    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(name))
    }
    fn visit_str<E>(self, name: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(name.to_owned()))
    }
}

/// Puts quotes around integers that 64 bits may not hold. Only for text that was read before.
fn quote_long_integers(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 64);
    let mut rest = text;
    let mut in_string = false;
    while let Some(first) = rest.chars().next() {
        let is_number = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E');
        let taken = if in_string {
            // A backslash and what it escapes go together, so that an escaped quote ends nothing.
            let taken = first.len_utf8() + usize::from(first == '\\');
            in_string = first != '"';
            taken
        } else if first == '-' || first.is_ascii_digit() {
            let token = rest.find(|c| !is_number(c)).unwrap_or(rest.len());
            let digits = rest[..token].trim_start_matches('-');
            let long = digits.len() >= LONG_INTEGER_DIGITS && digits.bytes().all(|b| b.is_ascii_digit());
            if long {
                quoted.push('"');
                quoted.push_str(&rest[..token]);
                quoted.push('"');
                rest = &rest[token..];
                continue;
            }
            token
        } else {
            in_string = first == '"';
            first.len_utf8()
        };
        let taken = taken.min(rest.len());
        quoted.push_str(&rest[..taken]);
        rest = &rest[taken..];
    }
    quoted
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[track_caller]
    fn refused(body: &[u8], pointer: &str, message: &str) {
        let problem = parse(body).expect_err("must be refused");
        assert_eq!(problem.pointer, pointer, "{}", problem.message);
        assert!(problem.message.contains(message), "{}", problem.message);
    }

    #[test]
    fn what_two_readers_could_understand_differently_is_refused() {
        refused(br#"{"a":{"b":1,"b":2}}"#, "/a/b", "twice");
        refused(br#"{"a":["\xff"]}"#, "/a/0", "line 1 column");
        refused(b"{\"a\":\"\xff\"}", "", "not UTF-8: byte 6");
        refused(br#"{"a":[1,{"b/c":NaN}]}"#, "/a/1/b~1c", "expected value");
        refused(br#"{"a":1e999}"#, "/a", "out of range");
        refused(br#"{"a":1} x"#, "", "trailing");
        refused(b"  ", "", "empty");
        refused(&[b"\xfe\xff".as_slice(), b"\0{\0}"].concat(), "", "not UTF-8");
        refused(&b"[".repeat(JSON_DEPTH_MAX + 1), &"/0".repeat(JSON_DEPTH_MAX), "deeper");
    }

    #[test]
    fn a_byte_order_mark_is_ignored() {
        assert_eq!(parse(b"\xef\xbb\xbf{}").expect("reads"), Tree::Object(Members::default()));
    }

    #[test]
    fn long_integers_keep_every_digit() {
        let body =
            br#"{"id":32743191412443541367815146404898342710,"s":"\"99999999999999999999","f":1.5,"n":[-9,-18446744073709551617]}"#;
        let expected = serde_json::json!({
            "id": "32743191412443541367815146404898342710",
            "s": "\"99999999999999999999",
            "f": 1.5,
            "n": [-9, "-18446744073709551617"],
        });
        assert_eq!(Value::from(&parse(body).expect("reads")), expected);
        let largest = parse(b"[18446744073709551615]").expect("reads");
        assert_eq!(Value::from(&largest)[0].as_u64(), Some(u64::MAX));
    }
}

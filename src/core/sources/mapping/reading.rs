//! How one value of an event is read: the first of several alternatives that has one, each from
//! somewhere, then changed step by step.

use regex::Regex;

use super::condition::Condition;
use super::path::Path;

/// A value's reading.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// The first of these that has a value counts.
    pub first_of: Vec<Alternative>,
}

/// One way to a value.
#[derive(Debug, Clone)]
pub struct Alternative {
    /// Only where this holds.
    pub when: Option<Condition>,
    /// Where it comes from.
    pub from: From,
    /// What is done to it, in this order.
    pub steps: Vec<Step>,
    /// Values that count as none.
    pub ignore: Vec<Ignored>,
    /// The table that its words are looked up in, after all steps.
    pub lookup: Option<Lookup>,
    /// The word where there is no other.
    pub default: Option<String>,
}

/// Where a value comes from.
#[derive(Debug, Clone)]
pub enum From {
    /// A place in the body.
    Path(Path),
    /// A header of the delivery, by its name in lower case.
    Header(String),
    /// Always the same.
    Const(String),
    /// Several values with this between them; absent ones are left out, or make it absent.
    Join {
        /// The values.
        parts: Vec<Reading>,
        /// What stands between them.
        with: String,
        /// All of them must be there.
        all: bool,
    },
    /// Words with values in them; absent where one of the values is.
    Text(Vec<Piece>),
    /// Another reading, to be changed further.
    Reading(Box<Reading>),
}

/// A piece of [`From::Text`].
#[derive(Debug, Clone)]
pub enum Piece {
    /// As it stands.
    Words(String),
    /// A value.
    Value(Path),
}

/// What is done to a text.
#[derive(Debug, Clone)]
pub enum Step {
    /// Decoded, where it can be; else absent.
    Decode(Encoding),
    /// Taken apart here; one of the parts (from the end where negative), or all.
    Split(String, Option<i64>),
    /// The first group of this expression, or all that it matches; else absent.
    Capture(Regex),
    /// In lower case.
    Lower,
    /// In upper case.
    Upper,
    /// As a number, times this; else absent.
    Scale(f64),
}

/// How a text may be encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Base64, of the standard or the URL alphabet, padded or not.
    Base64,
    /// `%20` and `+`.
    Url,
}

/// A value that counts as none.
#[derive(Debug, Clone)]
pub enum Ignored {
    /// Exactly this, whatever its case.
    Word(String),
    /// What this matches as a whole.
    Matches(Regex),
}

impl Ignored {
    pub(super) fn is(&self, value: &str) -> bool {
        match self {
            Self::Word(word) => word.eq_ignore_ascii_case(value),
            Self::Matches(regex) => regex.is_match(value),
        }
    }
}

/// A table of words: as the sender writes them (compared without case, blanks, dashes) and as Herald
/// understands them.
#[derive(Debug, Clone, Default)]
pub struct Lookup {
    /// Word by word.
    pub words: Vec<(String, Meaning)>,
    /// Any other word, where there is one for them.
    pub others: Option<Meaning>,
}

/// What a word of a table means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// This.
    Word(String),
    /// Nothing, on purpose.
    Nothing,
}

impl Meaning {
    /// The word, where there is one.
    pub fn word(&self) -> Option<&str> {
        if let Self::Word(word) = self { Some(word) } else { None }
    }
}

/// In lower case, with `_` for blanks and dashes, as all words of senders are compared.
pub fn plain(word: &str) -> String {
    word.trim().to_lowercase().replace([' ', '-'], "_")
}

impl Lookup {
    pub(super) fn find(&self, native: &str) -> Option<&Meaning> {
        let native = plain(native);
        let known = self.words.iter().find(|(word, _)| *word == native).map(|(_, meaning)| meaning);
        known.or(self.others.as_ref())
    }
}

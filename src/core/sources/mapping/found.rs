//! Values found in a body, by way of a mapping's readings.

use std::borrow::Cow;

use super::Mapping;
use super::path::Path;
use super::reading::{Alternative, From, Meaning, Piece, Reading, Step};
use crate::core::limits::{LIST_ITEMS_MAX, TEXT_CHARS_MAX};
use crate::core::sources::Delivery;
use crate::core::sources::reader::opaque;
use crate::core::text::cut;
use crate::core::tree::Tree;

/// What a lookup made of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word<'a> {
    /// Nothing was looked up.
    Same,
    /// It means this.
    As(&'a str),
    /// It means nothing, on purpose.
    Nothing,
    /// It is not in the table.
    Unknown,
}

/// A value that was found.
#[derive(Debug, Clone)]
pub(super) struct Found<'a> {
    pub(super) value: Value<'a>,
    pub(super) word: Word<'a>,
    /// Where it stands, where it stands anywhere.
    pub(super) path: Option<&'a Path>,
}

/// As it stands in the body, or as it was made.
#[derive(Debug, Clone)]
pub(super) enum Value<'a> {
    Tree(&'a Tree<'a>),
    Text(Cow<'a, str>),
}

impl<'a> Value<'a> {
    /// As text; none where it is an object or a list.
    pub(super) fn text(self) -> Option<Cow<'a, str>> {
        match self {
            Self::Tree(tree) => opaque(tree),
            Self::Text(text) => Some(text),
        }
    }
}

/// What readings look at.
#[derive(Clone, Copy)]
pub(super) struct Cx<'a> {
    pub(super) mapping: &'a Mapping,
    pub(super) delivery: &'a Delivery<'a>,
    pub(super) body: &'a Tree<'a>,
    pub(super) element: &'a Tree<'a>,
    /// The element's place in the body.
    pub(super) at: &'a str,
}

impl<'a> Cx<'a> {
    /// What a path counts from.
    pub(super) fn from(&self, path: &Path) -> &'a Tree<'a> {
        if path.from_body { self.body } else { self.element }
    }
    /// A path's pointer in the whole body.
    pub(super) fn pointer(&self, path: &Path) -> String {
        if path.from_body { path.pointer.clone() } else { format!("{}{}", self.at, path.pointer) }
    }
    /// The same of what was found; that of the element where it stands nowhere.
    pub(super) fn pointer_of(&self, found: &Found<'_>) -> String {
        found.path.map_or_else(|| self.at.to_owned(), |path| self.pointer(path))
    }
}

/// Takes a value; `false` wants no more.
type Tell<'t, 'a> = &'t mut dyn FnMut(Found<'a>) -> bool;

impl Reading {
    /// Tells every value. A list is told element by element.
    pub(super) fn each<'a>(&'a self, cx: Cx<'a>, tell: Tell<'_, 'a>) {
        for alternative in &self.first_of {
            let mut told = false;
            alternative.each(cx, &mut |found| {
                told = true;
                tell(found)
            });
            if told {
                return;
            }
        }
    }

    /// The first value.
    pub(super) fn one<'a>(&'a self, cx: Cx<'a>) -> Option<Found<'a>> {
        let mut first = None;
        self.each(cx, &mut |found| {
            first = Some(found);
            false
        });
        first
    }

    /// The first place that it looks at, for what is missing.
    pub(super) fn place(&self) -> Option<&Path> {
        self.first_of.iter().find_map(|alternative| match &alternative.from {
            From::Path(path) => Some(path),
            From::Join { parts, .. } => parts.iter().find_map(Self::place),
            From::Text(pieces) => pieces.iter().find_map(|piece| match piece {
                Piece::Value(path) => Some(path),
                Piece::Words(_) => None,
            }),
            From::Reading(inner) => inner.place(),
            From::Header(_) | From::Const(_) => None,
        })
    }
}

impl Alternative {
    fn each<'a>(&'a self, cx: Cx<'a>, tell: Tell<'_, 'a>) {
        if self.when.as_ref().is_some_and(|when| !when.holds(cx, None)) {
            return;
        }
        let mut told = false;
        let mut finish = |value: Value<'a>, path| {
            self.finish(cx, value, path, &mut |found| {
                told = true;
                tell(found)
            })
        };
        match &self.from {
            From::Path(path) => {
                path.each(cx.from(path), &mut |value| match value {
                    Tree::List(elements) => elements
                        .iter()
                        .filter(|element| **element != Tree::Null)
                        .all(|element| finish(Value::Tree(element), Some(path))),
                    value => finish(Value::Tree(value), Some(path)),
                });
            }
            From::Header(name) => {
                if let Some(value) = cx.delivery.header(name) {
                    finish(Value::Text(Cow::Borrowed(value)), None);
                }
            }
            From::Const(word) => _ = finish(Value::Text(Cow::Borrowed(word)), None),
            From::Join { parts, with, all } => {
                if let Some(text) = join(cx, parts, with, *all) {
                    finish(Value::Text(Cow::Owned(text)), None);
                }
            }
            From::Text(pieces) => {
                if let Some(text) = filled(cx, pieces) {
                    finish(Value::Text(Cow::Owned(text)), None);
                }
            }
            From::Reading(inner) if self.is_plain() && self.ignore.is_empty() => {
                inner.each(cx, &mut |found| {
                    told = true;
                    tell(found)
                });
            }
            From::Reading(inner) => inner.each(cx, &mut |found| match found.word {
                Word::Same | Word::Unknown => finish(found.value, found.path),
                Word::As(word) => finish(Value::Text(Cow::Borrowed(word)), found.path),
                Word::Nothing => true,
            }),
        }
        if !told && let Some(word) = &self.default {
            tell(Found { value: Value::Text(Cow::Borrowed(word)), word: Word::As(word), path: None });
        }
    }

    /// Changes a value step by step, and tells what is left of it.
    fn finish<'a>(
        &'a self,
        cx: Cx<'a>,
        value: Value<'a>,
        path: Option<&'a Path>,
        tell: Tell<'_, 'a>,
    ) -> bool {
        let text = match value {
            // Objects and lists can be told only as they stand.
            Value::Tree(tree @ (Tree::Object(_) | Tree::List(_))) => {
                return !self.is_plain() || tell(Found { value: Value::Tree(tree), word: Word::Same, path });
            }
            value => value.text().unwrap_or_default(),
        };
        self.step(cx, &self.steps, trimmed(text), path, tell)
    }

    /// Nothing is done to what is read.
    fn is_plain(&self) -> bool {
        self.steps.is_empty() && self.lookup.is_none()
    }

    fn step<'a>(
        &'a self,
        cx: Cx<'a>,
        steps: &'a [Step],
        text: Cow<'a, str>,
        path: Option<&'a Path>,
        tell: Tell<'_, 'a>,
    ) -> bool {
        let Some((step, rest)) = steps.split_first() else { return self.told(cx, text, path, tell) };
        let next = match step {
            Step::Decode(encoding) => super::body::decoded_text(*encoding, &text).map(Cow::Owned),
            Step::Split(by, None) => {
                let parts = text.split(by.as_str()).take(LIST_ITEMS_MAX).map(str::to_owned);
                let mut parts = parts.collect::<Vec<_>>().into_iter();
                return parts.all(|part| self.step(cx, rest, trimmed(Cow::Owned(part)), path, tell));
            }
            Step::Split(by, Some(place)) => part(&text, by, *place).map(|part| Cow::Owned(part.to_owned())),
            Step::Capture(regex) => regex.captures(&text).and_then(|groups| {
                let group = groups.iter().skip(1).flatten().next().or_else(|| groups.get(0))?;
                Some(Cow::Owned(group.as_str().to_owned()))
            }),
            Step::Lower => Some(Cow::Owned(text.to_lowercase())),
            Step::Upper => Some(Cow::Owned(text.to_uppercase())),
            Step::Scale(factor) => scaled(&text, *factor).map(Cow::Owned),
        };
        match next {
            Some(next) => self.step(cx, rest, trimmed(next), path, tell),
            None => true,
        }
    }

    fn told<'a>(
        &'a self,
        cx: Cx<'a>,
        text: Cow<'a, str>,
        path: Option<&'a Path>,
        tell: Tell<'_, 'a>,
    ) -> bool {
        if text.is_empty() || cx.mapping.ignores(&text) || self.ignore.iter().any(|ignored| ignored.is(&text))
        {
            return true;
        }
        let word = match &self.lookup {
            None => Word::Same,
            Some(table) => match table.find(&text) {
                Some(Meaning::Word(word)) => Word::As(word),
                Some(Meaning::Nothing) => Word::Nothing,
                None => self.default.as_deref().map_or(Word::Unknown, Word::As),
            },
        };
        tell(Found { value: Value::Text(text), word, path })
    }
}

/// Without blanks around it, and copied only where it was a copy before.
fn trimmed(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) if text.trim().len() == text.len() => Cow::Owned(text),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}

fn part<'t>(text: &'t str, by: &str, place: i64) -> Option<&'t str> {
    let from_end = usize::try_from(place.unsigned_abs()).ok()?;
    if place < 0 { text.rsplit(by).nth(from_end - 1) } else { text.split(by).nth(from_end) }
}

fn scaled(text: &str, factor: f64) -> Option<String> {
    let number: f64 = text.trim_end_matches('%').trim_end().parse().ok()?;
    let scaled = number * factor;
    scaled.is_finite().then(|| scaled.to_string())
}

fn join(cx: Cx<'_>, parts: &[Reading], with: &str, all: bool) -> Option<String> {
    let mut joined = String::new();
    let mut first = true;
    for part in parts {
        let mut found = false;
        // Of a list every element: `join: [/tags]` is all tags in a row.
        part.each(cx, &mut |value| {
            if let Some(word) = meaning(value) {
                found = true;
                if !first {
                    joined.push_str(with);
                }
                first = false;
                joined.push_str(cut(&word, TEXT_CHARS_MAX).0);
            }
            joined.len() < TEXT_CHARS_MAX
        });
        if all && !found {
            return None;
        }
    }
    (!first).then_some(joined)
}

/// A value as text, after its lookup; none where the table does not know it.
pub(super) fn meaning(found: Found<'_>) -> Option<Cow<'_, str>> {
    match found.word {
        Word::Same => found.value.text(),
        Word::As(word) => Some(Cow::Borrowed(word)),
        Word::Nothing | Word::Unknown => None,
    }
}

fn filled(cx: Cx<'_>, pieces: &[Piece]) -> Option<String> {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Words(words) => text.push_str(words),
            Piece::Value(path) => {
                let mut value = None;
                path.each(cx.from(path), &mut |tree| {
                    value = opaque(tree).filter(|word| !word.trim().is_empty());
                    value.is_none()
                });
                let value = value?;
                if cx.mapping.ignores(value.trim()) {
                    return None;
                }
                text.push_str(cut(value.trim(), TEXT_CHARS_MAX).0);
            }
        }
    }
    Some(text)
}

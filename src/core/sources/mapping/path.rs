//! Where a value stands in a body: a JSON pointer, and three things besides that people need:
//! `*` for every element, `[name=value]` for the elements that say so, `-1` for the last one.

use crate::core::sources::reader::opaque;
use crate::core::tree::Tree;

/// Most segments of one path.
pub const SEGMENTS_MAX: usize = 32;

/// A compiled path.
#[derive(Debug, Clone, PartialEq)]
pub struct Path {
    /// From the whole body, not from the element that `for_each` has reached.
    pub from_body: bool,
    /// One after the other.
    pub segments: Vec<Segment>,
    /// As a JSON pointer, for warnings.
    pub pointer: String,
}

/// One step down.
#[derive(Debug, Clone, PartialEq)]
pub enum Segment {
    /// A member of this name or, in a list, the element of this number; from the end where it is
    /// negative.
    Member(String, Option<i64>),
    /// Every element of a list, every member of an object.
    Every,
    /// Every element that has this member with this value.
    Where(String, String),
}

impl Path {
    /// Reads `/a/b`, `$/a/b` (from the body), `.` (the element itself) or `$` (the body).
    ///
    /// # Errors
    /// In words, what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let (from_body, rest) = match text.strip_prefix('$') {
            Some(rest) => (true, rest),
            None if text == "." => (false, ""),
            None => (false, text),
        };
        if !(rest.is_empty() || rest.starts_with('/')) || text.is_empty() {
            return Err("a place in the body begins with `/`, or with `$/` to count from the whole body");
        }
        let segments: Vec<Segment> = rest.split('/').skip(1).map(Segment::parse).collect();
        if segments.len() > SEGMENTS_MAX {
            return Err("a place in the body has at most 32 segments");
        }
        Ok(Self { from_body, segments, pointer: rest.to_owned() })
    }

    /// Tells every value that stands there, in order; `false` wants no more. Null is nothing.
    pub fn each<'a>(&self, from: &'a Tree<'a>, tell: &mut dyn FnMut(&'a Tree<'a>) -> bool) -> bool {
        walk(&self.segments, from, tell)
    }
}

impl Segment {
    fn parse(text: &str) -> Self {
        if text == "*" {
            return Self::Every;
        }
        let plain = |text: &str| text.replace("~1", "/").replace("~0", "~");
        let inside = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
        if let Some((name, value)) = inside.and_then(|text| text.split_once('=')) {
            return Self::Where(plain(name), plain(value));
        }
        Self::Member(plain(text), text.parse().ok())
    }
}

fn walk<'a>(segments: &[Segment], at: &'a Tree<'a>, tell: &mut dyn FnMut(&'a Tree<'a>) -> bool) -> bool {
    let mut at = at;
    for (depth, segment) in segments.iter().enumerate() {
        let rest = segments.get(depth + 1..).unwrap_or_default();
        match segment {
            Segment::Member(name, place) => match member(at, name, *place) {
                Some(value) => at = value,
                None => return true,
            },
            Segment::Every => {
                return match at {
                    Tree::List(elements) => elements.iter().all(|element| walk(rest, element, tell)),
                    Tree::Object(members) => members.iter().all(|(_, value)| walk(rest, value, tell)),
                    _ => true,
                };
            }
            Segment::Where(name, wanted) => {
                let fits = |element: &&Tree<'_>| {
                    element.get(name).and_then(opaque).is_some_and(|value| value == *wanted)
                };
                let elements = at.as_list().unwrap_or_default();
                return elements.iter().filter(fits).all(|element| walk(rest, element, tell));
            }
        }
    }
    *at == Tree::Null || tell(at)
}

fn member<'a>(at: &'a Tree<'a>, name: &str, place: Option<i64>) -> Option<&'a Tree<'a>> {
    match at {
        Tree::Object(members) => members.get(name),
        Tree::List(elements) => {
            let place = place?;
            let from_end = usize::try_from(place.unsigned_abs()).ok()?;
            let place = if place < 0 { elements.len().checked_sub(from_end)? } else { from_end };
            elements.get(place)
        }
        _ => None,
    }
}

/// The values at a path, to put others in their places.
pub(super) fn each_mut<'b>(segments: &[Segment], at: &mut Tree<'b>, change: &mut dyn FnMut(&mut Tree<'b>)) {
    let Some((segment, rest)) = segments.split_first() else { return change(at) };
    match (segment, at) {
        (Segment::Member(name, _), Tree::Object(members)) => {
            if let Some(value) = members.get_mut(name) {
                each_mut(rest, value, change);
            }
        }
        (Segment::Member(_, Some(place)), Tree::List(elements)) => {
            if let Some(element) = usize::try_from(*place).ok().and_then(|place| elements.get_mut(place)) {
                each_mut(rest, element, change);
            }
        }
        (Segment::Every, Tree::List(elements)) => {
            elements.iter_mut().for_each(|element| each_mut(rest, element, change));
        }
        (Segment::Every, Tree::Object(members)) => {
            members.values_mut().for_each(|value| each_mut(rest, value, change));
        }
        (Segment::Where(name, wanted), Tree::List(elements)) => {
            for element in elements {
                if element.get(name).and_then(opaque).is_some_and(|value| value == *wanted) {
                    each_mut(rest, element, change);
                }
            }
        }
        _ => {}
    }
}

//! Labels of one value each, kept in one piece of text. A group of alerts brings the same few
//! labels dozens of times; a string for each would cost more than all else that is read of it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{DeserializeSeed, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::limits::LABELS_MAX;

/// Room that a label begins with: most names and values together have less.
const PAIR_BYTES: usize = 32;

/// Names with their values, by name, each name once. In JSON an object of texts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LabelSet {
    /// Name, value, name, value …
    text: String,
    /// Where each of these ends.
    ends: Vec<usize>,
}

impl LabelSet {
    /// None at all.
    pub const fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// How many there are.
    pub const fn len(&self) -> usize {
        self.ends.len() / 2
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let mut start = 0;
        self.ends.chunks_exact(2).map(move |ends| {
            let name = self.text.get(start..ends[0]).unwrap_or_default();
            let value = self.text.get(ends[0]..ends[1]).unwrap_or_default();
            start = ends[1];
            (name, value)
        })
    }

    fn end_word(&mut self) {
        self.ends.push(self.text.len());
    }

    /// Names in order and each once, as most programs write them? Else so it is made, and of one
    /// name the last value counts.
    fn ordered(self) -> Self {
        if self.iter().is_sorted_by(|(one, _), (next, _)| one < next) {
            return self;
        }
        let sorted: BTreeMap<&str, &str> = self.iter().collect();
        let mut ordered = Self::default();
        for word in sorted.into_iter().flat_map(|(name, value)| [name, value]) {
            ordered.text.push_str(word);
            ordered.end_word();
        }
        ordered
    }
}

impl<'w> FromIterator<(Cow<'w, str>, Cow<'w, str>)> for LabelSet {
    fn from_iter<T: IntoIterator<Item = (Cow<'w, str>, Cow<'w, str>)>>(pairs: T) -> Self {
        let pairs = pairs.into_iter();
        let (least, most) = pairs.size_hint();
        // Who filters says only how many there are at most.
        let expected = most.unwrap_or(least).min(LABELS_MAX);
        let text = String::with_capacity(expected * PAIR_BYTES);
        let mut set = Self { text, ends: Vec::with_capacity(expected * 2) };
        for (name, value) in pairs {
            set.text.push_str(&name);
            set.end_word();
            set.text.push_str(&value);
            set.end_word();
        }
        set.ordered()
    }
}

impl Serialize for LabelSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        for (name, value) in self.iter() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for LabelSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = LabelSet;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of texts")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<LabelSet, A::Error> {
        let mut set = LabelSet::default();
        while access.next_key_seed(Word(&mut set))?.is_some() {
            access.next_value_seed(Word(&mut set))?;
        }
        Ok(set.ordered())
    }
}

/// Reads one word to the end of the text.
struct Word<'s>(&'s mut LabelSet);

impl<'de> DeserializeSeed<'de> for Word<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Word<'_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text")
    }
    fn visit_str<E>(self, word: &str) -> Result<(), E> {
        self.0.text.push_str(word);
        self.0.end_word();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_and_writes_as_a_map_does() {
        for json in
            ["{}", r#"{"a":"1","b":""}"#, r#"{"b":"2","a":"1","ü":"\"x\""}"#, r#"{"":"e","a":"1","a":"2"}"#]
        {
            let set: LabelSet = serde_json::from_str(json).unwrap();
            let map: BTreeMap<String, String> = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&set).unwrap(), serde_json::to_string(&map).unwrap());
            assert!(set.iter().eq(map.iter().map(|(name, value)| (name.as_str(), value.as_str()))));
            assert_eq!((set.len(), set.is_empty()), (map.len(), map.is_empty()));
            let pairs = map.iter().rev().map(|(name, value)| (name.into(), value.into()));
            assert_eq!(pairs.collect::<LabelSet>(), set);
        }
        for odd in [r#"{"a":1}"#, r#"{"a":null}"#, "[]", r#""a""#] {
            assert!(serde_json::from_str::<LabelSet>(odd).is_err(), "{odd}");
        }
    }
}

//! A JSON body as a tree that borrows its words from the body: most of a webhook is looked at once
//! and dropped, and a copy of every word would cost more than reading it.

mod instance;

use std::borrow::Cow;

use serde_json::{Number, Value};

pub use instance::Received;

/// Up to so many members are looked through one by one.
const FEW: usize = 32;

/// One JSON value.
#[derive(Debug, Clone, PartialEq)]
pub enum Tree<'b> {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number that fits 64 bits.
    Number(Number),
    /// Words; borrowed wherever nothing in them is escaped.
    Text(Cow<'b, str>),
    /// `[…]`
    List(Vec<Tree<'b>>),
    /// `{…}`
    Object(Members<'b>),
}

/// The members of an object, in the order of their names, each name once.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Members<'b>(Vec<(Cow<'b, str>, Tree<'b>)>);

impl<'b> Tree<'b> {
    /// Its words, where it is text.
    pub fn as_str(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }
    /// Its members, where it is an object.
    pub fn as_object(&self) -> Option<&Members<'b>> {
        if let Self::Object(members) = self { Some(members) } else { None }
    }
    /// Its elements, where it is a list.
    pub fn as_list(&self) -> Option<&[Self]> {
        if let Self::List(elements) = self { Some(elements) } else { None }
    }
    /// Is it an object?
    pub const fn is_object(&self) -> bool {
        matches!(self, Self::Object(_))
    }
    /// Is it a list?
    pub const fn is_list(&self) -> bool {
        matches!(self, Self::List(_))
    }
    /// A member; none where it is no object, or has none of this name.
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.as_object()?.get(name)
    }
    /// The child at this place: of an object by the order of its members' names.
    pub(in crate::core) fn child_mut(&mut self, place: usize) -> Option<&mut Self> {
        match self {
            Self::List(elements) => elements.get_mut(place),
            Self::Object(Members(members)) => members.get_mut(place).map(|(_, value)| value),
            _ => None,
        }
    }
    /// The same, borrowing nothing.
    pub fn into_owned(self) -> Tree<'static> {
        match self {
            Self::Null => Tree::Null,
            Self::Bool(truth) => Tree::Bool(truth),
            Self::Number(number) => Tree::Number(number),
            Self::Text(text) => Tree::Text(Cow::Owned(text.into_owned())),
            Self::List(elements) => Tree::List(elements.into_iter().map(Tree::into_owned).collect()),
            Self::Object(Members(members)) => {
                let owned = |(name, value): (Cow<'_, str>, Tree<'_>)| {
                    (Cow::Owned(name.into_owned()), value.into_owned())
                };
                Tree::Object(Members(members.into_iter().map(owned).collect()))
            }
        }
    }
}

impl<'v> From<&'v Value> for Tree<'v> {
    fn from(value: &'v Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(truth) => Self::Bool(*truth),
            Value::Number(number) => Self::Number(number.clone()),
            Value::String(text) => Self::Text(Cow::Borrowed(text)),
            Value::Array(elements) => Self::List(elements.iter().map(Self::from).collect()),
            Value::Object(members) => {
                let mut members: Vec<_> = members
                    .iter()
                    .map(|(name, value)| (Cow::Borrowed(name.as_str()), value.into()))
                    .collect();
                // In order already, as long as the map is a tree itself.
                members.sort_by(|(one, _), (other, _): &(Cow<'_, str>, Self)| one.cmp(other));
                Self::Object(Members(members))
            }
        }
    }
}

impl From<&Tree<'_>> for Value {
    fn from(tree: &Tree<'_>) -> Self {
        match tree {
            Tree::Null => Self::Null,
            Tree::Bool(truth) => Self::Bool(*truth),
            Tree::Number(number) => Self::Number(number.clone()),
            Tree::Text(text) => Self::String(text.clone().into_owned()),
            Tree::List(elements) => Self::Array(elements.iter().map(Self::from).collect()),
            Tree::Object(members) => {
                Self::Object(members.iter().map(|(name, value)| (name.to_string(), value.into())).collect())
            }
        }
    }
}

impl<'b> Members<'b> {
    /// Puts members in order. The error is the name that stands there twice.
    pub fn new(mut members: Vec<(Cow<'b, str>, Tree<'b>)>) -> Result<Self, String> {
        // Programs write most objects in this order already.
        if !members.is_sorted_by(|(one, _), (next, _)| one < next) {
            members.sort_by(|(one, _), (other, _)| one.cmp(other));
            let twice = members.windows(2).find(|pair| pair[0].0 == pair[1].0);
            if let Some(pair) = twice {
                return Err(pair[0].0.clone().into_owned());
            }
        }
        Ok(Self(members))
    }
    /// A member.
    pub fn get(&self, name: &str) -> Option<&Tree<'b>> {
        if self.0.len() > FEW {
            let place = self.0.binary_search_by(|(known, _)| known.as_ref().cmp(name)).ok()?;
            return self.0.get(place).map(|(_, value)| value);
        }
        // Nearly all others differ in length already, which costs less than to compare words.
        self.0.iter().find(|(known, _)| known.as_ref() == name).map(|(_, value)| value)
    }
    /// A member, to put another value in its place.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Tree<'b>> {
        self.0.iter_mut().find(|(known, _)| known.as_ref() == name).map(|(_, value)| value)
    }
    /// The values of all of them, to put others in their places.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut Tree<'b>> {
        self.0.iter_mut().map(|(_, value)| value)
    }
    /// All of them, by name.
    pub fn iter(&self) -> std::slice::Iter<'_, (Cow<'b, str>, Tree<'b>)> {
        self.0.iter()
    }
    /// How many there are.
    pub const fn len(&self) -> usize {
        self.0.len()
    }
    /// None at all.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'m, 'b> IntoIterator for &'m Members<'b> {
    type Item = &'m (Cow<'b, str>, Tree<'b>);
    type IntoIter = std::slice::Iter<'m, (Cow<'b, str>, Tree<'b>)>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

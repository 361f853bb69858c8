//! From bytes to a tree, as a mapping says; and what a tool has packed into texts, unpacked.

use std::borrow::Cow;

use super::path::each_mut;
use super::reading::Encoding;
use super::{Body, Decode, Mapping};
use crate::core::limits::LIST_ITEMS_MAX;
use crate::core::rejected::Problem;
use crate::core::sources::body::{self, Parsed};
use crate::core::sources::{Delivery, json};
use crate::core::tree::{Members, Tree};

/// The member that a body of plain text becomes.
const TEXT_MEMBER: &str = "text";

/// Takes a body apart.
pub(super) fn parse<'b>(mapping: &Mapping, delivery: &Delivery<'b>) -> Result<Parsed<'b>, Problem> {
    let mut parsed = match mapping.body {
        Body::Json => body::templated_or_form(delivery)?,
        Body::Lines => lines(delivery.body)?.into(),
        Body::Text => text(delivery.body).into(),
    };
    for (path, decode) in &mapping.decode {
        each_mut(&path.segments, &mut parsed.tree, &mut |value| {
            if let Some(decoded) = decoded(*decode, value) {
                *value = decoded;
            }
        });
    }
    Ok(parsed)
}

/// One JSON document on each line.
fn lines(bytes: &[u8]) -> Result<Tree<'_>, Problem> {
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    let trees = lines.enumerate().map(|(place, line)| {
        let below = |problem: Problem| Problem { pointer: format!("/{place}{}", problem.pointer), ..problem };
        json::parse(line).map_err(below)
    });
    trees.collect::<Result<_, _>>().map(Tree::List)
}

/// An object with the whole text in it.
fn text(bytes: &[u8]) -> Tree<'_> {
    let words = Tree::Text(String::from_utf8_lossy(bytes));
    Members::new(vec![(Cow::Borrowed(TEXT_MEMBER), words)]).map_or(Tree::Null, Tree::Object)
}

/// What a text holds; none where it holds no such thing, and stays the text that it is.
fn decoded(decode: Decode, value: &Tree<'_>) -> Option<Tree<'static>> {
    let text = value.as_str()?;
    let tree = |bytes: &[u8]| json::parse(bytes).ok().map(Tree::into_owned);
    match decode {
        Decode::Json => tree(text.as_bytes()),
        Decode::Base64Json => tree(&base64(text)?),
        Decode::Form => body::form(text.as_bytes()).ok().map(Tree::into_owned),
        Decode::Pairs => Some(pairs(text)),
    }
}

/// `a=b, c=d` and `{a=b; c="d"}`.
fn pairs(text: &str) -> Tree<'static> {
    let text = text.trim().trim_start_matches('{').trim_end_matches('}');
    let mut members: Vec<(Cow<'static, str>, Tree<'static>)> = Vec::new();
    for pair in text.split([',', ';', '\n']).take(LIST_ITEMS_MAX) {
        let Some((name, value)) = pair.split_once(['=', ':']) else { continue };
        let (name, value) = (name.trim(), value.trim().trim_matches(['"', '\'']));
        if !name.is_empty() && !members.iter().any(|(known, _)| known == name) {
            members.push((Cow::Owned(name.to_owned()), Tree::Text(Cow::Owned(value.to_owned()))));
        }
    }
    Members::new(members).map_or(Tree::Null, Tree::Object)
}

/// A text within a text.
pub(super) fn decoded_text(encoding: Encoding, text: &str) -> Option<String> {
    let bytes = match encoding {
        Encoding::Base64 => base64(text)?,
        Encoding::Url => {
            let spaced = text.replace('+', " ");
            percent_encoding::percent_decode_str(&spaced).collect()
        }
    };
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

fn base64(text: &str) -> Option<Vec<u8>> {
    use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD};
    let plain: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let plain = plain.trim_end_matches('=');
    BASE64_NOPAD.decode(plain.as_bytes()).or_else(|_| BASE64URL_NOPAD.decode(plain.as_bytes())).ok()
}

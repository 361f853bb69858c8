//! From the bytes of a delivery to a tree: JSON, JSON that a template wrote carelessly, and forms.

use std::borrow::Cow;

use super::{Delivery, json, repair};
use crate::core::limits::LIST_ITEMS_MAX;
use crate::core::rejected::Problem;
use crate::core::tree::{Members, Tree};

/// Media type of a form.
pub(super) const FORM: &str = "application/x-www-form-urlencoded";

/// A body, taken apart.
pub(super) struct Parsed<'b> {
    pub(super) tree: Tree<'b>,
    /// A word for the event's warnings, where the body was not quite what it should be.
    pub(super) warning: Option<&'static str>,
}

impl<'b> From<Tree<'b>> for Parsed<'b> {
    fn from(tree: Tree<'b>) -> Self {
        Self { tree, warning: None }
    }
}

/// JSON, as a program writes it.
pub(super) fn json<'b>(delivery: &Delivery<'b>) -> Result<Parsed<'b>, Problem> {
    json::parse(delivery.body).map(Parsed::from)
}

/// JSON that people's templates write: values are put in as they are, so that a line break, a
/// quotation mark or a backslash in one breaks it. What can be read in one way only is.
pub(super) fn templated<'b>(delivery: &Delivery<'b>) -> Result<Parsed<'b>, Problem> {
    let problem = match json::parse(delivery.body) {
        Ok(tree) => return Ok(tree.into()),
        Err(problem) => problem,
    };
    let repaired = std::str::from_utf8(delivery.body).ok().and_then(repair::repaired);
    let tree = repaired.and_then(|text| json::parse(text.as_bytes()).ok().map(Tree::into_owned));
    tree.map(|tree| Parsed { tree, warning: Some("invalid_json_template") }).ok_or(problem)
}

/// [`templated`], or a form where it says that it is one.
pub(super) fn templated_or_form<'b>(delivery: &Delivery<'b>) -> Result<Parsed<'b>, Problem> {
    if delivery.content_type == FORM { form(delivery.body).map(Parsed::from) } else { templated(delivery) }
}

/// A form: an object of texts. Of several values with one name the first is taken. A lone field
/// that holds a JSON object is that object: `payload={…}`.
pub(super) fn form(body: &[u8]) -> Result<Tree<'_>, Problem> {
    let mut members: Vec<(Cow<'_, str>, Tree<'_>)> = Vec::new();
    for pair in body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()).take(LIST_ITEMS_MAX * 10) {
        let mut halves = pair.splitn(2, |byte| *byte == b'=');
        let name = decoded(halves.next().unwrap_or_default());
        let value = decoded(halves.next().unwrap_or_default());
        if !members.iter().any(|(known, _)| *known == name) {
            members.push((name, Tree::Text(value)));
        }
    }
    if let [(_, Tree::Text(text))] = members.as_slice()
        && text.trim_start().starts_with(['{', '['])
    {
        return json::parse(text.as_bytes()).map(Tree::into_owned);
    }
    if members.is_empty() {
        return Err(Problem { pointer: String::new(), message: "the form is empty".to_owned() });
    }
    // Each name once, so there is nothing to refuse.
    Ok(Members::new(members).map_or(Tree::Null, Tree::Object))
}

/// `+` is a blank, `%20` too; what is no UTF-8 is replaced.
fn decoded(text: &[u8]) -> Cow<'_, str> {
    let spaced: Vec<u8> = text.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    let bytes: Vec<u8> = percent_encoding::percent_decode(&spaced).collect();
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn forms_are_objects_of_texts() {
        let cases = [
            ("a=1&b=x+y%21&a=2&c", json!({"a": "1", "b": "x y!", "c": ""})),
            ("payload=%7B%22a%22%3A1%7D", json!({"a": 1})),
            ("a=%7B%7D&b=", json!({"a": "{}", "b": ""})),
            ("q=%ff", json!({"q": "\u{fffd}"})),
        ];
        for (body, expected) in cases {
            assert_eq!(Value::from(&form(body.as_bytes()).expect("a form")), expected, "{body}");
        }
        assert!(form(b"").is_err());
    }
}

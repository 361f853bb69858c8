//! Texts of Jira: plain ones with its wiki marks, and the documents of its newer API, of which the
//! words are taken.

use std::borrow::Cow;

use crate::core::limits::TEXT_CHARS_MAX;
use crate::core::sources::reader::opaque;
use crate::core::tree::Tree;

/// Deepest nesting of a document that is read.
const DOCUMENT_DEPTH_MAX: usize = 16;

/// The words of a text or a document.
pub(super) fn words<'v>(value: &'v Tree<'v>) -> Option<Cow<'v, str>> {
    if value.is_object() {
        let mut text = String::new();
        collect(value, &mut text, 0);
        return (!text.trim().is_empty()).then_some(Cow::Owned(text));
    }
    opaque(value)
}

fn collect(node: &Tree<'_>, text: &mut String, depth: usize) {
    if depth > DOCUMENT_DEPTH_MAX || text.len() > TEXT_CHARS_MAX {
        return;
    }
    let kind = node.get("type").and_then(Tree::as_str).unwrap_or_default();
    if let Some(words) = node.get("text").and_then(Tree::as_str) {
        text.push_str(words);
    }
    if kind == "hardBreak" {
        text.push('\n');
    }
    for child in node.get("content").and_then(Tree::as_list).unwrap_or_default() {
        collect(child, text, depth + 1);
    }
    if matches!(kind, "paragraph" | "heading" | "codeBlock" | "listItem") && !text.ends_with('\n') {
        text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn documents_and_texts() {
        let line = |words: &str| json!({"type": "paragraph", "content": [{"type": "text", "text": words}, {"type": "hardBreak"}]});
        let list = json!({"type": "bulletList", "content": [{"type": "listItem", "content": [line("two")]}]});
        let cases = [
            (json!({"type": "doc", "version": 1, "content": [line("one"), list]}), Some("one\ntwo\n")),
            (json!({"type": "doc", "content": []}), None),
            (json!("plain *words*"), Some("plain *words*")),
            (json!([1]), None),
        ];
        for (value, expected) in cases {
            assert_eq!(words(&Tree::from(&value)).as_deref(), expected, "{value}");
        }
        let mut deep = json!("end");
        for _ in 0..60 {
            deep = json!({"type": "x", "content": [deep]});
        }
        assert_eq!(words(&Tree::from(&deep)), None);
    }
}

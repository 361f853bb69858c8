//! Bodies that people's templates write: one variable has many names (`ALERT_ID`, `alertId`,
//! `alert.id`), and one that the tool did not know stands there as it was written (`$ALERT_ID`).

use std::borrow::Cow;

use super::reader::{Fields, Warnings, opaque};
use crate::core::tree::Tree;

impl<'v> Fields<'v> {
    /// The first of these members that says anything, by its name in the body. Names are compared
    /// by their letters and digits alone, in any case.
    pub(super) fn named(&self, wanted: &[&str]) -> Option<&'v str> {
        let says = |value: &Tree<'_>| match value {
            Tree::Null => false,
            Tree::Text(text) => !text.trim().is_empty() && !is_placeholder(text),
            Tree::List(list) => !list.is_empty(),
            _ => true,
        };
        wanted.iter().find_map(|wanted| {
            let mut members = self.iter();
            members.find(|(name, value)| is_same(name, wanted) && says(value)).map(|(name, _)| name)
        })
    }
    /// The first of these members as opaque text; of a list, its first element.
    pub(super) fn word(&self, wanted: &[&str]) -> Option<Cow<'v, str>> {
        wanted.iter().find_map(|wanted| {
            let first = self.list(self.named(&[wanted])?).first()?;
            opaque(first).filter(|word| !word.trim().is_empty() && !is_placeholder(word))
        })
    }
    /// Warns of every member that holds a variable which nothing was put in for.
    pub(super) fn warn_of_placeholders(&self, w: &mut Warnings) {
        for (name, _) in self.iter().filter(|(_, value)| value.as_str().is_some_and(is_placeholder)) {
            w.add("unresolved_placeholder", &self.pointer(name));
        }
    }
}

/// The tool's own body: as it is, or in the envelope of whoever relays it (`{"type", "data"}`, which
/// is that of structured CloudEvents too). None where neither is known.
pub(super) fn opened<'v>(body: &'v Tree<'v>, is_known: impl Fn(&Fields<'v>) -> bool) -> Option<Fields<'v>> {
    let outer = Fields::of(body, "")?;
    if is_known(&outer) {
        return Some(outer);
    }
    outer.deep(&["data"]).filter(is_known)
}

/// Letters and digits alike, whatever stands between them.
fn is_same(name: &str, wanted: &str) -> bool {
    let letters = |byte: &u8| byte.is_ascii_alphanumeric() || !byte.is_ascii();
    let (one, other) = (name.bytes().filter(letters), wanted.bytes().filter(letters));
    one.map(|byte| byte.to_ascii_lowercase()).eq(other.map(|byte| byte.to_ascii_lowercase()))
}

/// `$ALERT_ID`, `{PID}`, `${latestEvent.id}`, `{{ title }}`: a variable, and nothing else.
pub(super) fn is_placeholder(text: &str) -> bool {
    let text = text.trim();
    let name = match text.strip_prefix('$') {
        Some(name) if !name.starts_with('{') => {
            return name.starts_with(|c: char| c.is_ascii_uppercase())
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
        }
        Some(name) => name,
        None => text,
    };
    let Some(name) = name.strip_prefix('{').and_then(|name| name.strip_suffix('}')) else { return false };
    let name = name.trim_matches(['{', '}']).trim();
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._[]#/ ".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_that_nothing_was_put_in_for() {
        for text in
            ["$ALERT_ID", "{PID}", "${latestEvent.id}", "{{ issueTitle }}", " {State} ", "{{json a.[0]}}"]
        {
            assert!(is_placeholder(text), "{text}");
        }
        for text in ["$5", "$", "{}", "{\"a\":1}", "[{PID}]", "host {PID}", "US$ALERT", "$Alert", "{\"PID\"}"]
        {
            assert!(!is_placeholder(text), "{text}");
        }
    }

    #[test]
    fn names_are_compared_by_letters_and_digits() {
        assert!(is_same("ALERT_ID", "alertId") && is_same("$alert.id", "alertId"));
        assert!(!is_same("alert_ids", "alertId") && !is_same("ä", "alertId"));
    }
}

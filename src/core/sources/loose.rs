//! Bodies whose names people choose: a template's author writes `event_id`, `eventId`, `EVENT.ID`
//! or `{"event": {"id": …}}` for one thing. Names are compared by their letters and digits alone,
//! after the names of the objects around them, so that all four are `eventid`.

use std::borrow::Cow;

use jiff::Timestamp;

use super::reader::{Warnings, child, opaque};
use super::time::{self, Time};
use crate::core::text::clean_line;
use crate::core::tree::Tree;
use crate::core::vocabulary::TimeQuality;

/// Most members that are looked at, all levels together.
const MEMBERS_MAX: usize = 1_000;
/// Levels of objects that are looked into.
const LEVELS_MAX: usize = 5;

/// How the authors of one tool's templates vary its names.
pub(super) struct Habits {
    /// Objects that only wrap others: their names don't count. In lower case, letters and digits only.
    pub(super) wrappers: &'static [&'static str],
    /// What may stand before a name: `nagios` of `NAGIOS_HOSTNAME`.
    pub(super) prefixes: &'static [&'static str],
}

/// A body, by names without their spelling.
pub(super) struct Loose<'v> {
    members: Vec<Member<'v>>,
    /// A value is the name of a macro that nothing was put in for.
    pub(super) unfilled: bool,
}

struct Member<'v> {
    name: String,
    at: String,
    value: &'v Tree<'v>,
}

impl<'v> Loose<'v> {
    /// All members of an object, those of outer objects first. Macros that nothing was put in for
    /// are absent, with a warning each.
    pub(super) fn of(tree: &'v Tree<'v>, at: &str, habits: &Habits, w: &mut Warnings) -> Self {
        let mut loose = Self { members: Vec::new(), unfilled: false };
        let mut level = vec![(String::new(), at.to_owned(), tree)];
        for _ in 0..LEVELS_MAX {
            let mut below = Vec::new();
            for (outer, at, object) in &level {
                let Some(object) = object.as_object() else { continue };
                for (key, value) in object {
                    let pointer = child(at, key);
                    let name = spelled(outer, key, habits);
                    if value.is_object() {
                        below.push((name.clone(), pointer.clone(), value));
                    }
                    loose.add(name, pointer, value, w);
                }
            }
            level = below;
        }
        loose
    }

    fn add(&mut self, name: String, at: String, value: &'v Tree<'v>, w: &mut Warnings) {
        if value.as_str().is_some_and(is_unfilled) {
            self.unfilled = true;
            w.add("unfilled_macro", &at);
        } else if *value != Tree::Null && self.members.len() < MEMBERS_MAX {
            self.members.push(Member { name, at, value });
        }
    }

    fn members<'l>(&'l self, names: &'l [&str]) -> impl Iterator<Item = &'l Member<'v>> {
        names.iter().flat_map(|name| self.members.iter().filter(move |member| member.name == *name))
    }

    /// The first of these that is anything.
    pub(super) fn value(&self, names: &[&str]) -> Option<&'v Tree<'v>> {
        self.members(names).next().map(|member| member.value)
    }

    /// Where the first of these stands that is anything; else the name itself.
    pub(super) fn pointer(&self, names: &[&str]) -> String {
        let found = self.members(names).next().map(|member| member.at.clone());
        found.unwrap_or_else(|| format!("/{}", names.first().unwrap_or(&"")))
    }

    /// The first of these that is a word which is not empty.
    pub(super) fn word(&self, names: &[&str]) -> Option<Cow<'v, str>> {
        self.members(names).filter_map(|member| opaque(member.value)).find(|word| !word.trim().is_empty())
    }

    /// The same, as one clean line.
    pub(super) fn line(&self, names: &[&str], chars_max: usize) -> Option<String> {
        let words = self.members(names).filter_map(|member| opaque(member.value));
        words.map(|word| clean_line(&word, chars_max)).find(|line| !line.is_empty())
    }

    /// The first of these that is a time.
    pub(super) fn time(&self, names: &[&str], w: &mut Warnings) -> Option<(Timestamp, TimeQuality)> {
        for member in self.members(names) {
            match time::read(member.value) {
                Time::At(at, quality) => return Some((at, quality)),
                Time::Zero => {}
                Time::Bad => w.add("bad_timestamp", &member.at),
            }
        }
        None
    }
}

/// `{EVENT.ID}`, `{{rule.name}}`, `$HOSTNAME$`, `${name}`, `*UNKNOWN*`: a macro, not its value.
pub(super) fn is_unfilled(word: &str) -> bool {
    let word = word.trim_matches(|c: char| c.is_whitespace() || c == '\u{200b}');
    let within = |first: &str, last: char| {
        let inner = word.strip_prefix(first).and_then(|rest| rest.strip_suffix(last));
        inner.is_some_and(|inner| {
            inner.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '{' | '$' | '#' | '?'))
                && inner.chars().all(|c| c.is_ascii_alphanumeric() || "_.{}$#?-".contains(c))
        })
    };
    word == "*UNKNOWN*" || within("{", '}') || within("${", '}') || within("$", '$')
}

/// A name without its spelling, after that of the object around it.
fn spelled(outer: &str, key: &str, habits: &Habits) -> String {
    let plain: String = key.chars().filter(char::is_ascii_alphanumeric).collect();
    let plain = plain.to_ascii_lowercase();
    if habits.wrappers.contains(&plain.as_str()) && outer.is_empty() {
        return String::new();
    }
    let bare = habits.prefixes.iter().find_map(|prefix| plain.strip_prefix(prefix));
    let bare = bare.filter(|bare| !bare.is_empty() && outer.is_empty()).unwrap_or(&plain);
    format!("{outer}{bare}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const HABITS: Habits = Habits { wrappers: &["payload"], prefixes: &["tool"] };

    #[test]
    fn one_thing_in_every_spelling() {
        for body in [
            json!({"event_id": 7}),
            json!({"eventId": "7"}),
            json!({"EVENT.ID": "7"}),
            json!({"$EVENTID$": "7"}),
            json!({"TOOL_EVENT_ID": "7"}),
            json!({"event": {"id": "7"}}),
            json!({"payload": {"event": {"ID": 7.0}}}),
            json!({"eventid": "", "event": {"id": "7"}}),
            json!({"eventid": "{EVENT.ID}", "event": {"id": "7"}}),
        ] {
            let tree = Tree::from(&body);
            let loose = Loose::of(&tree, "", &HABITS, &mut Warnings::default());
            assert_eq!(loose.word(&["problemid", "eventid"]).as_deref(), Some("7"), "{body}");
        }
    }

    #[test]
    fn macros_are_told_from_values() {
        for word in
            ["{EVENT.ID}", "{{rule.name}}", "{$URL}", "${a.b}", "$HOSTNAME$", "*UNKNOWN*", "{A} \u{200b}"]
        {
            assert!(is_unfilled(word), "{word}");
        }
        for word in ["", "{}", "$5", "5 $", "{\"a\": 1}", "a {EVENT.ID} b", "[x]", "$10$", "{a b}"] {
            assert!(!is_unfilled(word), "{word}");
        }
    }
}

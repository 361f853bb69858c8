//! Proofs over rules: each can hold, and in lists where the first wins each can be reached.

use super::problems::Cx;
use super::tree::At;
use crate::core::matcher::{
    MatchField, MatchValue, RuleSet, Shape, Test, Verdict, When, World, held_against, implies, impossible,
};

/// In longer lists rules are held against one another in pairs only.
pub(super) const TOGETHER_RULES_MAX: usize = 1_000;
/// Most rules that one rule is held against together.
const RIVALS_MAX: usize = 24;

/// A rule with its name, and where that stands.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) name: String,
    pub(super) at: At,
    pub(super) when: When,
}

/// A rule that contradicts itself is an error: somebody relies on it.
pub(super) fn can_hold(cx: Cx<'_>, rule: &Rule) {
    if let Some(field) = impossible(&rule.when) {
        let message = format!("`{}` never matches: it contradicts itself on `{}`", rule.name, field.name());
        cx.error(rule.at, message);
    } else if held_against(&rule.when, &[]) == Verdict::Never {
        cx.error(
            rule.at,
            format!("`{}` never matches: no incident fulfils all of its conditions", rule.name),
        );
    }
}

/// In a list where the first wins, a rule behind a wider one, or behind several that leave nothing
/// over, is never reached.
pub(super) fn first_wins(cx: Cx<'_>, rules: &[&Rule]) {
    let set = RuleSet::new(rules.iter().map(|rule| rule.when.clone()).collect());
    for (place, rule) in rules.iter().enumerate() {
        can_hold(cx, rule);
        let before = set.perhaps_implied_by(&rule.when).into_iter().take_while(|other| *other < place);
        let first = before.map(|other| rules[other]).find(|other| implies(&rule.when, &other.when));
        if let Some(first) = first {
            let message = format!(
                "`{}` is never reached: whenever it would match, `{}` matches first",
                rule.name, first.name
            );
            let help = format!("move it above line {}, or make one of them differ", first.at.line);
            cx.error_help(rule.at, message, help);
        } else if rules.len() <= TOGETHER_RULES_MAX
            && let Some(taken) = taken_together(rule, &rules[..place])
        {
            let message = format!(
                "`{}` is never reached: whenever it would match, one of the rules above matches first",
                rule.name
            );
            cx.error_help(rule.at, message, shown(&taken));
        }
    }
}

/// Rules that leave nothing over for this one together, each with an incident that it takes.
pub(super) fn taken_together<'r>(rule: &Rule, rivals: &[&'r Rule]) -> Option<Vec<(World, &'r Rule)>> {
    let own = Named::of(&rule.when);
    // Fewer fields make fewer incidents to look at, so the nearest rivals come first.
    [false, true].into_iter().find_map(|also_closed| {
        let near = |rival: &&&Rule| Named::of(&rival.when).is_within(&own, also_closed);
        let rivals: Vec<&Rule> = rivals.iter().filter(near).take(RIVALS_MAX).copied().collect();
        if rivals.is_empty() {
            return None;
        }
        let whens: Vec<&When> = rivals.iter().map(|rival| &rival.when).collect();
        match held_against(&rule.when, &whens) {
            Verdict::Covered(examples) => {
                Some(examples.into_iter().map(|(world, place)| (world, rivals[place])).collect())
            }
            Verdict::Never | Verdict::Free => None,
        }
    })
}

/// Incidents and who takes them, for people.
pub(super) fn shown(taken: &[(World, &Rule)]) -> String {
    let one =
        |(world, rule): &(World, &Rule)| format!("`{}` (line {}) takes {world}", rule.name, rule.at.line);
    format!("for example: {}", taken.iter().take(3).map(one).collect::<Vec<_>>().join("; "))
}

/// What a condition asks for.
struct Named<'w> {
    /// Fields whose values are no closed list.
    open: Vec<&'w MatchField>,
    /// Fields that have one.
    closed: Vec<&'w MatchField>,
    texts: Vec<(&'w MatchField, &'w str)>,
}

impl<'w> Named<'w> {
    fn of(when: &'w When) -> Self {
        let mut named = Self { open: Vec::new(), closed: Vec::new(), texts: Vec::new() };
        named.add(when);
        named
    }

    fn add(&mut self, when: &'w When) {
        match when {
            When::All(parts) | When::Any(parts) => parts.iter().for_each(|part| self.add(part)),
            When::Not(part) => self.add(part),
            When::Is(field, test) => {
                let is_open = matches!(field.shape(), Shape::Text | Shape::Number | Shape::Duration);
                if is_open { &mut self.open } else { &mut self.closed }.push(field);
                if field.shape() == Shape::Text {
                    self.add_texts(field, test);
                }
            }
        }
    }

    fn add_texts(&mut self, field: &'w MatchField, test: &'w Test) {
        match test {
            Test::AnyOf(values) => self.texts.extend(values.iter().filter_map(|value| match value {
                MatchValue::Text(text) => Some((field, text.as_str())),
                _ => None,
            })),
            Test::Matches(regex) => self.texts.push((field, regex.as_str())),
            Test::Not(test) => self.add_texts(field, test),
            Test::AtLeast(_) | Test::AtMost(_) | Test::Present(_) => {}
        }
    }

    /// Has it a text of this field in common, or no text of it at all?
    fn shares_text(&self, wide: &Self, field: &MatchField) -> bool {
        let mut own = self.texts.iter().filter(|(known, _)| *known == field).peekable();
        own.peek().is_none() || own.any(|text| wide.texts.contains(text))
    }

    /// Does it tell apart nothing that the other one does not? What depends on more can hardly take
    /// all that the other one matches, but where the more is a closed list.
    fn is_within(&self, wide: &Self, also_closed: bool) -> bool {
        self.open.iter().all(|field| wide.open.contains(field))
            && (also_closed || self.closed.iter().all(|field| wide.closed.contains(field)))
            && self.open.iter().all(|field| self.shares_text(wide, field))
    }
}

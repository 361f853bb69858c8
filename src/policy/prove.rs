//! Proofs over rules: each can hold, and in lists where the first wins each can be reached.

use super::problems::Cx;
use super::tree::At;
use crate::core::matcher::{RuleSet, When, implies, impossible};

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
    }
}

/// In a list where the first wins, a rule behind a wider one is never reached.
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
            cx.error_help(
                rule.at,
                message,
                format!("move it above line {}, or make one of them differ", first.at.line),
            );
        }
    }
}

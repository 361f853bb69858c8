//! Priority and customer impact with their provenance (domain.md section 2): given words first,
//! then the first rule that matches, then adjustments. A given value beats a derived one.

use super::facts::Facts;
use super::policy::Policy;
use super::vocabulary::{Impact, Priority, Provenance};

/// A value and how it came to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Classified<T> {
    /// The value.
    pub value: T,
    /// How it came to be.
    pub provenance: Provenance,
    /// The rules that derived or adjusted it, `name` or `name + name`.
    pub rule: Option<String>,
}

/// Priority where nobody says and no rule matches. When unsure, the higher one: P3 is the lowest
/// at which customer service may hear of it.
pub const DEFAULT_PRIORITY: Priority = Priority::P3;

/// Impact first (it may use the given priority), then priority (it may use the impact), then
/// adjustments. Sets `facts.priority`, `facts.impact` and `facts.effective_impact` on the way.
pub fn classify(
    given_priority: Option<Priority>,
    given_impact: Option<Impact>,
    facts: &mut Facts<'_>,
    policy: &Policy,
) -> (Classified<Priority>, Classified<Impact>) {
    facts.priority = given_priority;
    facts.impact = Impact::Unknown;
    facts.effective_impact = Impact::Unknown.effective(given_priority);
    let impact = classify_impact(given_impact, facts, policy);
    facts.impact = impact.value;
    facts.effective_impact = impact.value.effective(given_priority);
    let mut priority = classify_priority(given_priority, facts, policy);
    facts.priority = Some(priority.value);
    facts.effective_impact = impact.value.effective(facts.priority);
    adjust(&mut priority, facts, policy);
    facts.priority = Some(priority.value);
    facts.effective_impact = impact.value.effective(facts.priority);
    (priority, impact)
}

fn classify_impact(given: Option<Impact>, facts: &Facts<'_>, policy: &Policy) -> Classified<Impact> {
    if let Some(value) = given.filter(|impact| *impact != Impact::Unknown) {
        return Classified { value, provenance: Provenance::Given, rule: None };
    }
    let rule = policy.classify.impact_rules.first(facts).and_then(|place| policy.classify.impact.get(place));
    match rule {
        Some(rule) => {
            Classified { value: rule.set, provenance: Provenance::Derived, rule: Some(rule.name.clone()) }
        }
        None => Classified { value: Impact::Unknown, provenance: Provenance::Default, rule: None },
    }
}

fn classify_priority(given: Option<Priority>, facts: &Facts<'_>, policy: &Policy) -> Classified<Priority> {
    if let Some(value) = given {
        return Classified { value, provenance: Provenance::Given, rule: None };
    }
    let rule =
        policy.classify.priority_rules.first(facts).and_then(|place| policy.classify.priority.get(place));
    match rule {
        Some(rule) => {
            Classified { value: rule.set, provenance: Provenance::Derived, rule: Some(rule.name.clone()) }
        }
        None => Classified { value: DEFAULT_PRIORITY, provenance: Provenance::Default, rule: None },
    }
}

fn adjust(priority: &mut Classified<Priority>, facts: &Facts<'_>, policy: &Policy) {
    if policy.classify.adjust.is_empty() {
        return;
    }
    let mut found = Vec::new();
    policy.classify.adjust_rules.matching(facts, &mut found);
    for adjustment in found.iter().filter_map(|place| policy.classify.adjust.get(*place)) {
        priority.value = priority.value.raised(adjustment.raise_priority);
        priority.rule = Some(match priority.rule.take() {
            Some(rule) => format!("{rule} + {}", adjustment.name),
            None => adjustment.name.clone(),
        });
    }
}

//! Many conditions and an index over them.
//!
//! A rule is posted under equality conditions that must hold for it to hold: under each value of
//! the one condition that fewest rules share (`priority: P1, service: x` stands under the service).
//! Only rules found under a value that the facts have are then looked at closely. Which condition
//! is rarest is counted over the rules themselves, so nobody has to say which field is selective.

use std::collections::HashMap;

use super::holds::Fact;
use super::{MatchField, MatchValue, Test, When};
use crate::core::facts::Facts;

/// Many conditions, indexed so that the cost of asking which hold does not grow with their number.
#[derive(Debug, Clone, Default)]
pub struct RuleSet {
    rules: Vec<When>,
    /// Rules without an equality condition that must hold: always looked at.
    unindexed: Vec<usize>,
    /// Rules by field and value.
    fields: Vec<(MatchField, Postings)>,
    /// Rules by label and value: found from the labels that there are, not from those asked for.
    labels: HashMap<String, Postings>,
}

/// Places of rules, by value of one field.
#[derive(Debug, Clone, Default)]
struct Postings {
    texts: HashMap<String, Vec<usize>>,
    grades: HashMap<u8, Vec<usize>>,
    bools: [Vec<usize>; 2],
}

/// A field and one of its values.
type Key<'a> = (&'a MatchField, KeyValue<'a>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum KeyValue<'a> {
    Text(&'a str),
    Grade(u8),
    Bool(bool),
}

impl RuleSet {
    /// Indexes the conditions; a rule is known by its place in the list.
    pub fn new(rules: Vec<When>) -> Self {
        let mut counts = HashMap::new();
        rules.iter().for_each(|rule| count(rule, &mut counts));
        let mut set = Self::default();
        for (place, rule) in rules.iter().enumerate() {
            match rarest(rule, &counts) {
                None => set.unindexed.push(place),
                Some((_, keys)) => keys.into_iter().for_each(|key| set.post(key, place)),
            }
        }
        set.rules = rules;
        set
    }

    /// The places of all that hold, ascending, appended to `found` (cleared first).
    pub fn matching(&self, facts: &Facts<'_>, found: &mut Vec<usize>) {
        self.candidates(facts, found);
        found.retain(|place| self.holds(*place, facts));
    }

    /// The place of the first that holds.
    pub fn first(&self, facts: &Facts<'_>) -> Option<usize> {
        let mut candidates = Vec::new();
        self.candidates(facts, &mut candidates);
        candidates.into_iter().find(|place| self.holds(*place, facts))
    }

    /// Places, ascending, among which are all rules that [`super::implies`] can find to hold whenever
    /// `rule` does: those posted under a value that it names, and those that are not indexed.
    pub fn perhaps_implied_by(&self, rule: &When) -> Vec<usize> {
        let mut named = HashMap::new();
        count(rule, &mut named);
        let mut found = self.unindexed.clone();
        for (field, value) in named.keys() {
            let postings = match field {
                MatchField::Label(name) => self.labels.get(name),
                field => self.fields.iter().find(|(known, _)| known == *field).map(|(_, postings)| postings),
            };
            let Some(postings) = postings else { continue };
            let places = match value {
                KeyValue::Text(text) => postings.texts.get(*text),
                KeyValue::Grade(grade) => postings.grades.get(grade),
                KeyValue::Bool(truth) => postings.bools.get(usize::from(*truth)),
            };
            found.extend(places.into_iter().flatten());
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The conditions, in their order.
    pub fn rules(&self) -> &[When] {
        &self.rules
    }

    /// How many rules there are.
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// None at all.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    fn holds(&self, place: usize, facts: &Facts<'_>) -> bool {
        self.rules.get(place).is_some_and(|rule| rule.holds(facts))
    }

    /// All that may hold, ascending, each once.
    fn candidates(&self, facts: &Facts<'_>, found: &mut Vec<usize>) {
        found.clear();
        found.extend(&self.unindexed);
        for (field, postings) in &self.fields {
            postings.collect(field, facts, found);
        }
        for (name, values) in facts.labels.into_iter().flatten() {
            let Some(postings) = self.labels.get(name) else { continue };
            let posted = values.iter().filter_map(|value| postings.texts.get(value));
            posted.for_each(|places| found.extend(places));
        }
        found.sort_unstable();
        found.dedup();
    }

    fn post(&mut self, (field, value): Key<'_>, place: usize) {
        let postings = match field {
            MatchField::Label(name) => self.labels.entry(name.clone()).or_default(),
            field => {
                let at = self.fields.iter().position(|(known, _)| known == field).unwrap_or_else(|| {
                    self.fields.push((field.clone(), Postings::default()));
                    self.fields.len() - 1
                });
                &mut self.fields[at].1
            }
        };
        match value {
            KeyValue::Text(text) => postings.texts.entry(text.to_owned()).or_default().push(place),
            KeyValue::Grade(grade) => postings.grades.entry(grade).or_default().push(place),
            KeyValue::Bool(truth) => postings.bools[usize::from(truth)].push(place),
        }
    }
}

impl Postings {
    fn collect(&self, field: &MatchField, facts: &Facts<'_>, found: &mut Vec<usize>) {
        facts.any(field, |fact| {
            let places = match fact {
                Fact::Text(text) => self.texts.get(text).map(Vec::as_slice),
                Fact::Grade(grade) => self.grades.get(&grade).map(Vec::as_slice),
                Fact::Bool(truth) => self.bools.get(usize::from(truth)).map(Vec::as_slice),
                Fact::Number(_) => None,
            };
            found.extend(places.unwrap_or_default());
            false // no: every value is wanted
        });
    }
}

/// The keys of a condition; none if a value is of a kind that is not indexed.
fn keys<'a>(field: &'a MatchField, values: &'a [MatchValue]) -> Option<Vec<Key<'a>>> {
    let key = |value: &'a MatchValue| match value {
        MatchValue::Text(text) => Some((field, KeyValue::Text(text))),
        MatchValue::Grade(grade) => Some((field, KeyValue::Grade(*grade))),
        MatchValue::Bool(truth) => Some((field, KeyValue::Bool(*truth))),
        MatchValue::Number(_) => None,
    };
    values.iter().map(key).collect()
}

/// Counts how many rules name each key.
fn count<'a>(rule: &'a When, counts: &mut HashMap<Key<'a>, usize>) {
    match rule {
        When::All(parts) | When::Any(parts) => parts.iter().for_each(|part| count(part, counts)),
        When::Is(field, Test::AnyOf(values)) => {
            for key in keys(field, values).into_iter().flatten() {
                *counts.entry(key).or_default() += 1;
            }
        }
        When::Not(_) | When::Is(..) => {}
    }
}

/// Keys of which at least one must be there for the rule to hold, the rarest such choice, with how
/// many rules share the commonest of them. None: there is no such choice.
fn rarest<'a>(rule: &'a When, counts: &HashMap<Key<'a>, usize>) -> Option<(usize, Vec<Key<'a>>)> {
    match rule {
        When::All(parts) => {
            parts.iter().filter_map(|part| rarest(part, counts)).min_by_key(|(shared, _)| *shared)
        }
        When::Any(parts) => {
            let mut shared_max = 0;
            let mut union = Vec::new();
            for part in parts {
                let (shared, keys) = rarest(part, counts)?;
                shared_max = shared_max.max(shared);
                union.extend(keys);
            }
            Some((shared_max, union))
        }
        When::Is(field, Test::AnyOf(values)) => {
            let keys = keys(field, values)?;
            let shared = keys.iter().filter_map(|key| counts.get(key)).max().copied().unwrap_or(0);
            Some((shared, keys))
        }
        When::Not(_) | When::Is(..) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(field: &str, value: MatchValue) -> When {
        When::Is(MatchField::parse(field).unwrap(), Test::AnyOf(vec![value]))
    }
    fn text(field: &str, value: &str) -> When {
        is(field, MatchValue::Text(value.to_owned()))
    }

    #[test]
    fn ten_thousand_rules_cost_a_handful_of_looks() {
        let p1 = || is("priority", MatchValue::Grade(5));
        let rules = (0..10_000).map(|n| {
            let service = text("service", &format!("service-{n}"));
            When::All(vec![p1(), text("label.env", "prod"), service])
        });
        let set = RuleSet::new(rules.collect());
        let labels = [("env".to_owned(), vec!["prod".to_owned()])].into();
        let facts = Facts {
            services: vec!["service-7", "service-4711"],
            priority: Some(crate::core::vocabulary::Priority::P1),
            labels: Some(&labels),
            ..Facts::default()
        };
        let mut found = Vec::new();
        set.candidates(&facts, &mut found);
        assert_eq!(found, [7, 4711]);
        set.matching(&facts, &mut found);
        assert_eq!(found, [7, 4711]);
        assert_eq!(set.first(&facts), Some(7));
    }

    #[test]
    fn a_union_is_posted_under_every_branch_and_what_has_none_is_always_looked_at() {
        let either =
            When::Any(vec![text("team", "a"), When::All(vec![text("source", "s"), text("team", "b")])]);
        let half = When::Any(vec![text("team", "a"), When::Not(Box::new(text("team", "b")))]);
        let set = RuleSet::new(vec![either, half, When::ALWAYS, When::Any(Vec::new())]);
        assert_eq!(set.unindexed, [1, 2]);
        let mut found = Vec::new();
        set.matching(&Facts { teams: vec!["a"], ..Facts::default() }, &mut found);
        assert_eq!(found, [0, 1, 2]);
        set.matching(&Facts { teams: vec!["b"], ..Facts::default() }, &mut found);
        assert_eq!(found, [2]);
    }
}

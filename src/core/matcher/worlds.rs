//! What can be proved of conditions by looking at every incident that they can tell apart: that one
//! never holds, and that some of several hold whenever it does. Fields are told apart by what the
//! conditions name of them, and are taken to vary freely; so more incidents are looked at than there
//! are, and what is proved of all of them is certain.

use std::collections::BTreeMap;
use std::fmt;

use super::field::{Shape, impact_gravity};
use super::imply::has_one_value;
use super::{MatchField, MatchValue, Test, When, tier_gravity};
use crate::core::vocabulary::{DataState, Impact};

/// Most incidents looked at for one proof.
const WORLDS_MAX: usize = 4_096;
/// Most values and patterns of one field that are told apart: each may be there or not.
const TEXTS_MAX: usize = 6;

/// What a field is in one incident.
#[derive(Debug, Clone, PartialEq)]
enum State {
    Absent,
    /// Gravity as it stands, as it is compared, and its word.
    Grade(u8, u8, String),
    Number(f64),
    Bool(bool),
    /// Values that are there, then patterns that some other value matches. Empty: a value that
    /// nothing names.
    Texts(Vec<String>, Vec<String>),
}

/// One incident, as far as conditions can tell.
#[derive(Debug, Clone, PartialEq)]
pub struct World(BTreeMap<MatchField, State>);

/// What holds instead of a condition, or with it.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// It never holds.
    Never,
    /// Whenever it holds, one of the others does: an incident for each that is needed, and its place.
    Covered(Vec<(World, usize)>),
    /// There is an incident for which it holds alone, or there are too many to look at.
    Free,
}

/// Looks at every incident for which `narrow` holds: does one of `others` too?
pub fn held_against(narrow: &When, others: &[&When]) -> Verdict {
    let mut tests = Vec::new();
    std::iter::once(narrow).chain(others.iter().copied()).for_each(|when| gather(when, &mut tests));
    let mut named: BTreeMap<MatchField, Vec<&Test>> = BTreeMap::new();
    for (field, test) in tests {
        named.entry(field.clone()).or_default().push(test);
    }
    let mut fields = Vec::with_capacity(named.len());
    let mut worlds: usize = 1;
    for (field, tests) in named {
        let Some(states) = states(&field, &tests) else { return Verdict::Free };
        worlds = worlds.saturating_mul(states.len());
        if worlds > WORLDS_MAX {
            return Verdict::Free;
        }
        fields.push((field, states));
    }
    let mut examples: Vec<(World, usize)> = Vec::new();
    for number in 0..worlds {
        let world = world(&fields, number);
        if !world.fulfils(narrow) {
            continue;
        }
        let Some(place) = others.iter().position(|other| world.fulfils(other)) else { return Verdict::Free };
        if !examples.iter().any(|(_, known)| *known == place) {
            examples.push((world, place));
        }
    }
    if examples.is_empty() { Verdict::Never } else { Verdict::Covered(examples) }
}

/// As [`When::visit`], for as long as the condition lives.
fn gather<'w>(when: &'w When, tests: &mut Vec<(&'w MatchField, &'w Test)>) {
    match when {
        When::All(parts) | When::Any(parts) => parts.iter().for_each(|part| gather(part, tests)),
        When::Not(part) => gather(part, tests),
        When::Is(field, test) => tests.push((field, test)),
    }
}

/// The incident of this number: a digit for each field.
fn world(fields: &[(MatchField, Vec<State>)], mut number: usize) -> World {
    let mut world = BTreeMap::new();
    for (field, states) in fields {
        world.insert(field.clone(), states[number % states.len()].clone());
        number /= states.len();
    }
    World(world)
}

/// Every state of a field that these tests tell apart; none: too many.
fn states(field: &MatchField, tests: &[&Test]) -> Option<Vec<State>> {
    let mut states = match field.shape() {
        Shape::Grades(_) if *field == MatchField::Impact => return Some(impacts()),
        Shape::Grades(words) => {
            words.into_iter().map(|(word, gravity)| State::Grade(gravity, gravity, word.to_owned())).collect()
        }
        Shape::Tier => (1..=9)
            .map(|tier| State::Grade(tier_gravity(tier), tier_gravity(tier), tier.to_string()))
            .collect(),
        Shape::Bool => vec![State::Bool(false), State::Bool(true)],
        Shape::Number | Shape::Duration => numbers(tests),
        Shape::Words(words) => {
            words.into_iter().map(|word| State::Texts(vec![word.to_owned()], Vec::new())).collect()
        }
        Shape::Text => texts(field, tests)?,
    };
    let always_there =
        [MatchField::DataLoss, MatchField::DataExposure, MatchField::Confidential, MatchField::Drill];
    if !always_there.contains(field) {
        states.push(State::Absent);
    }
    Some(states)
}

/// Unknown impact is compared as minor or as none, whichever the priority says.
fn impacts() -> Vec<State> {
    let grade = |impact: Impact, compared: Impact| {
        State::Grade(impact_gravity(impact), impact_gravity(compared), impact.as_str().to_owned())
    };
    let known = Impact::ALL.iter().filter(|impact| **impact != Impact::Unknown);
    let unknown = [Impact::Minor, Impact::None].map(|compared| grade(Impact::Unknown, compared));
    known.map(|impact| grade(*impact, *impact)).chain(unknown).collect()
}

/// Each number that is named, one between each two, one above; none is below zero.
fn numbers(tests: &[&Test]) -> Vec<State> {
    fn named(test: &Test, found: &mut Vec<f64>) {
        match test {
            Test::AnyOf(values) => found.extend(values.iter().filter_map(number)),
            Test::AtLeast(value) | Test::AtMost(value) => found.extend(number(value)),
            Test::Not(test) => named(test, found),
            Test::Matches(_) | Test::Present(_) => {}
        }
    }
    let mut points = vec![0.0];
    tests.iter().for_each(|test| named(test, &mut points));
    points.sort_by(f64::total_cmp);
    points.dedup();
    let between: Vec<f64> = points.windows(2).map(|pair| f64::midpoint(pair[0], pair[1])).collect();
    let above = points.last().map(|last| last + 1.0);
    points.into_iter().chain(between).chain(above).map(State::Number).collect()
}

fn number(value: &MatchValue) -> Option<f64> {
    if let MatchValue::Number(number) = value { Some(*number) } else { None }
}

fn texts(field: &MatchField, tests: &[&Test]) -> Option<Vec<State>> {
    fn named(test: &Test, values: &mut Vec<String>, patterns: &mut Vec<String>) {
        match test {
            Test::AnyOf(any) => values.extend(any.iter().filter_map(|value| match value {
                MatchValue::Text(text) => Some(text.clone()),
                _ => None,
            })),
            Test::Matches(regex) => patterns.push(regex.as_str().to_owned()),
            Test::Not(test) => named(test, values, patterns),
            Test::AtLeast(_) | Test::AtMost(_) | Test::Present(_) => {}
        }
    }
    let (mut values, mut patterns) = (Vec::new(), Vec::new());
    tests.iter().for_each(|test| named(test, &mut values, &mut patterns));
    for list in [&mut values, &mut patterns] {
        list.sort_unstable();
        list.dedup();
    }
    if values.len() + patterns.len() > TEXTS_MAX {
        return None;
    }
    let alone = has_one_value(field);
    let mut states = Vec::new();
    for chosen in subsets(&values).into_iter().filter(|chosen| !alone || chosen.len() <= 1) {
        for matched in subsets(&patterns).into_iter().filter(|_| !alone || chosen.is_empty()) {
            states.push(State::Texts(chosen.clone(), matched));
        }
        if alone && !chosen.is_empty() {
            states.push(State::Texts(chosen, Vec::new()));
        }
    }
    Some(states)
}

fn subsets(all: &[String]) -> Vec<Vec<String>> {
    let pick = |mask: usize| {
        all.iter().enumerate().filter(|(at, _)| mask & (1 << at) != 0).map(|(_, text)| text.clone()).collect()
    };
    (0..1_usize << all.len()).map(pick).collect()
}

impl World {
    fn fulfils(&self, when: &When) -> bool {
        match when {
            When::All(parts) => parts.iter().all(|part| self.fulfils(part)),
            When::Any(parts) => parts.iter().any(|part| self.fulfils(part)),
            When::Not(part) => !self.fulfils(part),
            When::Is(field, test) => self.0.get(field).is_some_and(|state| state.passes(field, test)),
        }
    }
}

impl State {
    fn passes(&self, field: &MatchField, test: &Test) -> bool {
        match test {
            Test::Not(test) => !self.passes(field, test),
            Test::Present(wanted) => self.is_present(field) == *wanted,
            Test::AnyOf(values) => values.iter().any(|value| match (self, value) {
                (Self::Grade(own, ..), MatchValue::Grade(value)) => own == value,
                (Self::Number(own), MatchValue::Number(value)) => own.total_cmp(value).is_eq(),
                (Self::Bool(own), MatchValue::Bool(value)) => own == value,
                (Self::Texts(own, _), MatchValue::Text(value)) => own.contains(value),
                _ => false,
            }),
            Test::AtLeast(bound) => self.compare(bound).is_some_and(std::cmp::Ordering::is_ge),
            Test::AtMost(bound) => self.compare(bound).is_some_and(std::cmp::Ordering::is_le),
            Test::Matches(regex) => match self {
                Self::Texts(own, patterns) => {
                    patterns.iter().any(|pattern| pattern == regex.as_str())
                        || own.iter().any(|text| regex.is_match(text))
                }
                _ => false,
            },
        }
    }

    fn compare(&self, bound: &MatchValue) -> Option<std::cmp::Ordering> {
        match (self, bound) {
            // An unknown severity is compared with nothing; an unknown impact never is 0 here.
            (Self::Grade(_, 0, _), _) => None,
            (Self::Grade(_, own, _), MatchValue::Grade(bound)) => Some(own.cmp(bound)),
            (Self::Number(own), MatchValue::Number(bound)) => own.partial_cmp(bound),
            _ => None,
        }
    }

    /// What nobody knows is not there.
    fn is_present(&self, field: &MatchField) -> bool {
        match self {
            Self::Absent => false,
            Self::Grade(own, ..) => *own != 0,
            Self::Texts(own, _) if matches!(field, MatchField::DataLoss | MatchField::DataExposure) => {
                own.iter().all(|text| text != DataState::Unknown.as_str())
            }
            Self::Texts(..) | Self::Number(_) | Self::Bool(_) => true,
        }
    }
}

/// `priority P1, impact minor, no severity`.
impl fmt::Display for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (field, state)) in self.0.iter().enumerate() {
            if place > 0 {
                f.write_str(", ")?;
            }
            let name = field.name();
            match state {
                State::Absent => write!(f, "no {name}")?,
                State::Grade(_, _, word) => write!(f, "{name} {word}")?,
                State::Number(number) => write!(f, "{name} {number}")?,
                State::Bool(truth) => write!(f, "{name} {truth}")?,
                State::Texts(own, patterns) if own.is_empty() && patterns.is_empty() => {
                    write!(f, "another {name}")?;
                }
                State::Texts(own, patterns) => {
                    let all: Vec<&str> = own.iter().chain(patterns).map(String::as_str).collect();
                    write!(f, "{name} {}", all.join(" and "))?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(field: &str, test: Test) -> When {
        When::Is(MatchField::parse(field).unwrap(), test)
    }
    fn words(field: &str, words: &[&str]) -> When {
        let field = MatchField::parse(field).unwrap();
        let value = |word: &&str| match field.shape() {
            Shape::Grades(grades) => {
                MatchValue::Grade(grades.iter().find(|(known, _)| known == word).unwrap().1)
            }
            _ => MatchValue::Text((*word).to_owned()),
        };
        When::Is(field.clone(), Test::AnyOf(words.iter().map(value).collect()))
    }
    fn at_least(field: &str, word: &str) -> When {
        let When::Is(field, Test::AnyOf(mut values)) = words(field, &[word]) else { panic!("{word}") };
        When::Is(field, Test::AtLeast(values.remove(0)))
    }
    fn not(when: When) -> When {
        When::Not(Box::new(when))
    }
    /// `never`, `free`, or who covers it.
    fn verdict(narrow: &When, others: &[When]) -> String {
        match held_against(narrow, &others.iter().collect::<Vec<_>>()) {
            Verdict::Never => "never".to_owned(),
            Verdict::Free => "free".to_owned(),
            Verdict::Covered(examples) => {
                examples.iter().map(|(_, place)| place.to_string()).collect::<Vec<_>>().join(" ")
            }
        }
    }

    #[test]
    fn what_several_leave_over_is_found() {
        let grave = || at_least("impact", "minor");
        let cases = [
            (words("priority", &["P1", "P2"]), vec![words("priority", &["P1"])], "free"),
            (
                words("priority", &["P1", "P2"]),
                vec![words("priority", &["P2"]), words("priority", &["P1"])],
                "1 0",
            ),
            // An unknown impact counts as minor, or as none.
            (grave(), vec![words("impact", &["minor", "major", "critical"])], "free"),
            (grave(), vec![words("impact", &["minor", "major", "critical", "unknown"])], "0"),
            (words("impact", &["unknown"]), vec![grave()], "free"),
            // No value at all is a case of its own.
            (When::ALWAYS, vec![at_least("priority", "P5")], "free"),
            (When::ALWAYS, vec![at_least("priority", "P5"), is("priority", Test::Present(false))], "0 1"),
            // An unknown severity is neither more nor less than anything.
            (is("severity", Test::Present(true)), vec![at_least("severity", "info")], "0"),
            (words("severity", &["unknown"]), vec![at_least("severity", "info")], "free"),
            // Of several values any will do, so both may hold at once.
            (words("label.a", &["x"]), vec![not(words("label.a", &["y"]))], "free"),
            (words("label.a", &["x"]), vec![not(words("label.a", &["y"])), words("label.a", &["y"])], "0 1"),
            // A field of one value has no second one.
            (words("environment", &["x"]), vec![not(words("environment", &["y"]))], "0"),
            (When::All(vec![words("environment", &["x"]), words("environment", &["y"])]), vec![], "never"),
            (When::All(vec![words("label.a", &["x"]), words("label.a", &["y"])]), vec![], "free"),
        ];
        for (place, (narrow, others, expected)) in cases.into_iter().enumerate() {
            // Alone, there is nothing that could cover it.
            let expected = if others.is_empty() && expected == "free" { "free" } else { expected };
            let mut found: Vec<String> = verdict(&narrow, &others).split(' ').map(str::to_owned).collect();
            let mut wanted: Vec<String> = expected.split(' ').map(str::to_owned).collect();
            found.sort();
            wanted.sort();
            assert_eq!(found, wanted, "case {place}");
        }
    }

    #[test]
    fn numbers_are_told_apart_at_and_between_their_bounds() {
        let bound =
            |test: fn(MatchValue) -> Test, number| is("affected_percent", test(MatchValue::Number(number)));
        let (low, high) = (bound(Test::AtMost, 5.0), bound(Test::AtLeast, 50.0));
        let known = is("affected_percent", Test::Present(true));
        assert_eq!(verdict(&known, &[low.clone(), high.clone()]), "free");
        let between = When::All(vec![not(low.clone()), not(high.clone()), known.clone()]);
        let mut found: Vec<_> =
            verdict(&known, &[low, high, between]).split(' ').map(str::to_owned).collect();
        found.sort();
        assert_eq!(found, ["0", "1", "2"]);
    }

    #[test]
    fn too_many_incidents_prove_nothing() {
        let many: Vec<String> = (0..=TEXTS_MAX).map(|number| format!("t{number}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(verdict(&words("label.a", &many), &[When::ALWAYS]), "free");
    }

    #[test]
    fn an_incident_is_read_aloud() {
        let narrow = When::All(vec![words("priority", &["P1"]), words("label.a", &["x"])]);
        let Verdict::Covered(examples) = held_against(&narrow, &[&When::ALWAYS]) else { panic!("covered") };
        assert_eq!(examples[0].0.to_string(), "priority P1, label.a x");
    }
}

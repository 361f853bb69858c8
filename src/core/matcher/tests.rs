//! What a condition means, as tables; and the index held to the plain reading of every rule.

use proptest::prelude::*;
use regex::Regex;

use super::{MatchField, MatchValue, RuleSet, Test, When, implies, impossible};
use crate::core::event::Labels;
use crate::core::facts::Facts;
use crate::core::vocabulary::{Impact, Priority, Severity, Stage};

/// A value as the field's shape has it.
fn value(field: &MatchField, word: &str) -> MatchValue {
    match field.shape() {
        super::Shape::Text | super::Shape::Words(_) => MatchValue::Text(word.to_owned()),
        super::Shape::Grades(grades) => {
            MatchValue::Grade(grades.iter().find(|(known, _)| *known == word).unwrap().1)
        }
        super::Shape::Tier => MatchValue::Grade(super::tier_gravity(word.parse().unwrap())),
        super::Shape::Number | super::Shape::Duration => MatchValue::Number(word.parse().unwrap()),
        super::Shape::Bool => MatchValue::Bool(word == "true"),
    }
}

/// `field = a,b`, `field >= a`, `field <= a`, `field ~ regex`, `field ?` (present), `not …` in front;
/// and the same after `!`, which is the operator `not` within the field.
fn when(text: &str) -> When {
    if let Some(rest) = text.strip_prefix("not ") {
        return When::Not(Box::new(when(rest)));
    }
    let mut words = text.splitn(3, ' ');
    let field = MatchField::parse(words.next().unwrap()).unwrap();
    let (operator, operand) = (words.next().unwrap(), words.next().unwrap_or_default());
    let values = || operand.split(',').map(|word| value(&field, word)).collect();
    let test = match operator.trim_start_matches('!') {
        "=" => Test::AnyOf(values()),
        ">=" => Test::AtLeast(value(&field, operand)),
        "<=" => Test::AtMost(value(&field, operand)),
        "~" => Test::Matches(Regex::new(&format!("^(?:{operand})$")).unwrap()),
        "?" => Test::Present(true),
        other => panic!("{other}"),
    };
    let test = if operator.starts_with('!') { Test::Not(Box::new(test)) } else { test };
    When::Is(field, test)
}

fn labels() -> Labels {
    [("env".to_owned(), vec!["prod".to_owned(), "eu".to_owned()])].into()
}

fn check(facts: &Facts<'_>, table: &[(&str, bool)]) {
    for (text, holds) in table {
        assert_eq!(when(text).holds(facts), *holds, "{text}");
    }
}

#[test]
fn on_an_absent_field_a_condition_is_false_and_its_denial_true() {
    check(
        &Facts::default(),
        &[
            ("priority = P1", false),
            ("priority >= P5", false),
            ("priority <= P1", false),
            ("not priority = P1", true),
            ("priority !>= P5", true),
            ("service = a", false),
            ("service ~ .*", false),
            ("not service = a", true),
            ("label.env = prod", false),
            ("label.env ?", false),
            ("label.env !?", true),
            ("open_for >= 0", false),
            ("customer_facing = false", false),
            ("severity >= info", false),
            ("drill = false", true),
        ],
    );
}

#[test]
fn of_several_values_any_suffices_and_not_needs_none() {
    let labels = labels();
    check(
        &Facts { services: vec!["a", "b"], labels: Some(&labels), ..Facts::default() },
        &[
            ("service = b,c", true),
            ("service = c", false),
            ("service != b", false),
            ("not service = b", false),
            ("service != c", true),
            ("service ~ [ab]", true),
            ("service ~ x?b", true),
            ("label.env = eu", true),
            ("label.env != eu", false),
            ("label.env ~ pro", false),
            ("label.env ?", true),
        ],
    );
}

#[test]
fn at_least_is_at_least_as_grave_or_as_many() {
    let facts = Facts {
        priority: Some(Priority::P2),
        severity: Some(Severity::Error),
        tier: Some(2),
        affected_percent: Some(12.5),
        affected_count: Some(3),
        open_for_seconds: Some(3600),
        stage: Some(Stage::Identified),
        ..Facts::default()
    };
    check(
        &facts,
        &[
            ("priority >= P3", true),
            ("priority >= P2", true),
            ("priority >= P1", false),
            ("priority <= P1", true),
            ("severity >= warning", true),
            ("severity >= critical", false),
            ("tier >= 3", true),
            ("tier >= 1", false),
            ("tier = 2", true),
            ("affected_percent >= 12.5", true),
            ("affected_percent >= 13", false),
            ("affected_count = 3", true),
            ("affected_count <= 2", false),
            ("open_for >= 3600", true),
            ("open_for >= 3601", false),
            ("stage = triggered,identified", true),
        ],
    );
}

#[test]
fn unknown_impact_is_itself_in_equality_and_its_effective_value_in_comparison() {
    let unknown = |priority| Facts {
        priority: Some(priority),
        effective_impact: Impact::Unknown.effective(Some(priority)),
        ..Facts::default()
    };
    let same = [
        ("impact = unknown", true),
        ("impact = none", false),
        ("impact = minor", false),
        ("impact ?", false),
        ("data_loss = unknown", true),
        ("data_loss ?", false),
    ];
    check(&unknown(Priority::P1), &same);
    check(&unknown(Priority::P1), &[("impact >= minor", true), ("impact >= major", false)]);
    check(&unknown(Priority::P3), &same);
    check(&unknown(Priority::P3), &[("impact >= minor", false), ("impact <= none", true)]);
}

/// Conditions joined by ` & `.
fn all(text: &str) -> When {
    When::All(text.split(" & ").map(when).collect())
}

#[test]
fn what_always_holds_with_another_is_found_by_its_form() {
    for (narrow, wide, expected) in [
        ("service = a", "service = a,b", true),
        ("service = a,b", "service = a", false),
        ("service = a & priority = P1", "priority = P1,P2", true),
        ("priority = P1", "priority >= P2", true),
        ("priority >= P1", "priority >= P2", true),
        ("priority >= P2", "priority >= P1", false),
        ("affected_percent >= 60", "affected_percent >= 50", true),
        ("service = ab", "service ~ a.", true),
        ("not service = a,b", "not service = a", true),
        ("service != a,b", "not service = a", true),
        ("not service = a", "service != a,b", false),
        ("service = a", "service ?", true),
        ("impact = unknown", "impact ?", false),
        ("impact = unknown", "impact <= none", false),
        ("impact >= minor", "impact ?", false),
        ("label.a = x", "label.b = x", false),
    ] {
        assert_eq!(implies(&all(narrow), &all(wide)), expected, "{narrow} => {wide}");
    }
    assert!(implies(&when("drill ?"), &When::ALWAYS));
    assert!(!implies(&When::ALWAYS, &when("drill ?")));
}

#[test]
fn what_contradicts_itself_is_found_by_its_form() {
    for (text, expected) in [
        ("priority = P1 & priority = P2", true),
        ("service = a & service = b", false),
        ("priority >= P2 & priority = P4", true),
        ("impact = unknown & impact >= minor", false),
        ("affected_count >= 5 & affected_count <= 4", true),
        ("service ? & service !?", true),
        ("service = a & not service = a,b", true),
        ("service = a & service != b", false),
        ("stage = triggered & priority = P1", false),
    ] {
        assert_eq!(impossible(&all(text)).is_some(), expected, "{text}");
    }
    let both =
        When::All(vec![when("priority = P1"), When::Any(vec![when("priority = P2"), when("priority = P3")])]);
    assert_eq!(impossible(&both), Some(MatchField::Priority));
}

const FIELDS: [&str; 12] = [
    "service",
    "affected_service",
    "team",
    "source",
    "label.env",
    "label.team",
    "priority",
    "impact",
    "severity",
    "customer_facing",
    "stage",
    "affected_count",
];

fn words(field: &str) -> &'static [&'static str] {
    match field {
        "priority" => &["P1", "P2", "P3"],
        "impact" => &["unknown", "none", "major"],
        "severity" => &["unknown", "warning", "critical"],
        "customer_facing" => &["true", "false"],
        "stage" => &["triggered", "resolved"],
        "affected_count" => &["1", "2"],
        _ => &["a", "b", "c"],
    }
}

fn leaf() -> impl Strategy<Value = When> {
    (prop::sample::select(&FIELDS[..]), prop::collection::vec(0_usize..3, 1..3), 0_u8..6).prop_map(
        |(field, chosen, form)| {
            let words = words(field);
            let chosen: Vec<_> = chosen.iter().map(|at| words[at % words.len()]).collect();
            let ordered = matches!(field, "priority" | "severity" | "affected_count" | "impact");
            let bound = chosen[0] != "unknown" && ordered;
            let operators =
                if bound { ["=", "=", ">=", "!=", "<=", "!?"] } else { ["=", "=", "=", "!=", "?", "!?"] };
            let operator = operators[usize::from(form)];
            if matches!(operator, ">=" | "<=") {
                return when(&format!("{field} {operator} {}", chosen[0]));
            }
            when(&format!("{field} {operator} {}", chosen.join(",")))
        },
    )
}

fn any_when() -> impl Strategy<Value = When> {
    leaf().prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(When::All),
            prop::collection::vec(inner.clone(), 0..4).prop_map(When::Any),
            inner.prop_map(|when| When::Not(Box::new(when))),
        ]
    })
}

proptest! {
    #[test]
    fn the_index_finds_what_reading_every_rule_finds(
        rules in prop::collection::vec(any_when(), 0..24),
        texts in prop::collection::vec(prop::collection::vec(prop::sample::select(&["a", "b", "c"][..]), 0..3), 6),
        priority in prop::option::of(prop::sample::select(&Priority::ALL[..3])),
        severity in prop::option::of(prop::sample::select(Severity::ALL)),
        impact in prop::sample::select(Impact::ALL),
        customer_facing in prop::option::of(any::<bool>()),
        affected_count in prop::option::of(0_u64..3),
    ) {
        let owned = |at: usize| texts[at].iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let labels: Labels = [("env".to_owned(), owned(4)), ("team".to_owned(), owned(5))].into();
        let facts = Facts {
            services: texts[0].clone(),
            affected_services: texts[1].clone(),
            teams: texts[2].clone(),
            sources: texts[3].clone(),
            labels: Some(&labels),
            stage: Some(Stage::Triggered),
            priority, severity, impact, customer_facing, affected_count,
            effective_impact: impact.effective(priority),
            ..Facts::default()
        };
        let expected: Vec<usize> =
            rules.iter().enumerate().filter(|(_, rule)| rule.holds(&facts)).map(|(place, _)| place).collect();
        // What the proofs say of rules must agree with what these facts show.
        for (at, rule) in rules.iter().enumerate() {
            prop_assert!(impossible(rule).is_none() || !expected.contains(&at), "{:?}", rule);
            for (wider, other) in rules.iter().enumerate() {
                let implied = implies(rule, other);
                prop_assert!(!(implied && expected.contains(&at)) || expected.contains(&wider), "{:?} => {:?}", rule, other);
            }
        }
        let set = RuleSet::new(rules);
        for (at, rule) in set.rules().iter().enumerate() {
            let perhaps = set.perhaps_implied_by(rule);
            for (wider, other) in set.rules().iter().enumerate() {
                let dead = |when: &When| impossible(when).is_some() || implies(when, &When::Any(Vec::new()));
                prop_assert!(!implies(rule, other) || dead(rule) || perhaps.contains(&wider), "{} {}", at, wider);
            }
        }
        let mut found = vec![99];
        set.matching(&facts, &mut found);
        prop_assert_eq!(&found, &expected);
        prop_assert_eq!(set.first(&facts), expected.first().copied());
    }
}

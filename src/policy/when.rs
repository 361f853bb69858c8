//! Reads a `when`: field → condition, all of which must hold.

use regex::RegexBuilder;

use super::problems::{Cx, list, suggest};
use super::sources;
use super::tree::{At, Key, Node, Value};
use crate::core::matcher::{LABEL_PREFIX, MatchField, MatchValue, Shape, Test, When, tier_gravity};
use crate::core::sources::SourceKind;

/// Longest regular expression.
const PATTERN_CHARS_MAX: usize = 500;
/// Largest compiled regular expression.
const PATTERN_BYTES_MAX: usize = 256 * 1024;
/// Words that combine whole maps.
const COMBINATIONS: [&str; 3] = ["any", "all", "not"];
/// Operators of one field.
const OPERATORS: [&str; 5] = ["at_least", "at_most", "matches", "present", "not"];

/// A field that is not known yet where this `when` is asked, and why.
pub(super) type NotYet = (MatchField, &'static str);

/// Reads a whole map. Fields of `not_yet` are refused. None: it had problems, which were noted.
pub(super) fn when(cx: Cx<'_>, node: &Node, not_yet: &[NotYet]) -> Option<When> {
    let entries = cx.entries(node, "conditions")?;
    if entries.is_empty() {
        cx.error_help(node.at, "there is no condition here", "leave `when` out for what always holds");
        return None;
    }
    let parts: Vec<Option<When>> = entries
        .iter()
        .map(|(key, value)| match key.name.as_str() {
            "any" => many(cx, key, value, not_yet).map(When::Any),
            "all" => many(cx, key, value, not_yet).map(When::All),
            "not" => when(cx, value, not_yet).map(|inner| When::Not(Box::new(inner))),
            _ => field_condition(cx, key, value, not_yet),
        })
        .collect();
    let mut parts = parts.into_iter().collect::<Option<Vec<When>>>()?;
    if parts.len() == 1 { parts.pop() } else { Some(When::All(parts)) }
}

fn many(cx: Cx<'_>, key: &Key, node: &Node, not_yet: &[NotYet]) -> Option<Vec<When>> {
    let items = cx.items(node, "maps of conditions");
    if items.is_empty() {
        cx.error(key.at, format!("`{}` needs a list of maps of conditions", key.name));
        return None;
    }
    let parts: Vec<Option<When>> = items.iter().map(|item| when(cx, item, not_yet)).collect();
    parts.into_iter().collect()
}

fn field_condition(cx: Cx<'_>, key: &Key, node: &Node, not_yet: &[NotYet]) -> Option<When> {
    let Some(field) = MatchField::parse(&key.name) else {
        let help = if key.name == LABEL_PREFIX || key.name == "label" || key.name == "labels" {
            Some("a label is asked for as `label.<name>`".to_owned())
        } else if OPERATORS.contains(&key.name.as_str()) {
            Some(format!("`{}` stands below a field: {{ priority: {{ at_least: P2 }} }}", key.name))
        } else {
            suggest(&key.name, MatchField::names().chain(COMBINATIONS))
        };
        let help = help.unwrap_or_else(|| {
            format!("fields are {}, {LABEL_PREFIX}<name>", MatchField::names().collect::<Vec<_>>().join(", "))
        });
        cx.error_help(key.at, format!("there is no field `{}` to match on", key.name), help);
        return None;
    };
    if let Some((_, why)) = not_yet.iter().find(|(unknown, _)| *unknown == field) {
        cx.error(key.at, format!("`{}` can't be asked here: {why}", key.name));
        return None;
    }
    condition(cx, &field, key.at, node)
}

/// A value, a list of them, or operators.
fn condition(cx: Cx<'_>, field: &MatchField, at: At, node: &Node) -> Option<When> {
    match &node.value {
        Value::Map(_) => operators(cx, field, node),
        Value::Null => {
            let help = "to ask for its absence write { present: false }";
            cx.error_help(at, format!("`{}` has no value", field.name()), help);
            None
        }
        Value::List(items) if items.is_empty() => {
            cx.error(node.at, "an empty list never holds");
            None
        }
        _ if *field == MatchField::OpenFor => {
            cx.error_help(node.at, "`open_for` is never exactly a length of time", "write { at_least: 4h }");
            None
        }
        _ => {
            let values: Vec<_> = node.one_or_more().iter().map(|item| value(cx, field, item)).collect();
            Some(When::Is(field.clone(), Test::AnyOf(values.into_iter().collect::<Option<_>>()?)))
        }
    }
}

fn operators(cx: Cx<'_>, field: &MatchField, node: &Node) -> Option<When> {
    let entries = cx.entries(node, "operators")?;
    if entries.is_empty() {
        cx.error_help(node.at, "there is no operator here", format!("there are {}", list(&OPERATORS)));
        return None;
    }
    let parts: Vec<Option<When>> = entries
        .iter()
        .map(|(key, operand)| {
            let is = |test| When::Is(field.clone(), test);
            match key.name.as_str() {
                "at_least" => bound(cx, field, key, operand).map(|bound| is(Test::AtLeast(bound))),
                "at_most" => bound(cx, field, key, operand).map(|bound| is(Test::AtMost(bound))),
                "matches" => pattern(cx, field, key, operand).map(|regex| is(Test::Matches(regex))),
                "present" => cx.bool(operand).map(|present| is(Test::Present(present))),
                "not" => condition(cx, field, key.at, operand).map(negated),
                other => {
                    let help = suggest(other, OPERATORS).unwrap_or_default();
                    cx.error_help(key.at, format!("there is no operator `{other}`"), help);
                    None
                }
            }
        })
        .collect();
    let mut parts = parts.into_iter().collect::<Option<Vec<When>>>()?;
    if parts.len() == 1 { parts.pop() } else { Some(When::All(parts)) }
}

fn negated(when: When) -> When {
    match when {
        When::Is(field, test) => When::Is(field, Test::Not(Box::new(test))),
        other => When::Not(Box::new(other)),
    }
}

/// What `at_least` and `at_most` compare with.
fn bound(cx: Cx<'_>, field: &MatchField, key: &Key, node: &Node) -> Option<MatchValue> {
    match field.shape() {
        Shape::Text | Shape::Words(_) | Shape::Bool => {
            let help = "it is for priority, impact, severity, tier, counts, percents and lengths of time";
            cx.error_help(
                key.at,
                format!("`{}` does not fit `{}`, which has no order", key.name, field.name()),
                help,
            );
            None
        }
        Shape::Grades(_) if matches!(&node.value, Value::Text(text) if text == "unknown") => {
            let help = "unknown impact counts as minor at P1 and P2, and as none below";
            cx.error_help(node.at, "`unknown` is neither more nor less than anything", help);
            None
        }
        _ => value(cx, field, node),
    }
}

/// One value of a field.
fn value(cx: Cx<'_>, field: &MatchField, node: &Node) -> Option<MatchValue> {
    if let Value::Text(text) = &node.value
        && let Some(present) = [("present", true), ("absent", false)].iter().find(|(word, _)| word == text)
    {
        let help = format!("write {}: {{ present: {} }}", field.name(), present.1);
        cx.error_help(node.at, format!("`{text}` is no value of `{}`", field.name()), help);
        return None;
    }
    match field.shape() {
        Shape::Text => {
            let text = cx.text(node)?;
            check_known(cx, field, node.at, &text)?;
            Some(MatchValue::Text(text))
        }
        Shape::Words(words) => {
            let place =
                cx.reference(node, &field.name(), &words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>());
            place.map(|place| MatchValue::Text(words[place].to_owned()))
        }
        Shape::Grades(grades) => {
            let words: Vec<String> = grades.iter().map(|(word, _)| (*word).to_owned()).collect();
            cx.reference(node, &field.name(), &words).map(|place| MatchValue::Grade(grades[place].1))
        }
        Shape::Tier => cx.small(node, 1, 9).map(|tier| MatchValue::Grade(tier_gravity(tier))),
        Shape::Number => {
            let number = cx.number(node)?;
            let most = if *field == MatchField::AffectedPercent { 100.0 } else { f64::MAX };
            if !(0.0..=most).contains(&number) {
                cx.error(node.at, format!("`{}` is never {number}", field.name()));
                return None;
            }
            Some(MatchValue::Number(number))
        }
        // Lengths of time are at most 400 days of seconds.
        #[allow(clippy::cast_precision_loss)]
        Shape::Duration => cx.duration(node).map(|length| MatchValue::Number(length.as_secs() as f64)),
        Shape::Bool => cx.bool(node).map(MatchValue::Bool),
    }
}

/// Names that the policy itself gives must be right (times) or are worth a warning (services).
fn check_known(cx: Cx<'_>, field: &MatchField, at: At, text: &str) -> Option<()> {
    let names = cx.names;
    let warn = |what: &str, known: Vec<&str>| {
        let help = suggest(text, known).filter(|help| help.starts_with("did"));
        cx.warn(at, format!("the catalogue has no {what} `{text}`"), help);
    };
    match field {
        MatchField::During if !names.times.iter().any(|time| time == text) => {
            let help = suggest(text, names.times.iter().map(String::as_str));
            let help = help.unwrap_or_else(|| "times are named in policy.yaml, below `times`".to_owned());
            cx.error_help(at, format!("there is no time `{text}`"), help);
            return None;
        }
        MatchField::Service | MatchField::AffectedService if !names.known_as.contains(text) => {
            warn("service", names.known_as.iter().map(String::as_str).collect());
        }
        MatchField::Source => sources::check_name(cx, at, text),
        MatchField::SourceKind if SourceKind::parse(text).is_none() => {
            let kinds = SourceKind::ALL.iter().map(|kind| kind.as_str());
            let help =
                sources::is_name_of_source(cx, text).or_else(|| suggest(text, kinds)).unwrap_or_default();
            cx.error_help(at, format!("there is no kind of source `{text}`"), help);
            return None;
        }
        MatchField::Team if !names.teams.contains(text) => {
            warn("team", names.teams.iter().map(String::as_str).collect());
        }
        MatchField::BusinessServices if !names.business_services.contains(text) => {
            warn("business service", names.business_services.iter().map(String::as_str).collect());
        }
        _ => {}
    }
    Some(())
}

fn pattern(cx: Cx<'_>, field: &MatchField, key: &Key, node: &Node) -> Option<regex::Regex> {
    if field.shape() != Shape::Text {
        let help = "name the values, or use at_least";
        cx.error_help(
            key.at,
            format!("`matches` does not fit `{}`, which is no free text", field.name()),
            help,
        );
        return None;
    }
    let pattern = cx.text(node)?;
    if pattern.chars().count() > PATTERN_CHARS_MAX {
        cx.error(node.at, format!("a regular expression has at most {PATTERN_CHARS_MAX} characters"));
        return None;
    }
    // Alone first: `a)(b` would become a good expression once wrapped.
    let build = |pattern: &str| RegexBuilder::new(pattern).size_limit(PATTERN_BYTES_MAX).build();
    let alone = build(&pattern).map(|_| ());
    let whole = build(&format!("^(?:{pattern})$"));
    match alone.and(whole) {
        Ok(regex) => Some(regex),
        Err(error) => {
            let text = error.to_string();
            let reason = text.lines().last().unwrap_or_default().trim_start_matches("error: ");
            cx.error(node.at, format!("this is no regular expression: {reason}"));
            None
        }
    }
}

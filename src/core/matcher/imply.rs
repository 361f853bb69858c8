//! What can be proved of conditions by their form alone: that one holds whenever another does, and
//! that one never holds. Both answer no where they can't tell, so what they find is certain.

use std::cmp::Ordering;

use super::{MatchField, MatchValue, Test, When};

/// Does `wide` hold whenever `narrow` does?
pub fn implies(narrow: &When, wide: &When) -> bool {
    if let When::All(parts) = wide {
        return parts.iter().all(|part| implies(narrow, part));
    }
    if let When::Any(parts) = narrow {
        return parts.iter().all(|part| implies(part, wide));
    }
    if let When::Any(parts) = wide
        && parts.iter().any(|part| implies(narrow, part))
    {
        return true;
    }
    match (narrow, wide) {
        (When::All(parts), _) => parts.iter().any(|part| implies(part, wide)),
        (When::Not(narrow), When::Not(wide)) => implies(wide, narrow),
        (When::Is(..), When::Not(inner)) => match (narrow, &**inner) {
            (When::Is(field, Test::Not(test)), When::Is(other, denied)) => {
                field == other && test_implies(field, denied, test)
            }
            _ => false,
        },
        (When::Not(inner), When::Is(other, Test::Not(denied))) => match &**inner {
            When::Is(field, test) => field == other && test_implies(field, denied, test),
            _ => false,
        },
        (When::Is(field, test), When::Is(other, wider)) => field == other && test_implies(field, test, wider),
        _ => false,
    }
}

fn test_implies(field: &MatchField, narrow: &Test, wide: &Test) -> bool {
    match (narrow, wide) {
        (Test::AnyOf(values), Test::AnyOf(wider)) => values.iter().all(|value| wider.contains(value)),
        (Test::AnyOf(values), Test::AtLeast(bound)) => {
            values.iter().all(|value| is_known(value) && order(value, bound).is_some_and(Ordering::is_ge))
        }
        (Test::AnyOf(values), Test::AtMost(bound)) => {
            values.iter().all(|value| is_known(value) && order(value, bound).is_some_and(Ordering::is_le))
        }
        (Test::AnyOf(values), Test::Matches(regex)) => {
            values.iter().all(|value| matches!(value, MatchValue::Text(text) if regex.is_match(text)))
        }
        (Test::AnyOf(values), Test::Present(true)) => values.iter().all(is_known),
        // Effective impact can be graver than an impact that nobody knows.
        (Test::AtLeast(_) | Test::AtMost(_), Test::Present(true)) => *field != MatchField::Impact,
        (Test::Matches(_), Test::Present(true)) => true,
        (Test::AtLeast(bound), Test::AtLeast(wider)) => order(bound, wider).is_some_and(Ordering::is_ge),
        (Test::AtMost(bound), Test::AtMost(wider)) => order(bound, wider).is_some_and(Ordering::is_le),
        (Test::Matches(regex), Test::Matches(same)) => regex.as_str() == same.as_str(),
        (Test::Present(narrow), Test::Present(wide)) => narrow == wide,
        (Test::Not(narrow), Test::Not(wide)) => test_implies(field, wide, narrow),
        _ => false,
    }
}

/// Not a word for what nobody knows, which is neither present nor compared as it stands.
fn is_known(value: &MatchValue) -> bool {
    !matches!(value, MatchValue::Grade(0)) && !matches!(value, MatchValue::Text(text) if text == "unknown")
}

fn order(a: &MatchValue, b: &MatchValue) -> Option<Ordering> {
    match (a, b) {
        (MatchValue::Number(a), MatchValue::Number(b)) => a.partial_cmp(b),
        (MatchValue::Grade(a), MatchValue::Grade(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

/// The field on which a condition contradicts itself, so that no incident ever fulfils it.
pub fn impossible(when: &When) -> Option<MatchField> {
    let mut parts = Vec::new();
    flatten(when, &mut parts);
    for (at, part) in parts.iter().enumerate() {
        if let When::Any(branches) = part {
            let dead = |branch: &When| {
                let others = parts.iter().filter(|other| !std::ptr::eq(**other, *part));
                impossible(branch)
                    .or_else(|| others.into_iter().find_map(|other| contradiction(branch, other)))
            };
            let fields: Option<Vec<_>> = branches.iter().map(dead).collect();
            if let Some(fields) = fields {
                return fields.into_iter().next().or(Some(MatchField::Stage));
            }
        }
        if let Some(field) = parts[..at].iter().find_map(|other| contradiction(part, other)) {
            return Some(field);
        }
    }
    None
}

fn flatten<'w>(when: &'w When, parts: &mut Vec<&'w When>) {
    match when {
        When::All(inner) => inner.iter().for_each(|part| flatten(part, parts)),
        part => parts.push(part),
    }
}

fn contradiction(a: &When, b: &When) -> Option<MatchField> {
    match (a, b) {
        (When::Is(field, test), When::Is(other, test_b)) if field == other => {
            let clash = excludes(field, test, test_b) || excludes(field, test_b, test);
            clash.then(|| field.clone())
        }
        (When::Not(denied), claimed) | (claimed, When::Not(denied)) => {
            let mut field = None;
            denied.visit(&mut |named, _| field = field.take().or_else(|| Some(named.clone())));
            field.filter(|_| implies(claimed, denied))
        }
        _ => None,
    }
}

/// Can no field pass both?
fn excludes(field: &MatchField, a: &Test, b: &Test) -> bool {
    if let (claimed, Test::Not(denied)) = (a, b) {
        return test_implies(field, claimed, denied);
    }
    if let Test::Present(false) = a {
        return test_implies(field, b, &Test::Present(true));
    }
    if !has_one_value(field) {
        return false;
    }
    match (a, b) {
        (Test::AnyOf(values), Test::AnyOf(others)) => !values.iter().any(|value| others.contains(value)),
        (Test::AnyOf(values), Test::AtLeast(bound)) => {
            values.iter().all(|value| is_known(value) && order(value, bound).is_some_and(Ordering::is_lt))
        }
        (Test::AnyOf(values), Test::AtMost(bound)) => {
            values.iter().all(|value| is_known(value) && order(value, bound).is_some_and(Ordering::is_gt))
        }
        (Test::AtLeast(least), Test::AtMost(most)) => order(least, most).is_some_and(Ordering::is_gt),
        _ => false,
    }
}

/// Never has several values at once.
pub(super) const fn has_one_value(field: &MatchField) -> bool {
    !matches!(
        field,
        MatchField::BusinessServices
            | MatchField::Regions
            | MatchField::Hosts
            | MatchField::Links
            | MatchField::Source
            | MatchField::SourceKind
            | MatchField::Service
            | MatchField::AffectedService
            | MatchField::Team
            | MatchField::Label(_)
            | MatchField::During
    )
}

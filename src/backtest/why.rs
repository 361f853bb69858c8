//! Which rule, route or reason made a difference, from what both policies decided.

use super::compare::Side;
use crate::core::decision::{DecisionRecord, Graded, Outcome};
use crate::core::incident;
use crate::core::notification::{Notice, choose};
use crate::core::policy::Policy;
use crate::core::template::Template;
use crate::core::vocabulary::{Impact, Lifecycle, Priority, Reason};

/// In one line. `notice` is told on one side only, or otherwise on the other.
pub(super) fn why(notice: &Notice, reader: &str, current: Side<'_>, proposed: Side<'_>) -> String {
    let records = [current, proposed].map(|side| record(notice, side));
    let mut parts = classified(notice, current, proposed);
    if notice.kind.lifecycle() == Lifecycle::Lead {
        parts.push(
            "follows from what its audiences were told, or from how often they are promised news".to_owned(),
        );
        return parts.join("; ");
    }
    let words = |side: Side<'_>, record| on_one_side(notice, reader, side, record);
    let [old, new] = [words(current, records[0]), words(proposed, records[1])];
    if old == new {
        parts.push(old);
    } else {
        parts.push(format!("now: {old}; then: {new}"));
    }
    parts.join("; ")
}

/// Where the two classify the incident differently: the rules that do.
pub(super) fn classified(notice: &Notice, current: Side<'_>, proposed: Side<'_>) -> Vec<String> {
    let mut parts = Vec::new();
    if let [Some(old), Some(new)] = [current, proposed].map(|side| record(notice, side)) {
        parts.extend(graded("priority", old.priority.as_ref(), new.priority.as_ref(), Priority::as_str));
        parts.extend(graded("impact", old.impact.as_ref(), new.impact.as_ref(), Impact::as_str));
    }
    parts
}

/// What one policy says of this reader at that moment.
fn on_one_side(notice: &Notice, reader: &str, side: Side<'_>, record: Option<&DecisionRecord>) -> String {
    let Some(record) = record else { return undecided(notice, side) };
    let route = || {
        let state = side.world.state(&notice.incident_id)?;
        incident::route_that_tells(&state, &side.world.policy, record.at, &notice.audience)
    };
    let told = || route().map_or_else(|| "told".to_owned(), |route| format!("told by {route}"));
    match record.audiences.get(reader) {
        Some(Outcome::Told { .. }) => told(),
        Some(Outcome::NotTold { not_told, by }) => silent(*not_told, by.as_deref()),
        None => match record.reason {
            Some(reason) => reason.to_string(),
            None if side.world.policy.audience(&notice.audience).is_none() => {
                "there is no such audience".to_owned()
            }
            None => "not told".to_owned(),
        },
    }
}

fn silent(reason: Reason, by: Option<&str>) -> String {
    by.map_or_else(|| reason.to_string(), |by| format!("{reason} by {by}"))
}

/// Of a message that comes by itself, later than its event, the other policy decides nothing at that
/// moment; what would it say?
fn undecided(notice: &Notice, side: Side<'_>) -> String {
    let policy = &side.world.policy;
    let state = side.world.state(&notice.incident_id);
    let silenced =
        state.and_then(|state| incident::silenced(&state, policy, notice.decided_at, &notice.audience));
    match silenced {
        Some((reason, by)) => silent(reason, by.as_deref()),
        None => "nothing is decided then".to_owned(),
    }
}

/// The decision that the message belongs to, or would have belonged to.
fn record<'a>(notice: &Notice, side: Side<'a>) -> Option<&'a DecisionRecord> {
    let of_it = |record: &&DecisionRecord| record.incident == notice.incident_id;
    let records = || side.steps.iter().filter_map(|step| step.decision.record.as_ref()).filter(of_it);
    records().find(|record| record.caused_by == notice.caused_by).or_else(|| records().next_back())
}

fn graded<T: Copy + PartialEq>(
    name: &str,
    old: Option<&Graded<T>>,
    new: Option<&Graded<T>>,
    word: fn(T) -> &'static str,
) -> Option<String> {
    let (old, new) = (old?, new?);
    if old.values.after == new.values.after {
        return None;
    }
    let said = |graded: &Graded<T>| {
        let value = graded.values.after.map_or("-", word);
        let rule = graded.rule.as_ref().map(|rule| format!(" by rule {rule}"));
        format!("{value}{}", rule.unwrap_or_else(|| format!(", {}", graded.provenance.as_str())))
    };
    Some(format!("{name} now {}, then {}", said(old), said(new)))
}

/// The templates that speak, where they are others, or were edited.
pub(super) fn other_template(notice: &Notice, current: &Policy, proposed: &Policy) -> Option<String> {
    let used = |policy, language: &str| {
        let template = choose(notice, policy, language).template;
        let name = |template: &Template| {
            (format!("templates/{language}/{}", template.path()), template.hash().to_owned())
        };
        template.map_or_else(|| ("the built-in text".to_owned(), String::new()), name)
    };
    notice.languages.iter().find_map(|language| {
        let (now, then) = (used(current, language), used(proposed, language));
        if now.0 == then.0 {
            return (now.1 != then.1).then(|| format!("{} was edited", now.0));
        }
        Some(format!("now: {}; then: {}", now.0, then.0))
    })
}

/// What the same template was given otherwise.
pub(super) fn other_material(one: &Notice, other: &Notice) -> String {
    let differs = [
        (one.next_update_by != other.next_update_by, "when the next update is promised (updates_every)"),
        (one.may_see != other.may_see, "what the audience may see (may_see)"),
        (one.languages != other.languages, "its languages"),
        (one.time_zone != other.time_zone, "its time zone"),
        (one.addressee != other.addressee, "what is known of the customer or team"),
        (one.about != other.about, "what it is about"),
        (one.changes != other.changes, "what has changed since its last message"),
        (one.sequence != other.sequence, "how many messages came before"),
        (one.view != other.view, "the catalogue's words, or what else is known"),
    ];
    let names: Vec<&str> = differs.iter().filter(|(differs, _)| *differs).map(|(_, name)| *name).collect();
    if names.is_empty() {
        "words that all messages share".to_owned()
    } else {
        format!("other: {}", names.join(", "))
    }
}

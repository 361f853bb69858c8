//! A decision record as people read it: what changed, who was told, who was not and why.

use std::collections::BTreeMap;

use crate::core::decision::{BeforeAfter, DecisionRecord, Graded, Outcome};
use crate::core::notification::{Cause, Notification};
use crate::core::vocabulary::{Impact, Priority, Reason, Stage};

use super::output::{Style, columns, harmless, pad};
use super::{message, words};

/// All of it; the notifications give subjects to the ids that were told.
pub(super) fn whole(record: &DecisionRecord, told: &[Notification], style: Style) -> String {
    let mut out = changes(record, style);
    if let Some(reason) = record.reason {
        out.push(format!("  {}: {}", style.yellow(reason.as_str()), words::reason(reason)));
    }
    let width = record.audiences.keys().map(|name| columns(name)).max().unwrap_or(0).max(16);
    let mut rest: Vec<&Notification> = told.iter().collect();
    for (audience, outcome) in &record.audiences {
        let Outcome::Told { told: ids } = outcome else { continue };
        for id in ids {
            let found = told.iter().find(|message| message.id == *id);
            rest.retain(|message| message.id != *id);
            out.push(told_line(audience, id, found, width, style));
        }
    }
    for message in rest {
        out.push(told_line(&message::reader(message), &message.id, Some(message), width, style));
    }
    out.extend(not_told(record, width, style));
    for warning in &record.warnings {
        out.push(format!("  {} {}", style.yellow("warning"), harmless(warning)));
    }
    out.join("\n")
}

/// Without the message itself, its id has to do.
fn told_line(audience: &str, id: &str, message: Option<&Notification>, width: usize, style: Style) -> String {
    let name = pad(audience, width);
    let Some(message) = message else {
        return format!("  {}      {name}  {}", style.green("told"), style.dim(&harmless(id)));
    };
    let kind = pad(message.kind.as_str(), 12);
    let subject = message.contents.first().map(|content| harmless(&content.subject)).unwrap_or_default();
    format!("  {}      {name}  {kind} {}", style.green("told"), style.bold(&subject))
}

/// Those who were not told, gathered by reason.
fn not_told(record: &DecisionRecord, width: usize, style: Style) -> Vec<String> {
    let mut lines = Vec::new();
    let mut by_reason: BTreeMap<(Reason, Option<&str>), Vec<&str>> = BTreeMap::new();
    for (audience, outcome) in &record.audiences {
        if let Outcome::NotTold { not_told, by } = outcome {
            by_reason.entry((*not_told, by.as_deref())).or_default().push(audience);
        }
    }
    for ((reason, by), audiences) in by_reason {
        let names = pad(&audiences.join(", "), width);
        let by = by.map(|by| format!(" ({by})")).unwrap_or_default();
        lines.push(
            format!("  {}  {names}  {}", style.dim("not told"), words::reason(reason)) + &style.dim(&by),
        );
    }
    lines
}

fn changes(record: &DecisionRecord, style: Style) -> Vec<String> {
    let mut out = Vec::new();
    if let Cause::Timer { timer, due } = &record.caused_by {
        out.push(format!("  {}{timer}, due {due}", style.dim(&pad("timer", 12))));
    }
    if let Some(stage) = &record.stage {
        out.push(format!("  {}{}", style.dim(&pad("stage", 12)), arrow(stage, Stage::as_str)));
    }
    if let Some(priority) = &record.priority {
        out.push(graded("priority", priority, Priority::as_str, style));
    }
    if let Some(impact) = &record.impact {
        out.push(graded("impact", impact, Impact::as_str, style));
    }
    out
}

fn graded<T: Copy>(name: &str, value: &Graded<T>, word: fn(T) -> &'static str, style: Style) -> String {
    let rule = value.rule.as_ref().map(|rule| format!(" by rule {rule}")).unwrap_or_default();
    let from = style.dim(&format!("  {}{rule}", value.provenance.as_str()));
    format!("  {}{}{from}", style.dim(&pad(name, 12)), arrow(&value.values, word))
}

fn arrow<T: Copy>(values: &BeforeAfter<T>, word: fn(T) -> &'static str) -> String {
    match (values.before.map(word), values.after.map(word)) {
        (Some(before), Some(after)) if before != after => format!("{before} → {after}"),
        (_, Some(after)) => after.to_owned(),
        (before, None) => before.unwrap_or("-").to_owned(),
    }
}

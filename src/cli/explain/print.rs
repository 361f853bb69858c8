//! What `explain` prints.

use serde_json::json;

use super::super::output::{Style, harmless, line, pad};
use super::super::{decision, event, message};
use super::fields;
use super::run::Outcome;
use crate::core::notification::{Notification, render, rendering_failed};
use crate::core::policy::Policy;
use crate::core::shard::Step;
use crate::core::sources::Read;

/// A body that more kinds of source can read looks like none of them.
const READ_BY_SHOWN: usize = 4;

/// One line of JSON for each event, then one for each decision.
pub(super) fn json(
    outcome: &Outcome,
    waited: &[Step],
    policy: &Policy,
    sets: &[String],
) -> anyhow::Result<()> {
    match &outcome.read {
        Read::Rejected { reason, problems } => {
            line(&json!({ "rejected": reason, "problems": problems }).to_string())?;
        }
        Read::Handshake(_) => line(&json!({ "handshake": true }).to_string())?,
        Read::Events(events) => {
            for (place, event) in events.iter().enumerate() {
                let from = outcome.origins.get(place).map(fields::places);
                let mut value = json!({ "event": event, "from": from });
                if !sets.is_empty() {
                    value["set"] = json!(sets);
                }
                line(&value.to_string())?;
            }
        }
    }
    for step in outcome.steps.iter().flatten().chain(waited) {
        let notifications = words(step, policy);
        let value = json!({ "decision": step.decision.record, "notifications": notifications });
        line(&value.to_string())?;
    }
    Ok(())
}

/// What stands above one outcome.
pub(super) struct Heading<'a> {
    /// The file, or the event's id.
    pub(super) name: &'a str,
    /// How many stand before it.
    pub(super) place: usize,
    /// What its sender is made to say.
    pub(super) sets: &'a [String],
}

/// The same for people.
pub(super) fn people(
    heading: &Heading<'_>,
    outcome: &Outcome,
    waited: &[Step],
    policy: &Policy,
    render: bool,
) -> anyhow::Result<()> {
    let style = Style::of_stdout();
    if heading.place > 0 {
        line("")?;
    }
    line(&format!("{}  {} bytes", style.bold(heading.name), outcome.bytes))?;
    match &outcome.read {
        Read::Handshake(_) => line("  a ping or handshake: answered, and no event is made")?,
        Read::Rejected { reason, problems } => {
            line(&format!("  {} ({reason})", style.yellow("can't be used")))?;
            for problem in problems {
                let pointer = if problem.pointer.is_empty() { "(the body)" } else { &problem.pointer };
                line(&format!("    {pointer}: {}", problem.message))?;
            }
            if (1..=READ_BY_SHOWN).contains(&outcome.read_by.len()) {
                line(&format!("    perhaps it is another's: --source {}", outcome.read_by.join(", or ")))?;
            }
        }
        Read::Events(events) => {
            for (place, one) in events.iter().enumerate() {
                // Of a batch, each event stands with what became of it.
                if place > 0 {
                    line("")?;
                }
                match outcome.origins.get(place) {
                    Some(origins) => fields::print(one, origins, style)?,
                    None => event::print(one, style)?,
                }
                for set in heading.sets {
                    line(&format!("  {}{}", style.yellow(&pad("what if", 12)), harmless(set)))?;
                }
                let decided = outcome.steps.get(place).map(Vec::as_slice).unwrap_or_default();
                print_steps(decided, &one.incident.id, policy, render, style)?;
            }
        }
    }
    for event in &outcome.handed_over {
        let (into, id) = (harmless(&event.incident.id), harmless(&event.id));
        let label = style.dim(&pad("handed over", 12));
        line(&format!("  {label}to {into}; what that makes of it: --event {id}"))?;
    }
    if !waited.is_empty() {
        line(&style.dim("  … time passes"))?;
    }
    let last = match &outcome.read {
        Read::Events(events) => events.last().map_or("", |event| event.incident.id.as_str()),
        Read::Handshake(_) | Read::Rejected { .. } => "",
    };
    print_steps(waited, last, policy, render, style)?;
    Ok(())
}

/// What was decided; where it is not about the incident just named, with the one it is about.
fn print_steps(
    steps: &[Step],
    named: &str,
    policy: &Policy,
    render: bool,
    style: Style,
) -> std::io::Result<()> {
    let mut named = named;
    for step in steps {
        let notifications = words(step, policy);
        if let Some(record) = &step.decision.record {
            if step.incident != named {
                let key = record.key.as_ref().unwrap_or(&step.incident);
                line(&format!("  {}{}", style.dim(&pad("incident", 12)), harmless(key)))?;
                named = &step.incident;
            }
            line(&decision::whole(record, &notifications, style))?;
        }
        if render {
            for notification in &notifications {
                line("")?;
                line(&message::whole(notification, style))?;
            }
        }
    }
    Ok(())
}

/// All that goes out, as a router says it: where a template fails, its lead learns of it.
fn words(step: &Step, policy: &Policy) -> Vec<Notification> {
    let mut failed = Vec::new();
    let mut said = Vec::with_capacity(step.decision.notices.len());
    for notice in &step.decision.notices {
        let rendered = render(notice, policy);
        if !rendered.fallbacks.is_empty() {
            failed.push(notice);
        }
        said.push(rendered.notification);
    }
    said.extend(rendering_failed(&failed).iter().map(|notice| render(notice, policy).notification));
    said
}

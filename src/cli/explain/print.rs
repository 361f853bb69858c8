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
    for step in outcome.steps.iter().chain(waited) {
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
        }
        Read::Events(events) => {
            for (place, one) in events.iter().enumerate() {
                match outcome.origins.get(place) {
                    Some(origins) => fields::print(one, origins, style)?,
                    None => event::print(one, style)?,
                }
            }
        }
    }
    for set in heading.sets {
        line(&format!("  {}{}", style.yellow(&pad("what if", 12)), harmless(set)))?;
    }
    for step in &outcome.steps {
        print_step(step, policy, render, style)?;
    }
    if !waited.is_empty() {
        line(&style.dim("  … time passes"))?;
    }
    for step in waited {
        print_step(step, policy, render, style)?;
    }
    Ok(())
}

fn print_step(step: &Step, policy: &Policy, render: bool, style: Style) -> std::io::Result<()> {
    let notifications = words(step, policy);
    if let Some(record) = &step.decision.record {
        line(&decision::whole(record, &notifications, style))?;
    }
    if render {
        for notification in &notifications {
            line("")?;
            line(&message::whole(notification, style))?;
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

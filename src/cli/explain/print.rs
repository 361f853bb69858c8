//! What `explain` prints.

use std::path::Path;

use serde_json::json;

use super::super::output::{Style, line};
use super::super::{decision, message};
use super::fields;
use super::run::Outcome;
use crate::core::notification::{Notification, render};
use crate::core::policy::Policy;
use crate::core::shard::Step;
use crate::core::sources::Read;

/// One line of JSON for each event, then one for each decision.
pub(super) fn json(outcome: &Outcome, waited: &[Step], policy: &Policy) -> anyhow::Result<()> {
    match &outcome.read {
        Read::Rejected { reason, problems } => {
            line(&json!({ "rejected": reason, "problems": problems }).to_string())?;
        }
        Read::Handshake(_) => line(&json!({ "handshake": true }).to_string())?,
        Read::Events(events) => {
            for (place, event) in events.iter().enumerate() {
                let from = outcome.origins.get(place).map(fields::places);
                line(&json!({ "event": event, "from": from }).to_string())?;
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

/// The same for people.
pub(super) fn people(
    file: &Path,
    place: usize,
    outcome: &Outcome,
    waited: &[Step],
    policy: &Policy,
    render: bool,
) -> anyhow::Result<()> {
    let style = Style::of_stdout();
    if place > 0 {
        line("")?;
    }
    line(&format!("{}  {} bytes", style.bold(&file.display().to_string()), outcome.bytes))?;
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
            for (place, event) in events.iter().enumerate() {
                fields::print(event, outcome.origins.get(place), style)?;
            }
        }
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

fn words(step: &Step, policy: &Policy) -> Vec<Notification> {
    step.decision.notices.iter().map(|notice| render(notice, policy).notification).collect()
}

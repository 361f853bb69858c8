//! What `explain` prints.

use std::path::Path;

use serde_json::json;

use super::super::output::{Style, harmless, line, pad};
use super::super::{decision, message};
use super::run::Outcome;
use crate::core::event::Event;
use crate::core::notification::{Notification, render};
use crate::core::policy::Policy;
use crate::core::shard::Step;
use crate::core::sources::Read;

/// One line of JSON for each decision.
pub(super) fn json(outcome: &Outcome, waited: &[Step], policy: &Policy) -> anyhow::Result<()> {
    match &outcome.read {
        Read::Rejected { reason, problems } => {
            line(&json!({ "rejected": reason, "problems": problems }).to_string())?;
        }
        Read::Handshake(_) => line(&json!({ "handshake": true }).to_string())?,
        Read::Events(_) => {}
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
            for event in events {
                print_event(event, style)?;
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

fn print_event(event: &Event, style: Style) -> std::io::Result<()> {
    let row = |name: &str, value: String| {
        if value.is_empty() {
            Ok(())
        } else {
            line(&format!("  {}{}", style.dim(&pad(name, 12)), harmless(&value)))
        }
    };
    row("event", format!("{} → {}", event.native_type, event.event_type.as_str()))?;
    row("incident", format!("{}  {}", event.incident.key, event.incident.id))?;
    row("title", event.title.clone().unwrap_or_default())?;
    row("stage", event.stage.map(|stage| stage.as_str().to_owned()).unwrap_or_default())?;
    row("priority", event.priority.as_ref().map(|p| format!("{:?} as sent", p.native)).unwrap_or_default())?;
    let services: Vec<&str> = event.services.iter().filter_map(|service| service.words().last()).collect();
    row("services", services.join(", "))?;
    for warning in &event.warnings {
        line(&format!("  {}{}", style.yellow(&pad("warning", 12)), harmless(warning)))?;
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

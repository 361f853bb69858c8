//! An event, in a few lines.

use super::output::{Style, harmless, line, pad};
use crate::core::event::Event;

/// Prints it.
pub(super) fn print(event: &Event, style: Style) -> std::io::Result<()> {
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

//! `herald rejected show`

use std::io::Write as _;

use anyhow::bail;
use serde_json::json;

use super::log::{self, Found};
use super::{Show, reading};
use crate::cli::Done;
use crate::cli::output::{Style, harmless, line, pad, wrap};
use crate::core::rejected::{Rejected, needed};

pub(super) fn run(args: &Show) -> anyhow::Result<Done> {
    let mut found = log::read(&args.cluster.settings()?, |rejected| rejected.id == args.id)?;
    let Some(Found { rejected, times }) = found.pop() else {
        bail!(
            "nothing on incident.rejected has the id {}; `herald rejected list` shows what there is",
            args.id
        );
    };
    if args.body {
        let body = reading::body(&rejected)?;
        std::io::stdout().lock().write_all(&body)?;
        return Ok(Done::Well);
    }
    if args.json {
        line(&json!(rejected).to_string())?;
        return Ok(Done::Well);
    }
    line(&text(&rejected, times, Style::of_stdout()))?;
    Ok(Done::Well)
}

/// All of it, for people.
fn text(rejected: &Rejected, times: usize, style: Style) -> String {
    let row = |name: &str, value: &str| format!("  {}{}", style.dim(&pad(name, 12)), harmless(value));
    let mut out = vec![style.bold(&rejected.id)];
    let kind = rejected.source_kind.as_deref().unwrap_or("?");
    if let Some(source) = &rejected.source {
        out.push(row("source", &format!("{source} ({kind})")));
    }
    if let Some(place) = &rejected.input {
        let place = format!("incident.events, partition {} offset {}", place.partition, place.offset);
        out.push(row("stood on", &place));
    }
    out.push(row("received", &rejected.received_at.to_string()));
    if times > 1 {
        out.push(row("times", &times.to_string()));
    }
    out.push(row("reason", &rejected.reason));
    out.push(row("needed", needed(&rejected.reason)));
    out.push(format!("\n{}", style.bold("Problems")));
    for problem in &rejected.problems {
        let place = if problem.pointer.is_empty() { "(the body)" } else { &problem.pointer };
        out.push(wrap(&format!("{place}: {}", problem.message), style.width, "  "));
    }
    out.push(format!("\n{}", style.bold("Headers, less secrets")));
    out.extend(
        rejected.headers.iter().map(|(name, value)| format!("  {}", harmless(&format!("{name}: {value}")))),
    );
    out.push(format!("\n{} {}", style.bold("Body"), style.dim(&harmless(&rejected.raw.content_type))));
    out.push(match (rejected.raw.truncated, rejected.raw.encoding.as_str()) {
        (true, _) => "  (left out: it was too large for a record)".to_owned(),
        (false, "utf-8") => harmless(&rejected.raw.bytes),
        (false, _) => style.dim("  (not UTF-8; --body prints it as it was)"),
    });
    out.join("\n")
}

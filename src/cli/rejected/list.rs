//! `herald rejected list`

use jiff::Timestamp;
use serde_json::json;

use super::List;
use super::log::{self, Found};
use crate::cli::Done;
use crate::cli::output::{Style, harmless, line, pad};

pub(super) fn run(args: &List) -> anyhow::Result<Done> {
    let now = Timestamp::now();
    let found = log::read(&args.cluster.settings()?, |rejected| args.filter.takes(rejected, now))?;
    let style = Style::of_stdout();
    for Found { rejected, times } in &found {
        if args.json {
            line(&json!(rejected).to_string())?;
            continue;
        }
        let source = rejected.source.as_deref().unwrap_or("(the log)");
        let again = if *times > 1 { format!(", {times} times") } else { String::new() };
        line(&format!(
            "{}  {}  {}  {}{again}",
            style.bold(&rejected.id),
            rejected.received_at.strftime("%Y-%m-%d %H:%M:%SZ"),
            pad(&harmless(source), 16),
            style.yellow(&harmless(&rejected.reason)),
        ))?;
        if let Some(problem) = rejected.problems.first() {
            let more = rejected.problems.len() - 1;
            let more = if more > 0 { format!(" (and {more} more)") } else { String::new() };
            let place = if problem.pointer.is_empty() { "the body" } else { &problem.pointer };
            line(&style.dim(&harmless(&format!("    {place}: {}{more}", problem.message))))?;
        }
    }
    if !args.json {
        let words = match found.len() {
            0 if args.filter.is_empty() => "nothing was rejected".to_owned(),
            0 => "nothing that fits".to_owned(),
            count => format!("{count} rejected; `herald rejected show ID` says what is wrong with one"),
        };
        line(&style.dim(&words))?;
    }
    Ok(Done::Well)
}

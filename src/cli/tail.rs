//! `herald tail [AUDIENCE…]`

use std::time::Duration;

use anyhow::bail;

use super::cluster::ClusterArgs;
use super::follow;
use super::output::{Style, line};
use super::{Done, message};
use crate::config;
use crate::core::notification::Notification;
use crate::core::record::topics;
use crate::kafka::reader::{From, ReadRecord};

/// Follow messages, shown as their readers would see them
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Without --config or --bootstrap-servers it finds the trial that runs on this machine, \
    else herald.yaml.\n\n\
    Examples:\n  \
    herald tail                                  every audience, from now on\n  \
    herald tail executives customer-service --from-beginning\n  \
    herald tail --config herald.yaml --json | jq .contents[0].subject"
)]
pub(super) struct Args {
    /// Audiences; leads.NAME and drill.AUDIENCE too; none: all
    audience: Vec<String>,
    /// Everything that is still there, then go on
    #[arg(long)]
    from_beginning: bool,
    /// End after what is there now
    #[arg(long, requires = "from_beginning")]
    no_follow: bool,
    /// Print the records as they are, one a line
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    cluster: ClusterArgs,
}

/// With `--no-follow`: nothing for this long is the end.
const QUIET: Duration = Duration::from_secs(2);

pub(super) fn run(args: &Args) -> anyhow::Result<Done> {
    let settings = args.cluster.settings()?;
    let there = follow::topics(&settings)?;
    let wanted: Vec<String> =
        there.iter().filter(|topic| is_wanted(topic, &args.audience)).cloned().collect();
    warn_of_missing(&args.audience, &there);
    if wanted.is_empty() {
        bail!("there is nothing to follow at {}", settings.bootstrap_servers.join(","));
    }
    let from = if args.from_beginning { From::Beginning } else { From::End };
    let mut reader = follow::open(&settings, &wanted, from)?;
    let style = Style::of_stdout();
    loop {
        match reader.next(if args.no_follow { QUIET } else { Duration::from_secs(1) })? {
            Some(record) => show(&record, args.json, style)?,
            None if args.no_follow => return Ok(Done::Well),
            None => {}
        }
    }
}

/// `notify.<audience>` by the audience's name; the rest by the topic's.
fn is_wanted(topic: &str, names: &[String]) -> bool {
    let audience = topic.strip_prefix(topics::NOTIFY_PREFIX);
    follow::is_of_messages(topic)
        && (names.is_empty() || names.iter().any(|name| audience == Some(name) || topic == name))
}

/// A misspelt audience would be silent for ever.
fn warn_of_missing(names: &[String], there: &[String]) {
    for name in names {
        if !there.iter().any(|topic| is_wanted(topic, std::slice::from_ref(name))) {
            let audiences = there.iter().filter_map(|topic| topic.strip_prefix(topics::NOTIFY_PREFIX));
            let near = config::nearest(name, audiences).map(|near| format!("; did you mean {near}?"));
            eprintln!("herald: there are no messages for {name}{}", near.unwrap_or_default());
        }
    }
}

fn show(record: &ReadRecord, json: bool, style: Style) -> anyhow::Result<()> {
    let Some(payload) = &record.payload else { return Ok(()) };
    if json {
        line(&String::from_utf8_lossy(payload))?;
        return Ok(());
    }
    match serde_json::from_slice::<Notification>(payload) {
        Ok(notification) => line(&format!("{}\n", message::whole(&notification, style)))?,
        Err(error) => {
            line(&style.yellow(&format!("{} at {}: can't be read: {error}", record.topic, record.offset)))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn audiences_are_named_as_in_the_policy() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert!(is_wanted("notify.sales", &[]) && is_wanted("leads.communications", &[]));
        assert!(!is_wanted("incident.events", &[]));
        assert!(is_wanted("notify.sales", &names(&["sales"])));
        assert!(!is_wanted("notify.sales-emea", &names(&["sales"])));
        assert!(is_wanted("leads.communications", &names(&["leads.communications"])));
        assert!(!is_wanted("incident.state", &names(&["incident.state"])));
    }
}

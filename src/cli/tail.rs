//! `herald tail [AUDIENCE…]`

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, bail};

use super::follow;
use super::output::{Style, line};
use super::{Done, message};
use crate::app::addresses;
use crate::config;
use crate::core::notification::Notification;
use crate::core::record::topics;
use crate::kafka::reader::{From, ReadRecord};
use crate::kafka::settings::KafkaSettings;

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
    /// Where Kafka is, as host:port,host:port
    #[arg(long, value_name = "SERVERS", conflicts_with = "config")]
    bootstrap_servers: Option<String>,
    /// Before every topic's name
    #[arg(long, value_name = "PREFIX", requires = "bootstrap_servers", default_value = "")]
    topic_prefix: String,
    /// The configuration that says where Kafka is
    #[arg(long, value_name = "FILE", env = "HERALD_CONFIG", hide_env = true)]
    config: Option<PathBuf>,
}

/// With `--no-follow`: nothing for this long is the end.
const QUIET: Duration = Duration::from_secs(2);

pub(super) fn run(args: &Args) -> anyhow::Result<Done> {
    let settings = settings(args)?;
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

fn settings(args: &Args) -> anyhow::Result<KafkaSettings> {
    if let Some(servers) = &args.bootstrap_servers {
        return Ok(KafkaSettings {
            bootstrap_servers: servers.split(',').map(|server| server.trim().to_owned()).collect(),
            topic_prefix: args.topic_prefix.clone(),
            ..KafkaSettings::default()
        });
    }
    if args.config.is_none()
        && let Some(trial) = addresses::running_trial()
    {
        eprintln!("herald: following the trial at {}", trial.kafka);
        return Ok(trial.kafka_settings());
    }
    kafka_of(args.config.clone())
}

/// The cluster that a configuration names.
pub(super) fn kafka_of(file: Option<PathBuf>) -> anyhow::Result<KafkaSettings> {
    let request = config::Request {
        file,
        environment: config::Environment::of_process(),
        ..config::Request::default()
    };
    let config = config::load(&request)?;
    match config.broker {
        config::Broker::Kafka(settings) => Ok(settings),
        config::Broker::Embedded(_) => Err(anyhow::anyhow!(
            "no trial is running here and there is no {}; start `herald serve`, or say --bootstrap-servers",
            config::DEFAULT_FILE
        ))
        .context("where is Kafka?"),
    }
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

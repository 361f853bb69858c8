//! `herald tail [AUDIENCE…]`

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use serde_json::json;

use super::follow::{Follower, Record};
use super::output::{Style, line};
use super::{Done, message};
use crate::app::addresses;
use crate::config;
use crate::core::notification::Notification;
use crate::core::record::topics;
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
    let prefix = settings.topic_prefix.clone();
    let names = args.audience.clone();
    let mut follower =
        Follower::open(crate::kafka::client_config(&settings), args.from_beginning, move |topic| {
            topic.strip_prefix(&prefix).is_some_and(|topic| is_wanted(topic, &names))
        })?;
    warn_of_missing(args, &settings.topic_prefix, &follower);
    let style = Style::of_stdout();
    loop {
        match follower.next(if args.no_follow { QUIET } else { Duration::from_secs(1) })? {
            Some(record) => show(&record, &settings.topic_prefix, args.json, style)?,
            None if args.no_follow => return Ok(Done::Well),
            None => {}
        }
    }
}

/// `notify.<audience>` by the audience's name; the rest by the topic's.
fn is_wanted(topic: &str, names: &[String]) -> bool {
    let audience = topic.strip_prefix(topics::NOTIFY_PREFIX);
    let of_messages = audience.is_some()
        || topic.starts_with(topics::LEADS_PREFIX)
        || topic.starts_with(topics::DRILL_PREFIX);
    of_messages && (names.is_empty() || names.iter().any(|name| audience == Some(name) || topic == name))
}

fn warn_of_missing(args: &Args, prefix: &str, follower: &Follower) {
    let there = follower.topics();
    for name in &args.audience {
        let topic = [format!("{prefix}notify.{name}"), format!("{prefix}{name}")];
        if !topic.iter().any(|topic| there.contains(topic.as_str())) {
            let audiences: Vec<&str> = there
                .iter()
                .filter_map(|topic| topic.strip_prefix(prefix)?.strip_prefix("notify."))
                .collect();
            let hint = config::nearest(name, audiences.iter().copied());
            let hint = hint.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
            eprintln!("herald: there is no topic {} yet{hint}", topic[0]);
        }
    }
    if there.is_empty() && args.audience.is_empty() {
        eprintln!("herald: there are no topics of messages yet; `herald serve` makes them");
    }
}

fn show(record: &Record, prefix: &str, json: bool, style: Style) -> anyhow::Result<()> {
    if json {
        line(&String::from_utf8_lossy(&record.value))?;
        return Ok(());
    }
    match serde_json::from_slice::<Notification>(&record.value) {
        Ok(notification) => line(&format!("{}\n", message::whole(&notification, style)))?,
        Err(error) => {
            let topic = record.topic.strip_prefix(prefix).unwrap_or(&record.topic);
            let unread = json!({ "topic": topic, "unreadable": error.to_string() });
            line(&unread.to_string())?;
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

//! `herald rejected replay`

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, bail};
use jiff::Timestamp;

use super::log::Found;
use super::reading::{self, Now};
use super::{Replay, log::read};
use crate::cli::output::{Style, harmless, line};
use crate::cli::{Done, Usage, event};
use crate::config;
use crate::core::event::Event;
use crate::core::record;
use crate::http::operations::{VERSION, revision};
use crate::http::publish::Publish as _;
use crate::http::settings::SourceSettings;
use crate::kafka::producer::IntakeProducer;
use crate::kafka::settings::KafkaSettings;
use crate::telemetry::metrics::Metrics;

/// Records that are on their way at the end are waited for so long.
const FLUSH_WAIT: Duration = Duration::from_secs(30);

pub(super) fn run(args: &Replay) -> anyhow::Result<Done> {
    if args.id.is_empty() && args.filter.is_empty() {
        return Err(Usage("say which: ids, or --source, --reason or --since".to_owned()).into());
    }
    if args.body.is_some() && args.id.len() != 1 {
        return Err(Usage("--body stands for the body of one: give one id".to_owned()).into());
    }
    let settings = args.cluster.settings()?;
    let sources = sources(args)?;
    let now = Timestamp::now();
    let wanted = |rejected: &_| args.filter.takes(rejected, now) && is_named(&args.id, rejected);
    let found = read(&settings, wanted)?;
    if let Some(id) = args.id.iter().find(|id| !found.iter().any(|one| one.rejected.id == **id)) {
        bail!("nothing on incident.rejected has the id {id}, or the filter leaves it out");
    }
    let style = Style::of_stdout();
    let (mut events, mut left) = (Vec::new(), 0_usize);
    for one in &found {
        match one_of(one, args.body.as_deref(), &sources, style)? {
            Some(more) => events.push(more),
            None => left += 1,
        }
    }
    let count: usize = events.iter().map(Vec::len).sum();
    if args.dry_run {
        line(&style.dim(&format!("{count} events would be published, {left} can't be used as they are")))?;
    } else {
        publish(&settings, events)?;
        line(&format!("{count} events published, {left} can't be used as they are"))?;
    }
    Ok(if left > 0 { Done::Problems } else { Done::Well })
}

fn is_named(ids: &[String], rejected: &crate::core::rejected::Rejected) -> bool {
    ids.is_empty() || ids.contains(&rejected.id)
}

/// The sources as they are configured now; the trial's where nothing is.
fn sources(args: &Replay) -> anyhow::Result<Vec<SourceSettings>> {
    let request = config::Request {
        file: args.cluster.config().cloned(),
        environment: config::Environment::of_process(),
        ..config::Request::default()
    };
    Ok(config::load(&request)?.sources)
}

/// What one says now, which is printed; none where it still says nothing that can be used.
fn one_of(
    Found { rejected, .. }: &Found,
    instead: Option<&Path>,
    sources: &[SourceSettings],
    style: Style,
) -> anyhow::Result<Option<Vec<Event>>> {
    let body = match instead {
        Some(file) => std::fs::read(file).with_context(|| format!("can't read {}", file.display()))?,
        None => reading::body(rejected)?,
    };
    line(&style.bold(&rejected.id))?;
    match reading::again(rejected, &body, sources)? {
        Now::Events(events) => {
            events.iter().try_for_each(|one| event::print(one, style))?;
            Ok(Some(events))
        }
        Now::Nothing => {
            line("  a ping or handshake: there is nothing to publish")?;
            Ok(Some(Vec::new()))
        }
        Now::Rejected(problems) => {
            for problem in problems {
                let place = if problem.pointer.is_empty() { "(the body)" } else { &problem.pointer };
                line(&style.yellow(&harmless(&format!("  {place}: {}", problem.message))))?;
            }
            Ok(None)
        }
    }
}

/// Puts them on `incident.events`; what can't be put there is said with what was.
fn publish(settings: &KafkaSettings, deliveries: Vec<Vec<Event>>) -> anyhow::Result<()> {
    let metrics = Metrics::new(VERSION, revision())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let producer = IntakeProducer::start(settings, &metrics)?;
        for (done, events) in deliveries.into_iter().enumerate() {
            let records =
                events.iter().map(|event| record::event(event, None)).collect::<Result<Vec<_>, _>>()?;
            producer.publish(records).await.with_context(|| format!("after {done} deliveries"))?;
        }
        producer.flush(FLUSH_WAIT);
        anyhow::Ok(())
    })
}

//! `herald why`: the decisions on one incident, as they stand on Kafka, in words.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anyhow::bail;
use serde_json::json;

use super::cluster::ClusterArgs;
use super::output::{Style, harmless, line};
use super::{Done, decision, follow, incident, message};
use crate::config;
use crate::core::decision::{DecisionRecord, Outcome};
use crate::core::event::Event;
use crate::core::notification::{Cause, Notification};
use crate::core::record::topics;
use crate::kafka::reader::{From, Reader};
use crate::kafka::settings::KafkaSettings;

/// Why was I told, or not told? The recorded decisions on an incident, in words
#[derive(Debug, clap::Args)]
#[command(after_help = "INCIDENT is an incident's id, or its key, as pagerduty/PGR0VU2. Decisions are read \
    from Kafka, so it needs a running cluster; `herald explain` says what a webhook would do, without one.\n\n\
    Examples:\n  \
    herald why pagerduty/PGR0VU2 --config herald.yaml\n  \
    herald why api/desk-17 executives\n  \
    herald why i-6m7mxq42txt2oorh customers-strategic/acme --json")]
pub(super) struct Args {
    /// Id or key
    incident: String,
    /// One audience, or one of its addressees as audience/addressee; none: all
    audience: Option<String>,
    /// Print the records as they are, one a line
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    cluster: ClusterArgs,
}

/// Without a record for so long, Kafka does not answer.
const QUIET: Duration = Duration::from_secs(30);
/// The causes are a help; they are not waited for longer than this.
const CAUSES_WAIT: Duration = Duration::from_secs(5);

pub(super) fn run(args: &Args) -> anyhow::Result<Done> {
    let id = incident::id_of(&args.incident)?;
    let settings = args.cluster.settings()?;
    let mut decisions = decisions(&settings, &id)?;
    if decisions.is_empty() {
        bail!("there is no decision on {} ({id}); `herald incident list` shows what is known", args.incident);
    }
    if let Some(audience) = &args.audience {
        cut(&mut decisions, audience)?;
    }
    if args.json {
        for decision in &decisions {
            line(&json!(decision).to_string())?;
        }
        return Ok(Done::Well);
    }
    let told = notifications(&settings, &id, &decisions)?;
    let causes = causes(&settings, &id, &decisions)?;
    let style = Style::of_stdout();
    for (place, decision) in decisions.iter().enumerate() {
        if place > 0 {
            line("")?;
        }
        line(&headline(decision, &causes, style))?;
        let ids = told_ids(decision);
        let messages: Vec<Notification> =
            told.iter().filter(|message| ids.contains(message.id.as_str())).cloned().collect();
        line(&decision::whole(decision, &messages, style))?;
    }
    Ok(Done::Well)
}

/// All decisions on it, in their order.
fn decisions(settings: &KafkaSettings, id: &str) -> anyhow::Result<Vec<DecisionRecord>> {
    let mut reader = Reader::open(settings, &[topics::DECISIONS], From::Beginning)?;
    let mut found = Vec::new();
    let mut unreadable = 0_usize;
    reader.each_to_end(QUIET, &mut |record| {
        if record.key.as_deref() == Some(id) {
            match record.payload.as_deref().map(serde_json::from_slice::<DecisionRecord>) {
                Some(Ok(decision)) => found.push((record.partition, record.offset, decision)),
                Some(Err(_)) => unreadable += 1,
                None => {}
            }
        }
    })?;
    if unreadable > 0 {
        eprintln!("herald: {unreadable} decisions can't be read by this version");
    }
    found.sort_by_key(|(partition, offset, _)| (*partition, *offset));
    Ok(found.into_iter().map(|(.., decision)| decision).collect())
}

/// Leaves what concerns one audience, and the reasons that concern all.
fn cut(decisions: &mut Vec<DecisionRecord>, audience: &str) -> anyhow::Result<()> {
    let is_it = |name: &str| {
        name == audience || name.strip_prefix(audience).is_some_and(|rest| rest.starts_with('/'))
    };
    let names: BTreeSet<String> =
        decisions.iter().flat_map(|decision| decision.audiences.keys().cloned()).collect();
    if !names.is_empty() && !names.iter().any(|name| is_it(name)) {
        let near = config::nearest(audience, names.iter().map(String::as_str));
        let near = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
        bail!("no decision on this incident names the audience {audience}{near}");
    }
    for decision in decisions.iter_mut() {
        decision.audiences.retain(|name, _| is_it(name));
    }
    decisions.retain(|decision| decision.reason.is_some() || !decision.audiences.is_empty());
    Ok(())
}

fn told_ids(decision: &DecisionRecord) -> BTreeSet<&str> {
    let told = decision.audiences.values().filter_map(|outcome| match outcome {
        Outcome::Told { told } => Some(told.iter().map(String::as_str)),
        Outcome::NotTold { .. } => None,
    });
    told.flatten().collect()
}

/// The messages that were told, as far as their topics still have them: they give each id its kind
/// and subject.
fn notifications(
    settings: &KafkaSettings,
    id: &str,
    decisions: &[DecisionRecord],
) -> anyhow::Result<Vec<Notification>> {
    let ids: BTreeSet<&str> = decisions.iter().flat_map(told_ids).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let audiences: BTreeSet<&str> = decisions
        .iter()
        .flat_map(|decision| &decision.audiences)
        .filter(|(_, outcome)| matches!(outcome, Outcome::Told { .. }))
        .map(|(name, _)| name.split('/').next().unwrap_or(name))
        .collect();
    let there = follow::topics(settings)?;
    let wanted: Vec<&str> = there
        .iter()
        .map(String::as_str)
        .filter(|topic| topic.split_once('.').is_some_and(|(_, audience)| audiences.contains(audience)))
        .collect();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let mut reader = Reader::open(settings, &wanted, From::Beginning)?;
    let mut found = Vec::new();
    reader.each_to_end(QUIET, &mut |record| {
        let is_told = record.key.as_deref() == Some(id)
            && record.header("ce_id").is_some_and(|message| ids.contains(message));
        let payload = record.payload.filter(|_| is_told);
        found.extend(payload.and_then(|payload| serde_json::from_slice::<Notification>(&payload).ok()));
    })?;
    found.sort_by_key(message::reader);
    Ok(found)
}

/// What each event was, by its id: a decision names no more than that.
fn causes(
    settings: &KafkaSettings,
    id: &str,
    decisions: &[DecisionRecord],
) -> anyhow::Result<BTreeMap<String, String>> {
    let places = || {
        decisions
            .iter()
            .filter(|decision| matches!(decision.caused_by, Cause::Event { .. }))
            .map(|decision| decision.input)
    };
    let (Some(first), Some(last)) =
        (places().min_by_key(|place| place.offset), places().max_by_key(|place| place.offset))
    else {
        return Ok(BTreeMap::new());
    };
    let mut reader = Reader::open_at(settings, topics::EVENTS, first.partition, first.offset)?;
    let mut found = BTreeMap::new();
    // What is too old is no longer there, and then the next record comes instead.
    while let Some(record) = reader.next(CAUSES_WAIT)? {
        if record.key.as_deref() == Some(id)
            && let Some(event) = record.payload.and_then(|p| serde_json::from_slice::<Event>(&p).ok())
        {
            found.insert(event.id.clone(), described(&event));
        }
        if record.offset >= last.offset {
            break;
        }
    }
    Ok(found)
}

/// `pagerduty incident.triggered`, `comms-desk updated`.
fn described(event: &Event) -> String {
    let by = event.update.as_ref().and_then(|update| update.by.as_ref());
    let who = by.map_or(event.source.name.as_str(), |person| person.name.as_str());
    harmless(&format!("{who} {}", event.native_type))
}

fn headline(decision: &DecisionRecord, causes: &BTreeMap<String, String>, style: Style) -> String {
    let at = style.bold(&format!("{:.0}", decision.at));
    match &decision.caused_by {
        Cause::Event { event, .. } => {
            let what = causes.get(event).map(|what| format!("{what}  ")).unwrap_or_default();
            format!("{at}  {what}{}", style.dim(&format!("event {}", harmless(event))))
        }
        Cause::Timer { .. } => format!("{at}  time itself"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decision(audiences: &serde_json::Value) -> DecisionRecord {
        serde_json::from_value(json!({
            "schema": "decision/1", "id": "d-1", "incident": "i-1", "caused_by": {"event": "e-1"},
            "at": "2026-04-01T05:20:00Z", "input": {"partition": 0, "offset": 1}, "policy": "p@1",
            "audiences": audiences,
        }))
        .unwrap()
    }

    #[test]
    fn one_audience_is_cut_out_with_its_addressees() {
        let all = || {
            vec![
                decision(&json!({"sales": {"not_told": "not_matched"}, "sales-eu": {"told": ["n-1"]}})),
                decision(&json!({"customers-strategic/acme": {"told": ["n-2"]}})),
            ]
        };
        let names = |audience: &str| {
            let mut decisions = all();
            cut(&mut decisions, audience)
                .map(|()| decisions.iter().flat_map(|one| one.audiences.keys().cloned()).collect::<Vec<_>>())
        };
        assert_eq!(names("sales").unwrap(), ["sales"]);
        assert_eq!(names("customers-strategic").unwrap(), ["customers-strategic/acme"]);
        assert_eq!(names("customers-strategic/acme").unwrap(), ["customers-strategic/acme"]);
        let missing = names("slaes").unwrap_err().to_string();
        assert!(missing.contains("did you mean sales?"), "{missing}");
        assert_eq!(told_ids(&all()[0]).into_iter().collect::<Vec<_>>(), ["n-1"]);
    }
}

//! `--event`: events that stand on `incident.events`, each with what came before it on its incident.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anyhow::{anyhow, bail};
use jiff::Timestamp;

use crate::cli::cluster::ClusterArgs;
use crate::core::event::Event;
use crate::core::record::topics;
use crate::kafka::reader::{From, Reader};

/// Without a record for so long, Kafka does not answer.
const QUIET: Duration = Duration::from_secs(30);

/// An event as it was appended to the log.
#[derive(Debug, Clone)]
pub(super) struct Appended {
    pub(super) event: Event,
    pub(super) at: Timestamp,
    pub(super) offset: i64,
}

/// One event, and all that was appended before it on the same incident, oldest first.
pub(super) struct Past {
    /// Its id; where it came more than once, with the number of the time.
    pub(super) name: String,
    pub(super) partition: i32,
    pub(super) before: Vec<Appended>,
    pub(super) event: Appended,
}

/// Where an event stands, and under which key.
type Place = (i32, i64, Option<String>);

/// The events of these ids, in their order. Sent twice, one stands there twice: as a duplicate, or,
/// from a sender whose deliveries have no ids, as one more change. So each time is one of its own.
pub(super) fn find(cluster: &ClusterArgs, ids: &[String]) -> anyhow::Result<Vec<Past>> {
    let settings = cluster.settings()?;
    let mut places: BTreeMap<&str, Vec<Place>> = BTreeMap::new();
    let mut reader = Reader::open(&settings, &[topics::EVENTS], From::Beginning)?;
    reader.each_to_end(QUIET, &mut |record| {
        let id = record.header("ce_id").and_then(|found| ids.iter().find(|id| *id == found));
        if let Some(id) = id {
            places.entry(id).or_default().push((record.partition, record.offset, record.key));
        }
    })?;
    if let Some(missing) = ids.iter().find(|id| !places.contains_key(id.as_str())) {
        bail!("no event {missing} is on {}; what is older than its retention is gone", topics::EVENTS);
    }
    places.values_mut().for_each(|places| places.sort_unstable());
    let keys: BTreeSet<Option<String>> = places.values().flatten().map(|(.., key)| key.clone()).collect();
    let mut all: BTreeMap<(i32, Option<String>), Vec<Appended>> = BTreeMap::new();
    let mut reader = Reader::open(&settings, &[topics::EVENTS], From::Beginning)?;
    reader.each_to_end(QUIET, &mut |record| {
        if !keys.contains(&record.key) {
            return;
        }
        let event = record.payload.as_deref().map(serde_json::from_slice::<Event>);
        match event {
            Some(Ok(event)) => {
                let appended = Appended { event, at: record.timestamp, offset: record.offset };
                all.entry((record.partition, record.key)).or_default().push(appended);
            }
            Some(Err(error)) => {
                eprintln!("herald: {}/{}: no event: {error}", record.partition, record.offset);
            }
            None => {}
        }
    })?;
    let mut pasts = Vec::new();
    for id in ids {
        let places = places.get(id.as_str()).map(Vec::as_slice).unwrap_or_default();
        for (at, place) in places.iter().enumerate() {
            let name = match places.len() {
                1 => id.clone(),
                times => format!("{id}, delivery {} of {times}", at + 1),
            };
            pasts.push(past(name, place, &all)?);
        }
    }
    Ok(pasts)
}

fn past(
    name: String,
    (partition, offset, key): &Place,
    all: &BTreeMap<(i32, Option<String>), Vec<Appended>>,
) -> anyhow::Result<Past> {
    let unreadable = || anyhow!("the event {name} can't be read by this version");
    let of_incident = all.get(&(*partition, key.clone())).ok_or_else(unreadable)?;
    let at = of_incident.iter().position(|one| one.offset == *offset).ok_or_else(unreadable)?;
    let (before, rest) = of_incident.split_at(at);
    let event = rest.first().ok_or_else(unreadable)?.clone();
    Ok(Past { name, partition: *partition, before: before.to_vec(), event })
}

//! `--event`: an event that stands on `incident.events`, with what came before it on its incident.

use std::time::Duration;

use anyhow::bail;
use jiff::Timestamp;

use crate::cli::cluster::ClusterArgs;
use crate::core::event::Event;
use crate::core::record::topics;
use crate::kafka::reader::{From, Reader};

/// Without a record for so long, Kafka does not answer.
const QUIET: Duration = Duration::from_secs(30);

/// An event and when it was appended to the log.
pub(super) type Appended = (Event, Timestamp);

/// What came before on the same incident, oldest first; then the event itself. Sent twice, an event
/// stands there twice: the first one is what was told.
pub(super) fn find(cluster: &ClusterArgs, id: &str) -> anyhow::Result<(Vec<Appended>, Appended)> {
    let settings = cluster.settings()?;
    let mut place = None;
    let mut all = Reader::open(&settings, &[topics::EVENTS], From::Beginning)?;
    let oldest = all.partitions(topics::EVENTS);
    all.each_to_end(QUIET, &mut |record| {
        if place.is_none() && record.header("ce_id") == Some(id) {
            place = Some((record.partition, record.offset, record.key));
        }
    })?;
    let Some((partition, last, key)) = place else {
        bail!("no event {id} is on {}; what is older than its retention is gone", topics::EVENTS)
    };
    let first = oldest.iter().find(|(number, _)| *number == partition).map_or(0, |(_, next)| *next);
    let mut reader = Reader::open_at(&settings, topics::EVENTS, partition, first)?;
    let mut before = Vec::new();
    while let Some(record) = reader.next_to_end(QUIET)? {
        let event =
            record.payload.as_deref().filter(|_| record.key == key).map(serde_json::from_slice::<Event>);
        match event {
            Some(Ok(event)) if record.offset == last => return Ok((before, (event, record.timestamp))),
            Some(Ok(event)) => before.push((event, record.timestamp)),
            Some(Err(error)) => eprintln!("herald: {partition}/{}: no event: {error}", record.offset),
            None => {}
        }
        if record.offset >= last {
            break;
        }
    }
    bail!("the event {id} can't be read by this version")
}

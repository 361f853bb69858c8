//! Events on Kafka, in the order of time over all partitions.

use std::time::Duration;

use anyhow::{Context as _, bail};
use jiff::Timestamp;

use super::Args;
use super::past::{Range, Take};
use crate::cli::Usage;
use crate::core::event::Event;
use crate::core::record::topics;
use crate::kafka::reader::{From, ReadRecord, Reader};

/// Without a record for so long, Kafka does not answer.
const QUIET: Duration = Duration::from_secs(30);

/// One partition, read up to where it ended at the beginning.
struct Partition {
    reader: Reader,
    number: i32,
    last: Option<i64>,
    next: Option<ReadRecord>,
}

impl Partition {
    fn advance(&mut self) -> anyhow::Result<()> {
        let record = self.reader.next_to_end(QUIET)?;
        self.next = record.filter(|record| self.last.is_none_or(|last| record.offset <= last));
        Ok(())
    }
}

/// Hands over each event at the time at which it was appended. How many records are none.
pub(super) fn each(args: &Args, range: Range, take: Take<'_>) -> anyhow::Result<u64> {
    let mut partitions = open(args, range.since)?;
    for partition in &mut partitions {
        partition.advance()?;
    }
    let mut unusable = 0;
    loop {
        let time = |one: &Partition| one.next.as_ref().map(|record| (record.timestamp, one.number));
        let Some(first) = partitions.iter_mut().filter(|one| one.next.is_some()).min_by_key(|one| time(one))
        else {
            return Ok(unusable);
        };
        let Some(record) = first.next.take() else { return Ok(unusable) };
        if range.until.is_some_and(|until| record.timestamp > until) {
            // Later ones of this partition are no earlier.
            continue;
        }
        first.advance()?;
        if !range.has(record.timestamp) {
            continue;
        }
        match record.payload.as_deref().map(serde_json::from_slice::<Event>) {
            Some(Ok(event)) => take(&event, record.timestamp)?,
            Some(Err(error)) => {
                if unusable == 0 {
                    eprintln!("herald: {}/{}: no event: {error}", record.partition, record.offset);
                }
                unusable += 1;
            }
            None => {}
        }
    }
}

fn open(args: &Args, since: Option<Timestamp>) -> anyhow::Result<Vec<Partition>> {
    let settings = args.cluster.settings()?;
    let all = Reader::open(&settings, &[topics::EVENTS], From::Beginning)?;
    let wanted = args.offsets.iter().map(|word| offsets(word)).collect::<Result<Vec<_>, _>>()?;
    let mut partitions = Vec::new();
    for (number, oldest) in all.partitions(topics::EVENTS) {
        let chosen = wanted.iter().find(|(partition, ..)| *partition == number);
        if !wanted.is_empty() && chosen.is_none() {
            continue;
        }
        let from = match (chosen, since) {
            (Some((_, first, _)), _) => (*first).max(oldest),
            (None, Some(since)) => all.offset_at(topics::EVENTS, number, since)?,
            (None, None) => oldest,
        };
        let reader = Reader::open_at(&settings, topics::EVENTS, number, from)?;
        partitions.push(Partition { reader, number, last: chosen.map(|(.., last)| *last), next: None });
    }
    if let Some((missing, ..)) =
        wanted.iter().find(|(wanted, ..)| !partitions.iter().any(|one| one.number == *wanted))
    {
        bail!("{} has no partition {missing}", settings.topic(topics::EVENTS));
    }
    Ok(partitions)
}

/// `3:1200-4800`
fn offsets(word: &str) -> anyhow::Result<(i32, i64, i64)> {
    let parts = word.split_once(':').and_then(|(partition, range)| {
        let (first, last) = range.split_once('-')?;
        Some((partition.trim().parse().ok()?, first.trim().parse().ok()?, last.trim().parse().ok()?))
    });
    parts
        .ok_or_else(|| Usage(format!("--offsets {word:?} is written as  PARTITION:FIRST-LAST")))
        .context("which offsets?")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_of_one_partition() {
        assert_eq!(offsets("3:1200-4800").unwrap(), (3, 1200, 4800));
        for word in ["", "3", "3:", "3:1", "a:1-2", "3:2-b"] {
            assert!(offsets(word).is_err(), "{word}");
        }
    }
}

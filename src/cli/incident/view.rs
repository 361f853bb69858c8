//! The committed state, as `incident.state` has it, and how old it is.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::core::incident::IncidentState;
use crate::core::record::{Progress, StateRecord, topics};
use crate::kafka::reader::{From, ReadRecord, Reader};
use crate::kafka::settings::KafkaSettings;

/// Without a record for so long, Kafka does not answer.
const QUIET: Duration = Duration::from_secs(30);

/// How far one partition was folded when it was read.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Folded {
    partition: i32,
    /// Now of the last event that was folded, or of the last timer.
    clock: Option<Timestamp>,
    next_offset: Option<i64>,
    /// Where incident.events ended just then.
    end: Option<i64>,
}

/// Takes a record's partition, key and value.
pub(super) type Take<'t> = &'t mut dyn FnMut(i32, &str, Option<&[u8]>);

/// What was read.
#[derive(Debug)]
pub(super) struct View {
    read_at: Timestamp,
    folded: BTreeMap<i32, Folded>,
}

impl View {
    /// Reads all states, and gives each to `take`: its partition, key and value; none where it was
    /// forgotten. A later one of the same key replaces it.
    pub(super) fn read(settings: &KafkaSettings, take: Take<'_>) -> anyhow::Result<Self> {
        let events = Reader::open(settings, &[topics::EVENTS], From::End)?;
        let mut reader = Reader::open(settings, &[topics::STATE], From::Beginning)?;
        let mut progress: BTreeMap<i32, Progress> = BTreeMap::new();
        let mut partitions = std::collections::BTreeSet::new();
        reader.each_to_end(QUIET, &mut |record: ReadRecord| {
            partitions.insert(record.partition);
            let key = record.key.unwrap_or_default();
            if key.contains('/') {
                if let Ok(StateRecord::Progress(found)) =
                    StateRecord::read(Some(key.as_bytes()), record.payload.as_deref())
                {
                    progress.insert(record.partition, found);
                }
            } else {
                take(record.partition, &key, record.payload.as_deref());
            }
        })?;
        let folded = |partition: i32| {
            let found = progress.get(&partition);
            let folded = Folded {
                partition,
                clock: found.map(|progress| progress.clock),
                next_offset: found.map(|progress| progress.next_offset),
                end: events.next_offset(topics::EVENTS, partition),
            };
            (partition, folded)
        };
        Ok(Self { read_at: Timestamp::now(), folded: partitions.into_iter().map(folded).collect() })
    }

    /// How old it is, in words: of one partition, or of the one that was folded last.
    pub(super) fn age(&self, partition: Option<i32>) -> String {
        let folded = match partition {
            Some(partition) => self.folded.get(&partition),
            None => self.folded.values().max_by_key(|folded| folded.clock),
        };
        let Some(folded) = folded else { return "nothing has been folded yet".to_owned() };
        let Some(clock) = folded.clock else { return "how far it was folded is not known".to_owned() };
        let ago = length(self.read_at.duration_since(clock));
        let (next, end) = (folded.next_offset.unwrap_or_default(), folded.end.unwrap_or_default());
        let behind = match end.saturating_sub(next).max(0) {
            // A transaction's marker takes an offset, and is no event.
            0 | 1 => "nothing waits".to_owned(),
            records => format!("up to {records} events wait"),
        };
        let place = format!("partition {}, offset {next}", folded.partition);
        format!("as committed {ago} ago, at {clock:.0} ({place}; {behind})")
    }

    /// The same for tools.
    pub(super) fn json(&self, partition: Option<i32>) -> Value {
        let of = |folded: &Folded| {
            json!({
                "partition": folded.partition, "clock": folded.clock,
                "next_offset": folded.next_offset, "end": folded.end,
            })
        };
        let folded = self.folded.values().filter(|folded| partition.is_none_or(|p| folded.partition == p));
        json!({ "read_at": self.read_at, "folded": folded.map(of).collect::<Vec<_>>() })
    }
}

/// The state that a record holds.
pub(super) fn state(key: &str, value: &[u8]) -> Result<IncidentState, String> {
    match StateRecord::read(Some(key.as_bytes()), Some(value)) {
        Ok(StateRecord::State(state)) => Ok(*state),
        Ok(_) => Err(format!("{key} is no incident")),
        Err(error) => Err(error.to_string()),
    }
}

/// A length of time as one says it: two units at most.
pub(super) fn length(length: SignedDuration) -> String {
    let seconds = length.as_secs().max(0);
    let (days, hours, minutes, seconds) =
        (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => format!("{minutes} min {seconds} s"),
        (0, ..) => format!("{hours} h {minutes} min"),
        _ => format!("{days} d {hours} h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_age_is_said_in_words() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let folded = |partition, clock, next, end| {
            let clock = Some(at(clock));
            (partition, Folded { partition, clock, next_offset: Some(next), end: Some(end) })
        };
        let view = View {
            read_at: at("2026-04-01T05:20:00Z"),
            folded: BTreeMap::from([
                folded(0, "2026-04-01T05:19:56Z", 41, 41),
                folded(3, "2026-04-01T03:10:00Z", 7, 19),
            ]),
        };
        assert_eq!(
            view.age(None),
            "as committed 4 s ago, at 2026-04-01T05:19:56Z (partition 0, offset 41; nothing waits)"
        );
        assert_eq!(
            view.age(Some(3)),
            "as committed 2 h 10 min ago, at 2026-04-01T03:10:00Z (partition 3, offset 7; up to 12 events wait)"
        );
        assert_eq!(view.age(Some(9)), "nothing has been folded yet");
        assert_eq!(view.json(Some(3))["folded"][0]["end"], 19);
        assert_eq!(length(SignedDuration::from_hours(50)), "2 d 2 h");
    }
}

//! Whole stories on a real process and a real Kafka: killed in between, under a policy that
//! changes, and after a stop of hours. The times of their events are given, so that hours pass in
//! seconds and two runs can be compared byte by byte.

mod alike;
mod courses;
mod heard;
mod histories;
mod killed;
mod refused;
mod reloaded;
mod stopped;

use std::time::{Duration, Instant};

use herald::core::record::topics;

use crate::fixture::read::Reader;
use crate::oracle::caught_up;
use crate::oracle::log::Log;

/// Nothing more is folded for so long: it hangs. However slow the machine is, as long as it goes
/// on it is waited for.
const STANDSTILL: Duration = Duration::from_mins(3);

/// Waits until every event on the log is folded, and `is_so` of the states; returns those.
#[track_caller]
fn await_folded(what: &str, reader: &Reader, mut is_so: impl FnMut(&Log) -> bool) -> Log {
    let (states, mut seen) = (reader.follow(topics::STATE), Log::default());
    let mut last_seen = Instant::now();
    loop {
        let more = states.more();
        if !more.is_empty() {
            last_seen = Instant::now();
        }
        seen.add(more);
        if caught_up(reader, &seen) && is_so(&seen) {
            assert!(seen.oddities.is_empty(), "{what}: {:#?}", seen.oddities);
            return seen;
        }
        assert!(last_seen.elapsed() < STANDSTILL, "{what}: waited for it in vain");
        std::thread::sleep(Duration::from_millis(25));
    }
}

/// The topics that somebody reads: of audiences and of leads.
fn read_by_people(reader: &Reader) -> Vec<String> {
    let read = |topic: &String| {
        topic.starts_with(topics::NOTIFY_PREFIX)
            || topic.starts_with(topics::LEADS_PREFIX)
            || topic.starts_with(topics::DRILL_PREFIX)
    };
    reader.topics().into_keys().filter(read).collect()
}

//! The promise, tested on real processes and a real Kafka while both are shot at: everyone who
//! must know is told, once, in order; and who was told it began is told it ended.

mod crash;
mod group;
mod judge;
mod judge_tests;
pub(crate) mod log;
mod outage;
mod poison;
mod replay;
mod restart;
mod slot;
mod topics_changed;
mod verdict;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use herald::core::record::topics;

use crate::fixture::await_that::await_that;
use crate::fixture::read::Reader;
use crate::fixture::site::Site;
use crate::fixture::worker::Seen;
use judge::judge;
use log::Log;
use verdict::Verdict;

/// A backlog of minutes, on a busy machine.
const CAUGHT_UP_IN: Duration = Duration::from_mins(5);
/// What is still missing then is lost.
const COMPLETE_IN: Duration = Duration::from_mins(1);

/// One heavy test at a time: several would starve each other, and test nothing but the machine.
pub(crate) fn heavy() -> MutexGuard<'static, ()> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    // A test that failed says so itself; the others are still worth running.
    ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits until the routers have caught up, then judges. What was held may still be due, so what
/// is missing is looked for again; what is doubled, out of order or wrong never gets better.
#[track_caller]
fn settled(site: &Site, promised: &Seen) -> Verdict {
    let reader = site.reader();
    let (states, mut seen) = (reader.follow(topics::STATE), Log::default());
    await_that("the routers have caught up", CAUGHT_UP_IN, || {
        seen.add(states.more());
        caught_up(&reader, &seen).then_some(())
    });
    let policy = site.policy();
    let began = Instant::now();
    loop {
        let verdict = judge(promised, &Log::read(&reader), &policy);
        if verdict.lost.is_empty() || began.elapsed() > COMPLETE_IN {
            return verdict;
        }
    }
}

/// Progress records, and not the group's offsets, say how far events are folded.
pub(crate) fn caught_up(reader: &Reader, states: &Log) -> bool {
    let mut ends = reader.ends(topics::EVENTS).into_iter().filter(|(_, end)| *end > 0);
    ends.all(|(partition, end)| states.progress.get(&partition).is_some_and(|found| found.next_offset == end))
}

/// What senders saw, for people.
fn summary(seen: &Seen) -> String {
    format!("answers {:?}, connections refused or cut {}", seen.answers, seen.connection_errors)
}

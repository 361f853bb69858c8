//! The histories of the fold's proof (`tests/judge`) on a real Kafka: appended at random batch sizes
//! to the log of a real router, which is killed with -9 at random moments, started again with other
//! batches, and given other policies. Then the same judge reads what a `read_committed` reader sees,
//! and all of it is what the fold alone writes on that log, byte by byte. What these histories leave
//! out is said in `herald_judge::gathered`.

mod run;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use crate::fixture::seed::Dice;
use crate::oracle::heavy;
use run::{Run, Told};

/// Each with a log, a router, and a policy or two.
const INSTALLATIONS: usize = 8;
/// On one log, at once.
const HISTORIES: usize = 5;
/// Installations at one time.
const AT_ONCE: usize = 3;
/// The histories are the same each time; moments and batches are not.
const SEED: u64 = 1;

#[test]
fn the_judge_finds_nothing_in_histories_with_kills_on_kafka() {
    let _one = heavy();
    let began = Instant::now();
    let mut dice = Dice::thrown("histories");
    let dice: Vec<Dice> = (0..INSTALLATIONS).map(|_| dice.split()).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(dice) = dice.get(number) else { return done };
            done.push(Run::new(number, dice.clone()).play());
        }
    };
    let all: Vec<Told> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    let sum = |of: fn(&Told) -> usize| all.iter().map(of).sum::<usize>();
    let broken: Vec<_> = all.iter().filter(|told| !told.verdicts.is_empty()).collect();
    println!(
        "histories on Kafka: {} of {} events, {} of them Herald's own, and {} loads of another policy; {} kills; \
         {} decisions and {} messages, {} more aborted; violations: {} ({:.0?})",
        INSTALLATIONS * HISTORIES,
        sum(|told| told.events),
        sum(|told| told.own),
        sum(|told| told.loads),
        sum(|told| told.kills),
        sum(|told| told.decisions),
        sum(|told| told.messages),
        sum(|told| told.aborted),
        sum(|told| told.verdicts.len()),
        began.elapsed(),
    );
    assert!(broken.is_empty(), "{broken:#?}");
    assert!(sum(|told| told.aborted) > 0, "no kill left anything behind that nobody may read");
}

//! What `make test` and `make soak` run: kept histories, recordings, random histories, and the mutations.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use herald_judge::chance::Chance;
use herald_judge::judge::{Verdict, judge, same};
use herald_judge::plan::Made;
use herald_judge::play::{play, reloaded, replay};
use herald_judge::tale::Tale;
use herald_judge::{generate, mutation};

use crate::recorded::recorded;
use crate::shrink::shrink;

#[path = "../mutations.rs"]
mod mutations;

/// Histories of one run of the tests.
const HISTORIES: usize = 100_000;
/// Policies that they are told under.
const POLICIES: usize = 200;
/// Histories within which each mutation must be caught.
const UNTIL_CAUGHT: usize = 20_000;
/// The seed of `make test`: the same histories each time.
const SEED: u64 = 1;

thread_local! {
    /// Does this thread play a history?
    static PLAYING: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// Plays a history two or three times, and judges what came out. The mutation of this thread is on.
pub fn verdicts(tale: &Tale) -> Vec<Verdict> {
    PLAYING.set(true);
    let judged = catch_unwind(AssertUnwindSafe(|| {
        let first = play(tale);
        let mut found = judge(tale, &first);
        found.extend(same(13, &first, &replay(tale, &first.ops)));
        if tale.policies.len() > 1 {
            found.extend(same(12, &first, &reloaded(tale, &first.ops)));
        }
        found
    }));
    PLAYING.set(false);
    judged.unwrap_or_else(|panic| {
        let words = panic.downcast_ref::<String>().cloned();
        let words = words.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        vec![Verdict { invariant: 0, words: format!("the fold panics: {}", words.unwrap_or_default()) }]
    })
}

/// A panic of the fold is a verdict, and is told with its history, not by itself.
fn be_calm() {
    let otherwise = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !PLAYING.get() {
            otherwise(panic);
        }
    }));
}

fn pool(seed: u64) -> Vec<Arc<Made>> {
    let mut chance = Chance::new(seed ^ 0xA5A5_A5A5);
    (0..POLICIES).map(|_| generate::plan(&mut chance).make()).collect()
}

fn tale(seed: u64, number: usize, pool: &[Arc<Made>]) -> Tale {
    let mut seeds = Chance::new(seed.wrapping_mul(0x1_0000_0001).wrapping_add(number as u64));
    let mut chance = Chance::new(seeds.number());
    generate::tale(&mut chance, pool)
}

/// The first of these histories, in their order, in which something is found.
fn first_found(
    seed: u64,
    count: usize,
    switched: u8,
    pool: &[Arc<Made>],
    is_meant: impl Fn(&[Verdict]) -> bool + Sync,
) -> Option<(usize, Vec<Verdict>)> {
    let (next, found_at) = (AtomicUsize::new(0), AtomicUsize::new(usize::MAX));
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    let mut found = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..workers)
            .map(|_| {
                scope.spawn(|| {
                    mutation::switch_on(switched);
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        if number >= count || number > found_at.load(Ordering::Relaxed) {
                            return None;
                        }
                        let found = verdicts(&tale(seed, number, pool));
                        if is_meant(&found) {
                            found_at.fetch_min(number, Ordering::Relaxed);
                            return Some((number, found));
                        }
                    }
                })
            })
            .collect();
        workers.into_iter().filter_map(|worker| worker.join().ok().flatten()).collect::<Vec<_>>()
    });
    found.sort_by_key(|(number, _)| *number);
    found.into_iter().next()
}

/// Says what was broken, by how short a history, and how it is kept.
fn report(tale: &Tale, found: &[Verdict], seed: u64, number: usize) {
    let invariant = found.first().map_or(0, |verdict| verdict.invariant);
    let (short, verdicts) = shrink(tale, invariant);
    println!("\ninvariant {invariant} is broken by history {number} of seed {seed}:");
    for verdict in &verdicts {
        println!("  {}: {}", verdict.invariant, verdict.words);
    }
    println!(
        "Keep it as tests/judge/kept/<what-it-is>.tale:\n\n# {}",
        verdicts.first().map_or("", |verdict| verdict.words.lines().next().unwrap_or(""))
    );
    print!("{}", short.write());
}

fn kept() -> Result<usize, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("kept");
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .map_err(|e| format!("{}: {e}", folder.display()))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|ext| ext == "tale"))
        .collect();
    files.sort();
    let mut broken = Vec::new();
    for path in &files {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let text = std::fs::read_to_string(path).map_err(|e| format!("{name}: {e}"))?;
        let found = verdicts(&Tale::read(&text).map_err(|e| format!("{name}: {e}"))?);
        broken.extend(
            found.first().map(|first| format!("{name}: invariant {}: {}", first.invariant, first.words)),
        );
    }
    if broken.is_empty() { Ok(files.len()) } else { Err(broken.join("\n")) }
}

fn histories(seed: u64, count: usize, pool: &[Arc<Made>]) -> bool {
    let started = Instant::now();
    match first_found(seed, count, 0, pool, |found| !found.is_empty()) {
        None => {
            println!("histories judged: {count}, violations: 0 ({:.0?})", started.elapsed());
            true
        }
        Some((number, found)) => {
            report(&tale(seed, number, pool), &found, seed, number);
            false
        }
    }
}

fn mutated(pool: &[Arc<Made>]) -> bool {
    let mut caught = 0;
    for mutation in &mutations::MUTATIONS {
        let meant = mutation.invariant;
        let found = first_found(SEED, UNTIL_CAUGHT, meant, pool, |found| {
            found.iter().any(|verdict| verdict.invariant == meant)
        });
        match found {
            Some((number, _)) => {
                caught += 1;
                println!("mutation {meant} is caught by history {number}: {}", mutation.does);
            }
            None => println!("mutation {meant} is not caught: {}", mutation.does),
        }
    }
    println!("mutations caught: {caught} of {}", mutations::MUTATIONS.len());
    caught == mutations::MUTATIONS.len()
}

/// Until it is stopped, or for so many minutes; each round with a seed of its own.
fn soak() -> bool {
    let minutes = std::env::var("HERALD_SOAK_MINUTES").ok().and_then(|text| text.parse().ok());
    let (started, length) = (Instant::now(), minutes.map(|minutes: u64| Duration::from_secs(60 * minutes)));
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let mut seeds = Chance::new(now.map_or(7, |now| now.as_secs()));
    let mut rounds = 0;
    while length.is_none_or(|length| started.elapsed() < length) {
        let seed = seeds.number();
        if let Err(words) = recorded(seed) {
            println!("{words}");
            return false;
        }
        print!("round {rounds}, seed {seed}, after {:.0?}: ", started.elapsed());
        if !histories(seed, HISTORIES, &pool(seed)) {
            return false;
        }
        rounds += 1;
    }
    true
}

pub fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    if arguments.iter().any(|argument| argument == "--list") {
        return ExitCode::SUCCESS;
    }
    if arguments.iter().any(|argument| argument == "soak") {
        return if soak() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    be_calm();
    let kept = match kept() {
        Ok(count) => count,
        Err(words) => {
            println!("{words}");
            return ExitCode::FAILURE;
        }
    };
    println!("kept histories judged: {kept}");
    let seed = number("HERALD_JUDGE_SEED").unwrap_or(SEED);
    if let Err(words) = recorded(seed) {
        println!("{words}");
        return ExitCode::FAILURE;
    }
    let count = number("HERALD_JUDGE_HISTORIES")
        .map_or(HISTORIES, |count| usize::try_from(count).unwrap_or(HISTORIES));
    let pool = pool(seed);
    let sound = histories(seed, count, &pool);
    if sound && mutated(&pool) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

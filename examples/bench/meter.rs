//! What a process has cost: the CPU time of its threads, from /proc.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};

/// The CPU time of a process, thread by thread, at one moment.
#[derive(Debug, Clone)]
pub(crate) struct Reading {
    /// By thread id: its name, and its time on a CPU.
    threads: BTreeMap<u32, (String, Duration)>,
}

/// What a process cost between two readings.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cost {
    /// User and system time of all its threads.
    pub(crate) total: Duration,
    /// The same by the threads' names.
    pub(crate) by_thread: BTreeMap<String, Duration>,
}

impl Reading {
    /// Reads now. The scheduler's own sums are used: nanoseconds, where `stat` has ticks of 10 ms.
    pub(crate) fn of(pid: u32) -> Result<Self> {
        let mut threads = BTreeMap::new();
        let tasks = format!("/proc/{pid}/task");
        for entry in fs::read_dir(&tasks).with_context(|| format!("process {pid} is gone"))? {
            let path = entry?.path();
            // A thread may end while the others are read.
            let (Ok(sums), Ok(name)) =
                (fs::read_to_string(path.join("schedstat")), fs::read_to_string(path.join("comm")))
            else {
                continue;
            };
            let id = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse().ok());
            let nanos = sums.split_whitespace().next().and_then(|sum| sum.parse().ok());
            let (Some(id), Some(nanos)) = (id, nanos) else { continue };
            threads.insert(id, (name.trim().to_owned(), Duration::from_nanos(nanos)));
        }
        anyhow::ensure!(!threads.is_empty(), "{tasks}/*/schedstat can't be read");
        Ok(Self { threads })
    }

    /// The CPU time of all threads that are there, since they began.
    pub(crate) fn total(&self) -> Duration {
        self.threads.values().map(|(_, time)| *time).sum()
    }

    /// What it cost up to a later reading. A thread that ended between them is not counted.
    pub(crate) fn until(&self, later: &Self) -> Cost {
        let mut cost = Cost::default();
        for (id, (name, time)) in &later.threads {
            let before = self.threads.get(id).map_or(Duration::ZERO, |(_, before)| *before);
            let spent = time.saturating_sub(before);
            cost.total += spent;
            *cost.by_thread.entry(family_of(name)).or_default() += spent;
        }
        cost
    }
}

/// Pools number their threads: `rdk:broker1` and `rdk:broker2` are one row.
fn family_of(name: &str) -> String {
    name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-' || c == ':').to_owned()
}

/// Measures the CPU time of this thread. What else the machine does is not in it, but for the
/// caches that it takes away.
pub(crate) struct Stopwatch(Duration);

impl Stopwatch {
    /// From now on.
    pub(crate) fn start() -> Self {
        Self(this_thread())
    }

    /// What was spent since.
    pub(crate) fn read(&self) -> Duration {
        this_thread().saturating_sub(self.0)
    }
}

/// CPU time of this thread so far, to the nanosecond; asking takes a fraction of a microsecond.
fn this_thread() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::try_from(time).unwrap_or_default()
}

/// Many times of the same work, in microseconds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Samples(Vec<f64>);

impl Samples {
    /// One more.
    pub(crate) fn add(&mut self, time: Duration) {
        self.0.push(time.as_secs_f64() * 1e6);
    }

    /// The middle one: what it costs here and now.
    pub(crate) fn median(&self) -> f64 {
        median(&self.0)
    }

    /// What nine in ten exceed: what it costs while nothing else takes the caches.
    pub(crate) fn undisturbed(&self) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        sorted.get(sorted.len() / 10).copied().unwrap_or(f64::NAN)
    }
}

/// CPU time as microseconds for each of so many.
#[expect(clippy::cast_precision_loss)]
pub(crate) fn micros_each(time: Duration, count: u64) -> f64 {
    time.as_secs_f64() * 1e6 / count.max(1) as f64
}

/// The middle one; of two, their mean.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => f64::NAN,
        count if count % 2 == 1 => sorted[count / 2],
        count => f64::midpoint(sorted[count / 2 - 1], sorted[count / 2]),
    }
}

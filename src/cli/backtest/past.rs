//! Where the past comes from, and how far it has been read.

use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use anyhow::anyhow;
use jiff::{SignedDuration, Timestamp};

use super::{Args, bodies, lines, log};
use crate::backtest::Backtest;
use crate::cli::Usage;
use crate::core::event::Event;

/// Progress is said so often.
const SAID_EVERY: Duration = Duration::from_secs(5);
/// The clock is looked at after so many events.
const LOOK_EVERY: u64 = 1_000;

/// A part of the past, both ends included.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Range {
    pub(super) since: Option<Timestamp>,
    pub(super) until: Option<Timestamp>,
}

impl Range {
    pub(super) fn has(&self, at: Timestamp) -> bool {
        self.since.is_none_or(|since| at >= since) && self.until.is_none_or(|until| at <= until)
    }
}

/// Folds one event that was appended then.
pub(super) type Take<'t> = &'t mut dyn FnMut(&Event, Timestamp) -> anyhow::Result<()>;

/// Folds all of it, then lets time pass. How many were unusable.
pub(super) fn feed(args: &Args, backtest: &mut Backtest) -> anyhow::Result<u64> {
    let range = range(args, Timestamp::now())?;
    let mut said = Instant::now();
    let is_terminal = std::io::stderr().is_terminal();
    let mut take = |event: &Event, at: Timestamp| {
        backtest.event(event, at).map_err(|error| anyhow!(error))?;
        let (count, now) = backtest.progress();
        if count.is_multiple_of(LOOK_EVERY) && said.elapsed() >= SAID_EVERY {
            said = Instant::now();
            let (before, after) = if is_terminal { ("\r", "") } else { ("", "\n") };
            eprint!("{before}herald: {count} events, up to {now:.0}{after}");
        }
        Ok(())
    };
    let unusable = match &args.source {
        Some(_) => bodies::each(args, range, &mut take)?,
        None if args.files.is_empty() => log::each(args, range, &mut take)?,
        None => lines::each(&args.files, range, &mut take)?,
    };
    let (events, now) = backtest.progress();
    if is_terminal && events >= LOOK_EVERY {
        eprintln!();
    }
    if events > 0 {
        let wait = SignedDuration::try_from(args.wait).unwrap_or(SignedDuration::MAX);
        let until = now.checked_add(wait).map_err(|_| Usage("--wait is too long".to_owned()))?;
        backtest.pass(until).map_err(|error| anyhow!(error))?;
    }
    Ok(unusable)
}

fn range(args: &Args, now: Timestamp) -> Result<Range, Usage> {
    let read = |name: &str, word: &Option<String>| match word {
        None => Ok(None),
        Some(word) => time(word, now).map(Some).ok_or_else(|| {
            Usage(format!("--{name} {word:?} is no time: write 30d, or 2026-04-01T09:00:00+09:00"))
        }),
    };
    Ok(Range { since: read("since", &args.since)?, until: read("until", &args.until)? })
}

/// RFC 3339, or so long ago.
fn time(word: &str, now: Timestamp) -> Option<Timestamp> {
    let word = word.trim();
    word.parse().ok().or_else(|| now.checked_sub(crate::config::parse_duration(word).ok()?).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_absolute_or_ago() {
        let now: Timestamp = "2026-04-02T00:00:00Z".parse().unwrap();
        assert_eq!(time("1d", now).unwrap().to_string(), "2026-04-01T00:00:00Z");
        assert_eq!(time("2026-04-01T09:00:00+09:00", now).unwrap().to_string(), "2026-04-01T00:00:00Z");
        assert_eq!(time("yesterday", now), None);
        let range = Range { since: time("1d", now), until: Some(now) };
        let has: Vec<bool> =
            ["2026-03-31T23:59:59Z", "2026-04-01T00:00:00Z", "2026-04-02T00:00:00Z", "2026-04-02T00:00:01Z"]
                .iter()
                .map(|at| range.has(at.parse().unwrap()))
                .collect();
        assert_eq!(has, [false, true, true, false]);
    }
}

//! The wall clock of the shell. The fold has none: its now comes from the log.

use std::time::{Duration, Instant};

use jiff::Timestamp;

/// What time it is.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    scaled: Option<Scaled>,
}

#[derive(Debug, Clone, Copy)]
struct Scaled {
    origin: Timestamp,
    started: Instant,
    factor: u32,
}

impl Clock {
    /// The system's.
    pub const fn system() -> Self {
        Self { scaled: None }
    }

    /// For the demo and for tests: shows `origin` now, and runs `factor` times faster.
    pub fn scaled(origin: Timestamp, factor: u32) -> Self {
        Self { scaled: Some(Scaled { origin, started: Instant::now(), factor }) }
    }

    /// Does it run at a pace of its own?
    pub const fn is_scaled(&self) -> bool {
        self.scaled.is_some()
    }

    /// What it shows.
    pub fn now(&self) -> Timestamp {
        self.before(Duration::ZERO)
    }

    /// What it showed so much real time ago.
    pub fn before(&self, real: Duration) -> Timestamp {
        let shown = match &self.scaled {
            None => Timestamp::now().checked_sub(real),
            Some(scaled) => {
                let run = scaled.started.elapsed().saturating_sub(real).saturating_mul(scaled.factor);
                scaled.origin.checked_add(run)
            }
        };
        shown.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scaled_clock_runs_faster_from_its_origin() {
        let origin: Timestamp = "2026-03-01T10:00:00Z".parse().unwrap();
        let clock = Clock::scaled(origin, 1000);
        std::thread::sleep(Duration::from_millis(20));
        assert!(clock.now() >= origin + Duration::from_secs(20));
        assert_eq!(clock.before(Duration::from_hours(1)), origin);
    }
}

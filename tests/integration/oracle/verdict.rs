//! What the judge found.

use std::fmt;

/// Enough of each kind to see what happened.
const SHOWN: usize = 8;

/// See the module's text.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    /// Event ids that got a 202.
    pub(crate) acknowledged: usize,
    /// Records on `incident.events`; more than acknowledged where a delivery was tried again.
    pub(crate) events: usize,
    pub(crate) decisions: usize,
    pub(crate) notifications: usize,
    /// Promised and not there.
    pub(crate) lost: Vec<String>,
    /// There more than once.
    pub(crate) doubled: Vec<String>,
    /// There, after what should follow it.
    pub(crate) out_of_order: Vec<String>,
    /// There, and should not be, or not so.
    pub(crate) wrong: Vec<String>,
}

impl Verdict {
    pub(crate) fn is_clean(&self) -> bool {
        [&self.lost, &self.doubled, &self.out_of_order, &self.wrong].iter().all(|found| found.is_empty())
    }

    /// Fails with everything that was found.
    #[track_caller]
    pub(crate) fn assert_clean(&self, test: &str) {
        assert!(self.is_clean(), "{test}: {self}");
        println!("{test}: {self}");
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "acknowledged {}, event records {}, decisions {}, notifications {}; lost {}, doubled {}, out of order {}, wrong {}",
            self.acknowledged,
            self.events,
            self.decisions,
            self.notifications,
            self.lost.len(),
            self.doubled.len(),
            self.out_of_order.len(),
            self.wrong.len(),
        )?;
        let found = [
            ("lost", &self.lost),
            ("doubled", &self.doubled),
            ("out of order", &self.out_of_order),
            ("wrong", &self.wrong),
        ];
        for (word, found) in found {
            for one in found.iter().take(SHOWN) {
                write!(f, "\n  {word}: {one}")?;
            }
        }
        Ok(())
    }
}

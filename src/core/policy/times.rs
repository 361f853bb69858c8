//! Named times of the policy: office hours, a sale.

use jiff::civil::{Time, Weekday};
use jiff::{Timestamp, tz::TimeZone};

/// A time with a name.
#[derive(Debug, Clone)]
pub struct NamedTime {
    /// Its name.
    pub name: String,
    /// When it is.
    pub span: TimeSpan,
}

/// When a named time is.
#[derive(Debug, Clone)]
pub enum TimeSpan {
    /// Every day or on some days of the week.
    Daily(DailyTime),
    /// Once.
    Once {
        /// Begins.
        from: Timestamp,
        /// Ends.
        to: Timestamp,
    },
}

/// Hours of some days of the week. `to` before `from` goes past midnight.
#[derive(Debug, Clone)]
pub struct DailyTime {
    /// On which days it begins.
    pub weekdays: Vec<Weekday>,
    /// From this time of day on.
    pub from: Time,
    /// Up to, not including.
    pub to: Time,
    /// In which zone.
    pub time_zone: TimeZone,
}

impl NamedTime {
    /// The next time after `after` at which it begins or ends.
    pub fn next_boundary(&self, after: Timestamp) -> Option<Timestamp> {
        match &self.span {
            TimeSpan::Once { from, to } => [*from, *to].into_iter().find(|at| *at > after),
            TimeSpan::Daily(daily) => daily.next_boundary(after),
        }
    }

    /// Is it now?
    pub fn is_now(&self, now: Timestamp) -> bool {
        match &self.span {
            TimeSpan::Once { from, to } => *from <= now && now < *to,
            TimeSpan::Daily(daily) => daily.is_now(now),
        }
    }
}

impl DailyTime {
    /// On a day of its own or the next one; a week and a day finds any.
    fn next_boundary(&self, after: Timestamp) -> Option<Timestamp> {
        let today = self.time_zone.to_datetime(after).date();
        let mut earliest: Option<Timestamp> = None;
        for day in 0..=8 {
            let date = today.checked_add(jiff::Span::new().days(day)).ok()?;
            for time in [self.from, self.to] {
                let at = date.to_datetime(time);
                let at = self.time_zone.to_ambiguous_timestamp(at).compatible().ok()?;
                // Also of days that are not its own: looking once too often does no harm.
                if at > after && earliest.is_none_or(|found| at < found) {
                    earliest = Some(at);
                }
            }
            if earliest.is_some() {
                return earliest;
            }
        }
        None
    }

    fn is_now(&self, now: Timestamp) -> bool {
        let local = now.to_zoned_datetime(self.time_zone.clone());
        let (day, time) = (local.weekday(), local.time());
        if self.from <= self.to {
            return self.weekdays.contains(&day) && self.from <= time && time < self.to;
        }
        // Past midnight: the hours after midnight belong to the day before.
        (self.weekdays.contains(&day) && self.from <= time)
            || (self.weekdays.contains(&day.previous()) && time < self.to)
    }
}

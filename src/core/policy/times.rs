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
    /// Is it now?
    pub fn is_now(&self, now: Timestamp) -> bool {
        match &self.span {
            TimeSpan::Once { from, to } => *from <= now && now < *to,
            TimeSpan::Daily(daily) => daily.is_now(now),
        }
    }
}

impl DailyTime {
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

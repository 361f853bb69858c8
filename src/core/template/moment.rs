//! Times and lengths of time as readers write them, in their zone and language.

use std::fmt;
use std::sync::Arc;

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, civil::DateTime};
use minijinja::value::{Object, ObjectRepr, Value};

use super::words::Tongue;

/// A point in time, with the zone of its reader. Templates print it through a filter.
#[derive(Debug, Clone)]
pub(crate) struct Moment {
    /// When.
    pub(crate) at: Timestamp,
    /// The reader's zone.
    pub(crate) zone: TimeZone,
    /// The reader's date when the message was made: other dates are written out.
    pub(crate) today: Date,
}

impl Object for Moment {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }
    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&rfc3339(self.at, &self.zone))
    }
}

impl From<Moment> for Value {
    fn from(moment: Moment) -> Self {
        Self::from_object(moment)
    }
}

/// RFC 3339 with the offset of the zone, to the second.
pub(crate) fn rfc3339(at: Timestamp, zone: &TimeZone) -> String {
    let offset = zone.to_offset(at);
    let (local, minutes) = (offset.to_datetime(at), offset.seconds() / 60);
    let sign = if minutes < 0 { '-' } else { '+' };
    let minutes = minutes.abs();
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{sign}{:02}:{:02}",
        local.year(),
        local.month(),
        local.day(),
        local.hour(),
        local.minute(),
        local.second(),
        minutes / 60,
        minutes % 60
    )
}

impl Moment {
    fn local(&self) -> DateTime {
        self.zone.to_datetime(self.at)
    }

    /// `JST`, `日本時間`.
    pub(crate) fn zone_name(&self, tongue: Tongue) -> String {
        if tongue == Tongue::Japanese {
            match self.zone.iana_name() {
                Some("Asia/Tokyo") => return "日本時間".to_owned(),
                Some("UTC" | "Etc/UTC") => return "協定世界時".to_owned(),
                _ => {}
            }
        }
        let info = self.zone.to_offset_info(self.at);
        let short = info.abbreviation();
        // Zones without letters are named by their offset.
        if short.starts_with(['+', '-']) { format!("UTC{short}") } else { short.to_owned() }
    }

    /// `14時20分`; `14:20 JST (05:20 UTC)`. With the date, if that is not today.
    pub(crate) fn clock(&self, tongue: Tongue) -> String {
        let local = self.local();
        let other_day = local.date() != self.today;
        match tongue {
            Tongue::Japanese if other_day => {
                format!("{}月{}日{}時{:02}分", local.month(), local.day(), local.hour(), local.minute())
            }
            Tongue::Japanese => format!("{}時{:02}分", local.hour(), local.minute()),
            Tongue::English if other_day => {
                format!("{} on {} {}", self.english_clock(local), local.day(), month(local))
            }
            Tongue::English => self.english_clock(local),
        }
    }

    /// `2026年4月1日(水)14時20分`; `14:20 JST (05:20 UTC) on Wednesday, 1 April 2026`.
    pub(crate) fn full(&self, tongue: Tongue) -> String {
        let local = self.local();
        match tongue {
            Tongue::Japanese => format!(
                "{}年{}月{}日({}){}時{:02}分",
                local.year(),
                local.month(),
                local.day(),
                weekday_ja(local.weekday()),
                local.hour(),
                local.minute()
            ),
            Tongue::English => format!(
                "{} on {}, {} {} {}",
                self.english_clock(local),
                weekday_en(local.weekday()),
                local.day(),
                month(local),
                local.year()
            ),
        }
    }

    /// `14:20`; `14:20 JST`: for subjects and short texts.
    pub(crate) fn time(&self, tongue: Tongue) -> String {
        let local = self.local();
        let day = if local.date() == self.today {
            String::new()
        } else {
            format!("{}/{} ", local.month(), local.day())
        };
        match tongue {
            Tongue::Japanese => format!("{day}{:02}:{:02}", local.hour(), local.minute()),
            Tongue::English if day.is_empty() => {
                format!("{:02}:{:02} {}", local.hour(), local.minute(), self.zone_name(tongue))
            }
            Tongue::English => format!(
                "{:02}:{:02} {} on {} {}",
                local.hour(),
                local.minute(),
                self.zone_name(tongue),
                local.day(),
                month(local)
            ),
        }
    }

    fn english_clock(&self, local: DateTime) -> String {
        let zone = self.zone_name(Tongue::English);
        let own = format!("{:02}:{:02} {zone}", local.hour(), local.minute());
        let utc = TimeZone::UTC.to_datetime(self.at);
        if utc == local {
            return own;
        }
        let day = match utc.date().cmp(&local.date()) {
            std::cmp::Ordering::Less => " the day before",
            std::cmp::Ordering::Equal => "",
            std::cmp::Ordering::Greater => " the day after",
        };
        format!("{own} ({:02}:{:02} UTC{day})", utc.hour(), utc.minute())
    }
}

/// `約48分間`; `about 48 minutes`. To the minute; from a day on, to the hour.
pub(crate) fn span(seconds: i64, tongue: Tongue) -> String {
    let minutes = (seconds.max(0) + 30) / 60;
    let (days, hours, rest) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    match tongue {
        Tongue::Japanese => match (days, hours, rest) {
            (0, 0, 0) => "1分未満".to_owned(),
            (0, 0, rest) => format!("約{rest}分間"),
            (0, hours, 0) => format!("約{hours}時間"),
            (0, hours, rest) => format!("約{hours}時間{rest}分"),
            (days, 0, _) => format!("約{days}日間"),
            (days, hours, _) => format!("約{days}日と{hours}時間"),
        },
        Tongue::English => {
            let count =
                |n: i64, unit: &str| if n == 1 { format!("1 {unit}") } else { format!("{n} {unit}s") };
            match (days, hours, rest) {
                (0, 0, 0) => "less than a minute".to_owned(),
                (0, 0, rest) => format!("about {}", count(rest, "minute")),
                (0, hours, 0) => format!("about {}", count(hours, "hour")),
                (0, hours, rest) => format!("about {} {}", count(hours, "hour"), count(rest, "minute")),
                (days, 0, _) => format!("about {}", count(days, "day")),
                (days, hours, _) => format!("about {} {}", count(days, "day"), count(hours, "hour")),
            }
        }
    }
}

fn month(at: DateTime) -> &'static str {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    usize::try_from(at.month() - 1).ok().and_then(|place| MONTHS.get(place)).copied().unwrap_or_default()
}

const fn weekday_ja(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "月",
        Weekday::Tuesday => "火",
        Weekday::Wednesday => "水",
        Weekday::Thursday => "木",
        Weekday::Friday => "金",
        Weekday::Saturday => "土",
        Weekday::Sunday => "日",
    }
}

const fn weekday_en(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(at: &str, zone: &str) -> Moment {
        Moment {
            at: at.parse().unwrap(),
            zone: TimeZone::get(zone).unwrap(),
            today: jiff::civil::date(2026, 4, 1),
        }
    }

    #[test]
    fn times_are_written_by_custom() {
        let at = moment("2026-04-01T05:20:00Z", "Asia/Tokyo");
        assert_eq!(at.clock(Tongue::Japanese), "14時20分");
        assert_eq!(at.full(Tongue::Japanese), "2026年4月1日(水)14時20分");
        assert_eq!(at.zone_name(Tongue::Japanese), "日本時間");
        assert_eq!(at.time(Tongue::Japanese), "14:20");
        assert_eq!(at.clock(Tongue::English), "14:20 JST (05:20 UTC)");
        assert_eq!(at.full(Tongue::English), "14:20 JST (05:20 UTC) on Wednesday, 1 April 2026");
        assert_eq!(at.time(Tongue::English), "14:20 JST");
        assert_eq!(rfc3339(at.at, &at.zone), "2026-04-01T14:20:00+09:00");
    }

    #[test]
    fn another_day_is_said() {
        let night = moment("2026-04-01T15:05:00Z", "Asia/Tokyo");
        assert_eq!(night.clock(Tongue::Japanese), "4月2日0時05分");
        assert_eq!(night.clock(Tongue::English), "00:05 JST (15:05 UTC the day before) on 2 April");
        let west = moment("2026-04-01T15:05:00Z", "America/St_Johns");
        assert_eq!(west.clock(Tongue::English), "12:35 NDT (15:05 UTC)");
        assert_eq!(rfc3339(west.at, &west.zone), "2026-04-01T12:35:00-02:30");
        assert_eq!(moment("2026-04-01T15:05:00Z", "UTC").clock(Tongue::English), "15:05 UTC");
    }

    #[test]
    fn spans_are_rounded() {
        let cases = [
            (20, "1分未満", "less than a minute"),
            (2880, "約48分間", "about 48 minutes"),
            (3600, "約1時間", "about 1 hour"),
            (7500, "約2時間5分", "about 2 hours 5 minutes"),
            (90_000, "約1日と1時間", "about 1 day 1 hour"),
        ];
        for (seconds, ja, en) in cases {
            assert_eq!(
                (span(seconds, Tongue::Japanese), span(seconds, Tongue::English)),
                (ja.to_owned(), en.to_owned())
            );
        }
    }
}

//! Times in the ways of tools that Herald has never heard of.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::fmt::{rfc2822, strtime};
use jiff::tz::TimeZone;

use super::found::{Cx, Value, meaning};
use super::reading::Reading;
use crate::core::sources::reader::Warnings;
use crate::core::sources::time::{Time, read, read_text};
use crate::core::tree::Tree;
use crate::core::vocabulary::TimeQuality;

/// How a time is read.
#[derive(Debug, Clone)]
pub struct TimeReading {
    /// Where it comes from.
    pub reading: Reading,
    /// How it is written, `%Y-%m-%d %H:%M`; the first that fits. None: as most tools write it.
    pub formats: Vec<String>,
    /// Whose clock it is, where it does not say so itself.
    pub zone: Option<Zone>,
    /// What a number counts. None: told by its size.
    pub unit: Option<Unit>,
}

/// A time zone.
#[derive(Debug, Clone)]
pub enum Zone {
    /// Always this one.
    Fixed(TimeZone),
    /// As the body says.
    Read(Reading),
}

/// What a number of time counts since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Seconds.
    Seconds,
    /// Thousandths.
    Milliseconds,
    /// Millionths.
    Microseconds,
    /// Billionths.
    Nanoseconds,
}

impl Unit {
    /// Their names in a mapping.
    pub const ALL: [(&'static str, Self); 4] = [
        ("seconds", Self::Seconds),
        ("milliseconds", Self::Milliseconds),
        ("microseconds", Self::Microseconds),
        ("nanoseconds", Self::Nanoseconds),
    ];
    const fn nanoseconds(self) -> i128 {
        match self {
            Self::Seconds => 1_000_000_000,
            Self::Milliseconds => 1_000_000,
            Self::Microseconds => 1_000,
            Self::Nanoseconds => 1,
        }
    }
    /// So many of them since 1970: exact where they are whole.
    fn since_1970(self, text: &str) -> Option<Time> {
        if let Ok(whole) = text.parse::<i64>() {
            let at = Timestamp::from_nanosecond(i128::from(whole) * self.nanoseconds());
            return Some(at.map_or(Time::Bad, |at| judged(at, TimeQuality::Exact)));
        }
        // A fraction of a second is all that a sender can mean by it.
        #[allow(clippy::cast_precision_loss)]
        let per_second = 1e9 / self.nanoseconds() as f64;
        text.parse::<f64>().ok().map(|number| seconds(number / per_second))
    }
}

impl TimeReading {
    /// The time, if there is one. One that can't be understood is a warning.
    pub(super) fn time(&self, cx: Cx<'_>, w: &mut Warnings) -> Option<(Timestamp, TimeQuality)> {
        let found = self.reading.one(cx)?;
        let pointer = cx.pointer_of(&found);
        let time = match &found.value {
            Value::Tree(tree @ Tree::Number(_)) if self.unit.is_none() && self.formats.is_empty() => {
                read(tree)
            }
            _ => meaning(found).map_or(Time::Bad, |text| self.text(cx, &text)),
        };
        match time {
            Time::At(at, quality) => Some((at, quality)),
            Time::Zero => None,
            Time::Bad => {
                w.add("bad_timestamp", &pointer);
                None
            }
        }
    }

    fn text(&self, cx: Cx<'_>, text: &str) -> Time {
        if let Some(time) = self.unit.and_then(|unit| unit.since_1970(text)) {
            return time;
        }
        for format in &self.formats {
            if let Ok(parts) = strtime::parse(format, text) {
                if let Ok(at) = parts.to_timestamp() {
                    return judged(at, TimeQuality::Exact);
                }
                // A date alone is its first moment.
                let civil = parts.to_datetime().or_else(|_| parts.to_date().map(|date| date.at(0, 0, 0, 0)));
                if let Ok(civil) = civil {
                    return self.placed(cx, civil);
                }
            }
        }
        if self.zone.is_some()
            && let Ok(civil) = text.parse::<DateTime>()
            && text.parse::<Timestamp>().is_err()
        {
            return self.placed(cx, civil);
        }
        match read_text(text) {
            Time::Bad => in_words(text),
            time => time,
        }
    }

    /// A time of day on somebody's clock.
    fn placed(&self, cx: Cx<'_>, civil: DateTime) -> Time {
        let zone = match &self.zone {
            None => None,
            Some(Zone::Fixed(zone)) => Some(zone.clone()),
            Some(Zone::Read(reading)) => {
                reading.one(cx).and_then(meaning).and_then(|name| TimeZone::get(&name).ok())
            }
        };
        let quality = if zone.is_some() { TimeQuality::Exact } else { TimeQuality::AssumedUtc };
        zone.unwrap_or(TimeZone::UTC).to_timestamp(civil).map_or(Time::Bad, |at| judged(at, quality))
    }
}

/// `Thu, 29 Feb 2024 11:48:32 GMT`, and what programs in Go print: `2024-02-29 11:48:32.5 +0000 UTC`.
fn in_words(text: &str) -> Time {
    if let Ok(at) = rfc2822::parse(text) {
        return judged(at.timestamp(), TimeQuality::Exact);
    }
    let go = text.split(" m=").next().unwrap_or(text);
    let go = go.rsplit_once(' ').filter(|(_, zone)| zone.bytes().all(|b| b.is_ascii_uppercase()));
    let parsed = go.and_then(|(go, _)| strtime::parse("%Y-%m-%d %H:%M:%S%.f %z", go).ok());
    parsed.and_then(|parts| parts.to_timestamp().ok()).map_or(Time::Bad, |at| judged(at, TimeQuality::Exact))
}

fn seconds(seconds: f64) -> Time {
    let at = jiff::SignedDuration::try_from_secs_f64(seconds).ok();
    let at = at.and_then(|since| Timestamp::from_duration(since).ok());
    at.map_or(Time::Bad, |at| judged(at, TimeQuality::Exact))
}

/// "Not set", and what no clock says, as for every sender.
fn judged(at: Timestamp, quality: TimeQuality) -> Time {
    match read_text(&at.to_string()) {
        Time::At(at, _) => Time::At(at, quality),
        other => other,
    }
}

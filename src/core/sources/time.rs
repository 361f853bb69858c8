//! Reading the ways in which senders write a time (senders.md section 0, rule 7).

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::core::tree::Tree;
use crate::core::vocabulary::TimeQuality;

/// Go and .NET write "not set" as a time in the year 1.
const YEAR_2_SECOND: i64 = -62_104_060_800;
/// 2200-01-01: what lies beyond is not a time but a mistake.
const YEAR_2200_SECOND: i64 = 7_258_118_400;

/// A time as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Time {
    /// A time.
    At(Timestamp, TimeQuality),
    /// Written, and meaning "none": empty, 0, the year 1.
    Zero,
    /// Not to be understood.
    Bad,
}

/// Reads a time.
pub(super) fn read(value: &Tree<'_>) -> Time {
    match value {
        Tree::Text(text) => read_text(text.trim()),
        Tree::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => epoch(i128::from(whole)),
            (None, Some(seconds)) => epoch_seconds(seconds),
            (None, None) => Time::Bad,
        },
        _ => Time::Bad,
    }
}

/// Reads a time from text.
pub(super) fn read_text(text: &str) -> Time {
    if text.is_empty() {
        return Time::Zero;
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().map_or(Time::Bad, epoch);
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return judged(at, TimeQuality::Exact);
    }
    if let Some(at) = spaced(text) {
        return judged(at, TimeQuality::Exact);
    }
    let (civil, quality) = match text.strip_suffix(" UTC").or_else(|| text.strip_suffix(" GMT")) {
        Some(civil) => (civil, TimeQuality::Exact),
        None => (text, TimeQuality::AssumedUtc),
    };
    if let Some((at, quality)) = read_worded(text) {
        return judged(at, quality);
    }
    civil
        .parse::<DateTime>()
        .and_then(|civil| TimeZone::UTC.to_timestamp(civil))
        .map_or(Time::Bad, |at| judged(at, quality))
}

/// Date, time and offset with blanks between them, as Go and Ruby print a time; Go adds the zone's
/// name and its own monotonic clock: `2026-04-01 14:20:00.5 +0900 JST m=+8.5`.
fn spaced(text: &str) -> Option<Timestamp> {
    let mut words = text.split(' ');
    let (date, time, offset) = (words.next()?, words.next()?, words.next()?);
    let is_offset = offset.starts_with(['+', '-']) && words.count() <= 2;
    is_offset.then(|| format!("{date}T{time}{offset}").parse().ok()).flatten()
}

/// Times with names of days or months in them, and those of the United States.
fn read_worded(text: &str) -> Option<(Timestamp, TimeQuality)> {
    let utc = |civil: DateTime| TimeZone::UTC.to_timestamp(civil).ok();
    // `Wed, 01 Apr 2026 05:20:00 GMT`
    let mail = jiff::fmt::rfc2822::DateTimeParser::new().relaxed_weekday(true);
    if let Ok(at) = mail.parse_timestamp(text) {
        return Some((at, TimeQuality::Exact));
    }
    // `Wed Apr 01 05:20:00 UTC 2026`, as Java writes it; other zones by name are ambiguous.
    if let Some((day, year)) = text.split_once(" UTC ").or_else(|| text.split_once(" GMT ")) {
        let civil = DateTime::strptime("%a %b %d %H:%M:%S %Y", format!("{day} {year}")).ok()?;
        return Some((utc(civil)?, TimeQuality::Exact));
    }
    let civil = DateTime::strptime("%m/%d/%Y %I:%M:%S %p", text).ok()?;
    Some((utc(civil)?, TimeQuality::AssumedUtc))
}

fn judged(at: Timestamp, quality: TimeQuality) -> Time {
    match at.as_second() {
        ..YEAR_2_SECOND | 0 => Time::Zero,
        1..YEAR_2200_SECOND => Time::At(at, quality),
        _ => Time::Bad,
    }
}

/// Seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by their size: each
/// range holds every time from 1973 to the year 5138. What would be nanoseconds before 2001 is a
/// mistake: nobody counted so then, and an old time would keep an incident from beginning.
fn epoch(number: i128) -> Time {
    const SECONDS_BELOW: i128 = 100_000_000_000;
    const NANOSECONDS_FROM: i128 = 1_000_000_000_000_000_000;
    let nanoseconds = match number {
        ..0 => return Time::Bad,
        0..SECONDS_BELOW => number * 1_000_000_000,
        n if n < SECONDS_BELOW * 1_000 => n * 1_000_000,
        n if n < SECONDS_BELOW * 1_000_000 => n * 1_000,
        n if n < NANOSECONDS_FROM => return Time::Bad,
        n => n,
    };
    Timestamp::from_nanosecond(nanoseconds).map_or(Time::Bad, |at| judged(at, TimeQuality::Exact))
}

fn epoch_seconds(seconds: f64) -> Time {
    // A fraction of a second is all that a sender can mean by it.
    jiff::SignedDuration::try_from_secs_f64(seconds)
        .ok()
        .and_then(|since| Timestamp::from_duration(since).ok())
        .map_or(Time::Bad, |at| judged(at, TimeQuality::Exact))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_way_of_writing_a_time() {
        let cases = [
            (json!("2026-04-01T05:20:00Z"), "2026-04-01T05:20:00Z exact"),
            (json!("2026-04-01t05:20:00z"), "2026-04-01T05:20:00Z exact"),
            (json!("2026-04-01T05:20:00.123456789Z"), "2026-04-01T05:20:00.123456789Z exact"),
            (json!("2026-04-01T14:20:00.1234567+09:00"), "2026-04-01T05:20:00.1234567Z exact"),
            (json!("2026-04-01T05:20:00.000+0000"), "2026-04-01T05:20:00Z exact"),
            (json!("2026-04-01 05:20:00"), "2026-04-01T05:20:00Z assumed_utc"),
            (json!("2026-04-01 05:20:00.5"), "2026-04-01T05:20:00.5Z assumed_utc"),
            (json!("2026-04-01 14:20:00 +0900"), "2026-04-01T05:20:00Z exact"),
            (json!("2026-04-01 05:20:00 UTC"), "2026-04-01T05:20:00Z exact"),
            (json!("2026-04-01 14:20:00 +0900"), "2026-04-01T05:20:00Z exact"),
            (json!("2026-04-01 14:20:00.5 +0900 JST"), "2026-04-01T05:20:00.5Z exact"),
            (json!("2026-04-01 05:20:00.5 +0000 UTC m=+8560.285"), "2026-04-01T05:20:00.5Z exact"),
            (json!("0001-01-01 00:00:00 +0000 UTC"), "zero"),
            (json!("a b +0000"), "bad"),
            (json!("Wed, 1 Apr 2026 05:20:00 GMT"), "2026-04-01T05:20:00Z exact"),
            (json!("Wed Apr 01 05:20:00 UTC 2026"), "2026-04-01T05:20:00Z exact"),
            (json!("4/1/2026 5:20:00 AM"), "2026-04-01T05:20:00Z assumed_utc"),
            (json!(1_775_020_800), "2026-04-01T05:20:00Z exact"),
            (json!(1_775_020_800.5), "2026-04-01T05:20:00.5Z exact"),
            (json!(1_775_020_800_123_u64), "2026-04-01T05:20:00.123Z exact"),
            (json!("1775020800123"), "2026-04-01T05:20:00.123Z exact"),
            (json!(1_470_383_477_928_000_335_u64), "2016-08-05T07:51:17.928000335Z exact"),
            (json!("0001-01-01T00:00:00Z"), "zero"),
            (json!(0), "zero"),
            (json!(""), "zero"),
            (json!("1970-01-01T00:00:00Z"), "zero"),
            (json!("yesterday"), "bad"),
            (json!(-5), "bad"),
            (json!(1e300), "bad"),
            (json!("9999-12-31T23:59:59Z"), "bad"),
            (json!("99999999999999999999999999999999999999999999"), "bad"),
            (json!(true), "bad"),
            (json!(160_513_393_115_100_000_u64), "bad"),
            (json!("{EVENT.RECOVERY.DATE}"), "bad"),
        ];
        for (value, expected) in cases {
            let body = value.to_string();
            let tree = super::super::json::parse(body.as_bytes()).expect("JSON");
            let found = match read(&tree) {
                Time::At(at, quality) => format!("{at} {quality}"),
                Time::Zero => "zero".to_owned(),
                Time::Bad => "bad".to_owned(),
            };
            assert_eq!(found, expected, "{value}");
        }
    }
}

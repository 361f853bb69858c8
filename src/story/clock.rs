//! A story's times: how long after its beginning, and before or after a step.

use std::fmt::Write as _;

use jiff::{SignedDuration, Timestamp};

/// Longest story.
const STORY_SECONDS_MAX: i64 = 400 * 24 * 3600;

/// `0m`, `90s`, `10m`, `1h30m`, `2d`: since a story's beginning.
pub(super) fn parse(text: &str) -> Option<SignedDuration> {
    let mut seconds: i64 = 0;
    let mut rest = text;
    let mut unit_before = i64::MAX;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, after) = rest.split_at(digits);
        let unit = match after.chars().next()? {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            _ => return None,
        };
        // `1h30m`, not `30m1h` or `1h2h`.
        if unit >= unit_before {
            return None;
        }
        unit_before = unit;
        seconds = seconds.checked_add(number.parse::<i64>().ok()?.checked_mul(unit)?)?;
        rest = &after[1..];
    }
    (!text.is_empty() && seconds <= STORY_SECONDS_MAX).then(|| SignedDuration::from_secs(seconds))
}

/// A time of its own (RFC 3339), or before or after `now`: `-25h`, `+30m`.
pub(super) fn moment(text: &str, now: Timestamp) -> Option<Timestamp> {
    if let Some(after) = text.strip_prefix('+') {
        return now.checked_add(parse(after)?).ok();
    }
    if let Some(before) = text.strip_prefix('-') {
        return now.checked_sub(parse(before)?).ok();
    }
    text.parse().ok()
}

/// A length of time as stories write it: `0m`, `1h30m`.
pub fn span(length: SignedDuration) -> String {
    let mut seconds = length.as_secs();
    let mut text = String::new();
    for (unit, letter) in [(86_400, 'd'), (3_600, 'h'), (60, 'm'), (1, 's')] {
        let count = seconds / unit;
        seconds %= unit;
        if count > 0 {
            // Writing to a string can't fail.
            let _ = write!(text, "{count}{letter}");
        }
    }
    if text.is_empty() { "0m".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_numbers_with_units_the_greater_first() {
        for (text, seconds) in
            [("0m", 0), ("90s", 90), ("1h30m", 5_400), ("2d", 172_800), ("1d2h3m4s", 93_784)]
        {
            assert_eq!(parse(text), Some(SignedDuration::from_secs(seconds)), "{text}");
        }
        for text in ["", "10", "m", "30m1h", "1h2h", "-5m", "1.5h", "10 m", "500d", "99999999999999999999s"] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(span(SignedDuration::from_secs(93_784)), "1d2h3m4s");
        assert_eq!(span(SignedDuration::ZERO), "0m");
    }

    #[test]
    fn moments_are_absolute_or_count_from_a_step() {
        let now: Timestamp = "2026-04-01T00:00:00Z".parse().unwrap();
        let at = |text| moment(text, now).map(|at| at.to_string());
        assert_eq!(at("-25h").as_deref(), Some("2026-03-30T23:00:00Z"));
        assert_eq!(at("+30m").as_deref(), Some("2026-04-01T00:30:00Z"));
        assert_eq!(at("2026-04-01T09:10:00+09:00").as_deref(), Some("2026-04-01T00:10:00Z"));
        assert_eq!(at("30m"), None, "before or after is to be said");
    }
}

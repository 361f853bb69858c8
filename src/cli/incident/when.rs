//! Times as people write them.

use jiff::civil::Time;
use jiff::{SignedDuration, Timestamp, ToSpan as _, ZonedDateTime};

/// RFC 3339; `30m` or `+30m` from now; `14:50` here, today or, where that has passed, tomorrow.
pub(super) fn read(word: &str, now: &ZonedDateTime) -> Result<Timestamp, String> {
    let word = word.trim();
    if let Ok(at) = word.parse::<Timestamp>() {
        return Ok(at);
    }
    if let Ok(ahead) = word.trim_start_matches('+').parse::<SignedDuration>() {
        return now.timestamp().checked_add(ahead).map_err(|_| format!("{word:?} is too far ahead"));
    }
    let today = word.parse::<Time>().ok().and_then(|time| now.with().time(time).build().ok());
    let Some(today) = today else {
        return Err(format!("{word:?} is no time: write 14:50, 30m, or 2026-04-01T14:50:00+09:00"));
    };
    let at = if today <= *now { today.checked_add(1.day()).unwrap_or(today) } else { today };
    Ok(at.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_of_writing_a_time() {
        let now: ZonedDateTime = "2026-04-01T14:20:00+09:00[Asia/Tokyo]".parse().unwrap();
        let cases = [
            ("30m", "2026-04-01T05:50:00Z"),
            ("+1h30m", "2026-04-01T06:50:00Z"),
            ("14:50", "2026-04-01T05:50:00Z"),
            ("09:00", "2026-04-02T00:00:00Z"),
            ("2026-04-01T15:00:00+09:00", "2026-04-01T06:00:00Z"),
        ];
        for (word, expected) in cases {
            assert_eq!(read(word, &now).unwrap().to_string(), expected, "{word}");
        }
        for word in ["soon", "", "25:00", "2026-04-01"] {
            assert!(read(word, &now).is_err(), "{word}");
        }
    }
}

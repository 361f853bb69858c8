//! Sizes and lengths of time, as people write them: `1MiB`, `5s`, `1m30s`.

use std::time::Duration;

/// `4096`, `64KiB`, `1MiB`, `2GiB`; also the decimal `kB`, `MB`, `GB`.
pub(super) fn bytes(text: &str) -> Result<usize, String> {
    let wrong = || format!("{text:?} is not a size; write it as 4096, 64KiB or 1MiB");
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == ' ');
    let factor: u64 = match text[digits.len()..].trim() {
        "" | "B" => 1,
        "kB" | "KB" => 1_000,
        "KiB" => 1 << 10,
        "MB" => 1_000_000,
        "MiB" => 1 << 20,
        "GB" => 1_000_000_000,
        "GiB" => 1 << 30,
        _ => return Err(wrong()),
    };
    let number: u64 = digits.trim().parse().map_err(|_| wrong())?;
    number.checked_mul(factor).and_then(|n| usize::try_from(n).ok()).ok_or_else(wrong)
}

/// `500ms`, `5s`, `5m`, `4h`, `2d`, and sums of them, the larger first.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("{text:?} is not a length of time; write it as 500ms, 5s, 5m, 4h or 1m30s");
    let mut rest = text.trim();
    let mut total = Duration::ZERO;
    let mut unit_before = u64::MAX;
    if rest.is_empty() {
        return Err(wrong());
    }
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let tail = &rest[digits..];
        let letters = tail.len() - tail.trim_start_matches(|c: char| c.is_ascii_alphabetic()).len();
        let unit_ms: u64 = match &tail[..letters] {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => return Err(wrong()),
        };
        let number: u64 = rest[..digits].parse().map_err(|_| wrong())?;
        if unit_ms >= unit_before {
            return Err(wrong());
        }
        unit_before = unit_ms;
        let part = number.checked_mul(unit_ms).map(Duration::from_millis).ok_or_else(wrong)?;
        total = total.checked_add(part).ok_or_else(wrong)?;
        rest = &tail[letters..];
    }
    Ok(total)
}

/// A size, in the largest unit that holds it whole.
pub(super) fn show_bytes(bytes: usize) -> String {
    for (unit, size) in [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)] {
        if bytes >= size && bytes.is_multiple_of(size) {
            return format!("{}{unit}", bytes / size);
        }
    }
    bytes.to_string()
}

/// A length of time, in the largest unit that holds it whole.
pub(super) fn show_duration(duration: Duration) -> String {
    let ms = duration.as_millis();
    for (unit, size) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000)] {
        if ms >= size && ms.is_multiple_of(size) {
            return format!("{}{unit}", ms / size);
        }
    }
    format!("{ms}ms")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        assert_eq!(bytes("1MiB"), Ok(1 << 20));
        assert_eq!(bytes("64 KiB"), Ok(65_536));
        assert_eq!(bytes("10"), Ok(10));
        assert_eq!(bytes("1MB"), Ok(1_000_000));
        for wrong in ["", "MiB", "1mib", "-1", "1.5MiB", "99999999999GiB", "1 M"] {
            assert!(bytes(wrong).is_err(), "{wrong}");
        }
        assert_eq!(show_bytes(1 << 20), "1MiB");
        assert_eq!(show_bytes(1500), "1500");
    }

    #[test]
    fn lengths_of_time() {
        assert_eq!(duration("5s"), Ok(Duration::from_secs(5)));
        assert_eq!(duration("1m30s"), Ok(Duration::from_secs(90)));
        assert_eq!(duration("250ms"), Ok(Duration::from_millis(250)));
        for wrong in ["", "5", "s", "5x", "5s5s", "30s1m", "-5s", "5 s", "1.5s", "999999999999999999d", "５s"]
        {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
        assert_eq!(show_duration(Duration::from_secs(90)), "90s");
        assert_eq!(show_duration(Duration::from_hours(2)), "2h");
        assert_eq!(show_duration(Duration::from_millis(5)), "5ms");
    }
}

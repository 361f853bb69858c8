//! Built-in readings of senders' words. The policy's own maps come after them and beat them.

use crate::core::vocabulary::{EventType, Impact, Priority, ServiceState, Severity, StageWord, Urgency};

/// Lower case, with `_` for blanks and dashes: words are compared so.
fn plain(word: &str) -> String {
    word.trim().to_ascii_lowercase().replace([' ', '-'], "_")
}

/// A stage, in our words or the usual ones of senders.
pub(super) fn stage(word: &str) -> Option<StageWord> {
    let word = plain(word);
    StageWord::parse(&word).or_else(|| {
        Some(match word.as_str() {
            "open" | "opened" | "firing" | "alerting" | "started" | "created" | "new" | "active" | "down" => {
                StageWord::Triggered
            }
            "ack" | "acked" | "in_progress" => StageWord::Acknowledged,
            "mitigated" => StageWord::Monitoring,
            "ok" | "up" | "resolve" | "recovered" | "recovery" | "fixed" | "ended" => StageWord::Resolved,
            "close" | "done" | "postmortem" => StageWord::Closed,
            "canceled" | "declined" | "false_alarm" => StageWord::Cancelled,
            "reopen" | "re_opened" => StageWord::Reopened,
            _ => return None,
        })
    })
}

/// What changed, where an event says nothing but the stage.
pub(super) const fn event_type(stage: StageWord) -> EventType {
    match stage {
        StageWord::Triggered => EventType::Triggered,
        StageWord::Acknowledged => EventType::Acknowledged,
        StageWord::Investigating | StageWord::Identified | StageWord::Mitigating | StageWord::Monitoring => {
            EventType::Updated
        }
        // The list of types has no word of its own for a false alarm; its stage says it.
        StageWord::Resolved | StageWord::Cancelled => EventType::Resolved,
        StageWord::Closed => EventType::Closed,
        StageWord::Reopened => EventType::Reopened,
        StageWord::Merged => EventType::Merged,
    }
}

/// `P1`, `SEV-1`, `Sev1`, `priority 2`, `1`, `1 - Critical`; 0 is graver than 1 and read as P1.
pub(super) fn priority(word: &str) -> Option<Priority> {
    let word = plain(word);
    let rest =
        ["priority", "prio", "severity", "sev", "p"].iter().find_map(|prefix| word.strip_prefix(prefix));
    let rest = rest.unwrap_or(&word).trim_start_matches('_');
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (rank, after) = rest.split_at(digits);
    // `P1 - Critical` and `P1: Critical`, not `P1x` or `2nd`.
    if !(after.is_empty() || after.starts_with(['_', ':', '('])) {
        return None;
    }
    Priority::from_rank(rank.parse::<u8>().ok()?.max(1))
}

/// Technical severity.
pub(super) fn severity(word: &str) -> Severity {
    match plain(word).as_str() {
        "critical" | "crit" | "fatal" | "emergency" | "emerg" | "alert" | "page" | "disaster" | "sev1" => {
            Severity::Critical
        }
        "error" | "err" | "high" | "major" | "sev2" => Severity::Error,
        "warning" | "warn" | "average" | "medium" | "minor" | "sev3" => Severity::Warning,
        "info" | "information" | "informational" | "notice" | "low" | "none" | "debug" | "ok" => {
            Severity::Info
        }
        _ => Severity::Unknown,
    }
}

/// Customer impact.
pub(super) fn impact(word: &str) -> Option<Impact> {
    let word = plain(word);
    Impact::parse(&word).or_else(|| {
        Some(match word.as_str() {
            "no" | "no_impact" => Impact::None,
            "low" => Impact::Minor,
            "partial" | "medium" | "high" => Impact::Major,
            _ => return None,
        })
    })
}

/// Urgency.
pub(super) fn urgency(word: &str) -> Option<Urgency> {
    Urgency::parse(&plain(word))
}

/// State of a component.
pub(super) fn service_state(word: &str) -> Option<ServiceState> {
    let word = plain(word);
    ServiceState::parse(&word).or_else(|| {
        Some(match word.as_str() {
            "ok" | "up" => ServiceState::Operational,
            "degraded_performance" | "slow" => ServiceState::Degraded,
            "down" | "outage" => ServiceState::MajorOutage,
            _ => return None,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn priorities_as_senders_write_them() {
        let cases = [
            ("P1", Some(Priority::P1)),
            ("p5", Some(Priority::P5)),
            ("SEV-1", Some(Priority::P1)),
            ("Sev 2", Some(Priority::P2)),
            ("sev0", Some(Priority::P1)),
            ("1 - Critical", Some(Priority::P1)),
            ("P3: minor", Some(Priority::P3)),
            ("Priority 4", Some(Priority::P4)),
            ("3", Some(Priority::P3)),
            ("P6", None),
            ("P", None),
            ("p1x", None),
            ("urgent", None),
            ("", None),
            ("99999999999999999999", None),
        ];
        for (word, expected) in cases {
            assert_eq!(priority(word), expected, "{word}");
        }
    }

    #[test]
    fn our_own_words_are_always_understood() {
        for word in StageWord::ALL {
            assert_eq!(stage(&word.as_str().to_uppercase()), Some(*word));
        }
        for word in Impact::ALL {
            assert_eq!(impact(word.as_str()), Some(*word));
        }
        assert_eq!(stage("resovled"), None);
    }
}

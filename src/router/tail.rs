//! What is known of the offsets after the last event that was folded. They may hold events that the
//! consumer has not handed over yet, for as long as this router is behind; or markers, which it
//! never hands over. Time must not pass before the former, nor wait for the latter.

use std::time::{Duration, Instant};

/// Nearly always what stands there is an event on its way; so the log is only read after this.
const LOOKS_AFTER: Duration = Duration::from_secs(1);

/// See the module's text.
#[derive(Debug, Default)]
pub(super) struct Tail {
    /// Something stood at this offset, the next to fold: since when, or since the last look.
    behind: Option<(i64, Instant)>,
    /// From this offset, the next to fold, up to that one the log holds no event.
    void: Option<(i64, i64)>,
}

/// Is every event folded?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Folded {
    Yes,
    No,
    /// Only the log itself can say.
    Look,
}

impl Tail {
    /// Is every event folded that stood on the log when its end was `end`?
    pub(super) fn judge(&mut self, next: i64, end: i64) -> Folded {
        self.judge_after(next, end, LOOKS_AFTER)
    }

    fn judge_after(&mut self, next: i64, end: i64, looks_after: Duration) -> Folded {
        if next >= end || self.void.is_some_and(|(from, to)| from == next && to >= end) {
            return Folded::Yes;
        }
        match self.behind {
            Some((at, since)) if at == next && since.elapsed() >= looks_after => Folded::Look,
            Some((at, _)) if at == next => Folded::No,
            _ => {
                self.behind = Some((next, Instant::now()));
                Folded::No
            }
        }
    }

    /// The log was read: up to `end` it holds no event.
    pub(super) fn found_void(&mut self, next: i64, end: i64) {
        self.void = Some((next, end));
    }

    /// The log was read: an event stands there, or may yet.
    pub(super) fn found_event(&mut self, next: i64) {
        self.behind = Some((next, Instant::now()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT_ONCE: Duration = Duration::ZERO;

    #[test]
    fn what_stands_there_is_looked_at_after_a_while() {
        let mut tail = Tail::default();
        assert_eq!(tail.judge(5, 5), Folded::Yes);
        assert_eq!(tail.judge(5, 6), Folded::No, "it may be on its way");
        assert_eq!(tail.judge(5, 6), Folded::No, "not so soon");
        assert_eq!(tail.judge_after(5, 6, AT_ONCE), Folded::Look);
        assert_eq!(tail.judge_after(6, 7, AT_ONCE), Folded::No, "it was an event: another wait");
    }

    #[test]
    fn an_event_is_waited_for_however_long() {
        let mut tail = Tail::default();
        tail.judge(5, 6);
        for _ in 0..3 {
            assert_eq!(tail.judge_after(5, 6, AT_ONCE), Folded::Look);
            tail.found_event(5);
            assert_eq!(tail.judge(5, 6), Folded::No);
        }
    }

    #[test]
    fn a_void_is_known_up_to_where_it_was_read() {
        let mut tail = Tail::default();
        tail.judge(5, 6);
        tail.found_void(5, 6);
        assert_eq!(tail.judge(5, 6), Folded::Yes);
        assert_eq!(tail.judge(5, 7), Folded::No, "a new offset");
        assert_eq!(tail.judge(4, 6), Folded::No, "after an abort it is no longer next");
    }
}

//! Cadence is a promise, not a repeat (domain.md section 8): every message may promise the next
//! one; nothing new when it is due, and the owning lead is told instead of the reader.

use jiff::{SignedDuration, Timestamp};

use super::gates::Moment;
use crate::core::ledger::{Promise, Told};
use crate::core::policy::{Audience, CadencePhase};
use crate::core::vocabulary::{Kind, Lifecycle};

/// How long before an update is due its lead is reminded.
const REMIND_BEFORE: SignedDuration = SignedDuration::from_mins(5);

/// What a message of this kind, said now, promises: the interval for this priority, at this time
/// of the week, in the phase that counts from this reader's opening. Nothing is promised after an
/// end or a stand-down, nor where the priority is not listed.
pub(super) fn promise(
    audience: &Audience,
    moment: &Moment<'_>,
    opened_at: Timestamp,
    kind: Kind,
) -> Option<Promise> {
    if matches!(kind.lifecycle(), Lifecycle::End | Lifecycle::After) || kind == Kind::StandDown {
        return None;
    }
    let is_now = |during: &Option<String>| {
        during.as_ref().is_none_or(|name| moment.facts.during.contains(&name.as_str()))
    };
    let row = audience.cadence.rows.iter().find(|row| is_now(&row.during))?;
    let phases = row.phases.get(&moment.episode.priority.current)?;
    let every = interval(phases, moment.now.duration_since(opened_at))?;
    let due = moment.now.checked_add(every).ok()?;
    Some(until(due, moment.now))
}

/// A promise made now. A short one reminds halfway: five minutes before it would be at once.
pub(super) fn until(due: Timestamp, now: Timestamp) -> Promise {
    let length = due.duration_since(now);
    let before = REMIND_BEFORE.min(length / 2);
    Promise { due, remind_at: due.checked_sub(before).ok(), broken: false }
}

/// When the next thing about a promise is to be done; nothing once it is broken.
pub(super) fn next_due(promise: &Promise) -> Option<Timestamp> {
    (!promise.broken).then(|| promise.remind_at.unwrap_or(promise.due).min(promise.due))
}

/// A change of priority takes the new interval from now, though it says nothing to this reader.
/// What it was promised already stays promised: the earlier of the two counts.
pub(super) fn retime(told: &mut Told, audience: &Audience, moment: &Moment<'_>) {
    if !told.open || told.stood_down {
        return;
    }
    let Some(new) = promise(audience, moment, told.opened_at, told.last_kind) else { return };
    let sooner = told.promised.as_ref().is_none_or(|old| old.broken || new.due < old.due);
    if sooner {
        told.promised = Some(new);
    }
}

/// The interval of the phase that holds this long after the opening.
fn interval(phases: &[CadencePhase], since_opening: SignedDuration) -> Option<SignedDuration> {
    let mut begins = SignedDuration::ZERO;
    for phase in phases {
        match phase.lasts {
            Some(lasts) if since_opening >= begins + lasts => begins += lasts,
            _ => return Some(phase.every),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phases_follow_one_another_from_the_opening() {
        let phase = |every, lasts| CadencePhase {
            every: SignedDuration::from_mins(every),
            lasts: Option::<i64>::map(lasts, SignedDuration::from_mins),
        };
        let phases = [phase(20, Some(120)), phase(60, None)];
        let after =
            |minutes| interval(&phases, SignedDuration::from_mins(minutes)).map(|every| every.as_mins());
        assert_eq!((after(0), after(119), after(120), after(600)), (Some(20), Some(20), Some(60), Some(60)));
        assert_eq!(interval(&phases[..1], SignedDuration::from_mins(120)), None);
    }

    #[test]
    fn a_short_promise_reminds_halfway() {
        let now = Timestamp::UNIX_EPOCH;
        let remind = |minutes| until(now + SignedDuration::from_mins(minutes), now).remind_at.unwrap();
        assert_eq!(remind(30), now + SignedDuration::from_mins(25));
        assert_eq!(remind(6), now + SignedDuration::from_mins(3));
    }
}

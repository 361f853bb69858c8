//! What this same policy would say now without the event at hand: to tell the event's doing from a
//! reload's, and from that of time. Most events change nothing for most audiences, so it is worked
//! out only where it is asked for.

use std::cell::OnceCell;

use jiff::Timestamp;

use super::audiences::is_affected;
use super::gates::Moment;
use super::state::IncidentState;
use crate::core::ledger::Entry;
use crate::core::notification::Addressee;
use crate::core::policy::{Audience, Policy};

/// The incident as it was before the event, looked at now.
pub(super) struct Earlier<'a> {
    state: Option<&'a IncidentState>,
    policy: &'a Policy,
    now: Timestamp,
    moment: OnceCell<Moment<'a>>,
}

impl<'a> Earlier<'a> {
    /// `state`: none where there was nothing that anybody could have been told of.
    pub(super) fn new(state: Option<&'a IncidentState>, policy: &'a Policy, now: Timestamp) -> Self {
        Self { state, policy, now, moment: OnceCell::new() }
    }

    /// Would this reader have been told or made to wait? `entry` and `ledger` as they are now.
    pub(super) fn would_tell(
        &self,
        (place, audience): (usize, &Audience),
        addressee: Option<&Addressee>,
        entry: Option<&Entry>,
        ledger: &[Entry],
    ) -> bool {
        self.of(audience, addressee)
            .is_some_and(|moment| moment.judge(place, audience, entry, ledger).passes())
    }

    /// Did a route tell this reader?
    pub(super) fn routes(
        &self,
        (place, audience): (usize, &Audience),
        addressee: Option<&Addressee>,
    ) -> bool {
        self.of(audience, addressee).is_some_and(|moment| moment.unrouted(place).is_none())
    }

    /// The moment, if this reader was affected then.
    fn of(&self, audience: &Audience, addressee: Option<&Addressee>) -> Option<&Moment<'a>> {
        let state = self.state?;
        let moment = self.moment.get_or_init(|| Moment::new(state, self.policy, self.now));
        is_affected(audience, addressee, moment).then_some(moment)
    }
}

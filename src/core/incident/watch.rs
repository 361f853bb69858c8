//! When time alone could make a route match: an `open_for` threshold is crossed, a named time
//! begins or ends. Such times follow from the policy of the day and are not persisted: a threshold
//! of a policy that was loaded after it was crossed never counts (domain.md section 7, invariant 12).

use jiff::{SignedDuration, Timestamp};

use crate::core::policy::Policy;

/// The next such time after `after`; none where no route names a time, or the incident is over.
pub(super) fn next_look(
    open_since: Option<Timestamp>,
    policy: &Policy,
    after: Timestamp,
) -> Option<Timestamp> {
    let (looks, started_at) = (&policy.routes.looks, open_since?);
    if looks.is_empty() {
        return None;
    }
    let thresholds = looks
        .open_for
        .iter()
        .filter_map(|seconds| started_at.checked_add(SignedDuration::from_secs(*seconds)).ok());
    let boundaries = looks.times.iter().filter_map(|time| policy.times.get(*time)?.next_boundary(after));
    thresholds.filter(|at| *at > after).chain(boundaries).min()
}

//! What is owed to customers for the services affected, and whether it is kept.

use jiff::Timestamp;

use super::state::Episode;
use crate::core::notification::Sla;
use crate::core::policy::{Policy, ServiceIndex, SlaTerms};
use crate::core::vocabulary::Impact;

/// none, `at_risk` or breached.
pub(super) fn state(
    episode: &Episode,
    services: &[ServiceIndex],
    policy: &Policy,
    now: Timestamp,
) -> &'static str {
    let mut terms = terms(services, policy).peekable();
    if terms.peek().is_none() || episode.impact.current == Impact::None {
        return "none";
    }
    let end = episode.ended.as_ref().map_or(now, |ended| ended.at);
    let is_breached = |deadline: Option<Timestamp>| deadline.is_some_and(|deadline| deadline < end);
    if is_breached(terms.filter_map(|terms| deadline(episode, terms)).min()) { "breached" } else { "at_risk" }
}

/// The SLA as readers see it; none where nothing is owed.
pub(super) fn view(
    episode: &Episode,
    services: &[ServiceIndex],
    policy: &Policy,
    now: Timestamp,
) -> Option<Sla> {
    terms(services, policy).next()?;
    let state = state(episode, services, policy, now);
    Some(Sla {
        state: state.to_owned(),
        penalty_possible: state != "none" && terms(services, policy).any(|terms| terms.penalty),
        deadline: terms(services, policy).filter_map(|terms| deadline(episode, terms)).min(),
    })
}

fn terms<'p>(services: &[ServiceIndex], policy: &'p Policy) -> impl Iterator<Item = &'p SlaTerms> {
    services.iter().filter_map(|place| policy.catalogue.services.get(*place)?.sla.as_ref())
}

fn deadline(episode: &Episode, terms: &SlaTerms) -> Option<Timestamp> {
    episode.started_at.checked_add(terms.resolve_within?).ok()
}

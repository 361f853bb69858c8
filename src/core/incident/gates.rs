//! May this audience be told now that it began? The checks in their fixed order (domain.md
//! section 7, invariant 5): confidential, maintenance, route, customer impact, release, damping,
//! and the delay after another audience. Cadence is for those already told (`news`).

use jiff::{SignedDuration, Timestamp};

use super::affected::Affected;
use super::state::{Episode, IncidentState};
use crate::core::facts::Facts;
use crate::core::ledger::{Entry, Held};
use crate::core::policy::{Audience, Policy, Release};
use crate::core::vocabulary::{Impact, Readers, Reason};

/// What the checks say of one audience.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is to be told.
    Tell,
    /// Its opening waits; `until` none: until an event changes it.
    Hold { reason: Reason, until: Option<Timestamp>, by: Option<String> },
    /// It is not to be told.
    Silent { reason: Reason, by: Option<String> },
}

impl Verdict {
    fn silent(reason: Reason, by: Option<String>) -> Self {
        Self::Silent { reason, by }
    }
    /// Would it be told, now or later?
    pub(super) const fn passes(&self) -> bool {
        !matches!(self, Self::Silent { .. })
    }
}

/// One moment of one incident, with what was worked out of it once for all audiences.
pub(super) struct Moment<'a> {
    pub(super) episode: &'a Episode,
    pub(super) policy: &'a Policy,
    pub(super) facts: Facts<'a>,
    pub(super) affected: Affected<'a>,
    pub(super) now: Timestamp,
    /// For each audience: the first route that tells it, forbids it, or would tell it.
    routed: Vec<Routed>,
    /// Entries of quiet.yaml that hold, by place.
    confidential: Vec<usize>,
    maintenance: Vec<usize>,
    drills: Vec<usize>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Routed {
    tell: Option<usize>,
    never: Option<usize>,
    shadow: Option<usize>,
}

impl<'a> Moment<'a> {
    pub(super) fn new(state: &'a IncidentState, policy: &'a Policy, now: Timestamp) -> Self {
        let (facts, affected) = super::affected::facts(state, policy, now);
        let quiet = &policy.quiet;
        let holding =
            |holds: &dyn Fn(usize) -> bool, len: usize| (0..len).filter(|place| holds(*place)).collect();
        let confidential = holding(&|at| quiet.confidential[at].when.holds(&facts), quiet.confidential.len());
        let maintenance = holding(&|at| covers(&quiet.maintenance[at], &facts, now), quiet.maintenance.len());
        let drills = holding(&|at| quiet.drills[at].when.holds(&facts), quiet.drills.len());
        let routed = route(policy, &facts);
        Self {
            episode: &state.episode,
            policy,
            facts,
            affected,
            now,
            routed,
            confidential,
            maintenance,
            drills,
        }
    }

    /// Is it an exercise?
    pub(super) const fn is_drill(&self) -> bool {
        self.facts.drill
    }

    /// May this audience hear of it at all? Confidential incidents and drills fail closed.
    pub(super) fn forbidden(&self, audience: usize) -> Option<Verdict> {
        let entries = self.confidential.iter().map(|place| &self.policy.quiet.confidential[*place]);
        for entry in entries {
            if !entry.tell_only.contains(&audience) {
                let by = format!("{} {}", entry.place, entry.name);
                return Some(Verdict::silent(Reason::Confidential, Some(by)));
            }
        }
        if self.confidential.is_empty() {
            // A person's word beats the sender's mark. With no entry that names who may hear: nobody.
            match self.episode.confidential {
                Some(true) => return Some(Verdict::silent(Reason::Confidential, None)),
                None if self.episode.private => return Some(Verdict::silent(Reason::Private, None)),
                _ => {}
            }
        }
        let told_on_purpose = |place: &usize| self.policy.quiet.drills[*place].tell_only.contains(&audience);
        if self.facts.drill && !self.drills.iter().any(told_on_purpose) {
            let by = self.drills.first().map(|place| &self.policy.quiet.drills[*place]);
            let by = by.map_or_else(|| "drill".to_owned(), |entry| format!("{} {}", entry.place, entry.name));
            return Some(Verdict::silent(Reason::NotMatched, Some(by)));
        }
        None
    }

    /// May who was told hear no more of it than its end? Also of an audience that the policy has no
    /// more: no entry names it, so it is none of those that may hear.
    pub(super) fn closed_to(&self, entry: &Entry, audience: Option<&Audience>) -> Option<Verdict> {
        let place =
            audience.and_then(|audience| self.policy.audience(&audience.name)).map(|(place, _)| place);
        let readers = audience.map(|audience| audience.readers);
        let readers = readers.or_else(|| entry.reader.as_ref().map(|reader| reader.readers));
        self.forbidden(place.unwrap_or(usize::MAX)).or_else(|| self.without_impact(readers?))
    }

    /// Does a route tell it? `never_tell` beats every `tell`.
    pub(super) fn unrouted(&self, audience: usize) -> Option<Verdict> {
        let routed = self.routed.get(audience).copied().unwrap_or_default();
        let by = |place: usize| self.policy.routes.list.get(place).map(|r| format!("{} {}", r.place, r.name));
        match routed {
            Routed { never: Some(place), .. } => Some(Verdict::silent(Reason::NeverTell, by(place))),
            Routed { tell: Some(_), .. } => None,
            Routed { shadow: Some(place), .. } => Some(Verdict::silent(Reason::Shadow, by(place))),
            Routed { .. } => Some(Verdict::silent(Reason::NotMatched, None)),
        }
    }

    /// The first route that tells it, with its file.
    pub(super) fn route_that_tells(&self, audience: usize) -> Option<String> {
        let routed = self.routed.get(audience).copied().unwrap_or_default();
        let route = self.policy.routes.list.get(routed.tell?)?;
        Some(format!("{} {}", route.place, route.name))
    }

    /// No customer is ever told of an incident whose customer impact is none.
    pub(super) fn without_impact(&self, readers: Readers) -> Option<Verdict> {
        let none = readers == Readers::Customers && self.episode.impact.current == Impact::None;
        none.then(|| Verdict::silent(Reason::CustomerImpactNone, None))
    }

    /// All checks, in their order. `entry` is what the ledger holds of it, `others` the ledger as
    /// it stands in this very decision.
    pub(super) fn judge(
        &self,
        place: usize,
        audience: &Audience,
        entry: Option<&Entry>,
        others: &[Entry],
    ) -> Verdict {
        if let Some(silent) = self.forbidden(place) {
            return silent;
        }
        let silent = self.unrouted(place).or_else(|| self.without_impact(audience.readers));
        if let Some(window) = self.maintenance.first().map(|at| &self.policy.quiet.maintenance[*at]) {
            let by = Some(format!("{} {}", window.place, window.name));
            // Maintenance comes before the route in the order of reasons; but only an opening
            // that would go out otherwise is held for the end of the window.
            return match silent {
                Some(_) => Verdict::silent(Reason::Maintenance, by),
                None => Verdict::Hold { reason: Reason::Maintenance, until: Some(window.to), by },
            };
        }
        if let Some(silent) = silent {
            return silent;
        }
        let waits = self.unreleased(audience).or_else(|| self.damped(entry));
        waits.or_else(|| self.opens_later(audience, others)).unwrap_or(Verdict::Tell)
    }

    /// A customer audience opens by itself only when impact is known.
    fn unreleased(&self, audience: &Audience) -> Option<Verdict> {
        if self.episode.released.contains(&audience.name) {
            return None;
        }
        let waits = self.episode.held_back.contains(&audience.name)
            || match audience.release {
                Release::Auto => false,
                Release::KnownImpact => self.episode.impact.current == Impact::Unknown,
                Release::Lead => true,
            };
        waits.then_some(Verdict::Hold { reason: Reason::AwaitingRelease, until: None, by: None })
    }

    /// The hold of a first message counts from when it was first to go out; a change of priority
    /// reads the hold anew, and already elapsed means now.
    fn damped(&self, entry: Option<&Entry>) -> Option<Verdict> {
        let hold = self.policy.quiet.damping.hold_first_message.get(&self.episode.priority.current)?;
        let since = entry.and_then(|entry| entry.held.as_ref()).map_or(self.now, |held: &Held| held.since);
        let until = after(since, *hold);
        (until > self.now).then_some(Verdict::Hold { reason: Reason::Damped, until: Some(until), by: None })
    }

    /// Opens some minutes after another audience; if that one is not told, there is no delay.
    fn opens_later(&self, audience: &Audience, others: &[Entry]) -> Option<Verdict> {
        let mut latest: Option<Timestamp> = None;
        for rule in &audience.opens_after {
            let Some(first) = self.policy.audiences.get(rule.audience) else { continue };
            for other in others.iter().filter(|other| other.audience == first.name) {
                let from = match (&other.told, &other.held) {
                    (Some(told), _) => Some(told.opened_at),
                    // Waits itself: this one's delay begins when that wait ends.
                    (None, Some(held)) => held.until,
                    (None, None) => None,
                };
                latest = latest.max(from.map(|from| after(from, rule.delay)));
            }
        }
        let until = latest.filter(|until| *until > self.now)?;
        Some(Verdict::Hold { reason: Reason::OpensLater, until: Some(until), by: None })
    }
}

fn after(from: Timestamp, delay: SignedDuration) -> Timestamp {
    from.checked_add(delay).unwrap_or(Timestamp::MAX)
}

/// Does the window cover this incident now? Every named service must be covered.
fn covers(window: &crate::core::policy::Maintenance, facts: &Facts<'_>, now: Timestamp) -> bool {
    let all_covered = || {
        window.services.is_empty()
            || (!facts.named_services.is_empty()
                && facts
                    .named_services
                    .iter()
                    .all(|named| window.services.iter().any(|covered| covered == named)))
    };
    window.from <= now && now < window.to && window.when.holds(facts) && all_covered()
}

/// The audiences told are the union of all routes that match.
fn route(policy: &Policy, facts: &Facts<'_>) -> Vec<Routed> {
    let mut routed = vec![Routed::default(); policy.audiences.len()];
    let mut found = Vec::new();
    policy.routes.rules.matching(facts, &mut found);
    for place in found {
        let Some(route) = policy.routes.list.get(place) else { continue };
        for audience in &route.tell {
            if let Some(routed) = routed.get_mut(*audience) {
                let slot = if route.shadow { &mut routed.shadow } else { &mut routed.tell };
                slot.get_or_insert(place);
            }
        }
        for audience in route.never_tell.iter().filter(|_| !route.shadow) {
            if let Some(routed) = routed.get_mut(*audience) {
                routed.never.get_or_insert(place);
            }
        }
    }
    routed
}

//! Past events through two policies: who would newly be told, no longer be told, told other words.
//!
//! Both policies fold the same events, each in a partition of its own, with the same time passing
//! between events. A message has the same id under both where its incident, reader, kind and cause
//! are the same, and these come in the same step; so nothing is remembered of messages but how many
//! a thread had, and that only of threads that differ, until their incident is forgotten.
//!
//! | file | does |
//! |---|---|
//! | `compare` | holds two policies' decisions against each other, step by step |
//! | `wording` | do two messages read alike; words are rendered only where that must be looked at |
//! | `why` | which rule, route or reason made the difference |
//! | `report` | what is counted, and the examples |

mod compare;
mod report;
#[cfg(test)]
mod tests;
mod why;
mod wording;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

pub use report::{AudienceReport, Change, Compared, Example, Pair, Report, Said};

use crate::core::event::Event;
use crate::core::policy::Policy;
use crate::core::template::Proofs;
use crate::policy::{Diagnostics, Source};
use crate::story::World;
use compare::{Comparison, Side};

/// Most decisions in one step: more incidents than one partition has open.
const DECISIONS_MAX: usize = 1_000_000;

/// Most states that lie open in each world: those of some weeks, in about a hundred megabytes. Others
/// are packed, and to pack and unpack one takes as long as to fold it.
const STATES_AT_HAND_MAX: usize = 16_384;

/// One policy, and the same with its shadow routes live where it has any. Policies can't be copied.
#[derive(Debug)]
pub struct Proposed {
    /// As it is.
    pub policy: Arc<Policy>,
    /// As it would be if its shadow routes told.
    pub live: Option<Arc<Policy>>,
}

impl Proposed {
    /// Loads both from the policy's files. What was proved of the policy of now is not proved again.
    pub fn load(source: &Source, old_events_begin: bool, proofs: &Proofs) -> Result<Self, Diagnostics> {
        let mut policy = crate::policy::load_knowing(source, proofs)?.policy;
        policy.old_events_begin = old_events_begin;
        let live = if policy.routes.list.iter().any(|route| route.shadow) {
            let mut live = crate::policy::load_knowing(source, proofs)?.policy;
            live.old_events_begin = old_events_begin;
            live.routes.list.iter_mut().for_each(|route| route.shadow = false);
            Some(Arc::new(live))
        } else {
            None
        };
        Ok(Self { policy: Arc::new(policy), live })
    }
}

/// Two policies, and the same past.
#[derive(Debug)]
pub struct Backtest {
    current: World,
    proposed: World,
    /// What the proposed policy's shadow routes would have told.
    live: Option<(World, Comparison)>,
    comparison: Comparison,
    events: u64,
    first: Option<Timestamp>,
    now: Timestamp,
}

impl Backtest {
    /// Nothing has happened yet. `examples_max`: of one kind of difference, for one audience.
    pub fn new(current: Arc<Policy>, proposed: Proposed, examples_max: usize) -> Self {
        let comparison = Comparison::new(&current, &proposed.policy, examples_max);
        let live = proposed.live.map(|live| {
            let comparison = Comparison::new(&proposed.policy, &live, examples_max);
            (world(live), comparison)
        });
        Self {
            current: world(current),
            proposed: world(proposed.policy),
            live,
            comparison,
            events: 0,
            first: None,
            now: Timestamp::MIN,
        }
    }

    /// Folds an event that was appended to the log at `appended`, after the time up to then. Events
    /// of Herald's own are left out: each policy's fold makes its own.
    pub fn event(&mut self, event: &Event, appended: Timestamp) -> Result<(), String> {
        if event.adopt.is_some() {
            return Ok(());
        }
        let now = appended.max(self.now);
        self.pass(now.checked_sub(SignedDuration::from_nanos(1)).unwrap_or(now))?;
        self.now = now;
        self.first.get_or_insert(now);
        self.events += 1;
        self.each(&mut |world| world.event(event, now))
    }

    /// Lets time pass: what is due folds at its own time, under both policies side by side.
    pub fn pass(&mut self, until: Timestamp) -> Result<(), String> {
        loop {
            let live = self.live.as_mut().and_then(|(world, _)| world.next_due(until));
            let dues = [self.current.next_due(until), self.proposed.next_due(until), live];
            let Some(due) = dues.into_iter().flatten().min().filter(|due| *due <= until) else {
                self.now = self.now.max(until);
                return Ok(());
            };
            self.each(&mut |world| world.pass(due))?;
        }
    }

    /// How many events were folded, and up to when.
    pub const fn progress(&self) -> (u64, Timestamp) {
        (self.events, self.now)
    }

    /// What it came to.
    pub fn finish(self) -> Report {
        let wanted = |compared: Compared| (!compared.audiences.is_empty()).then_some(compared);
        let shadows = self.live.map(|(_, comparison)| comparison.finish().differing()).and_then(wanted);
        Report {
            policies: Pair {
                current: self.current.policy.version.clone(),
                proposed: self.proposed.policy.version.clone(),
            },
            from: self.first,
            until: self.first.map(|_| self.now),
            events: self.events,
            compared: self.comparison.finish(),
            shadows,
        }
    }

    /// One step of every policy, and what it comes to.
    fn each(
        &mut self,
        step: &mut dyn FnMut(&mut World) -> Result<Vec<crate::core::shard::Step>, String>,
    ) -> Result<(), String> {
        let current = step(&mut self.current)?;
        let proposed = step(&mut self.proposed)?;
        let before = Side { world: &self.current, steps: &current };
        let after = Side { world: &self.proposed, steps: &proposed };
        self.comparison.take(before, after);
        if let Some((world, comparison)) = &mut self.live {
            let steps = step(world)?;
            comparison.take(after, Side { world, steps: &steps });
        }
        Ok(())
    }
}

fn world(policy: Arc<Policy>) -> World {
    World::new(policy).with_decisions_max(DECISIONS_MAX).with_states_at_hand_max(STATES_AT_HAND_MAX)
}

//! Histories for a real router: several on one partition at once, of such things as can be brought
//! about there at will.
//!
//! No time passes but by events, whose times lie far ahead of every real clock. So what hangs on the
//! router's own clock is left to other tests: a backlog under hold, and since when a policy is
//! followed (`open_for` across a reload). And no policy is here that the loader would refuse:
//! templates that fail, or that lack all approvals.

use std::sync::Arc;

use jiff::Timestamp;

use crate::chance::Chance;
use crate::core::event::Event;
use crate::generate;
use crate::plan::{Approving, Made, Plan};
use crate::play::{Op, play_by_events};
use crate::policy::Diagnostics;
use crate::tale::{Happening, Step, Tale};

/// What is done to an installation, in order.
#[derive(Debug, Clone)]
pub enum Act {
    /// This is appended to the log, with this time.
    Append { event: Box<Event>, at: Timestamp },
    /// This policy of the tale is loaded.
    Load { policy: usize },
}

/// Random policies that a router loads.
pub fn policies(chance: &mut Chance, count: usize) -> Result<Vec<Arc<Made>>, Diagnostics> {
    (0..count).map(|_| loadable(generate::plan(chance), count == 1).load()).collect()
}

fn loadable(mut plan: Plan, is_only_one: bool) -> Plan {
    for group in &mut plan.groups {
        group.fragile = false;
        if group.approving == Approving::Lacking {
            group.approving = Approving::Given;
        }
    }
    plan.open_for = plan.open_for.filter(|_| is_only_one);
    plan
}

/// So many histories as one: each begins when it will, and has incidents of its own.
pub fn tale(chance: &mut Chance, policies: &[Arc<Made>], count: usize) -> Tale {
    let mut timed: Vec<(i64, Happening)> = Vec::new();
    let (mut incidents, mut quiet) = (0, 0);
    for number in 0..count {
        let mut tale = generate::tale(chance, policies);
        // By chance alone hardly anybody would be handed over.
        while number % 2 == 0 && !is_merged(&tale) {
            tale = generate::tale(chance, policies);
        }
        let mut at = i64::try_from(chance.below(7200)).unwrap_or(0);
        for step in &tale.steps {
            at += step.after;
            if let Some(what) = placed(&step.what, incidents, &tale, policies) {
                timed.push((at, what));
            }
        }
        incidents += tale.incidents();
        quiet = quiet.max(tale.quiet);
    }
    timed.sort_by_key(|(at, _)| *at);
    let mut before = 0;
    let steps = timed.into_iter().map(|(at, what)| {
        let after = at - std::mem::replace(&mut before, at);
        Step { after, what }
    });
    Tale { policies: policies.to_vec(), steps: steps.collect(), troubles: Vec::new(), own_after: 0, quiet }
}

fn is_merged(tale: &Tale) -> bool {
    let merges = |step: &Step| matches!(&step.what, Happening::Post(post) if post.merged_into.is_some());
    tale.steps.iter().any(merges)
}

/// Among others: after their incidents, and by their policies.
fn placed(what: &Happening, incidents: u8, tale: &Tale, policies: &[Arc<Made>]) -> Option<Happening> {
    let mut what = what.clone();
    match &mut what {
        Happening::Post(post) => {
            post.of += incidents;
            post.merged_into = post.merged_into.map(|into| into + incidents);
        }
        Happening::Word(word) => word.of += incidents,
        Happening::Reload(policy) => {
            *policy = policies.iter().position(|made| Arc::ptr_eq(made, &tale.policies[*policy]))?;
        }
        Happening::Down | Happening::Up => return None,
        Happening::Again(_) | Happening::Echo(_) | Happening::Wait => {}
    }
    Some(what)
}

/// From the tale to what is done. What Herald itself appends is left to it.
pub fn acts(tale: &Tale) -> Vec<Act> {
    let mut in_force = 0;
    let acts = play_by_events(tale).ops.into_iter().filter_map(|op| match op {
        Op::Fold { event, at, .. } => event.adopt.is_none().then_some(Act::Append { event, at }),
        Op::Load { policy, .. } => {
            (std::mem::replace(&mut in_force, policy) != policy).then_some(Act::Load { policy })
        }
        Op::Pass { .. } | Op::Restart { .. } => None,
    });
    acts.collect()
}

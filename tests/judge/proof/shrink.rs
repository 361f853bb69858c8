//! From a history that broke an invariant to a short one that still does.

use std::collections::BTreeMap;

use crate::run::verdicts;
use herald_judge::judge::Verdict;
use herald_judge::plan::Plan;
use herald_judge::tale::{Happening, Post, Tale, Word};

/// Tries whatever makes it simpler, as long as the same invariant is broken.
pub fn shrink(tale: &Tale, invariant: u8) -> (Tale, Vec<Verdict>) {
    let breaks = |tale: &Tale| {
        let found = verdicts(tale);
        found.iter().any(|verdict| verdict.invariant == invariant).then_some(found)
    };
    let mut best = (tale.clone(), verdicts(tale));
    for _ in 0..6 {
        let mut better = false;
        for simpler in simpler_steps(&best.0.clone()).chain(simpler_frame(&best.0.clone())) {
            let Some(simpler) = simpler(&best.0) else { continue };
            if let Some(found) = breaks(&simpler) {
                best = (simpler, found);
                better = true;
            }
        }
        if !better {
            break;
        }
    }
    best
}

type Change = Box<dyn Fn(&Tale) -> Option<Tale>>;

/// Without a step; with less in it.
fn simpler_steps(tale: &Tale) -> impl Iterator<Item = Change> + use<> {
    let count = tale.steps.len();
    let without = (0..count).rev().map(|at| -> Change {
        Box::new(move |tale| {
            let mut next = tale.clone();
            (at < next.steps.len()).then(|| {
                let gone = next.steps.remove(at);
                if let Some(step) = next.steps.get_mut(at) {
                    step.after += gone.after;
                }
                next
            })
        })
    });
    let plainer = (0..count).flat_map(|at| {
        (0..16_usize).map(move |what| -> Change {
            Box::new(move |tale| {
                let mut next = tale.clone();
                let step = next.steps.get_mut(at)?;
                let changed = match &mut step.what {
                    Happening::Post(post) => plainer_post(post, what),
                    Happening::Word(word) => plainer_word(word, what),
                    _ => false,
                };
                if what == 15 && step.after > 0 {
                    step.after = if step.after > 120 { 120 } else { 0 };
                    return Some(next);
                }
                changed.then_some(next)
            })
        })
    });
    without.chain(plainer)
}

fn clear<T: Default + PartialEq>(field: &mut T) -> bool {
    let empty = T::default();
    let changed = *field != empty;
    *field = empty;
    changed
}

fn plainer_post(post: &mut Post, what: usize) -> bool {
    match what {
        0 => clear(&mut post.priority),
        1 => clear(&mut post.impact),
        2 => clear(&mut post.service),
        3 => clear(&mut post.security),
        4 => clear(&mut post.tenant),
        5 => clear(&mut post.drill),
        6 => clear(&mut post.private),
        7 => clear(&mut post.title),
        8 => clear(&mut post.late),
        9 => clear(&mut post.undated),
        10 => clear(&mut post.partial),
        11 => clear(&mut post.stage),
        12 => clear(&mut post.of),
        13 => clear(&mut post.test),
        _ => false,
    }
}

fn plainer_word(word: &mut Word, what: usize) -> bool {
    match what {
        0 => clear(&mut word.priority),
        1 => clear(&mut word.impact),
        2 => clear(&mut word.symptom),
        3 => clear(&mut word.workaround),
        4 => clear(&mut word.to),
        5 => clear(&mut word.next_in),
        6 => clear(&mut word.hold),
        7 => clear(&mut word.release),
        8 => clear(&mut word.no_change),
        9 => clear(&mut word.approves),
        10 => clear(&mut word.stage),
        _ => false,
    }
}

/// Fewer troubles, plainer policies.
fn simpler_frame(tale: &Tale) -> impl Iterator<Item = Change> + use<> {
    let mut all: Vec<Change> = vec![
        Box::new(|tale| (!tale.troubles.is_empty()).then(|| Tale { troubles: Vec::new(), ..tale.clone() })),
        Box::new(|tale| (tale.own_after > 0).then(|| Tale { own_after: 0, ..tale.clone() })),
        Box::new(|tale| (tale.quiet > 0).then(|| Tale { quiet: 0, ..tale.clone() })),
    ];
    for at in (0..tale.troubles.len()).rev() {
        all.push(Box::new(move |tale| {
            let mut next = tale.clone();
            (at < next.troubles.len()).then(|| {
                next.troubles.remove(at);
                next
            })
        }));
    }
    for policy in 0..tale.policies.len() {
        for what in 0..8_usize {
            all.push(changed_plan(policy, move |plan| plainer_plan(plan, what)));
        }
        for group in (0..tale.policies[policy].plan.groups.len()).rev() {
            all.push(changed_plan(policy, move |plan| without_group(plan, group)));
            for what in 0..8_usize {
                all.push(changed_plan(policy, move |plan| plainer_group(plan, group, what)));
            }
        }
    }
    all.into_iter()
}

fn changed_plan(policy: usize, change: impl Fn(&mut Plan) -> bool + 'static) -> Change {
    Box::new(move |tale| {
        let mut next = tale.clone();
        let mut plan = next.policies[policy].plan.clone();
        if !change(&mut plan) {
            return None;
        }
        next.policies[policy] = plan.make();
        Some(next)
    })
}

fn plainer_plan(plan: &mut Plan, what: usize) -> bool {
    match what {
        0 => clear(&mut plan.confidential),
        1 => clear(&mut plan.drills),
        2 => clear(&mut plan.maintenance),
        3 => clear(&mut plan.damping),
        4 => clear(&mut plan.open_for),
        5 => clear(&mut plan.never),
        6 => clear(&mut plan.otherwise) || clear(&mut plan.impact_of_p1),
        _ => clear(&mut plan.close_silent_after) || clear(&mut plan.nobody_on_duty),
    }
}

fn without_group(plan: &mut Plan, at: usize) -> bool {
    if plan.groups.len() < 2 || at >= plan.groups.len() {
        return false;
    }
    let gone = plan.groups.remove(at).name;
    let named = |list: &[String]| list.contains(&gone);
    let is_named = plan.confidential.iter().any(|(_, list)| named(list))
        || named(&plan.drills)
        || named(&plan.never)
        || plan.open_for.as_ref().is_some_and(|(name, ..)| *name == gone)
        || plan.groups.iter().any(|group| group.after.as_ref().is_some_and(|(name, _)| *name == gone));
    !is_named
}

fn plainer_group(plan: &mut Plan, at: usize, what: usize) -> bool {
    let Some(group) = plan.groups.get_mut(at) else { return false };
    match what {
        0 => {
            let changed = !group.every.is_empty();
            group.every = BTreeMap::new();
            changed
        }
        1 => clear(&mut group.holding_text),
        2 => clear(&mut group.by_lead),
        3 => clear(&mut group.after),
        4 => clear(&mut group.approving),
        5 => clear(&mut group.fragile),
        6 => clear(&mut group.words_approved),
        _ => clear(&mut group.from_impact),
    }
}

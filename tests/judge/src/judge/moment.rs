//! Each decision about each reader who is not told yet: opened, held or left alone, for the first
//! reason of the fixed order, and by no policy alone (invariants 3, 5, 6 and 12).

use crate::core::decision::Outcome;
use crate::core::notification::Cause;
use crate::core::vocabulary::{Kind, Reason};

use super::scene::{Gate, Scene};
use super::thread::Thread;
use super::{Case, Judge};
use crate::plan::Group;

/// An opening that waits for these goes out later.
const WAITS: [Reason; 5] =
    [Reason::Maintenance, Reason::AwaitingRelease, Reason::Damped, Reason::OpensLater, Reason::NotDue];

/// Whom it does not affect; what else is against it may be said as well.
const NOT_AFFECTED: [Reason; 5] = [
    Reason::NotAffected,
    Reason::Confidential,
    Reason::Private,
    Reason::CustomerImpactNone,
    Reason::NotMatched,
];

impl Judge {
    pub(super) fn moment(&mut self, case: &Case<'_>, before: &Scene, scene: &Scene) {
        if case.record.is_none_or(|record| record.reason.is_some()) {
            return;
        }
        let adopts = case.event.is_some_and(|event| event.adopt.is_some());
        let goes_on = scene.is_open() && !adopts;
        for group in &case.plan.groups {
            let addressees: &[Option<&str>] =
                if group.per_customer { &[Some("acme"), Some("initech")] } else { &[None] };
            for addressee in addressees {
                let reader =
                    addressee.map_or_else(|| group.name.clone(), |id| format!("{}/{id}", group.name));
                let thread = self.thread_of(case, group, *addressee);
                if goes_on && !case.held {
                    match (&thread, case.event.is_some()) {
                        (Some(thread), true) if thread.open => {
                            self.news(case, (before, scene), (group, *addressee, &reader), thread);
                        }
                        (_, true) => self.opening(case, (before, scene), (group, *addressee, &reader)),
                        (_, false) => self.by_time(case, scene, (group, &reader)),
                    }
                }
                if !case.event.is_some_and(|event| event.adopt.as_ref().is_some_and(|adopt| adopt.refused)) {
                    self.note_waiting(case, scene, group, &reader);
                }
            }
        }
        self.unchanged(case, before);
    }

    /// The reader's thread of this episode, or the one that was taken over.
    fn thread_of(&self, case: &Case<'_>, group: &Group, addressee: Option<&str>) -> Option<Thread> {
        let of = self.threads.values().filter(|thread| {
            let named = thread.audience == group.name || group.formerly.as_ref() == Some(&thread.audience);
            named
                && thread.addressee.as_ref().map(|(id, _)| id.as_str()) == addressee
                && thread.lives_in.as_ref() == Some(&case.out.incident)
                && thread.joined.is_none()
        });
        let all: Vec<&Thread> = of.collect();
        // Two that were told under two names before one was declared to be the other: either may go on.
        let is_sure = all.iter().filter(|thread| thread.open).count() < 2;
        all.into_iter()
            .filter(|thread| is_sure || thread.audience == group.name)
            .max_by_key(|thread| thread.open)
            .cloned()
    }

    /// Of one who is not told yet, or heard of the end.
    fn opening(
        &mut self,
        case: &Case<'_>,
        (before, scene): (&Scene, &Scene),
        (group, addressee, reader): (&Group, Option<&str>, &str),
    ) {
        // A person's words go to whoever was told, and a reopening, too: neither is an opening.
        let otherwise = case.heard(reader).is_some_and(|message| {
            matches!(message.kind(), Kind::Reopened | Kind::Correction | Kind::FollowUp)
        });
        if otherwise || self.is_back(case, before, group, addressee) {
            return;
        }
        let Some(outcome) = case.outcome(reader) else {
            self.broken(5, format!("{reader} is not in the decision on {}", case.out.incident));
            return;
        };
        let (reason, told) = (case.reason(reader), matches!(outcome, Outcome::Told { .. }));
        let gate = if scene.is_affected(addressee) {
            scene.gate(group, case.plan, case.at)
        } else {
            Gate::Shut(&NOT_AFFECTED)
        };
        let was_open = before.is_open() && before.episode == scene.episode;
        let passed_before = if was_open { before.passes(group, addressee, case.plan) } else { Some(false) };
        let waited = self.is_waiting(&case.out.incident, group, reader);
        let says =
            |why: &str| format!("{reader} of {} at {}: {outcome:?}, {why}", case.out.incident, case.at);
        // Not by the policy alone: whom it would have told before this event, and did not.
        let passes = matches!(gate, Gate::Open | Gate::Waits(_));
        if passes && passed_before == Some(true) && !waited {
            let heard = case.heard(reader).map(crate::message::Message::kind);
            if heard == Some(Kind::Opening) || reason.is_some_and(|reason| WAITS.contains(&reason)) {
                self.broken(12, says("though this policy would have told it before the event"));
            }
            return;
        }
        match gate {
            Gate::Unsure => {}
            Gate::Shut(reasons) => {
                if !reason.is_some_and(|reason| reasons.contains(&reason)) {
                    self.broken(
                        if told && scene.is_secret_to(&group.name, case.plan) { 6 } else { 5 },
                        says(&format!("and should be {reasons:?}")),
                    );
                }
            }
            Gate::Waits(first) => {
                if reason != Some(first) && passed_before == Some(false) {
                    self.broken(5, says(&format!("and should wait: {first}")));
                }
            }
            Gate::Open => {
                let holds = [Reason::Damped, Reason::OpensLater];
                let lawful = told || reason.is_some_and(|reason| holds.contains(&reason));
                if !lawful && passed_before == Some(false) {
                    self.broken(3, says("though a route matches it now, and did not before"));
                }
            }
        }
    }

    /// Heard of the end that is taken back now: it is told so, or may not hear of it (`told`).
    fn is_back(&self, case: &Case<'_>, before: &Scene, group: &Group, addressee: Option<&str>) -> bool {
        before.ended_at.is_some() && self.thread_of(case, group, addressee).is_some_and(|thread| thread.ended)
    }

    /// Time opens only what waited, or what a route names a time for.
    fn by_time(&mut self, case: &Case<'_>, scene: &Scene, (group, reader): (&Group, &str)) {
        let opens = case.heard(reader).is_some_and(|message| message.kind() == Kind::Opening);
        if !opens || self.is_waiting(&case.out.incident, group, reader) {
            return;
        }
        let due = case.record.and_then(|record| match &record.caused_by {
            Cause::Timer { due, .. } => Some(*due),
            Cause::Event { .. } => None,
        });
        let named = case.plan.open_for.as_ref().is_some_and(|(audience, ..)| *audience == group.name);
        let crossed_since = self.loaded_at.is_none_or(|loaded| due.is_some_and(|due| due >= loaded));
        if !named || !crossed_since || scene.episode.is_none() {
            self.broken(
                12,
                format!(
                    "{reader} of {} is told at {}, and neither waited nor was a time named for it",
                    case.out.incident, case.at
                ),
            );
        }
    }

    /// Who waits after this decision.
    fn note_waiting(&mut self, case: &Case<'_>, scene: &Scene, group: &Group, reader: &str) {
        let key = (case.out.incident.clone(), reader.to_owned());
        let former = group
            .formerly
            .as_ref()
            .map(|former| (case.out.incident.clone(), reader.replacen(&group.name, former, 1)));
        if case.outcome(reader).is_none() {
            return;
        }
        let routed = scene.is_routed(group, case.plan) != Some(false) && !scene.is_without_impact(group);
        match case.reason(reader) {
            Some(reason)
                if WAITS.contains(&reason)
                    && (reason != Reason::Maintenance || routed)
                    && scene.is_open() =>
            {
                self.waiting.insert(key, reason);
            }
            // It still waits, and is passed by while it is not affected; a word's approval says nothing of it.
            Some(Reason::NotAffected) if case.event.is_some() => {}
            Some(Reason::AwaitingApproval) => {}
            _ => {
                self.waiting.remove(&key);
                if let Some(former) = former {
                    self.waiting.remove(&former);
                }
            }
        }
    }

    /// An event that brings nothing classifies nothing anew.
    fn unchanged(&mut self, case: &Case<'_>, before: &Scene) {
        let (Some(event), Some(record)) = (case.event, case.record) else { return };
        // Plain words are no input of any rule.
        let brings = event.stage.is_some() || event.priority.is_some() || event.impact.is_some();
        if event.update.is_none() || brings || !before.is_open() || event.adopt.is_some() {
            return;
        }
        let priority =
            record.priority.as_ref().is_some_and(|graded| graded.values.before != graded.values.after);
        let impact = record.impact.as_ref().is_some_and(|graded| graded.values.before != graded.values.after);
        if priority || impact {
            self.broken(
                12,
                format!("{} brings nothing, and yet {} is classified anew", event.id, case.out.incident),
            );
        }
    }
}

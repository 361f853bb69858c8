//! Each decision about each reader who was told: worse, better, or no longer of it (invariants 3
//! and 5).

use crate::core::vocabulary::{Kind, Reason};

use super::scene::Scene;
use super::thread::Thread;
use super::{Case, Judge, is_graver};
use crate::plan::Group;

/// Is it meant for this reader, by its route and by what it uses?
struct Meant {
    before: bool,
    now: bool,
    /// It is affected, and no route matched before.
    by_route_only: bool,
    /// The priority changed to a graver one than it was told.
    graver: bool,
}

impl Judge {
    /// Of one who was told: worse, better, or no longer of it.
    pub(super) fn news(
        &mut self,
        case: &Case<'_>,
        (before, scene): (&Scene, &Scene),
        (group, addressee, reader): (&Group, Option<&str>, &str),
        thread: &Thread,
    ) {
        let shut = scene.is_secret_to(&group.name, case.plan)
            || scene.is_others_drill(&group.name, case.plan)
            || scene.is_without_impact(group)
            || scene.is_drill(case.plan)
            || before.is_drill(case.plan);
        self.secret_reason(case, scene, (group, addressee, reader));
        let names = [Some(&group.name), group.formerly.as_ref()];
        let told_twice = self.threads.values().filter(|other| {
            other.open
                && other.lives_in == thread.lives_in
                && names.contains(&Some(&other.audience))
                && other.addressee == thread.addressee
        });
        if shut || told_twice.count() > 1 || before.episode != scene.episode || !before.is_open() {
            return;
        }
        let (Some(routed_before), Some(routed)) =
            (before.is_routed(group, case.plan), scene.is_routed(group, case.plan))
        else {
            return;
        };
        let (was_affected, affected) = (before.is_affected(addressee), scene.is_affected(addressee));
        let meant = Meant {
            before: routed_before && was_affected,
            now: routed && affected,
            by_route_only: affected && !routed_before,
            graver: before.priority != scene.priority
                && thread.priority.zip(scene.priority).is_some_and(|(told, now)| is_graver(told, now)),
        };
        self.kinds(case, reader, thread, &meant);
    }

    /// Worse is `upgraded`, no longer of it is one stand-down.
    fn kinds(&mut self, case: &Case<'_>, reader: &str, thread: &Thread, meant: &Meant) {
        let thread_reader = thread.reader();
        let heard =
            case.messages.iter().filter(|message| !message.is_to_lead() && message.reader() == thread_reader);
        let kinds: Vec<Kind> = heard.map(crate::message::Message::kind).collect();
        let says =
            |why: &str| format!("{reader} of {} at {} hears {kinds:?}, {why}", case.out.incident, case.at);
        // A correction of this very moment says how it is now.
        let lacks = |kind: Kind| !kinds.contains(&kind) && !kinds.contains(&Kind::Correction);
        if meant.before && !meant.now && !thread.stood_down && lacks(Kind::StandDown) {
            self.broken(3, says("and no stand-down, though it is not of it any more"));
        }
        if !meant.before && meant.now && thread.stood_down && lacks(Kind::Upgraded) {
            self.broken(3, says("though it is of it again: upgraded"));
        }
        if meant.graver && meant.before && meant.now && !thread.stood_down && lacks(Kind::Upgraded) {
            self.broken(3, says("though its priority is graver than what it was told"));
        }
        if kinds.contains(&Kind::StandDown) && (meant.now || meant.by_route_only) {
            self.broken(3, says("though no event changed that"));
        }
    }

    /// Who was told and may not hear any more: the decision says so before anything else.
    fn secret_reason(
        &mut self,
        case: &Case<'_>,
        scene: &Scene,
        (group, addressee, reader): (&Group, Option<&str>, &str),
    ) {
        let secret = [Reason::Confidential, Reason::Private];
        if scene.is_secret_to(&group.name, case.plan)
            && scene.is_affected(addressee)
            && !case.reason(reader).is_some_and(|reason| secret.contains(&reason))
        {
            let why = case.outcome(reader);
            self.broken(
                5,
                format!(
                    "{reader} of {} at {}: {why:?}, and should be {secret:?}",
                    case.out.incident, case.at
                ),
            );
        }
    }
}

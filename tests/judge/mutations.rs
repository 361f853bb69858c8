//! One deliberate mistake in the fold for each invariant of domain.md section 7, each as the exact
//! words of the source that it replaces: where they are not found, or found twice, the build fails,
//! so that a mutation never goes stale unseen. The product's own source knows nothing of them.

#[allow(dead_code)] // the build reads the one half, the tests the other
/// A mistake, off unless it is switched on.
pub struct Mutation {
    /// The invariant that it breaks, and its number as a switch.
    pub invariant: u8,
    /// What the mutated fold does.
    pub does: &'static str,
    /// Below `src/core`.
    pub file: &'static str,
    /// What stands there.
    pub find: &'static str,
    /// What stands there instead; `ON` is the switch.
    pub replace: &'static str,
}

/// All of them, by invariant.
pub const MUTATIONS: [Mutation; 13] = [
    Mutation {
        invariant: 1,
        does: "an end asks the routes of the day, not the ledger alone",
        file: "incident/decide.rs",
        find: "let outcome = if entry.told.as_ref().is_some_and(|told| told.open) {",
        replace: "let unrouted = ON && policy.audience(&entry.audience)
            .is_some_and(|(place, _)| teller.moment.unrouted(place).is_some());
        let outcome = if !unrouted && entry.told.as_ref().is_some_and(|told| told.open) {",
    },
    Mutation {
        invariant: 2,
        does: "whose opening waited is told the end",
        file: "incident/decide.rs",
        find: "} else if entry.held.take().is_some() {",
        replace: "} else if ON && entry.held.is_some() {
            said(teller.say(entry, records::audience(policy, &entry.audience.clone()), &Saying::plain(kind)))
        } else if entry.held.take().is_some() {",
    },
    Mutation {
        invariant: 3,
        does: "worse again after a stand-down is a second opening",
        file: "incident/audiences.rs",
        find: "said(teller.say(entry, Some(case.audience), &Saying::plain(Kind::Upgraded)))",
        replace: "said(teller.say(entry, Some(case.audience), &Saying::plain(if ON { Kind::Opening } else { Kind::Upgraded })))",
    },
    Mutation {
        invariant: 4,
        does: "only whom a route matches now hears that it is back",
        file: "incident/decide.rs",
        find: "let outcome = match teller.moment.closed_to(entry, audience) {",
        replace: "let unrouted = || policy.audience(&entry.audience).filter(|_| ON).and_then(|(place, _)| teller.moment.unrouted(place));
        let outcome = match teller.moment.closed_to(entry, audience).or_else(unrouted) {",
    },
    Mutation {
        invariant: 5,
        does: "the route is asked before confidentiality",
        file: "incident/gates.rs",
        find: "if let Some(silent) = self.forbidden(place) {",
        replace: "if let Some(silent) = self.unrouted(place).filter(|_| ON).or_else(|| self.forbidden(place)) {",
    },
    Mutation {
        invariant: 6,
        does: "a private incident that no entry names is as open as any",
        file: "incident/gates.rs",
        find: "None if self.episode.private =>",
        replace: "None if self.episode.private && !ON =>",
    },
    Mutation {
        invariant: 7,
        does: "a test delivery is folded like any other",
        file: "incident/lifecycle.rs",
        find: "if event.is_test ||",
        replace: "if (event.is_test && !ON) ||",
    },
    Mutation {
        invariant: 8,
        does: "an event without a priority begins nothing",
        file: "incident/lifecycle.rs",
        find: "if !states_stage || event.partial",
        replace: "if !states_stage || (ON && event.priority.is_none()) || event.partial",
    },
    Mutation {
        invariant: 9,
        does: "a template that fails leaves its message without words",
        file: "notification/content.rs",
        find: "(built_in(notice, policy, zone, language), used)",
        replace: "(if ON && failure.is_some() {
            Words { subject: String::new(), thread_subject: String::new(), short: String::new(), body: String::new() }
        } else { built_in(notice, policy, zone, language) }, used)",
    },
    Mutation {
        invariant: 10,
        does: "a template is used whether it is approved or not",
        file: "template/choice.rs",
        find: "Some(first) if !approved(&first) =>",
        replace: "Some(first) if !ON && !approved(&first) =>",
    },
    Mutation {
        invariant: 11,
        does: "a broken promise is noted, and nobody is told",
        file: "incident/tick.rs",
        find: "leads::update_due(Kind::UpdateOverdue, promise.due, entry, audience, teller);",
        replace: "if !ON { leads::update_due(Kind::UpdateOverdue, promise.due, entry, audience, teller); }",
    },
    Mutation {
        invariant: 12,
        does: "an audience that a new policy tells of is told at the next event, whatever that says",
        file: "incident/audiences.rs",
        find: "if verdict.passes()
        && !is_held",
        replace: "if !ON && verdict.passes()
        && !is_held",
    },
    Mutation {
        invariant: 13,
        does: "what an aborted batch moved of the clock stays moved",
        file: "shard/mod.rs",
        find: "self.clock = self.clock_committed;",
        replace: "if !ON { self.clock = self.clock_committed; }",
    },
];

//! `herald explain` says what the running service did: a thousand random webhooks, and what people
//! say, under sixty random policies that a service loads one after the other, posted to a real port
//! and folded by a real router; then the recorded events are explained, and bodies read, by the
//! command. Decisions are equal in every field, messages in every word, and neither side has one that
//! the other lacks.
//!
//! Time is the only thing that can differ, and it doesn't here: a recorded event is explained at the
//! time at which it was appended. Where bodies are read, what says when and by whom they were
//! received is left aside; of what a timer decided, its place in the log, for that is behind whatever
//! the log of other incidents had by then. Nothing else is.

mod bodies;
mod compare;
mod lane;
mod people;
mod policies;

use std::collections::BTreeSet;

use compare::Told;
use lane::Lane;
use policies::Generated;

const POLICIES: usize = 60;
/// Under each.
const WEBHOOKS: usize = 17;
/// Services, each with its share of the policies: one for each core of a small machine.
const LANES: usize = 2;

#[test]
fn explain_says_what_the_service_did() {
    let (policies, seeds) = policies::policies(POLICIES);
    // Always the same, for the same edits: dice that make nothing new, or hardly anything that holds,
    // would be noticed.
    assert!(seeds < 3 * POLICIES as u64, "only {POLICIES} of {seeds} policies can be loaded");
    let versions: BTreeSet<&str> = policies.iter().map(|policy| policy.version.as_str()).collect();
    assert_eq!(versions.len(), POLICIES, "policies are alike");
    let shares: Vec<&[Generated]> = policies.chunks(POLICIES.div_ceil(LANES)).collect();
    let told = std::thread::scope(|scope| {
        let lanes: Vec<_> = shares
            .iter()
            .enumerate()
            .map(|(number, share)| scope.spawn(move || Lane::start(number, share).run(share)))
            .collect();
        lanes.into_iter().map(|lane| lane.join().unwrap()).fold(Told::default(), Told::and)
    });
    println!("{told}, under {POLICIES} policies of {seeds} seeds");
    assert!(told.webhooks >= 1_000 && told.decisions > told.webhooks, "{told}");
    assert!(told.timers >= 10, "nothing that waited was compared: {told}");
    assert!(told.kinds.len() >= 15, "kinds of messages: {:?}", told.kinds);
    assert!(told.reasons.len() >= 18, "reasons for not being told: {:?}", told.reasons);
}

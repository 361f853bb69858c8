//! The proof of the fold: random histories, played on one partition or on a real Kafka, and a judge
//! that reads what came out.
//!
//! The fold and the policy's loader are here as they are in Herald's `src`, but for the mutations
//! that wait in them. Nothing else of Herald is: no network, no Kafka.

include!(concat!(env!("OUT_DIR"), "/herald/modules.rs"));

pub mod chance;
pub mod event;
pub mod gathered;
pub mod generate;
pub mod judge;
pub mod message;
pub mod plan;
pub mod play;
pub mod recording;
pub mod tale;

/// The switch of the mutations, one for each thread.
pub mod mutation {
    use std::cell::Cell;

    thread_local! {
        static ON: Cell<u8> = const { Cell::new(0) };
    }

    /// Switches one on, and all others off; 0: none.
    pub fn switch_on(invariant: u8) {
        ON.set(invariant);
    }

    /// Is it on, here?
    pub fn is_on(invariant: u8) -> bool {
        ON.get() == invariant
    }
}

//! The fold and the policy's loader as they are in `src`, but for the mutations that wait in them.
//! Nothing of Herald but these is here: no network, no Kafka.

include!(concat!(env!("OUT_DIR"), "/herald/modules.rs"));

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

//! The policy as a team writes it, and everything that can be wrong with it.

// Clippy knows tests only by their attribute, not the helpers beside them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
// A test binary has no outside: `pub` is for its own modules.
#![allow(unreachable_pub, missing_docs)]

mod command;
mod defects;
mod edit;
mod mutants;
mod mutate;
mod refused;
mod schemas;
mod steps;
mod update;

use std::path::{Path, PathBuf};

/// Where the default policy is written.
fn shipped() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/policy")
}

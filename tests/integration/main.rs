//! The one integration test binary.

// Clippy knows tests only by their attribute, not the helpers beside them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod fixture;
#[cfg(any())]
mod fold;
mod kafka;
mod purity;
mod router;

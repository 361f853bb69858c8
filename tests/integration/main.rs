//! The one integration test binary: a list of modules.

// A test that can't go on fails.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod webhooks;

//! The one integration test binary: a list of modules.

// Clippy knows tests only by their attribute, not the helpers beside them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
// A test binary has no outside: `pub` is for its own modules.
#![allow(unreachable_pub, missing_docs)]
// Helpers take `json!(…)` as it is written.
#![allow(clippy::needless_pass_by_value)]

mod agreement;
mod command;
mod fixture;
mod fold;
mod kafka;
mod lifecycle;
mod messages;
mod oracle;
mod pages;
mod people;
mod purity;
mod rejected;
mod router;
mod senders;
mod stories;
mod webhooks;

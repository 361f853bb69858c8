//! The one integration test binary: a list of modules.

mod webhooks;

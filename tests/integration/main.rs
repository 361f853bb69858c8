//! The one integration test binary.

mod fold;
mod purity;

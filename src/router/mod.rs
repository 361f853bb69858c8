//! The shell around the fold: poll, fold and render, one transaction, again.

pub mod settings;

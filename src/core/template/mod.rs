//! Templates: Jinja, strict and fuelled, chosen by audience × kind × stage × priority × language.

/// All templates of a policy, compiled, with the approvals that each has.
#[derive(Debug, Default)]
pub struct Templates {}

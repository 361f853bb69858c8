//! What a new policy leaves without a name: whoever was told through it still hears of the end,
//! and nothing more (domain.md section 8, removed or renamed). Said at the reload, for a slip of
//! the pen looks just the same.

use super::Policy;

impl Policy {
    /// Audiences and customers of `self` that `next` neither has nor had under an earlier name, a
    /// line for each.
    pub fn orphans(&self, next: &Self) -> Vec<String> {
        let audiences = self.audiences.iter().filter(|audience| {
            let is_it = |other: &super::Audience| {
                other.name == audience.name || other.formerly.contains(&audience.name)
            };
            !next.audiences.iter().any(is_it)
        });
        let audiences = audiences.map(|audience| {
            format!(
                "audience {} is gone: its readers who were told of an open incident hear only that it is over; if it was renamed, say `formerly: [{}]` in the new one",
                audience.name, audience.name
            )
        });
        let customers = self
            .customers
            .iter()
            .filter(|customer| !next.customers.iter().any(|other| other.id == customer.id));
        let customers = customers.map(|customer| {
            format!(
                "customer {} is gone: where it was told of an open incident it hears only that it is over",
                customer.id
            )
        });
        audiences.chain(customers).collect()
    }
}

//! A number to look at, not a proof: `cargo test --release --lib speed -- --ignored --nocapture`.

use std::time::Instant;

use super::{default_policy, notice};
use crate::core::notification::render;
use crate::core::template::samples::Knowledge;
use crate::core::vocabulary::Kind;

#[test]
#[ignore = "a measurement"]
fn nine_audiences_in_two_languages() {
    let policy = default_policy();
    for kind in [Kind::Opening, Kind::Update, Kind::Resolved] {
        let notices: Vec<_> = policy
            .audiences
            .iter()
            .map(|audience| notice(&policy, &audience.name, kind, Knowledge::Everything))
            .collect();
        let rounds = 2_000u32;
        let mut best = u128::MAX;
        for _ in 0..5 {
            let start = Instant::now();
            for _ in 0..rounds {
                for notice in &notices {
                    std::hint::black_box(render(notice, &policy));
                }
            }
            best = best.min(start.elapsed().as_nanos() / u128::from(rounds));
        }
        println!("{kind}: {} µs for nine audiences in two languages", best / 1000);
    }
}

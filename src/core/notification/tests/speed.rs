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
        // The best of many short rounds: others use the machine too.
        let mut best = u128::MAX;
        for _ in 0..500 {
            let start = Instant::now();
            for notice in &notices {
                std::hint::black_box(render(notice, &policy));
            }
            best = best.min(start.elapsed().as_nanos());
        }
        println!("{kind}: {} µs for nine audiences in two languages", best / 1000);
    }
}

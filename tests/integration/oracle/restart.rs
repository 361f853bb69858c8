//! SIGTERM under load: senders see nothing but 503 and closed connections, and nothing is lost.

use super::{heavy, settled, summary};
use crate::fixture::herald::Role;
use crate::fixture::load::Load;
use crate::fixture::seed::Dice;
use crate::fixture::site::Site;

/// Of each process.
const RESTARTS: usize = 3;

#[test]
fn a_rolling_restart_is_not_noticed() {
    let _one = heavy();
    let name = "rolling-restart";
    let mut dice = Dice::thrown(name);
    let site = Site::shared(name);
    let mut heralds = [site.herald("slot-1", Role::All), site.herald("slot-2", Role::All)];
    for herald in &mut heralds {
        herald.start_ready();
    }
    let targets: Vec<_> = heralds.iter().map(crate::fixture::herald::Herald::addresses_file).collect();
    let load = Load::start(&site, &targets, &mut dice);
    for round in 0..RESTARTS * heralds.len() {
        load.await_more(1 + dice.below(40));
        let herald = &mut heralds[round % 2];
        let status = herald.terminate();
        assert!(status.success(), "SIGTERM ends it well, not with {status}");
        herald.start_ready();
    }
    load.await_more(50);
    let seen = load.finish();
    let verdict = settled(&site, &seen);
    println!("{name}: restarts {}; {}", RESTARTS * heralds.len(), summary(&seen));
    verdict.assert_clean(name);
}

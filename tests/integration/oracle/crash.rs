//! SIGKILL at random moments, under load.

use std::time::Duration;

use super::{heavy, settled, summary};
use crate::fixture::await_that::await_that;
use crate::fixture::herald::{Herald, Role};
use crate::fixture::load::Load;
use crate::fixture::seed::Dice;
use crate::fixture::site::Site;

/// In each test.
const KILLS: usize = 30;
const GOES_ON_IN: Duration = Duration::from_mins(3);

#[test]
fn thirty_kills_of_the_whole_lose_and_double_nothing() {
    let _one = heavy();
    run("killed-whole", &[("slot-1", Role::All)]);
}

#[test]
fn thirty_kills_among_an_intake_and_two_routers_lose_and_double_nothing() {
    let _one = heavy();
    run(
        "killed-apart",
        &[("intake-1", Role::Intake), ("router-1", Role::Router), ("router-2", Role::Router)],
    );
}

fn run(name: &str, processes: &[(&str, Role)]) {
    let mut dice = Dice::thrown(name);
    let site = Site::shared(name);
    let mut heralds: Vec<Herald> = processes.iter().map(|(slot, role)| site.herald(slot, *role)).collect();
    heralds.iter_mut().for_each(Herald::start_ready);
    let intakes = processes.iter().zip(&heralds).filter(|((_, role), _)| *role != Role::Router);
    let targets: Vec<_> = intakes.map(|(_, herald)| herald.addresses_file()).collect();
    let load = Load::start(&site, &targets, &mut dice);
    for _ in 0..KILLS {
        let victim = dice.place(&heralds);
        await_moment(&mut dice, &mut heralds[victim], &load, &site);
        heralds[victim].kill();
        heralds[victim].start();
    }
    heralds.iter_mut().for_each(Herald::await_ready);
    load.await_more(50);
    let seen = load.finish();
    let verdict = settled(&site, &seen);
    println!("{name}: kills {KILLS}; {}", summary(&seen));
    verdict.assert_clean(name);
}

/// The moment of a kill: somewhere in a start, or so many deliveries or decisions after it. Only
/// the last shows that a router had begun to work; so it is the most frequent.
fn await_moment(dice: &mut Dice, victim: &mut Herald, load: &Load, site: &Site) {
    match dice.below(6) {
        0 => {}
        1 | 2 => {
            victim.await_ready();
            load.await_more(1 + dice.below(20));
        }
        _ => {
            victim.await_ready();
            let reader = site.reader();
            let goal = reader.written("incident.decisions") + 1 + i64::from(dice.below(40));
            await_that("decisions are made", GOES_ON_IN, || {
                load.assert_well();
                (reader.written("incident.decisions") >= goal).then_some(())
            });
        }
    }
    // Anywhere in what it is doing; nothing waits for this to have passed.
    std::thread::sleep(Duration::from_micros(u64::from(dice.below(300_000))));
}

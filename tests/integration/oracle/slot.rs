//! Two processes with one slot's name: one goes on, the other ends and says why.

use std::time::Duration;

use super::{heavy, settled};
use crate::fixture::await_that::await_that;
use crate::fixture::herald::Role;
use crate::fixture::load::Load;
use crate::fixture::seed::Dice;
use crate::fixture::site::Site;

const ONE_ENDS_IN: Duration = Duration::from_mins(3);

#[test]
fn of_two_processes_with_one_slot_one_ends_and_says_why() {
    let _one = heavy();
    let name = "slot-twice";
    let mut dice = Dice::thrown(name);
    let site = Site::shared(name);
    let mut intake = site.herald("intake-1", Role::Intake);
    intake.start_ready();
    let mut first = site.herald("slot-1", Role::Router);
    first.start_ready();
    let load = Load::start(&site, &[intake.addresses_file()], &mut dice);
    load.await_more(50);
    let mut second = site.rival("slot-1", Role::Router);
    second.start();
    let (first_ended, status) = await_that("one of the two ends", ONE_ENDS_IN, || {
        first.exited().map(|status| (true, status)).or_else(|| second.exited().map(|status| (false, status)))
    });
    let (ended, stays) = if first_ended { (&mut first, &mut second) } else { (&mut second, &mut first) };
    assert!(!status.success(), "an end that nobody asked for is a failure: {status}");
    let said = ended.output();
    assert!(said.contains("slot-1"), "it names the slot that is taken:\n{said}");
    ended.await_exit();
    stays.await_ready();
    load.await_more(50);
    let seen = load.finish();
    settled(&site, &seen).assert_clean(name);
    assert!(stays.exited().is_none(), "the other goes on");
}

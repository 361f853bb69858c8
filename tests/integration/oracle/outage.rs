//! Kafka falls silent, dies and returns, under load. Senders hear 503 with Retry-After and try
//! again; Herald recovers without a restart.

use std::time::{Duration, Instant};

use super::{heavy, settled, summary};
use crate::fixture::await_that::await_that;
use crate::fixture::cluster::Cluster;
use crate::fixture::herald::Role;
use crate::fixture::load::Load;
use crate::fixture::seed::Dice;
use crate::fixture::site::Site;

/// Longer than a transaction's, a session's and a delivery's time-outs.
const OUTAGE: Duration = Duration::from_secs(20);
/// With `HERALD_LONG_TESTS=1`: longer than any time-out of the clients.
const LONG_OUTAGE: Duration = Duration::from_mins(3);
const RECOVERS_IN: Duration = Duration::from_mins(2);

#[test]
fn an_outage_of_kafka_is_waited_out() {
    let _one = heavy();
    let name = "outage";
    let long = std::env::var_os("HERALD_LONG_TESTS").is_some();
    let outage = if long { LONG_OUTAGE } else { OUTAGE };
    let mut dice = Dice::thrown(name);
    let mut kafka = Cluster::start(name);
    let site = Site::own(name, &kafka);
    let mut herald = site.herald("slot-1", Role::All);
    herald.start_ready();
    let pid = herald.pid();
    let load = Load::start(&site, &[herald.addresses_file()], &mut dice);
    load.await_more(100);

    // Half of it silent, half of it gone. The length of an outage is what is tested, not awaited.
    kafka.pause();
    let began = Instant::now();
    std::thread::sleep(outage / 2);
    kafka.kill();
    std::thread::sleep(outage.saturating_sub(began.elapsed()));
    kafka.up();
    let returned = Instant::now();
    load.await_more(100);
    let accepted_after = returned.elapsed();

    let seen = load.finish();
    assert!(seen.answers.get(&503).is_some_and(|count| *count > 0), "nobody heard 503: {}", summary(&seen));
    await_that("it is ready again", RECOVERS_IN, || herald.readyz().filter(|(status, _)| *status == 200));
    let verdict = settled(&site, &seen);
    println!("{name}: away {outage:?}, 100 more accepted {accepted_after:?} after; {}", summary(&seen));
    verdict.assert_clean(name);
    assert!(herald.exited().is_none() && herald.pid() == pid, "it did not go on by itself");
}

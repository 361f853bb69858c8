//! The consumer group is not what Herald remembers by: it may be deleted in the middle of a story.

use std::time::Duration;

use rdkafka::admin::AdminOptions;
use rdkafka::types::RDKafkaErrorCode;

use super::{heavy, settled};
use crate::fixture::await_that::await_that;
use crate::fixture::herald::Role;
use crate::fixture::kafka::runtime;
use crate::fixture::load::Load;
use crate::fixture::read::admin;
use crate::fixture::seed::Dice;
use crate::fixture::site::Site;

/// A member that is gone stays in the group until its session has ended.
const EMPTY_IN: Duration = Duration::from_mins(1);

#[test]
fn a_deleted_consumer_group_sends_nothing_again() {
    let _one = heavy();
    let name = "group-deleted";
    let mut dice = Dice::thrown(name);
    let site = Site::shared(name);
    let mut herald = site.herald("slot-1", Role::All);
    herald.start_ready();
    let load = Load::start(&site, &[herald.addresses_file()], &mut dice);
    load.await_more(150);
    // Killed, its member would stay until its session has ended; Kafka deletes empty groups only.
    assert!(herald.terminate().success());
    let admin = admin(&site.servers);
    let deleted = await_that("the group is empty", EMPTY_IN, || {
        let options = AdminOptions::new();
        let mut results = runtime().block_on(admin.delete_groups(&[&site.group], &options)).unwrap();
        match results.pop() {
            Some(Err((_, RDKafkaErrorCode::NonEmptyGroup))) => None,
            other => Some(other),
        }
    });
    assert!(matches!(deleted, Some(Ok(_))), "{deleted:?}");
    herald.start_ready();
    load.await_more(150);
    let seen = load.finish();
    settled(&site, &seen).assert_clean(name);
}

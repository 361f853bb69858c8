//! The consumer group is not what Herald remembers by: it may be deleted in the middle of a story.

use rdkafka::admin::AdminOptions;

use super::{heavy, settled};
use crate::fixture::herald::Role;
use crate::fixture::kafka::runtime;
use crate::fixture::load::Load;
use crate::fixture::read::admin;
use crate::fixture::seed::Dice;
use crate::fixture::site::Site;

#[test]
fn a_deleted_consumer_group_sends_nothing_again() {
    let _one = heavy();
    let name = "group-deleted";
    let mut dice = Dice::thrown(name);
    let site = Site::shared(name);
    let mut herald = site.herald("slot-1", Role::All);
    herald.start_ready();
    let load = Load::start(&site, &[herald.addresses_file()], &mut dice);
    load.await_more(300);
    // Killed, its member would stay until its session has ended; Kafka deletes empty groups only.
    assert!(herald.terminate().success());
    let deleted = runtime().block_on(async {
        let admin = admin(&site.servers);
        loop {
            let mut results = admin.delete_groups(&[&site.group], &AdminOptions::new()).await.unwrap();
            match results.pop() {
                Some(Err((_, rdkafka::types::RDKafkaErrorCode::NonEmptyGroup))) => {}
                other => break other,
            }
        }
    });
    assert!(matches!(deleted, Some(Ok(_))), "{deleted:?}");
    herald.start_ready();
    load.await_more(300);
    let seen = load.finish();
    settled(&site, &seen).assert_clean(name);
}

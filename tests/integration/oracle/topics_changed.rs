//! Topics that no longer are what the state was built from: refused, with the remedy, never
//! silently begun anew.

use std::time::Duration;

use rdkafka::admin::{AdminOptions, NewPartitions};

use super::heavy;
use crate::fixture::await_that::await_that;
use crate::fixture::herald::{Herald, Role};
use crate::fixture::kafka::runtime;
use crate::fixture::load::Load;
use crate::fixture::read::admin;
use crate::fixture::seed::Dice;
use crate::fixture::site::{PARTITIONS, Site};

const REFUSED_IN: Duration = Duration::from_mins(2);

#[test]
fn a_grown_event_topic_is_refused() {
    let _one = heavy();
    let (site, mut herald) = told_something("topic-grown");
    runtime().block_on(async {
        let topic = format!("{}incident.events", site.prefix);
        let more = NewPartitions::new(&topic, PARTITIONS as usize + 2);
        let grown = admin(&site.servers).create_partitions(&[more], &AdminOptions::new()).await.unwrap();
        assert!(grown.iter().all(Result::is_ok), "{grown:?}");
    });
    herald.start();
    refuses(&mut herald, "partitions");
}

#[test]
fn an_event_topic_made_anew_is_refused() {
    let _one = heavy();
    let (site, mut herald) = told_something("topic-recreated");
    let topic = format!("{}incident.events", site.prefix);
    runtime().block_on(async {
        let gone = admin(&site.servers).delete_topics(&[&topic], &AdminOptions::new()).await.unwrap();
        assert!(gone.iter().all(Result::is_ok), "{gone:?}");
    });
    await_that("the topic is gone", REFUSED_IN, || {
        (!site.reader().topics().contains_key("incident.events")).then_some(())
    });
    // It makes what is missing, and then sees that it is not what it folded.
    herald.start();
    refuses(&mut herald, "offset");
}

/// A Herald that has folded something, stopped.
fn told_something(name: &str) -> (Site, Herald) {
    let mut dice = Dice::thrown(name);
    let site = Site::shared(name);
    let mut herald = site.herald("slot-1", Role::All);
    herald.start_ready();
    let load = Load::start(&site, &[herald.addresses_file()], &mut dice);
    load.await_more(50);
    let seen = load.finish();
    super::settled(&site, &seen).assert_clean(name);
    assert!(herald.terminate().success());
    (site, herald)
}

/// It says what is wrong and what to do, where people look: in its output, and at `/readyz` for
/// as long as it answers there.
fn refuses(herald: &mut Herald, word: &str) {
    let mut unready = None;
    let ended = await_that("it refuses", REFUSED_IN, || {
        unready = herald.readyz().filter(|(status, _)| *status != 200).or(unready.take());
        let refused = herald.output().contains("herald topics");
        herald.exited().map(Some).or_else(|| refused.then_some(None))
    });
    let said = herald.output();
    assert!(ended.is_none_or(|status| !status.success()), "it ended as if all were well");
    assert!(said.contains(word) && said.contains("herald topics"), "no {word:?} or remedy in:\n{said}");
    if let Some((status, text)) = unready {
        assert_eq!(status, 503, "{text}");
    }
}

//! Two runs told alike, to the byte.

use std::collections::BTreeMap;

use herald::core::record::topics;

use super::read_by_people;
use crate::fixture::read::{Reader, Record};

/// Topic and partition → what people and decisions say, as subscribers get it.
pub(super) fn told(reader: &Reader) -> BTreeMap<(String, i32), Vec<Record>> {
    let mut names = read_by_people(reader);
    names.push(topics::DECISIONS.to_owned());
    let mut told = BTreeMap::<_, Vec<Record>>::new();
    for record in reader.read(&names) {
        told.entry((record.topic.clone(), record.partition)).or_default().push(record);
    }
    told
}

/// Key, time, headers and value, byte by byte. Only their offsets differ, for a transaction's end and
/// what was aborted take some.
pub(super) fn same(place: &(String, i32), alone: &[Record], killed: &[Record]) {
    let ids = |records: &[Record]| -> Vec<String> {
        records
            .iter()
            .map(|record| format!("{} {}", record.headers["ce_id"], record.headers["ce_type"]))
            .collect()
    };
    assert_eq!(ids(alone), ids(killed), "{place:?}");
    for (one, other) in alone.iter().zip(killed) {
        assert_eq!((&one.key, one.at, &one.headers), (&other.key, other.at, &other.headers), "{place:?}");
        let text = |record: &Record| String::from_utf8(record.payload.clone().unwrap()).unwrap();
        assert_eq!(text(one), text(other), "{place:?}");
    }
}

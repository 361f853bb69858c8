//! What stands on `incident.rejected`.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::core::record::topics;
use crate::core::rejected::Rejected;
use crate::kafka::reader::{From, Reader};
use crate::kafka::settings::KafkaSettings;

/// Without a record for so long, Kafka does not answer.
const QUIET: Duration = Duration::from_secs(30);

/// One of them. The same delivery, sent again, has the same id.
pub(super) struct Found {
    pub(super) rejected: Rejected,
    pub(super) times: usize,
}

/// Those that are wanted, the oldest first.
pub(super) fn read(
    settings: &KafkaSettings,
    wanted: impl Fn(&Rejected) -> bool,
) -> anyhow::Result<Vec<Found>> {
    let mut reader = Reader::open(settings, &[topics::REJECTED], From::Beginning)?;
    let mut found: BTreeMap<String, Found> = BTreeMap::new();
    let mut unreadable = 0_usize;
    reader.each_to_end(QUIET, &mut |record| {
        let Some(payload) = record.payload.as_deref() else { return };
        match serde_json::from_slice::<Rejected>(payload) {
            Ok(rejected) if wanted(&rejected) => {
                let again = found.entry(rejected.id.clone()).or_insert(Found { rejected, times: 0 });
                again.times += 1;
            }
            Ok(_) => {}
            Err(_) => unreadable += 1,
        }
    })?;
    if unreadable > 0 {
        eprintln!("herald: {unreadable} records can't be read by this version");
    }
    let mut found: Vec<Found> = found.into_values().collect();
    found.sort_by_key(|found| found.rejected.received_at);
    Ok(found)
}

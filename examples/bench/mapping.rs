//! What a mapping costs beside an adapter: one body, read by both in this process, in turns.

use std::hint::black_box;
use std::path::Path;

use anyhow::{Result, anyhow, ensure};
use herald::core::ids;
use herald::core::sources::{Delivery, Read, Reader, SourceKind};
use herald::core::vocabulary::AuthKind;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::body::{DELIVERY, INCIDENT, PagerDuty};
use crate::meter::{Stopwatch, median, micros_each};
use crate::table::{self, Table, Target};

/// Cost of the mapping over that of the adapter.
const RATIO_MAX: f64 = 1.5;

/// PagerDuty's incidents, read as its adapter reads them.
const MAPPING: &str = r##"
tool: PagerDuty
event:
  id: { from: /event/data/id }
  delivery_id: /event/id
  type: /event/event_type
  stage: { from: /event/event_type, lookup: { incident.triggered: triggered, incident.acknowledged: acknowledged, incident.resolved: resolved } }
  title: /event/data/title
  priority: /event/data/priority/summary
  urgency: /event/data/urgency
  reference: { text: "#{/event/data/number}" }
  dedup_key: /event/data/incident_key
  services: /event/data/service/summary
  teams: /event/data/teams/*/summary
  occurred_at: /event/occurred_at
  started_at: /event/data/created_at
  labels: { incident_type: /event/data/incident_type/name, escalation_policy: /event/data/escalation_policy/summary }
  links: { incident: /event/data/html_url, bridge: /event/data/conference_bridge/conference_url }
"##;

/// How much is measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Extent {
    /// Rounds of each.
    pub(crate) rounds: usize,
    /// Bodies of each round.
    pub(crate) bodies: u64,
}

/// Measures both, and prints; the figures as JSON.
pub(crate) fn run(extent: Extent) -> Result<(Value, Vec<Target>)> {
    let body = PagerDuty::TRIGGERED.webhook().body;
    let body = body.replace(INCIDENT, "0123456789ABCDEF").replace(DELIVERY, "0123456789ABCDEF");
    let mapping = herald::mapping::load_text("bench.yaml", MAPPING, Path::new("."));
    let mapping = Reader::Mapping(mapping.map_err(|problems| anyhow!("{problems}"))?.mapping);
    let adapter = Reader::Kind(SourceKind::PagerDuty);
    println!(
        "Reading one PagerDuty body of {} bytes: CPU for each, {} bodies a round\n",
        body.len(),
        extent.bodies
    );
    let (mut typed, mut mapped, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    round(&adapter, &body, extent.bodies / 4)?;
    round(&mapping, &body, extent.bodies / 4)?;
    for _ in 0..extent.rounds {
        let (one, other) = (round(&adapter, &body, extent.bodies)?, round(&mapping, &body, extent.bodies)?);
        typed.push(one);
        mapped.push(other);
        ratios.push(other / one);
    }
    let (one, other, ratio) = (median(&typed), median(&mapped), median(&ratios));
    let mut table = Table::new(&["", "adapter", "mapping", "ratio"]);
    table.row(&["median".to_owned(), table::micros(one), table::micros(other), table::times(ratio)]);
    table.print();
    let figures = json!({ "adapter_cpu_us": typed, "mapping_cpu_us": mapped, "ratio_median": ratio });
    let target = Target {
        what: "a custom mapping beside the typed adapter, the same body".to_owned(),
        wanted: format!("at most {}", table::times(RATIO_MAX)),
        found: table::times(ratio),
        met: ratio <= RATIO_MAX,
    };
    Ok((figures, vec![target]))
}

/// CPU microseconds for each body.
fn round(reader: &Reader, body: &str, count: u64) -> Result<f64> {
    let body_sha256 = ids::body_sha256(body.as_bytes());
    let delivery = Delivery {
        source: "bench",
        headers: &[],
        content_type: "application/json",
        body: body.as_bytes(),
        body_sha256: &body_sha256,
        received_at: Timestamp::now(),
        auth: AuthKind::Signature,
        key_id: Some("0"),
        parts_max: 1,
    };
    let is_read = matches!(reader.read(&delivery), Read::Events(events) if events[0].title.is_some());
    ensure!(is_read, "the body is not read");
    let watch = Stopwatch::start();
    for _ in 0..count {
        black_box(reader.read(black_box(&delivery)));
    }
    Ok(micros_each(watch.read(), count))
}

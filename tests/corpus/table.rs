//! What came of all bodies, sender by sender.

use std::collections::BTreeMap;
use std::fmt;

use herald::core::vocabulary::EventType;

use crate::outline::Answer;

#[derive(Debug, Default)]
struct Row {
    bodies: usize,
    accepted: usize,
    other: usize,
    handshakes: usize,
    rejected: usize,
    reasons: BTreeMap<String, usize>,
}

/// See the module's text.
#[derive(Debug, Default)]
pub(crate) struct Table(BTreeMap<String, Row>);

impl Table {
    pub(crate) fn add(&mut self, sender: &str, answer: &Answer) {
        for name in [sender, "~ all"] {
            let row = self.0.entry(name.to_owned()).or_default();
            row.bodies += 1;
            match (&answer.rejected, answer.events.as_slice()) {
                (Some(rejected), _) => {
                    row.rejected += 1;
                    *row.reasons.entry(rejected.reason.clone()).or_default() += 1;
                }
                (None, _) if !(200..300).contains(&answer.status) => {
                    row.rejected += 1;
                    *row.reasons.entry(answer.status.to_string()).or_default() += 1;
                }
                (None, []) => row.handshakes += 1,
                (None, events) if events.iter().all(|event| event.event_type == EventType::Other) => {
                    row.other += 1;
                }
                (None, _) => row.accepted += 1,
            }
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<26} bodies accepted other handshake rejected", "sender")?;
        for (sender, row) in &self.0 {
            let reasons: Vec<_> =
                row.reasons.iter().map(|(reason, count)| format!("{reason} {count}")).collect();
            writeln!(
                f,
                "{sender:<26} {:>6} {:>8} {:>5} {:>9} {:>8}  {}",
                row.bodies,
                row.accepted,
                row.other,
                row.handshakes,
                row.rejected,
                reasons.join(", ")
            )?;
        }
        Ok(())
    }
}

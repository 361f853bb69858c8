//! What comes out: decisions and notifications, read from Kafka as any subscriber reads them.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use anyhow::bail;

use super::super::follow;
use crate::app::Running;
use crate::core::decision::{DecisionRecord, Outcome};
use crate::core::notification::{Cause, Notification};
use crate::core::record::topics;
use crate::kafka::reader::{From, Reader};

/// Everything read so far, in the order of arrival.
pub(super) struct Watch {
    reader: Reader,
    pub(super) notifications: Vec<Notification>,
    pub(super) decisions: Vec<DecisionRecord>,
    /// Notifications that the screen has shown.
    shown: BTreeSet<String>,
}

impl Watch {
    pub(super) fn open(running: &Running) -> anyhow::Result<Self> {
        let kafka = running.addresses().kafka_settings();
        let reader = follow::open(&kafka, &follow::topics(&kafka)?, From::Beginning)?;
        Ok(Self { reader, notifications: Vec::new(), decisions: Vec::new(), shown: BTreeSet::new() })
    }

    /// Takes in what comes within this time.
    pub(super) fn gather(&mut self, wait: Duration) -> anyhow::Result<()> {
        let until = Instant::now() + wait;
        while let Some(record) = self.reader.next(until.saturating_duration_since(Instant::now()))? {
            let Some(payload) = record.payload else { continue };
            if record.topic == topics::DECISIONS {
                self.decisions.push(serde_json::from_slice(&payload)?);
            } else {
                self.notifications.push(serde_json::from_slice(&payload)?);
            }
        }
        Ok(())
    }

    /// Waits until these events were decided on, and until every message so decided has arrived.
    pub(super) fn until_decided(&mut self, events: &[String], wait: Duration) -> anyhow::Result<()> {
        let until = Instant::now() + wait;
        while !(events.iter().all(|event| self.decision_on(event).is_some()) && self.complete()) {
            if Instant::now() > until {
                bail!("no decision on {} within {} s", events.join(", "), wait.as_secs());
            }
            self.gather(Duration::from_millis(10))?;
        }
        Ok(())
    }

    /// The decision on an event.
    pub(super) fn decision_on(&self, event: &str) -> Option<&DecisionRecord> {
        self.decisions
            .iter()
            .find(|record| matches!(&record.caused_by, Cause::Event { event: id, .. } if id == event))
    }

    /// Has every message that a decision names arrived?
    pub(super) fn complete(&self) -> bool {
        let mut told =
            self.decisions.iter().flat_map(|record| record.audiences.values()).flat_map(|outcome| {
                match outcome {
                    Outcome::Told { told } => told.as_slice(),
                    Outcome::NotTold { .. } => &[],
                }
            });
        told.all(|id| self.notifications.iter().any(|notification| notification.id == *id))
    }

    /// Messages that were not shown yet, of one cause or of any, in the order of the decision;
    /// they count as shown from now on.
    pub(super) fn take(&mut self, cause: Option<&str>) -> Vec<Notification> {
        let of_cause = |message: &&Notification| match (cause, &message.caused_by) {
            (Some(id), Cause::Event { event, .. }) => event == id,
            (Some(_), Cause::Timer { .. }) => false,
            (None, cause) => matches!(cause, Cause::Timer { .. }),
        };
        let mut taken: Vec<Notification> = self
            .notifications
            .iter()
            .filter(|message| !self.shown.contains(&message.id))
            .filter(of_cause)
            .cloned()
            .collect();
        taken.sort_by_key(|message| message.decided_at);
        self.shown.extend(taken.iter().map(|message| message.id.clone()));
        taken
    }
}

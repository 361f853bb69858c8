//! Who waits for which decision. Whoever reads `incident.decisions` brings each one here; nothing is
//! remembered but those who wait, and only so many of them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::core::decision::DecisionRecord;
use crate::core::notification::Cause;

/// Most that wait at once, in one process. Whoever comes then is answered 202 at once.
const WAITERS_MAX: usize = 1_000;

/// See the module's text.
#[derive(Debug, Default)]
pub struct Verdicts(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    /// Incident → event → who asked.
    by_incident: HashMap<String, Vec<Asked>>,
    count: usize,
    /// No more are taken: the process stops.
    closed: bool,
    /// Tells apart those who wait for the same event.
    next: u64,
}

#[derive(Debug)]
struct Asked {
    event: String,
    number: u64,
    tell: oneshot::Sender<DecisionRecord>,
}

/// One who waits; forgotten when dropped.
#[derive(Debug)]
pub(super) struct Waiter {
    verdicts: Arc<Verdicts>,
    incident: String,
    number: u64,
    told: oneshot::Receiver<DecisionRecord>,
}

impl Verdicts {
    /// Waits for the decision on an event. To be asked before the event is stored, so that its
    /// decision can't come earlier. None where too many wait, or none may any more.
    pub(super) fn wait(self: &Arc<Self>, incident: &str, event: &str) -> Option<Waiter> {
        let mut waiting = self.lock();
        if waiting.closed || waiting.count >= WAITERS_MAX {
            return None;
        }
        let (tell, told) = oneshot::channel();
        let number = waiting.next;
        waiting.next += 1;
        waiting.count += 1;
        let asked = Asked { event: event.to_owned(), number, tell };
        waiting.by_incident.entry(incident.to_owned()).or_default().push(asked);
        drop(waiting);
        Some(Waiter { verdicts: Arc::clone(self), incident: incident.to_owned(), number, told })
    }

    /// Does anybody wait for a decision on this incident? Asked for every record, so that those
    /// nobody waits for are not even parsed.
    pub fn is_awaited(&self, incident: &str) -> bool {
        let waiting = self.lock();
        waiting.count > 0 && waiting.by_incident.contains_key(incident)
    }

    /// A decision has come.
    pub fn decided(&self, decision: &DecisionRecord) {
        let Cause::Event { event, .. } = &decision.caused_by else { return };
        let mut waiting = self.lock();
        let Some(list) = waiting.by_incident.get_mut(&decision.incident) else { return };
        let (told, rest): (Vec<Asked>, Vec<Asked>) =
            std::mem::take(list).into_iter().partition(|asked| asked.event == *event);
        if rest.is_empty() {
            waiting.by_incident.remove(&decision.incident);
        } else {
            *list = rest;
        }
        waiting.count -= told.len();
        drop(waiting);
        for asked in told {
            // Whoever has gone meanwhile need not be told.
            let _ = asked.tell.send(decision.clone());
        }
    }

    /// The process stops: those who wait are let go, and no more are taken.
    pub(in crate::http) fn close(&self) {
        let mut waiting = self.lock();
        waiting.closed = true;
        waiting.count = 0;
        waiting.by_incident.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiter {
    /// The decision; none where no more are waited for.
    pub(super) async fn decision(&mut self) -> Option<DecisionRecord> {
        (&mut self.told).await.ok()
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        let mut waiting = self.verdicts.lock();
        let Some(list) = waiting.by_incident.get_mut(&self.incident) else { return };
        let before = list.len();
        list.retain(|asked| asked.number != self.number);
        let (gone, empty) = (before - list.len(), list.is_empty());
        if empty {
            waiting.by_incident.remove(&self.incident);
        }
        waiting.count -= gone;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn decision(incident: &str, event: &str) -> DecisionRecord {
        serde_json::from_value(json!({
            "schema": "decision/1", "id": "d-1", "incident": incident, "caused_by": {"event": event},
            "at": "2026-04-01T00:00:00Z", "input": {"partition": 0, "offset": 1}, "policy": "p@1",
        }))
        .expect("a decision")
    }

    #[tokio::test]
    async fn those_who_wait_are_told_and_forgotten() {
        let verdicts = Arc::new(Verdicts::default());
        let mut one = verdicts.wait("i-1", "e-1").expect("room");
        let mut same = verdicts.wait("i-1", "e-1").expect("room");
        let mut other = verdicts.wait("i-1", "e-2").expect("room");
        assert!(verdicts.is_awaited("i-1") && !verdicts.is_awaited("i-2"));
        verdicts.decided(&decision("i-2", "e-1"));
        verdicts.decided(&decision("i-1", "e-1"));
        assert!(one.decision().await.is_some() && same.decision().await.is_some());
        assert!(other.told.try_recv().is_err());
        drop((one, same));
        assert_eq!(verdicts.lock().count, 1);
        verdicts.close();
        assert!(other.decision().await.is_none());
        assert!(verdicts.wait("i-1", "e-3").is_none());
        drop(other);
        assert_eq!(verdicts.lock().count, 0);
    }

    #[test]
    fn only_so_many_wait() {
        let verdicts = Arc::new(Verdicts::default());
        let mut held: Vec<_> = (0..WAITERS_MAX).map(|_| verdicts.wait("i-1", "e-1")).collect();
        assert!(held.iter().all(Option::is_some) && verdicts.wait("i-2", "e-2").is_none());
        held.pop();
        assert!(verdicts.wait("i-2", "e-2").is_some());
        drop(held);
        let waiting = verdicts.lock();
        assert_eq!((waiting.count, waiting.by_incident.len()), (0, 0));
    }
}

//! From records to what the judge reads: the log, and each decision with what followed from it.

use super::{Record, Recording, is_read_by_people};
use crate::core::decision::{DecisionRecord, InputPlace};
use crate::core::event::Event;
use crate::core::notification::{Cause, Notification};
use crate::core::record::topics;
use crate::core::vocabulary::Reason;
use crate::message::Message;
use crate::play::{Op, Out};
use crate::tale::Tale;

/// The log, and each decision with what was published because of it.
pub(super) struct Heard {
    pub(super) ops: Vec<Op>,
    pub(super) decided: Vec<(Out, Vec<Message>)>,
    /// What no decision accounts for.
    pub(super) strays: Vec<Message>,
}

impl Recording {
    pub(super) fn heard(&self, tale: &Tale) -> Result<Heard, String> {
        let decisions =
            self.on(topics::DECISIONS).map(Record::read).collect::<Result<Vec<DecisionRecord>, _>>()?;
        let ops = self.ops(tale, &decisions)?;
        let mut messages = self.messages()?;
        let mut decided = Vec::with_capacity(decisions.len());
        for decision in decisions {
            let is_its = |op: &Op| matches!(op, Op::Fold { offset, .. } if *offset == decision.input.offset);
            let Some(op) = ops.iter().position(is_its) else {
                return Err(format!("the decision {} is on nothing that stands on the log", decision.id));
            };
            let (own, others) = messages.into_iter().partition(|message| is_because_of(message, &decision));
            messages = others;
            let out = Out {
                op,
                policy: place(tale, &decision.policy)?,
                incident: decision.incident.clone(),
                notices: Vec::new(),
                events: handed_over(&ops, op, &decision),
                // Of several states in one transaction only the last is written.
                state_written: false,
                record: Some(decision),
            };
            decided.push((out, own));
        }
        Ok(Heard { ops, decided, strays: messages })
    }

    /// The log, with a load before the first event that another policy decided on.
    fn ops(&self, tale: &Tale, decisions: &[DecisionRecord]) -> Result<Vec<Op>, String> {
        let (mut ops, mut in_force) = (Vec::new(), 0);
        for line in self.on(topics::EVENTS) {
            let here = InputPlace { partition: 0, offset: line.offset };
            if let Some(decision) = decisions.iter().find(|decision| decision.input == here) {
                let policy = place(tale, &decision.policy)?;
                if policy != in_force {
                    ops.push(Op::Load { policy, at: line.at });
                    in_force = policy;
                }
            }
            let event = Box::new(line.read::<Event>()?);
            ops.push(Op::Fold { event, at: line.at, offset: line.offset });
        }
        Ok(ops)
    }

    fn messages(&self) -> Result<Vec<Message>, String> {
        let read = self.records.iter().filter(|record| is_read_by_people(&record.topic));
        read.map(|record| Ok(Message::new(&record.topic, record.read::<Notification>()?))).collect()
    }
}

/// A policy of the tale, by its version.
fn place(tale: &Tale, version: &str) -> Result<usize, String> {
    let found = tale.policies.iter().position(|made| made.policy.version == version);
    found.ok_or_else(|| format!("nobody loaded the policy {version}"))
}

fn is_because_of(message: &Message, decision: &DecisionRecord) -> bool {
    let says = &message.says;
    (&says.incident.id, says.decided_at, &says.caused_by)
        == (&decision.incident, decision.at, &decision.caused_by)
}

/// The events of Herald's own that this decision appended: of a merge, or of a hand-over that is
/// passed on. One that is handed back finds its readers on their way.
fn handed_over(ops: &[Op], op: usize, decision: &DecisionRecord) -> Vec<Event> {
    let Some(Op::Fold { event: cause, .. }) = ops.get(op) else { return Vec::new() };
    let is_own = matches!(&decision.caused_by, Cause::Event { event, .. } if *event == cause.id);
    let merges =
        |target: &str| cause.adopt.is_some() || cause.incident.merged_into.as_deref() == Some(target);
    let after =
        ops[op..].iter().filter_map(|op| if let Op::Fold { event, .. } = op { Some(event) } else { None });
    let own = after.filter(|event| {
        event.received_at == decision.at
            && event.adopt.as_ref().is_some_and(|adopt| adopt.path.last() == Some(&decision.incident))
            && merges(&event.incident.id)
    });
    own.filter(|_| is_own && decision.reason != Some(Reason::Duplicate))
        .map(|event| Event::clone(event))
        .collect()
}

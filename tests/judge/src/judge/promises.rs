//! A promised update that was not made is told to the owning lead, once per promise (invariant 11).

use crate::core::vocabulary::{Kind, Lead};
use jiff::Timestamp;

use super::scene::Scene;
use super::{Case, Judge};
use crate::message::Message;

impl Judge {
    pub(super) fn promises(&mut self, case: &Case<'_>, scene: &Scene) {
        for message in case.messages.iter().filter(|message| message.kind() == Kind::UpdateOverdue) {
            self.overdue(message, case);
        }
        let held = case.held || self.hold_until.is_some_and(|until| case.at <= until);
        let incident = &case.out.incident;
        for thread in self.threads.values_mut().filter(|thread| thread.lives_in.as_ref() == Some(incident)) {
            // Who may not hear any more waits for nothing but the end.
            let waived = held
                || scene.is_secret_to(&thread.audience, case.plan)
                || scene.is_without_impact_to(&thread.audience)
                || scene.is_drill(case.plan)
                || thread.topic.starts_with("drill.");
            if let Some(promise) = thread.promise.as_mut().filter(|_| waived) {
                promise.waived = true;
            }
        }
    }

    /// A note to the lead: of a promise, once, to whom it concerns, and not before its time.
    fn overdue(&mut self, message: &Message, case: &Case<'_>) {
        for item in &message.says.about {
            let due = item.due_at.unwrap_or(Timestamp::MAX);
            if due > case.at {
                self.broken(11, format!("{} is about what is due at {due}", message.words()));
            }
            let names: Vec<Option<String>> = if item.addressees.is_empty() {
                vec![None]
            } else {
                item.addressees.iter().cloned().map(Some).collect()
            };
            for name in names {
                let key = (
                    case.out.incident.clone(),
                    item.audience.clone(),
                    name.clone().unwrap_or_default(),
                    due.to_string(),
                );
                if !self.overdue.insert(key) {
                    self.broken(
                        11,
                        format!("{} tells of {} due at {due} a second time", message.words(), item.audience),
                    );
                }
                let incident = &case.out.incident;
                for thread in self.threads.values_mut().filter(|thread| {
                    thread.audience == item.audience
                        && thread.lives_in.as_ref() == Some(incident)
                        && thread.addressee.as_ref().map(|(_, name)| name) == name.as_ref()
                }) {
                    if let Some(promise) =
                        thread.promise.as_mut().filter(|promise| due <= promise.due && due > promise.made_at)
                    {
                        promise.told = true;
                    }
                }
            }
            let engineers = item.audience.starts_with("engineers");
            let lead = if engineers { Lead::Communications } else { Lead::BusinessResponse };
            if message.topic != format!("leads.{lead}") {
                self.broken(
                    11,
                    format!("{} is on {}, and {lead} owns {}", message.words(), message.topic, item.audience),
                );
            }
        }
    }

    /// While a backlog is folded nothing goes out; what is overdue then is told when it ends.
    pub(super) fn waive_until(&mut self, until: Timestamp) {
        for promise in self.threads.values_mut().filter_map(|thread| thread.promise.as_mut()) {
            promise.waived |= promise.due <= until;
        }
    }

    /// Promises of this incident whose time had passed before now.
    pub(super) fn broken_by(&mut self, at: Timestamp, incident: &str) {
        let mut found = Vec::new();
        for thread in self.threads.values_mut().filter(|thread| {
            thread.open && thread.joined.is_none() && thread.lives_in.as_deref() == Some(incident)
        }) {
            let reader = thread.reader();
            if let Some(promise) =
                thread.promise.as_mut().filter(|promise| promise.due < at && !promise.told && !promise.waived)
            {
                promise.told = true;
                found.push(format!(
                    "{reader} of {incident} was promised news by {} and got none, and the lead was not told",
                    promise.due
                ));
            }
        }
        for words in found {
            self.broken(11, words);
        }
    }

    pub(super) fn promises_at_the_end(&mut self) {
        let incidents: Vec<String> = self.scenes.keys().cloned().collect();
        for incident in incidents {
            self.broken_by(Timestamp::MAX, &incident);
        }
    }
}

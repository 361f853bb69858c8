//! Decision records: why each audience was, or was not, told.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::state::{IncidentState, Valued};
use crate::core::decision::{BeforeAfter, DecisionRecord, Graded, InputPlace, Outcome, SCHEMA};
use crate::core::event::Event;
use crate::core::ids;
use crate::core::notification::Cause;
use crate::core::policy::{Audience, Policy};
use crate::core::vocabulary::Reason;

/// What every record of one decision shares.
pub(super) struct Reasons<'a> {
    pub(super) event: Option<&'a Event>,
    pub(super) cause: &'a Cause,
    pub(super) policy: &'a Policy,
    pub(super) place: InputPlace,
    pub(super) now: Timestamp,
}

impl Reasons<'_> {
    /// The event itself was the reason that nobody was told.
    pub(super) fn exit(&self, state: Option<&IncidentState>, reason: Reason) -> DecisionRecord {
        let incident = state.map(|state| state.id.clone());
        let incident =
            incident.or_else(|| self.event.map(|event| event.incident.id.clone())).unwrap_or_default();
        let key = state.map(|state| state.key.clone());
        let key = key.or_else(|| self.event.map(|event| event.incident.key.clone()));
        DecisionRecord { reason: Some(reason), ..self.blank(incident, key, state) }
    }

    /// Each audience has its own outcome.
    pub(super) fn record(
        &self,
        before: Option<&IncidentState>,
        after: &IncidentState,
        audiences: BTreeMap<String, Outcome>,
    ) -> DecisionRecord {
        let earlier = before.map(|state| &state.episode);
        DecisionRecord {
            stage: Some(BeforeAfter { before: earlier.map(|e| e.stage), after: Some(after.episode.stage) }),
            priority: Some(graded(earlier.map(|e| &e.priority), &after.episode.priority)),
            impact: Some(graded(earlier.map(|e| &e.impact), &after.episode.impact)),
            audiences,
            ..self.blank(after.id.clone(), Some(after.key.clone()), Some(after))
        }
    }

    fn blank(&self, incident: String, key: Option<String>, state: Option<&IncidentState>) -> DecisionRecord {
        let place = self.place;
        DecisionRecord {
            schema: SCHEMA.to_owned(),
            id: ids::decision(&incident, &self.cause.word(), place.partition, place.offset),
            incident,
            key,
            episode: state.map(|state| state.episode.id.clone()),
            caused_by: self.cause.clone(),
            at: self.now,
            input: place,
            stage: None,
            priority: None,
            impact: None,
            reason: None,
            audiences: BTreeMap::new(),
            warnings: self.event.map(|event| event.warnings.clone()).unwrap_or_default(),
            policy: self.policy.version.clone(),
        }
    }
}

fn graded<T: Copy>(before: Option<&Valued<T>>, after: &Valued<T>) -> Graded<T> {
    Graded {
        values: BeforeAfter { before: before.map(|valued| valued.current), after: Some(after.current) },
        provenance: after.provenance,
        rule: after.rule.clone(),
    }
}

/// The policy's audience of this name, under whatever name it goes now.
pub(super) fn audience<'p>(policy: &'p Policy, name: &str) -> Option<&'p Audience> {
    let renamed =
        || policy.audiences.iter().find(|audience| audience.formerly.iter().any(|former| former == name));
    policy.audience(name).map(|(_, audience)| audience).or_else(renamed)
}

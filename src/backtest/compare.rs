//! Two policies' decisions on the same step, held against each other.

use std::collections::{BTreeMap, HashMap};

use jiff::tz::TimeZone;

use super::report::{AudienceReport, Change, Compared, Example, Said};
use super::why::{classified, other_material, other_template, why};
use super::wording::{Difference, Wording, said_of};
use crate::core::decision::DecisionRecord;
use crate::core::incident::StateChange;
use crate::core::notification::{Cause, Notice};
use crate::core::policy::Policy;
use crate::core::shard::Step;
use crate::core::vocabulary::{Attention, Lifecycle};
use crate::story::{World, reader_of};

/// Most examples of threads whose incident is not over yet.
const PENDING_EXAMPLES_MAX: usize = 1_000;
/// Most causes told apart for one audience.
const CAUSES_MAX: usize = 30;
/// Most days told apart for one audience.
const DAYS_MAX: usize = 800;

/// One policy's world after a step, and what it decided in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Side<'a> {
    pub(super) world: &'a World,
    pub(super) steps: &'a [Step],
}

/// A reader's messages of one episode, where the two policies differ.
#[derive(Debug)]
struct Thread {
    audience: String,
    /// Messages under each policy.
    told: [u32; 2],
    /// The first that only one of them tells.
    why: String,
    example: Option<Box<Example>>,
}

/// What is known of an incident until both policies forget it.
#[derive(Debug, Default)]
struct Incident {
    episode: String,
    /// Was somebody told of the episode?
    told: [bool; 2],
    /// By the thread's id.
    threads: BTreeMap<String, Thread>,
}

/// See the module's text.
#[derive(Debug)]
pub(super) struct Comparison {
    wording: Wording,
    zone: TimeZone,
    examples_max: usize,
    incidents: HashMap<String, Incident>,
    pending: usize,
    found: Compared,
}

impl Comparison {
    pub(super) fn new(current: &Policy, proposed: &Policy, examples_max: usize) -> Self {
        Self {
            wording: Wording::new(current, proposed),
            zone: proposed.time_zone.clone(),
            examples_max,
            incidents: HashMap::new(),
            pending: 0,
            found: Compared::default(),
        }
    }

    /// Takes in what both decided in the same step.
    pub(super) fn take(&mut self, current: Side<'_>, proposed: Side<'_>) {
        let mut pairs: BTreeMap<&str, [Option<&Notice>; 2]> = BTreeMap::new();
        for (side, of) in [current, proposed].into_iter().enumerate() {
            for step in of.steps {
                if let Some(record) = &step.decision.record {
                    self.found.incidents.add(side, u64::from(has_begun(record)));
                }
                for notice in &step.decision.notices {
                    self.count(side, notice);
                    if let Some(place) = pairs.entry(&notice.id).or_default().get_mut(side) {
                        *place = Some(notice);
                    }
                }
            }
        }
        // In the order of ids, which is the same on every run.
        for pair in pairs.into_values() {
            match pair {
                [Some(one), Some(other)] => self.both(one, other, current, proposed),
                [Some(only), None] => self.only(0, only, current, proposed),
                [None, Some(only)] => self.only(1, only, current, proposed),
                [None, None] => {}
            }
        }
        for step in current.steps.iter().chain(proposed.steps) {
            let is_known = |side: Side<'_>| side.world.state(&step.incident).is_some();
            if step.decision.state == StateChange::Forget && !is_known(current) && !is_known(proposed) {
                self.end(&step.incident);
            }
        }
    }

    /// All that is still open counts too.
    pub(super) fn finish(mut self) -> Compared {
        let mut open: Vec<String> = self.incidents.keys().cloned().collect();
        open.sort();
        open.iter().for_each(|incident| self.end(incident));
        for audience in self.found.audiences.values_mut() {
            audience.examples.sort_by_key(|example| (example.change, example.at));
        }
        self.found
    }

    fn count(&mut self, side: usize, notice: &Notice) {
        let day = self.zone.to_datetime(notice.decided_at).date();
        let audience = self.found.audiences.entry(audience_of(notice)).or_default();
        audience.messages.add(side, 1);
        audience.interrupting.add(side, u64::from(notice.attention == Attention::Interrupt));
        if audience.days.len() < DAYS_MAX || audience.days.contains_key(&day) {
            audience.days.entry(day).or_default().add(side, 1);
        }
        if notice.kind.lifecycle() == Lifecycle::Lead {
            return;
        }
        let incident = match self.incidents.get_mut(&notice.incident_id) {
            Some(incident) => incident,
            None => self.incidents.entry(notice.incident_id.clone()).or_default(),
        };
        if incident.episode != notice.episode_id {
            incident.episode.clone_from(&notice.episode_id);
            incident.told = [false; 2];
        }
        if let Some(told) = incident.told.get_mut(side)
            && !std::mem::replace(told, true)
        {
            self.found.told.add(side, 1);
        }
    }

    /// Told under both policies.
    fn both(&mut self, one: &Notice, other: &Notice, current: Side<'_>, proposed: Side<'_>) {
        if let Some(thread) =
            self.incidents.get_mut(&one.incident_id).and_then(|known| known.threads.get_mut(&one.thread_id))
        {
            thread.told = thread.told.map(|told| told + 1);
        }
        let policies = (&current.world.policy, &proposed.world.policy);
        let Some(difference) = self.wording.difference((one, policies.0), (other, policies.1)) else {
            return;
        };
        let (change, fields, said) = match difference {
            Difference::Words { current, proposed } => {
                (Change::OtherWords, Vec::new(), [Some(current), Some(proposed)])
            }
            Difference::Details(fields) => (Change::OtherDetails, fields, [None, None]),
        };
        let mut parts = classified(one, current, proposed);
        match change {
            Change::OtherDetails => parts.push(format!("other {}", fields.join(", "))),
            _ => parts.extend(other_template(one, policies.0, policies.1)),
        }
        if parts.is_empty() {
            parts.push(other_material(one, other));
        }
        let why = parts.join("; ");
        let audience = self.found.audiences.entry(audience_of(one)).or_default();
        match change {
            Change::OtherWords => audience.other_words += 1,
            _ => audience.other_details += 1,
        }
        add_cause(audience, &why);
        if has_room(audience, change, self.examples_max) {
            audience.examples.push(example(change, one, why, said));
        }
    }

    /// Told under one policy only. Whether the other one tells this reader at all shows when the
    /// incident is over.
    fn only(&mut self, side: usize, notice: &Notice, current: Side<'_>, proposed: Side<'_>) {
        let pending_left = self.pending < PENDING_EXAMPLES_MAX;
        let incident = self.incidents.entry(notice.incident_id.clone()).or_default();
        let thread = incident.threads.entry(notice.thread_id.clone()).or_insert_with(|| {
            let why = why(notice, &reader_of(notice), current, proposed);
            let example = pending_left.then(|| {
                let policy = &(if side == 0 { current } else { proposed }).world.policy;
                let mut said = [None, None];
                if let Some(place) = said.get_mut(side) {
                    *place = said_of(notice, policy);
                }
                Box::new(example(Change::ToldOtherwise, notice, why.clone(), said))
            });
            self.pending += usize::from(example.is_some());
            // Up to here both were the same.
            let before = notice.sequence.saturating_sub(1);
            Thread { audience: audience_of(notice), told: [before; 2], why, example }
        });
        if let Some(told) = thread.told.get_mut(side) {
            *told += 1;
        }
    }

    /// An incident that both have forgotten.
    fn end(&mut self, incident: &str) {
        let Some(incident) = self.incidents.remove(incident) else { return };
        for thread in incident.threads.into_values() {
            let audience = self.found.audiences.entry(thread.audience).or_default();
            let (change, count) = match thread.told {
                [0, _] => (Change::NewlyTold, &mut audience.newly_told),
                [_, 0] => (Change::NoLongerTold, &mut audience.no_longer_told),
                _ => (Change::ToldOtherwise, &mut audience.told_otherwise),
            };
            *count += 1;
            add_cause(audience, &thread.why);
            let Some(mut example) = thread.example else { continue };
            self.pending -= 1;
            if has_room(audience, change, self.examples_max) {
                example.change = change;
                audience.examples.push(*example);
            }
        }
    }
}

/// Did an episode begin here?
fn has_begun(record: &DecisionRecord) -> bool {
    record.reason.is_none()
        && record.stage.as_ref().is_some_and(|stage| stage.before.is_none() && stage.after.is_some())
}

/// `executives`, `leads.communications`, `drill.sales`.
fn audience_of(notice: &Notice) -> String {
    let reader = reader_of(notice);
    reader.split('/').next().map_or_else(String::new, str::to_owned)
}

fn has_room(audience: &AudienceReport, change: Change, examples_max: usize) -> bool {
    audience.examples.iter().filter(|example| example.change == change).count() < examples_max
}

fn add_cause(audience: &mut AudienceReport, why: &str) {
    if let Some(count) = audience.causes.get_mut(why) {
        *count += 1;
    } else if audience.causes.len() < CAUSES_MAX {
        audience.causes.insert(why.to_owned(), 1);
    }
}

fn example(change: Change, notice: &Notice, why: String, [current, proposed]: [Option<Said>; 2]) -> Example {
    let event = match &notice.caused_by {
        Cause::Event { event, .. } => Some(event.clone()),
        Cause::Timer { .. } => None,
    };
    Example {
        change,
        reader: reader_of(notice),
        incident: notice.view.key.clone(),
        event,
        at: notice.decided_at,
        kind: notice.kind,
        why,
        current,
        proposed,
    }
}

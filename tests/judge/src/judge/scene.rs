//! What the log says of an incident, by the rules of domain.md and by nothing of the fold: what
//! sources said, what persons decided, and who may therefore hear of it.

use std::collections::{BTreeMap, BTreeSet};

use crate::core::event::Event;
use crate::core::vocabulary::{Impact, Priority, Readers, Reason, StageWord, TimeQuality};
use jiff::Timestamp;

use crate::plan::{Group, Plan};

/// What one source said, over all episodes.
#[derive(Debug, Clone, Default)]
pub struct Source {
    /// The latest time that it gave.
    pub latest: Option<Timestamp>,
    /// The latest time that it gave with a stage before the end.
    pub latest_stage: Option<Timestamp>,
    /// Its last accepted event.
    last: Option<String>,
    /// Its last word for each label, in this episode.
    labels: BTreeMap<String, String>,
    service: Option<String>,
}

/// One incident as the log has it.
#[derive(Debug, Clone, Default)]
pub struct Scene {
    pub episode: Option<String>,
    /// When it ended, while it is over.
    pub ended_at: Option<Timestamp>,
    pub handed_over: bool,
    accepted: BTreeSet<String>,
    pub sources: BTreeMap<String, Source>,
    pub labels: BTreeMap<String, String>,
    pub service: Option<String>,
    pub private: bool,
    pub confidential: Option<bool>,
    pub released: BTreeSet<String>,
    pub held_back: BTreeSet<String>,
    pub priority: Option<Priority>,
    pub impact: Option<Impact>,
}

/// What the fixed order of checks says of one reader who is not told yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gate {
    /// Not to be told, for one of these reasons.
    Shut(&'static [Reason]),
    /// To be told, or to wait for this.
    Waits(Reason),
    /// To be told, or to wait for a hold of its own.
    Open,
    /// Time decides, and it is not judged here.
    Unsure,
}

impl Scene {
    /// The sender's time, where it can be compared.
    fn time(event: &Event) -> Option<Timestamp> {
        event.occurred_at.filter(|_| event.occurred_at_quality == TimeQuality::Exact)
    }

    /// Older than what its own source said before?
    pub fn is_older(&self, event: &Event) -> bool {
        let latest = self.sources.get(&event.source.name).and_then(|source| source.latest);
        matches!((Self::time(event), latest), (Some(time), Some(latest)) if time < latest)
    }

    /// Does it state an older stage than its own source did?
    pub fn is_older_stage(&self, event: &Event) -> bool {
        let latest = self.sources.get(&event.source.name).and_then(|source| source.latest_stage);
        let says = event.stage.is_some_and(|word| word.stage().is_some_and(|stage| !stage.is_end()));
        says && matches!((Self::time(event), latest), (Some(time), Some(latest)) if time < latest)
    }

    /// Did it come before? With a delivery id, one of that id. Without one, the very same receipt, or
    /// the same bytes as its source's last word; else the same bytes are news.
    pub fn is_known(&self, event: &Event) -> bool {
        let last = || self.sources.get(&event.source.name).and_then(|source| source.last.as_ref());
        self.accepted.contains(&receipt(event))
            || (event.ingest.delivery_id.is_none() && last() == Some(&event.id))
    }

    pub fn is_open(&self) -> bool {
        self.episode.is_some() && self.ended_at.is_none() && !self.handed_over
    }

    /// A new episode forgets what was said in the last one.
    pub fn begin(&mut self, episode: &str) {
        let sources = std::mem::take(&mut self.sources);
        let accepted = std::mem::take(&mut self.accepted);
        *self = Self { episode: Some(episode.to_owned()), accepted, sources, ..Self::default() };
        for source in self.sources.values_mut() {
            (source.labels, source.service) = (BTreeMap::new(), None);
        }
    }

    /// Takes over what an accepted event says.
    pub fn accept(&mut self, event: &Event) {
        let is_person = event.update.as_ref().is_some_and(|update| update.by.is_some());
        let older = self.is_older(event) && !is_person;
        self.note(event);
        self.private |= event.is_private;
        let source = self.sources.entry(event.source.name.clone()).or_default();
        if !older {
            for (label, values) in &event.labels {
                let value = values.first().cloned().unwrap_or_default();
                if source.labels.get(label) != Some(&value) {
                    source.labels.insert(label.clone(), value.clone());
                    self.labels.insert(label.clone(), value);
                }
            }
            let service = event.services.first().and_then(|named| named.name.clone());
            if service.is_some() && service != source.service {
                source.service.clone_from(&service);
                self.service = service;
            }
        }
        let Some(update) = &event.update else { return };
        self.confidential = update.confidential.or(self.confidential);
        for audience in &update.hold {
            self.held_back.insert(audience.clone());
            self.released.remove(audience);
        }
        for audience in &update.release {
            self.released.insert(audience.clone());
            self.held_back.remove(audience);
        }
    }

    /// It was heard, whatever it says: its id and times count.
    pub fn note(&mut self, event: &Event) {
        self.accepted.insert(receipt(event));
        let source = self.sources.entry(event.source.name.clone()).or_default();
        source.last = Some(event.id.clone());
        if let Some(time) = Self::time(event) {
            source.latest = source.latest.max(Some(time));
            if event.stage.and_then(StageWord::stage).is_some_and(|stage| !stage.is_end()) {
                source.latest_stage = source.latest_stage.max(Some(time));
            }
        }
    }

    /// Is it an exercise?
    pub fn is_drill(&self, plan: &Plan) -> bool {
        !plan.drills.is_empty() && self.labels.contains_key("drill")
    }

    /// May this audience not hear of it, because it is confidential?
    pub fn is_secret_to(&self, audience: &str, plan: &Plan) -> bool {
        let security = self.labels.get("security");
        let mut named = plan.confidential.iter().filter(|(label, _)| Some(label) == security).peekable();
        if named.peek().is_none() {
            return self.confidential.unwrap_or(self.private);
        }
        let audience = plan.now_called(audience);
        named.any(|(_, tell_only)| !tell_only.iter().any(|name| name == audience))
    }

    /// An exercise that this audience is not told of on purpose.
    pub fn is_others_drill(&self, audience: &str, plan: &Plan) -> bool {
        let audience = plan.now_called(audience);
        self.is_drill(plan) && !plan.drills.iter().any(|name| name == audience)
    }

    pub fn is_without_impact(&self, group: &Group) -> bool {
        self.is_without_impact_to(&group.name)
    }

    /// The same for an audience that may be gone: customers are those of `public` and `named`.
    pub fn is_without_impact_to(&self, audience: &str) -> bool {
        let customers = ["public", "named"].iter().any(|name| audience.starts_with(name));
        customers && self.impact == Some(Impact::None)
    }

    /// Does a route tell it? None where that hangs on how long it is open.
    pub fn is_routed(&self, group: &Group, plan: &Plan) -> Option<bool> {
        let (Some(priority), Some(impact)) = (self.priority, self.impact) else { return Some(false) };
        if self.sources.contains_key("alarm") && plan.never.contains(&group.name) {
            return Some(false);
        }
        if group.is_routed(priority, impact) {
            return Some(true);
        }
        let by_time = plan.open_for.as_ref().is_some_and(|(audience, from, _)| {
            *audience == group.name && priority.gravity() >= from.gravity()
        });
        if by_time { None } else { Some(false) }
    }

    /// Who of an audience is affected now; one that stands for all where it is not split.
    pub fn is_affected(&self, addressee: Option<&str>) -> bool {
        match addressee {
            None => true,
            Some("acme") => self.service.as_deref() == Some("shop-api"),
            Some(_) => self.labels.get("tenant").is_some_and(|tenant| tenant == "initech"),
        }
    }

    /// Would it be told, now or later? None where that hangs on time.
    pub fn passes(&self, group: &Group, addressee: Option<&str>, plan: &Plan) -> Option<bool> {
        let shut = !self.is_affected(addressee)
            || self.is_secret_to(&group.name, plan)
            || self.is_others_drill(&group.name, plan)
            || self.is_without_impact(group);
        if shut { Some(false) } else { self.is_routed(group, plan) }
    }

    /// The fixed order of checks: confidential, maintenance, route, customer impact, release.
    pub fn gate(&self, group: &Group, plan: &Plan, now: Timestamp) -> Gate {
        if self.is_secret_to(&group.name, plan) {
            return Gate::Shut(&[Reason::Confidential, Reason::Private]);
        }
        if self.is_others_drill(&group.name, plan) {
            return Gate::Shut(&[Reason::NotMatched]);
        }
        let Some(routed) = self.is_routed(group, plan) else { return Gate::Unsure };
        let covered = self.service.as_deref() == Some("shop-api")
            && plan
                .maintenance
                .is_some_and(|(from, to)| crate::tale::minute(from) <= now && now < crate::tale::minute(to));
        match (covered, routed && !self.is_without_impact(group)) {
            (true, true) => Gate::Waits(Reason::Maintenance),
            (true, false) => Gate::Shut(&[Reason::Maintenance]),
            (false, false) if routed => Gate::Shut(&[Reason::CustomerImpactNone]),
            (false, false) => Gate::Shut(&[Reason::NotMatched, Reason::NeverTell]),
            (false, true) if self.is_unreleased(group) => Gate::Waits(Reason::AwaitingRelease),
            (false, true) => Gate::Open,
        }
    }

    fn is_unreleased(&self, group: &Group) -> bool {
        let unknown = group.readers == Readers::Customers && self.impact == Some(Impact::Unknown);
        !self.released.contains(&group.name)
            && (self.held_back.contains(&group.name) || unknown || group.by_lead)
    }
}

/// What tells one receipt from another.
fn receipt(event: &Event) -> String {
    match event.ingest.delivery_id {
        Some(_) => event.id.clone(),
        None => format!("{} at {}", event.id, event.received_at),
    }
}

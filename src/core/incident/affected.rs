//! From a sender's words to the business: services named, all that depends on them, business
//! services, customers; and the facts that matchers look at.

use jiff::Timestamp;

use super::state::{Episode, IncidentState};
use crate::core::facts::Facts;
use crate::core::policy::{Customer, Policy, ServiceIndex};
use crate::core::vocabulary::{DataState, Impact, Priority};

/// What an incident touches, by the catalogue.
#[derive(Debug, Default, Clone)]
pub(super) struct Affected<'p> {
    /// Services that the sender named.
    pub(super) named: Vec<ServiceIndex>,
    /// Those, and all that can't work without them.
    pub(super) services: Vec<ServiceIndex>,
    /// Business services of `services`.
    pub(super) business_services: Vec<&'p str>,
    /// Places of strategic customers affected.
    pub(super) customers: Vec<usize>,
}

impl<'p> Affected<'p> {
    /// Resolves the names of senders by the catalogue.
    pub(super) fn of(episode: &Episode, policy: &'p Policy) -> Self {
        let catalogue = &policy.catalogue;
        let mut affected = Self::default();
        for word in episode.known.services.iter().flat_map(crate::core::event::Named::words) {
            if let Some(place) = catalogue.known_as.get(word) {
                push_once(&mut affected.named, *place);
            }
        }
        for place in &affected.named {
            let all = catalogue.affects.get(*place).map_or(std::slice::from_ref(place), Vec::as_slice);
            all.iter().for_each(|place| push_once(&mut affected.services, *place));
        }
        for place in &affected.services {
            if let Some(id) =
                catalogue.services.get(*place).and_then(|service| service.business_service.as_deref())
            {
                push_once(&mut affected.business_services, id);
            }
        }
        affected
    }

    /// Finds the customers affected: by `affected_when`, else by used business services and
    /// regions. An unknown region counts as affected.
    pub(super) fn find_customers(&mut self, facts: &Facts<'_>, policy: &Policy) {
        let is_affected = |customer: &Customer| match &customer.affected_when {
            Some(when) => when.holds(facts),
            None => {
                let uses = customer.uses.iter().any(|used| self.business_services.contains(&used.as_str()));
                let region = customer.regions.is_empty()
                    || facts.regions.is_empty()
                    || customer.regions.iter().any(|region| facts.regions.contains(&region.as_str()));
                uses && region
            }
        };
        let customers = policy.customers.iter().enumerate();
        self.customers =
            customers.filter(|(_, customer)| is_affected(customer)).map(|(place, _)| place).collect();
    }
}

fn push_once<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}

/// All facts of an incident at one moment, with what it touches. `strategic_customers`,
/// `confidential` and `drill` included; priority and impact as they stand.
pub(super) fn facts<'a>(
    state: &'a IncidentState,
    policy: &'a Policy,
    now: Timestamp,
) -> (Facts<'a>, Affected<'a>) {
    let episode = &state.episode;
    let mut affected = Affected::of(episode, policy);
    let mut facts = plain_facts(state, policy, &affected, now);
    set_grades(&mut facts, Some(episode.priority.current), episode.impact.current);
    finish(&mut facts, &mut affected, episode, policy, now);
    (facts, affected)
}

/// What depends on priority and impact: customers, confidentiality, drill, SLA.
pub(super) fn finish(
    facts: &mut Facts<'_>,
    affected: &mut Affected<'_>,
    episode: &Episode,
    policy: &Policy,
    now: Timestamp,
) {
    facts.sla = Some(super::sla::state(episode, &affected.services, policy, now));
    affected.find_customers(facts, policy);
    facts.strategic_customers = Some(affected.customers.len() as u64);
    facts.drill = episode.drill || policy.quiet.drills.iter().any(|entry| entry.when.holds(facts));
    // First by the sender's mark or a person's word, so that an entry can ask for it.
    facts.confidential = episode.confidential.unwrap_or(episode.private);
    facts.confidential |= policy.quiet.confidential.iter().any(|entry| entry.when.holds(facts));
}

/// Sets priority and impact, with the impact that `at_least` compares.
pub(super) fn set_grades(facts: &mut Facts<'_>, priority: Option<Priority>, impact: Impact) {
    facts.priority = priority;
    facts.impact = impact;
    facts.effective_impact = impact.effective(priority);
}

/// Facts that need neither priority nor impact.
pub(super) fn plain_facts<'a>(
    state: &'a IncidentState,
    policy: &'a Policy,
    affected: &Affected<'a>,
    now: Timestamp,
) -> Facts<'a> {
    let episode = &state.episode;
    let known = &episode.known;
    let catalogue = &policy.catalogue.services;
    let service = |place: &ServiceIndex| catalogue.get(*place);
    let named_services: Vec<&str> =
        affected.named.iter().filter_map(|place| Some(service(place)?.id.as_str())).collect();
    let mut services: Vec<&str> = known.services.iter().flat_map(crate::core::event::Named::words).collect();
    named_services.iter().for_each(|id| push_once(&mut services, *id));
    let mut affected_services = services.clone();
    let ids = affected.services.iter().filter_map(|place| Some(service(place)?.id.as_str()));
    ids.for_each(|id| push_once(&mut affected_services, id));
    let mut teams: Vec<&str> = known.teams.iter().flat_map(crate::core::event::Named::words).collect();
    let owners = affected.named.iter().filter_map(|place| service(place)?.team.as_deref());
    owners.for_each(|team| push_once(&mut teams, team));
    Facts {
        stage: Some(episode.stage),
        severity: known.severity,
        urgency: known.urgency,
        sources: state.sources.keys().map(String::as_str).collect(),
        source_kinds: state.sources.values().map(|source| source.kind.as_str()).collect(),
        tier: affected.named.iter().filter_map(|place| service(place)?.tier).min(),
        customer_facing: affected
            .named
            .iter()
            .filter_map(service)
            .map(|service| service.customer_facing)
            .reduce(|a, b| a || b),
        services,
        affected_services,
        named_services,
        business_services: affected.business_services.clone(),
        teams,
        environment: known.environment.as_deref(),
        labels: Some(&known.labels),
        regions: known.regions.iter().map(String::as_str).collect(),
        affected_count: known.affected_count,
        affected_percent: known.affected_percent,
        title: known.title.as_deref(),
        description: known.description.as_deref(),
        cause: known.cause.as_deref(),
        hosts: known.hosts.iter().map(String::as_str).collect(),
        links: known.links.iter().map(|link| link.href.as_str()).collect(),
        data_loss: known.data_loss.unwrap_or(DataState::Unknown),
        data_exposure: known.data_exposure.unwrap_or(DataState::Unknown),
        open_for_seconds: episode
            .ended
            .is_none()
            .then(|| now.duration_since(episode.started_at).as_secs().max(0)),
        during: policy.times.iter().filter(|time| time.is_now(now)).map(|time| time.name.as_str()).collect(),
        ..Facts::default()
    }
}

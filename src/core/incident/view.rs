//! Everything known of an incident, in the readers' words. Plain words come, in this order, from
//! a person, from the sender's own customer-impact text, from the catalogue by service and
//! impact, and at last from general words (domain.md section 5); so the first message can go out
//! in seconds with nobody having written a line.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::affected::Affected;
use super::gates::Moment;
use super::spoken::{self, Spoken};
use super::state::{Episode, IncidentState};
use crate::core::notification::{Addressee, BusinessService, CustomerText, HelpWanted, View};
use crate::core::policy::{Customer, Policy, Service, general_symptoms};
use crate::core::text::LocalText;
use crate::core::vocabulary::{Impact, Readers, ServiceState};

/// Language tag of a sender's own words: nobody said which language they are in.
pub const UNDETERMINED: &str = "und";

/// The view before it is cut for an audience.
pub(super) fn view(
    state: &IncidentState,
    moment: &Moment<'_>,
    customers_told: bool,
    spoken: &Spoken,
) -> View {
    let (episode, known, policy) = (&state.episode, &state.episode.known, moment.policy);
    let end = episode.ended.as_ref().map(|ended| ended.at);
    let words = Words { impact: moment.facts.effective_impact, affected: &moment.affected, policy };
    let person = &spoken.symptom;
    let symptom_public = words.symptom(person, trusted_symptom(state, policy));
    let for_customers = customers_words(episode, policy)
        .unwrap_or_else(|spoken| words.symptom(&spoken.symptom, trusted_symptom(state, policy)));
    View {
        public_reference: episode.public_reference.clone(),
        key: state.key.clone(),
        reference: state.reference.clone(),
        stage: Some(episode.stage),
        started_at: Some(episode.started_at),
        resolved_at: end,
        duration_seconds: Some(end.unwrap_or(moment.now).duration_since(episode.started_at).as_secs().max(0)),
        impact: Some(episode.impact.current),
        business_services: business_services(state, moment),
        symptom: words.symptom(person, known.sender_symptom.as_ref().map(|(_, text)| text)),
        customer_text: Some(CustomerText { text: for_customers, sent: customers_told }),
        symptom_public,
        workaround: words.or_catalogue(&spoken.workaround, |service| &service.workaround),
        action: words.or_catalogue(&spoken.action, |service| &service.action),
        regions: known.regions.clone(),
        affected_count: known.affected_count,
        affected_percent: known.affected_percent,
        strategic_customers: customers(moment).map(|customer| customer.name.clone()).collect(),
        sla: super::sla::view(episode, &moment.affected.services, policy, moment.now),
        priority: Some(episode.priority.current),
        title: known.title.clone(),
        description: known.description.clone(),
        cause: known.cause.clone(),
        services: known.services.clone(),
        hosts: known.hosts.clone(),
        labels: known.labels.clone(),
        links: known.links.clone(),
        help_wanted: known
            .help_wanted
            .iter()
            .filter(|(_, text)| !text.is_empty())
            .map(|(audience, text)| HelpWanted { wanted_of: audience.clone(), text: text.clone() })
            .collect(),
        eta: known.eta.clone(),
        people: known.people.clone(),
        data_loss: known.data_loss,
        data_exposure: known.data_exposure,
    }
}

/// What customers read, for those who answer them: a person's words for the first audience of
/// customers, else what stands in the plain fields for it.
fn customers_words(episode: &Episode, policy: &Policy) -> Result<LocalText, Spoken> {
    let customers = policy.audiences.iter().find(|audience| audience.readers == Readers::Customers);
    let Some(customers) = customers else { return Err(Spoken::default()) };
    let (own, _) = spoken::own(episode, Some(customers), &customers.name);
    if own.is_empty() { Err(spoken::plain(episode, &customers.text_approval)) } else { Ok(own) }
}

/// The same, narrowed to what is this addressee's own.
pub(super) fn narrowed(view: &Arc<View>, addressee: Option<&Addressee>, policy: &Policy) -> Arc<View> {
    let customer = addressee
        .filter(|addressee| addressee.addressee_type == "customer")
        .and_then(|addressee| policy.customers.iter().find(|customer| customer.id == addressee.id));
    let Some(customer) = customer else { return Arc::clone(view) };
    let mut own = View::clone(view);
    own.business_services.retain(|service| customer.uses.contains(&service.id));
    own.regions.retain(|region| customer.regions.is_empty() || customer.regions.contains(region));
    own.strategic_customers.retain(|name| *name == customer.name);
    Arc::new(own)
}

fn customers<'a>(moment: &'a Moment<'_>) -> impl Iterator<Item = &'a Customer> {
    moment.affected.customers.iter().filter_map(|place| moment.policy.customers.get(*place))
}

/// The sender's words may reach customers only where the policy trusts that source.
fn trusted_symptom<'s>(state: &'s IncidentState, policy: &Policy) -> Option<&'s String> {
    let (source, text) = state.episode.known.sender_symptom.as_ref()?;
    let kind = state.sources.get(source).map(|memory| memory.kind.as_str()).unwrap_or_default();
    let given = &policy.classify.given;
    let reading = given.get(source).or_else(|| given.get(kind))?;
    reading.words_for_customers.then_some(text)
}

/// Business services affected, as readers see them; their state follows from stage and impact,
/// unless a sender named it.
fn business_services(state: &IncidentState, moment: &Moment<'_>) -> Vec<BusinessService> {
    let episode = &state.episode;
    let named_state = |id: &str| {
        let of_component = |name: &String| moment.policy.catalogue.known_as.get(name);
        let components = episode.known.components.iter();
        let matching = components.filter(|(name, _)| {
            name.as_str() == id
                || of_component(name).and_then(|place| {
                    moment.policy.catalogue.services.get(*place)?.business_service.as_deref()
                }) == Some(id)
        });
        matching.map(|(_, state)| *state).max()
    };
    let derived = match (episode.ended.is_some(), episode.impact.current) {
        (true, _) | (_, Impact::None) => ServiceState::Operational,
        (_, Impact::Critical) => ServiceState::MajorOutage,
        (_, Impact::Major) => ServiceState::PartialOutage,
        (_, Impact::Minor | Impact::Unknown) => ServiceState::Degraded,
    };
    let ids = moment.affected.business_services.iter();
    ids.map(|id| BusinessService {
        id: (*id).to_owned(),
        name: business_name(moment.policy, id),
        state: if episode.ended.is_some() { derived } else { named_state(id).unwrap_or(derived) },
    })
    .collect()
}

/// A business service's name in every language of the policy; its id where none is given.
fn business_name(policy: &Policy, id: &str) -> LocalText {
    let given = policy.catalogue.business_names.get(id).cloned().unwrap_or_default();
    let all = policy.languages.iter().map(|language| {
        let name = given.get_or_any(language).map_or(id, |(_, name)| name);
        (language.clone(), name.to_owned())
    });
    LocalText(all.collect())
}

/// Where plain words come from.
struct Words<'a> {
    impact: Impact,
    affected: &'a Affected<'a>,
    policy: &'a Policy,
}

impl Words<'_> {
    fn symptom(&self, person: &LocalText, sender: Option<&String>) -> LocalText {
        let mut words = general_symptoms(&self.policy.languages);
        words.0.extend(self.catalogue(|service| &service.symptom).0);
        if !person.is_empty() {
            // A person's words stand alone: another language's catalogue words would say less.
            return person.clone();
        }
        sender.map_or(words, |text| LocalText::one(UNDETERMINED, text.clone()))
    }

    fn or_catalogue(
        &self,
        person: &LocalText,
        of: impl Fn(&Service) -> &BTreeMap<Impact, LocalText>,
    ) -> LocalText {
        if person.is_empty() { self.catalogue(of) } else { person.clone() }
    }

    /// The catalogue's words of the first named service that has any for this impact, else for
    /// the next lower one that it has words for: understated at worst, never exaggerated.
    fn catalogue(&self, of: impl Fn(&Service) -> &BTreeMap<Impact, LocalText>) -> LocalText {
        let services =
            self.affected.named.iter().filter_map(|place| self.policy.catalogue.services.get(*place));
        services
            .filter_map(|service| of(service).range(..=self.impact).next_back())
            .map(|(_, words)| words.clone())
            .next()
            .unwrap_or_default()
    }
}

//! The worked incident told of the policy's own service and customer: who reads a review knows these,
//! and the worked incident speaks Japanese and English only.

use std::sync::Arc;

use crate::core::notification::{Addressee, BusinessService, Notice, View};
use crate::core::policy::{Policy, Service};
use crate::core::text::LocalText;
use crate::core::vocabulary::Impact;

/// The notice with the catalogue's words for the gravest service that customers use, in the name of
/// a customer that reads this language.
pub(super) fn told_of(mut notice: Notice, policy: &Policy, language: &str) -> Notice {
    if let Some(service) = gravest(policy) {
        let view = Arc::unwrap_or_clone(std::mem::take(&mut notice.view));
        notice.view = Arc::new(of_service(view, service, policy));
    }
    let reads = |customer: &&crate::core::policy::Customer| customer.language.as_deref() == Some(language);
    if let Some(addressee) = &mut notice.addressee
        && addressee.addressee_type == "customer"
        && let Some(customer) = policy.customers.iter().find(reads)
    {
        *addressee = Addressee {
            id: customer.id.clone(),
            name: customer.name.clone(),
            liaison: customer.liaison.clone(),
            ..addressee.clone()
        };
        let zone = customer.time_zone.as_ref().and_then(|zone| zone.iana_name());
        notice.time_zone = zone.map_or(notice.time_zone, str::to_owned);
    }
    notice
}

fn gravest(policy: &Policy) -> Option<&Service> {
    let told = |service: &&Service| service.customer_facing && !service.symptom.is_empty();
    policy.catalogue.services.iter().filter(told).min_by_key(|service| service.tier.unwrap_or(u8::MAX))
}

/// What a person wrote, in the sample, stays: only what the catalogue would say is replaced.
fn of_service(mut view: View, service: &Service, policy: &Policy) -> View {
    let impact = view.impact.unwrap_or(Impact::Major);
    let words = |by_impact: &std::collections::BTreeMap<Impact, LocalText>| by_impact.get(&impact).cloned();
    if let Some(symptom) = words(&service.symptom) {
        view.symptom = symptom.clone();
        view.symptom_public = symptom;
    }
    view.workaround = words(&service.workaround).unwrap_or_default();
    if let Some(action) = words(&service.action) {
        view.action = action;
    }
    if let (Some(id), Some(first)) = (&service.business_service, view.business_services.first_mut()) {
        let name = policy.catalogue.business_names.get(id).unwrap_or(&service.name).clone();
        *first = BusinessService { id: id.clone(), name, state: first.state };
    }
    view
}

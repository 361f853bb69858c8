//! What the leads get: each kind once, about an audience that the lead owns.

use super::own;
use crate::core::incident::lead_may_see;
use crate::core::notification::Notice;
use crate::core::policy::{Audience, Policy};
use crate::core::record::topics;
use crate::core::template::samples::{self, Knowledge};
use crate::core::vocabulary::{Kind, Lead, Lifecycle, Readers};

/// The one that the samples are about: most is asked of a lead where customers are told. None where
/// the lead owns nothing, and so is asked nothing.
pub(super) fn owned(lead: Lead, policy: &Policy) -> Option<&Audience> {
    let own = || policy.audiences.iter().filter(|audience| audience.lead == lead);
    own().find(|audience| audience.readers == Readers::Customers).or_else(|| own().next())
}

/// All that the lead may get, in the order of the vocabulary.
pub(super) fn messages<'p>(
    audience: &'p Audience,
    policy: &'p Policy,
    language: &'p str,
) -> impl Iterator<Item = Notice> + 'p {
    let kinds = Kind::ALL.iter().filter(|kind| kind.lifecycle() == Lifecycle::Lead);
    kinds.map(move |kind| {
        let mut notice = own::told_of(to_lead(*kind, audience, policy), policy, language);
        for about in &mut notice.about {
            let draft = about.draft.take();
            about.draft = draft.map(|draft| Box::new(own::told_of(*draft, policy, language)));
        }
        notice
    })
}

/// A message to the lead that owns this audience, as the fold makes it.
pub fn to_lead(kind: Kind, audience: &Audience, policy: &Policy) -> Notice {
    let lead = audience.lead;
    Notice {
        audience: lead.to_string(),
        topic: format!("{}{lead}", topics::LEADS_PREFIX),
        readers: Readers::Internal,
        addressee: None,
        may_see: lead_may_see(lead),
        languages: policy.languages.clone(),
        time_zone: policy.time_zone.iana_name().unwrap_or("UTC").to_owned(),
        ..samples::notice(kind, Knowledge::Everything, audience)
    }
}

//! The service catalogue and the strategic customers: what a sender's words mean for the business.

use std::collections::{BTreeMap, HashMap};

use jiff::{SignedDuration, tz::TimeZone};
use serde_json::Value;

use crate::core::matcher::When;
use crate::core::text::LocalText;
use crate::core::vocabulary::Impact;

/// All services, with indexes made when the policy is compiled.
#[derive(Debug, Default)]
pub struct Catalogue {
    /// In the file's order.
    pub services: Vec<Service>,
    /// Ids and names as senders write them, and the catalogue's own, → place in `services`.
    pub known_as: HashMap<String, ServiceIndex>,
    /// For each service: the places of all that can't work without it, transitively, itself first.
    pub affects: Vec<Vec<ServiceIndex>>,
    /// Names of business services as readers see them, by id; the id itself where none is given.
    pub business_names: BTreeMap<String, LocalText>,
}

/// A place in [`Catalogue::services`].
pub type ServiceIndex = usize;

/// One service.
#[derive(Debug, Clone)]
pub struct Service {
    /// Catalogue name.
    pub id: String,
    /// What readers see.
    pub name: LocalText,
    /// Id of the business service that it is part of.
    pub business_service: Option<String>,
    /// Do customers use it?
    pub customer_facing: bool,
    /// 1 is the gravest.
    pub tier: Option<u8>,
    /// Who owns it.
    pub team: Option<String>,
    /// What is owed to customers.
    pub sla: Option<SlaTerms>,
    /// Plain words by impact.
    pub symptom: BTreeMap<Impact, LocalText>,
    /// Plain words by impact, of what readers can do meanwhile.
    pub workaround: BTreeMap<Impact, LocalText>,
    /// Plain words by impact, of what is being done.
    pub action: BTreeMap<Impact, LocalText>,
}

/// What is owed to customers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlaTerms {
    /// News within.
    pub update_within: Option<SignedDuration>,
    /// Over within.
    pub resolve_within: Option<SignedDuration>,
    /// Money may be due.
    pub penalty: bool,
}

/// A strategic customer.
#[derive(Debug, Clone)]
pub struct Customer {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Business services that it uses.
    pub uses: Vec<String>,
    /// Regions where it uses them; empty: all.
    pub regions: Vec<String>,
    /// Decides alone where given.
    pub affected_when: Option<When>,
    /// Audiences that it belongs to; empty: every audience `per: customer`.
    pub audiences: Vec<String>,
    /// Language of its messages.
    pub language: Option<String>,
    /// Zone of its messages.
    pub time_zone: Option<TimeZone>,
    /// Who looks after it.
    pub liaison: Option<String>,
    /// Copied verbatim for the sender's use.
    pub delivery: Value,
}

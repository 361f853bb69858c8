//! Everything that is known of an incident at one moment, in the names and types of the closed
//! table. It is whole; what one audience may see is cut from it in one place only,
//! [`crate::core::disclosure`].

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::core::event::{Eta, Labels, Link, Named};
use crate::core::text::LocalText;
use crate::core::vocabulary::{DataState, Impact, Priority, ServiceState, Stage};

/// The fields of domain.md section 5, uncut, words still in all their languages.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct View {
    /// 8 characters.
    pub public_reference: String,
    /// `source name/native id`.
    pub key: String,
    /// The sender's own number.
    pub reference: Option<String>,
    /// As the fold knows it; readers outside engineering see [`Stage::for_readers`].
    pub stage: Option<Stage>,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub resolved_at: Option<Timestamp>,
    /// From `started_at` to its end, or to now.
    pub duration_seconds: Option<i64>,
    /// Customer impact.
    pub impact: Option<Impact>,
    /// What the business calls what is affected.
    pub business_services: Vec<BusinessService>,
    /// What is noticed: for internal readers.
    pub symptom: LocalText,
    /// What is noticed: for customers and partners (no sender's words unless the policy trusts it).
    pub symptom_public: LocalText,
    /// What readers can do meanwhile.
    pub workaround: LocalText,
    /// What is being done.
    pub action: LocalText,
    /// Where.
    pub regions: Vec<String>,
    /// Customers affected.
    pub affected_count: Option<u64>,
    /// Share of customers affected.
    pub affected_percent: Option<f64>,
    /// Names of strategic customers affected.
    pub strategic_customers: Vec<String>,
    /// State, penalty, deadline.
    pub sla: Option<Sla>,
    /// P1 to P5.
    pub priority: Option<Priority>,
    /// For engineers.
    pub title: Option<String>,
    /// For engineers.
    pub description: Option<String>,
    /// For engineers.
    pub cause: Option<String>,
    /// As senders name them.
    pub services: Vec<Named>,
    /// Host names.
    pub hosts: Vec<String>,
    /// Labels.
    pub labels: Labels,
    /// Links.
    pub links: Vec<Link>,
    /// What is asked of whom: help, a decision.
    pub help_wanted: Vec<HelpWanted>,
    /// The words that customers read, and whether they have gone out.
    pub customer_text: Option<CustomerText>,
    /// Estimate of the end.
    pub eta: Option<Eta>,
    /// Who works on it.
    pub people: Vec<Named>,
    /// Lost data.
    pub data_loss: Option<DataState>,
    /// Exposed data.
    pub data_exposure: Option<DataState>,
}

/// A business service, as readers see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BusinessService {
    /// Its id in the catalogue.
    pub id: String,
    /// Its name, in all languages.
    pub name: LocalText,
    /// Its state, derived from stage and impact.
    pub state: ServiceState,
}

/// What is owed, and whether it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sla {
    /// none, `at_risk`, breached.
    pub state: String,
    /// Money may be due.
    pub penalty_possible: bool,
    /// Until when it is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Timestamp>,
}

/// Help or a decision that is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HelpWanted {
    /// Name of the audience that is asked.
    #[serde(rename = "for")]
    pub wanted_of: String,
    /// What is asked, by language.
    pub text: LocalText,
}

/// The words that customers read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerText {
    /// The words, by language.
    pub text: LocalText,
    /// Have they gone out?
    pub sent: bool,
}

//! What matchers look at: everything known of an incident at one moment, borrowed, nothing cloned.

use super::event::Labels;
use super::vocabulary::{DataState, Impact, Priority, Severity, Stage, Urgency};

/// The facts of one incident at one moment. An empty list or a `None` is an absent field.
#[derive(Debug, Clone, Default)]
pub struct Facts<'a> {
    /// Current stage.
    pub stage: Option<Stage>,
    /// Current priority; while priority is being derived, the given one if any.
    pub priority: Option<Priority>,
    /// Customer impact: equality compares this.
    pub impact: Impact,
    /// `at_least` and `at_most` on impact compare this ([`Impact::effective`]).
    pub effective_impact: Impact,
    /// Technical severity.
    pub severity: Option<Severity>,
    /// The sender's urgency.
    pub urgency: Option<Urgency>,
    /// Names of the sources that spoke of it.
    pub sources: Vec<&'a str>,
    /// Kinds of those sources.
    pub source_kinds: Vec<&'a str>,
    /// `service`: the sender's ids and names, and catalogue names of those.
    pub services: Vec<&'a str>,
    /// `affected_service`: the same and catalogue names of all that depends on them.
    pub affected_services: Vec<&'a str>,
    /// Catalogue names of the named services only (for maintenance windows, each must be covered).
    pub named_services: Vec<&'a str>,
    /// Ids of business services affected.
    pub business_services: Vec<&'a str>,
    /// Teams.
    pub teams: Vec<&'a str>,
    /// The gravest tier of the named services: 1 is the gravest.
    pub tier: Option<u8>,
    /// Does any named service face customers?
    pub customer_facing: Option<bool>,
    /// production, staging …
    pub environment: Option<&'a str>,
    /// Labels.
    pub labels: Option<&'a Labels>,
    /// Regions.
    pub regions: Vec<&'a str>,
    /// Customers affected.
    pub affected_count: Option<u64>,
    /// Share of customers affected, 0 to 100.
    pub affected_percent: Option<f64>,
    /// How many strategic customers are affected.
    pub strategic_customers: Option<u64>,
    /// none, `at_risk`, breached.
    pub sla: Option<&'a str>,
    /// The sender's title.
    pub title: Option<&'a str>,
    /// The sender's description.
    pub description: Option<&'a str>,
    /// The cause.
    pub cause: Option<&'a str>,
    /// Host names.
    pub hosts: Vec<&'a str>,
    /// Addresses of links.
    pub links: Vec<&'a str>,
    /// Lost data.
    pub data_loss: DataState,
    /// Exposed data.
    pub data_exposure: DataState,
    /// Does an entry of quiet.yaml name it confidential?
    pub confidential: bool,
    /// Is it an exercise?
    pub drill: bool,
    /// Seconds since it began.
    pub open_for_seconds: Option<i64>,
    /// Names of the policy's times that are now.
    pub during: Vec<&'a str>,
}

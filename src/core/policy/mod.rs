//! The compiled policy: one immutable value that the fold reads. It is made and proved by
//! `crate::policy` (files, diagnostics) and never changes once made.

mod audience;
mod catalogue;
mod classify;
mod orphans;
mod quiet;
mod times;

use jiff::{SignedDuration, tz::TimeZone};

use super::matcher::{MatchField, MatchValue, RuleSet, Test, When};
use super::template::Templates;
use super::text::LocalText;
pub use audience::{Audience, Cadence, CadencePhase, CadenceRow, OpensAfter, Per, Release};
pub use catalogue::{Catalogue, Customer, Service, ServiceIndex, SlaTerms};
pub use classify::{Adjustment, Classify, Given, ImpactRule, PriorityRule, SourceReading};
pub use quiet::{ConfidentialEntry, DampingHold, DrillEntry, Maintenance, Quiet};
pub use times::{DailyTime, NamedTime, TimeSpan};

/// The whole policy, at one version.
#[derive(Debug)]
pub struct Policy {
    /// `name@` and the first 12 hexadecimal characters of the hash of all its files.
    pub version: String,
    /// Its name in policy.yaml.
    pub name: String,
    /// Languages that it speaks; the first is the default.
    pub languages: Vec<String>,
    /// Zone of its readers where nothing nearer is said.
    pub time_zone: TimeZone,
    /// Hosts that links may point to.
    pub link_hosts: Vec<String>,
    /// Lengths of time that decide.
    pub windows: Windows,
    /// Named times.
    pub times: Vec<NamedTime>,
    /// Who leads.
    pub leads: Leads,
    /// The service catalogue.
    pub catalogue: Catalogue,
    /// Strategic customers.
    pub customers: Vec<Customer>,
    /// Priority and impact.
    pub classify: Classify,
    /// Who can be told, in the file's order.
    pub audiences: Vec<Audience>,
    /// When → tell.
    pub routes: Routes,
    /// Who may not hear, and what waits.
    pub quiet: Quiet,
    /// Words.
    pub templates: Templates,
    /// Key of public references.
    pub reference_key: Vec<u8>,
    /// For trials only: events of any age may begin incidents, so that old samples work.
    pub old_events_begin: bool,
}

impl Policy {
    /// The audience of this name, and its place.
    pub fn audience(&self, name: &str) -> Option<(usize, &Audience)> {
        self.audiences.iter().enumerate().find(|(_, audience)| audience.name == name)
    }
}

/// Lengths of time that decide.
#[derive(Debug, Clone)]
pub struct Windows {
    /// A trigger this soon after the end reopens.
    pub reopen: SignedDuration,
    /// State of an ended episode is kept this long.
    pub keep_ended: SignedDuration,
    /// Silence after which the lead is told.
    pub silent_after: SignedDuration,
    /// A P1 or P2 without a lead.
    pub lead_missing_after: SignedDuration,
    /// Silence that ends an incident; none: only its senders and people do.
    pub close_silent_after: Option<SignedDuration>,
}

/// Default leads.
#[derive(Debug, Clone, Default)]
pub struct Leads {
    /// Owner of all but technical audiences.
    pub business_response: LeadDuty,
    /// Owner of technical audiences.
    pub communications: LeadDuty,
}

/// Who has the duty of one lead.
#[derive(Debug, Clone, Default)]
pub struct LeadDuty {
    /// Where nothing nearer is said; empty: nobody.
    pub default: String,
    /// By catalogue service.
    pub by_service: Vec<(String, String)>,
}

/// Routes, compiled and indexed.
#[derive(Debug, Default)]
pub struct Routes {
    /// The routes, in the file's order.
    pub list: Vec<Route>,
    /// Their `when`s, by place in `list`.
    pub rules: RuleSet,
    /// Times at which one of them may come to match by itself.
    pub looks: Looks,
}

/// What routes name of time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Looks {
    /// Seconds since the beginning at which an `open_for` begins or ceases to hold.
    pub open_for: Vec<i64>,
    /// Places of the named times.
    pub times: Vec<usize>,
}

impl Looks {
    /// No route names a time.
    pub const fn is_empty(&self) -> bool {
        self.open_for.is_empty() && self.times.is_empty()
    }

    /// What these conditions name of time. `times` are the names of the policy's times.
    pub fn of<'w>(whens: impl IntoIterator<Item = &'w When>, times: &[String]) -> Self {
        let mut looks = Self::default();
        for when in whens {
            when.visit(&mut |field, test| match field {
                MatchField::OpenFor => looks.add_open_for(test),
                MatchField::During => looks.add_times(test, times),
                _ => {}
            });
        }
        looks.open_for.sort_unstable();
        looks.open_for.dedup();
        looks.times.sort_unstable();
        looks.times.dedup();
        looks
    }

    fn add_open_for(&mut self, test: &Test) {
        #[allow(clippy::cast_possible_truncation)] // seconds of a policy's duration
        let seconds = |value: &MatchValue| match value {
            MatchValue::Number(seconds) => Some(*seconds as i64),
            _ => None,
        };
        match test {
            Test::AtLeast(value) => self.open_for.extend(seconds(value)),
            Test::AtMost(value) => self.open_for.extend(seconds(value).map(|seconds| seconds + 1)),
            Test::AnyOf(values) => {
                self.open_for.extend(values.iter().filter_map(seconds).flat_map(|at| [at, at + 1]));
            }
            Test::Not(test) => self.add_open_for(test),
            Test::Matches(_) | Test::Present(_) => {}
        }
    }

    fn add_times(&mut self, test: &Test, times: &[String]) {
        match test {
            Test::AnyOf(values) => self.times.extend(times.iter().enumerate().filter_map(|(place, time)| {
                let named = |value: &MatchValue| matches!(value, MatchValue::Text(name) if name == time);
                values.iter().any(named).then_some(place)
            })),
            Test::Not(test) => self.add_times(test, times),
            _ => self.times.extend(0..times.len()),
        }
    }
}

/// When → tell.
#[derive(Debug, Clone)]
pub struct Route {
    /// Its name.
    pub name: String,
    /// Where it stands: `routes.yaml:12`.
    pub place: String,
    /// Places of the audiences it tells.
    pub tell: Vec<usize>,
    /// Places of the audiences it forbids; beats every `tell`.
    pub never_tell: Vec<usize>,
    /// Decided and recorded, not published.
    pub shadow: bool,
}

/// General words where nothing better is known.
pub fn general_symptom(language: &str) -> &'static str {
    match language {
        "ja" => "一部のサービスがご利用しづらい状態です",
        _ => "Some of our services are hard to use at the moment",
    }
}

/// [`general_symptom`] in every language of a policy.
pub fn general_symptoms(languages: &[String]) -> LocalText {
    LocalText(
        languages.iter().map(|language| (language.clone(), general_symptom(language).to_owned())).collect(),
    )
}

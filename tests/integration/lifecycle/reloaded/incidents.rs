//! A thousand incidents, and who hears of each.

use herald::core::event::Event;
use herald::core::ids;
use jiff::Timestamp;
use serde_json::json;

use crate::fixture::given::{event, graded};

pub(super) const INCIDENTS: usize = 1_000;
/// Of those, begun so late that openings still wait when the policy is loaded.
pub(super) const LATE: usize = 100;

pub(super) fn keys() -> impl Iterator<Item = String> {
    (0..INCIDENTS).map(|n| format!("k{n}"))
}

/// Every tenth is a P1 that nine audiences hear of; so are the late ones.
pub(super) fn grade(n: usize) -> (&'static str, &'static str) {
    match n % 10 {
        _ if n >= INCIDENTS - LATE => ("P1", "major"),
        0 => ("P1", "major"),
        1..=3 => ("P2", "minor"),
        _ => ("P3", "minor"),
    }
}

/// Who hears that it begins.
pub(super) fn audiences(n: usize) -> &'static [&'static str] {
    const ALL: [&str; 10] = [
        "customer-service",
        "customers-general",
        "customers-strategic/acme",
        "customers-strategic/hinode",
        "executives",
        "finance",
        "legal",
        "marketing",
        "sales",
        "technical-teams",
    ];
    match grade(n).0 {
        "P1" => &ALL,
        "P2" => {
            &["customer-service", "customers-strategic/acme", "customers-strategic/hinode", "technical-teams"]
        }
        _ => &["customer-service", "technical-teams"],
    }
}

pub(super) fn begins(n: usize, at: Timestamp) -> Event {
    let (priority, impact) = grade(n);
    let mut begins = graded(&format!("k{n}"), at, (Some("triggered"), priority, impact));
    begins.labels = serde_json::from_value(json!({"cluster": ["eu-1"]})).unwrap();
    begins
}

/// Something that nobody sees, and that routes ask for: they are matched anew, under the new policy.
pub(super) fn said_again(key: &str, at: Timestamp) -> Event {
    event(key, at, &json!({"environment": "production"}))
}

pub(super) fn id(n: usize) -> String {
    ids::incident("pagerduty", &format!("k{n}"))
}

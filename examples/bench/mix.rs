//! What happens in an incident, and how often: the stories that the router is fed with.

use crate::body::PagerDuty;

/// What an incident goes through, in order.
pub(crate) type Story = Vec<PagerDuty>;

/// Names a mix in tables, commands and results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Mix {
    /// Fifty incidents as a pager sees them: one P1, four P2, fifteen each of P3, P4 and P5; one in
    /// five is raised by a step on the way.
    Everyday,
    /// Only P1 on what customers use: every event tells as many audiences as the default policy can.
    Grave,
}

impl Mix {
    /// Its name.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Everyday => "everyday",
            Self::Grave => "grave",
        }
    }

    /// Its stories; incidents take turns with them.
    pub(crate) fn stories(self) -> Vec<Story> {
        match self {
            Self::Grave => vec![story("P1", "checkout-api", None)],
            Self::Everyday => (0..50).map(everyday).collect(),
        }
    }
}

/// Services of the default policy's catalogue that customers use, one that they don't, and one that
/// the catalogue does not know.
const SERVICES: [&str; 5] = ["checkout-api", "back-office", "payments", "search-indexer", "orders-db"];

fn everyday(number: usize) -> Story {
    let (priority, raised) = match number {
        0 => ("P1", None),
        1..=4 => ("P2", Some("P1")),
        5..=19 => ("P3", Some("P2")),
        20..=34 => ("P4", Some("P3")),
        _ => ("P5", Some("P4")),
    };
    // Five divides into the shares of priorities, seven spreads the raised over the services.
    story(priority, SERVICES[number % SERVICES.len()], raised.filter(|_| number % 7 == 3))
}

fn story(priority: &'static str, service: &'static str, raised: Option<&'static str>) -> Story {
    let at = |event, status, priority, after| PagerDuty { event, status, priority, service, after };
    let mut story = vec![
        at("incident.triggered", "triggered", priority, 0),
        at("incident.acknowledged", "acknowledged", priority, 30),
    ];
    let last = raised.unwrap_or(priority);
    if raised.is_some() {
        story.push(at("incident.priority_updated", "acknowledged", last, 60));
    }
    story.push(at("incident.resolved", "resolved", last, 90));
    story
}

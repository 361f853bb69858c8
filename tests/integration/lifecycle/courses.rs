//! What became of incidents while no router ran, what each reader is to hear of them afterwards,
//! and why (domain.md section 8, "Time": a backlog is folded under hold).

use herald::core::event::Event;
use jiff::{SignedDuration, Timestamp};

use crate::fixture::given::graded;

/// One step: minutes after the beginning, and what is so from then on.
type Step = (i64, Option<&'static str>, &'static str, &'static str);
/// Readers, and the kinds that each of them hears.
type Hears = &'static [(&'static [&'static str], &'static str)];

/// One course that incidents took.
pub(super) struct Course {
    pub(super) name: &'static str,
    /// Of a thousand that wait; of those told before the stop, how many.
    pub(super) share: usize,
    pub(super) steps: &'static [Step],
    pub(super) hears: Hears,
    /// The stage that engineers read in an opening: the last, not the first.
    pub(super) stage: &'static str,
    pub(super) why: &'static str,
}

const TECHNICAL: &[&str] = &["technical-teams"];
const SERVICE: &[&str] = &["customer-service", "technical-teams"];
const STRATEGIC: &[&str] = &["customers-strategic/acme", "customers-strategic/hinode"];
const BUSINESS: &[&str] = &["executives", "finance", "legal", "marketing", "sales"];
const GENERAL: &[&str] = &["customers-general"];
const LEADS: &[&str] = &["leads.business-response", "leads.communications"];

const OPENS: &str = "still open, and nobody was told: one opening, as it is by now";
const NOBODY: &str = "no route tells anybody of it";
const OVER: &str = "over before anybody was told";

const BEGAN: Option<&str> = Some("triggered");
const FOUND: Option<&str> = Some("identified");
const ENDED: Option<&str> = Some("resolved");

/// Begun while no router ran. Together a thousand.
pub(super) const WAITING: [Course; 13] = [
    Course {
        name: "engineers' own, over",
        share: 520,
        steps: &[(0, BEGAN, "P3", "none"), (20, ENDED, "P3", "none")],
        hears: &[],
        stage: "",
        why: OVER,
    },
    Course {
        name: "felt by customers, over",
        share: 100,
        steps: &[
            (0, BEGAN, "P2", "minor"),
            (5, Some("acknowledged"), "P2", "minor"),
            (45, ENDED, "P2", "minor"),
        ],
        hears: &[],
        stage: "",
        why: OVER,
    },
    Course {
        name: "grave, over",
        share: 20,
        steps: &[(0, BEGAN, "P1", "major"), (60, ENDED, "P1", "major")],
        hears: &[],
        stage: "",
        why: OVER,
    },
    Course {
        name: "a false alarm",
        share: 10,
        steps: &[(0, BEGAN, "P1", "major"), (5, Some("cancelled"), "P1", "major")],
        hears: &[],
        stage: "",
        why: OVER,
    },
    Course {
        name: "noise, open",
        share: 220,
        steps: &[(0, BEGAN, "P5", "none")],
        hears: &[],
        stage: "",
        why: NOBODY,
    },
    Course {
        name: "engineers' own, open",
        share: 80,
        steps: &[(0, BEGAN, "P3", "none")],
        hears: &[(TECHNICAL, "opening")],
        stage: "triggered",
        why: OPENS,
    },
    Course {
        name: "felt a little, open",
        share: 20,
        steps: &[(0, BEGAN, "P3", "minor")],
        hears: &[(SERVICE, "opening")],
        stage: "triggered",
        why: OPENS,
    },
    Course {
        name: "P2, open, cause found",
        share: 15,
        steps: &[
            (0, BEGAN, "P2", "minor"),
            (5, Some("acknowledged"), "P2", "minor"),
            (20, FOUND, "P2", "minor"),
        ],
        hears: &[(SERVICE, "opening"), (STRATEGIC, "opening")],
        stage: "identified",
        why: OPENS,
    },
    Course {
        name: "P1, open, watched",
        share: 5,
        steps: &[
            (0, BEGAN, "P1", "major"),
            (20, FOUND, "P1", "major"),
            (50, Some("monitoring"), "P1", "major"),
        ],
        hears: &[(SERVICE, "opening"), (STRATEGIC, "opening"), (BUSINESS, "opening"), (GENERAL, "opening")],
        stage: "monitoring",
        why: OPENS,
    },
    Course {
        name: "rose from P3 to P1",
        share: 3,
        steps: &[(0, BEGAN, "P3", "none"), (30, None, "P1", "major")],
        hears: &[(SERVICE, "opening"), (STRATEGIC, "opening"), (BUSINESS, "opening"), (GENERAL, "opening")],
        stage: "triggered",
        why: OPENS,
    },
    Course {
        name: "sank from P1 to P4",
        share: 4,
        steps: &[(0, BEGAN, "P1", "major"), (30, None, "P4", "none")],
        hears: &[(TECHNICAL, "opening")],
        stage: "triggered",
        why: OPENS,
    },
    Course {
        name: "P2, just begun",
        share: 2,
        steps: &[(-2, BEGAN, "P2", "minor")],
        hears: &[(SERVICE, "opening"), (STRATEGIC, "opening")],
        stage: "triggered",
        why: OPENS,
    },
    Course {
        name: "grave, just begun, over",
        share: 1,
        steps: &[(-4, BEGAN, "P1", "major"), (-1, ENDED, "P1", "major")],
        hears: &[],
        stage: "",
        why: OVER,
    },
];

/// Begun and told before the stop.
pub(super) const TOLD: [Course; 7] = [
    Course {
        name: "told, over",
        share: 10,
        steps: &[(0, BEGAN, "P1", "major"), (40, ENDED, "P1", "major")],
        hears: &[
            (SERVICE, "resolved"),
            (STRATEGIC, "resolved"),
            (BUSINESS, "resolved"),
            (GENERAL, "resolved"),
        ],
        stage: "",
        why: "who was told it began is told it ended",
    },
    Course {
        name: "told, goes on",
        share: 10,
        steps: &[(0, BEGAN, "P1", "major")],
        hears: &[(LEADS, "update_overdue")],
        stage: "",
        why: "no news; leads hear that promises were broken, once",
    },
    Course {
        name: "told, cause found",
        share: 10,
        steps: &[(0, BEGAN, "P1", "major"), (30, FOUND, "P1", "major"), (90, FOUND, "P1", "major")],
        hears: &[(SERVICE, "update"), (STRATEGIC, "update"), (BUSINESS, "update")],
        stage: "",
        why: "one update with what is so by now",
    },
    Course {
        name: "told, rose to P1",
        share: 10,
        steps: &[(0, BEGAN, "P2", "minor"), (60, None, "P1", "major")],
        hears: &[(SERVICE, "upgraded"), (STRATEGIC, "upgraded"), (BUSINESS, "opening"), (GENERAL, "opening")],
        stage: "",
        why: "who was told hears that it is worse, who was not that it began",
    },
    Course {
        name: "told, sank to P4",
        share: 10,
        steps: &[(0, BEGAN, "P1", "major"), (60, None, "P4", "none")],
        hears: &[(TECHNICAL, "downgraded"), (&["customer-service"], "stand_down"), (BUSINESS, "stand_down")],
        stage: "",
        why: "below their threshold; customers hear nothing while impact is none",
    },
    Course {
        name: "told, up and down again",
        share: 10,
        steps: &[(0, BEGAN, "P2", "minor"), (60, None, "P1", "major"), (90, None, "P2", "minor")],
        hears: &[(LEADS, "update_overdue")],
        stage: "",
        why: "as they know it; leads hear that promises were broken, once",
    },
    Course {
        name: "told, over, back again",
        share: 10,
        steps: &[
            (0, BEGAN, "P1", "major"),
            (60, ENDED, "P1", "major"),
            (70, Some("reopened"), "P1", "major"),
        ],
        hears: &[(LEADS, "update_overdue")],
        stage: "",
        why: "as they know it; leads hear that promises were broken, once",
    },
];

impl Course {
    pub(super) fn key(&self, number: usize) -> String {
        format!("{} {number}", self.name)
    }

    /// The events of one incident that began then; of one that has just begun, before then.
    pub(super) fn events(&self, number: usize, began: Timestamp) -> impl Iterator<Item = Event> {
        let key = self.key(number);
        self.steps.iter().map(move |(minutes, stage, priority, impact)| {
            graded(&key, began + SignedDuration::from_mins(*minutes), (*stage, priority, impact))
        })
    }

    /// Did it end?
    pub(super) fn is_over(&self) -> bool {
        self.steps.iter().any(|(_, stage, ..)| matches!(stage, Some("resolved" | "cancelled")))
    }

    /// How long it takes.
    pub(super) fn minutes(&self) -> i64 {
        self.steps.last().map_or(0, |(minutes, ..)| *minutes)
    }

    /// Each reader with what it hears.
    pub(super) fn heard(&self) -> impl Iterator<Item = (String, String)> {
        let each = |(readers, kinds): &(&'static [&'static str], &'static str)| {
            let kinds = (*kinds).to_owned();
            readers.iter().map(move |reader| ((*reader).to_owned(), kinds.clone()))
        };
        self.hears.iter().flat_map(each)
    }
}

//! Worked notices, for the proof of templates, for previews and for tests: with everything known,
//! with nothing known, and with hostile words wherever words come from outside.
//!
//! They tell one incident, from 14:20 to 15:08 of an afternoon in Tokyo: it becomes worse, is said
//! to be worse than it is, is corrected, becomes better, ends, and is reported on; or takes another
//! course: it comes back, is merged, was a false alarm, or is not heard of any more.

mod incident;

use std::fmt;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use incident::{everything, nothing};

use crate::core::event::{Link, Named};
use crate::core::fields::Field;
use crate::core::ids;
use crate::core::notification::{About, Addressee, Cause, Change, LastSaid, LeadItem, Notice};
use crate::core::policy::{Audience, Per};
use crate::core::text::LocalText;
use crate::core::vocabulary::{Attention, Impact, Kind, Lifecycle, Priority, Stage};

/// How much is known of a sample's incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Knowledge {
    /// Every field has a value.
    Everything,
    /// Only what is always there: a reference, a stage, a start.
    Nothing,
    /// As everything, with [`HOSTILE`] for every word from outside.
    Hostile,
}

impl Knowledge {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Everything, Self::Nothing, Self::Hostile];
}

impl fmt::Display for Knowledge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Everything => "everything",
            Self::Nothing => "nothing",
            Self::Hostile => "hostile words",
        })
    }
}

/// Words that try to be more than words.
pub const HOSTILE: &str = "1. # [a](http://evil.example/x) ![b](http://evil.example/y.png) <b onclick=x>c</b> \
    <!here> <@U123> @channel ](http://evil.example) `code` ``` **bold** _it_ ~~no~~ | a | b | &lt;i&gt; {{ key }} \
    \u{202e}drow\u{202c} \u{0}\u{7}\u{200b} http://evil.example www.evil.example evil.example/path \\\n\n# heading\n\
    ===\n---\n- item\n> quote\n    code\n[x]: http://evil.example\n<div>\n```\nfence\n```\n!";

/// 2026-04-01 14:20 in Tokyo.
const BEGAN: i64 = 1_775_020_800;
/// From its beginning to its end.
const LASTED_MINUTES: i64 = 48;
/// The reference of the incident, and of the one that it is merged into.
const REFERENCES: [&str; 2] = ["7K2MQ4ZD", "4QX9T2MB"];

/// Every message of this kind that reads unlike the others of it: an update with news and one that
/// says there are none, an end that was reported and one that was not.
pub fn notices(kind: Kind, knowledge: Knowledge, audience: &Audience) -> Vec<Notice> {
    let plain = notice(kind, knowledge, audience);
    let other = match kind {
        Kind::Update => Some(nothing_new(plain.clone())),
        Kind::Resolved => Some(reports_stopped(plain.clone())),
        _ => None,
    };
    std::iter::once(plain).chain(other).collect()
}

fn nothing_new(notice: Notice) -> Notice {
    let decided_at = at(38);
    Notice {
        new_information: false,
        sequence: 5,
        changes: Vec::new(),
        next_update_by: notice.next_update_by.map(|_| decided_at + SignedDuration::from_mins(30)),
        decided_at,
        words: LocalText::default(),
        ..notice
    }
}

/// The last report came at the time of the end; hours later the incident is closed for want of more.
fn reports_stopped(notice: Notice) -> Notice {
    Notice { reports_stopped: true, sequence: 6, decided_at: at(LASTED_MINUTES + 24 * 60), ..notice }
}

/// When a message of this kind is sent, in minutes from the beginning, and its number in the thread.
const fn place(kind: Kind) -> (i64, u32) {
    match kind {
        Kind::Opening => (3, 1),
        Kind::Cancelled => (15, 2),
        Kind::Upgraded => (24, 3),
        Kind::Correction => (30, 4),
        Kind::Merged => (34, 5),
        Kind::Downgraded => (42, 6),
        Kind::StandDown => (44, 7),
        Kind::Resolved => (LASTED_MINUTES, 8),
        Kind::Reopened => (60, 9),
        Kind::FollowUp => (20 * 60, 9),
        Kind::IncidentSilent => (36 * 60, 4),
        _ => (18, 2),
    }
}

/// A notice of this kind to this audience.
pub fn notice(kind: Kind, knowledge: Knowledge, audience: &Audience) -> Notice {
    let say = Say(knowledge == Knowledge::Hostile);
    let began = at(0);
    let (minutes, sequence) = place(kind);
    let decided_at = at(minutes);
    let thread_id = ids::thread("i-sample", "p-sample", &audience.name, None);
    let known = knowledge != Knowledge::Nothing;
    let promises = !matches!(kind.lifecycle(), Lifecycle::End | Lifecycle::After) && kind != Kind::StandDown;
    Notice {
        id: ids::notification(&thread_id, kind.as_str(), "e-sample"),
        kind,
        audience: audience.name.clone(),
        addressee: audience.per.map(|per| addressee(per, say)),
        readers: audience.readers,
        topic: format!("notify.{}", audience.name),
        previous_id: (sequence > 1).then(|| ids::notification(&thread_id, "opening", "e-before")),
        thread_id,
        sequence,
        corrects: (kind == Kind::Correction).then(|| "n-before".to_owned()),
        incident_id: "i-sample".to_owned(),
        episode_id: "p-sample".to_owned(),
        view: Arc::new(if known { everything(kind, decided_at, say) } else { nothing(kind, began) }),
        may_see: audience.may_see,
        changes: if known { changes(kind, say) } else { Vec::new() },
        languages: audience.languages.clone(),
        time_zone: audience.time_zone.iana_name().unwrap_or("UTC").to_owned(),
        lead: audience.lead,
        next_update_by: (known && promises).then(|| decided_at + SignedDuration::from_mins(30)),
        expires_at: decided_at + SignedDuration::from_hours(4),
        attention: if known { Attention::Interrupt } else { Attention::Normal },
        new_information: true,
        drill: false,
        caused_by: Cause::Event { event: "e-sample".to_owned(), received_at: None },
        decided_at,
        words: words(kind, knowledge, say),
        words_approved: Vec::new(),
        merged_from: (kind == Kind::Merged).then(|| REFERENCES[0].to_owned()),
        reports_stopped: false,
        about: if kind.lifecycle() == Lifecycle::Lead {
            about(kind, knowledge, audience, decided_at)
        } else {
            Vec::new()
        },
    }
}

/// A person's words for this audience: a correction and a final report have some.
fn words(kind: Kind, knowledge: Knowledge, say: Say) -> LocalText {
    match (kind, knowledge) {
        (_, Knowledge::Hostile) => say.local("", ""),
        (Kind::Correction, Knowledge::Everything) => say.local(
            "影響があるのは一部のお客様で、全員ではありません。",
            "Some customers are affected, not all of them.",
        ),
        (Kind::FollowUp, Knowledge::Everything) => say.local(
            "直前の変更により接続数が上限に達したことが原因でした。今後は、変更の前に負荷試験を行い、再発を防ぎます。",
            "A change had used up all connections. From now on, every change is tested under load before it is made.",
        ),
        _ => LocalText::default(),
    }
}

fn at(minutes: i64) -> Timestamp {
    Timestamp::from_second(BEGAN + minutes * 60).unwrap_or_default()
}

/// Chooses between worked words and hostile ones.
#[derive(Clone, Copy)]
struct Say(bool);

impl Say {
    fn word(self, text: &str) -> String {
        if self.0 { HOSTILE.to_owned() } else { text.to_owned() }
    }
    fn local(self, japanese: &str, english: &str) -> LocalText {
        let words = [("ja", japanese), ("en", english)];
        LocalText(words.map(|(language, words)| (language.to_owned(), self.word(words))).into())
    }
    fn named(self, name: &str) -> Named {
        Named {
            id: Some(self.word("P1")),
            name: Some(self.word(name)),
            url: Some(self.word("https://status.example.com/p")),
        }
    }
    fn link(self, rel: &str, href: &str) -> Link {
        // The allowed host with hostile words, and an evil host, are both in the sample.
        Link { rel: rel.to_owned(), href: href.to_owned(), text: Some(self.word(rel)) }
    }
}

fn addressee(per: Per, say: Say) -> Addressee {
    let (kind, id, name) = match per {
        Per::Customer => ("customer", "acme", "ACME"),
        Per::Team => ("team", "commerce", "Commerce"),
    };
    Addressee {
        addressee_type: kind.to_owned(),
        id: id.to_owned(),
        name: say.word(name),
        liaison: Some(say.word("佐藤 (Sato)")),
        delivery: json!({"account": "0017"}),
    }
}

fn about(kind: Kind, knowledge: Knowledge, audience: &Audience, now: Timestamp) -> Vec<About> {
    let say = Say(knowledge == Knowledge::Hostile);
    let sees = |field| audience.may_see.contains(field);
    let due_at = match kind {
        Kind::UpdateDue => now + SignedDuration::from_mins(5),
        Kind::IncidentSilent => now - SignedDuration::from_hours(24),
        // Nobody leads the incident as a whole.
        Kind::LeadMissing => return Vec::new(),
        _ => now,
    };
    // Of an audience that waits for its first message, nothing was said yet.
    let waits = kind == Kind::ReleaseWanted;
    let draft = match kind {
        Kind::ReleaseWanted => Some(notice(Kind::Opening, knowledge, audience)),
        Kind::UpdateDue | Kind::UpdateOverdue => Some(nothing_new(notice(Kind::Update, knowledge, audience))),
        _ => None,
    };
    // The words themselves are what is to be approved.
    let words = say.word("影響があるのは一部のお客様で、全員ではありません。");
    let item = LeadItem {
        audience: audience.name.clone(),
        addressees: audience.per.map(|per| addressee(per, say).name).into_iter().collect(),
        due_at: Some(due_at),
        last_id: (!waits).then(|| "n-before".to_owned()),
        last_said: None,
        draft: (kind == Kind::ApprovalWanted).then_some(words),
    };
    let last = (!waits).then(|| LastSaid {
        kind: Kind::Opening,
        at: at(3),
        stage: Stage::Investigating,
        priority: sees(Field::Priority).then_some(Priority::P1),
        impact: sees(Field::Impact).then_some(Impact::Major),
    });
    let update = (kind == Kind::ApprovalWanted).then(|| "e-4q7wzj3n5k2m6x7b2v3c4d5f6g".to_owned());
    vec![About { item, last, draft: draft.map(Box::new), update }]
}

fn changes(kind: Kind, say: Say) -> Vec<Change> {
    let change = |field: &str, from: &str, to: &str| Change {
        field: field.to_owned(),
        from: json!(say.word(from)),
        to: json!(say.word(to)),
    };
    let service = |from: &str, to: &str| Change {
        field: "business_services".to_owned(),
        from: json!([format!("online-shop={from}")]),
        to: json!([format!("online-shop={to}")]),
    };
    match kind {
        Kind::Upgraded => {
            vec![change("impact", "major", "critical"), service("partial_outage", "major_outage")]
        }
        Kind::Correction => vec![change("impact", "critical", "major")],
        Kind::Downgraded | Kind::StandDown => {
            vec![
                change("priority", "P1", "P3"),
                change("impact", "major", "minor"),
                service("partial_outage", "degraded"),
                change("stage", "identified", "monitoring"),
            ]
        }
        Kind::Update => vec![change("stage", "investigating", "identified")],
        Kind::Resolved => vec![change("stage", "monitoring", "resolved")],
        _ => Vec::new(),
    }
}

const fn stage(kind: Kind) -> Stage {
    match kind {
        Kind::Opening | Kind::Reopened => Stage::Investigating,
        Kind::Downgraded | Kind::StandDown => Stage::Monitoring,
        Kind::Resolved | Kind::FollowUp => Stage::Resolved,
        Kind::Cancelled => Stage::Cancelled,
        _ => Stage::Identified,
    }
}

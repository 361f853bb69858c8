//! Worked notices, for the proof of templates, for previews and for tests: with everything known,
//! with nothing known, and with hostile words wherever words come from outside.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::core::event::{Eta, Link, Named};
use crate::core::ids;
use crate::core::notification::{
    About, Addressee, BusinessService, Cause, Change, CustomerText, HelpWanted, LeadItem, Notice, Sla, View,
};
use crate::core::policy::{Audience, Per};
use crate::core::text::LocalText;
use crate::core::vocabulary::{Attention, DataState, Impact, Kind, Lifecycle, Priority, ServiceState, Stage};

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

/// A notice of this kind to this audience.
pub fn notice(kind: Kind, knowledge: Knowledge, audience: &Audience) -> Notice {
    let say = Say(knowledge == Knowledge::Hostile);
    let began = at(0);
    let decided_at = at(if kind == Kind::Opening { 3 } else { 48 });
    let thread_id = ids::thread("i-sample", "p-sample", &audience.name, None);
    let known = knowledge != Knowledge::Nothing;
    let changes = if known { changes(kind, say) } else { Vec::new() };
    let sequence = if kind == Kind::Opening { 1 } else { 3 };
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
        changes,
        languages: audience.languages.clone(),
        time_zone: audience.time_zone.iana_name().unwrap_or("UTC").to_owned(),
        lead: audience.lead,
        next_update_by: known.then(|| decided_at + SignedDuration::from_mins(30)),
        expires_at: decided_at + SignedDuration::from_hours(4),
        attention: if known { Attention::Interrupt } else { Attention::Normal },
        new_information: true,
        drill: false,
        caused_by: Cause::Event { event: "e-sample".to_owned() },
        decided_at,
        words: if say.0 { say.local("", "") } else { LocalText::default() },
        words_approved: Vec::new(),
        merged_from: (kind == Kind::Merged).then(|| "4QX9T2MB".to_owned()),
        reports_stopped: false,
        about: if kind.lifecycle() == Lifecycle::Lead {
            about(audience, decided_at, say)
        } else {
            Vec::new()
        },
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

fn about(audience: &Audience, now: Timestamp, say: Say) -> Vec<About> {
    let item = LeadItem {
        audience: audience.name.clone(),
        addressees: Vec::new(),
        due_at: Some(now + SignedDuration::from_mins(5)),
        last_id: Some("n-before".to_owned()),
        last_said: Some(say.word("一部のお客様がご購入を完了できない状態です")),
        draft: Some(say.word("現在、対応を進めております")),
    };
    vec![About { item, last: None, draft: None }]
}

fn changes(kind: Kind, say: Say) -> Vec<Change> {
    let change = |field: &str, from: &str, to: &str| Change {
        field: field.to_owned(),
        from: json!(say.word(from)),
        to: json!(say.word(to)),
    };
    match kind {
        Kind::Upgraded => vec![change("impact", "minor", "major"), change("priority", "P2", "P1")],
        Kind::Downgraded | Kind::StandDown => {
            vec![change("impact", "major", "minor"), change("priority", "P1", "P3")]
        }
        Kind::Update => vec![change("stage", "investigating", "identified")],
        Kind::Resolved => vec![change("stage", "monitoring", "resolved")],
        _ => Vec::new(),
    }
}

fn stage(kind: Kind) -> Stage {
    match kind {
        Kind::Opening | Kind::Reopened => Stage::Investigating,
        Kind::Downgraded | Kind::StandDown => Stage::Monitoring,
        Kind::Resolved | Kind::FollowUp => Stage::Resolved,
        Kind::Cancelled => Stage::Cancelled,
        _ => Stage::Identified,
    }
}

fn nothing(kind: Kind, began: Timestamp) -> View {
    let ended = kind.lifecycle() == Lifecycle::End;
    View {
        public_reference: "7K2MQ4ZD".to_owned(),
        key: "pagerduty/PGR0VU2".to_owned(),
        stage: Some(stage(kind)),
        started_at: Some(began),
        resolved_at: ended.then(|| at(48)),
        duration_seconds: Some(48 * 60),
        impact: Some(Impact::Unknown),
        priority: Some(Priority::P3),
        ..View::default()
    }
}

fn everything(kind: Kind, now: Timestamp, say: Say) -> View {
    let smaller = matches!(kind, Kind::Downgraded | Kind::StandDown);
    let ended = matches!(stage(kind), Stage::Resolved | Stage::Cancelled);
    let state = match kind {
        Kind::Resolved | Kind::Cancelled => ServiceState::Operational,
        Kind::Downgraded | Kind::StandDown => ServiceState::Degraded,
        _ => ServiceState::PartialOutage,
    };
    let symptom = || {
        say.local(
            "一部のお客様がご購入を完了できない状態です",
            "Some customers can't complete their purchases",
        )
    };
    View {
        reference: Some(say.word("#1234")),
        resolved_at: ended.then_some(now),
        duration_seconds: Some(now.as_second() - BEGAN),
        impact: Some(if smaller { Impact::Minor } else { Impact::Major }),
        business_services: vec![BusinessService {
            id: "online-shop".to_owned(),
            name: say.local("ご購入手続き", "Checkout"),
            state,
        }],
        symptom: symptom(),
        symptom_public: symptom(),
        workaround: say
            .local("お電話でのご注文は通常どおり承っております", "Orders by telephone work as usual"),
        action: say.local("直前の変更を元に戻す作業を進めています", "We are undoing the last change"),
        regions: vec![say.word("eu")],
        affected_count: Some(12_400),
        affected_percent: Some(18.5),
        strategic_customers: vec![say.word("ACME"), say.word("Initech")],
        sla: Some(Sla {
            state: say.word("at_risk"),
            penalty_possible: true,
            deadline: Some(now + SignedDuration::from_mins(42)),
        }),
        priority: Some(if smaller { Priority::P3 } else { Priority::P1 }),
        help_wanted: [
            (
                "executives",
                "お客様への返金方針のご判断をお願いします",
                "Please decide whether customers are refunded",
            ),
            (
                "technical-teams",
                "決済チームにログの確認をお願いします",
                "Payments team: please check your logs",
            ),
            ("marketing", "本日18時のメール配信の停止をお願いします", "Please stop today's 18:00 mailing"),
        ]
        .map(|(wanted_of, japanese, english)| HelpWanted {
            wanted_of: wanted_of.to_owned(),
            text: say.local(japanese, english),
        })
        .into(),
        customer_text: Some(CustomerText { text: symptom(), sent: kind != Kind::Opening }),
        eta: Some(Eta {
            at: now + SignedDuration::from_mins(40),
            confidence: Some(say.word("medium")),
            quotable: false,
        }),
        data_loss: Some(DataState::None),
        data_exposure: Some(DataState::None),
        ..engineering(nothing(kind, at(0)), say)
    }
}

/// What only engineers read.
fn engineering(view: View, say: Say) -> View {
    View {
        title: Some(say.word("Critical: checkout-api p99 > 2s")),
        description: Some(say.word("error rate 18 % since deploy 4711")),
        cause: Some(say.word("deploy 4711 exhausts the connection pool")),
        services: vec![say.named("checkout-api")],
        hosts: vec![say.word("web-1.internal")],
        labels: BTreeMap::from([(say.word("team"), vec![say.word("commerce")])]),
        links: vec![
            say.link("incident", "https://status.example.com/incidents/1"),
            say.link("runbook", "https://evil.example/(runbook)"),
            say.link("bridge", "https://status.example.com/bridge"),
            say.link("channel", "https://status.example.com/channel"),
        ],
        people: vec![say.named("Tanaka")],
        ..view
    }
}

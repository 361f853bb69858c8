//! What is known of the worked incident at each moment of it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::{LASTED_MINUTES, REFERENCES, Say, at, place, stage};
use crate::core::event::Eta;
use crate::core::notification::{BusinessService, CustomerText, HelpWanted, Sla, View};
use crate::core::text::LocalText;
use crate::core::vocabulary::{DataState, Impact, Kind, Priority, ServiceState, Stage};

pub(super) fn nothing(kind: Kind, began: Timestamp) -> View {
    let ended = matches!(stage(kind), Stage::Resolved | Stage::Cancelled);
    let lasted = if ended { LASTED_MINUTES.min(place(kind).0) } else { place(kind).0 };
    View {
        public_reference: REFERENCES[usize::from(kind == Kind::Merged)].to_owned(),
        key: "pagerduty/PGR0VU2".to_owned(),
        stage: Some(stage(kind)),
        started_at: Some(began),
        resolved_at: ended.then(|| at(lasted)),
        duration_seconds: Some(lasted * 60),
        impact: Some(Impact::Unknown),
        priority: Some(Priority::P3),
        ..View::default()
    }
}

/// Impact, priority and the service's state, at the time of this kind.
const fn grade(kind: Kind) -> (Impact, Priority, ServiceState) {
    match kind {
        Kind::Upgraded => (Impact::Critical, Priority::P1, ServiceState::MajorOutage),
        Kind::Downgraded | Kind::StandDown => (Impact::Minor, Priority::P3, ServiceState::Degraded),
        Kind::Resolved | Kind::FollowUp | Kind::Cancelled => {
            (Impact::Major, Priority::P1, ServiceState::Operational)
        }
        _ => (Impact::Major, Priority::P1, ServiceState::PartialOutage),
    }
}

fn symptom(kind: Kind, say: Say) -> LocalText {
    let (japanese, english) = match kind {
        Kind::Upgraded => {
            ("お客様がご購入を完了できない状態です", "Customers can't complete their purchases")
        }
        Kind::Downgraded | Kind::StandDown => {
            ("ご購入の完了に時間がかかる場合があります", "Purchases may take longer than usual")
        }
        _ => ("一部のお客様がご購入を完了できない状態です", "Some customers can't complete their purchases"),
    };
    say.local(japanese, english)
}

fn action(kind: Kind, say: Say) -> LocalText {
    let (japanese, english) = match stage(kind) {
        Stage::Investigating => ("担当部署が状況を確認しています", "Our engineers are looking into it"),
        Stage::Monitoring => {
            ("以前の状態に戻し、動作を確認しています", "We have gone back to the previous version")
        }
        Stage::Resolved => ("以前の状態に戻しました", "We went back to the previous version"),
        _ => ("以前の状態に戻す作業を進めています", "We are going back to the previous version"),
    };
    say.local(japanese, english)
}

/// At risk on the way; kept in the end.
fn sla(kind: Kind, say: Say) -> Sla {
    let kept = matches!(stage(kind), Stage::Resolved | Stage::Cancelled);
    Sla {
        state: say.word(if kept { "none" } else { "at_risk" }),
        penalty_possible: !kept,
        deadline: (!kept).then(|| at(90)),
    }
}

pub(super) fn everything(kind: Kind, now: Timestamp, say: Say) -> View {
    let (impact, priority, state) = grade(kind);
    View {
        reference: Some(say.word("#1234")),
        impact: Some(impact),
        business_services: vec![BusinessService {
            id: "online-shop".to_owned(),
            name: say.local("ご購入手続き", "Checkout"),
            state,
        }],
        symptom: symptom(kind, say),
        symptom_public: symptom(kind, say),
        workaround: say
            .local("お電話でのご注文は通常どおり承っております", "Orders by telephone work as usual"),
        action: action(kind, say),
        regions: vec![say.word("eu")],
        affected_count: Some(12_400),
        affected_percent: Some(18.5),
        strategic_customers: vec![say.word("ACME"), say.word("Initech")],
        sla: Some(sla(kind, say)),
        priority: Some(priority),
        help_wanted: help_wanted(say),
        customer_text: Some(CustomerText { text: symptom(kind, say), sent: kind != Kind::Opening }),
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

fn help_wanted(say: Say) -> Vec<HelpWanted> {
    let asked = [
        (
            "executives",
            "お客様への返金方針のご判断をお願いします",
            "Please decide whether customers are refunded",
        ),
        ("technical-teams", "決済チームにログの確認をお願いします", "Payments team: please check your logs"),
        ("marketing", "本日18時のメール配信の停止をお願いします", "Please stop today's 18:00 mailing"),
    ];
    let asked = asked.map(|(wanted_of, japanese, english)| HelpWanted {
        wanted_of: wanted_of.to_owned(),
        text: say.local(japanese, english),
    });
    asked.into()
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

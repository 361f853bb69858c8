//! The policy that ships, against itself and against edited copies of it.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::*;
use crate::core::ids;

fn at(minute: i64) -> Timestamp {
    "2026-04-01T00:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minute)
}

/// An event of incident `key` at a minute, with these fields.
fn event(key: &str, minute: i64, fields: &Value) -> Event {
    let body_sha256 = ids::body_sha256(format!("{key}{minute}{fields}").as_bytes());
    let mut event = json!({
        "schema": "incident-event/1", "id": ids::event("pagerduty", Some(&format!("{key}-{minute}")), &body_sha256, 0),
        "type": "updated", "native_type": "incident.updated",
        "occurred_at": at(minute).to_string(), "occurred_at_quality": "exact", "received_at": at(minute).to_string(),
        "source": {"kind": "pagerduty", "name": "pagerduty"},
        "ingest": {"delivery_id": format!("{key}-{minute}"), "body_sha256": body_sha256, "part": 0, "auth": "signature"},
        "incident": {"id": ids::incident("pagerduty", key), "key": format!("pagerduty/{key}"), "native_id": key},
        "services": [{"name": "checkout-api"}],
    });
    for (field, value) in fields.as_object().unwrap() {
        event[field] = value.clone();
    }
    serde_json::from_value(event).unwrap()
}

fn graded(stage: &str, priority: &str, impact: &str) -> Value {
    json!({"stage": stage, "priority": {"rank": priority, "native": priority}, "impact": {"level": impact}})
}

/// Two grave incidents, a small one that becomes grave, and one of a test environment.
fn past() -> Vec<(Event, Timestamp)> {
    let told = [
        ("one", 0, graded("triggered", "P1", "major")),
        ("small", 5, graded("triggered", "P4", "none")),
        ("two", 20, graded("triggered", "P2", "major")),
        ("small", 30, graded("investigating", "P1", "critical")),
        ("one", 48, graded("resolved", "P1", "major")),
        ("two", 90, graded("resolved", "P2", "major")),
        ("small", 100, graded("resolved", "P1", "critical")),
        ("quiet", 200, json!({"stage": "triggered", "environment": "staging", "services": []})),
    ];
    told.iter().map(|(key, minute, fields)| (event(key, *minute, fields), at(*minute))).collect()
}

fn report(edit: impl FnOnce(Source) -> Source) -> Report {
    let current = Arc::new(crate::policy::built_in().unwrap().policy);
    let proposed = Proposed::load(&edit(Source::built_in()), false, &Proofs::default())
        .unwrap_or_else(|error| panic!("{error}"));
    let mut backtest = Backtest::new(current, proposed, 3);
    for (event, appended) in past() {
        backtest.event(&event, appended).unwrap();
    }
    backtest.pass(at(24 * 60 * 9)).unwrap();
    backtest.finish()
}

/// One file, with a text in place of another.
fn edited(file: &'static str, from: &'static str, to: &'static str) -> impl FnOnce(Source) -> Source {
    move |source| {
        let text = source.text(file).unwrap().to_owned();
        assert!(text.contains(from), "{file} has no {from:?}");
        source.with(file, text.replacen(from, to, 1))
    }
}

/// The audiences with a difference, leads left out.
fn differing(report: &Report) -> Vec<&str> {
    let audiences = report
        .compared
        .audiences
        .iter()
        .filter(|(name, audience)| !audience.is_same() && !name.starts_with("leads."));
    audiences.map(|(name, _)| name.as_str()).collect()
}

#[test]
fn a_policy_is_no_different_from_itself() {
    let report = report(|source| source);
    assert!(report.is_same());
    assert_eq!(report.events, 8);
    assert_eq!(report.compared.incidents, Pair { current: 4, proposed: 4 });
    // Nobody hears of a staging environment.
    assert_eq!(report.compared.told, Pair { current: 3, proposed: 3 });
    let executives = &report.compared.audiences["executives"];
    // Each hears that they began, and that they ended.
    assert!(executives.messages.current >= 6 && executives.messages.is_same(), "{executives:?}");
    assert!(report.shadows.is_none());
    assert!(serde_json::to_value(&report).unwrap()["audiences"]["executives"]["days"].is_object());
}

#[test]
fn a_route_less_names_its_audience_and_its_incidents() {
    let rule = "  - name: executives-hear-of-what-customers-feel\n    when: { any: [ { priority: P1 }, { priority: P2, impact: { at_least: major } } ] }\n    tell: [executives]\n";
    let report = report(edited("routes.yaml", rule, ""));
    assert!(!report.is_same());
    assert_eq!(differing(&report), ["executives"]);
    let executives = &report.compared.audiences["executives"];
    assert_eq!((executives.no_longer_told, executives.newly_told, executives.told_otherwise), (3, 0, 0));
    assert_eq!(executives.messages.proposed, 0);
    let incidents: Vec<&str> = executives.examples.iter().map(|example| example.incident.as_str()).collect();
    assert_eq!(incidents, ["pagerduty/one", "pagerduty/two", "pagerduty/small"]);
    for example in &executives.examples {
        assert_eq!(example.change, Change::NoLongerTold);
        assert!(example.why.contains("executives-hear-of-what-customers-feel"), "{}", example.why);
        assert!(example.why.contains("not_matched"), "{}", example.why);
        assert!(example.current.is_some() && example.proposed.is_none());
    }
}

#[test]
fn who_would_have_heard_later_is_not_told_for_a_reason_too() {
    let report = report(|source| {
        let text = source.text("routes.yaml").unwrap();
        let (before, rest) = text.split_once("  - name: all-customers-hear-of-the-grave").unwrap();
        let after = rest.split_once("\n\n").unwrap().1;
        let routes = format!("{before}{after}");
        source.with("routes.yaml", routes)
    });
    let customers = &report.compared.audiences["customers-general"];
    assert!(customers.no_longer_told > 0, "{customers:?}");
    for example in &customers.examples {
        assert!(example.why.contains("then: not_matched"), "{}", example.why);
    }
}

#[test]
fn a_route_more_is_told_newly_or_by_shadow() {
    let live = "\n  - { name: staging-too, when: { environment: staging }, tell: [sales] }\n";
    let more = |text: String| {
        move |source: Source| {
            let routes = format!("{}{text}", source.text("routes.yaml").unwrap());
            source.with("routes.yaml", routes)
        }
    };
    let told = report(more(live.to_owned()));
    assert_eq!(differing(&told), ["sales"]);
    assert_eq!(told.compared.audiences["sales"].newly_told, 1);
    assert_eq!(told.compared.told, Pair { current: 3, proposed: 4 });
    assert!(told.compared.audiences["sales"].examples[0].why.contains("staging-too"));
    assert!(told.shadows.is_none());

    let shadow = report(more(live.replace("tell: [sales]", "tell: [sales], shadow: true")));
    assert!(shadow.is_same(), "{:?}", differing(&shadow));
    let would = &shadow.shadows.unwrap().audiences["sales"];
    assert_eq!(would.newly_told, 1);
    assert!(would.examples[0].proposed.is_some() && would.examples[0].why.contains("shadow"), "{would:?}");
}

#[test]
fn an_edited_template_is_other_words_to_its_readers_only() {
    let file = "templates/en/executives/opening.md";
    let report = report(|source| {
        let text = format!("{}\nRead this first.\n", source.text(file).unwrap());
        let source = source.with(file, text);
        let approve = crate::policy::approvals::Approve {
            target: file,
            role: "executive-sponsor",
            by: "a test",
            at: at(0),
        };
        let approvals = crate::policy::approvals::record(&source, &[approve]).unwrap();
        source.with("approvals.yaml", approvals)
    });
    assert_eq!(differing(&report), ["executives"]);
    let executives = &report.compared.audiences["executives"];
    assert_eq!((executives.other_words, executives.newly_told, executives.no_longer_told), (3, 0, 0));
    let why = &executives.examples[0].why;
    assert!(why.contains(file) && why.contains("edited"), "{why}");
    assert!(executives.examples[0].proposed.as_ref().unwrap().text.contains("Read this first"));
}

#[test]
fn a_rule_of_classification_is_named() {
    let report = report(|source| {
        let rule =
            "\nadjust:\n  - { name: raised-for-all, when: { service: checkout-api }, raise_priority: 1 }\n";
        let text = format!("{}{rule}", source.text("classify.yaml").unwrap());
        source.with("classify.yaml", text)
    });
    let executives = &report.compared.audiences["executives"];
    assert!(!executives.is_same(), "{executives:?}");
    let causes: Vec<&String> = executives.causes.keys().collect();
    assert!(causes.iter().any(|why| why.contains("raised-for-all")), "{causes:?}");
}

#[test]
fn other_promises_are_other_details_and_late_news_of_a_lead() {
    let report = report(edited(
        "audiences.yaml",
        "updates_every: { P1: 30m, P2: 60m }",
        "updates_every: { P1: 15m, P2: 60m }",
    ));
    assert_eq!(differing(&report), ["executives"]);
    let executives = &report.compared.audiences["executives"];
    assert_eq!((executives.newly_told, executives.no_longer_told), (0, 0));
    assert!(executives.other_words + executives.other_details > 0, "{executives:?}");
    let causes: Vec<&String> = executives.causes.keys().collect();
    assert!(
        causes.iter().all(|why| why.contains("updates_every") || why.contains("next_update_by")),
        "{causes:?}"
    );
    let lead = &report.compared.audiences["leads.business-response"];
    assert!(lead.told_otherwise + lead.newly_told > 0, "{lead:?}");
}

//! Random deliveries of three kinds of sender, and of people: incidents that begin, change, end, come
//! back and merge, with fields that are there, missing or of the wrong type, and some that come twice.

use herald_judge::chance::Chance;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::people;
use super::policies::Generated;
use crate::fixture::pagerduty::{self, Change, Subject};

/// One delivery.
#[derive(Debug, Clone)]
pub struct Posted {
    pub path: String,
    /// Whose webhook it is; none of a person.
    pub source: Option<&'static str>,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    /// How many events it says.
    pub events: usize,
}

/// So many webhooks, about incidents whose names nobody else has, and what people say between them.
pub fn bodies(dice: &mut Chance, policy: &Generated, count: usize, secrets: &Secrets) -> Vec<Posted> {
    let mut bodies: Vec<Posted> = Vec::with_capacity(count);
    let about = About { of: policy.seed, incidents: (count / 4).max(1) };
    for number in 0..count {
        let again = (!bodies.is_empty() && dice.percent(8)).then(|| bodies[dice.below(bodies.len())].clone());
        bodies.push(again.unwrap_or_else(|| match dice.below(12) {
            0 => alerts(dice, &about),
            1 => pages(dice, &about, &secrets.pagerduty),
            2 => probes(dice, &about, number, 2),
            _ => probes(dice, &about, number, 1),
        }));
    }
    for number in 0..count / 4 {
        let place = dice.below(bodies.len() + 1);
        let said = people::said(dice, &about, policy, number, &secrets.person);
        bodies.splice(place..place, said);
    }
    bodies
}

/// What signs a delivery, and what a person shows.
pub struct Secrets {
    pub pagerduty: String,
    pub person: String,
}

/// Whose incidents, and how many there are.
pub struct About {
    of: u64,
    incidents: usize,
}

impl About {
    /// The readable name of one of them.
    pub fn key(&self, dice: &mut Chance) -> String {
        format!("inc-{}-{}", self.of, dice.below(self.incidents))
    }
}

/// Herald's own kind: an object, or a list of them.
fn probes(dice: &mut Chance, about: &About, number: usize, events: usize) -> Posted {
    let mut items: Vec<Value> = (0..events).map(|_| body(dice, about, number)).collect();
    let body = if events == 1 { items.remove(0) } else { json!(items) };
    let mut headers = vec![("content-type", "application/json".to_owned())];
    if dice.percent(35) {
        headers.push(("idempotency-key", format!("delivery-{}", dice.number())));
    }
    Posted {
        path: "/webhooks/probe".to_owned(),
        source: Some("probe"),
        headers,
        body: body.to_string().into_bytes(),
        events,
    }
}

/// A group of an Alertmanager.
fn alerts(dice: &mut Chance, about: &About) -> Posted {
    let status = dice.one_of(&["firing", "firing", "resolved"]);
    let labels = json!({
        "alertname": "Errors",
        "service": dice.one_of(&["checkout-api", "payments", "no-such"]),
        "severity": dice.one_of(&["critical", "warning"]),
        "customer_impact": dice.one_of(&["major", "minor", "none"]),
    });
    let alert = json!({
        "status": status,
        "labels": labels,
        "annotations": { "summary": "Many errors", "impact": dice.one_of(&["major", "some carts are lost"]) },
        "startsAt": ago(dice, 3600),
    });
    let body = json!({
        "version": "4",
        "groupKey": format!("{{}}:{{alertname=\"{}\"}}", about.key(dice)),
        "status": status,
        "receiver": "herald",
        "groupLabels": { "alertname": "Errors" },
        "commonLabels": labels,
        "commonAnnotations": {},
        "alerts": [alert],
    });
    let headers = vec![("content-type", "application/json".to_owned())];
    Posted {
        path: "/webhooks/alerts".to_owned(),
        source: Some("alerts"),
        headers,
        body: body.to_string().into_bytes(),
        events: 1,
    }
}

/// A signed delivery of PagerDuty.
fn pages(dice: &mut Chance, about: &About, secret: &str) -> Posted {
    let changes =
        [Change::Triggered, Change::Triggered, Change::Acknowledged, Change::Priority, Change::Resolved];
    let change = dice.one_of(&changes);
    let subject = Subject {
        id: about.key(dice),
        service: dice.one_of(&["checkout-api", "payments", "back-office"]),
        status: change.status().unwrap_or("acknowledged"),
        priority: dice.maybe(70, |dice| dice.one_of(&["P1", "SEV-2", "P4", "urgent"])),
    };
    let event = format!("01{}", dice.number());
    let body = pagerduty::body(&subject, change, Timestamp::now(), &event);
    let signature = pagerduty::signature(secret, &body);
    let headers = vec![("content-type", "application/json".to_owned()), ("x-pagerduty-signature", signature)];
    Posted { path: "/webhooks/pagerduty".to_owned(), source: Some("pagerduty"), headers, body, events: 1 }
}

/// A time so many seconds ago, at most.
fn ago(dice: &mut Chance, seconds_max: usize) -> String {
    let seconds = i64::try_from(dice.below(seconds_max)).unwrap();
    format!("{:.3}", Timestamp::now() - SignedDuration::from_secs(seconds))
}

const STAGES: [&str; 12] = [
    "triggered",
    "triggered",
    "triggered",
    "acknowledged",
    "investigating",
    "identified",
    "monitoring",
    "resolved",
    "resolved",
    "reopened",
    "cancelled",
    "closed",
];

/// One item of Herald's own kind.
fn body(dice: &mut Chance, about: &About, number: usize) -> Value {
    let mut body = json!({ "key": about.key(dice), "title": format!("alarm {number} on p99") });
    let mut set = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            body[key] = value;
        }
    };
    let of =
        |dice: &mut Chance, often: usize, words: &[&str]| dice.maybe(often, |dice| json!(dice.one_of(words)));
    set("stage", of(dice, 85, &STAGES));
    set("priority", of(dice, 65, &["P1", "P1", "P2", "P3", "P4", "P5", "SEV-1", "urgent"]));
    set("impact", of(dice, 50, &["none", "minor", "major", "critical", "unknown"]));
    set(
        "service",
        of(dice, 75, &["checkout-api", "payments", "orders-db", "back-office", "partner-api", "no-such"]),
    );
    set("severity", of(dice, 25, &["critical", "error", "warning", "info"]));
    set("urgency", of(dice, 10, &["high", "low"]));
    set("environment", of(dice, 15, &["production", "staging"]));
    set("team", of(dice, 10, &["commerce", "payments", "nobody"]));
    set("regions", dice.maybe(15, |dice| json!([dice.one_of(&["eu", "jp"])])));
    set("affected_percent", dice.maybe(15, |dice| json!(dice.one_of(&[0, 3, 20, 80]))));
    set("affected_count", dice.maybe(10, |dice| json!(dice.one_of(&[0, 12, 4000]))));
    set(
        "labels",
        dice.maybe(30, |dice| {
            let name = dice.one_of(&["tenant", "security", "drill", "customer_impact", "audience"]);
            json!({ name: dice.one_of(&["initech", "hooli", "major", "business"]) })
        }),
    );
    set("is_drill", dice.maybe(5, |_| json!(true)));
    set("is_private", dice.maybe(6, |_| json!(true)));
    set("is_test", dice.maybe(3, |_| json!(true)));
    set("is_maintenance", dice.maybe(3, |_| json!(true)));
    words(dice, &mut set);
    times(dice, &mut set);
    if dice.percent(5) {
        set("stage", Some(json!("merged")));
        set("merged_into", Some(json!(about.key(dice))));
    }
    if dice.percent(8) {
        // Of the wrong type: a warning on the event, never a rejection.
        let field = dice.one_of(&["priority", "labels", "description", "environment"]);
        let wrong = [json!(17), json!([]), json!(true), json!({ "a": { "b": 1 } })];
        set(field, Some(wrong[dice.below(wrong.len())].clone()));
    }
    body
}

/// What is written for people.
fn words(dice: &mut Chance, set: &mut impl FnMut(&str, Option<Value>)) {
    for (field, words) in [
        ("symptom", json!({ "en": "Carts stay empty", "ja": "カートが空になります" })),
        ("workaround", json!({ "en": "Try again" })),
        ("action", json!("The last change is taken back")),
        ("cause", json!("A full disk on db-1")),
        (
            "text",
            json!({ "executives": { "en": "We know more at noon" }, "customers-general": { "en": "Sorry" } }),
        ),
        ("message", json!("Still at it")),
        ("note", json!("db-1 has **no** space left")),
        ("description", json!("A disk is full\nsee <db-1>")),
        ("hosts", json!(["db-1", "web-7"])),
        ("links", json!(["https://runbooks.example.com/disk"])),
        ("data_exposure", json!("suspected")),
        ("data_loss", json!("none")),
    ] {
        set(field, dice.maybe(7, |_| words));
    }
}

fn times(dice: &mut Chance, set: &mut impl FnMut(&str, Option<Value>)) {
    set("started_at", dice.maybe(10, |dice| json!(ago(dice, 3 * 3600))));
    set("occurred_at", dice.maybe(15, |dice| json!(ago(dice, 120))));
    if dice.percent(3) {
        set("occurred_at", Some(json!("2020-01-01T00:00:00Z")));
    }
    let eta = Timestamp::now() + SignedDuration::from_hours(1);
    set("eta", dice.maybe(7, |dice| json!({ "at": eta, "confidence": "low", "quotable": dice.percent(50) })));
}

//! Zabbix media types of the kind webhook: a script posts what it likes, mostly the parameters of
//! the usual media types under their own names. Macros that Zabbix has no value for arrive as they
//! are written.

use std::borrow::Cow;

use jiff::Timestamp;

use crate::core::event::{AudienceHint, Event, TextFormat};
use crate::core::limits::{LIST_ITEMS_MAX, NAME_CHARS_MAX, TITLE_CHARS_MAX};
use crate::core::sources::about::{About, Ends, Page};
use crate::core::sources::body;
use crate::core::sources::build::{self, Head};
use crate::core::sources::loose::{Habits, Loose, is_unfilled};
use crate::core::sources::reader::{Warnings, opaque};
use crate::core::sources::time::{self, Time};
use crate::core::sources::{Delivery, Read, SourceKind, fill, json};
use crate::core::text::clean_line;
use crate::core::tree::Tree;
use crate::core::vocabulary::{EventType, StageWord, TimeQuality};

/// See [`About`].
pub(super) static ABOUT: About = About {
    name: "zabbix",
    title: "Zabbix",
    schema: include_str!("../../../../schemas/zabbix.json"),
    parse: body::templated_or_form,
    read,
    headers: &[],
    media_types: &[body::FORM],
    waits_ms: Some(30_000),
    punishes_refusal: false,
    ends: Ends::Sender,
    page: Page {
        intro: "Problems, updates and recoveries that a webhook media type of Zabbix posts. The script decides the body; Herald reads the parameters of the usual media types in any spelling, and the forms of Zulip, Keep, Cloudforet and Alerta.",
        setup: &[
            "Open *Alerts → Media types → Create media type*, type *Webhook*, with the parameters `event_id` = `{EVENT.ID}`, `event_name` = `{EVENT.NAME}`, `event_value` = `{EVENT.VALUE}`, `event_update_status` = `{EVENT.UPDATE.STATUS}`, `event_update_action` = `{EVENT.UPDATE.ACTION}`, `event_update_message` = `{EVENT.UPDATE.MESSAGE}`, `event_nseverity` = `{EVENT.NSEVERITY}`, `event_severity` = `{EVENT.SEVERITY}`, `event_ack_status` = `{EVENT.ACK.STATUS}`, `event_tags` = `{EVENT.TAGSJSON}`, `event_timestamp` = `{EVENT.TIMESTAMP}`, `event_recovery_timestamp` = `{EVENT.RECOVERY.TIMESTAMP}`, `event_opdata` = `{EVENT.OPDATA}`, `host_name` = `{HOST.NAME}`, `trigger_id` = `{TRIGGER.ID}`, `trigger_description` = `{TRIGGER.DESCRIPTION}`, `zabbix_url` = `{$ZABBIX.URL}`, `herald_url` = `{url}` and `herald_token` = the source's secret.",
            "Give it this script: `var p = JSON.parse(value), r = new HttpRequest(), url = p.herald_url; r.addHeader('Content-Type: application/json'); r.addHeader('Authorization: Bearer ' + p.herald_token); delete p.herald_url; delete p.herald_token; r.post(url, JSON.stringify(p)); if (r.getStatus() !== 202) { throw 'Herald answered ' + r.getStatus(); } return 'OK';`",
            "Add message templates for problem, recovery and update, and tick all three operations in the trigger action.",
        ],
        auth: "{ scheme: bearer, secret_file: /run/secrets/zabbix }",
        reads: &[
            (
                "event_id ({EVENT.ID}, which a recovery carries too); trigger and host where there is none",
                "the incident",
            ),
            (
                "event_value, event_update_status and _action, event_status, event_ack_status",
                "the stage, and what changed",
            ),
            ("event_name, trigger_name", "the title, for engineers"),
            ("event_nseverity 0 to 5, event_severity", "severity"),
            ("host_name, host_group", "hosts, labels"),
            (
                "event_tags: JSON, a list, or key:value with commas",
                "labels; service, team, environment and region by their names",
            ),
            ("event_timestamp, else event_date with event_time", "when it changed"),
            ("event_update_message", "a note, for engineers"),
            ("trigger_url, link", "links"),
        ],
        means: &[
            ("event_value 1; PROBLEM", "triggered"),
            ("event_value 0; OK, RESOLVED, RECOVERY", "resolved"),
            ("an update that acknowledges, or event_ack_status Yes", "acknowledged"),
            ("an update that closes", "resolved"),
            ("any other update", "a note; the stage stays"),
            ("Disaster, High, Average, Warning, Information", "critical, error, warning, warning, info"),
            ("a body of nothing but macros", "the test button: told to nobody"),
        ],
        not_said: &[
            "A priority and customer impact: use tags, and derive them in the policy.",
            "Dates in the server's own zone: they are read as UTC; prefer the timestamps.",
            "Discovery and autoregistration: no incidents.",
        ],
    },
};

const HABITS: Habits =
    Habits { wrappers: &["payload", "data", "params", "body", "alert", "zabbix"], prefixes: &[] };

const EVENT_ID: &[&str] = &[
    "originaleventid",
    "originalproblemid",
    "problemeventid",
    "problemid",
    "eventproblemid",
    "eventid",
    "alertid",
    "id",
];
const TITLE: &[&str] =
    &["eventname", "problemname", "triggername", "trigger", "eventproblem", "name", "problem", "alertname"];
const SUBJECT: &[&str] = &["alertsubject", "subject", "title"];
const MESSAGE: &[&str] = &["alertmessage", "message", "text", "body", "content"];
const HOST: &[&str] =
    &["hostname", "hosthost", "hostvisiblename", "host", "hostdns", "hostip", "resource", "ip"];
const SEVERITY: &[&str] = &[
    "eventseverity",
    "triggerseverity",
    "severity",
    "eventnseverity",
    "triggernseverity",
    "nseverity",
    "priority",
];

/// Reads a body that its schema accepts.
fn read(delivery: &Delivery<'_>, body: &Tree<'_>) -> Read {
    let mut warnings = Warnings::default();
    let w = &mut warnings;
    let alert = Loose::of(body, "", &HABITS, w);
    let source = alert.word(&["eventsource", "source"]);
    let found = found(&alert);
    // The media type's test button puts nothing in for its macros.
    let is_test = alert.unfilled && title(&alert).is_none() && alert.word(EVENT_ID).is_none();
    let native_id = identity(&alert).or_else(|| is_test.then(|| "test".to_owned()));
    let Some(native_id) = native_id else {
        return build::no_identity("/event_id");
    };
    // Discovery and autoregistration find hosts; they are no problems.
    let problems = !matches!(source.as_deref(), Some("1" | "2"));
    let head = Head {
        kind: SourceKind::Zabbix,
        native_id: &native_id,
        delivery_id: None,
        part: 0,
        event_type: if problems { EventType::Updated } else { EventType::Other },
        native_type: found.native.as_deref().unwrap_or_default(),
        version: None,
        is_test,
    };
    let mut event = build::event(delivery, &head);
    if problems && !is_test {
        fill_stage(&mut event, &alert, &found, w);
    }
    event.title = title(&alert);
    let words = alert.word(&[
        "alertmessage",
        "message",
        "eventopdata",
        "opdata",
        "triggerdescription",
        "description",
        "text",
        "item",
    ]);
    event.description = words.and_then(|words| build::text(&words, TextFormat::Plain, false));
    fill_severity(&mut event, &alert);
    fill_names(&mut event, &alert);
    fill_links(&mut event, &alert);
    fill_times(&mut event, &alert, w);
    Read::Events(vec![build::finished(event, warnings)])
}

/// The problem's event, else the trigger with its host. An old template's link has the trigger.
fn identity(alert: &Loose<'_>) -> Option<String> {
    if let Some(id) = alert.word(EVENT_ID) {
        return Some(id.into());
    }
    if let Some(id) = told(alert, "Original problem ID") {
        return Some(id);
    }
    let linked = alert.word(&["link", "url", "eventurl", "alerturl"]);
    let linked = linked.and_then(|link| {
        let (_, rest) = link.split_once("triggerid=")?;
        Some(rest.chars().take_while(char::is_ascii_digit).collect::<String>()).filter(|id| !id.is_empty())
    });
    if let Some(id) = alert.word(&["triggerid"]).map(Cow::into_owned).or(linked) {
        return Some(format!("trigger/{id}"));
    }
    let title = title(alert)?;
    Some(host(alert).map_or_else(|| title.clone(), |host| format!("{host}/{title}")))
}

/// What a message of the usual templates says after a label: `Original problem ID: 7`.
fn told(alert: &Loose<'_>, label: &str) -> Option<String> {
    let message = alert.word(MESSAGE)?;
    let after = message.lines().find_map(|line| line.trim().strip_prefix(label)?.strip_prefix(':'));
    after
        .map(|words| clean_line(words, NAME_CHARS_MAX))
        .filter(|words| !words.is_empty() && !is_unfilled(words))
}

/// `Resolved in 5m: Disk is full`: the first word in lower case, and what it is about.
fn subject(alert: &Loose<'_>) -> Option<(String, String)> {
    let line = alert.line(SUBJECT, TITLE_CHARS_MAX)?;
    let (head, about) = line.split_once(": ")?;
    let word = head.split(' ').next().unwrap_or_default().to_ascii_lowercase();
    let usual = matches!(word.as_str(), "problem" | "resolved" | "updated" | "ok" | "recovery");
    usual.then(|| (word, about.to_owned()))
}

fn title(alert: &Loose<'_>) -> Option<String> {
    let named = alert.line(TITLE, TITLE_CHARS_MAX).or_else(|| told(alert, "Problem name"));
    let about = || subject(alert).map(|(_, about)| about);
    let named = named.or_else(about).or_else(|| alert.line(SUBJECT, TITLE_CHARS_MAX));
    named
        .or_else(|| alert.line(&["triggerdescription"], TITLE_CHARS_MAX))
        .or_else(|| alert.line(MESSAGE, TITLE_CHARS_MAX))
}

fn host(alert: &Loose<'_>) -> Option<String> {
    alert.line(HOST, NAME_CHARS_MAX).or_else(|| told(alert, "Host"))
}

/// What the body says of the state.
struct Found {
    /// The sender's word.
    native: Option<String>,
    /// Is the problem there?
    problem: Option<bool>,
    /// Somebody updated it.
    update: bool,
}

fn found(alert: &Loose<'_>) -> Found {
    let update = alert.word(&["eventupdatestatus", "updatestatus"]).is_some_and(|word| word.trim() == "1");
    let word = |names: &[&str]| alert.line(names, NAME_CHARS_MAX);
    let status = word(&["eventstatus", "triggerstatus", "status", "problemstatus", "state", "type"]);
    let value = |names: &[&str]| word(names).filter(|value| matches!(value.as_str(), "0" | "1"));
    let event_value = value(&["eventvalue", "triggervalue"]);
    let recovered = word(&["eventrecoveryvalue", "recoveryvalue", "eventrecoverystatus", "recoverystatus"]);
    let by_recovery = recovered.as_deref().and_then(is_problem).filter(|problem| !problem);
    let by_value = event_value.as_deref().map(|value| value == "1");
    let by_word = status.as_deref().and_then(is_problem);
    // A lone `value` may be the item's own.
    let by_lone = value(&["value"]).map(|value| value == "1");
    // A media type that passes on nothing but subject and message.
    let head = subject(alert).map(|(word, _)| word);
    let by_subject = head.as_deref().and_then(is_problem);
    let update = update || (status.is_none() && head.as_deref() == Some("updated"));
    let problem = by_recovery.or(by_value).or(by_word).or(by_lone).or(by_subject);
    Found { native: status.or(event_value).or(head), problem, update }
}

fn is_problem(word: &str) -> Option<bool> {
    match word.trim().to_ascii_uppercase().as_str() {
        "PROBLEM" | "1" | "TRIGGERED" | "FIRING" | "ALERT" | "ACTIVE" | "UNKNOWN" => Some(true),
        "OK" | "0" | "RESOLVED" | "RECOVERY" | "RECOVERED" | "CLOSED" => Some(false),
        _ => None,
    }
}

fn fill_stage(event: &mut Event, alert: &Loose<'_>, found: &Found, w: &mut Warnings) {
    let native = found.native.clone().unwrap_or_default();
    let action =
        alert.line(&["eventupdateaction", "updateaction", "action"], NAME_CHARS_MAX).unwrap_or_default();
    let says = |word: &str| action.to_ascii_lowercase().contains(word);
    let acked = alert.word(&["eventackstatus", "ackstatus", "acknowledged", "ack"]);
    let acked =
        acked.is_some_and(|word| matches!(word.trim().to_ascii_lowercase().as_str(), "yes" | "1" | "true"));
    let update =
        found.update || native.eq_ignore_ascii_case("update") || native.eq_ignore_ascii_case("updated");
    let stage = match found.problem {
        Some(false) => Some(StageWord::Resolved),
        _ if update && says("closed") => Some(StageWord::Resolved),
        _ if update && says("unacknowledged") => Some(StageWord::Triggered),
        _ if acked || (update && says("acknowledged")) => Some(StageWord::Acknowledged),
        Some(true) if !update => Some(StageWord::Triggered),
        _ => None,
    };
    if stage.is_none() && update {
        event.native_status = Some(native).filter(|word| !word.is_empty());
    } else {
        fill::stage(event, &native, stage, &alert.pointer(&["eventvalue", "eventstatus", "status"]), w);
    }
    if update && says("unacknowledged") {
        event.event_type = EventType::Unacknowledged;
    }
    let words = alert.word(&["eventupdatemessage", "updatemessage", "ackmessage"]);
    if let Some(words) = words.filter(|_| update) {
        let author = alert.line(&["userfullname", "updateuser", "username"], NAME_CHARS_MAX);
        fill::message(event, &words, TextFormat::Plain, AudienceHint::Internal, author);
        if event.stage.is_none() {
            event.event_type = EventType::NoteAdded;
        }
    }
}

/// Severities by number, as Zabbix counts them.
const SEVERITIES: [&str; 6] = ["Not classified", "Information", "Warning", "Average", "High", "Disaster"];

fn fill_severity(event: &mut Event, alert: &Loose<'_>) {
    let native = alert.line(SEVERITY, NAME_CHARS_MAX).or_else(|| told(alert, "Severity"));
    let Some(native) = native else { return };
    let named = native.parse::<usize>().ok().and_then(|number| SEVERITIES.get(number));
    fill::severity_word(event, named.map_or(native, |name| (*name).to_owned()));
}

fn fill_names(event: &mut Event, alert: &Loose<'_>) {
    if let Some(host) = host(alert) {
        build::add_word(&mut event.hosts, &host);
    }
    for (label, names) in [
        ("hostgroup", ["hostgroup", "triggerhostgroupname", "hostgroups"].as_slice()),
        ("trigger_id", &["triggerid"]),
        ("item", &["itemname", "itemkey", "item"]),
        ("service", &["service", "servicename", "app", "application", "appname"]),
        ("environment", &["environment", "env"]),
    ] {
        if let Some(word) = alert.line(names, NAME_CHARS_MAX) {
            build::add_label(&mut event.labels, label, &word);
        }
    }
    if let Some(tags) = alert.value(&["eventtagsjson", "tagsjson", "eventtags", "tags", "triggertags"]) {
        let parsed = tags.as_str().filter(|text| text.trim_start().starts_with(['[', '{']));
        let parsed = parsed.and_then(|text| json::parse(text.as_bytes()).ok());
        add_tags(event, parsed.as_ref().unwrap_or(tags));
    }
    fill::from_labels(event);
    let regions = event.labels.get("region").cloned().unwrap_or_default();
    for region in regions {
        build::add_word(&mut event.impact.get_or_insert_default().regions, &region);
    }
}

/// `[{"tag": "a", "value": "b"}]`, `{"a": "b"}`, or `a:b, c`.
fn add_tags(event: &mut Event, tags: &Tree<'_>) {
    match tags {
        Tree::Object(members) => {
            for (key, value) in members.iter().take(LIST_ITEMS_MAX) {
                opaque(value).iter().for_each(|value| build::add_label(&mut event.labels, key, value));
            }
        }
        Tree::List(list) => {
            for item in list.iter().take(LIST_ITEMS_MAX) {
                let part = |key: &str| item.get(key).and_then(opaque);
                match (part("tag"), part("value")) {
                    (Some(tag), Some(value)) if !value.is_empty() => {
                        build::add_label(&mut event.labels, &tag, &value);
                    }
                    (Some(tag), _) => fill::tag(event, &tag),
                    (None, _) => opaque(item).iter().for_each(|word| fill::tag(event, word)),
                }
            }
        }
        other => {
            let words = opaque(other).unwrap_or_default();
            words
                .split(',')
                .filter(|word| !word.trim().is_empty())
                .take(LIST_ITEMS_MAX)
                .for_each(|word| fill::tag(event, word));
        }
    }
}

fn fill_links(event: &mut Event, alert: &Loose<'_>) {
    for (rel, names) in [
        ("incident", ["link", "eventurl", "alerturl", "problemurl"].as_slice()),
        ("runbook", &["triggerurl", "url"]),
    ] {
        if let Some(href) = alert.word(names) {
            build::add_plain_link(&mut event.links, rel, &href);
        }
    }
    let part = |names: &[&str]| alert.line(names, NAME_CHARS_MAX);
    // `{$ZABBIX.URL}` with the two ids is the problem's page.
    if let (Some(base), Some(trigger), Some(id)) =
        (part(&["zabbixurl"]), part(&["triggerid"]), part(EVENT_ID))
    {
        let href = format!("{}/tr_events.php?triggerid={trigger}&eventid={id}", base.trim_end_matches('/'));
        build::add_plain_link(&mut event.links, "incident", &href);
    }
}

fn fill_times(event: &mut Event, alert: &Loose<'_>, w: &mut Warnings) {
    let began = moment(
        alert,
        &["eventtimestamp", "clock", "timestamp", "startsat", "lastreceived"],
        ["eventdate", "eventtime"],
        w,
    );
    let ended = moment(
        alert,
        &["eventrecoverytimestamp", "recoverytimestamp", "endsat"],
        ["eventrecoverydate", "eventrecoverytime"],
        w,
    );
    let updated = moment(alert, &["eventupdatetimestamp"], ["eventupdatedate", "eventupdatetime"], w);
    event.started_at = began.map(|(at, _)| at);
    let changed = if event.stage == Some(StageWord::Resolved) {
        event.resolved_at = ended.map(|(at, _)| at);
        ended
    } else {
        updated.or(began)
    };
    if let Some((at, quality)) = changed {
        event.occurred_at = Some(at);
        event.occurred_at_quality = quality;
    }
}

/// A timestamp, or a date and a time of day. Zabbix writes dates with dots.
fn moment(
    alert: &Loose<'_>,
    whole: &[&str],
    [date, time_of_day]: [&str; 2],
    w: &mut Warnings,
) -> Option<(Timestamp, TimeQuality)> {
    let parts = alert.word(&[date]).zip(alert.word(&[time_of_day]));
    let joined = parts.map(|(date, time)| format!("{} {}", date.trim(), time.trim()));
    let text = match alert.word(whole) {
        Some(text) => text.into_owned(),
        None => joined?,
    };
    match time::read_text(&text.replace('.', "-")) {
        Time::At(at, quality) => Some((at, quality)),
        Time::Zero => None,
        Time::Bad => {
            w.add("bad_timestamp", &alert.pointer(whole));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::core::sources::tests::one;

    fn of(body: &Value) -> (String, Option<&'static str>, String) {
        let event = one(SourceKind::Zabbix, body);
        (event.event_type.to_string(), event.stage.map(StageWord::as_str), event.incident.native_id)
    }

    #[test]
    fn the_usual_bodies() {
        let usual = |value: &str, update: &str, action: &str| json!({"event_id": "7", "event_name": "n", "event_value": value, "event_update_status": update, "event_update_action": action});
        let cases = [
            (usual("1", "0", "{EVENT.UPDATE.ACTION}"), "triggered", Some("triggered"), "7"),
            (usual("0", "0", ""), "resolved", Some("resolved"), "7"),
            (usual("1", "1", "acknowledged"), "acknowledged", Some("acknowledged"), "7"),
            (usual("1", "1", "unacknowledged"), "unacknowledged", Some("triggered"), "7"),
            (usual("1", "1", "commented"), "updated", None, "7"),
            (usual("1", "1", "commented, closed"), "resolved", Some("resolved"), "7"),
            (json!({"eventId": "7", "status": "RESOLVED", "title": "n"}), "resolved", Some("resolved"), "7"),
            (
                json!({"event": {"id": 7, "status": "PROBLEM", "name": "n"}}),
                "triggered",
                Some("triggered"),
                "7",
            ),
            (
                json!({"id": "7", "status": "OK", "name": "n", "EVENT.VALUE": "0"}),
                "resolved",
                Some("resolved"),
                "7",
            ),
            (
                json!({"eventid": "8", "original_eventid": "7", "status": "RECOVERY"}),
                "resolved",
                Some("resolved"),
                "7",
            ),
            (json!({"hostname": "h", "trigger": "t", "status": "OK"}), "resolved", Some("resolved"), "h/t"),
            (
                json!({"hostname": "h", "trigger": "t", "status": "PROBLEM", "link": "https://z/?triggerid=5&eventid=6"}),
                "triggered",
                Some("triggered"),
                "trigger/5",
            ),
            (
                json!({"subject": "Problem: t", "message": "Problem name: t\r\nHost: h\r\nOriginal problem ID: 7\r\n"}),
                "triggered",
                Some("triggered"),
                "7",
            ),
            (
                json!({"alert_subject": "Resolved in 5m: t", "alert_message": "Host: h"}),
                "resolved",
                Some("resolved"),
                "h/t",
            ),
            (json!({"event_id": "7", "event_source": "1", "event_value": "1"}), "other", None, "7"),
            (json!({"event_id": "{EVENT.ID}", "event_value": "{EVENT.VALUE}"}), "test", None, "test"),
        ];
        for (body, event_type, stage, id) in cases {
            assert_eq!(of(&body), (event_type.to_owned(), stage, id.to_owned()), "{body}");
        }
    }

    #[test]
    fn tags_in_every_form() {
        for tags in [
            json!([{"tag": "service", "value": "shop"}, {"tag": "blue", "value": ""}]),
            json!("[{\"tag\": \"service\", \"value\": \"shop\"}, {\"tag\": \"blue\", \"value\": \"\"}]"),
            json!("service:shop, blue"),
        ] {
            let event =
                one(SourceKind::Zabbix, &json!({"event_id": "7", "event_name": "n", "event_tags": tags}));
            let label = |key: &str| event.labels.get(key).and_then(|values| values.first()).cloned();
            assert_eq!(label("service").as_deref(), Some("shop"), "{tags}");
            assert_eq!(label("tag").as_deref(), Some("blue"), "{tags}");
        }
    }
}

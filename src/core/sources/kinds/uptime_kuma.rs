//! Uptime Kuma webhooks: `{heartbeat, monitor, msg}` as JSON, or as the part `data` of a multipart form,
//! or whatever a custom body makes of them.

use crate::core::event::{Event, Raw, TextFormat};
use crate::core::limits::{LIST_ITEMS_MAX, NAME_CHARS_MAX, TITLE_CHARS_MAX};
use crate::core::rejected::Problem;
use crate::core::sources::about::{About, Ends, Page};
use crate::core::sources::body::{self, Parsed};
use crate::core::sources::build::{self, Head};
use crate::core::sources::loose::{Habits, Loose};
use crate::core::sources::reader::{Fields, Warnings};
use crate::core::sources::time::{self, Time};
use crate::core::sources::{Delivery, Read, SourceKind, fill};
use crate::core::text::clean_line;
use crate::core::tree::Tree;
use crate::core::vocabulary::{EventType, StageWord, TimeQuality};

/// Media type of a form with parts.
const MULTIPART: &str = "multipart/form-data";

/// See [`About`].
pub(super) static ABOUT: About = About {
    name: "uptime_kuma",
    title: "Uptime Kuma",
    schema: include_str!("../../../../schemas/uptime_kuma.json"),
    parse,
    read,
    headers: &[],
    media_types: &[body::FORM, MULTIPART],
    waits_ms: None,
    punishes_refusal: false,
    ends: Ends::Both,
    page: Page {
        intro: "Notifications of type *Webhook*: one incident for each monitor.",
        setup: &[
            "Open *Settings → Notifications → Setup Notification*, type *Webhook*, *Post URL* `{url}`.",
            "Leave *Request Body* at *Preset - application/json*, and under *Additional Headers* give `{ \"Authorization\": \"Bearer …\" }` with the source's secret.",
            "Tick *Apply on all existing monitors*; give monitors the tags `service`, `team` and `priority`.",
            "Uptime Kuma doesn't repeat a notification that failed: set *Resend Notification if Down X times consecutively*.",
        ],
        auth: "{ scheme: bearer, secret_file: /run/secrets/uptime-kuma }",
        reads: &[
            (
                "monitor.id, else heartbeat.monitorID or the monitor's name",
                "the incident; each outage is an episode of it",
            ),
            ("heartbeat.status", "the stage"),
            ("monitor.name", "the title, for engineers"),
            ("heartbeat.msg, msg", "the description, for engineers"),
            ("monitor.tags", "labels; priority, service, team, environment by their names"),
            ("monitor.url, hostname", "a link, hosts"),
            ("heartbeat.time (UTC), else localDateTime with timezoneOffset", "when it changed"),
        ],
        means: &[
            ("0 (down)", "triggered"),
            ("1 (up)", "resolved"),
            ("2 (pending)", "nothing yet: it is tried again"),
            ("3 (maintenance)", "planned work: it opens nothing"),
            ("a certificate or a domain that will expire", "triggered; nothing says that it was renewed"),
            ("neither heartbeat nor monitor", "the test button: told to nobody"),
        ],
        not_said: &[
            "A priority of its own, and customer impact: use tags, and derive them in the policy.",
            "The monitor's passwords, headers and certificates stand in the body of some versions: they are read by nothing, and left out of the body that is kept.",
        ],
    },
};

const HABITS: Habits = Habits { wrappers: &["data"], prefixes: &["uptimekuma"] };

/// What is kept of a monitor in the stored body: all else may be a credential.
const KEPT: &[&str] = &[
    "id",
    "name",
    "pathName",
    "description",
    "hostname",
    "port",
    "type",
    "interval",
    "active",
    "tags",
    "parent",
];

/// JSON, a form, or the part `data` of a form with parts.
fn parse<'b>(delivery: &Delivery<'b>) -> Result<Parsed<'b>, Problem> {
    let part = std::str::from_utf8(delivery.body).ok().filter(|_| delivery.content_type == MULTIPART);
    let Some(part) = part.and_then(data_part) else { return body::templated_or_form(delivery) };
    body::templated(&Delivery { body: part.as_bytes(), ..delivery.clone() })
}

/// The content of the part called `data`: the boundary stands in the first line.
fn data_part(text: &str) -> Option<&str> {
    let boundary = text.lines().next().filter(|line| line.starts_with("--"))?.trim_end();
    let parts = text.split(boundary).filter_map(|part| part.split_once("\r\n\r\n"));
    let mut found = parts.filter(|(head, _)| head.contains("name=\"data\""));
    found.next().map(|(_, content)| content.trim())
}

/// Reads a body that its schema accepts.
fn read(delivery: &Delivery<'_>, body: &Tree<'_>) -> Read {
    let mut warnings = Warnings::default();
    let w = &mut warnings;
    let Some(fields) = Fields::of(body, "") else {
        return build::rejected("schema", "", "an object is expected");
    };
    let said = Loose::of(body, "", &HABITS, w);
    let message = said
        .word(&["heartbeatmsg", "msg", "message", "text", "body", "content", "alertmessage"])
        .unwrap_or_default();
    let bracketed = |nth: usize| {
        let part = message.starts_with('[').then(|| message.split(['[', ']']).nth(nth)).flatten();
        part.map(|part| clean_line(part, TITLE_CHARS_MAX))
            .filter(|part| message.contains("] [") && !part.is_empty())
    };
    let name = said.line(&["monitorname", "name", "heartbeatname"], TITLE_CHARS_MAX).or_else(|| bracketed(1));
    let monitor = said.word(&["monitorid", "heartbeatmonitorid", "id"]);
    let expiry = message.contains(" will expire in ");
    let state =
        said.line(&["heartbeatstatus", "status", "monitorstatus"], NAME_CHARS_MAX).or_else(|| bracketed(3));
    // Only the test button's body is about no monitor; an expiry's names it in its words.
    let about = ["heartbeat", "monitor"].iter().any(|key| body.get(key).is_some()) || !message.is_empty();
    let pressed = about && monitor.is_none() && name.is_none() && !expiry;
    let is_test = pressed || state.as_deref().is_some_and(|state| letters(state) == "test");
    let expires = || {
        message
            .split(" will expire")
            .next()
            .map(|name| format!("expiry/{}", clean_line(name, NAME_CHARS_MAX)))
    };
    let native_id = if is_test {
        "test".to_owned()
    } else {
        let id = if expiry { expires() } else { monitor.map(Into::into).or_else(|| name.clone()) };
        let Some(id) = id else { return build::no_identity("/monitor/id") };
        id
    };
    let head = Head {
        kind: SourceKind::UptimeKuma,
        native_id: &native_id,
        delivery_id: None,
        part: 0,
        event_type: EventType::Updated,
        native_type: if expiry { "expiry" } else { "heartbeat" },
        version: None,
        is_test,
    };
    let mut event = build::event(delivery, &head);
    if expiry {
        fill::stage(&mut event, "expiry", Some(StageWord::Triggered), "/msg", w);
        fill::severity_word(&mut event, "warning".to_owned());
    } else if !is_test {
        fill_stage(&mut event, state.as_deref().unwrap_or_default(), &said, w);
    }
    let title = name.or_else(|| Some(clean_line(&message, TITLE_CHARS_MAX)));
    event.title = title.filter(|title| !title.is_empty());
    event.description = build::text(&message, TextFormat::Plain, false);
    fill_monitor(&mut event, &fields, &said, w);
    fill_times(&mut event, &said, w);
    event.raw = without_credentials(delivery, body);
    Read::Events(vec![build::finished(event, warnings)])
}

/// Letters in lower case: `🔴 Down` is `down`.
fn letters(word: &str) -> String {
    word.chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_lowercase()).collect()
}

fn fill_stage(event: &mut Event, word: &str, said: &Loose<'_>, w: &mut Warnings) {
    // A custom body may have a word: `🔴 Down`.
    let stage = match word.trim() {
        "0" => Some(StageWord::Triggered),
        "1" => Some(StageWord::Resolved),
        "2" | "3" => None,
        word => match letters(word).as_str() {
            "down" => Some(StageWord::Triggered),
            "up" => Some(StageWord::Resolved),
            _ => None,
        },
    };
    let known = stage.is_some() || matches!(word.trim(), "2" | "3") || letters(word) == "pending";
    fill::stage(event, word, stage, &said.pointer(&["heartbeatstatus", "status"]), &mut Warnings::default());
    if word.trim() == "3" || letters(word).contains("maintenance") {
        event.is_maintenance = true;
        event.event_type = EventType::Maintenance;
    } else if !known {
        w.add("unknown_state", &said.pointer(&["heartbeatstatus", "status"]));
    }
}

fn fill_monitor(event: &mut Event, fields: &Fields<'_>, said: &Loose<'_>, w: &mut Warnings) {
    if let Some(monitor) = fields.deep(&["monitor"]) {
        for tag in monitor.objects("tags", w).iter().take(LIST_ITEMS_MAX) {
            let (name, value) = (tag.opaque("name", w), tag.opaque("value", w));
            match (name, value) {
                (Some(name), Some(value)) => build::add_label(&mut event.labels, &name, &value),
                (Some(name), None) => fill::tag(event, &name),
                _ => {}
            }
        }
    }
    if let Some(kind) = said.word(&["monitortype"]) {
        build::add_label(&mut event.labels, "monitor_type", &kind);
    }
    if let Some(path) = said.word(&["monitorpathname"]) {
        build::add_label(&mut event.labels, "monitor_path", &path);
    }
    let labelled =
        |event: &Event, key: &str| event.labels.get(key).and_then(|values| values.first()).cloned();
    if let Some(priority) = labelled(event, "priority") {
        fill::priority_word(event, priority, "/monitor/tags", w);
    }
    if let Some(severity) = labelled(event, "severity") {
        fill::severity_word(event, severity);
    }
    if let Some(host) = said.word(&["monitorhostname", "hostname"]) {
        build::add_word(&mut event.hosts, &host);
    }
    fill::from_labels(event);
    // An address may hold a name and a password.
    let url = said.word(&["monitorurl", "hostnameorurl", "url"]).filter(|url| !url.contains('@'));
    url.iter().for_each(|url| build::add_plain_link(&mut event.links, "source", url));
}

fn fill_times(event: &mut Event, said: &Loose<'_>, w: &mut Warnings) {
    let utc = said.time(&["heartbeattime", "time"], w).map(|(at, _)| (at, TimeQuality::Exact));
    let local = || {
        let (clock, offset) =
            (said.word(&["heartbeatlocaldatetime"])?, said.word(&["heartbeattimezoneoffset"])?);
        match time::read_text(&format!("{}{}", clock.trim(), offset.trim())) {
            Time::At(at, quality) => Some((at, quality)),
            _ => None,
        }
    };
    let Some((at, quality)) = utc.or_else(local) else { return };
    event.occurred_at = Some(at);
    event.occurred_at_quality = quality;
    match event.stage {
        Some(StageWord::Triggered) => event.started_at = Some(at),
        Some(StageWord::Resolved) => event.resolved_at = Some(at),
        _ => {}
    }
}

/// The body without what of the monitor may be secret; the exact one where there is no monitor.
fn without_credentials(delivery: &Delivery<'_>, body: &Tree<'_>) -> Option<Raw> {
    let mut value = serde_json::Value::from(body);
    let monitor = value.get_mut("monitor")?.as_object_mut()?;
    monitor.retain(|key, _| KEPT.contains(&key.as_str()));
    Some(Raw { truncated: true, ..Raw::of(delivery.content_type, value.to_string().as_bytes()) })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::core::sources::tests::{events, one, read_with};

    #[test]
    fn states() {
        let beat = |status: Value| json!({"monitor": {"id": 7, "name": "n"}, "heartbeat": {"status": status}, "msg": "m"});
        let cases = [
            (beat(json!(0)), "triggered", Some("triggered"), "7"),
            (beat(json!("1")), "resolved", Some("resolved"), "7"),
            (beat(json!(2)), "updated", None, "7"),
            (beat(json!(3)), "maintenance", None, "7"),
            (json!({"heartbeat": null, "monitor": null, "msg": "My webhook Testing"}), "test", None, "test"),
            (
                json!({"heartbeat": null, "monitor": null, "msg": "[n][https://n] Server certificate n will expire in 7 days"}),
                "triggered",
                Some("triggered"),
                "expiry/[n][https://n] Server certificate n",
            ),
            (json!({"name": "n", "status": "🔴 Down", "msg": "m"}), "triggered", Some("triggered"), "n"),
            (json!({"name": "n", "status": "✅ Up"}), "resolved", Some("resolved"), "n"),
            (json!({"name": "n", "msg": "[n] [✅ Up] 200 - OK"}), "resolved", Some("resolved"), "n"),
            (json!({"Title": "t", "Body": "[n] [🔴 Down] timeout"}), "triggered", Some("triggered"), "n"),
            (json!({"name": "n", "status": "⚠️ Test"}), "test", None, "test"),
        ];
        for (body, event_type, stage, id) in cases {
            let event = one(SourceKind::UptimeKuma, &body);
            let found = (
                event.event_type.as_str(),
                event.stage.map(StageWord::as_str),
                event.incident.native_id.as_str(),
            );
            assert_eq!(found, (event_type, stage, id), "{body}");
        }
    }

    #[test]
    fn credentials_are_kept_nowhere() {
        let body = json!({"heartbeat": {"status": 0}, "monitor": {
            "id": 7, "name": "n", "basic_auth_pass": "hidden", "headers": "hidden", "url": "https://user:hidden@example.com",
        }});
        let event = one(SourceKind::UptimeKuma, &body);
        assert!(!serde_json::to_string(&event).expect("serialises").contains("hidden"));
    }

    #[test]
    fn a_form_with_parts() {
        let part = r#"{"heartbeat":{"status":0},"monitor":{"id":7,"name":"n"}}"#;
        let body = format!("--x\r\nContent-Disposition: form-data; name=\"data\"\r\n\r\n{part}\r\n--x--\r\n");
        let found = events(read_with(SourceKind::UptimeKuma, body.as_bytes(), MULTIPART, &[]));
        assert_eq!(found[0].incident.native_id, "7");
        assert_eq!(found[0].stage, Some(StageWord::Triggered));
    }
}

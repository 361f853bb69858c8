//! What stands in a notification: an alarm, an event of EventBridge, another service's notice, or
//! somebody's text.

use crate::core::event::{Event, TextFormat};
use crate::core::limits::TITLE_CHARS_MAX;
use crate::core::sources::kinds::aws::{Arn, Origin, Start, account, alarm, event};
use crate::core::sources::reader::{Fields, Warnings};
use crate::core::sources::{build, fill, json};
use crate::core::text::clean_line;
use crate::core::tree::Tree;
use crate::core::vocabulary::EventType;

/// Where services of AWS keep the name of what a notice is about.
const SUBJECTS: &[&str] = &[
    "Source ID", // RDS, Redshift
    "AutoScalingGroupARN",
    "AutoScalingGroupName",
    "configRuleName",
    "anomalyId",
    "Bucket",
];
/// Where they keep words about it.
const WORDS: &[&str] = &[
    "Event Message",
    "Description",
    "title",
    "Event",
    "eventName",
    "messageType",
    "detail-type",
    "message",
    "text",
];

/// Is it an alarm, or an event of EventBridge?
pub(super) fn is_known(fields: &Fields<'_>) -> bool {
    alarm::is_message(fields) || event::is_event(fields)
}

/// Reads a message: an object, the text of one, or any text.
pub(super) fn of(origin: &Origin<'_>, message: &Tree<'_>, at: &str) -> Event {
    if let Some(fields) = Fields::of(message, at.to_owned()) {
        return of_object(origin, &fields);
    }
    let text = message.as_str().unwrap_or_default();
    if text.trim_start().starts_with('{')
        && let Ok(tree) = json::parse(text.as_bytes())
        && let Some(fields) = Fields::of(&tree, at.to_owned())
    {
        return of_object(origin, &fields);
    }
    of_text(origin, text)
}

/// Reads an object.
pub(super) fn of_object(origin: &Origin<'_>, fields: &Fields<'_>) -> Event {
    let known = if alarm::is_message(fields) {
        alarm::of_message(origin, fields)
    } else if event::is_event(fields) {
        event::of(origin, fields)
    } else {
        None
    };
    known.unwrap_or_else(|| notice(origin, fields))
}

/// A notice of another service: recorded, and told to nobody.
fn notice(origin: &Origin<'_>, fields: &Fields<'_>) -> Event {
    let mail = fields.deep(&["mail"]).or_else(|| fields.deep(&["ses", "mail"]));
    let kind =
        fields.word(&["Event", "eventType", "notificationType", "messageType", "Event ID", "eventName"]);
    let kind = kind.unwrap_or_default();
    let id = mail.as_ref().and_then(|mail| mail.word(&["messageId"])).or_else(|| fields.word(SUBJECTS));
    let own = own_id(origin);
    let start = Start {
        native_id: id.as_deref().unwrap_or(&own),
        event_type: EventType::Other,
        native_type: &kind,
        shape: if mail.is_some() { "mail" } else { "notice" },
        // Services announce themselves to a topic so, once.
        is_test: kind.ends_with(":TEST_NOTIFICATION") || kind.ends_with(":TestEvent"),
    };
    let mut event = begun(origin, &start);
    let content = fields.deep(&["content"]);
    let words =
        || content.as_ref().and_then(|content| content.word(&["title"])).or_else(|| fields.word(WORDS));
    let title = match (&mail, origin.subject) {
        // Who wrote to whom is nobody's matter here.
        (Some(_), _) => Some(format!("Mail: {}", if kind.is_empty() { "received" } else { &kind })),
        (None, Some(subject)) => Some(subject.to_owned()),
        (None, None) => words().map(std::borrow::Cow::into_owned),
    };
    event.title = title.map(|title| clean_line(&title, TITLE_CHARS_MAX)).filter(|title| !title.is_empty());
    let w = &mut Warnings::default();
    for name in ["Event Time", "Time", "StateChangeTime", "time"] {
        fill::occurred(&mut event, fields, &[name], w);
    }
    if let Some(mail) = &mail {
        fill::occurred(&mut event, mail, &["timestamp"], w);
    } else {
        for name in ["Event Message", "Description", "Cause"] {
            fill::description(&mut event, fields, &[name], TextFormat::Plain, w);
        }
        fill::link(&mut event, "source", fields, "Identifier Link", w);
        fill::link(&mut event, "source", fields, "anomalyDetailsLink", w);
    }
    build::finished(event, Warnings::default())
}

/// Somebody's text: recorded, and told to nobody.
fn of_text(origin: &Origin<'_>, text: &str) -> Event {
    let own = own_id(origin);
    let start = Start {
        native_id: &own,
        event_type: EventType::Other,
        native_type: "text",
        shape: "text",
        is_test: false,
    };
    let mut event = begun(origin, &start);
    let title = origin.subject.or_else(|| text.lines().map(str::trim).find(|line| !line.is_empty()));
    event.title = title.map(|title| clean_line(title, TITLE_CHARS_MAX)).filter(|title| !title.is_empty());
    event.description = build::text(text, TextFormat::Plain, false);
    build::finished(event, Warnings::default())
}

fn begun(origin: &Origin<'_>, start: &Start<'_>) -> Event {
    let mut event = origin.event(start);
    if let Some(topic) = origin.topic {
        build::add_label(&mut event.labels, "topic", topic);
        if let Some(arn) = Arn::of(topic) {
            event.source.account = account(Some(arn.account), Some(arn.region));
        }
    }
    event
}

/// A message that names nothing is its own; without an id it is what it says.
fn own_id(origin: &Origin<'_>) -> String {
    origin.delivery_id.unwrap_or(origin.delivery.body_sha256).to_owned()
}

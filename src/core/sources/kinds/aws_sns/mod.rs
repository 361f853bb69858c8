//! Amazon SNS: notifications of a topic with or without their envelope, the confirmations of a
//! subscription, and the records that Lambda and SQS make of them.

mod message;
mod page;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use super::aws::Origin;
use crate::core::event::Event;
use crate::core::rejected::Problem;
use crate::core::sources::about::{About, Ends};
use crate::core::sources::body::{self, Parsed};
use crate::core::sources::reader::{Fields, Warnings};
use crate::core::sources::{Delivery, Handshake, Read, SourceKind, build, fill, json, templated};
use crate::core::tree::Tree;

/// See [`About`].
pub(super) static ABOUT: About = About {
    name: "aws_sns",
    title: "Amazon SNS",
    schema: include_str!("../../../../../schemas/aws_sns.json"),
    parse,
    read,
    headers: &[
        "x-amz-sns-message-id",
        "x-amz-sns-message-type",
        "x-amz-sns-topic-arn",
        "x-amz-sns-rawdelivery",
    ],
    media_types: &["text/plain"],
    waits_ms: Some(15_000),
    punishes_refusal: false,
    ends: Ends::Both,
    page: page::PAGE,
};

/// Raw delivery posts the message itself, which may be any text.
fn parse<'b>(delivery: &Delivery<'b>) -> Result<Parsed<'b>, Problem> {
    body::json(delivery).or_else(|problem| {
        let is_sns = delivery.header("x-amz-sns-message-id").is_some() && !delivery.body.is_empty();
        let text = || Tree::Text(Cow::Owned(String::from_utf8_lossy(delivery.body).into_owned()));
        if is_sns { Ok(text().into()) } else { Err(problem) }
    })
}

/// Reads a body that its schema accepts.
fn read(delivery: &Delivery<'_>, body: &Tree<'_>) -> Read {
    if let Some(fields) = templated::opened(body, is_envelope) {
        return notification(delivery, &fields);
    }
    let records = Fields::of(body, "").filter(|fields| fields.get("Records").is_some_and(Tree::is_list));
    if let Some(fields) = records {
        return all_records(delivery, &fields);
    }
    let raw = Origin {
        kind: SourceKind::AwsSns,
        delivery,
        delivery_id: delivery.header("x-amz-sns-message-id"),
        part: 0,
        topic: delivery.header("x-amz-sns-topic-arn"),
        subject: None,
        by: "raw",
    };
    let relayed = templated::opened(body, message::is_known);
    let event =
        relayed.map_or_else(|| message::of(&raw, body, ""), |fields| message::of_object(&raw, &fields));
    Read::Events(vec![event])
}

/// A message in SNS's own envelope, in whichever case.
fn is_envelope(fields: &Fields<'_>) -> bool {
    let has = |keys: &[&str]| fields.named(keys).is_some();
    let is_typed = fields.word(&["Type"]).is_some_and(|word| word.ends_with("Confirmation"));
    is_typed || (has(&["Message"]) && has(&["Type", "TopicArn", "MessageId"])) || is_bare(fields)
}

/// Nothing but a message.
fn is_bare(fields: &Fields<'_>) -> bool {
    fields.iter().count() == 1 && fields.get("Message").is_some()
}

fn notification(delivery: &Delivery<'_>, fields: &Fields<'_>) -> Read {
    match fields.word(&["Type"]).as_deref() {
        Some("SubscriptionConfirmation") => {
            match (fields.word(&["SubscribeURL"]), fields.word(&["TopicArn"])) {
                (Some(url), Some(topic)) => {
                    Read::Handshake(Handshake::Confirm { url: url.into(), topic: topic.into() })
                }
                _ => {
                    build::rejected("schema", "/SubscribeURL", "a confirmation without its address or topic")
                }
            }
        }
        // Somebody ended it on purpose: nothing is to be subscribed again.
        Some("UnsubscribeConfirmation") => Read::Handshake(Handshake::Answered),
        _ => Read::Events(vec![enveloped(delivery, fields, 0, "")]),
    }
}

/// One notification.
fn enveloped(delivery: &Delivery<'_>, fields: &Fields<'_>, part: usize, by: &'static str) -> Event {
    let (id, topic) = (fields.word(&["MessageId"]), fields.word(&["TopicArn"]));
    let subject = fields.word(&["Subject"]);
    let origin = Origin {
        kind: SourceKind::AwsSns,
        delivery,
        delivery_id: id.as_deref().or_else(|| delivery.header("x-amz-sns-message-id")),
        part,
        topic: topic.as_deref().or_else(|| delivery.header("x-amz-sns-topic-arn")),
        subject: subject.as_deref(),
        by,
    };
    let name = fields.named(&["Message"]).unwrap_or("Message");
    let mut event = message::of(&origin, fields.get(name).unwrap_or(&Tree::Null), &fields.pointer(name));
    if let Some(name) = fields.named(&["Timestamp"]) {
        fill::occurred(&mut event, fields, &[name], &mut Warnings::default());
    }
    event
}

/// What Lambda or a queue makes of notifications.
fn all_records(delivery: &Delivery<'_>, fields: &Fields<'_>) -> Read {
    let records = fields.objects("Records", &mut Warnings::default());
    let events: Vec<Event> =
        records.iter().enumerate().map(|(part, record)| one_record(delivery, record, part)).collect();
    if events.is_empty() { build::no_identity("/Records/0") } else { Read::Events(events) }
}

fn one_record(delivery: &Delivery<'_>, record: &Fields<'_>, part: usize) -> Event {
    if let Some(inner) = record.named(&["Sns"]).and_then(|name| record.deep(&[name])) {
        return enveloped(delivery, &inner, part, "lambda");
    }
    let id = record.word(&["messageId"]);
    let origin = Origin {
        kind: SourceKind::AwsSns,
        delivery,
        delivery_id: id.as_deref(),
        part,
        topic: None,
        subject: None,
        by: "sqs",
    };
    let Some(text) = record.get("body").and_then(Tree::as_str) else {
        return message::of_object(&Origin { by: "lambda", ..origin }, record);
    };
    let tree = json::parse(text.as_bytes()).unwrap_or(Tree::Text(Cow::Borrowed(text)));
    match Fields::of(&tree, record.pointer("body")).filter(is_envelope) {
        Some(inner) => enveloped(delivery, &inner, part, "sqs"),
        None => message::of(&origin, &tree, &record.pointer("body")),
    }
}

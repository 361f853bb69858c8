//! Events of EventBridge, posted by an API destination; and what an alarm's Lambda action is given.

use super::aws::{Origin, event};
use crate::core::sources::about::{About, Ends, Page};
use crate::core::sources::body;
use crate::core::sources::build;
use crate::core::sources::templated;
use crate::core::sources::{Delivery, Read, SourceKind};
use crate::core::tree::Tree;

/// See [`About`].
pub(super) static ABOUT: About = About {
    name: "aws_eventbridge",
    title: "Amazon EventBridge",
    schema: include_str!("../../../../schemas/aws_eventbridge.json"),
    parse: body::json,
    read,
    headers: &[],
    media_types: &[],
    waits_ms: Some(5_000),
    punishes_refusal: false,
    ends: Ends::Both,
    page: Page {
        intro: "Events of AWS, which EventBridge posts to an API destination: changes of CloudWatch alarms, AWS Health, findings of GuardDuty and Security Hub, insights of DevOps Guru. All others are recorded and told to nobody.",
        setup: &[
            "In EventBridge open **API destinations → Connections** and create one: API key, name `Authorization`, value `Bearer …` with the source's secret.",
            "Create an API destination with that connection: `{url}`, method POST.",
            r#"Create a rule with it as its target and no input transformer. Pattern for alarms: `{"source": ["aws.cloudwatch"], "detail-type": ["CloudWatch Alarm State Change"]}`; for AWS Health: `{"source": ["aws.health"]}`."#,
            "Give the target a dead-letter queue: EventBridge gives up after 24 hours.",
        ],
        auth: "{ scheme: bearer, secret_file: /run/secrets/aws-eventbridge }",
        reads: &[
            ("resources[0], alarmArn", "the incident: the alarm"),
            ("detail.eventArn", "the incident, of AWS Health"),
            ("detail.arn, detail.findings[].Id, detail.insightId", "the incident, of findings and insights"),
            ("detail.state.value, detail.statusCode", "the stage"),
            ("detail.alarmName, detail.eventTypeCode, detail.title", "the title"),
            (
                "detail.configuration.description, detail.state.reason, detail.eventDescription",
                "the description",
            ),
            ("dimensions, affectedEntities and their tags, resources", "labels; hosts and services"),
            ("region of AWS Health", "the region of the impact"),
            ("detail.state.timestamp, time", "when it changed"),
            ("id", "the delivery"),
        ],
        means: &[
            ("ALARM", "triggered"),
            ("OK", "resolved"),
            ("INSUFFICIENT_DATA", "an update: it neither begins nor ends anything"),
            ("AWS Health issue: open, closed", "triggered, resolved"),
            ("AWS Health scheduledChange", "planned work: it never opens as an incident"),
            ("AWS Health accountNotification", "recorded, and told to nobody"),
            ("GuardDuty finding", "triggered"),
            (
                "Security Hub NEW, NOTIFIED; RESOLVED, archived or passed; SUPPRESSED",
                "triggered; resolved; cancelled",
            ),
            ("DevOps Guru insight open, closed", "triggered, resolved"),
        ],
        not_said: &[
            "Priority: give it in the policy, by the alarm's name or its dimensions.",
            "That somebody has taken it.",
            "What an input transformer made: leave it out, or write a custom source.",
        ],
    },
};

/// Reads events that their schema accepts.
fn read(delivery: &Delivery<'_>, body: &Tree<'_>) -> Read {
    let items = body.as_list().unwrap_or(std::slice::from_ref(body));
    let mut events = Vec::with_capacity(items.len());
    for (part, item) in items.iter().enumerate() {
        let found = templated::opened(item, event::is_event).and_then(|fields| {
            let id = fields.word(&["id"]);
            let origin = Origin {
                kind: SourceKind::AwsEventBridge,
                delivery,
                delivery_id: id.as_deref(),
                part,
                topic: None,
                subject: None,
                by: "",
            };
            event::of(&origin, &fields)
        });
        let Some(event) = found else {
            return build::rejected(
                "no_identity",
                "",
                "this is no event of EventBridge: detail-type and detail are missing",
            );
        };
        events.push(event);
    }
    if events.is_empty() { build::no_identity("/0") } else { Read::Events(events) }
}

//! The page of Amazon SNS.

use crate::core::sources::about::Page;

pub(super) const PAGE: Page = Page {
    intro: "Messages of a topic: CloudWatch alarms, AWS Health and other events of EventBridge that are sent to a topic. Notices of other services and texts are recorded and told to nobody.",
    setup: &[
        "In SNS open the topic that your alarms post to, and create a subscription: protocol HTTPS, endpoint `{url}`. The topic is to be named in the source's `topic_arns`.",
        "Leave **raw message delivery** off: with it nothing is signed (then only `scheme: basic` is left), and the message's time and subject are missing.",
        "SNS posts a confirmation; Herald checks its signature and confirms it by itself, for the topics named.",
        "Let each alarm post to the topic both for ALARM and for OK, else nothing says that it is over.",
        "In the subscription's delivery policy allow retries for an hour: SNS gives up after that.",
    ],
    auth: "{ scheme: sns, topic_arns: [arn:aws:sns:eu-west-1:123456789012:alarms] }",
    reads: &[
        (
            "Message: AlarmArn; in old messages the account, the topic's region and AlarmName",
            "the incident: the alarm",
        ),
        ("Message: detail.eventArn of AWS Health", "the incident"),
        ("MessageId", "the delivery; the incident, of a text"),
        ("Message: NewStateValue", "the stage"),
        ("Message: AlarmName; Subject of others", "the title"),
        ("Message: AlarmDescription, NewStateReason", "the description"),
        ("Message: Trigger, with its dimensions", "labels; hosts and services"),
        ("Message: StateChangeTime, else Timestamp", "when it changed"),
        ("AlarmArn", "a link to the console, and the account with its region"),
    ],
    means: &[
        ("ALARM", "triggered"),
        ("OK", "resolved"),
        ("INSUFFICIENT_DATA", "an update: it neither begins nor ends anything"),
        ("an event of EventBridge", "as [there](aws_eventbridge.md)"),
        ("SubscriptionConfirmation", "a handshake"),
        ("autoscaling:TEST_NOTIFICATION, s3:TestEvent", "a test: told to nobody"),
        ("SES, RDS, Auto Scaling, Config, text …", "recorded, and told to nobody"),
    ],
    not_said: &[
        "Priority: give it in the policy, by the alarm's name or its dimensions.",
        "That somebody has taken it.",
        "SNS keeps no order; what is older than what is known is recorded and changes nothing.",
    ],
};

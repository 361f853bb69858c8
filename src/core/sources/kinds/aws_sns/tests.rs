//! Envelopes of SNS and what stands in them.

use serde_json::{Value, json};

use crate::core::sources::tests::{events, one, outline, read_body, read_with};
use crate::core::sources::{Handshake, Read, SourceKind};

const TOPIC: &str = "arn:aws:sns:eu-west-1:111122223333:alarms";
const ALARM: &str = "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:Disk";

fn notification(message: &str) -> Value {
    json!({"Type": "Notification", "MessageId": "m1", "TopicArn": TOPIC, "Subject": "S", "Message": message,
        "Timestamp": "2026-04-01T05:20:00.123Z"})
}

fn alarm(state: &str) -> Value {
    json!({"AlarmName": "Disk", "AlarmArn": ALARM, "NewStateValue": state, "OldStateValue": "OK",
        "StateChangeTime": "2026-04-01T05:19:58.120+0000"})
}

#[test]
fn alarms_and_events_and_the_rest() {
    let health = json!({"source": "aws.health", "detail-type": "AWS Health Event", "id": "e", "detail":
        {"eventArn": "arn:h", "eventTypeCode": "AWS_X", "eventTypeCategory": "issue", "statusCode": "closed"}});
    let planned = json!({"source": "aws.health", "detail-type": "AWS Health Event", "id": "e", "detail":
        {"eventArn": "arn:h", "eventTypeCode": "AWS_X", "eventTypeCategory": "scheduledChange", "statusCode": "upcoming"}});
    let notice = json!({"source": "aws.health", "detail-type": "AWS Health Event", "id": "e", "detail":
        {"eventArn": "arn:h", "eventTypeCode": "AWS_X", "eventTypeCategory": "accountNotification", "statusCode": "open"}});
    let database =
        json!({"Event Source": "db-instance", "Source ID": "orders", "Event Message": "restarted"});
    let bounce =
        json!({"notificationType": "Bounce", "mail": {"messageId": "m9", "destination": ["a@example.com"]}});
    let cases = [
        (alarm("ALARM").to_string(), format!("triggered triggered {ALARM} \"Disk\"")),
        (alarm("OK").to_string(), format!("resolved resolved {ALARM} \"Disk\"")),
        (alarm("INSUFFICIENT_DATA").to_string(), format!("updated - {ALARM} \"Disk\"")),
        (alarm("odd").to_string(), format!("other - {ALARM} \"Disk\"")),
        // Old ones have no ARN, and meet the same alarm.
        (
            json!({"AlarmName": "Disk", "AWSAccountId": "111122223333", "NewStateValue": "OK", "Region": "EU (Ireland)"})
                .to_string(),
            format!("resolved resolved {ALARM} \"Disk\""),
        ),
        (health.to_string(), r#"resolved resolved arn:h "AWS_X""#.to_owned()),
        (planned.to_string(), r#"maintenance triggered arn:h "AWS_X""#.to_owned()),
        (notice.to_string(), r#"other - arn:h "AWS_X""#.to_owned()),
        (database.to_string(), r#"other - orders "S""#.to_owned()),
        (bounce.to_string(), r#"other - m9 "Mail: Bounce""#.to_owned()),
        (r#"{"Event": "autoscaling:TEST_NOTIFICATION"}"#.to_owned(), r#"test - m1 "S""#.to_owned()),
        ("Disk is\nfull".to_owned(), r#"other - m1 "S""#.to_owned()),
        ("{broken".to_owned(), r#"other - m1 "S""#.to_owned()),
    ];
    for (message, expected) in cases {
        assert_eq!(outline(SourceKind::AwsSns, &notification(&message)), expected, "{message}");
    }
}

#[test]
fn every_wrapping_of_a_notification() {
    let expected = format!("triggered triggered {ALARM} \"Disk\"");
    let inner = alarm("ALARM").to_string();
    let camel = json!({"type": "Notification", "messageId": "m1", "topicArn": TOPIC, "message": inner});
    let bodies = [
        alarm("ALARM"),
        json!({"Message": alarm("ALARM")}),
        camel.clone(),
        json!({"type": "relayed", "data": camel}),
        json!({"Records": [{"EventSource": "aws:sns", "Sns": notification(&inner)}]}),
        json!({"Records": [{"eventSource": "aws:sqs", "messageId": "q", "body": notification(&inner).to_string()}]}),
        json!({"Records": [{"eventSource": "aws:sqs", "messageId": "q", "body": inner}]}),
    ];
    for body in bodies {
        assert_eq!(outline(SourceKind::AwsSns, &body), expected, "{body}");
    }
    let two = json!({"Records": [{"Sns": notification(&inner)}, {"Sns": notification("text")}]}).to_string();
    let events = events(read_body(SourceKind::AwsSns, two.as_bytes()));
    assert_eq!(events.iter().map(|event| event.ingest.part).collect::<Vec<_>>(), [0, 1]);
}

#[test]
fn confirmations_are_handshakes_and_print_no_token() {
    let url = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=secret";
    let body = json!({"Type": "SubscriptionConfirmation", "TopicArn": TOPIC, "SubscribeURL": url, "Token": "secret", "Message": "…"});
    let read = read_body(SourceKind::AwsSns, body.to_string().as_bytes());
    assert!(!format!("{read:?}").contains("secret"), "{read:?}");
    assert_eq!(read, Read::Handshake(Handshake::Confirm { url: url.to_owned(), topic: TOPIC.to_owned() }));
    let body =
        json!({"Type": "UnsubscribeConfirmation", "TopicArn": TOPIC, "SubscribeURL": url, "Message": "…"});
    let read = read_body(SourceKind::AwsSns, body.to_string().as_bytes());
    assert_eq!(read, Read::Handshake(Handshake::Answered));
}

#[test]
fn raw_delivery_is_the_message_itself_and_headers_say_the_rest() {
    let headers =
        [("x-amz-sns-message-id", "m7"), ("x-amz-sns-topic-arn", TOPIC), ("x-amz-sns-rawdelivery", "true")];
    let mut read = events(read_with(SourceKind::AwsSns, b"Disk is full\n", "text/plain", &headers));
    let event = read.remove(0);
    assert_eq!((event.title.as_deref(), event.incident.native_id.as_str()), (Some("Disk is full"), "m7"));
    assert_eq!(event.ingest.delivery_id.as_deref(), Some("m7"));
    assert_eq!(event.source.account.as_deref(), Some("111122223333/eu-west-1"));
}

#[test]
fn an_alarm_without_a_time_of_its_own_has_that_of_its_notification() {
    let event = one(SourceKind::AwsSns, &notification(r#"{"AlarmName": "Disk", "NewStateValue": "ALARM"}"#));
    assert_eq!(event.occurred_at.map(|at| at.to_string()).as_deref(), Some("2026-04-01T05:20:00.123Z"));
}

#[test]
fn an_arn_of_somebodys_making_leads_nowhere() {
    let links = |region: &str| {
        let arn = format!("arn:aws:cloudwatch:{region}:1:alarm:Disk");
        one(SourceKind::AwsSns, &json!({"AlarmName": "Disk", "AlarmArn": arn, "NewStateValue": "OK"}))
            .links
            .len()
    };
    assert_eq!((links("eu-west-1"), links("evil.example/x#"), links("")), (1, 0, 0));
}

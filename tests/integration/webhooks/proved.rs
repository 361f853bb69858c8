//! Ways to prove who sent it, on the port itself. What each scheme takes is shown beside it.

use herald::http::fetch::{Fetch, Fetching, Roots};
use herald::http::settings::auth::SnsSettings;

use super::*;

const TOPIC: &str = "arn:aws:sns:eu-west-1:123456789012:alarms";

fn secrets() -> Vec<Secret> {
    vec![Secret::new("an-older-one"), Secret::new(SECRET)]
}

fn in_address() -> Port {
    let auth = AuthSettings::UrlSecret { parameter: "auth_token".to_owned(), secrets: secrets() };
    let mut gcp = source("gcp", SourceKind::Herald, auth);
    gcp.formerly = vec!["stackdriver".to_owned()];
    let open = source("open", SourceKind::Herald, AuthSettings::None);
    start_with(&settings(), vec![gcp, open])
}

#[tokio::test]
async fn a_secret_in_the_address_is_taken_and_never_told() {
    let port = in_address();
    for address in [
        "gcp?auth_token=not-a-real-secret",
        "gcp/not-a-real-secret",
        "gcp/not%2Da-real-secret",
        "stackdriver/an-older-one",
    ] {
        assert_eq!(port.post(address, &[], MINIMAL).await.accepted().len(), 1, "{address}");
    }
    for address in [
        "gcp",
        "gcp?token=not-a-real-secret",
        "gcp?auth_token=not-a-real-secret&auth_token=x",
        "gcp/not-a-real-secre",
        "gcp/x?auth_token=not-a-real-secret",
    ] {
        let answer = port.post(address, &[], MINIMAL).await;
        answer.is_problem(401, "unauthenticated", true);
        assert!(!answer.body.contains("secre") && !answer.head.contains("not-a-real"), "{answer:?}");
    }
    for address in ["gcp/", "gcp/not-a-real-secret/x", "open/not-a-real-secret"] {
        let answer = port.post(address, &[], MINIMAL).await;
        answer.is_problem(404, "unknown-source", true);
        assert!(!answer.body.contains("not-a-real"), "{answer:?}");
    }
    let answer = port.raw("GET /webhooks/gcp/not-a-real-secret HTTP/1.1\r\nHost: h\r\n\r\n").await;
    answer.is_problem(405, "method", true);
    assert_eq!((port.counted("gcp", "accepted"), port.counted("gcp", "unauthenticated")), (4, 5));
}

/// A proxy writes the address that it was asked for into headers of its own.
#[tokio::test]
async fn a_secret_in_the_address_is_not_kept_with_what_is_rejected() {
    let port = in_address();
    let headers = [
        ("X-Original-URI", "/webhooks/gcp?auth_token=not-a-real-secret"),
        ("Referer", "http://h/webhooks/gcp/not%2Da%2Dreal%2Dsecret"),
        ("X-Forwarded-Host", "herald.example.com"),
    ];
    let answer = port.post("gcp?auth_token=not-a-real-secret", &headers, "{").await;
    assert!(answer.json()["rejected"]["id"].is_string(), "{answer:?}");
    let stored = format!("{:?}", port.log.stored());
    let values: Vec<String> = port.log.values("incident.rejected").iter().map(Value::to_string).collect();
    assert!(values.len() == 1 && values[0].contains("x-forwarded-host"), "{values:?}");
    for text in [stored, values.concat()] {
        assert!(!text.contains("not-a-real") && !text.contains("not%2Da"), "{text}");
    }
}

#[tokio::test]
async fn a_signed_time_is_that_of_this_machine() {
    let standard = source("std", SourceKind::Herald, signed("standard_webhooks", secrets()));
    let port = start_with(&settings(), vec![standard]);
    let now = jiff::Timestamp::now().as_second();
    for (at, status) in [(now, 202), (now - 280, 202), (now - 400, 401), (now + 400, 401)] {
        let text = format!("msg_{at}.{at}.{MINIMAL}");
        let hex = pagerduty_signature(SECRET, text.as_bytes());
        let tag = data_encoding::HEXLOWER.decode(&hex.as_bytes()["v1=".len()..]).expect("hex");
        let signature = format!("v1,AAAA v1,{}", data_encoding::BASE64.encode(&tag));
        let (id, at) = (format!("msg_{at}"), at.to_string());
        let headers =
            [("webhook-id", id.as_str()), ("webhook-timestamp", &at), ("webhook-signature", &signature)];
        assert_eq!(port.post("std", &headers, MINIMAL).await.status, status, "{at}");
    }
}

/// A world in which nobody answers.
#[derive(Debug)]
struct Nobody;

impl Fetch for Nobody {
    fn get<'f>(&'f self, _url: &'f str) -> Fetching<'f> {
        Box::pin(async { Err("nobody answers".to_owned()) })
    }
}

#[tokio::test]
async fn a_certificate_that_cannot_be_fetched_is_503_and_in_nobodys_way() {
    let auth = AuthSettings::Sns(SnsSettings {
        topic_arns: vec![TOPIC.to_owned()],
        tolerance: Duration::from_hours(1),
    });
    let sources =
        vec![source("aws", SourceKind::Herald, auth), source("open", SourceKind::Herald, AuthSettings::None)];
    let outside = Outside { fetch: Arc::new(Nobody), roots: Roots::Only(Vec::new()) };
    let port = start_in(&settings(), sources, outside);
    let message = |topic: &str, host: &str| {
        serde_json::json!({
            "Type": "Notification", "MessageId": "m-1", "TopicArn": topic, "Message": "{}",
            "Timestamp": jiff::Timestamp::now().to_string(), "SignatureVersion": "2", "Signature": "AAAA",
            "SigningCertURL": format!("https://{host}/SimpleNotificationService-0a.pem"),
        })
        .to_string()
    };
    let plain = [("Content-Type", "text/plain; charset=UTF-8")];
    let host = "sns.eu-west-1.amazonaws.com";
    port.post("aws", &plain, message(TOPIC, host)).await.is_problem(503, "certificate", true);
    for wrong in
        [message("arn:aws:sns:eu-west-1:1:others", host), message(TOPIC, "evil.example"), "{}".to_owned()]
    {
        port.post("aws", &plain, wrong).await.is_problem(401, "unauthenticated", true);
    }
    port.post_sound().await.accepted();
    assert_eq!((port.counted("aws", "unavailable"), port.counted("aws", "unauthenticated")), (1, 3));
    assert_eq!((port.log.stored().len(), port.running.in_flight()), (1, 0));
}

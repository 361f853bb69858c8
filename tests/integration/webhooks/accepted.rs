//! What is accepted, and how it stands on the log.

use herald::core::event::Event;
use herald::core::ids;

use super::*;

#[tokio::test]
async fn accepted_is_202_with_event_and_incident_ids() {
    let port = start();
    let signature = pagerduty_signature(SECRET, TRIGGERED.as_bytes());
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let headers = [
        ("Content-Type", "application/json; charset=utf-8"),
        ("X-PagerDuty-Signature", signature.as_str()),
        ("X-Request-Id", "req-17"),
        ("traceparent", trace),
    ];
    let response = port.post("pd", &headers, TRIGGERED).await;
    let events = response.accepted();
    assert_eq!(response.header("x-request-id"), Some("req-17"));
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["incident"], ids::incident("pd", "QEXAMPLE0001"));

    let stored = port.log.stored();
    assert_eq!(stored.len(), 1);
    assert_eq!(stored[0].topic, "incident.events");
    assert_eq!(stored[0].key.as_deref(), events[0]["incident"].as_str());
    assert!(stored[0].headers.contains(&("traceparent", trace.to_owned())));
    let event: Event =
        serde_json::from_slice(stored[0].payload.as_deref().expect("a value")).expect("an event");
    assert_eq!(event.id, events[0]["id"].as_str().expect("an id"));
    assert_eq!(event.received_at, stored[0].timestamp);
    assert_eq!(event.ingest.key_id.as_deref(), Some("1"));
    assert_eq!(event.raw.expect("the body").bytes, TRIGGERED);
    assert_eq!(port.counted("pd", "accepted"), 1);

    // A retry gives the same ids.
    assert_eq!(port.post("pd", &headers, TRIGGERED).await.accepted(), events);
}

#[tokio::test]
async fn a_batch_is_accepted_whole() {
    let port = start();
    let body = include_str!("../../../examples/webhooks/herald-list.json");
    let events = port.post("open", &[], body).await.accepted();
    assert_eq!((events.len(), port.log.stored().len()), (5, 5));
    let body = include_str!("../../../examples/webhooks/cloudevents-batch.json");
    let media = [("Content-Type", "application/cloudevents-batch+json")];
    assert_eq!(port.post("ce", &media, body).await.accepted().len(), 2);
    assert_eq!(port.post("ce", &media, "[]").await.accepted().len(), 0);
}

#[tokio::test]
async fn media_types_that_are_spoken() {
    let port = start();
    for media in
        ["application/json", "text/json", "TEXT/PLAIN; charset=UTF-8", "application/vnd.shop+json", ""]
    {
        let headers = [("Content-Type", media)];
        port.post("open", &headers[..usize::from(!media.is_empty())], MINIMAL).await.accepted();
    }
    let binary = [
        ("Content-Type", "application/xml"),
        ("ce-specversion", "1.0"),
        ("ce-id", "1"),
        ("ce-source", "/shop"),
        ("ce-type", "com.example.incident.triggered"),
        ("ce-subject", "A%20B"),
    ];
    let events = port.post("ce", &binary, "<a/>").await.accepted();
    assert_eq!(events[0]["incident"], ids::incident("ce", "/shop A B"));
}

#[tokio::test]
async fn a_packed_body_is_unpacked_after_its_signature_was_checked() {
    let port = start();
    let packed = gzip(TRIGGERED.as_bytes());
    let signature = pagerduty_signature(SECRET, &packed);
    let headers = [("Content-Encoding", "gzip"), ("X-PagerDuty-Signature", signature.as_str())];
    port.post("pd", &headers, &packed).await.accepted();
    let of_unpacked = pagerduty_signature(SECRET, TRIGGERED.as_bytes());
    let headers = [("Content-Encoding", "gzip"), ("X-PagerDuty-Signature", of_unpacked.as_str())];
    assert_eq!(port.post("pd", &headers, &packed).await.status, 401);
}

#[tokio::test]
async fn a_ping_is_202_and_makes_no_event() {
    let port = start();
    let body = r#"{"event":{"id":"1","event_type":"pagey.ping","data":{"type":"ping"}}}"#;
    let signature = pagerduty_signature(SECRET, body.as_bytes());
    let response = port.post("pd", &[("X-PagerDuty-Signature", &signature)], body).await;
    assert_eq!((response.accepted().len(), port.log.stored().len()), (0, 0));
    assert_eq!(port.counted("pd", "handshake"), 1);
}

#[tokio::test]
async fn the_events_api_is_answered_in_its_own_words_and_its_key_is_not_kept() {
    let port = start();
    let key = "R0000000000000000000000000000000";
    let cases = [
        (r#"{"routing_key":"KEY","event_action":"trigger","dedup_key":"a/b"}"#, Some("a/b")),
        (r#"{"routing_key":"KEY","payload":{"summary":"deployed"}}"#, None),
    ];
    for (body, dedup_key) in cases {
        let response = port.post("events-api", &[], &body.replace("KEY", key)).await;
        assert_eq!(response.status, 202);
        let answer = response.json();
        assert_eq!((&answer["status"], &answer["message"]), (&"success".into(), &"Event processed".into()));
        assert_eq!(answer.get("dedup_key").and_then(|key| key.as_str()), dedup_key, "{answer}");
    }
    for broken in [r#"{"routing_key":"KEY"}"#, r#"{"routing_key":"KEY","event_action":"#] {
        let response = port.post("events-api", &[], &broken.replace("KEY", key)).await;
        assert!(response.json().get("rejected").is_some());
    }
    let stored = port.log.stored();
    assert_eq!(stored.len(), 4);
    for record in &stored {
        let value = record.payload.as_deref().map(String::from_utf8_lossy).expect("a value");
        assert!(value.contains("left out by herald") && !value.contains(key), "{value}");
    }
}

#[tokio::test]
async fn cloudevents_ask_first_whether_they_may_deliver() {
    let port = start();
    let ask = |source: &str| {
        format!(
            "OPTIONS /webhooks/{source} HTTP/1.1\r\nHost: h\r\nWebHook-Request-Origin: shop.example.com\r\nWebHook-Request-Rate: 120\r\n\r\n"
        )
    };
    let response = port.raw(ask("ce")).await;
    assert_eq!(response.status, 200);
    assert_eq!(response.header("webhook-allowed-origin"), Some("shop.example.com"));
    assert_eq!(response.header("webhook-allowed-rate"), Some("*"));
    port.raw(ask("pd")).await.is_problem(405, "method", true);
    assert_eq!(port.log.stored(), []);
}

#[tokio::test]
async fn pipelined_deliveries_are_answered_in_order() {
    let port = start();
    let mut client = port.connect().await;
    let bodies: Vec<String> = (0..20).map(|n| format!(r#"{{"key":"{n}","stage":"triggered"}}"#)).collect();
    client.send(bodies.iter().flat_map(|body| request("open", &[], body)).collect::<Vec<u8>>()).await;
    for n in 0..20 {
        let events = client.response().await.accepted();
        assert_eq!(events[0]["incident"], ids::incident("open", &n.to_string()));
    }
}

#[tokio::test]
async fn chunks_and_a_half_closed_connection_are_fine() {
    let port = start();
    let mut client = port.connect().await;
    client.send(head("open", &[("Transfer-Encoding", "chunked")])).await;
    for part in MINIMAL.as_bytes().chunks(7) {
        client.send(format!("{:x}\r\n", part.len())).await;
        client.send(part).await;
        client.send("\r\n").await;
    }
    client.send("0\r\n\r\n").await;
    client.0.shutdown().await.expect("half closes");
    assert_eq!(client.response().await.accepted().len(), 1);
}

#[tokio::test]
async fn what_was_odd_is_told() {
    let port = start();
    let events = port.post("open", &[], r#"{"key":"a","stage":"resovled"}"#).await.accepted();
    assert_eq!(events[0]["warnings"], serde_json::json!(["unknown_state /stage"]));
}

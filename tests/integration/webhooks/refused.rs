//! What is refused before it is understood. Nothing of it is stored.

use super::*;

#[tokio::test]
async fn not_authentic_is_401_in_the_same_words_whatever_was_wrong() {
    let port = start();
    let good = pagerduty_signature(SECRET, TRIGGERED.as_bytes());
    let other_key = pagerduty_signature("else", TRIGGERED.as_bytes());
    let other_body = pagerduty_signature(SECRET, b"{}");
    let mut answers = Vec::new();
    for value in [other_key.as_str(), &other_body, "v1=", "v2=00", "nonsense", &good[..20]] {
        answers.push(port.post("pd", &[("X-PagerDuty-Signature", value)], TRIGGERED).await);
    }
    answers.push(port.post("pd", &[], TRIGGERED).await);
    answers.push(port.post("pd", &[("X-PagerDuty-Signature", &good)], format!("{TRIGGERED} ")).await);
    for value in ["Bearer wrong", "Bearer", "Basic bm90LWEtcmVhbC1zZWNyZXQ=", "not-a-real-secret"] {
        answers.push(port.post("am", &[("Authorization", value)], "{}").await);
    }
    for answer in &answers {
        answer.is_problem(401, "unauthenticated", true);
        assert_eq!(answer.body, answers[0].body);
    }
    let challenge = |answer: &Response| answer.header("www-authenticate").map(str::to_owned);
    assert_eq!(challenge(&answers[0]).as_deref(), Some(r#"Signature realm="herald""#));
    assert_eq!(challenge(&answers[8]).as_deref(), Some(r#"Bearer realm="herald""#));
    assert_eq!(port.log.stored(), []);
    assert_eq!((port.counted("pd", "unauthenticated"), port.counted("am", "unauthenticated")), (8, 4));
}

/// A stranger's connection does not stay open: a second head, begun and never ended, would hold
/// its place for ever.
#[tokio::test]
async fn a_strangers_connection_is_closed() {
    let port = start();
    let mut client = port.connect().await;
    client.send(request("pd", &[], TRIGGERED)).await;
    assert_eq!(client.response().await.status, 401);
    assert!(client.is_closed().await);

    let mut known = port.connect().await;
    for _ in 0..3 {
        known.send(request("open", &[], MINIMAL)).await;
        known.response().await.accepted();
    }
}

#[tokio::test]
async fn unknown_source_is_404() {
    let port = start();
    port.post("nobody", &[], MINIMAL).await.is_problem(404, "unknown-source", true);
    for path in ["/", "/webhooks", "/webhooks/", "/webhooks/open/x", "/metrics", "/webhooks/%2e%2e"] {
        let response = port.raw(format!("GET {path} HTTP/1.1\r\nHost: h\r\n\r\n")).await;
        response.is_problem(404, "unknown-source", true);
    }
    assert_eq!(port.counted("-", "unknown_source"), 7);
}

#[tokio::test]
async fn another_method_is_405_with_allow() {
    let port = start();
    for (source, allow) in [("open", "POST"), ("ce", "POST, OPTIONS")] {
        for method in ["GET", "PUT", "DELETE", "OPTIONS", "TRACE"] {
            let response = port.raw(format!("{method} /webhooks/{source} HTTP/1.1\r\nHost: h\r\n\r\n")).await;
            response.is_problem(405, "method", true);
            assert_eq!(response.header("allow"), Some(allow));
        }
    }
    let mut client = port.connect().await;
    client.send("HEAD /webhooks/open HTTP/1.1\r\nHost: h\r\n\r\n").await;
    let mut head = Vec::new();
    client.0.read_to_end(&mut head).await.expect("reads to the end");
    let head = String::from_utf8(head).expect("ASCII").to_ascii_lowercase();
    assert!(head.starts_with("http/1.1 405") && head.contains("\r\nallow: post\r\n"), "{head}");
}

#[tokio::test]
async fn a_body_above_the_cap_is_413_before_the_rest_is_read() {
    let port = start();
    // Declared: nothing of the body is sent at all.
    for length in ["262145", "99999999999"] {
        let response = port.raw(head("open", &[("Content-Length", length)])).await;
        response.is_problem(413, "too-large", true);
    }
    // Chunked: it never ends, and is answered all the same.
    let mut client = port.connect().await;
    client.send(head("open", &[("Transfer-Encoding", "chunked")])).await;
    for _ in 0..5 {
        client.send(format!("{:x}\r\n{}\r\n", 64 * 1024, "x".repeat(64 * 1024))).await;
    }
    client.response().await.is_problem(413, "too-large", true);
    // At the cap it is read.
    let body = format!(r#"{{"key":"a"}}{}"#, " ".repeat(256 * 1024 - 11));
    assert_eq!(body.len(), 256 * 1024);
    port.post("open", &[], &body).await.accepted();
    port.post("open", &[], body + " ").await.is_problem(413, "too-large", true);
}

#[tokio::test]
async fn a_body_that_unpacks_above_the_cap_is_413() {
    let port = start();
    let bomb = gzip(&vec![b' '; 100_000_000]);
    assert!(bomb.len() < 256 * 1024);
    port.post("open", &[("Content-Encoding", "gzip")], &bomb).await.is_problem(413, "too-large", true);
    assert_eq!(port.log.stored(), []);
}

#[tokio::test]
async fn a_media_type_or_encoding_that_is_not_spoken_is_415() {
    let port = start();
    for media in ["application/x-www-form-urlencoded", "text/html", "multipart/form-data; boundary=x", "json"]
    {
        let response = port.post("open", &[("Content-Type", media)], MINIMAL).await;
        response.is_problem(415, "media-type", true);
    }
    for coding in ["br", "deflate", "gzip, gzip", "zstd"] {
        let response = port.post("open", &[("Content-Encoding", coding)], MINIMAL).await;
        response.is_problem(415, "content-encoding", true);
        assert_eq!(response.header("accept-encoding"), Some("gzip"));
    }
}

#[tokio::test]
async fn framing_that_can_be_read_in_two_ways_is_400() {
    let port = start();
    for headers in [
        [("Content-Length", "5"), ("Transfer-Encoding", "chunked")],
        [("Content-Length", "5"), ("Content-Length", "6")],
        [("Content-Length", "-1"), ("X-A", "b")],
        [("Transfer-Encoding", "chunked, identity"), ("X-A", "b")],
    ] {
        let response = port.raw(head("open", &headers) + "0\r\n\r\n").await;
        assert_eq!(response.status, 400, "{headers:?} {response:?}");
    }
    // A length that is too short: the rest is no request.
    let mut client = port.connect().await;
    client.send(head("open", &[("Content-Length", "2")]) + "{}trailing rest\r\n\r\n").await;
    assert_eq!(client.response().await.status, 202);
    assert_eq!(client.response().await.status, 400);
    assert!(client.is_closed().await);
    // Too many headers.
    let many = "a: b\r\n".repeat(200);
    let response = port.raw(format!("POST /webhooks/open HTTP/1.1\r\nHost: h\r\n{many}\r\n")).await;
    assert_eq!(response.status, 431);
    port.post_sound().await.accepted();
}

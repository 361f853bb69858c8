//! Slow clients: they are answered 408, and everybody else is served meanwhile.

use super::*;

const SHORT: Duration = Duration::from_millis(300);

fn impatient() -> Port {
    start_with(WebhookSettings { header_timeout: SHORT, body_timeout: SHORT, ..settings() }, sources())
}

#[tokio::test]
async fn slow_headers_are_408() {
    let port = impatient();
    let mut client = port.connect().await;
    client.send("POST /webhooks/open HTTP/1.1\r\nHost: h\r\nX-Slow: ").await;
    assert_eq!(client.response().await.status, 408);
    assert!(client.is_closed().await);
    let mut mute = port.connect().await;
    assert_eq!(mute.response().await.status, 408);
}

#[tokio::test]
async fn a_slow_body_is_408() {
    let port = impatient();
    let mut client = port.connect().await;
    client.send(head("open", &[("Content-Length", "100")]) + r#"{"key""#).await;
    client.response().await.is_problem(408, "slow", true);
    assert!(client.is_closed().await);
    assert_eq!((port.running.in_flight(), port.counted("open", "slow")), (0, 1));
    assert_eq!(port.log.stored(), []);
}

/// A body drips in, each piece in time and the whole too late.
#[tokio::test]
async fn a_dripping_body_is_408() {
    let port = impatient();
    let client = port.connect().await;
    let (mut reader, mut writer) = client.0.into_split();
    let drip = tokio::spawn(async move {
        let _ = writer.write_all(head("open", &[("Content-Length", "100000")]).as_bytes()).await;
        while writer.write_all(b" ").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
    let mut answer = Vec::new();
    let read = tokio::time::timeout(PATIENCE, reader.read_to_end(&mut answer)).await;
    drip.abort();
    assert!(read.is_ok(), "closed in time");
    assert!(answer.starts_with(b"HTTP/1.1 408"), "{}", String::from_utf8_lossy(&answer));
}

#[tokio::test]
async fn slow_clients_take_no_permits() {
    let port = start();
    let mut slow = Vec::new();
    for n in 0..100 {
        let mut client = port.connect().await;
        let body = head("open", &[("Content-Length", "100")]) + "{";
        client.send(if n % 2 == 0 { body.as_str() } else { "POST /webhooks/open HTTP/1.1\r\n" }).await;
        slow.push(client);
    }
    port.post_sound().await.accepted();
}

/// What breaks off is answered to nobody, and kept nowhere.
#[tokio::test]
async fn a_body_that_breaks_off_leaves_nothing() {
    let port = start();
    let mut client = port.connect().await;
    client.send(head("open", &[("Content-Length", "100")]) + r#"{"key""#).await;
    client.0.shutdown().await.expect("half closes");
    client.response().await.is_problem(400, "malformed", true);
    assert_eq!(port.log.stored(), []);
    port.post_sound().await.accepted();
}

//! Anything wrong on our side is 503 with Retry-After; and stopping loses nothing.

use herald::http::publish::PublishError;

use super::fake::Mood;
use super::*;

#[tokio::test]
async fn kafka_down_is_503() {
    let port = start();
    port.log.is(Mood::Failing(PublishError::Unacknowledged("broker 10.1.2.3 is down".to_owned())));
    let response = port.post_sound().await;
    response.is_problem(503, "kafka", false);
    assert!(!response.body.contains("10.1.2.3"), "nothing of the inside is told");
    port.log.is(Mood::Failing(PublishError::QueueFull));
    port.post_sound().await.is_problem(503, "queue-full", false);
    assert_eq!(port.counted("open", "unavailable"), 2);
    port.log.is(Mood::Sound);
    port.post_sound().await.accepted();
}

#[tokio::test]
async fn permits_full_is_503_and_no_source_takes_more_than_half() {
    let port = start();
    port.log.is(Mood::Silent);
    let mut waiting = Vec::new();
    for source in ["open", "open", "strict"] {
        let mut client = port.connect().await;
        client.send(request(source, &[], MINIMAL)).await;
        waiting.push(client);
    }
    port.until_in_flight_is(3).await;
    port.post("open", &[], MINIMAL).await.is_problem(503, "busy", false);
    let mut last = port.connect().await;
    last.send(request("strict", &[], MINIMAL)).await;
    waiting.push(last);
    port.until_in_flight_is(4).await;
    port.post("ce", &[], "[]").await.is_problem(503, "busy", false);
    assert_eq!(port.metrics.in_flight_webhooks.get(), 4);
    port.log.is(Mood::Sound);
    for mut client in waiting {
        client.response().await.accepted();
    }
    port.until_in_flight_is(0).await;
    port.post_sound().await.accepted();
}

/// Unpacked a few are as large as many: their number is bounded before the memory is.
#[tokio::test]
async fn large_bodies_have_a_bound_of_their_own() {
    let port = start_with(WebhookSettings { in_flight_max: 1_000, ..settings() }, sources());
    port.log.is(Mood::Silent);
    let large = gzip(format!(r#"{{"key":"a"}}{}"#, " ".repeat(100_000)).as_bytes());
    let headers = [("Content-Encoding", "gzip")];
    let mut waiting = Vec::new();
    for _ in 0..64 {
        let mut client = port.connect().await;
        client.send(request("open", &headers, &large)).await;
        waiting.push(client);
    }
    port.until_in_flight_is(64).await;
    port.post("open", &headers, &large).await.is_problem(503, "busy", true);
    port.log.is(Mood::Sound);
    port.post_sound().await.accepted();
    for mut client in waiting {
        client.response().await.accepted();
    }
    port.post("open", &headers, &large).await.accepted();
}

#[tokio::test]
async fn a_passed_deadline_is_503_and_the_permit_follows_the_record() {
    let mut hasty = source("hasty", SourceKind::Herald, AuthSettings::None);
    hasty.answer_within = Duration::from_millis(100);
    let port = start_with(settings(), vec![hasty]);
    port.log.is(Mood::Silent);
    port.post("hasty", &[], MINIMAL).await.is_problem(503, "deadline", false);
    assert_eq!(port.running.in_flight(), 1);
    assert_eq!(port.log.stored(), []);
    port.log.is(Mood::Sound);
    port.until_in_flight_is(0).await;
    assert_eq!(port.log.stored().len(), 1, "it was stored after all; the retry has the same id");
}

#[tokio::test]
async fn a_sender_that_goes_away_keeps_its_permit_until_the_record_is_stored() {
    let port = start();
    port.log.is(Mood::Silent);
    let mut client = port.connect().await;
    client.send(request("open", &[], MINIMAL)).await;
    port.until_in_flight_is(1).await;
    // A reset, so that the port notices at once.
    client.0.set_zero_linger().expect("lingers not");
    drop(client);
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(port.running.in_flight(), 1);
    port.log.is(Mood::Sound);
    port.until_in_flight_is(0).await;
    assert_eq!(port.log.stored().len(), 1);
}

#[tokio::test]
async fn draining_is_503_and_closes() {
    let port = start();
    let mut client = port.connect().await;
    client.send(request("open", &[], MINIMAL)).await;
    client.response().await.accepted();
    port.running.drain();
    client.send(request("open", &[], MINIMAL)).await;
    client.response().await.is_problem(503, "draining", true);
    assert!(client.is_closed().await);
}

#[tokio::test]
async fn a_log_that_is_not_ready_is_503() {
    let port = start();
    port.log.is_ready(false);
    port.post_sound().await.is_problem(503, "draining", true);
    port.log.is_ready(true);
    port.post_sound().await.accepted();
}

#[tokio::test]
async fn what_is_in_flight_at_a_stop_is_stored_and_answered() {
    let port = start();
    port.log.is(Mood::Silent);
    let mut client = port.connect().await;
    client.send(request("open", &[], MINIMAL)).await;
    port.until_in_flight_is(1).await;
    let address = port.running.local_addr();
    let log = Arc::clone(&port.log);
    let stopping = tokio::spawn(port.running.stop(PATIENCE));
    // It goes on to answer, with 503, while it waits.
    let late = loop {
        let mut late = Client(TcpStream::connect(address).await.expect("still listens"));
        late.send(request("open", &[], MINIMAL)).await;
        let response = late.response().await;
        if response.status == 503 && response.json()["type"] == "/problems/draining" {
            break response;
        }
    };
    late.is_problem(503, "draining", true);
    log.is(Mood::Sound);
    client.response().await.accepted();
    tokio::time::timeout(PATIENCE, stopping).await.expect("stops in time").expect("stops");
    assert!(TcpStream::connect(address).await.is_err(), "the port is closed");
    assert!(!log.stored().is_empty());
}

#[tokio::test]
async fn a_stop_ends_also_when_kafka_never_answers() {
    let port = start();
    port.log.is(Mood::Silent);
    let mut client = port.connect().await;
    client.send(request("open", &[], MINIMAL)).await;
    port.until_in_flight_is(1).await;
    let stopping = port.running.stop(Duration::from_millis(50));
    tokio::time::timeout(PATIENCE, stopping).await.expect("stops in time");
    assert!(client.is_closed().await, "no 202 for what is not known to be stored");
}

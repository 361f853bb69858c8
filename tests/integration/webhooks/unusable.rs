//! Authentic and not usable: never lost, and answered as the source's policy says.

use herald::http::publish::PublishError;
use serde_json::json;

use super::fake::Mood;
use super::*;

#[tokio::test]
async fn unusable_is_202_with_problems_where_the_source_accepts() {
    let port = start();
    let body = r#"{"title": "s3cret title", "password": "s3cret"}"#;
    let headers =
        [("X-Api-Key", "s3cret"), ("Cookie", "s3cret"), ("User-Agent", "probe/1"), ("X-Webhook-Id", "d-1")];
    let response = port.post("open", &headers, body).await;
    assert_eq!(response.status, 202, "{response:?}");
    let rejected = response.json()["rejected"].clone();
    assert_eq!(rejected["problems"][0]["pointer"], "/key");
    assert!(!response.body.contains("s3cret"));

    let kept = port.log.values("incident.rejected");
    assert_eq!((kept.len(), port.log.stored().len()), (1, 1));
    assert_eq!(kept[0]["id"], rejected["id"]);
    assert_eq!(kept[0]["reason"], "schema");
    assert_eq!(kept[0]["source"], "open");
    assert_eq!(kept[0]["raw"]["bytes"], body);
    let names: Vec<_> = kept[0]["headers"].as_array().expect("headers").iter().map(|pair| &pair[0]).collect();
    assert!(names.contains(&&json!("user-agent")) && names.contains(&&json!("x-webhook-id")), "{names:?}");
    assert!(!names.contains(&&json!("x-api-key")) && !names.contains(&&json!("cookie")), "{names:?}");
    assert_eq!(port.counted("open", "rejected"), 1);
    assert_eq!(port.metrics.rejected.with_label_values(&["open", "schema"]).get(), 1);

    // A retry is the same rejection.
    assert_eq!(port.post("open", &headers, body).await.json()["rejected"], rejected);
}

#[tokio::test]
async fn unusable_is_400_or_422_where_the_source_refuses() {
    let port = start();
    let problem = port.post("strict", &[], r#"{"key": "#).await;
    problem.is_problem(400, "not-json", false);
    assert_eq!(problem.json()["problems"][0]["pointer"], "/key");
    let problem = port.post("strict", &[], r#"{"title": "s3cret"}"#).await;
    problem.is_problem(422, "unusable", false);
    assert_eq!(problem.json()["problems"][0]["pointer"], "/key");
    assert!(!problem.body.contains("s3cret"));
    assert_eq!(port.log.values("incident.rejected").len(), 2);
}

/// What is odd in many ways is refused in one: with its reason, and kept.
#[tokio::test]
async fn hostile_bodies_are_kept_with_their_reason() {
    let port = start();
    let deep = "[".repeat(100_000);
    let many = format!("[{}]", vec![r#"{"key":"a"}"#; 11].join(","));
    let cases: [(&[u8], &str); 10] = [
        (b"", "not_json"),
        (b"{", "not_json"),
        (b"\xff\xfe{\0}\0", "not_json"),
        (b"{\"key\":\"\xc3\x28\"}", "not_json"),
        (deep.as_bytes(), "not_json"),
        (br#"{"key":1e999}"#, "not_json"),
        (br#"{"key":NaN}"#, "not_json"),
        (br#"{"key":"a","key":"b"}"#, "not_json"),
        (br#"{"key":{"a":1}}"#, "schema"),
        (many.as_bytes(), "too_many_parts"),
    ];
    for (body, reason) in cases {
        let response = port.post("open", &[], body).await;
        assert_eq!(response.status, 202, "{reason}: {response:?}");
        assert!(response.json()["rejected"]["problems"][0]["message"].is_string());
        let kept = port.log.values("incident.rejected").pop().expect("kept");
        assert_eq!(kept["reason"], reason, "{}", String::from_utf8_lossy(&body[..body.len().min(40)]));
    }
    let kept = port.log.values("incident.rejected");
    assert_eq!(kept[2]["raw"]["encoding"], "base64");
    port.post_sound().await.accepted();
}

#[tokio::test]
async fn a_body_that_is_not_the_gzip_it_claims_is_kept() {
    let port = start();
    let packed = gzip(MINIMAL.as_bytes());
    let response = port.post("open", &[("Content-Encoding", "gzip")], &packed[..packed.len() - 5]).await;
    assert_eq!(response.json()["rejected"]["problems"][0]["pointer"], "");
    assert_eq!(port.log.values("incident.rejected")[0]["reason"], "bad_encoding");
}

#[tokio::test]
async fn unusable_and_not_kept_is_503() {
    let port = start();
    port.log.is(Mood::FailingOn("incident.rejected", PublishError::Unacknowledged("down".to_owned())));
    port.post("open", &[], "{}").await.is_problem(503, "kafka", false);
    port.post("strict", &[], "{}").await.is_problem(503, "kafka", false);
    port.post_sound().await.accepted();
}

#[tokio::test]
async fn too_large_for_a_record_leaves_the_body_out_then_rejects() {
    let port = start();
    let body = format!(r#"{{"key":"a","stage":"triggered","ignored":"{}"}}"#, "x".repeat(5_000));
    port.log.is(Mood::TooLargeOver(2_000));
    port.post("open", &[], &body).await.accepted();
    let event = &port.log.values("incident.events")[0];
    assert_eq!((&event["raw"]["bytes"], &event["raw"]["truncated"]), (&json!(""), &json!(true)));

    let labels: serde_json::Map<_, _> =
        (0..50).map(|n| (format!("label-{n}"), json!("y".repeat(100)))).collect();
    let body = json!({"key": "a", "labels": labels}).to_string();
    let response = port.post("open", &[], &body).await;
    assert_eq!(response.status, 202);
    assert!(response.json()["rejected"]["id"].is_string());
    let kept = &port.log.values("incident.rejected")[0];
    assert_eq!((&kept["reason"], &kept["raw"]["truncated"]), (&json!("too_large"), &json!(true)));
}

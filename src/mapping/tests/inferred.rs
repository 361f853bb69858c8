//! What is proposed can be used as it is.

use serde_json::{Value, json};

use super::{events, reader};
use crate::core::schema::BodySchema;
use crate::mapping::infer::propose;

#[test]
fn a_proposal_reads_the_samples_it_was_made_of() {
    let cases = [
        (
            vec![
                json!({"alert_id": 7, "status": "DOWN", "name": "Cart", "severity": "high", "time": "2026-03-02T09:30:00Z", "link": "https://example.com/7", "tags": ["a:b"]}),
                json!({"alert_id": 7, "status": "UP", "name": "Cart", "time": "2026-03-02T09:40:00Z"}),
            ],
            vec!["7", "triggered", "7", "resolved"],
        ),
        (vec![json!({"alerts": [{"host": "web", "check": "disk", "state": "nonsense"}]})], vec!["web", "-"]),
        (
            vec![json!([{"incident": {"key": "a/b: c"}, "action": "acknowledged"}])],
            vec!["a/b: c", "acknowledged"],
        ),
        (vec![json!({"odd key~/x": 1, "title": "*: {y}", "status": "# not a comment"})], vec!["*: {y}", "-"]),
    ];
    for (samples, expected) in cases {
        let proposal = propose("my tool: x", "", &samples).expect("a proposal");
        let mut found = Vec::new();
        for sample in &samples {
            for event in events(&proposal.mapping, &sample.to_string()) {
                found.push(event["id"].as_str().unwrap_or_default().to_owned());
                found.push(event.get("stage").and_then(Value::as_str).unwrap_or("-").to_owned());
            }
        }
        assert_eq!(found, expected, "{}", proposal.mapping);
        let schema: Value = serde_json::from_str(&proposal.schema).expect("JSON");
        BodySchema::new("proposed", &schema).expect("a schema");
    }
}

#[test]
fn what_is_no_sample_is_told() {
    for samples in [vec![], vec![json!([])], vec![json!({})], vec![json!({"a": null})]] {
        assert!(propose("t", "", &samples).is_err(), "{samples:?}");
    }
}

#[test]
fn hostile_names_make_no_other_mapping() {
    let samples = [
        json!({"id": "1", "status\n  title: { const: x }": "up", "title": "a\nb: c", "x: y": {"url": "https://example.com/a b"}}),
    ];
    let proposal = propose("x\nschema: y", "", &samples).expect("a proposal");
    reader(&proposal.mapping);
}

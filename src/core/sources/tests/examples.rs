//! The hand-written examples, each with all that its adapter makes of it.

use super::*;

/// Name, kind, content type, body.
pub(super) const EXAMPLES: &[(&str, SourceKind, &str, &str)] = &[
    example(
        "pagerduty-triggered",
        SourceKind::PagerDuty,
        include_str!("../../../../examples/webhooks/pagerduty-triggered.json"),
    ),
    example(
        "pagerduty-status-update",
        SourceKind::PagerDuty,
        include_str!("../../../../examples/webhooks/pagerduty-status-update.json"),
    ),
    example(
        "pagerduty-custom-fields",
        SourceKind::PagerDuty,
        include_str!("../../../../examples/webhooks/pagerduty-custom-fields.json"),
    ),
    example(
        "pagerduty-merged",
        SourceKind::PagerDuty,
        include_str!("../../../../examples/webhooks/pagerduty-merged.json"),
    ),
    example(
        "pagerduty-resolved",
        SourceKind::PagerDuty,
        include_str!("../../../../examples/webhooks/pagerduty-resolved.json"),
    ),
    example(
        "alertmanager-firing",
        SourceKind::Alertmanager,
        include_str!("../../../../examples/webhooks/alertmanager-firing.json"),
    ),
    example(
        "alertmanager-resolved",
        SourceKind::Alertmanager,
        include_str!("../../../../examples/webhooks/alertmanager-resolved.json"),
    ),
    example(
        "cloudevents-structured",
        SourceKind::CloudEvents,
        include_str!("../../../../examples/webhooks/cloudevents-structured.json"),
    ),
    example(
        "cloudevents-batch",
        SourceKind::CloudEvents,
        include_str!("../../../../examples/webhooks/cloudevents-batch.json"),
    ),
    example(
        "herald-minimal",
        SourceKind::Herald,
        include_str!("../../../../examples/webhooks/herald-minimal.json"),
    ),
    example(
        "herald-full",
        SourceKind::Herald,
        include_str!("../../../../examples/webhooks/herald-full.json"),
    ),
    example(
        "herald-list",
        SourceKind::Herald,
        include_str!("../../../../examples/webhooks/herald-list.json"),
    ),
];

const fn example(
    name: &'static str,
    kind: SourceKind,
    body: &'static str,
) -> (&'static str, SourceKind, &'static str, &'static str) {
    (name, kind, "application/json", body)
}

#[test]
fn every_example_becomes_its_events() {
    for (name, kind, content_type, body) in EXAMPLES {
        let mut events = events(read_with(*kind, body.as_bytes(), content_type, &[]));
        meets_schema(&events);
        for event in &mut events {
            // The body itself is beside it, in the repository.
            let raw = event.raw.take();
            assert_eq!(raw.is_some(), event.ingest.part == 0);
            assert!(raw.is_none_or(|raw| raw.bytes == *body && raw.encoding == "utf-8"));
        }
        insta::assert_json_snapshot!(*name, events);
    }
}

#[test]
fn every_example_meets_its_own_schema_in_full() {
    for (name, kind, _, body) in EXAMPLES {
        let validator = crate::core::schema::compile(kind.as_str()).expect("compiles");
        let body = serde_json::from_str(body).expect("JSON");
        let wrong: Vec<_> =
            validator.iter_errors(&body).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(wrong.is_empty(), "{name}: {wrong:#?}");
    }
}

#[test]
fn no_example_is_forgotten() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/webhooks");
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        assert!(EXAMPLES.iter().any(|(known, ..)| *known == name), "{name} has no snapshot");
    }
}

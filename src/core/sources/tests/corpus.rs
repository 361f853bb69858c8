//! Real bodies of everybody's tools, where the corpus is at hand.

use std::path::PathBuf;

use super::*;

/// The corpus beside the project, or where `HERALD_CORPUS` says.
pub(super) fn corpus() -> Option<PathBuf> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let named = std::env::var_os("HERALD_CORPUS").map(PathBuf::from);
    let found = [Some(beside), named].into_iter().flatten().find(|path| path.join("payloads").is_dir());
    if found.is_none() {
        println!("skipped: no corpus of real bodies at hand (../shared/corpus or HERALD_CORPUS)");
    }
    found
}

fn bodies(sender: &str) -> Vec<(String, Vec<u8>)> {
    let Some(corpus) = corpus() else { return Vec::new() };
    let folder = std::fs::read_dir(corpus.join("payloads").join(sender)).expect("a folder");
    let mut bodies: Vec<_> = folder
        .map(|entry| entry.expect("an entry").path())
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, std::fs::read(path).expect("a file"))
        })
        .collect();
    bodies.sort();
    bodies
}

/// Type, stage and key of each event, or why there is none: one line for each body.
fn outline(read: Read) -> String {
    match read {
        Read::Events(events) => {
            meets_schema(&events);
            let outline = |event: &Event| {
                let stage = event.stage.map_or("-", crate::core::vocabulary::StageWord::as_str);
                let partial = if event.partial { " partial" } else { "" };
                format!("{} {stage} {}{partial} {:?}", event.event_type, event.incident.key, event.warnings)
            };
            events.iter().map(outline).collect::<Vec<_>>().join(" | ")
        }
        Read::Handshake => "handshake".to_owned(),
        rejected @ Read::Rejected { .. } => format!("{:?}", refusal(rejected)),
    }
}

#[track_caller]
fn check(sender: &str, kind: SourceKind, expected: &[(&str, &str)]) {
    for (name, body) in bodies(sender) {
        let found = outline(read_body(kind, &body));
        let wanted = expected.iter().find(|(wanted, _)| *wanted == name).map(|(_, outline)| *outline);
        assert_eq!(Some(found.as_str()), wanted, "{name}");
    }
}

#[test]
fn pagerduty() {
    let old = r#"("schema", ["/event"])"#;
    check(
        "pagerduty",
        SourceKind::PagerDuty,
        &[
            ("alerta_v1_messages.json", old),
            (
                "real2025_compact_incident.acknowledged.json",
                "acknowledged acknowledged tool/Q2CKYRLH85UNN4 []",
            ),
            ("real2025_compact_incident.annotated.json", "note_added - tool/Q2CKYRLH85UNN4 partial []"),
            ("real2025_compact_incident.resolved.json", "resolved resolved tool/Q2CKYRLH85UNN4 []"),
            ("real2025_compact_incident.triggered.json", "triggered triggered tool/Q2CKYRLH85UNN4 []"),
            ("real2025_compact_pagey.ping.json", "handshake"),
            ("superplane_on_incident_annotated.json", old),
            ("zulip2026_annotated_v3.json", "note_added - tool/Q3B15VLMF3ASBD partial []"),
            ("zulip2026_escalate_v3.json", "escalated triggered tool/Q3B15VLMF3ASBD []"),
            ("zulip2026_priority_updated_v3.json", "priority_changed triggered tool/Q3B15VLMF3ASBD []"),
            ("zulip2026_reopened_v3.json", "reopened reopened tool/Q05XJA8GDXGOB3 []"),
            ("zulip2026_responder_replied_v3.json", "responder_changed - tool/Q3B15VLMF3ASBD partial []"),
            ("zulip2026_service_deleted_v3.json", "catalogue - tool/service/PSERVICE1 partial []"),
            ("zulip2026_status_updated_v3.json", "status_update - tool/Q3B15VLMF3ASBD partial []"),
            ("zulip2026_workflow_completed_v3.json", "updated - tool/Q3B15VLMF3ASBD partial []"),
            ("zulip_acknowledge_v2.json", old),
            ("zulip_acknowledged_v3.json", "acknowledged acknowledged tool/PQ1K5C8 []"),
            ("zulip_assign_v2.json", old),
            ("zulip_auto_resolved.json", old),
            ("zulip_old2018_bad_message_type.json", old),
            ("zulip_reassigned_v3.json", "reassigned triggered tool/PIQUG8X []"),
            ("zulip_resolve_v2.json", old),
            ("zulip_resolved.json", old),
            ("zulip_trigger.json", old),
            ("zulip_trigger_v2.json", old),
            ("zulip_unacknowledge.json", old),
            ("zulip_unsupported_v2.json", old),
            ("zulip_unsupported_v3.json", "other triggered tool/PIQUG8X []"),
        ],
    );
}

#[test]
fn alertmanager() {
    let not_a_group = r#"("schema", ["/status", "/alerts"])"#;
    check(
        "alertmanager",
        SourceKind::Alertmanager,
        &[
            ("alerta_v4.json", "triggered triggered tool/5615590933959184469 []"),
            ("alerta_v4_firing.json", "triggered triggered tool/{}:{alertname=thing_dead} []"),
            ("cloudforet_readme.json", r#"triggered triggered tool/{}/{namespace="prometheus"}:{} []"#),
            ("keep_mock_MQFull__Message_queue_is_full_.json", not_a_group),
            ("keep_mock_MQThirdFull__Message_queue_is_over_33__.json", not_a_group),
            ("keep_mock_NetworkLatencyHigh.json", not_a_group),
            (
                "msteams_multi_card.json",
                r#"triggered triggered tool/{}/{namespace="whatever/promstack"}:{alertname="JustATestAlert_1"} []"#,
            ),
            (
                "msteams_prom_post_request.json",
                r#"triggered triggered tool/{}:{alertname="high_memory_load"} []"#,
            ),
            ("superplane_test_0.json", r#"triggered triggered tool/{}:{alertname="HighRequestLatency"} []"#),
            ("zulip_alert.json", "triggered triggered tool/{}/{}:{} []"),
        ],
    );
}

#[test]
fn grafana_speaks_alertmanager_well_enough() {
    for (name, body) in bodies("grafana") {
        let outline = outline(read_body(SourceKind::Alertmanager, &body));
        let unified = body.windows(8).any(|window| window == b"groupKey");
        assert_eq!(unified, outline.contains(" tool/"), "{name}: {outline}");
    }
}

#[test]
fn cloudevents() {
    let no_id = r#"("schema", ["/id"])"#;
    check(
        "cloudevents",
        SourceKind::CloudEvents,
        &[
            ("keptn_emitted_closed_problem_existing_labels.json", no_id),
            ("keptn_emitted_open_problem.json", no_id),
            ("keptn_emitted_open_problem_with_tags.json", no_id),
            ("spec_http_binding_0.http", r#"("not_json", [""])"#),
            ("spec_http_binding_1.http", r#"("not_json", [""])"#),
            ("spec_http_binding_4.http", r#"("not_json", [""])"#),
            ("spec_http_binding_7.http", r#"("not_json", [""])"#),
            ("spec_json_format_0.json", "other - tool//mycontext A234-1234-1234 partial []"),
            ("spec_json_format_2.json", "other - tool//mycontext B234-1234-1234 partial []"),
            ("spec_json_format_4.json", "other - tool//mycontext C234-1234-1234 partial []"),
        ],
    );
}

/// Whatever tool a body comes from, no adapter panics on it, and every event it makes is sound.
#[test]
fn any_adapter_reads_any_body() {
    let Some(corpus) = corpus() else { return };
    let mut read_count = 0;
    for folder in std::fs::read_dir(corpus.join("payloads")).expect("a folder") {
        let sender = folder.expect("an entry").file_name();
        for (_, body) in bodies(&sender.to_string_lossy()) {
            for kind in SourceKind::ALL {
                outline(read_body(*kind, &body));
                read_count += 1;
            }
        }
    }
    assert!(read_count > 800, "{read_count}");
}

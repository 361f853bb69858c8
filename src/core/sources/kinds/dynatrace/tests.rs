//! Templates of Dynatrace's users, and what comes of them.

use serde_json::json;

use crate::core::sources::SourceKind;
use crate::core::sources::tests::{one, outline};

#[test]
fn templates_details_and_what_was_not_put_in() {
    let v2 = json!({"problemId": "-7_1V2", "displayId": "P-7", "title": "Slow", "status": "CLOSED", "startTime": 1_775_020_800_000_u64, "endTime": 1_775_024_400_000_u64});
    let cases = [
        (
            json!({"PID": "-7_1V2", "State": "OPEN", "ProblemTitle": "Slow"}),
            r#"triggered triggered -7_1V2 "Slow""#,
        ),
        (
            json!({"pid": "-7_1V2", "state": "RESOLVED", "problemTitle": "Slow"}),
            r#"resolved resolved -7_1V2 "Slow""#,
        ),
        (
            json!({"PID": "-7_1V2", "State": "MERGED", "ProblemTitle": "Slow"}),
            r#"merged merged -7_1V2 "Slow""#,
        ),
        (json!({"PID": "-7_1V2", "State": "ODD", "ProblemTitle": "Slow"}), r#"other - -7_1V2 "Slow""#),
        (
            json!({"PID": "{PID}", "State": "OPEN", "ProblemTitle": "Slow", "ProblemURL": "https://example.com/#problems/problemdetails;pid=-7_1V2"}),
            r#"triggered triggered -7_1V2 "Slow""#,
        ),
        (
            json!({"PID": "{PID}", "State": "OPEN", "ProblemID": "P-7", "ProblemTitle": "Slow"}),
            r#"triggered triggered P-7 "Slow""#,
        ),
        (
            json!({"PID": "{PID}", "State": "{State}", "ProblemTitle": "{ProblemTitle}"}),
            r#"other - unresolved "-""#,
        ),
        (
            json!({"PID": 99999, "ProblemID": "999", "State": "OPEN", "ProblemTitle": "Test"}),
            r#"test triggered 99999 "Test""#,
        ),
        (v2.clone(), r#"resolved resolved -7_1V2 "Slow""#),
        (json!({"ProblemID": "P-7", "ProblemDetailsJSONv2": v2}), r#"resolved resolved -7_1V2 "Slow""#),
        (
            json!({"ProblemID": "P-7", "ProblemDetailsJSON": v2.to_string()}),
            r#"resolved resolved -7_1V2 "Slow""#,
        ),
        (
            json!({"type": "sh.keptn.events.problem", "specversion": "1.0", "data": {"PID": "7", "State": "OPEN", "ProblemTitle": "Slow"}}),
            r#"triggered triggered 7 "Slow""#,
        ),
    ];
    for (body, expected) in cases {
        assert_eq!(outline(SourceKind::Dynatrace, &body), expected, "{body}");
    }
}

#[test]
fn who_is_affected() {
    let body = json!({"PID": "7", "State": "OPEN", "ProblemImpact": "APPLICATION", "ProblemSeverity": "AVAILABILITY",
        "ImpactedEntities": [{"type": "HOST", "name": "web-1", "entity": "HOST-1"}, {"type": "SERVICE", "name": "checkout"}],
        "ProblemDetailsJSONv2": {"impactAnalysis": {"impacts": [{"estimatedAffectedUsers": 12}]}}, "Tags": "team:payments, shop"});
    let event = one(SourceKind::Dynatrace, &body);
    assert_eq!(event.hosts, ["web-1"]);
    assert_eq!(event.services[0].name.as_deref(), Some("checkout"));
    assert_eq!(event.teams[0].name.as_deref(), Some("payments"));
    let impact = event.impact.expect("an impact");
    assert_eq!((impact.affected_count, impact.native.as_deref()), (Some(12), Some("APPLICATION")));
}

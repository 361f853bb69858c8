//! Forms of Azure Monitor, and what comes of them.

use serde_json::{Value, json};

use crate::core::sources::SourceKind;
use crate::core::sources::tests::{one, outline};

fn common(condition: &str, context: &Value) -> Value {
    json!({"schemaId": "azureMonitorCommonAlertSchema", "data": {"essentials": {"alertId": "/subscriptions/s/alerts/a", "alertRule": "CPU",
        "severity": "Sev1", "monitorCondition": condition, "firedDateTime": "2026-04-01T05:20:00.1234567Z"}, "alertContext": context}})
}

fn health(kind: &str, stage: &str) -> Value {
    json!({"eventSource": "ServiceHealth", "properties": {"title": "SQL fails", "incidentType": kind, "stage": stage, "trackingId": "T-1",
        "impactedServices": "[{\"ServiceName\":\"SQL\",\"ImpactedRegions\":[{\"RegionName\":\"West Europe\"}]}]"}})
}

#[test]
fn forms_and_states() {
    let context =
        json!({"id": "/rules/r", "name": "CPU", "severity": "0", "timestamp": "2026-04-01T05:20:00Z"});
    let activity = |status: &str, log: &Value| json!({"schemaId": "Microsoft.Insights/activityLogs", "data": {"status": status, "context": {"activityLog": log}}});
    let available = json!({"eventSource": "ResourceHealth", "correlationId": "c", "properties": {"title": "VM", "currentHealthStatus": "Available"}});
    let cases = [
        (common("Fired", &Value::Null), r#"triggered triggered /subscriptions/s/alerts/a "CPU""#),
        (common("Resolved", &Value::Null), r#"resolved resolved /subscriptions/s/alerts/a "CPU""#),
        (common("odd", &Value::Null), r#"other - /subscriptions/s/alerts/a "CPU""#),
        (common("Fired", &available), r#"resolved resolved /subscriptions/s/alerts/a "CPU""#),
        (common("Fired", &health("Incident", "Active")), r#"triggered triggered T-1 "SQL fails""#),
        (common("Fired", &health("Incident", "Resolved")), r#"resolved resolved T-1 "SQL fails""#),
        (common("Fired", &health("Incident", "RCA")), r#"updated - T-1 "SQL fails""#),
        (common("Fired", &health("Maintenance", "Planned")), r#"maintenance triggered T-1 "SQL fails""#),
        (common("Fired", &health("ActionRequired", "Active")), r#"other - T-1 "SQL fails""#),
        (
            json!({"schemaId": "AzureMonitorMetricAlert", "data": {"version": "2.0", "status": "Deactivated", "context": context}}),
            r#"resolved resolved /rules/r "CPU""#,
        ),
        (json!({"status": "Activated", "context": context}), r#"triggered triggered /rules/r "CPU""#),
        (json!({"status": "Resolved", "context": context}), r#"resolved resolved /rules/r "CPU""#),
        (
            json!({"version": "1.0", "status": "Activated", "operation": "Scale Out", "context": context}),
            r#"other - /rules/r "CPU""#,
        ),
        (activity("Activated", &health("Incident", "Active")), r#"triggered triggered T-1 "SQL fails""#),
        (activity("Activated", &available), r#"resolved resolved c "VM""#),
        (
            activity(
                "Activated",
                &json!({"eventSource": "Administrative", "correlationId": "c", "operationName": "delete"}),
            ),
            r#"triggered triggered c "delete""#,
        ),
        (
            json!({"schemaId": "Microsoft.Insights/LogAlert", "data": {"AlertRuleName": "Errors", "WorkspaceId": "w", "Severity": "2"}}),
            r#"triggered triggered w/Errors "Errors""#,
        ),
        (
            json!({"AlertRuleName": "Errors", "SubscriptionId": "s"}),
            r#"triggered triggered s/Errors "Errors""#,
        ),
        (
            json!({"schemaId": "AIP Budget Notification", "data": {"BudgetName": "All", "SubscriptionId": "s"}}),
            r#"other - All "All""#,
        ),
    ];
    for (body, expected) in cases {
        assert_eq!(outline(SourceKind::AzureMonitor, &body), expected, "{body}");
    }
}

#[test]
fn service_health_names_services_and_regions() {
    let event = one(SourceKind::AzureMonitor, &common("Fired", &health("Incident", "Active")));
    assert_eq!(event.impact.map(|impact| impact.regions), Some(vec!["West Europe".to_owned()]));
    assert!(event.services.iter().any(|service| service.name.as_deref() == Some("SQL")));
}

//! The page of New Relic, with the template to paste.

use crate::core::sources::about::Page;

pub(super) const PAGE: Page = Page {
    intro: "Issues of a workflow's webhook, whatever its template calls its members; and the incidents that notification channels posted before.",
    setup: &[
        "In New Relic open **Alerts → Destinations → Webhook**. Endpoint URL: `{url}`. Authorization: bearer token, the source's secret.",
        "Open **Alerts → Workflows**, choose the issues, and add that destination as a channel.",
        r#"Template, to be pasted as it is: `{"issueId": {{ json issueId }}, "issueUrl": {{ json issuePageUrl }}, "title": {{ json annotations.title.[0] }}, "description": {{ json annotations.description.[0] }}, "priority": {{ json priority }}, "state": {{ json state }}, "trigger": {{ json triggerEvent }}, "owner": {{ json owner }}, "impactedEntities": {{ json entitiesData.names }}, "alertPolicyNames": {{ json accumulations.policyName }}, "alertConditionNames": {{ json accumulations.conditionName }}, "labels": {{ json labels }}, "sources": {{ json accumulations.source }}, "workflowName": {{ json workflowName }}, "createdAt": {{ createdAt }}, "updatedAt": {{ updatedAt }}}`. The template that New Relic proposes is read as well."#,
        "Under **Notify when** choose that the issue is activated, acknowledged, closed and changes its priority.",
    ],
    auth: "{ scheme: bearer, secret_file: /run/secrets/newrelic }",
    reads: &[
        (
            "issueId, issue_id, id; incident_id before; else the id in issueUrl; else the policy and the title",
            "the incident",
        ),
        ("state, current_state; else event_type", "the stage"),
        ("title, annotations.title; else the condition's name", "the title"),
        ("description, details", "the description"),
        ("priority", "the priority: CRITICAL is read as P1, HIGH as P2, MEDIUM as P3, LOW as P4"),
        ("severity", "the severity, of older forms"),
        ("alertPolicyNames, alertConditionNames, impactedEntities, targets, labels", "labels"),
        ("owner", "who works on it"),
        ("updatedAt, timestamp, createdAt", "when it changed"),
        ("issueUrl, incident_url, runbook_url, policy_url", "links; never the one that acknowledges"),
    ],
    means: &[
        ("CREATED, ACTIVATED, open", "triggered"),
        ("ACKNOWLEDGED; ACTIVATED with an owner, or by a user's action", "acknowledged"),
        ("CLOSED, DEACTIVATED", "resolved"),
        ("a target of product TESTING", "a test: told to nobody"),
        ("a deployment", "recorded, and told to nobody"),
    ],
    not_said: &[
        "A body without any state says nothing of the stage, so it begins and ends nothing: let the template have `state`.",
    ],
};

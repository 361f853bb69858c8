//! The page of AppDynamics, with the template to paste.

use crate::core::sources::about::Page;

pub(super) const PAGE: Page = Page {
    intro: "HTTP request actions of a policy: violations of health rules, and other events. The body is a template of yours.",
    setup: &[
        "In AppDynamics open **Alert & Respond → HTTP Request Templates → New**. Method POST, URL `{url}`, and a custom header `Authorization` with the value `Bearer …` and the source's secret.",
        r#"Payload, MIME type `application/json`, to be pasted as it is: `{"event_type": "${latestEvent.eventType}", "event_name": "${latestEvent.displayName}", "event_guid": "${latestEvent.guid}", "event_id": "${latestEvent.id}", "event_time": "${latestEvent.eventTime}", "severity": "${latestEvent.severity}", "summary": "${latestEvent.summaryMessage}", "event_deep_link": "${latestEvent.deepLink}", "policy": "${policy.name}", "account_name": "${account.name}", "app_name": "${latestEvent.application.name}", "tier_name": "${latestEvent.tier.name}", "node_name": "${latestEvent.node.name}" #if(${latestEvent.healthRuleEvent} == true) , "health_rule_name": "${latestEvent.healthRule.name}", "incident_id": "${latestEvent.incident.id}", "incident_name": "${latestEvent.incident.name}" #end}`."#,
        "Switch **One Request Per Event** on, so that no event hides behind the latest one.",
        "In the policy choose the health rule events that begin, change and end a violation: started, upgraded, downgraded, ended and cancelled, each of warning and critical.",
    ],
    auth: "{ scheme: bearer, secret_file: /run/secrets/appdynamics }",
    reads: &[
        ("incident_id; else the health rule with what it is about; else the event's id", "the incident"),
        ("event_type; else event_name", "what changed, and the stage"),
        ("health_rule_name, incident_name; else event_name", "the title"),
        ("summary, event_message", "the description"),
        ("severity", "the severity"),
        ("app_name, tier_name, node_name, policy", "services and labels"),
        ("event_time", "when it changed"),
        ("event_deep_link, controller_url", "links"),
        ("event_guid", "the delivery"),
        ("events", "several events in one delivery"),
    ],
    means: &[
        ("POLICY_OPEN_…, POLICY_CONTINUES_…, New or Ongoing … Violation", "triggered"),
        ("POLICY_UPGRADED, POLICY_DOWNGRADED", "an update; the severity says how it is now"),
        ("POLICY_CLOSE_…, … Violation Ended", "resolved"),
        ("POLICY_CANCELED_…", "cancelled"),
        ("another event of severity WARN or ERROR", "triggered; a person ends it"),
        ("another event, as a deployment", "recorded, and told to nobody"),
    ],
    not_said: &[
        "Without `incident_id` two violations of one rule are one incident.",
        "That somebody has taken it, and customer impact.",
    ],
};

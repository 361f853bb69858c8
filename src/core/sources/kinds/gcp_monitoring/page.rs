//! The page of Google Cloud Monitoring.

use crate::core::sources::about::Page;

pub(super) const PAGE: Page = Page {
    intro: "Incidents of alerting policies, as a webhook channel posts them or as Pub/Sub pushes them; and new errors of Error Reporting.",
    setup: &[
        "In Google Cloud open **Monitoring → Alerting → Edit notification channels → Webhooks → Add new**.",
        "Endpoint URL: `{url}`. Switch **Use HTTP Basic Auth** on, with the user and the password of the source's secret.",
        "**Test connection** is answered with 202 and told to nobody.",
        "In each policy choose that channel, and under **Notify on incident closure** let it say that incidents are over.",
        "Google recommends a second channel. With Pub/Sub: create a push subscription to the same address, without payload unwrapping.",
    ],
    auth: "{ scheme: basic, secret_file: /run/secrets/gcp-monitoring }",
    reads: &[
        ("incident.incident_id", "the incident"),
        ("incident.state", "the stage"),
        ("incident.policy_name, condition_name; else documentation.subject, summary", "the title"),
        ("incident.summary, documentation.content", "the description, in Markdown"),
        ("incident.severity; else the user label severity", "the severity"),
        ("the policy's user label priority", "the priority"),
        ("labels of resource, metric and policy; metadata", "labels; service, team, environment and host"),
        ("incident.started_at, ended_at", "when it began, changed and ended"),
        ("incident.url, documentation.links", "links"),
        ("scoping_project_id", "the account"),
        ("message.messageId of Pub/Sub", "the delivery"),
    ],
    means: &[
        ("open", "triggered"),
        ("acknowledged, of old versions", "acknowledged"),
        ("closed", "resolved"),
        ("version `test`", "a test: told to nobody"),
        ("Error Reporting", "triggered; a person ends it"),
        ("a budget, or anything else that is published to the topic", "recorded, and told to nobody"),
    ],
    not_said: &[
        "That somebody has taken it: acknowledging an incident in the console is not posted.",
        "Customer impact: let the policy derive it from labels.",
    ],
};

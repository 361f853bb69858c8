//! Jira Service Management: alerts in Opsgenie's format, and incidents as Jira's issues.

use crate::core::sources::about::{About, Ends, Page};
use crate::core::sources::body;
use crate::core::sources::build;
use crate::core::sources::reader::Warnings;
use crate::core::sources::relay;
use crate::core::sources::{Delivery, Read, SourceKind};
use crate::core::tree::Tree;

use super::{jira, opsgenie};

/// See [`About`].
pub(super) static ABOUT: About = About {
    name: "jira_service_management",
    title: "Jira Service Management",
    schema: include_str!("../../../../schemas/jira_service_management.json"),
    parse: body::templated,
    read,
    headers: &["x-atlassian-webhook-identifier"],
    media_types: &[],
    waits_ms: None,
    punishes_refusal: false,
    ends: Ends::Sender,
    page: Page {
        intro: "Jira Service Management: the webhook integration of its operations, which posts alerts as Opsgenie does, and Jira's webhooks with the issues that are its incidents.",
        setup: &[
            "For alerts: open **Operations → Integrations → Add integration**, choose **Webhook**, and give `{url}` as its URL. Under **Custom headers** add `Authorization` with the value `Bearer` and the source's secret. Choose all alert actions.",
            "For incidents: open **Settings → System → WebHooks → Create a WebHook** with the same URL, a JQL filter for your incidents such as `project = OPS AND issuetype = \"[System] Incident\"`, and the events of issues and comments. Jira signs with a secret: give it a source of its own with `{ scheme: hmac, header: X-Hub-Signature, prefix: \"sha256=\", … }`.",
        ],
        auth: "{ scheme: bearer, secret_file: /run/secrets/jsm }",
        reads: &[
            ("alert, action", "as of kind `opsgenie`"),
            ("issue, webhookEvent, changelog, comment", "as of kind `jira`"),
        ],
        means: opsgenie::MEANS,
        not_said: &[
            "Customer impact has no field of its own: use a detail `impact` with none, minor, major or critical.",
            "An alert and the incident made of it are two things to Jira: give one of them a source, or both and a policy that knows it.",
        ],
    },
};

/// Reads a body that its schema accepts.
fn read(delivery: &Delivery<'_>, body: &Tree<'_>) -> Read {
    let mut warnings = Warnings::default();
    let Some(opened) = relay::open(body, &mut warnings) else {
        return build::rejected("schema", "", "an object is expected");
    };
    let kind = SourceKind::JiraServiceManagement;
    let has = |key: &str| opened.fields.get(key).is_some();
    if has("issue") || has("webhookEvent") || has("fields") || (has("comment") && !has("alert")) {
        jira::read_issue(kind, delivery, &opened, warnings)
    } else {
        opsgenie::read_alert(kind, delivery, &opened, warnings)
    }
}

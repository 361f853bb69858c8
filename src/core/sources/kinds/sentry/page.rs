//! The page of Sentry.

use crate::core::sources::about::Page;

pub(super) const PAGE: Page = Page {
    intro: "Webhooks of the integration platform (issue alerts, metric alerts, issues, errors, comments), and those of the legacy plugin. Sentry waits one second only, and unsubscribes after many slow answers: give this source a router's intake that is near to it.",
    setup: &[
        "In Sentry open **Settings → Developer Settings → Create New Integration → Internal Integration**.",
        "Webhook URL: `{url}`. Switch **Alert Rule Action** on. Permissions: read for Issue & Event.",
        "Under **Webhooks** choose `issue`; `comment` if notes are wanted. `error` posts each single error: rarely wanted.",
        "Save, and put the **Client Secret** into the file of the source's `auth`.",
        "In each alert rule choose the integration as an action. Metric alerts need it on critical, warning and resolved.",
    ],
    auth: "{ scheme: sentry, secret_file: /run/secrets/sentry }",
    reads: &[
        ("Sentry-Hook-Resource, else what data holds", "the resource"),
        (
            "data.issue.id, data.event.issue_id, data.error.issue_id; id of the plugin",
            "the incident: the issue",
        ),
        ("data.metric_alert.id", "the incident: `metric_alert/<id>`, another one each time the alert fires"),
        ("action, data.issue.status", "what changed, and the stage"),
        ("title, metadata, message", "the title: the error's own message"),
        ("level", "the severity"),
        ("data.issue.priority", "the priority: high is read as P2, medium as P3, low as P4"),
        ("userCount", "how many users are affected"),
        ("project", "the service"),
        (
            "tags environment, release, server_name, transaction, level, service, team",
            "labels; no other tags",
        ),
        (
            "datetime, firstSeen of a new issue, date_detected, date_closed; else Sentry-Hook-Timestamp",
            "when it changed",
        ),
        ("web_url, permalink, url", "a link"),
        ("Request-ID", "the delivery"),
    ],
    means: &[
        ("event_alert triggered, error created, the plugin", "triggered"),
        ("issue created", "triggered"),
        ("issue assigned", "reassigned; the stage is that of the issue"),
        ("issue resolved", "resolved"),
        ("issue archived, ignored", "closed"),
        ("issue unresolved", "reopened"),
        ("metric_alert critical, warning", "triggered, of that severity"),
        ("metric_alert resolved", "resolved"),
        ("comment", "a note, for engineers"),
        ("installation, or an empty body", "answered, and no event is made"),
    ],
    not_said: &[
        "What the event knows of its user (addresses, requests, variables, other tags) is not read; it is in the recorded body only.",
        "An issue alert never says that it is over: subscribe to `issue` as well, so that resolving the issue ends the incident.",
    ],
};

//! The page of Azure Monitor.

use crate::core::sources::about::Page;

pub(super) const PAGE: Page = Page {
    intro: "Alerts of action groups in the common alert schema, of every monitoring service; and the older forms of metric alerts, the activity log and log searches.",
    setup: &[
        "In Azure open **Monitor → Alerts → Action groups → Create**, and add an action of type **Webhook**: `{url}`. Azure can set no header: write the secret into the address, as `{url}?token=…`; or use **Secure Webhook** and `scheme: jwt`, which is better ([how](authentication.md)).",
        "Set **Enable the common alert schema** to Yes.",
        "Choose the action group in each alert rule, and let the rule **automatically resolve alerts**, else nothing says that it is over.",
        "For Azure's own outages create an alert in **Service Health → Health alerts** with the same action group.",
    ],
    auth: "{ scheme: url_secret, secret_file: /run/secrets/azure-monitor }",
    reads: &[
        ("essentials.alertId", "the incident; the same when it fires and when it is resolved"),
        ("alertContext.properties.trackingId of Service Health", "the incident: all reports of one outage"),
        (
            "context.id of metric alerts; workspace and AlertRuleName of log searches; correlationId of the activity log",
            "the incident",
        ),
        ("essentials.monitorCondition; status", "the stage"),
        ("essentials.alertRule; context.name; title of Service Health", "the title"),
        ("essentials.description; communication of Service Health", "the description"),
        (
            "essentials.severity",
            "the severity: Sev0 is critical, Sev1 error, Sev2 warning, Sev3 and Sev4 information",
        ),
        (
            "alertTargetIDs, configurationItems, dimensions, customProperties, labels",
            "labels; machines are hosts",
        ),
        ("impactedServices, region", "services, and the regions of the impact"),
        ("resolvedDateTime, firedDateTime, context.timestamp", "when it changed"),
        ("investigationLink, portalLink, links to search results", "links"),
    ],
    means: &[
        ("Fired, Activated", "triggered"),
        ("Resolved, Deactivated", "resolved"),
        ("Resource Health: Available", "resolved"),
        ("Service Health: Active, Resolved", "triggered, resolved"),
        ("Service Health: Maintenance", "planned work: it never opens as an incident"),
        (
            "Service Health: Informational, ActionRequired, Security; budgets; autoscale",
            "recorded, and told to nobody",
        ),
    ],
    not_said: &[
        "Log searches without state and alerts of the activity log never say that they are over.",
        "Each alert of a resource's health has an id of its own, so that its end is not that of its beginning: let such incidents end by silence.",
        "That somebody has taken it: a change of the alert's state in the portal is not posted.",
    ],
};

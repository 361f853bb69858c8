//! The page of Datadog, with the body to paste.

use crate::core::sources::about::Page;

pub(super) const PAGE: Page = Page {
    intro: "Webhooks of monitors, of the incident product and of security signals. The body is a template of yours; the one below says all that Herald can use, and Datadog's own default body is read as well.",
    setup: &[
        "In Datadog open **Integrations → Webhooks → New**. Name: `herald`. URL: `{url}`.",
        r#"Payload, to be pasted as it is; **Encode as form** may be on or off: `{"id": "$ID", "alert_cycle_key": "$ALERT_CYCLE_KEY", "alert_id": "$ALERT_ID", "alert_title": "$ALERT_TITLE", "alert_transition": "$ALERT_TRANSITION", "alert_type": "$ALERT_TYPE", "alert_priority": "$ALERT_PRIORITY", "alert_scope": "$ALERT_SCOPE", "alert_metric": "$ALERT_METRIC", "aggreg_key": "$AGGREG_KEY", "event_type": "$EVENT_TYPE", "title": "$EVENT_TITLE", "body": "$EVENT_MSG", "date": "$DATE", "last_updated": "$LAST_UPDATED", "hostname": "$HOSTNAME", "tags": "$TAGS", "link": "$LINK", "snapshot": "$SNAPSHOT", "org": {"id": "$ORG_ID", "name": "$ORG_NAME"}, "security_signal_id": "$SECURITY_SIGNAL_ID", "security_signal_title": "$SECURITY_SIGNAL_TITLE", "security_signal_severity": "$SECURITY_SIGNAL_SEVERITY"}`"#,
        r#"For the incident product make a second webhook with the same URL and this payload: `{"incident_uuid": "$INCIDENT_UUID", "incident_public_id": "$INCIDENT_PUBLIC_ID", "incident_title": "$INCIDENT_TITLE", "incident_status": "$INCIDENT_STATUS", "incident_severity": "$INCIDENT_SEVERITY", "incident_url": "$INCIDENT_URL", "incident_msg": "$INCIDENT_MSG", "incident_customer_impact": $INCIDENT_CUSTOMER_IMPACT, "incident_fields": $INCIDENT_FIELDS, "date": "$DATE", "org": {"id": "$ORG_ID", "name": "$ORG_NAME"}}`, and choose it in **Incidents → Settings → Notification Rules**."#,
        r#"Custom headers: `{"Authorization": "Bearer …"}` with the source's secret."#,
        "Write `@webhook-herald` into the message of each monitor, outside of any condition, so that recoveries come too.",
    ],
    auth: "{ scheme: bearer, secret_file: /run/secrets/datadog }",
    reads: &[
        (
            "alert_cycle_key; else alert_id or monitor_id with alert_scope; else aggreg_key; else the title without its prefixes",
            "the incident",
        ),
        ("incident_uuid or incident_public_id", "the incident, of the incident product"),
        ("security_signal_id", "the incident, of a security signal"),
        ("alert_transition; else a state in brackets before the title; else alert_type", "the stage"),
        ("alert_title, title", "the title, without `[Triggered]`, `[P1]` and the like"),
        ("body, text_only_msg", "the description; Markdown between `%%%`"),
        ("alert_priority, priority, `[P1]` before the title", "the priority"),
        ("alert_type, security_signal_severity", "the severity"),
        ("incident_severity", "the priority, of the incident product"),
        ("incident_customer_impact", "customer impact: that there is some, or none, and the words about it"),
        ("tags, alert_scope", "labels; service, team, env and host"),
        ("date, last_updated", "when it changed"),
        ("link, snapshot", "links"),
        ("id", "the delivery"),
    ],
    means: &[
        ("Triggered, Re-Triggered, Renotify", "triggered"),
        ("Warn, Re-Warn", "triggered, of severity warning"),
        ("No Data, Re-No Data", "triggered: the monitor was told to speak of it"),
        ("Recovered", "resolved"),
        ("active", "triggered"),
        ("stable", "monitoring"),
        ("resolved", "resolved"),
        ("completed", "closed"),
        ("`[TEST]` at the very beginning of a title", "a test: told to nobody"),
    ],
    not_said: &[
        "That somebody has taken it: monitors know no such stage.",
        "Without `alert_cycle_key` the groups of a monitor are told apart by their scope, and without that not at all.",
        "A security signal never says that it is over.",
    ],
};

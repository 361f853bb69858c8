//! Grafana's webhook contact points: unified alerting, which speaks as an Alertmanager does and
//! says more, and the legacy alerting of version 8 and before.

mod legacy;
mod unified;

use crate::core::sources::about::{About, Ends, Page};
use crate::core::sources::body;
use crate::core::sources::build;
use crate::core::sources::reader::Warnings;
use crate::core::sources::relay;
use crate::core::sources::{Delivery, Read};
use crate::core::tree::Tree;

/// See [`About`].
pub(super) static ABOUT: About = About {
    name: "grafana",
    title: "Grafana",
    schema: include_str!("../../../../../schemas/grafana.json"),
    parse: body::templated,
    read,
    headers: &[],
    media_types: &[],
    waits_ms: Some(30_000),
    punishes_refusal: false,
    ends: Ends::Sender,
    page: Page {
        intro: "Grafana's own alerting, by a contact point of type webhook: one incident for each group of alerts. The legacy alerting of Grafana 8 and before is read too: one incident for each rule.",
        setup: &[
            "In Grafana open **Alerting → Contact points → Add contact point**, integration **Webhook**.",
            "URL: `{url}`, HTTP method POST. Leave **Disable resolved message** off.",
            "Under **Optional settings** give the authorization scheme `Bearer` and the source's secret as credentials; or, since Grafana 12, a secret under **HMAC signature** and here `{ scheme: hmac, header: X-Grafana-Alerting-Signature, secret_file: … }`, without a timestamp header.",
            "In **Notification policies** group by what makes one outage: a group is an incident.",
            "**Test** is answered with 202 and becomes a test event, which nobody hears.",
        ],
        auth: "{ scheme: bearer, secret_file: /run/secrets/grafana }",
        reads: &[
            ("groupKey; orgId and ruleId of legacy alerting", "the incident: the group, or the rule"),
            ("status; state of legacy alerting", "the stage"),
            ("title; ruleName of legacy alerting", "the title, for engineers"),
            ("message, annotation description", "the description, for engineers"),
            ("labels severity, priority", "the gravest of those that fire"),
            (
                "labels service, team, environment, region, instance; tags",
                "services, teams, environment, regions and hosts",
            ),
            ("annotation or label impact", "customer impact: a level, or words about it"),
            ("alerts[], evalMatches[]", "the grouped alerts, at most 100; the rest is counted"),
            ("startsAt, endsAt", "when it began, changed and ended"),
            ("dashboardURL, panelURL, silenceURL, generatorURL, ruleUrl, runbook_url", "links"),
            ("orgId", "the account"),
        ],
        means: &[
            ("firing, alerting", "triggered"),
            ("resolved, ok", "resolved"),
            (
                "DatasourceNoData, DatasourceError; no_data of legacy alerting",
                "triggered: nobody knows how it is",
            ),
            ("pending, paused of legacy alerting", "nothing of the stage: neither a begin nor an end"),
            ("TestAlert; an organisation or rule 0 of legacy alerting", "a test"),
        ],
        not_said: &[
            "That somebody has taken it: use Grafana OnCall, or say so to Herald.",
            "Legacy alerting does not say when it happened: the time of receipt counts.",
        ],
    },
};

/// Reads a body that its schema accepts.
fn read(delivery: &Delivery<'_>, body: &Tree<'_>) -> Read {
    let mut warnings = Warnings::default();
    let w = &mut warnings;
    let Some(opened) = relay::open(body, w) else {
        return build::rejected("schema", "", "an object is expected");
    };
    let is_legacy =
        ["ruleId", "ruleName", "evalMatches", "ruleUrl"].iter().any(|key| opened.fields.get(key).is_some());
    let event = if is_legacy {
        legacy::event(delivery, &opened.fields, w)
    } else {
        unified::event(delivery, &opened.fields, w)
    };
    let Some(mut event) = event else {
        return build::no_identity(opened.fields.pointer(if is_legacy { "ruleId" } else { "groupKey" }));
    };
    opened.date(&mut event);
    Read::Events(vec![build::finished(event, warnings)])
}

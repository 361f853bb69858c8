//! The webhooks that are sent: texts with gaps for what differs from one to the next.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;

/// Stands for the number of an incident, 16 digits.
pub(crate) const INCIDENT: &str = "@@@@@@@@@@@@@@@@";
/// Stands for the number of a delivery, 16 digits.
pub(crate) const DELIVERY: &str = "~~~~~~~~~~~~~~~~";

/// One webhook, with its gaps.
#[derive(Debug, Clone)]
pub(crate) struct Webhook {
    /// The name of its source, and the end of its path.
    pub(crate) source: &'static str,
    /// `name: value` lines beside those that any request has.
    pub(crate) headers: Vec<String>,
    /// JSON.
    pub(crate) body: String,
}

/// What a `PagerDuty` webhook says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PagerDuty {
    /// `incident.triggered` and so on.
    pub(crate) event: &'static str,
    /// `triggered`, `acknowledged`, `resolved`.
    pub(crate) status: &'static str,
    /// `P1` …
    pub(crate) priority: &'static str,
    /// What is broken.
    pub(crate) service: &'static str,
    /// Seconds after the incident's beginning.
    pub(crate) after: u32,
}

impl PagerDuty {
    /// An incident that everybody hears of.
    pub(crate) const TRIGGERED: Self = Self {
        event: "incident.triggered",
        status: "triggered",
        priority: "P1",
        service: "checkout-api",
        after: 0,
    };

    /// The webhook: 2 KB, as V3 of their webhooks writes it.
    pub(crate) fn webhook(self) -> Webhook {
        let Self { event, status, priority, service, after } = self;
        let began = now();
        let at = began + jiff::SignedDuration::from_secs(i64::from(after));
        let body = format!(
            r#"{{"event":{{"id":"01{DELIVERY}","event_type":"{event}","resource_type":"incident","occurred_at":"{at:.3}","agent":{{"html_url":"https://example.pagerduty.com/users/PLH1HKV","id":"PLH1HKV","self":"https://api.pagerduty.com/users/PLH1HKV","summary":"Tenex Engineer","type":"user_reference"}},"client":{{"name":"PagerDuty"}},"data":{{"id":"Q{INCIDENT}","type":"incident","self":"https://api.pagerduty.com/incidents/Q{INCIDENT}","html_url":"https://example.pagerduty.com/incidents/Q{INCIDENT}","number":2,"status":"{status}","incident_key":"d3640fbd41094207a1c11e58e46b{INCIDENT}","created_at":"{began:.0}","title":"{service}: p99 latency above 2 s for ten minutes, error budget of the month used up","service":{{"html_url":"https://example.pagerduty.com/services/PF9KMXH","id":"PF9KMXH","self":"https://api.pagerduty.com/services/PF9KMXH","summary":"{service}","type":"service_reference"}},"assignees":[{{"html_url":"https://example.pagerduty.com/users/PTUXL6G","id":"PTUXL6G","self":"https://api.pagerduty.com/users/PTUXL6G","summary":"User 123","type":"user_reference"}}],"escalation_policy":{{"html_url":"https://example.pagerduty.com/escalation_policies/PUS0KTE","id":"PUS0KTE","self":"https://api.pagerduty.com/escalation_policies/PUS0KTE","summary":"Default","type":"escalation_policy_reference"}},"teams":[{{"html_url":"https://example.pagerduty.com/teams/PFCVPS0","id":"PFCVPS0","self":"https://api.pagerduty.com/teams/PFCVPS0","summary":"Commerce","type":"team_reference"}}],"priority":{{"html_url":"https://example.pagerduty.com/account/incident_priorities","id":"PSO75BM","self":"https://api.pagerduty.com/priorities/PSO75BM","summary":"{priority}","type":"priority_reference"}},"urgency":"high","conference_bridge":{{"conference_number":"+1 1234123412,,987654321#","conference_url":"https://example.com/bridge"}},"resolve_reason":null,"incident_type":{{"name":"incident_default"}}}}}}}}"#
        );
        let headers =
            vec![format!("X-Webhook-Id: w-{DELIVERY}"), "User-Agent: PagerDuty-Webhook/V3.0".to_owned()];
        Webhook { source: "pagerduty", headers, body }
    }
}

/// Alertmanager's group of eleven alerts: 8 KB.
pub(crate) fn alertmanager() -> Webhook {
    let at = now();
    let alerts: Vec<String> = (0..11)
        .map(|pod| {
            format!(
                r#"{{"status":"firing","labels":{{"alertname":"HighErrorRate","cluster":"prod-eu-1","environment":"production","instance":"10.0.{pod}.17:9090","job":"checkout-api","namespace":"shop","pod":"checkout-api-7d9c5b6f{pod:02}-x2x7k","service":"checkout-api","severity":"critical","team":"commerce"}},"annotations":{{"description":"More than 5 % of the requests to checkout-api on 10.0.{pod}.17:9090 have failed for ten minutes (now 12.4 %).","runbook_url":"https://runbooks.example.com/checkout-api/high-error-rate","summary":"checkout-api answers with errors"}},"startsAt":"{at:.9}","endsAt":"0001-01-01T00:00:00Z","generatorURL":"https://prometheus.example.com/graph?g0.expr=rate%28http_requests_failed_total%5B5m%5D%29&g0.tab=1","fingerprint":"{pod:04x}c0ffee12ab"}}"#
            )
        })
        .collect();
    let body = format!(
        r#"{{"version":"4","groupKey":"{{}}/{{team=\"commerce\"}}:{{alertname=\"HighErrorRate\", release=\"{INCIDENT}\"}}","truncatedAlerts":0,"status":"firing","receiver":"herald","groupLabels":{{"alertname":"HighErrorRate","release":"{INCIDENT}"}},"commonLabels":{{"alertname":"HighErrorRate","cluster":"prod-eu-1","environment":"production","job":"checkout-api","namespace":"shop","service":"checkout-api","severity":"critical","team":"commerce"}},"commonAnnotations":{{"runbook_url":"https://runbooks.example.com/checkout-api/high-error-rate","summary":"checkout-api answers with errors"}},"externalURL":"https://alertmanager.example.com","alerts":[{}]}}"#,
        alerts.join(",")
    );
    let headers = vec!["User-Agent: Alertmanager/0.28.1".to_owned()];
    Webhook { source: "alertmanager", headers, body }
}

/// Tells this run's incidents from those of runs before: the upper half of their numbers.
pub(crate) fn run_number() -> u64 {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    (seconds & 0xffff_ffff) << 32
}

fn now() -> Timestamp {
    Timestamp::now()
}

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
        self.webhook_of(now())
    }

    /// The same of an incident that began then.
    pub(crate) fn webhook_of(self, began: Timestamp) -> Webhook {
        let Self { event, status, priority, service, after } = self;
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

/// An alert of a Datadog monitor, by the template that its page recommends: 1 KB.
pub(crate) fn datadog() -> Webhook {
    let at = now().as_millisecond();
    let body = format!(
        r#"{{"id":"{DELIVERY}","alert_cycle_key":"{INCIDENT}","alert_id":"4711","alert_transition":"Triggered","alert_type":"error","alert_priority":"P2","title":"[Triggered] Checkout answers slowly on host:checkout-1","event_title":"Checkout answers slowly","body":"%%%\nThe p99 of checkout-api has been above 2 s for ten minutes.\n\nSee the [runbook](https://runbooks.example.com/checkout-api/latency).\n%%%","date":"{at}","last_updated":"{at}","event_type":"query_alert_monitor","hostname":"checkout-1","scope":"service:checkout-api,env:prod","tags":"service:checkout-api,env:prod,team:commerce,region:eu-1,kube_namespace:shop","link":"https://app.example.com/event/event?id={DELIVERY}","snapshot":"https://p.example.com/snapshot/{DELIVERY}.png","org":{{"id":"42","name":"Example"}},"alert_metric":"trace.http.request.duration","alert_query":"avg(last_10m):p99:trace.http.request.duration{{service:checkout-api}} by {{host}} > 2","alert_status":"p99 is 3.4 s","user":""}}"#
    );
    Webhook { source: "datadog", headers: Vec::new(), body }
}

/// A `CloudWatch` alarm in a message of SNS: 2 KB, with JSON in a text.
pub(crate) fn sns() -> Webhook {
    let at = now();
    let alarm = format!(
        r#"{{"AlarmName":"checkout-api-5xx-{INCIDENT}","AlarmDescription":"More than 5 % of the requests fail","AWSAccountId":"123456789012","AlarmConfigurationUpdatedTimestamp":"2026-01-01T00:00:00.000+0000","NewStateValue":"ALARM","NewStateReason":"Threshold Crossed: 2 out of the last 2 datapoints were greater than the threshold (5.0).","StateChangeTime":"{at:.3}","Region":"EU (Ireland)","AlarmArn":"arn:aws:cloudwatch:eu-west-1:123456789012:alarm:checkout-api-5xx-{INCIDENT}","OldStateValue":"OK","OKActions":[],"AlarmActions":["arn:aws:sns:eu-west-1:123456789012:alarms"],"InsufficientDataActions":[],"Trigger":{{"MetricName":"HTTPCode_Target_5XX_Count","Namespace":"AWS/ApplicationELB","StatisticType":"Statistic","Statistic":"SUM","Unit":null,"Dimensions":[{{"value":"app/checkout/0123456789abcdef","name":"LoadBalancer"}}],"Period":60,"EvaluationPeriods":2,"DatapointsToAlarm":2,"ComparisonOperator":"GreaterThanThreshold","Threshold":5.0,"TreatMissingData":"notBreaching","EvaluateLowSampleCountPercentile":""}}}}"#
    );
    let alarm = serde_json::Value::String(alarm);
    let body = format!(
        r#"{{"Type":"Notification","MessageId":"{DELIVERY}-8b2d-5f6d-a5f2-4c2bb9a1c5d1","TopicArn":"arn:aws:sns:eu-west-1:123456789012:alarms","Subject":"ALARM: \"checkout-api-5xx\" in EU (Ireland)","Message":{alarm},"Timestamp":"{at:.3}","SignatureVersion":"2","Signature":"c2lnbmF0dXJlLW9mLW5vYm9keQ==","SigningCertURL":"https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123.pem","UnsubscribeURL":"https://sns.eu-west-1.amazonaws.com/?Action=Unsubscribe"}}"#
    );
    Webhook { source: "sns", headers: Vec::new(), body }
}

/// Tells this run's incidents from those of runs before: the upper half of their numbers.
pub(crate) fn run_number() -> u64 {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    (seconds & 0xffff_ffff) << 32
}

fn now() -> Timestamp {
    Timestamp::now()
}

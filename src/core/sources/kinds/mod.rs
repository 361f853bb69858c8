//! The senders that Herald speaks to, one file or folder each. Each has an `ABOUT` that describes it.

mod alertmanager;
mod appdynamics;
mod aws;
mod aws_eventbridge;
mod aws_sns;
mod azure_monitor;
mod better_stack;
mod cloudevents;
mod datadog;
mod dynatrace;
mod firehydrant;
mod gcp_monitoring;
mod github;
mod grafana;
mod grafana_oncall;
mod herald;
mod honeycomb;
mod icinga;
mod incident_io;
mod jira;
mod jira_service_management;
mod kibana;
mod nagios;
mod newrelic;
mod opsgenie;
mod pagerduty;
mod pagerduty_events;
mod pingdom;
mod rootly;
mod sentry;
mod servicenow;
mod splunk_oncall;
mod splunk_search_alert;
mod standard_webhooks;
mod statuspage;
mod uptime_kuma;
mod zabbix;

use super::about::About;

/// One line for each kind: all that is to be registered.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident: $module:ident,)*) => {
        /// The senders that Herald speaks to.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum SourceKind {
            $($(#[$doc])* $kind,)*
        }

        impl SourceKind {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$kind,)*];

            /// All that is known of it.
            pub fn about(self) -> &'static About {
                match self {
                    $(Self::$kind => &$module::ABOUT,)*
                }
            }
        }
    };
}

kinds! {
    /// Prometheus Alertmanager, version 4 and its predecessors.
    Alertmanager: alertmanager,
    /// AppDynamics HTTP request actions.
    AppDynamics: appdynamics,
    /// Amazon EventBridge: CloudWatch alarms, AWS Health and other events.
    AwsEventBridge: aws_eventbridge,
    /// Amazon SNS: CloudWatch alarms, AWS Health and other messages of a topic.
    AwsSns: aws_sns,
    /// Azure Monitor: the common alert schema, and the forms before it.
    AzureMonitor: azure_monitor,
    /// Better Stack: uptime incidents.
    BetterStack: better_stack,
    /// CloudEvents 1.0: structured, binary, batch.
    CloudEvents: cloudevents,
    /// Datadog: monitors, incidents and security signals.
    Datadog: datadog,
    /// Dynatrace problem notifications.
    Dynatrace: dynatrace,
    /// `FireHydrant`, with Signals.
    FireHydrant: firehydrant,
    /// Google Cloud Monitoring, as a webhook or pushed by Pub/Sub.
    GcpMonitoring: gcp_monitoring,
    /// GitHub: deployments, checks, workflows.
    GitHub: github,
    /// Grafana: unified and legacy alerting.
    Grafana: grafana,
    /// `Grafana OnCall`: alert groups, and Grafana's incidents.
    GrafanaOncall: grafana_oncall,
    /// Herald's own plain JSON.
    Herald: herald,
    /// Honeycomb: triggers and burn alerts.
    Honeycomb: honeycomb,
    /// Icinga 2 and Icinga Notifications.
    Icinga: icinga,
    /// incident.io, by Svix.
    IncidentIo: incident_io,
    /// Jira: issues.
    Jira: jira,
    /// Jira Service Management: alerts and issues.
    JiraServiceManagement: jira_service_management,
    /// Kibana connectors and Watcher.
    Kibana: kibana,
    /// Nagios notifications.
    Nagios: nagios,
    /// New Relic: workflows, and the channels before them.
    NewRelic: newrelic,
    /// Opsgenie: alerts.
    Opsgenie: opsgenie,
    /// PagerDuty webhooks: V3, V2 and V1.
    PagerDuty: pagerduty,
    /// What tools post to PagerDuty's Events API.
    PagerDutyEvents: pagerduty_events,
    /// Pingdom.
    Pingdom: pingdom,
    /// Rootly.
    Rootly: rootly,
    /// Sentry: the integration platform, and the legacy plugin.
    Sentry: sentry,
    /// `ServiceNow`, as scripts write it.
    ServiceNow: servicenow,
    /// Splunk On-Call, formerly `VictorOps`.
    SplunkOncall: splunk_oncall,
    /// The webhook action of a Splunk search.
    SplunkSearchAlert: splunk_search_alert,
    /// Standard Webhooks, as Svix sends them.
    StandardWebhooks: standard_webhooks,
    /// Atlassian Statuspage.
    Statuspage: statuspage,
    /// Uptime Kuma.
    UptimeKuma: uptime_kuma,
    /// Zabbix media types.
    Zabbix: zabbix,
}

impl SourceKind {
    /// Its name in configuration, events and metrics.
    pub fn as_str(self) -> &'static str {
        self.about().name
    }
    /// The kind of exactly this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == name)
    }
}

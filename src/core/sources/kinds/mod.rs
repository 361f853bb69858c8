//! The senders that Herald speaks to, one file or folder each. Each has an `ABOUT` that describes it.

mod alertmanager;
mod appdynamics;
mod aws;
mod aws_eventbridge;
mod aws_sns;
mod azure_monitor;
mod cloudevents;
mod datadog;
mod dynatrace;
mod gcp_monitoring;
mod herald;
mod newrelic;
mod pagerduty;
mod sentry;

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
    /// CloudEvents 1.0: structured, binary, batch.
    CloudEvents: cloudevents,
    /// Datadog: monitors, incidents and security signals.
    Datadog: datadog,
    /// Dynatrace problem notifications.
    Dynatrace: dynatrace,
    /// Google Cloud Monitoring, as a webhook or pushed by Pub/Sub.
    GcpMonitoring: gcp_monitoring,
    /// Herald's own plain JSON.
    Herald: herald,
    /// New Relic: workflows, and the channels before them.
    NewRelic: newrelic,
    /// PagerDuty V3 webhooks.
    PagerDuty: pagerduty,
    /// Sentry: the integration platform, and the legacy plugin.
    Sentry: sentry,
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

//! The senders that Herald speaks to, one file or folder each. Each has an `ABOUT` that describes it.

mod alertmanager;
mod cloudevents;
mod firehydrant;
mod github;
mod herald;
mod icinga;
mod incident_io;
mod kibana;
mod nagios;
mod pagerduty;
mod pingdom;
mod rootly;
mod servicenow;
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
    /// CloudEvents 1.0: structured, binary, batch.
    CloudEvents: cloudevents,
    /// `FireHydrant`, with Signals.
    FireHydrant: firehydrant,
    /// GitHub: deployments, checks, workflows.
    GitHub: github,
    /// Herald's own plain JSON.
    Herald: herald,
    /// Icinga 2 and Icinga Notifications.
    Icinga: icinga,
    /// incident.io, by Svix.
    IncidentIo: incident_io,
    /// Kibana connectors and Watcher.
    Kibana: kibana,
    /// Nagios notifications.
    Nagios: nagios,
    /// PagerDuty V3 webhooks.
    PagerDuty: pagerduty,
    /// Pingdom.
    Pingdom: pingdom,
    /// Rootly.
    Rootly: rootly,
    /// `ServiceNow`, as scripts write it.
    ServiceNow: servicenow,
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

//! Every metric, registered once, with labels from closed sets only (configuration.md, Metrics).

use prometheus::{
    Encoder, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts,
    Registry, TextEncoder,
};

/// Where durations of a webhook or an acknowledgement are of interest, in seconds.
const SECONDS_BUCKETS: &[f64] =
    &[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];

/// All metrics of one process.
#[derive(Debug, Clone)]
pub struct Metrics {
    registry: Registry,
    /// Webhooks answered, by source and outcome (accepted, handshake, rejected, unauthenticated …).
    pub webhooks: IntCounterVec,
    /// First byte to answer, by source.
    pub webhook_duration: HistogramVec,
    /// Produce to acknowledgement.
    pub kafka_ack_duration: Histogram,
    /// Deliveries being published.
    pub in_flight_webhooks: IntGauge,
    /// Bodies and records on `incident.rejected`, by source and reason.
    pub rejected: IntCounterVec,
    /// Events folded and committed.
    pub router_events: IntCounter,
    /// Event received to committed.
    pub router_delay: Histogram,
    /// Records not yet folded, by partition.
    pub router_lag: IntGaugeVec,
    /// Router sessions ended, by what ended them.
    pub router_sessions: IntCounterVec,
    /// Notifications committed, by audience and kind.
    pub notifications: IntCounterVec,
    /// Audiences not told, by audience and reason.
    pub not_told: IntCounterVec,
    /// Incidents open now, by priority.
    pub incidents_open: IntGaugeVec,
    /// Promised updates whose time has passed, by audience.
    pub updates_overdue: IntGaugeVec,
    /// Messages that went out in built-in words, by audience.
    pub template_fallbacks: IntCounterVec,
    /// 1 for the policy in force, by version.
    pub policy_info: IntGaugeVec,
    /// Reloads, by outcome (loaded, refused).
    pub policy_reloads: IntCounterVec,
}

impl Metrics {
    /// Registers all of them in a registry of their own.
    ///
    /// # Errors
    /// Only where two metrics have one name: a mistake in this file.
    pub fn new(version: &str, revision: &str) -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        let r = &registry;
        let build =
            gauges(r, "herald_build_info", "Version and revision of this process", &["version", "revision"])?;
        build.with_label_values(&[version, revision]).set(1);
        Ok(Self {
            webhooks: counters(r, "herald_webhooks_total", "Webhooks answered", &["source", "outcome"])?,
            webhook_duration: {
                let opts = HistogramOpts::new("herald_webhook_duration_seconds", "First byte to answer")
                    .buckets(SECONDS_BUCKETS.to_vec());
                register(r, HistogramVec::new(opts, &["source"])?)?
            },
            kafka_ack_duration: histogram(
                r,
                "herald_kafka_ack_duration_seconds",
                "Produce to acknowledgement",
            )?,
            in_flight_webhooks: register(
                r,
                IntGauge::new("herald_in_flight_webhooks", "Deliveries being published")?,
            )?,
            rejected: counters(
                r,
                "herald_rejected_total",
                "Put on incident.rejected",
                &["source", "reason"],
            )?,
            router_events: register(
                r,
                IntCounter::new("herald_router_events_total", "Events folded and committed")?,
            )?,
            router_delay: histogram(r, "herald_router_delay_seconds", "Event received to committed")?,
            router_lag: gauges(r, "herald_router_lag_records", "Records not yet folded", &["partition"])?,
            router_sessions: counters(
                r,
                "herald_router_sessions_total",
                "Router sessions ended",
                &["ended_by"],
            )?,
            notifications: counters(
                r,
                "herald_notifications_total",
                "Notifications committed",
                &["audience", "kind"],
            )?,
            not_told: counters(r, "herald_not_told_total", "Audiences not told", &["audience", "reason"])?,
            incidents_open: gauges(r, "herald_incidents_open", "Incidents open now", &["priority"])?,
            updates_overdue: gauges(
                r,
                "herald_updates_overdue",
                "Promised updates whose time has passed",
                &["audience"],
            )?,
            template_fallbacks: counters(
                r,
                "herald_template_fallbacks_total",
                "Messages that went out in built-in words",
                &["audience"],
            )?,
            policy_info: gauges(r, "herald_policy_info", "1 for the policy in force", &["version"])?,
            policy_reloads: counters(
                r,
                "herald_policy_reloads_total",
                "Reloads of the policy",
                &["outcome"],
            )?,
            registry,
        })
    }

    /// The text exposition of all of them.
    ///
    /// # Errors
    /// Where a metric can't be encoded: a mistake in this file.
    pub fn exposition(&self) -> Result<String, prometheus::Error> {
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text)?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    }
}

fn register<M: prometheus::core::Collector + Clone + 'static>(
    registry: &Registry,
    metric: M,
) -> Result<M, prometheus::Error> {
    registry.register(Box::new(metric.clone()))?;
    Ok(metric)
}

fn counters(
    registry: &Registry,
    name: &str,
    help: &str,
    labels: &[&str],
) -> Result<IntCounterVec, prometheus::Error> {
    register(registry, IntCounterVec::new(Opts::new(name, help), labels)?)
}

fn gauges(
    registry: &Registry,
    name: &str,
    help: &str,
    labels: &[&str],
) -> Result<IntGaugeVec, prometheus::Error> {
    register(registry, IntGaugeVec::new(Opts::new(name, help), labels)?)
}

fn histogram(registry: &Registry, name: &str, help: &str) -> Result<Histogram, prometheus::Error> {
    register(
        registry,
        Histogram::with_opts(HistogramOpts::new(name, help).buckets(SECONDS_BUCKETS.to_vec()))?,
    )
}

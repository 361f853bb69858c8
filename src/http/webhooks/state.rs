//! What all workers of the port share.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use prometheus::{Histogram, IntCounter, IntCounterVec};

use super::admission::{Admission, Count};
use super::sns::{Outside, Sns};
use crate::core::sources::identity::Identity;
use crate::core::sources::{Reader, api};
use crate::http::incidents::{Api, ApiSettings};
use crate::http::problem::Outcome;
use crate::http::publish::Publish;
use crate::http::settings::{AuthSettings, OnRejected, SourceSettings, WebhookSettings};
use crate::telemetry::metrics::Metrics;

/// Label of what belongs to no source.
const NO_SOURCE: &str = "-";

/// One source, ready to serve.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) identity: Identity,
    pub(crate) reader: Reader,
    pub(crate) auth: AuthSettings,
    pub(crate) on_rejected: OnRejected,
    pub(crate) answer_within: Duration,
    /// Its deliveries in flight.
    pub(crate) in_flight: Arc<Count>,
    pub(crate) counters: Counters,
}

/// Metrics of one source, looked up once.
#[derive(Debug)]
pub(crate) struct Counters {
    outcomes: [IntCounter; Outcome::ALL.len()],
    duration: Histogram,
    rejected: IntCounterVec,
    source: String,
}

impl Counters {
    fn new(metrics: &Metrics, source: &str) -> Self {
        Self {
            outcomes: Outcome::ALL
                .map(|outcome| metrics.webhooks.with_label_values(&[source, outcome.as_str()])),
            duration: metrics.webhook_duration.with_label_values(&[source]),
            rejected: metrics.rejected.clone(),
            source: source.to_owned(),
        }
    }
    /// A delivery was answered.
    pub(crate) fn answered(&self, outcome: Outcome, took: Duration) {
        self.outcomes[outcome as usize].inc();
        self.duration.observe(took.as_secs_f64());
    }
    /// A body went to `incident.rejected`.
    pub(crate) fn rejected(&self, reason: &str) {
        self.rejected.with_label_values(&[self.source.as_str(), reason]).inc();
    }
}

/// Everything.
#[derive(Debug)]
pub(crate) struct State<P> {
    pub(crate) publisher: Arc<P>,
    pub(crate) body_bytes_max: usize,
    pub(crate) body_timeout: Duration,
    pub(crate) parts_max: usize,
    pub(crate) admission: Admission,
    sources: HashMap<String, Arc<Source>, foldhash::fast::RandomState>,
    /// What SNS signs, and whom it asks back.
    pub(super) sns: Sns,
    /// What people say.
    pub(crate) api: Option<Api>,
    /// Metrics of the API.
    pub(crate) api_counters: Counters,
    /// Metrics of requests that belong to no source.
    pub(crate) nowhere: Counters,
    draining: AtomicBool,
}

impl<P: Publish> State<P> {
    pub(crate) fn new(
        settings: &WebhookSettings,
        sources: Vec<SourceSettings>,
        api: Option<ApiSettings>,
        publisher: Arc<P>,
        metrics: &Metrics,
        outside: Outside,
    ) -> Self {
        let admission = Admission::new(settings.in_flight_max, metrics.in_flight_webhooks.clone());
        let mut by_name: HashMap<String, Arc<Source>, _> = HashMap::default();
        for settings in sources {
            let source = Arc::new(Source {
                identity: settings.identity(),
                counters: Counters::new(metrics, &settings.name),
                in_flight: Count::new(admission.source_max),
                reader: settings.reader,
                auth: settings.auth,
                on_rejected: settings.on_rejected,
                answer_within: settings.answer_within,
            });
            // A sender that has not heard of a new name goes on posting to the old one.
            for name in settings.formerly.into_iter().chain([settings.name]) {
                by_name.insert(name, Arc::clone(&source));
            }
        }
        Self {
            publisher,
            body_bytes_max: settings.body_bytes_max,
            body_timeout: settings.body_timeout,
            parts_max: settings.parts_max,
            sources: by_name,
            sns: Sns::new(outside),
            api: api.map(|settings| Api::new(settings, Count::new(admission.source_max))),
            api_counters: Counters::new(metrics, api::SOURCE),
            nowhere: Counters::new(metrics, NO_SOURCE),
            draining: AtomicBool::new(false),
            admission,
        }
    }
    /// The names of all sources, of now and of before.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.sources.keys().map(String::as_str)
    }
    /// The source of this name, of now or of before.
    pub(crate) fn source(&self, name: &str) -> Option<&Arc<Source>> {
        self.sources.get(name)
    }
    /// Whether deliveries are taken at all.
    pub(crate) fn takes(&self) -> bool {
        !self.draining.load(Ordering::Acquire) && self.publisher.ready()
    }
    /// From now on, no more.
    pub(crate) fn drain(&self) {
        self.draining.store(true, Ordering::Release);
        if let Some(api) = &self.api {
            api.verdicts.close();
        }
    }
}

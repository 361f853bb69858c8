//! One Herald without its webhook port: topics of its own, a small policy, events in, records out.

use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use herald::core::event::Event;
use herald::core::fields::Field;
use herald::core::matcher::{RuleSet, When};
use herald::core::notification::Notification;
use herald::core::policy::{
    Audience, Cadence, Catalogue, Classify, DampingHold, Leads, Looks, Policy, Quiet, Release, Route, Routes,
    Windows,
};
use herald::core::record::{self, OutRecord};
use herald::core::template::Templates;
use herald::core::text::LocalText;
use herald::core::vocabulary::{Lead, Priority, Readers};
use herald::http::publish::Publish;
use herald::kafka::producer::IntakeProducer;
use herald::kafka::reader::{From, ReadRecord, Reader};
use herald::kafka::settings::KafkaSettings;
use herald::router::settings::RouterSettings;
use herald::router::{Clock, Mode, Parts, Router, RouterHandle, RouterState};
use herald::telemetry::metrics::Metrics;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde_json::{Value, json};

use crate::fixture::kafka;

/// Nothing more has come for so long: it hangs.
const STANDSTILL: Duration = Duration::from_mins(2);

/// Both are told of everything; `later` after a hold, at P3.
pub(crate) const AUDIENCES: [&str; 2] = ["executives", "technical-teams"];
/// How long a first message is held at P3.
pub(crate) const HOLD: Duration = Duration::from_secs(2);

pub(crate) struct World {
    pub(crate) kafka: KafkaSettings,
    pub(crate) mode: Mode,
    pub(crate) settings: RouterSettings,
    pub(crate) policy: Arc<ArcSwap<Policy>>,
    pub(crate) metrics: Metrics,
    producer: IntakeProducer,
}

impl World {
    /// Topics made, nothing in them, no router yet.
    pub(crate) fn new(test: &str) -> Self {
        let kafka = kafka::settings(test);
        kafka::make_topics(&kafka, &AUDIENCES);
        Self::on(kafka, Mode::Group)
    }

    /// On topics that are there.
    pub(crate) fn on(kafka: KafkaSettings, mode: Mode) -> Self {
        let settings = RouterSettings {
            group: format!("{}router", kafka.topic_prefix),
            instance: "one".to_owned(),
            ..RouterSettings::default()
        };
        let metrics = Metrics::new("0", "0").unwrap();
        let producer = IntakeProducer::start(&kafka, &metrics).unwrap();
        let policy = Arc::new(ArcSwap::from_pointee(policy()));
        Self { kafka, mode, settings, policy, metrics, producer }
    }

    pub(crate) fn start(&self) -> RouterHandle {
        self.start_as(&self.settings.instance)
    }

    /// Starts a router in this slot; does not wait for it.
    pub(crate) fn start_as(&self, instance: &str) -> RouterHandle {
        let settings = RouterSettings { instance: instance.to_owned(), ..self.settings.clone() };
        Router::start(Parts {
            settings,
            kafka: self.kafka.clone(),
            mode: self.mode,
            policy: Arc::clone(&self.policy),
            metrics: self.metrics.clone(),
            clock: Clock::system(),
        })
        .unwrap()
    }

    pub(crate) fn post(&self, events: &[Event]) {
        self.write(
            events.iter().map(|event| record::event(event, Some("00-trace-span-01")).unwrap()).collect(),
        );
    }

    pub(crate) fn write(&self, records: Vec<OutRecord>) {
        kafka::runtime().block_on(self.producer.publish(records)).unwrap();
    }

    /// All that stands on a topic.
    pub(crate) fn all(&self, topic: &str) -> Vec<ReadRecord> {
        let mut reader = Reader::open(&self.kafka, &[topic], From::Beginning).unwrap();
        reader.read_to_end(Duration::from_secs(30)).unwrap()
    }

    /// Waits until a topic holds so many records, and not more. However slow the machine is, it goes
    /// on as long as more come in: only a standstill is a failure.
    pub(crate) fn wait_for(&self, topic: &str, count: usize) -> Vec<ReadRecord> {
        let (mut known, mut since) = (0, Instant::now());
        loop {
            let read = self.all(topic);
            assert!(read.len() <= count, "{} records on {topic}, {count} wanted", read.len());
            if read.len() == count {
                return read;
            }
            if read.len() > known {
                (known, since) = (read.len(), Instant::now());
            }
            let stands_still = since.elapsed() > STANDSTILL;
            assert!(!stands_still, "{known} records on {topic} and no more, {count} wanted");
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    /// What an audience reads, in the order of its partitions.
    pub(crate) fn notifications(&self, audience: &str) -> Vec<Notification> {
        self.all(&format!("notify.{audience}")).iter().map(parsed).collect()
    }
}

pub(crate) fn parsed<T: serde::de::DeserializeOwned>(record: &ReadRecord) -> T {
    serde_json::from_slice(record.payload.as_ref().unwrap()).unwrap()
}

/// Waits until the router folds.
pub(crate) fn wait_running(router: &RouterHandle) {
    wait_state(router, |state| match state {
        RouterState::Failed(reason) => panic!("the router failed: {reason}"),
        state => *state == RouterState::Running,
    });
}

/// Waits until the router has failed; says why.
pub(crate) fn wait_failed(router: &RouterHandle) -> String {
    wait_state(router, |state| matches!(state, RouterState::Failed(_)));
    match &*router.state().borrow() {
        RouterState::Failed(reason) => reason.clone(),
        state => panic!("{state:?}"),
    }
}

fn wait_state(router: &RouterHandle, is_it: impl Fn(&RouterState) -> bool) {
    let deadline = Instant::now() + Duration::from_mins(1);
    while !is_it(&router.state().borrow()) {
        assert!(Instant::now() < deadline, "the router is {:?}", router.state().borrow());
        std::thread::sleep(Duration::from_millis(20));
    }
}

pub(crate) fn stop(router: RouterHandle) {
    router.stop();
    router.join();
}

/// An event of incident `key`, received now.
pub(crate) fn event(key: &str, delivery: &str, extra: &Value) -> Event {
    let now = Timestamp::now().to_string();
    let body_sha256 = herald::core::ids::body_sha256(format!("{key}{delivery}{extra}").as_bytes());
    let mut event = json!({
        "schema": "incident-event/1",
        "id": herald::core::ids::event("pagerduty", Some(delivery), &body_sha256, 0),
        "type": "updated", "native_type": "incident.updated",
        "occurred_at": now, "occurred_at_quality": "exact", "received_at": now,
        "source": {"kind": "pagerduty", "name": "pagerduty"},
        "ingest": {"delivery_id": delivery, "body_sha256": body_sha256, "part": 0, "auth": "signature"},
        "incident": {
            "id": herald::core::ids::incident("pagerduty", key), "key": format!("pagerduty/{key}"), "native_id": key
        },
        "title": format!("{key} is down"),
    });
    for (field, value) in extra.as_object().unwrap() {
        event[field] = value.clone();
    }
    serde_json::from_value(event).unwrap()
}

pub(crate) fn triggered(key: &str, priority: &str) -> Event {
    let priority = json!({"rank": priority, "native": priority});
    event(key, &format!("{key}-t"), &json!({"type": "triggered", "stage": "triggered", "priority": priority}))
}

pub(crate) fn resolved(key: &str) -> Event {
    event(key, &format!("{key}-r"), &json!({"type": "resolved", "stage": "resolved"}))
}

fn audience(name: &str) -> Audience {
    Audience {
        name: name.to_owned(),
        title: LocalText::one("en", name),
        formerly: Vec::new(),
        readers: Readers::Internal,
        per: None,
        lead: Lead::Communications,
        languages: vec!["en".to_owned()],
        time_zone: TimeZone::UTC,
        may_see: [Field::Priority, Field::Stage, Field::Title].into_iter().collect(),
        cadence: Cadence::default(),
        attention: std::collections::BTreeMap::new(),
        template_folders: Vec::new(),
        template_approval: Vec::new(),
        text_approval: Vec::new(),
        release: Release::Auto,
        holding_text: false,
        opens_after: Vec::new(),
    }
}

/// Everybody is told of everything, in built-in words.
pub(crate) fn policy() -> Policy {
    let route = Route {
        name: "all".to_owned(),
        place: "routes.yaml:1".to_owned(),
        tell: vec![0, 1],
        never_tell: Vec::new(),
        shadow: false,
    };
    let hold = SignedDuration::try_from(HOLD).unwrap();
    Policy {
        version: "test@000000000000".to_owned(),
        name: "test".to_owned(),
        languages: vec!["en".to_owned()],
        time_zone: TimeZone::UTC,
        link_hosts: Vec::new(),
        windows: Windows {
            reopen: SignedDuration::from_mins(30),
            keep_ended: SignedDuration::from_hours(168),
            silent_after: SignedDuration::from_hours(24),
            lead_missing_after: SignedDuration::from_mins(10),
            close_silent_after: None,
        },
        times: Vec::new(),
        leads: Leads::default(),
        catalogue: Catalogue::default(),
        customers: Vec::new(),
        classify: Classify::default(),
        audiences: AUDIENCES.map(audience).into(),
        routes: Routes {
            list: vec![route],
            rules: RuleSet::new(vec![When::ALWAYS]),
            looks: Looks::default(),
        },
        quiet: Quiet {
            damping: DampingHold { hold_first_message: [(Priority::P3, hold)].into() },
            ..Quiet::default()
        },
        templates: Templates::default(),
        reference_key: b"key".to_vec(),
        old_events_begin: false,
    }
}

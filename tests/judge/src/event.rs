//! From what a tale says to the events of the log.

use std::collections::BTreeMap;

use crate::core::event::{
    Approves, Corrects, Event, EventSource, IncidentRef, Ingest, Named, NativeImpact, NativePriority, Person,
    PlainUpdate,
};
use crate::core::ids;
use crate::core::text::LocalText;
use crate::core::vocabulary::{AuthKind, EventType, StageWord, TimeQuality};
use jiff::{SignedDuration, Timestamp};

use crate::tale::{Post, SCRIPT, Word};

/// The incident of this number.
pub fn incident(number: u8) -> String {
    ids::incident("pager", &format!("Q{number}"))
}

/// Without a delivery id, an event is known by its bytes alone.
enum Delivery<'a> {
    Id(&'a str),
    Body(&'a str),
}

fn blank(of: u8, by: &str, kind: &str, delivery: &Delivery<'_>, at: Timestamp) -> Event {
    let (delivery, body) = match delivery {
        Delivery::Id(id) => (Some(*id), *id),
        Delivery::Body(body) => (None, *body),
    };
    let sha = ids::body_sha256(body.as_bytes());
    let source = EventSource { kind: kind.to_owned(), name: by.to_owned(), account: None, version: None };
    let ingest = Ingest {
        delivery_id: delivery.map(str::to_owned),
        body_sha256: sha.clone(),
        part: 0,
        auth: AuthKind::Signature,
        key_id: None,
    };
    let reference = IncidentRef {
        id: incident(of),
        key: format!("pager/Q{of}"),
        native_id: format!("Q{of}"),
        display_id: None,
        dedup_key: None,
        merged_into: None,
        // One outage, several tools: only the pager ends it, or a person.
        owner: (by == "alarm").then(|| "pager".to_owned()),
    };
    let id = ids::event(by, delivery, &sha, 0);
    Event {
        id,
        event_type: EventType::Updated,
        native_type: "said".to_owned(),
        occurred_at: Some(at),
        occurred_at_quality: TimeQuality::Exact,
        ..Event::empty(at, source, ingest, reference)
    }
}

impl Post {
    pub fn event(&self, delivery: &str, at: Timestamp) -> Event {
        let kind = match self.by.as_str() {
            "alarm" => "alertmanager",
            SCRIPT => "herald",
            _ => "pagerduty",
        };
        let body = serde_json::to_string(self).unwrap_or_default();
        let delivery = if self.by == SCRIPT { Delivery::Body(&body) } else { Delivery::Id(delivery) };
        let mut event = blank(self.of, &self.by, kind, &delivery, at);
        event.stage = self.stage;
        event.priority =
            self.priority.map(|rank| NativePriority { rank: Some(rank), native: rank.to_string() });
        event.impact =
            self.impact.map(|level| NativeImpact { level: Some(level), ..NativeImpact::default() });
        event.services = self.service.iter().map(Named::name).collect();
        let mut label = |name: &str, value: Option<&str>| {
            if let Some(value) = value {
                event.labels.insert(name.to_owned(), vec![value.to_owned()]);
            }
        };
        label("security", self.security.as_deref());
        label("tenant", self.tenant.as_deref());
        label("drill", self.drill.then_some("yes"));
        event.is_private = self.private;
        event.is_test = self.test;
        event.title = self.title.map(|title| format!("title {title}"));
        event.partial = self.partial;
        if let Some(seconds) = self.late {
            event.occurred_at = Some(at - SignedDuration::from_secs(seconds));
        }
        if self.undated {
            event.occurred_at = None;
            event.occurred_at_quality = TimeQuality::Missing;
        }
        event.incident.merged_into =
            self.merged_into.filter(|_| self.stage == Some(StageWord::Merged)).map(incident);
        event
    }
}

impl Word {
    /// `before` is the last event that brought a person's words.
    pub fn event(&self, delivery: &str, at: Timestamp, before: Option<&str>) -> Event {
        let mut event = blank(self.of, "people", "herald", &Delivery::Id(delivery), at);
        event.stage = self.stage;
        event.priority =
            self.priority.map(|rank| NativePriority { rank: Some(rank), native: rank.to_string() });
        event.impact =
            self.impact.map(|level| NativeImpact { level: Some(level), ..NativeImpact::default() });
        let words = |text: String| LocalText::one("en", text);
        let symptom = self.symptom.map(|symptom| words(format!("It shows as {symptom}"))).unwrap_or_default();
        let text = self.to.iter().map(|to| (to.clone(), words(format!("To {to}: {:?}", self.symptom))));
        let roles = if self.approves { vec!["legal".to_owned()] } else { Vec::new() };
        event.update = Some(Box::new(PlainUpdate {
            by: Some(Person { name: "kim".to_owned(), roles }),
            symptom,
            workaround: if self.workaround { words("Try again".to_owned()) } else { LocalText::default() },
            text: text.collect::<BTreeMap<_, _>>(),
            release: self.release.clone(),
            hold: self.hold.clone(),
            confidential: self.confidential,
            corrects: self.corrects.then(Corrects::default),
            follow_up: self.follow_up,
            no_change: self.no_change,
            next_update_by: self.next_in.map(|minutes| at + SignedDuration::from_mins(minutes)),
            approves: before
                .filter(|_| self.approves)
                .map(|update| Approves { update: update.to_owned(), role: "legal".to_owned() }),
            ..PlainUpdate::default()
        }));
        event
    }
}

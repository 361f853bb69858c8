//! What SNS and EventBridge both bring: CloudWatch's alarms, AWS Health and other events of AWS.

pub(super) mod alarm;
pub(super) mod event;
pub(super) mod health;

use crate::core::event::Event;
use crate::core::limits::NAME_CHARS_MAX;
use crate::core::sources::build::{self, Head};
use crate::core::sources::{Delivery, SourceKind};
use crate::core::text::clean_line;
use crate::core::vocabulary::EventType;

/// How a message came here.
#[derive(Clone, Copy)]
pub(super) struct Origin<'o> {
    pub(super) kind: SourceKind,
    pub(super) delivery: &'o Delivery<'o>,
    pub(super) delivery_id: Option<&'o str>,
    pub(super) part: usize,
    /// The topic, by its ARN; none of EventBridge.
    pub(super) topic: Option<&'o str>,
    /// What the topic's publisher wrote above the message.
    pub(super) subject: Option<&'o str>,
    /// Before the name of the shape: `raw`, `lambda` …
    pub(super) by: &'static str,
}

/// What is known of an event before the rest.
pub(super) struct Start<'s> {
    pub(super) native_id: &'s str,
    pub(super) event_type: EventType,
    pub(super) native_type: &'s str,
    pub(super) shape: &'s str,
    pub(super) is_test: bool,
}

impl Origin<'_> {
    /// An event with its envelope filled in.
    pub(super) fn event(&self, start: &Start<'_>) -> Event {
        let version =
            if self.by.is_empty() { start.shape.to_owned() } else { format!("{}-{}", self.by, start.shape) };
        let head = Head {
            kind: self.kind,
            native_id: start.native_id,
            delivery_id: self.delivery_id,
            part: self.part,
            event_type: start.event_type,
            native_type: start.native_type,
            version: Some(&version),
            is_test: start.is_test,
        };
        build::event(self.delivery, &head)
    }
}

/// An Amazon Resource Name: `arn:partition:service:region:account:resource`.
pub(super) struct Arn<'a> {
    pub(super) partition: &'a str,
    pub(super) region: &'a str,
    pub(super) account: &'a str,
}

impl<'a> Arn<'a> {
    /// Taken apart; none where it is no ARN.
    pub(super) fn of(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(6, ':').map(str::trim);
        let (arn, partition, _service) = (parts.next()?, parts.next()?, parts.next()?);
        let (region, account) = (parts.next()?, parts.next()?);
        (arn == "arn").then_some(Self { partition, region, account })
    }
}

/// `account/region`, as far as they are known.
pub(super) fn account(account: Option<&str>, region: Option<&str>) -> Option<String> {
    let parts: Vec<&str> = [account, region].into_iter().flatten().filter(|part| !part.is_empty()).collect();
    Some(clean_line(&parts.join("/"), NAME_CHARS_MAX)).filter(|account| !account.is_empty())
}

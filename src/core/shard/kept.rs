//! One incident as it is kept: its state at hand or packed, with what timers and counts need of it
//! beside.

use std::sync::Arc;

use jiff::Timestamp;

use super::pack::{pack, unpack};
use crate::core::incident::{self, IncidentState};
use crate::core::vocabulary::Priority;

/// What timers and counts need of a state, so that they do not unpack it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outline {
    /// When its own earliest timer is due.
    pub(super) due: Option<Timestamp>,
    /// When it began, while it is open.
    pub(super) open_since: Option<Timestamp>,
    /// Its last change.
    pub(super) changed_at: Timestamp,
    /// Audiences that were promised an update whose time has passed, once for each such reader.
    pub(super) overdue: Vec<String>,
    priority: Priority,
}

impl Outline {
    fn of(state: &IncidentState) -> Self {
        Self {
            due: incident::next_due(state),
            open_since: state.episode.ended.is_none().then_some(state.episode.started_at),
            changed_at: state.changed_at,
            overdue: incident::overdue(state).map(str::to_owned).collect(),
            priority: state.episode.priority.current,
        }
    }

    /// The priority of an incident that has not ended.
    pub(super) fn open_priority(&self) -> Option<Priority> {
        self.open_since.map(|_| self.priority)
    }
}

/// When an incident is to be folded by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Timer {
    /// After any hold.
    pub(super) at: Timestamp,
    /// The time that a route names, where that is due first or at the same time.
    pub(super) look: Option<Timestamp>,
}

/// One incident.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    form: Form,
    /// Of its state.
    pub(super) outline: Outline,
    /// As it is set.
    pub(super) timer: Option<Timer>,
    /// Was it looked for since packing it was last considered?
    pub(super) is_wanted: bool,
}

#[derive(Debug, Clone)]
enum Form {
    AtHand(Arc<IncidentState>),
    Packed(Arc<[u8]>),
}

impl Kept {
    /// At hand, without a timer yet.
    pub(super) fn new(state: Arc<IncidentState>) -> Self {
        let outline = Outline::of(&state);
        Self { form: Form::AtHand(state), outline, timer: None, is_wanted: false }
    }

    /// The state, unpacked for the caller where it is packed.
    pub(super) fn state(&self) -> Arc<IncidentState> {
        match &self.form {
            Form::AtHand(state) => Arc::clone(state),
            Form::Packed(bytes) => Arc::new(unpack(bytes)),
        }
    }

    /// Packs the state. One that can't be packed stays at hand.
    pub(super) fn pack(&mut self) {
        if let Form::AtHand(state) = &self.form
            && let Some(bytes) = pack(state)
        {
            self.form = Form::Packed(bytes);
        }
    }

    /// Does the state lie packed?
    pub(super) const fn is_packed(&self) -> bool {
        matches!(self.form, Form::Packed(_))
    }
}

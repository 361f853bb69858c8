//! All incidents of a partition in little room, with their timers: a few states are at hand, the
//! rest lie packed. A hundred thousand open incidents are remembered for days, and nearly all of
//! them wait.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use jiff::Timestamp;

use super::kept::{Kept, Outline, Timer};
use crate::core::incident::IncidentState;
use crate::core::vocabulary::Priority;

/// Most states at hand in one partition, where nobody says otherwise: what is worked on now, with room
/// to spare.
const AT_HAND_MAX: usize = 256;

/// All of them.
#[derive(Debug)]
pub(super) struct Store {
    all: HashMap<Arc<str>, Kept, foldhash::fast::RandomState>,
    /// When each is to be folded by itself.
    timers: BTreeSet<(Timestamp, Arc<str>)>,
    /// Those at hand, in the order in which they came; some may be gone.
    at_hand: VecDeque<Arc<str>>,
    at_hand_max: usize,
    /// How many are open, by priority. Kept along, for counting a million takes longer than a batch.
    open: [usize; Priority::ALL.len()],
    /// How many promised updates are overdue, by audience; one that has none any more stays with 0.
    overdue: BTreeMap<String, usize>,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            all: HashMap::default(),
            timers: BTreeSet::new(),
            at_hand: VecDeque::new(),
            at_hand_max: AT_HAND_MAX,
            open: [0; Priority::ALL.len()],
            overdue: BTreeMap::new(),
        }
    }
}

impl Store {
    /// Keeps so many at hand from now on.
    pub(super) fn keep_at_hand(&mut self, at_hand_max: usize) {
        self.at_hand_max = at_hand_max;
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) const fn open(&self) -> &[usize; Priority::ALL.len()] {
        &self.open
    }

    pub(super) const fn overdue(&self) -> &BTreeMap<String, usize> {
        &self.overdue
    }

    pub(super) fn get(&self, id: &str) -> Option<&Kept> {
        self.all.get(id)
    }

    pub(super) fn states(&self) -> impl Iterator<Item = Arc<IncidentState>> {
        self.all.values().map(Kept::state)
    }

    /// The state, and that it was looked for.
    pub(super) fn want(&mut self, id: &str) -> Option<Arc<IncidentState>> {
        let kept = self.all.get_mut(id)?;
        kept.is_wanted = true;
        Some(kept.state())
    }

    /// Puts a state, which has no timer yet.
    pub(super) fn put(&mut self, id: &str, state: Arc<IncidentState>) {
        let was_at_hand = self.all.get(id).is_some_and(|kept| !kept.is_packed());
        let id = self.replace(id, Some(Kept::new(state)));
        if !was_at_hand {
            self.note_at_hand(id);
        }
    }

    /// Puts it back as it once was, timer and all; or removes it.
    pub(super) fn put_back(&mut self, id: &str, kept: Option<Kept>) {
        let is_at_hand = kept.as_ref().is_some_and(|kept| !kept.is_packed());
        let id = self.replace(id, kept);
        if is_at_hand {
            self.note_at_hand(id);
        }
    }

    /// One more is at hand: those that nobody looked for since their last turn are packed.
    fn note_at_hand(&mut self, id: Arc<str>) {
        self.at_hand.push_back(id);
        while self.at_hand.len() > self.at_hand_max {
            let Some(id) = self.at_hand.pop_front() else { return };
            let Some(kept) = self.all.get_mut(&id) else { continue };
            if std::mem::take(&mut kept.is_wanted) {
                self.at_hand.push_back(id);
            } else {
                kept.pack();
            }
        }
    }

    fn replace(&mut self, id: &str, next: Option<Kept>) -> Arc<str> {
        let known = self.all.get_key_value(id).map(|(id, _)| Arc::clone(id));
        let id = known.unwrap_or_else(|| Arc::from(id));
        let timer = next.as_ref().and_then(|kept| kept.timer);
        if let Some(kept) = &next {
            self.count(&kept.outline, 1);
        }
        let before = match next {
            Some(kept) => self.all.insert(Arc::clone(&id), kept),
            None => self.all.remove(&id),
        };
        if let Some(kept) = &before {
            self.count(&kept.outline, -1);
        }
        self.move_timer(&id, before.and_then(|kept| kept.timer), timer);
        id
    }

    /// Counts an incident in, or out of, what is shown of all.
    fn count(&mut self, outline: &Outline, by: isize) {
        if let Some(priority) = outline.open_priority() {
            let open = &mut self.open[priority as usize];
            *open = open.saturating_add_signed(by);
        }
        for audience in &outline.overdue {
            let overdue = self.overdue.entry(audience.clone()).or_default();
            *overdue = overdue.saturating_add_signed(by);
        }
    }

    /// Sets its timer, or takes it away.
    pub(super) fn set_timer(&mut self, id: &str, timer: Option<Timer>) {
        let Some((known, _)) = self.all.get_key_value(id) else { return };
        let id = Arc::clone(known);
        let before = self.all.get_mut(&id).and_then(|kept| std::mem::replace(&mut kept.timer, timer));
        self.move_timer(&id, before, timer);
    }

    /// Sets all timers by what each needs of its state: far cheaper than one by one.
    pub(super) fn set_timers(&mut self, timer: impl Fn(&Outline) -> Option<Timer>) {
        for kept in self.all.values_mut() {
            kept.timer = timer(&kept.outline);
        }
        let all = self.all.iter();
        self.timers = all.filter_map(|(id, kept)| Some((kept.timer?.at, Arc::clone(id)))).collect();
    }

    fn move_timer(&mut self, id: &Arc<str>, from: Option<Timer>, to: Option<Timer>) {
        let (from, to) = (from.map(|timer| timer.at), to.map(|timer| timer.at));
        if from == to {
            return;
        }
        if let Some(at) = from {
            self.timers.remove(&(at, Arc::clone(id)));
        }
        if let Some(at) = to {
            self.timers.insert((at, Arc::clone(id)));
        }
    }

    /// The earliest timer.
    pub(super) fn first_timer(&self) -> Option<&(Timestamp, Arc<str>)> {
        self.timers.first()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An open incident, as `incident.state` has it.
    fn opened(number: usize) -> IncidentState {
        let at = "2026-04-01T00:00:00Z";
        let priority = serde_json::json!({"current": "P3", "peak": "P3", "provenance": "given"});
        let impact = serde_json::json!({"current": "minor", "peak": "minor", "provenance": "given"});
        let state = serde_json::json!({
            "schema": "incident-state/1", "id": format!("i-{number}"), "key": format!("pagerduty/{number}"),
            "recent_events": ["e-1"], "sources": {}, "changed_at": at,
            "episode": {
                "id": "p-1", "public_reference": "K7Q2M9XT", "started_at": at, "began_at": at,
                "stage": "triggered", "priority": priority, "impact": impact, "known": {},
                "timers": {"silent_at": "2026-04-02T00:00:00Z"},
            },
        });
        serde_json::from_value(state).unwrap()
    }

    #[test]
    fn what_nobody_looks_for_is_packed_and_stays_what_it_was() {
        let mut store = Store::default();
        let states: Vec<_> = (0..AT_HAND_MAX * 3).map(|number| Arc::new(opened(number))).collect();
        for state in &states {
            store.put(&state.id, Arc::clone(state));
            store.want(&states[0].id);
        }
        let packed = states.iter().filter(|state| store.get(&state.id).unwrap().is_packed()).count();
        assert!(packed >= states.len() - AT_HAND_MAX - 1, "{packed} of {}", states.len());
        assert!(!store.get(&states[0].id).unwrap().is_packed(), "it was looked for all the time");
        for state in &states {
            assert_eq!(store.want(&state.id).as_ref(), Some(state));
        }
        assert_eq!(store.open().iter().sum::<usize>(), states.len());
    }
}

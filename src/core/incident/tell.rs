//! Telling: from a verdict to a notice, with its entry in the ledger. Every notice is made here,
//! so that nothing is sent that the ledger does not remember.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::gates::Moment;
use super::news::Seen;
use super::state::IncidentState;
use super::view;
use crate::core::fields::{Field, FieldSet};
use crate::core::ids;
use crate::core::ledger::{Entry, Promise, Reader, Told};
use crate::core::notification::{Addressee, Cause, Change, Notice, View};
use crate::core::policy::{Audience, CadencePhase};
use crate::core::record::topics;
use crate::core::text::LocalText;
use crate::core::vocabulary::{Attention, Kind, Lead, Lifecycle, Readers, Stage};

const OPENING_EXPIRES: SignedDuration = SignedDuration::from_hours(4);
const UPDATE_EXPIRES: SignedDuration = SignedDuration::from_hours(2);
const END_EXPIRES: SignedDuration = SignedDuration::from_hours(24);

/// What a reader who may not hear of it any more still learns at the end: only that what it was
/// told of is over.
const END_FIELDS: [Field; 6] = [
    Field::PublicReference,
    Field::Reference,
    Field::Stage,
    Field::StartedAt,
    Field::ResolvedAt,
    Field::Duration,
];

/// One decision's telling.
pub(super) struct Teller<'a> {
    pub(super) state: &'a IncidentState,
    pub(super) moment: &'a Moment<'a>,
    pub(super) cause: Cause,
    pub(super) notices: Vec<Notice>,
    /// Have customers been told anything of this episode before this moment?
    customers_told: bool,
    views: Views,
}

/// The view of this moment, made when first needed: with a person's words, and without.
#[derive(Default)]
struct Views {
    full: Option<Arc<View>>,
    unapproved: Option<Arc<View>>,
}

/// What is to be said.
pub(super) struct Saying {
    pub(super) kind: Kind,
    pub(super) changes: Vec<Change>,
    pub(super) new_information: bool,
}

impl Saying {
    pub(super) const fn plain(kind: Kind) -> Self {
        Self { kind, changes: Vec::new(), new_information: true }
    }
}

impl<'a> Teller<'a> {
    /// `ledger` is the episode's, as it stands before this decision.
    pub(super) fn new(
        state: &'a IncidentState,
        ledger: &[Entry],
        moment: &'a Moment<'a>,
        cause: Cause,
    ) -> Self {
        let is_customer =
            |entry: &Entry| entry.reader.as_ref().is_some_and(|r| r.readers == Readers::Customers);
        let customers_told = ledger.iter().any(|entry| entry.told.is_some() && is_customer(entry));
        Self { state, moment, cause, notices: Vec::new(), customers_told, views: Views::default() }
    }

    /// The view for this audience and addressee, narrowed to what is its own. A person's words
    /// that wait for approval are left out.
    pub(super) fn view(&mut self, audience: Option<&Audience>, addressee: Option<&Addressee>) -> Arc<View> {
        let (state, moment, customers_told) = (self.state, self.moment, self.customers_told);
        let full = self.views.full.get_or_insert_with(|| Arc::new(view::view(state, moment, customers_told)));
        let chosen = if audience.is_none_or(|audience| audience.text_approval.is_empty()) {
            full
        } else {
            let unapproved = || Arc::new(view::without_persons_words(full, moment));
            self.views.unapproved.get_or_insert_with(unapproved)
        };
        view::narrowed(chosen, addressee, moment.policy)
    }

    /// A person's words for exactly this audience, where they need no approval.
    pub(super) fn words(&self, audience: Option<&Audience>, name: &str) -> LocalText {
        let held = audience.is_some_and(|audience| !audience.text_approval.is_empty());
        let words = self.state.episode.known.audience_text.get(name).filter(|_| !held);
        words.cloned().unwrap_or_default()
    }

    /// How a reader of this audience is reached from now on.
    pub(super) fn reader(&self, audience: &Audience, addressee: Option<&Addressee>) -> Reader {
        let policy = self.moment.policy;
        let customer = addressee
            .filter(|addressee| addressee.addressee_type == "customer")
            .and_then(|addressee| policy.customers.iter().find(|customer| customer.id == addressee.id));
        let prefix = if self.moment.is_drill() { topics::DRILL_PREFIX } else { topics::NOTIFY_PREFIX };
        let zone = customer.and_then(|customer| customer.time_zone.as_ref()).unwrap_or(&audience.time_zone);
        let language = customer.and_then(|customer| customer.language.clone());
        Reader {
            topic: format!("{prefix}{}", audience.name),
            readers: audience.readers,
            languages: language.map_or_else(|| audience.languages.clone(), |language| vec![language]),
            time_zone: zone.iana_name().unwrap_or("UTC").to_owned(),
            lead: audience.lead,
            may_see: audience.may_see,
        }
    }

    /// Says it: makes the notice, and writes into the entry what was told. Returns the notice's id.
    pub(super) fn say(
        &mut self,
        entry: &mut Entry,
        audience: Option<&Audience>,
        saying: Saying,
    ) -> Option<String> {
        let reader = match (&entry.reader, audience) {
            (Some(reader), _) => reader.clone(),
            (None, Some(audience)) => self.reader(audience, entry.addressee.as_ref()),
            // Neither in the policy nor told before: there is nobody to reach.
            (None, None) => return None,
        };
        let Saying { kind, changes, new_information } = saying;
        let (now, episode) = (self.moment.now, &self.state.episode);
        let may_see = self.disclosure(&reader, audience, &entry.audience, kind);
        let view = self.view(audience, entry.addressee.as_ref());
        let words = self.words(audience, &entry.audience);
        let seen = Seen::of(&view, reader.may_see, reader.readers, &words);
        let addressee_id = entry.addressee.as_ref().map(|addressee| addressee.id.as_str());
        let thread_id = ids::thread(&self.state.id, &episode.id, &entry.audience, addressee_id);
        let id = ids::notification(&thread_id, kind.as_str(), &self.cause.word());
        let opened_at =
            entry.told.as_ref().filter(|_| kind != Kind::Reopened).map_or(now, |told| told.opened_at);
        let promised = self.promise(audience, opened_at, kind);
        let previous = entry.told.take();
        let sequence = previous.as_ref().map_or(0, |told| told.sequence) + 1;
        self.notices.push(Notice {
            id: id.clone(),
            kind,
            audience: entry.audience.clone(),
            addressee: entry.addressee.clone(),
            readers: reader.readers,
            topic: reader.topic.clone(),
            thread_id: thread_id.clone(),
            sequence,
            previous_id: previous.as_ref().map(|told| told.last_id.clone()),
            corrects: None,
            incident_id: self.state.id.clone(),
            episode_id: episode.id.clone(),
            view,
            may_see,
            changes,
            languages: reader.languages.clone(),
            time_zone: reader.time_zone.clone(),
            lead: reader.lead,
            next_update_by: promised,
            expires_at: expires(kind, now, promised),
            attention: self.attention(audience),
            new_information,
            drill: reader.topic.starts_with(topics::DRILL_PREFIX),
            caused_by: self.cause.clone(),
            decided_at: now,
            words,
            words_approved: Vec::new(),
            merged_from: None,
            reports_stopped: false,
            about: Vec::new(),
        });
        entry.reader = Some(reader);
        entry.held = None;
        entry.told = Some(Told {
            thread_id,
            sequence,
            last_id: id.clone(),
            last_kind: kind,
            opened_at,
            last_at: now,
            open: kind.lifecycle() != Lifecycle::End,
            stood_down: kind == Kind::StandDown,
            stage: episode.stage,
            priority: episode.priority.current,
            impact: episode.impact.current,
            seen: seen.words,
            seen_besides: String::new(),
            withheld: None,
            regions: seen.regions,
            business_services: seen.business_services,
            promised: promised.map(|due| Promise { due, remind_at: None, broken: false }),
            extra: previous.map(|told| told.extra).unwrap_or_default(),
        });
        Some(id)
    }

    /// What this message may carry. An end reaches everyone who was told; who may not hear of the
    /// incident any more learns from it only that it is over.
    fn disclosure(&self, reader: &Reader, audience: Option<&Audience>, name: &str, kind: Kind) -> FieldSet {
        let Some(audience) = audience else { return reader.may_see };
        // Somebody told under an older policy: never more than either allows.
        let may_see = reader.may_see.intersect(audience.may_see);
        if kind.lifecycle() != Lifecycle::End {
            return may_see;
        }
        let place = self.moment.policy.audience(name).map(|(place, _)| place);
        let forbidden = place.and_then(|place| self.moment.forbidden(place)).is_some()
            || self.moment.without_impact(audience).is_some();
        if forbidden { may_see.intersect(END_FIELDS.into_iter().collect()) } else { may_see }
    }

    fn attention(&self, audience: Option<&Audience>) -> Attention {
        let by_priority =
            audience.and_then(|audience| audience.attention.get(&self.state.episode.priority.current));
        by_priority.copied().unwrap_or(Attention::Normal)
    }

    /// When the next news is promised: the cadence's interval for this priority, now, in the
    /// phase that counts from this reader's opening. Nothing is promised after an end.
    fn promise(&self, audience: Option<&Audience>, opened_at: Timestamp, kind: Kind) -> Option<Timestamp> {
        if matches!(kind.lifecycle(), Lifecycle::End | Lifecycle::After) || kind == Kind::StandDown {
            return None;
        }
        let active = |during: &Option<String>| {
            during.as_ref().is_none_or(|name| self.moment.facts.during.contains(&name.as_str()))
        };
        let row = audience?.cadence.rows.iter().find(|row| active(&row.during))?;
        let phases = row.phases.get(&self.state.episode.priority.current)?;
        let every = interval(phases, self.moment.now.duration_since(opened_at))?;
        self.moment.now.checked_add(every).ok()
    }
}

/// The interval of the phase that holds this long after the opening.
fn interval(phases: &[CadencePhase], since_opening: SignedDuration) -> Option<SignedDuration> {
    let mut begins = SignedDuration::ZERO;
    for phase in phases {
        match phase.lasts {
            Some(lasts) if since_opening >= begins + lasts => begins += lasts,
            _ => return Some(phase.every),
        }
    }
    None
}

fn expires(kind: Kind, now: Timestamp, promised: Option<Timestamp>) -> Timestamp {
    let after = |span: SignedDuration| now.checked_add(span).unwrap_or(Timestamp::MAX);
    match kind.lifecycle() {
        Lifecycle::Begin => after(OPENING_EXPIRES),
        Lifecycle::End | Lifecycle::After => after(END_EXPIRES),
        Lifecycle::Progress | Lifecycle::Lead => promised.unwrap_or_else(|| after(UPDATE_EXPIRES)),
    }
}

/// The words for the stage that an audience reads: engineers all nine, others five.
pub(super) const fn stage_words(lead: Lead, readers: Readers, stage: Stage) -> Stage {
    match (lead, readers) {
        (Lead::Communications, Readers::Internal) => stage,
        _ => stage.for_readers(),
    }
}

//! Telling: from a verdict to a notice, with its entry in the ledger. Every notice for readers is
//! made here, so that nothing is sent that the ledger does not remember.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::gates::Moment;
use super::leads::{self, Note};
use super::news::{Seen, SeenSoFar};
use super::spoken;
use super::state::IncidentState;
use super::{cadence, view};
use crate::core::event::PlainUpdate;
use crate::core::fields::{Field, FieldSet};
use crate::core::ids;
use crate::core::ledger::{Entry, Held, Promise, Reader, Told, Withheld};
use crate::core::notification::{Addressee, Approval, Cause, Change, Notice, View};
use crate::core::policy::Audience;
use crate::core::record::topics;
use crate::core::text::LocalText;
use crate::core::vocabulary::{Attention, Kind, Lead, Lifecycle, Readers, Reason, Stage};

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
    /// For leads; made into messages at the end of the decision.
    pub(super) notes: Vec<Note>,
    /// What is noted in this decision, so that it is not told again.
    noted: BTreeSet<String>,
    /// A backlog is being folded: nothing goes out before.
    hold_until: Option<Timestamp>,
    /// A person's word on when the next news comes.
    promised_by_hand: Option<Timestamp>,
    /// The end is one that nobody reported.
    pub(super) reports_stopped: bool,
    /// Have customers been told anything of this episode before this moment?
    customers_told: bool,
    /// Views of this moment made so far, by the roles that approve a person's words in them.
    views: Vec<(Option<Vec<String>>, Arc<View>)>,
    pub(super) seen: SeenSoFar,
}

/// What is to be said.
#[derive(Debug, Default)]
pub(super) struct Saying {
    pub(super) kind: Option<Kind>,
    pub(super) changes: Vec<Change>,
    pub(super) new_information: bool,
    /// These words in place of the audience's own, with who approved them.
    pub(super) words: Option<(LocalText, Vec<Approval>)>,
    pub(super) corrects: Option<String>,
    /// The event that brought those words, where they may have waited for this one: of several that
    /// go out at once each has an id of its own.
    pub(super) words_of: Option<String>,
    pub(super) merged_from: Option<String>,
}

impl Saying {
    pub(super) fn plain(kind: Kind) -> Self {
        Self { kind: Some(kind), new_information: true, ..Self::default() }
    }
}

/// What became of what was to be said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    /// It goes out, with this id.
    Told(String),
    /// It waits for the end of the hold.
    Withheld,
    /// There is nobody to reach.
    Nobody,
}

/// A notice, and what the ledger will say of it.
pub(super) struct Composed {
    pub(super) notice: Notice,
    reader: Reader,
    told: Told,
}

/// What a decision's telling came to.
pub(super) struct Finished {
    pub(super) notices: Vec<Notice>,
    pub(super) lead_threads: Vec<(Lead, super::state::LeadThread)>,
    pub(super) noted: BTreeSet<String>,
}

impl<'a> Teller<'a> {
    /// `ledger` is the episode's, as it stands before this decision.
    pub(super) fn new(
        state: &'a IncidentState,
        ledger: &[Entry],
        moment: &'a Moment<'a>,
        cause: Cause,
        hold_until: Option<Timestamp>,
    ) -> Self {
        let is_customer =
            |entry: &Entry| entry.reader.as_ref().is_some_and(|r| r.readers == Readers::Customers);
        let customers_told = ledger.iter().any(|entry| entry.told.is_some() && is_customer(entry));
        Self {
            state,
            moment,
            cause,
            notices: Vec::new(),
            notes: Vec::new(),
            noted: BTreeSet::new(),
            hold_until: hold_until.filter(|until| moment.now < *until),
            promised_by_hand: None,
            reports_stopped: false,
            customers_told,
            views: Vec::new(),
            seen: SeenSoFar::default(),
        }
    }

    /// Takes over what a person's update says of the telling itself.
    pub(super) fn by_hand(&mut self, update: Option<&PlainUpdate>) {
        self.promised_by_hand = update.and_then(|update| update.next_update_by);
    }

    /// Is a backlog being folded, so that nothing goes out?
    pub(super) const fn is_holding(&self) -> bool {
        self.hold_until.is_some()
    }

    /// Was it noted before, in this episode or in this decision?
    pub(super) fn has_noted(&self, once: &str) -> bool {
        self.state.episode.noted.contains(once) || self.noted.contains(once)
    }

    /// Notes it; false where it was noted before.
    pub(super) fn note_once(&mut self, once: String) -> bool {
        !self.has_noted(&once) && self.noted.insert(once)
    }

    /// Makes the leads' messages; the rest is made.
    pub(super) fn finish(mut self) -> Finished {
        if self.hold_until.is_some() {
            // Whatever still holds when the backlog is folded is told then.
            self.notes.clear();
        }
        let lead_threads = self.tell_leads(&self.state.episode);
        Finished { notices: self.notices, lead_threads, noted: self.noted }
    }

    /// The view for this audience and addressee, narrowed to what is its own. A person's words
    /// that wait for approval are left out; readers outside of an audience that is gone get none,
    /// for nobody can say who would have to approve them.
    pub(super) fn view(
        &mut self,
        audience: Option<&Audience>,
        addressee: Option<&Addressee>,
        readers: Readers,
    ) -> Arc<View> {
        let roles = match audience {
            Some(audience) => Some(audience.text_approval.as_slice()),
            None if readers == Readers::Internal => Some(&[][..]),
            None => None,
        };
        let made = self.views.iter().find(|(of, _)| of.as_deref() == roles);
        let view = match made {
            Some((_, view)) => Arc::clone(view),
            None => {
                let spoken = roles.map(|roles| spoken::plain(self.moment.episode, roles)).unwrap_or_default();
                let view = Arc::new(view::view(self.state, self.moment, self.customers_told, &spoken));
                self.views.push((roles.map(<[String]>::to_vec), Arc::clone(&view)));
                view
            }
        };
        view::narrowed(&view, addressee, self.moment.policy)
    }

    /// A person's words for exactly this audience, and who approved them.
    pub(super) fn words(
        &self,
        audience: Option<&Audience>,
        name: &str,
        readers: Readers,
    ) -> (LocalText, Vec<Approval>) {
        if audience.is_none() && readers != Readers::Internal {
            return (LocalText::default(), Vec::new());
        }
        spoken::own(self.moment.episode, audience, name)
    }

    /// How a reader of this audience is reached from now on.
    fn reader(&self, audience: &Audience, addressee: Option<&Addressee>) -> Reader {
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

    /// Says it: the notice goes out, and the entry remembers it; or it waits for the end of a hold.
    pub(super) fn say(&mut self, entry: &mut Entry, audience: Option<&Audience>, saying: &Saying) -> Said {
        if let Some(until) = self.hold_until {
            return withhold(entry, saying, until, self.moment.now);
        }
        let Some(Composed { notice, reader, told }) = self.compose(entry, audience, saying) else {
            return Said::Nobody;
        };
        entry.reader = Some(reader);
        entry.held = None;
        entry.told = Some(told);
        let id = notice.id.clone();
        leads::of_message(&notice, entry, audience, self);
        self.notices.push(notice);
        Said::Told(id)
    }

    /// Makes the notice, and what the ledger would say of it. None where nobody can be reached:
    /// neither in the policy nor told before.
    pub(super) fn compose(
        &mut self,
        entry: &Entry,
        audience: Option<&Audience>,
        saying: &Saying,
    ) -> Option<Composed> {
        let reader = match (&entry.reader, audience) {
            (Some(reader), _) => reader.clone(),
            (None, Some(audience)) => self.reader(audience, entry.addressee.as_ref()),
            (None, None) => return None,
        };
        let kind = saying.kind?;
        let (now, episode) = (self.moment.now, &self.state.episode);
        let view = self.view(audience, entry.addressee.as_ref(), reader.readers);
        let (own, own_approved) = self.words(audience, &entry.audience, reader.readers);
        let seen = self.seen.of(&view, self.cleared(&reader), reader.readers, &own);
        let previous = entry.told.as_ref();
        let addressee_id = entry.addressee.as_ref().map(|addressee| addressee.id.as_str());
        // The thread of a reader that was taken over stays its own.
        let thread_id = previous.map_or_else(
            || ids::thread(&self.state.id, &episode.id, &entry.audience, addressee_id),
            |told| told.thread_id.clone(),
        );
        let cause = saying.words_of.clone().unwrap_or_else(|| self.cause.word());
        let id = ids::notification(&thread_id, kind.as_str(), &cause);
        let opened_at = previous.filter(|_| kind != Kind::Reopened).map_or(now, |told| told.opened_at);
        let promised = self.promise(audience, opened_at, kind).filter(|_| waits_for_news(previous, kind));
        let due = promised.as_ref().map(|promise| promise.due);
        let (words, words_approved) = saying.words.clone().unwrap_or((own, own_approved));
        let may_see = self.disclosure(&reader, audience, entry, kind);
        let told = self.told(previous, (&thread_id, &id), kind, opened_at, promised, seen);
        let notice = Notice {
            id,
            kind,
            audience: entry.audience.clone(),
            addressee: entry.addressee.clone(),
            readers: reader.readers,
            topic: reader.topic.clone(),
            thread_id,
            sequence: told.sequence,
            previous_id: previous.map(|told| told.last_id.clone()),
            corrects: saying.corrects.clone(),
            incident_id: self.state.id.clone(),
            episode_id: episode.id.clone(),
            view,
            may_see,
            changes: saying.changes.clone(),
            languages: reader.languages.clone(),
            time_zone: reader.time_zone.clone(),
            lead: reader.lead,
            next_update_by: due,
            expires_at: expires(kind, now, due),
            attention: self.attention(audience),
            new_information: saying.new_information,
            drill: reader.topic.starts_with(topics::DRILL_PREFIX),
            caused_by: self.cause.clone(),
            decided_at: now,
            words,
            words_approved,
            // Its thread began under that reference, and keeps it.
            merged_from: saying
                .merged_from
                .clone()
                .or_else(|| entry.adopted.as_ref().map(|from| from.public_reference.clone())),
            reports_stopped: self.reports_stopped && kind.lifecycle() == Lifecycle::End,
            about: Vec::new(),
        };
        Some(Composed { notice, reader, told })
    }

    /// What the ledger says of a reader after this message.
    fn told(
        &self,
        previous: Option<&Told>,
        (thread_id, id): (&str, &str),
        kind: Kind,
        opened_at: Timestamp,
        promised: Option<Promise>,
        seen: Seen,
    ) -> Told {
        let episode = &self.state.episode;
        Told {
            thread_id: thread_id.to_owned(),
            sequence: previous.map_or(0, |told| told.sequence) + 1,
            last_id: id.to_owned(),
            last_kind: kind,
            opened_at,
            last_at: self.moment.now,
            open: match kind.lifecycle() {
                Lifecycle::End => false,
                Lifecycle::Begin => true,
                _ => previous.is_none_or(|told| told.open),
            },
            stood_down: kind == Kind::StandDown
                || (keeps_stood_down(kind) && previous.is_some_and(|told| told.stood_down)),
            stage: episode.stage,
            priority: episode.priority.current,
            impact: episode.impact.current,
            seen: seen.at_once(),
            seen_besides: seen.besides,
            regions: seen.regions,
            business_services: seen.business_services,
            promised,
            // What a hold keeps back is not said by words about something else.
            withheld: previous.and_then(|told| told.withheld).filter(|_| keeps_stood_down(kind)),
            extra: previous.map(|told| told.extra.clone()).unwrap_or_default(),
        }
    }

    /// What a reader may see of this episode: of lost or exposed data readers outside hear once legal
    /// has agreed to it.
    pub(super) fn cleared(&self, reader: &Reader) -> FieldSet {
        if reader.readers == Readers::Internal || self.moment.episode.data_cleared {
            return reader.may_see;
        }
        reader.may_see.without(Field::DataLoss).without(Field::DataExposure)
    }

    /// What this message may carry. An end reaches everyone who was told; who may not hear of the
    /// incident any more learns from it only that it is over.
    fn disclosure(
        &self,
        reader: &Reader,
        audience: Option<&Audience>,
        entry: &Entry,
        kind: Kind,
    ) -> FieldSet {
        let mut may_see = self.cleared(reader);
        if let Some(audience) = audience {
            // Somebody told under an older policy: never more than either allows.
            may_see = may_see.intersect(audience.may_see);
        }
        if kind.lifecycle() == Lifecycle::End && self.moment.closed_to(entry, audience).is_some() {
            return may_see.intersect(END_FIELDS.into_iter().collect());
        }
        may_see
    }

    fn attention(&self, audience: Option<&Audience>) -> Attention {
        let by_priority =
            audience.and_then(|audience| audience.attention.get(&self.state.episode.priority.current));
        by_priority.copied().unwrap_or(Attention::Normal)
    }

    /// What this message promises: a person's word on it, else the cadence.
    fn promise(&self, audience: Option<&Audience>, opened_at: Timestamp, kind: Kind) -> Option<Promise> {
        let goes_on = matches!(kind.lifecycle(), Lifecycle::Begin | Lifecycle::Progress);
        let by_hand = self.promised_by_hand.filter(|due| goes_on && *due > self.moment.now);
        by_hand
            .map(|due| cadence::until(due, self.moment.now))
            .or_else(|| cadence::promise(audience?, self.moment, opened_at, kind))
    }
}

/// Is its reader still to hear of it? A correction after the end, or after a stand-down, promises
/// nothing more.
fn waits_for_news(previous: Option<&Told>, kind: Kind) -> bool {
    let goes_on = |told: &Told| told.open && !(told.stood_down && keeps_stood_down(kind));
    kind.lifecycle() == Lifecycle::Begin || (kind != Kind::StandDown && previous.is_none_or(goes_on))
}

/// A message that neither begins nor says that it got worse leaves a stand-down as it is.
const fn keeps_stood_down(kind: Kind) -> bool {
    matches!(kind, Kind::Correction | Kind::FollowUp | Kind::Merged)
}

/// Nothing goes out while a backlog is folded; what there is to say is judged when it ends.
fn withhold(entry: &mut Entry, saying: &Saying, until: Timestamp, now: Timestamp) -> Said {
    match &mut entry.told {
        Some(told) => {
            let stands_down = saying.kind == Some(Kind::StandDown);
            told.withheld = Some(if stands_down { Withheld::StandDown } else { Withheld::News });
        }
        None => {
            let since = entry.held.as_ref().map_or(now, |held| held.since);
            entry.held = Some(Held { reason: Reason::NotDue, until: Some(until), since });
        }
    }
    Said::Withheld
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

//! What leads are told (domain.md section 6, "to leads"): one message for each incident, lead and
//! moment, about all audiences that it concerns. A lead of an exercise is told nothing: there is
//! nobody outside to be told in time.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::gates::Moment;
use super::state::{Episode, LeadThread, PersonsWords};
use super::tell::{Saying, Teller, stage_words};
use crate::core::fields::{Field, FieldSet};
use crate::core::ids;
use crate::core::ledger::{Entry, Told};
use crate::core::notification::{About, LastSaid, LeadItem, Notice};
use crate::core::policy::Audience;
use crate::core::record::topics;
use crate::core::text::LocalText;
use crate::core::vocabulary::{Attention, Kind, Lead, Priority, Readers};

const EXPIRES: SignedDuration = SignedDuration::from_hours(1);

/// By and for engineers (domain.md section 5): the business response lead writes without them.
const FOR_ENGINEERS: [Field; 7] = [
    Field::Title,
    Field::Description,
    Field::Cause,
    Field::Services,
    Field::Hosts,
    Field::Labels,
    Field::Links,
];

/// One thing for one lead, about one audience or about the incident itself.
#[derive(Debug)]
pub(super) struct Note {
    lead: Lead,
    kind: Kind,
    about: Option<About>,
}

/// Who has this lead now: a person's or the sender's word, else the duty of a named service, else
/// the policy's default.
pub(super) fn current<'a>(moment: &'a Moment<'_>, lead: Lead) -> Option<&'a str> {
    if let Some(name) = moment.episode.leads.get(&lead) {
        return Some(name);
    }
    let duty = match lead {
        Lead::Communications => &moment.policy.leads.communications,
        Lead::BusinessResponse => &moment.policy.leads.business_response,
    };
    let by_service =
        duty.by_service.iter().find(|(service, _)| moment.facts.named_services.contains(&service.as_str()));
    by_service.map(|(_, name)| name.as_str()).or(Some(duty.default.as_str())).filter(|name| !name.is_empty())
}

/// A grave incident that somebody should lead, and nobody does.
pub(super) fn missing(moment: &Moment<'_>) -> Vec<Lead> {
    if !matches!(moment.episode.priority.current, Priority::P1 | Priority::P2) {
        return Vec::new();
    }
    Lead::ALL.iter().copied().filter(|lead| current(moment, *lead).is_none()).collect()
}

/// The entry, as a lead reads of it.
fn about(entry: &Entry, due_at: Option<Timestamp>, draft: Option<Notice>) -> About {
    About {
        item: LeadItem {
            audience: entry.audience.clone(),
            addressees: entry.addressee.iter().map(|addressee| addressee.name.clone()).collect(),
            due_at,
            last_id: entry.told.as_ref().map(|told| told.last_id.clone()),
            last_said: None,
            draft: None,
        },
        last: entry.told.as_ref().zip(entry.reader.as_ref()).map(|(told, reader)| {
            let sees = |field| reader.may_see.contains(field);
            LastSaid {
                kind: told.last_kind,
                at: told.last_at,
                stage: stage_words(reader.lead, reader.readers, told.stage),
                priority: sees(Field::Priority).then_some(told.priority),
                impact: sees(Field::Impact).then_some(told.impact),
            }
        }),
        draft: draft.map(Box::new),
        update: None,
    }
}

/// A promised update is due soon, or was not made; with a draft that says that nothing is new.
pub(super) fn update_due(
    kind: Kind,
    due: Timestamp,
    entry: &Entry,
    audience: Option<&Audience>,
    teller: &mut Teller<'_>,
) {
    let Some(lead) = entry.reader.as_ref().map(|reader| reader.lead) else { return };
    let nothing_new = Saying { new_information: false, ..Saying::plain(Kind::Update) };
    let draft = teller.compose(entry, audience, &nothing_new).map(|composed| composed.notice);
    teller.notes.push(Note { lead, kind, about: Some(about(entry, Some(due), draft)) });
}

/// An opening waits for a person's decision; with what would go out.
pub(super) fn release_wanted(entry: &Entry, audience: &Audience, teller: &mut Teller<'_>) {
    let draft = teller.compose(entry, Some(audience), &Saying::plain(Kind::Opening));
    let about = about(entry, Some(teller.moment.now), draft.map(|composed| composed.notice));
    teller.notes.push(Note { lead: audience.lead, kind: Kind::ReleaseWanted, about: Some(about) });
}

/// A person's words wait for approval; the draft is the words.
pub(super) fn approval_wanted(
    words: &PersonsWords,
    audience: Option<&Audience>,
    entry: &Entry,
    teller: &mut Teller<'_>,
) {
    let Some(audience) = audience else { return };
    if !teller.note_once(format!("approval/{}/{}", words.event, audience.name)) {
        return;
    }
    let plain = [&words.symptom, &words.action, &words.workaround];
    let text = words.text.get(&audience.name).or_else(|| plain.into_iter().find(|text| !text.is_empty()));
    let language = audience.languages.first().map_or("en", String::as_str);
    let mut about = about(entry, Some(teller.moment.now), None);
    about.update = Some(words.event.clone());
    about.item.draft = text.and_then(|text| text.get_or_any(language)).map(|(_, words)| words.to_owned());
    teller.notes.push(Note { lead: audience.lead, kind: Kind::ApprovalWanted, about: Some(about) });
}

/// Whatever of a message its lead should know: a template that is not approved, a text that exists
/// in another language only.
pub(super) fn of_message(
    notice: &Notice,
    entry: &Entry,
    audience: Option<&Audience>,
    teller: &mut Teller<'_>,
) {
    if let Some(audience) = audience {
        let unapproved = teller.moment.policy.templates.unapproved(notice, audience);
        if let Some(path) = unapproved
            && teller.note_once(format!("template/{}/{path}", notice.audience))
        {
            let about = about(entry, Some(notice.decided_at), None);
            teller.notes.push(Note { lead: notice.lead, kind: Kind::TemplateUnapproved, about: Some(about) });
        }
    }
    if notice.readers == Readers::Internal {
        return;
    }
    let known = &teller.moment.episode.known;
    let person = [&notice.words, &known.symptom, &notice.view.workaround, &notice.view.action];
    let lacks = |text: &&LocalText| {
        !text.is_empty() && notice.languages.iter().any(|language| text.get(language).is_none())
    };
    if let Some(text) = person.into_iter().find(lacks) {
        let once = format!("translation/{}/{}", notice.audience, super::apply::fingerprint(text));
        if teller.note_once(once) {
            let about = about(entry, Some(notice.decided_at), None);
            teller.notes.push(Note { lead: notice.lead, kind: Kind::TranslationMissing, about: Some(about) });
        }
    }
}

/// Nobody leads a grave incident. Told on that lead's own topic, whoever reads it.
pub(super) fn lead_missing(teller: &mut Teller<'_>) {
    for lead in missing(teller.moment) {
        if teller.note_once(format!("lead_missing/{lead}")) {
            teller.notes.push(Note { lead, kind: Kind::LeadMissing, about: None });
        }
    }
}

/// Nothing was heard for long: told to the owners of whoever is waiting for news, else to the
/// communications lead.
pub(super) fn incident_silent(since: Timestamp, ledger: &[Entry], teller: &mut Teller<'_>) {
    let waits = |entry: &&Entry| entry.told.as_ref().is_some_and(|told: &Told| told.open);
    let mut notes: Vec<Note> = Vec::new();
    for entry in ledger.iter().filter(waits) {
        let Some(reader) = &entry.reader else { continue };
        let about = Some(about(entry, Some(since), None));
        notes.push(Note { lead: reader.lead, kind: Kind::IncidentSilent, about });
    }
    if notes.is_empty() {
        notes.push(Note { lead: Lead::Communications, kind: Kind::IncidentSilent, about: None });
    }
    teller.notes.append(&mut notes);
}

impl Teller<'_> {
    /// Makes the collected notes into one message for each lead and kind, and says how the threads
    /// stand after them.
    pub(super) fn tell_leads(&mut self, episode: &Episode) -> Vec<(Lead, LeadThread)> {
        let notes = std::mem::take(&mut self.notes);
        if self.moment.is_drill() || notes.is_empty() {
            return Vec::new();
        }
        let mut messages: Vec<(Lead, Kind, Vec<About>)> = Vec::new();
        for note in notes {
            let found = messages.iter_mut().find(|(lead, kind, _)| *lead == note.lead && *kind == note.kind);
            let about = match found {
                Some((_, _, about)) => about,
                None => {
                    messages.push((note.lead, note.kind, Vec::new()));
                    let Some((_, _, about)) = messages.last_mut() else { continue };
                    about
                }
            };
            if let Some(one) = note.about {
                merge(about, one);
            }
        }
        let mut threads = episode.lead_threads.clone();
        for (lead, kind, about) in messages {
            let notice = self.lead_notice(lead, kind, about, threads.get(&lead));
            threads.insert(lead, LeadThread { sequence: notice.sequence, last_id: notice.id.clone() });
            self.notices.push(notice);
        }
        threads.into_iter().collect()
    }

    fn lead_notice(
        &mut self,
        lead: Lead,
        kind: Kind,
        about: Vec<About>,
        before: Option<&LeadThread>,
    ) -> Notice {
        let (state, now, policy) = (self.state, self.moment.now, self.moment.policy);
        let topic = format!("{}{lead}", topics::LEADS_PREFIX);
        let thread_id = ids::thread(&state.id, &state.episode.id, &topic, None);
        let grave = state.episode.priority.current == Priority::P1 && kind != Kind::UpdateDue;
        Notice {
            id: ids::notification(&thread_id, kind.as_str(), &self.cause.word()),
            kind,
            audience: lead.to_string(),
            addressee: None,
            readers: Readers::Internal,
            topic,
            thread_id,
            sequence: before.map_or(0, |before| before.sequence) + 1,
            previous_id: before.map(|before| before.last_id.clone()),
            corrects: None,
            incident_id: state.id.clone(),
            episode_id: state.episode.id.clone(),
            view: Arc::clone(&self.view(None, None, Readers::Internal)),
            may_see: lead_may_see(lead),
            changes: Vec::new(),
            languages: policy.languages.clone(),
            time_zone: policy.time_zone.iana_name().unwrap_or("UTC").to_owned(),
            lead,
            next_update_by: None,
            expires_at: now.checked_add(EXPIRES).unwrap_or(Timestamp::MAX),
            attention: if grave { Attention::Interrupt } else { Attention::Normal },
            new_information: true,
            drill: false,
            caused_by: self.cause.clone(),
            decided_at: now,
            words: LocalText::default(),
            words_approved: Vec::new(),
            merged_from: None,
            reports_stopped: false,
            about,
        }
    }
}

/// What a lead sees: whatever its readers may, and what stands behind it.
pub fn lead_may_see(lead: Lead) -> FieldSet {
    let hidden = |field: &Field| lead == Lead::BusinessResponse && FOR_ENGINEERS.contains(field);
    Field::ALL.iter().copied().filter(|field| !hidden(field)).collect()
}

/// Several addressees of one audience are one item.
fn merge(all: &mut Vec<About>, one: About) {
    match all
        .iter_mut()
        .find(|other| other.item.audience == one.item.audience && other.item.due_at == one.item.due_at)
    {
        Some(other) if !one.item.addressees.is_empty() => other.item.addressees.extend(one.item.addressees),
        _ => all.push(one),
    }
}

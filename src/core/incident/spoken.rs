//! A person's words (domain.md section 8): they go out at once where they need no approval; where
//! they do, each role of the audience's `text_approval` approves exactly that text first, and the
//! catalogue's words are used meanwhile.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::audiences::{self, name_of, not_told, said};
use super::gates::Verdict;
use super::leads;
use super::records;
use super::state::{Episode, PersonsWords};
use super::tell::{Saying, Teller};
use crate::core::decision::Outcome;
use crate::core::event::{Event, PlainUpdate};
use crate::core::ledger::Entry;
use crate::core::limits::PERSONS_WORDS_MAX;
use crate::core::notification::Approval;
use crate::core::policy::Audience;
use crate::core::text::LocalText;
use crate::core::vocabulary::{Kind, Reason};

/// The words that stand in the plain fields for some readers.
#[derive(Debug, Clone, Default)]
pub(super) struct Spoken {
    pub(super) symptom: LocalText,
    pub(super) workaround: LocalText,
    pub(super) action: LocalText,
}

/// Remembers the words of an update, and who approved them by writing them.
pub(super) fn remember(episode: &mut Episode, event: &Event, update: &PlainUpdate, now: Timestamp) {
    let Some(by) = update.by.as_ref().filter(|_| update.has_words()) else { return };
    episode.words.push(PersonsWords {
        event: event.id.clone(),
        by: by.name.clone(),
        symptom: update.symptom.clone(),
        workaround: update.workaround.clone(),
        action: update.action.clone(),
        text: update.text.clone(),
        corrects: update.corrects.clone(),
        follow_up: update.follow_up,
        approved: by.roles.iter().map(|role| Approval { role: role.clone(), at: now }).collect(),
    });
    let surplus = episode.words.len().saturating_sub(PERSONS_WORDS_MAX);
    episode.words.drain(..surplus);
}

/// Notes an approval. Says whether there was anything to approve.
pub(super) fn approve(episode: &mut Episode, update: &PlainUpdate, now: Timestamp) -> bool {
    let Some(approves) = &update.approves else { return false };
    let Some(words) = episode.words.iter_mut().find(|words| words.event == approves.update) else {
        return false;
    };
    if words.approved.iter().any(|approval| approval.role == approves.role) {
        return false;
    }
    words.approved.push(Approval { role: approves.role.clone(), at: now });
    true
}

/// Do all of these roles approve the words?
fn is_approved(words: &PersonsWords, roles: &[String]) -> bool {
    roles.iter().all(|role| words.approved.iter().any(|approval| approval.role == *role))
}

/// The plain words for readers whose texts these roles approve.
pub(super) fn plain(episode: &Episode, roles: &[String]) -> Spoken {
    let known = &episode.known;
    if roles.is_empty() {
        return Spoken {
            symptom: known.symptom.clone(),
            workaround: known.workaround.clone(),
            action: known.action.clone(),
        };
    }
    let mut spoken = Spoken::default();
    for words in episode.words.iter().filter(|words| !words.follow_up && is_approved(words, roles)) {
        for (field, said) in [
            (&mut spoken.symptom, &words.symptom),
            (&mut spoken.workaround, &words.workaround),
            (&mut spoken.action, &words.action),
        ] {
            if !said.is_empty() {
                field.clone_from(said);
            }
        }
    }
    spoken
}

/// The words for exactly this audience, with who approved them where they need it.
pub(super) fn own(episode: &Episode, audience: Option<&Audience>, name: &str) -> (LocalText, Vec<Approval>) {
    let roles = audience.map(|audience| audience.text_approval.as_slice()).unwrap_or_default();
    if roles.is_empty() {
        return (episode.known.audience_text.get(name).cloned().unwrap_or_default(), Vec::new());
    }
    let mut all = episode.words.iter().rev().filter(|words| is_approved(words, roles) && !words.follow_up);
    let found = all.find_map(|words| Some((words.text.get(name)?.clone(), words.approved.clone())));
    found.unwrap_or_default()
}

/// What of these words is for this audience: its own, else what all are told.
fn for_audience<'w>(words: &'w PersonsWords, audience: &str) -> Option<&'w LocalText> {
    words.text.get(audience).or(Some(&words.symptom)).filter(|text| !text.is_empty())
}

/// Words that wait for an approval before this audience reads them; none where it may.
pub(super) fn waiting<'e>(
    episode: &'e Episode,
    audience: &Audience,
    event: &str,
) -> Option<&'e PersonsWords> {
    let words = episode.words.iter().find(|words| words.event == event)?;
    let plain = [&words.symptom, &words.workaround, &words.action];
    let concerned = words.text.contains_key(&audience.name)
        || (plain.iter().any(|words| !words.is_empty()) && !words.follow_up);
    (concerned && !is_approved(words, &audience.text_approval)).then_some(words)
}

/// Corrections and final reports that have not gone out and may: to everyone who was told. A
/// final report waits for the end.
pub(super) fn deliver(ledger: &mut [Entry], teller: &mut Teller<'_>) -> BTreeMap<String, Outcome> {
    let mut outcomes = BTreeMap::new();
    let episode = teller.moment.episode;
    if teller.is_holding() {
        // They wait for the end of the hold, whatever is new by then.
        return outcomes;
    }
    for words in episode.words.iter().filter(|words| is_delivered(words)) {
        for entry in ledger.iter_mut() {
            let Some(told) = &entry.told else { continue };
            // Who is handed over is another incident's reader, and its thread goes on there.
            let is_elsewhere = told.open && episode.merged_into.is_some();
            if (words.follow_up && told.open) || is_elsewhere {
                continue;
            }
            let Some(text) = for_audience(words, &entry.audience) else { continue };
            let name = name_of(&entry.audience, entry.addressee.as_ref());
            let once = format!("said/{}/{name}", words.event);
            if teller.has_noted(&once) {
                continue;
            }
            let audience = records::audience(teller.moment.policy, &entry.audience);
            let outcome = match refusal(words, entry, audience, teller) {
                Some((reason, by)) => {
                    if reason == Reason::AwaitingApproval {
                        leads::approval_wanted(words, audience, entry, teller);
                    }
                    not_told(reason, by)
                }
                None => {
                    teller.note_once(once);
                    let last = told.last_id.clone();
                    let corrects = words.corrects.as_ref();
                    // What changed besides is told with it: there will be no update of its own.
                    let news = corrects.and_then(|_| audiences::fresh(entry, audience, teller).0);
                    let saying = Saying {
                        changes: news.map(|news| news.changes).unwrap_or_default(),
                        words: Some((text.clone(), words.approved.clone())),
                        words_of: Some(words.event.clone()),
                        corrects: corrects.map(|corrects| corrects.notification.clone().unwrap_or(last)),
                        ..Saying::plain(if words.follow_up { Kind::FollowUp } else { Kind::Correction })
                    };
                    said(teller.say(entry, audience, &saying))
                }
            };
            note(&mut outcomes, name, outcome);
        }
    }
    outcomes
}

/// Several messages to one reader all stand in the decision; one that waits hides none that went out.
fn note(outcomes: &mut BTreeMap<String, Outcome>, name: String, outcome: Outcome) {
    match (outcomes.get_mut(&name), outcome) {
        (Some(Outcome::Told { told }), Outcome::Told { told: more }) => told.extend(more),
        (Some(Outcome::Told { .. }), Outcome::NotTold { .. }) => {}
        (_, outcome) => _ = outcomes.insert(name, outcome),
    }
}

/// Adds what became of words to what else became of their readers. Words that may not go out are
/// the reason where there is no other.
pub(super) fn add(outcomes: &mut BTreeMap<String, Outcome>, delivered: BTreeMap<String, Outcome>) {
    let no_other = |found: &Outcome| {
        matches!(found, Outcome::NotTold { not_told: Reason::NoChangeForAudience | Reason::NotDue, .. })
    };
    for (name, outcome) in delivered {
        let is_told = matches!(outcome, Outcome::Told { .. });
        if is_told || outcomes.get(&name).is_none_or(no_other) {
            note(outcomes, name, outcome);
        }
    }
}

/// Corrections and final reports go out by themselves; other words are part of the news.
pub(super) const fn is_delivered(words: &PersonsWords) -> bool {
    words.follow_up || words.corrects.is_some()
}

/// Why these words may not go to this audience now.
fn refusal(
    words: &PersonsWords,
    entry: &Entry,
    audience: Option<&Audience>,
    teller: &Teller<'_>,
) -> Option<(Reason, Option<String>)> {
    if let Some(Verdict::Silent { reason, by }) = teller.moment.closed_to(entry, audience) {
        return Some((reason, by));
    }
    let audience = audience?;
    (!is_approved(words, &audience.text_approval)).then_some((Reason::AwaitingApproval, None))
}
